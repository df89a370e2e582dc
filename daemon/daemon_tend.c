/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_tend.h"

#include <stdlib.h>

#include "daemon_clock.h"

enum { TICK_BYTES = 1 << 30, MINUTE_MS = 60 * 1000 };

/* ---- people, from worker threads ------------------------------------------------------------- */

static int wake(void *arg)
{
    struct daemon *d = arg;
    notify_wake(d->notify);
    return 0;
}

int daemon_tend(struct daemon *d, struct tend *tend)
{
    static const char *const EVENTS[] = {"alert.acknowledged", "alert.assigned",
                                         "alert.comment"};
    struct script_set *set;
    if (clock_refuses(d, tend->err))
        return JH_EBUSY;
    daemon_snapshot(d, &tend->config, &set);
    tend->now_ms = clock_wall(&d->stamps.clock);
    int rc = writer_call(d->writer, tend_alert, tend);
    if (!rc)
        log_event(&d->log, LOG_INFO, EVENTS[tend->act.act],
                  LOG_S("alert", tend->alert.alert.id), LOG_S("by", tend->act.by),
                  LOG_S("text", tend->act.text));
    config_unref(tend->config);
    script_set_unref(set);
    return rc;
}

int daemon_silence(struct daemon *d, struct silence_work *work, bool stop)
{
    struct script_set *set;
    if (clock_refuses(d, work->err))
        return JH_EBUSY;
    daemon_snapshot(d, &work->config, &set);
    work->now_ms = clock_wall(&d->stamps.clock);
    int rc = writer_call(d->writer, stop ? silence_stop : silence_start, work);
    if (!rc)
        log_event(&d->log, LOG_WARN, stop ? "silence.ended" : "silence.started",
                  LOG_N("silence", work->silence.id),
                  LOG_S("by", stop ? work->by : work->silence.by),
                  LOG_S("reason", stop ? work->reason : work->silence.reason));
    config_unref(work->config);
    script_set_unref(set);
    if (!rc)
        calls_run(d->calls, wake, d);
    return rc;
}

/* ---- time, on the loop ------------------------------------------------------------------------ */

struct tick {
    struct daemon *d;
    const struct config *config;
    struct script_set *set;
    struct arena *arena;
    struct tend_tick tend;
    struct silence_work silences;
    struct jh_err err;
};

static int tick_write(struct store *store, void *arg)
{
    struct tick *t = arg;
    int rc = tend_tick(store, &t->tend);
    arena_reset(t->arena);
    return rc ? rc : silence_tick(store, &t->silences);
}

static void tick_free(struct tick *t)
{
    config_unref(t->config);
    script_set_unref(t->set);
    arena_free(t->arena);
    free(t);
}

static void tick_done(void *arg, int result)
{
    struct tick *t = arg;
    struct daemon *d = t->d;
    if (result) {
        log_event(&d->log, LOG_ERROR, "alerts.tick_failed", LOG_S("text", t->err.text));
        d->ticked_day = 0; /* again in a minute */
    } else if (t->tend.expired || t->tend.escalated || t->silences.ended ||
               t->silences.reminded) {
        log_event(&d->log, LOG_INFO, "alerts.tick", LOG_N("expired", t->tend.expired),
                  LOG_N("escalated", t->tend.escalated),
                  LOG_N("silences_ended", t->silences.ended),
                  LOG_N("released", t->silences.released),
                  LOG_N("reminded", t->silences.reminded));
        d->counts.transitions += (int64_t)(t->tend.expired + t->tend.escalated);
        notify_wake(d->notify);
    }
    tick_free(t);
}

static int64_t day_of(int64_t ms)
{
    struct date day = date_of_ms(ms);
    return (int64_t)day.year * 10000 + day.month * 100 + day.day;
}

/* Escalation and offices that are told on working days go by a calendar that must know the year. */
static void check_calendar(struct daemon *d, int64_t now_ms)
{
    const struct config *c = d->config;
    int year = date_of_ms(now_ms).year;
    bool wanted = c->escalation.critical || c->escalation.warning || c->escalation.notice;
    for (size_t i = 0; i < c->routes.n_offices; i++)
        wanted |= c->routes.offices[i].window.workdays_only;
    if (wanted && !workday_knows(&c->calendar, year))
        log_event(&d->log, LOG_WARN, "calendar.unknown_year", LOG_N("year", year),
                  LOG_S("then", "working days are Monday to Friday"));
}

/* A clock that is wrong tells no day: the next minute asks again. */
void tend_now(struct daemon *d)
{
    if (clock_refuses(d, NULL))
        return;
    struct tick *t = calloc(1, sizeof *t);
    int64_t now_ms = clock_wall(&d->stamps.clock);
    if (!t || !(t->arena = arena_new(TICK_BYTES))) {
        free(t);
        log_event(&d->log, LOG_ERROR, "alerts.tick_failed",
                  LOG_S("text", "out of memory"));
        return;
    }
    t->d = d;
    daemon_snapshot(d, &t->config, &t->set);
    t->tend = (struct tend_tick){
        .config = t->config, .arena = t->arena, .now_ms = now_ms, .err = &t->err};
    t->silences = (struct silence_work){.config = t->config,
                                        .messages = d->messages,
                                        .arena = t->arena,
                                        .now_ms = now_ms,
                                        .err = &t->err};
    d->ticked_day = day_of(now_ms);
    check_calendar(d, now_ms);
    int rc = writer_post(d->writer, tick_write, tick_done, t);
    if (rc)
        tick_done(t, err_set(&t->err, rc, "%s", err_name(rc)));
}

static void each_minute(void *arg)
{
    struct daemon *d = arg;
    if (!d->stopping && day_of(clock_wall(&d->stamps.clock)) != d->ticked_day)
        tend_now(d);
}

void tend_start(struct daemon *d)
{
    tend_now(d);
    d->minute = loop_timer_start(&d->loop, MINUTE_MS, MINUTE_MS, each_minute, d);
}
