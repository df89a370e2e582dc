/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source is what the configuration names and lives across reloads; an instance is one opened
 * plugin and lives as long as its configuration or what it still has under way. A fetch that
 * is not answered in time is given up: its source goes on, its instance is kept until the
 * plugin can no longer touch it.
 *
 * Two clocks: when a source is due is asked of loop->clock, which tests turn; how long a plugin
 * has not answered is real time, as it is for the transfers themselves.
 */
#include "poll/poll.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "poll/poll_internal.h"

enum {
    TICK_MS = 1000,
    TICK_TURNED_MS = 250, /* the clock may be turned at any moment */
    TICK_CLOSING_MS = 20,
    GRACE_MS = 5000,  /* for an answer, beyond the source's time-out */
    MOST_STARTS = 200 /* in one turn of the loop: the others' turn is the next */
};

static int64_t mono(const struct poll *p)
{
    return clock_mono(p->loop->clock);
}

static int64_t wall(const struct poll *p)
{
    return clock_wall(p->loop->clock);
}

static int64_t real(struct poll *p)
{
    uv_update_time(&p->loop->uv);
    return (int64_t)uv_now(&p->loop->uv);
}

struct source *poll_find(const struct poll *p, const char *name)
{
    int64_t i = p->by_name ? map_get(p->by_name, name, strlen(name)) : MAP_NONE;
    return i == MAP_NONE || (size_t)i >= p->n ? NULL : p->sources[i];
}

struct schedule poll_schedule(const struct source *s)
{
    return (struct schedule){s->name, s->conf->interval_ms, s->conf->jitter_ms,
                             s->conf->backoff_max_ms};
}

/* ---- instances --------------------------------------------------------------------------- */

void poll_retire(struct poll *p, struct inst *inst)
{
    if (!inst)
        return;
    inst->next = p->old;
    p->old = inst;
}

static void close_idle(struct poll *p)
{
    for (struct inst **link = &p->old; *link;) {
        struct inst *inst = *link;
        if (!host_idle(&inst->ctx) || (inst->source && inst->source->flying == inst)) {
            link = &inst->next;
            continue;
        }
        *link = inst->next;
        inst_free(inst);
    }
}

/* ---- the timer --------------------------------------------------------------------------- */

void poll_arm(struct poll *p, int64_t wait_ms)
{
    int64_t at = real(p) + wait_ms;
    if (!p->timer || (p->armed && p->armed_ms <= at))
        return;
    p->armed = true;
    p->armed_ms = at;
    loop_timer_again(p->timer, wait_ms, 0);
}

static int64_t least_wait(const struct poll *p, int64_t wait)
{
    struct clock real_clock = clock_real();
    bool turned = p->loop->clock->mono_ms != real_clock.mono_ms;
    int64_t tick = turned ? TICK_TURNED_MS : TICK_MS;
    return wait < tick ? wait : tick;
}

/* To look at thousands of sources costs more than a poll does: they are taken together. */
static int64_t pause_between(const struct poll *p)
{
    return (int64_t)p->n / 100;
}

static int64_t wait_until_due(const struct poll *p, int64_t now)
{
    int64_t wait = least_wait(p, INT64_MAX);
    if (p->closing || p->old)
        return TICK_CLOSING_MS;
    for (size_t i = 0; i < p->n; i++)
        if (!p->sources[i]->flying && p->sources[i]->due_ms - now < wait &&
            (!p->held || p->sources[i]->due_ms > now))
            wait = p->sources[i]->due_ms - now;
    return wait > pause_between(p) ? wait : pause_between(p);
}

/*
 * A poll has ended: not before this one is due, unless others wait for what its end gives
 * free.
 */
static void arm_after(struct poll *p, const struct source *s)
{
    int64_t wait = p->held ? pause_between(p) : s->due_ms - mono(p);
    poll_arm(p, p->closing || p->old || wait < 0 ? 0 : least_wait(p, wait));
}

/* ---- what came of a poll ----------------------------------------------------------------- */

/* Once per outage and once on recovery: an operator reads what changes. */
static void log_failure(const struct poll *p, struct source *s)
{
    log_event(p->loop->log, s->complained ? LOG_DEBUG : LOG_WARN, "source.failed",
              LOG_S("source", s->name), LOG_N("attempt", s->state.failures),
              LOG_S("text", s->error));
    s->complained = true;
}

