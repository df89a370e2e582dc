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

/* Takes the store over; writer_close() closes it. */
int writer_new(struct loop *loop, struct store *store, struct writer **ret,
               struct jh_err *err);
/* From the loop: queue fn for the store thread, then done on the loop thread. */
int writer_post(struct writer *w, int (*fn)(struct store *store, void *arg),
                void (*done)(void *arg, int result), void *arg);
/* From a worker thread: run fn on the store thread and wait. Never from the loop. */
int writer_call(struct writer *w, int (*fn)(struct store *store, void *arg), void *arg);
/* Runs what is queued, then stops the thread. Loop thread; blocks for the running jobs. */
void writer_close(struct writer *w);
