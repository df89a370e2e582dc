/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counties are judged while the rows of the next are read: one thread beside the reader's,
 * which takes some datasets at a time, in order. Owns the thread, never the data. Where the
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
    const struct dataset *list; /* under way while busy */
    size_t n;
    bool alone, busy, ended;
    int rc; /* the first that was not 0 */
};

void beside_start(struct beside *b, intake_county_fn *fn, void *arg);
/* An intake_counties_fn: waits until those before are done; their code, if one failed. */
int beside_give(void *beside, const struct dataset *list, size_t n);
/* Until nothing is under way any more. */
void beside_wait(struct beside *b);
/* The same, and the end of the thread; the first code that was not 0. */
int beside_stop(struct beside *b);
