/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Worker jobs in order, one at a time: what must not overlap needs no lock. The daemon's
 * bodies wait here for the pipeline. The queue owns its entries; what a job works on is its
 * caller's, who gets it back in `done`. Loop thread.
 */
#pragma once

#include "loop/loop.h"

struct queue;

/* idle is called on the loop whenever the last job is done; may be NULL. */
struct queue *queue_new(struct loop *loop, size_t max, void (*idle)(void *arg),
                        void *arg);
/* ended, in the worker, when some have run that are going to be told; with the same arg. */
void queue_ended(struct queue *q, void (*ended)(void *arg));
/* fn in a worker, then done on the loop, after all that was added before. JH_ELIMIT if full. */
int queue_add(struct queue *q, int (*fn)(void *arg), void (*done)(void *arg, int result),
              void *arg);
size_t queue_length(const struct queue *q); /* waiting and running */
/* What waits is given up (done gets JH_ECANCELED); closed is called when nothing runs. */
void queue_close(struct queue *q, void (*closed)(void *arg), void *arg);