/* After a refused body only what follows the next one shows that the outage has ended. */
static void log_recovery(const struct poll *p, struct source *s)
{
    if (!s->complained || s->refused)
        return;
    log_event(p->loop->log, LOG_INFO, "source.recovered", LOG_S("source", s->name),
              LOG_N("polls", s->state.polls));
    s->complained = false;
}

static void set_error(struct source *s, const struct jh_err *err)
{
    char text[1200] = "";
    free(s->error);
    s->error = NULL;
    if (err) {
        err_format(err, text, sizeof text);
        s->error = strdup(text);
    }
    s->state.error = s->error;
    s->state.code = err ? err->code : 0;
}

static void failed(struct poll *p, struct source *s, const struct jh_err *err,
                   int64_t retry_after_ms)
{
    struct schedule schedule = poll_schedule(s);
    if (s->state.failures++ == 0)
        s->state.failing_since_ms = wall(p);
    s->state.failed++;
    set_error(s, err);
    s->due_ms = mono(p) + schedule_backoff(&schedule, s->state.failures, retry_after_ms);
    log_failure(p, s);
}

static void went_well(struct poll *p, struct source *s)
{
    struct schedule schedule = poll_schedule(s);
    s->before.failures = s->state.failures;
    s->before.ok_ms = s->state.ok_ms;
    s->before.since_ms = s->state.failing_since_ms;
    log_recovery(p, s);
    s->state.failures = 0;
    s->state.failing_since_ms = 0;
    s->state.ok_ms = wall(p);
    set_error(s, NULL);
    s->due_ms = mono(p) + schedule_next(&schedule, s->count);
}

/* Nothing new is no answer to what was refused: that still wants somebody to look. */
static void came_to_nothing(struct poll *p, struct source *s)
{
    struct schedule schedule = poll_schedule(s);
    if (s->turned_down && s->state.failures)
        s->due_ms = mono(p) + schedule_next(&schedule, s->count);
    else
        went_well(p, s);
}

static void finish(struct poll *p, struct source *s, const struct poll_result *of)
{
    struct poll_result result = *of;
    s->flying = NULL;
    s->state.in_flight = false;
    if (result.what == JH_FAILED)
        failed(p, s, result.err, result.retry_after_ms);
    else if (result.what == JH_NOTHING)
        came_to_nothing(p, s);
    else
        went_well(p, s);
    if (result.what == JH_UNCHANGED)
        s->state.unchanged++;
    if (result.what == JH_FETCHED)
        s->refused = s->turned_down = false; /* unless somebody says so again */
    if (result.what == JH_FETCHED)
        s->bytes = 0;
    for (size_t i = 0; i < result.n; i++)
        s->bytes += (int64_t)result.bodies[i].body.len;
    s->state.bytes += result.n ? s->bytes : 0;
    result.source = s->conf;
    result.at_ms = wall(p);
    result.took_ms = real(p) - s->started_ms;
    result.attempt = s->state.failures;
    result.next_ms = result.at_ms + (s->due_ms - mono(p));
    arm_after(p, s);
    /* the hook may bring the source to an end: nothing of it is used after this */
    p->hooks.result(p->hooks.arg, &result);
}

static void fail(struct poll *p, struct source *s, int code, const char *text)
{
    struct jh_err err = {0};
    err_set(&err, code, "%s", text);
    finish(p, s, &(struct poll_result){.what = JH_FAILED, .err = &err});
}

/* Bodies that nobody waits for: a plugin that keeps count must not wait either. */
static void give_back(const struct inst *inst, const struct jh_blob *bodies, size_t n)
{
    const struct jh_source_ops *ops = inst->plugin->ops;
    struct jh_settled what = {.size = sizeof what, .outcome = JH_LATER, .report = ""};
    for (size_t i = 0; ops->settled && i < n; i++) {
        what.url = bodies[i].url;
        ops->settled(inst->inst, &what);
    }
}

