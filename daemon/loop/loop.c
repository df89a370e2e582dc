/* SPDX-License-Identifier: Apache-2.0 */
#include "loop/loop.h"

#include <stdlib.h>
#include <time.h>

enum { SLOW_NS = 50 * 1000 * 1000 };

int loop_init(struct loop *loop, const struct clock *clock, const struct log *log,
              struct jh_err *err)
{
    struct loop made = {.clock = clock, .log = log};
    *loop = made;
    int rc = uv_loop_init(&loop->uv);
    if (rc)
        return err_set(err, JH_EIO, "cannot make an event loop: %s", uv_strerror(rc));
    return 0;
}

int loop_done(struct loop *loop)
{
    /* Closing takes a turn or two; what is still open after that is told, not waited for. */
    for (int turns = 0; turns < 4 && uv_loop_alive(&loop->uv); turns++)
        uv_run(&loop->uv, UV_RUN_NOWAIT);
    return uv_loop_close(&loop->uv);
}

/* ---- CPU time --------------------------------------------------------------------------- */

/* CPU and not wall time: a busy machine must not look like a slow callback. */
int64_t loop_enter(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void loop_leave(struct loop *loop, const char *what, int64_t entered)
{
    int64_t took = loop_enter() - entered;
    if (took <= loop->longest_ns)
        return;
    loop->longest_ns = took;
    if (took > SLOW_NS && loop->log)
        log_event(loop->log, LOG_WARN, "loop.slow", LOG_S("what", what),
                  LOG_N("cpu_ms", took / 1000000));
}

/* ---- timers ----------------------------------------------------------------------------- */

struct loop_timer {
    uv_timer_t uv;
    struct loop *loop;
    loop_timer_cb *cb;
    void *arg;
};

static void on_timer(uv_timer_t *uv)
{
    struct loop_timer *timer = uv->data;
    struct loop *loop = timer->loop; /* the callback may stop, so free, the timer */
    int64_t entered = loop_enter();
    timer->cb(timer->arg);
    loop_leave(loop, "timer", entered);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

struct loop_timer *loop_timer_start(struct loop *loop, int64_t first_ms,
                                    int64_t repeat_ms, loop_timer_cb *cb, void *arg)
{
    struct loop_timer *timer = calloc(1, sizeof *timer);
    if (!timer)
        return NULL;
    timer->loop = loop;
    timer->cb = cb;
    timer->arg = arg;
    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    loop_timer_again(timer, first_ms, repeat_ms);
    return timer;
}

void loop_timer_again(struct loop_timer *timer, int64_t first_ms, int64_t repeat_ms)
{
    uv_update_time(&timer->loop->uv); /* what ran since the loop woke up does not count */
    uv_timer_start(&timer->uv, on_timer, first_ms > 0 ? (uint64_t)first_ms : 0,
                   repeat_ms > 0 ? (uint64_t)repeat_ms : 0);
}

void loop_timer_stop(struct loop_timer *timer)
{
    if (timer)
        uv_close((uv_handle_t *)&timer->uv, on_timer_closed);
}

/* ---- work ------------------------------------------------------------------------------- */

struct work {
    uv_work_t uv;
    struct loop *loop;
    int (*fn)(void *arg);
    void (*done)(void *arg, int result);
    void *arg;
    int result;
};

/* worker */
static void run_work(uv_work_t *uv)
{
    struct work *work = uv->data;
    work->result = work->fn(work->arg);
}

static void on_work_done(uv_work_t *uv, int status)
{
    struct work *work = uv->data;
    struct loop *loop = work->loop;
    int64_t entered = loop_enter();
    loop->work_running--;
    work->done(work->arg, status == UV_ECANCELED ? JH_ECANCELED : work->result);
    free(work);
    loop_leave(loop, "work", entered);
}

int loop_work(struct loop *loop, int (*fn)(void *arg),
              void (*done)(void *arg, int result), void *arg)
{
    struct work *work = calloc(1, sizeof *work);
    if (!work)
        return JH_ENOMEM;
    *work = (struct work){.loop = loop, .fn = fn, .done = done, .arg = arg};
    work->uv.data = work;
    uv_queue_work(&loop->uv, &work->uv, run_work,
                  on_work_done); /* fails only without fn */
    loop->work_running++;
    return 0;
}
