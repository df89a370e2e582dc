/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a worker thread: run something on the loop thread and wait for its answer, so that what
 * belongs to the loop (polls, timers, configuration) is touched by nobody else.
 */
#pragma once

#include "loop/loop.h"

struct calls;

int calls_new(struct loop *loop, struct calls **ret, struct jh_err *err);
/* From a worker; never from the loop thread. JH_ECANCELED once calls_close() was called. */
int calls_run(struct calls *calls, int (*fn)(void *arg), void *arg);
/* Loop thread. Nobody may be waiting or come any more. */
void calls_close(struct calls *calls);