void poll_fetch_done(struct jh_ctx *ctx, struct jh_fetch *fetch, enum jh_fetched what,
                     const struct jh_blob *bodies, size_t n, const struct jh_err *err)
{
    struct inst *inst = ctx->owner;
    struct poll *p = inst->poll;
    struct source *s = inst->source;
    static const struct jh_err nameless = {.code = JH_EIO,
                                           .text = "failed without a word"};
    if (fetch != &inst->fetch || !inst->asked) {
        log_event(p->loop->log, LOG_ERROR, "plugin.answered_twice",
                  LOG_S("plugin", inst->plugin->name), LOG_S("source", s ? s->name : ""));
        return;
    }
    inst->asked = false;
    bool conditional = fetch->etag[0] || fetch->last_modified[0];
    if (!s || s->flying != inst) { /* too late, or the source is gone: nobody waits */
        poll_arm(p, 0);
        give_back(inst, bodies, what == JH_FETCHED ? n : 0);
        return;
    }
    struct poll_result result = {.what = what, .bodies = bodies};
    if (what == JH_FETCHED)
        result.n = n;
    else if (what != JH_UNCHANGED && what != JH_NOTHING)
        result.err = err ? err : &nameless;
    if (result.err)
        result.retry_after_ms = fetch->retry_after_ms;
    if (what == JH_UNCHANGED && !conditional)
        fail(p, s, JH_EINVAL,
             "says that nothing has changed, though it was asked for all");
    else if (what == JH_FETCHED && !n)
        fail(p, s, JH_EINVAL, "delivered nothing");
    else
        finish(p, s, &result);
}

/* ---- one poll ---------------------------------------------------------------------------- */

/* What the last committed body calls itself, unless that body was of no use. */
static int prepare_fetch(struct poll *p, const struct source *s, struct inst *inst)
{
    const char *etag = "", *modified = "";
    if (!s->refused && p->hooks.validators &&
        p->hooks.validators(p->hooks.arg, s->name, &etag, &modified))
        etag = modified = "";
    return inst_prepare(inst, s->conf, etag, modified);
}

static void start(struct poll *p, struct source *s)
{
    struct inst *inst = s->inst;
    const struct jh_source_ops *ops = inst->plugin->ops;
    s->count++;
    s->state.polls++;
    s->state.try_ms = wall(p);
    s->started_ms = real(p);
    if (inst->asked && !host_idle(&inst->ctx)) {
        fail(p, s, JH_EBUSY, "the poll before this one has still not ended");
        return;
    }
    if (prepare_fetch(p, s, inst)) {
        fail(p, s, JH_ENOMEM, "out of memory");
        return;
    }
    inst->asked = true;
    s->flying = inst;
    s->state.in_flight = true;
    s->deadline_ms = s->started_ms + s->conf->timeout_ms + GRACE_MS;
    ops->fetch(inst->inst, &inst->fetch);
}

/* A transfer has its own time-out, and may have to wait for its turn: the plugin is not late. */
static void check_deadline(struct poll *p, struct source *s, int64_t now)
{
    char text[128];
    if (s->flying->ctx.http_pending)
        s->deadline_ms = now + GRACE_MS;
    if (now <= s->deadline_ms)
        return;
    snprintf(text, sizeof text, "plugin %s gave no answer within %lld s",
             s->flying->plugin->name, (long long)(now - s->started_ms) / 1000);
    fail(p, s, JH_ETIMEOUT, text);
}

static bool closed(struct poll *p);

struct room {
    int64_t left, most;
};

/* What may still come, less what the polls under way are likely to bring. */
static struct room room_left(const struct poll *p)
{
    struct room room = {INT64_MAX, INT64_MAX};
    if (p->hooks.room)
        room.left = p->hooks.room(p->hooks.arg, &room.most);
    for (size_t i = 0; i < p->n && room.left > 0; i++)
        if (p->sources[i]->flying)
            room.left -= p->sources[i]->bytes;
    return room;
}

/* What never fits in comes alone. */
static bool take_room(struct room *room, const struct source *s)
{
    if (s->bytes > room->left && room->left < room->most)
        return false;
    room->left -= s->bytes;
    return true;
}

/*
 * Starting and failing tell the daemon, which may answer with a reload: so the table is read
 * anew at every turn. When there is no room, whose turn it was comes first the next time.
 */
static void on_tick(void *arg)
{
    struct poll *p = arg;
    int64_t now = mono(p), now_real = real(p);
    struct room room = room_left(p);
    size_t first = p->turn;
    int starts = 0;
    p->armed = false;
    p->held = false;
    close_idle(p);
    for (size_t k = 0; k < p->n; k++) {
        size_t i = (first + k) % p->n;
        struct source *s = p->sources[i];
        if (s->flying) {
            check_deadline(p, s, now_real);
        } else if (p->closing || s->due_ms > now || starts >= MOST_STARTS) {
            continue;
        } else if (!p->held && take_room(&room, s)) {
            starts++;
            start(p, s);
        } else if (!p->held) {
            p->held = true;
            p->turn = i;
        }
    }
    if (!closed(p)) /* those that were too many for one turn are due */
        poll_arm(p, starts < MOST_STARTS ? wait_until_due(p, now) : 0);
}

