/* SPDX-License-Identifier: Apache-2.0 */
/* Timers and work must be safe to stop from inside, and leave nothing open behind them. */
#include <string.h>

#include "loop/loop.h"
#include "tap/tap.h"

struct state {
    struct loop loop;
    struct loop_timer *timer;
    int ticks, works;
    int result;
};

static void stop_at_three(void *arg)
{
    struct state *s = arg;
    if (++s->ticks < 3)
        return;
    loop_timer_stop(s->timer); /* frees it: the loop must not touch it again */
    s->timer = NULL;
}

static void count(void *arg)
{
    struct state *s = arg;
    s->ticks++;
    loop_timer_stop(s->timer);
}

static int in_worker(void *arg)
{
    struct state *s = arg;
    return s->ticks == 4 ? -5 : 1;
}

static void after_work(void *arg, int result)
{
    struct state *s = arg;
    s->works++;
    s->result = result;
}

static void burn(void *arg)
{
    struct state *s = arg;
    for (int64_t from = loop_enter(); loop_enter() - from < 3000000;)
        ;
    loop_timer_stop(s->timer);
}

int main(void)
{
    struct clock clock = clock_real();
    struct log log = {LOG_ERROR, false, 2, &clock};
    struct state s;
    memset(&s, 0, sizeof s);
    is_int(loop_init(&s.loop, &clock, &log, NULL), 0, "a loop is made");

    s.timer = loop_timer_start(&s.loop, 1, 1, stop_at_three, &s);
    uv_run(&s.loop.uv, UV_RUN_DEFAULT);
    is_int(s.ticks, 3, "a repeating timer stops itself in its own callback");

    s.timer = loop_timer_start(&s.loop, 3600 * 1000, 0, count, &s);
    loop_timer_again(s.timer, 0, 0);
    uv_run(&s.loop.uv, UV_RUN_DEFAULT);
    is_int(s.ticks, 4, "a timer can be set anew");
    loop_timer_stop(NULL);

    is_int(loop_work(&s.loop, in_worker, after_work, &s), 0, "work is taken");
    is_int((long long)s.loop.work_running, 1, "and counted while it runs");
    uv_run(&s.loop.uv, UV_RUN_DEFAULT);
    is_int(s.works, 1, "done is called once");
    is_int(s.result, -5, "with what the worker returned");
    is_int((long long)s.loop.work_running, 0, "and then it runs no more");

    s.timer = loop_timer_start(&s.loop, 0, 0, burn, &s);
    uv_run(&s.loop.uv, UV_RUN_DEFAULT);
    ok(s.loop.longest_ns >= 3000000, "CPU time of the longest callback is kept");
    int64_t longest = s.loop.longest_ns;
    loop_leave(&s.loop, "short", loop_enter());
    is_int(s.loop.longest_ns, longest, "a shorter one does not replace it");

    s.timer = loop_timer_start(&s.loop, 3600 * 1000, 0, count, &s);
    is_int(loop_done(&s.loop), UV_EBUSY, "what is still open is told, not waited for");
    loop_timer_stop(s.timer);
    is_int(loop_done(&s.loop), 0, "nothing is left open");
    return done_testing();
}
