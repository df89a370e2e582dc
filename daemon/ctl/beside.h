/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county is judged while the rows of the next are read: one thread beside the reader's,
 * which takes one dataset at a time, in order. Owns the thread, never the data. Where the
 * system gives no thread, everything is done by the caller's own. The functions are for the
 * one thread that reads.
 */
#pragma once

#include <pthread.h>

#include "model/intake.h"

struct beside {
    intake_county_fn *fn; /* runs in the other thread */
    void *arg;
    pthread_mutex_t lock; /* of all below */
    pthread_cond_t changed;
    pthread_t thread;
    struct dataset data; /* under way while busy */
    bool alone, busy, ended;
    int rc; /* the first that was not 0 */
};

void beside_start(struct beside *b, intake_county_fn *fn, void *arg);
/* An intake_county_fn: waits until the county before is done; that one's code, if it failed. */
int beside_give(void *beside, const struct dataset *data);
/* Until nothing is under way any more. */
void beside_wait(struct beside *b);
/* The same, and the end of the thread; the first code that was not 0. */
int beside_stop(struct beside *b);
