/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store thread: it alone has the writing connection. Jobs run in order, one at a time,
 * so no two transactions ever meet. What a job needs (`arg`) stays the caller's, alive until
 * its `done` has run.
 */
#pragma once

#include "loop/loop.h"
#include "store/store.h"

struct writer;

/* Takes the store over when it succeeds; writer_close() closes it. */
int writer_new(struct loop *loop, struct store *store, struct writer **ret,
               struct jh_err *err);
/*
 * Tells `changed`, on the loop, when nothing can be written any more, why, and when it can again
 * (""): store_trouble(). Before the first job.
 */
void writer_watch(struct writer *w, void (*changed)(void *arg, const char *trouble),
                  void *arg);
/*
 * From the loop: queue fn for the store thread, then done on the loop thread. done may be
 * called before writer_close() returns. JH_ECANCELED once it closes, JH_EBUSY when the queue
 * is full: then done is not called.
 */
int writer_post(struct writer *w, int (*fn)(struct store *store, void *arg),
                void (*done)(void *arg, int result), void *arg);
/* From a worker thread: run fn on the store thread and wait. Never from the loop. */
int writer_call(struct writer *w, int (*fn)(struct store *store, void *arg), void *arg);
/*
 * Runs what is queued and tells it, then stops the thread. Loop thread; blocks for the running
 * jobs. Frees itself on the loop: by then no worker may be about to call.
 */
void writer_close(struct writer *w);
