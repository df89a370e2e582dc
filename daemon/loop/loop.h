/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon's one event loop and what hangs on it: timers, worker jobs, the transfer engine
 * (transfer.h) and the store's writer thread (writer.h). Passed down from struct daemon; no
 * default loop. Loop thread only, except where a function says otherwise.
 */
#pragma once

#include <uv.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"

struct loop {
    uv_loop_t uv;
    const struct clock *clock;
    const struct log *log;
    int64_t longest_ns; /* CPU time of the longest callback so far, for /metrics */
    size_t work_running;
};

int loop_init(struct loop *loop, const struct clock *clock, const struct log *log,
              struct jh_err *err);
/* All handles must be closing already; returns what uv_loop_close() says (0). */
int loop_done(struct loop *loop);

/* A timer that frees itself when stopped. Times are of the real monotonic clock. */
struct loop_timer;
typedef void loop_timer_cb(void *arg);
struct loop_timer *loop_timer_start(struct loop *loop, int64_t first_ms,
                                    int64_t repeat_ms, loop_timer_cb *cb, void *arg);
void loop_timer_again(struct loop_timer *timer, int64_t first_ms, int64_t repeat_ms);
void loop_timer_stop(struct loop_timer *timer); /* NULL is fine */

/* fn in a worker thread, then done on the loop: exactly once, unless this call fails. */
int loop_work(struct loop *loop, int (*fn)(void *arg),
              void (*done)(void *arg, int result), void *arg);

/* Around every callback that does real work, so that a slow one shows in /metrics. */
int64_t loop_enter(void);
void loop_leave(struct loop *loop, const char *what, int64_t entered);