/* ---- opening, asking, closing ------------------------------------------------------------ */

int poll_new(struct loop *loop, struct transfers *transfers, struct loader *loader,
             const struct poll_hooks *hooks, struct poll **ret, struct jh_err *err)
{
    struct poll made = {
        .loop = loop, .transfers = transfers, .loader = loader, .hooks = *hooks};
    struct poll *p = malloc(sizeof *p);
    made.timer = p ? loop_timer_start(loop, TICK_MS, 0, on_tick, p) : NULL;
    if (!made.timer) {
        free(p);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    *p = made;
    *ret = p;
    return 0;
}

void poll_restore(struct poll *p, const char *source, int64_t ok_ms, int failures,
                  int64_t failing_since_ms, const char *error)
{
    struct source *s = poll_find(p, source);
    if (!s)
        return;
    s->state.ok_ms = ok_ms;
    s->state.failures = failures;
    s->state.failing_since_ms = failing_since_ms;
    s->refused = failures > 0; /* what failed may have been what was in the body */
    free(s->error);
    s->error = error && *error ? strdup(error) : NULL;
    s->state.error = s->error;
}

int poll_now(struct poll *p, const char *source)
{
    struct source *s = poll_find(p, source);
    if (!s)
        return JH_ENOENT;
    if (s->flying || p->closing)
        return JH_EBUSY;
    s->due_ms = mono(p);
    poll_arm(p, 0);
    return 0;
}

size_t poll_all(struct poll *p)
{
    size_t n = 0;
    for (size_t i = 0; i < p->n && !p->closing; i++) {
        if (p->sources[i]->flying)
            continue;
        p->sources[i]->due_ms = mono(p);
        n++;
    }
    poll_arm(p, 0);
    return n;
}

/* Its size is known now, so the next poll begins when that fits in. */
void poll_later(struct poll *p, const char *source)
{
    struct source *s = poll_find(p, source);
    if (!s || p->closing)
        return;
    s->due_ms = mono(p);
    poll_arm(p, 0);
}

void poll_wake(struct poll *p)
{
    if (p->held)
        poll_arm(p, pause_between(p));
}

void poll_settled(struct poll *p, const char *source, const struct jh_settled *what)
{
    const struct source *s = poll_find(p, source);
    const struct jh_source_ops *ops = s ? s->inst->plugin->ops : NULL;
    if (ops && ops->settled)
        ops->settled(s->inst->inst, what);
}

/* As if the poll had failed in the first place: the outage before it has not ended. */
void poll_refused(struct poll *p, const char *source, const struct jh_err *err)
{
    struct source *s = poll_find(p, source);
    if (!s)
        return;
    if (!s->state.failures) {
        s->state.failures = s->before.failures;
        s->state.ok_ms = s->before.ok_ms;
        s->state.failing_since_ms = s->before.since_ms;
    }
    s->refused = s->turned_down = true;
    failed(p, s, err, 0);
}

static struct poll_state state_of(const struct poll *p, const struct source *s)
{
    struct poll_state state = s->state;
    state.next_ms = s->due_ms + wall(p) - mono(p);
    return state;
}

int poll_state(const struct poll *p, const char *source, struct poll_state *ret)
{
    const struct source *s = poll_find(p, source);
    if (!s)
        return JH_ENOENT;
    *ret = state_of(p, s);
    return 0;
}

size_t poll_states(const struct poll *p, struct poll_state *states, size_t max)
{
    for (size_t i = 0; i < p->n && i < max; i++)
        states[i] = state_of(p, p->sources[i]);
    return p->n;
}

/* Everything is given back, or false: something is still under way. */
static bool closed(struct poll *p)
{
    if (!p->closing)
        return false;
    /* One with nothing under way has forgotten us: it will not answer any more. */
    for (size_t i = 0; i < p->n; i++)
        if (p->sources[i]->flying && !host_idle(&p->sources[i]->flying->ctx))
            return false;
    for (size_t i = 0; i < p->n; i++)
        poll_drop(p, p->sources[i]);
    p->n = 0;
    close_idle(p);
    if (p->old)
        return false;
    void (*done)(void *arg) = p->done;
    void *arg = p->done_arg;
    loop_timer_stop(p->timer);
    config_unref(p->config);
    map_free(p->by_name);
    free(p->sources);
    free(p);
    done(arg);
    return true;
}

void poll_close(struct poll *p, void (*done)(void *arg), void *arg)
{
    p->closing = true;
    p->done = done;
    p->done_arg = arg;
    poll_arm(p, 0);
}
