/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_due.h"

#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "daemon.h"
#include "daemon_clock.h"
#include "story/commit.h"

enum {
    TICK_MS = 1000,
    FIRST_MS = 60000, /* a source that says nothing keeps the first look no longer */
    RETRY_MS = 60000,
    DUE_BYTES = 1 << 30
};

/* One look. */
struct look {
    struct daemon *d;
    const struct config *config;
    struct script_set *set;
    struct commit_due commit;
    struct commit_channel *channels;
    bool only_channels;
    struct date day;
    struct jh_err err;
};

static int64_t real_ms(struct daemon *d)
{
    uv_update_time(&d->loop.uv);
    return (int64_t)uv_now(&d->loop.uv);
}

/* On the store's thread. */
static int look_work(struct store *store, void *arg)
{
    struct look *look = arg;
    return commit_due(store, &look->commit);
}

static void look_done(void *arg, int result)
{
    struct look *look = arg;
    struct daemon *d = look->d;
    char text[800];
    d->due.running = false;
    if (result) {
        err_format(&look->err, text, sizeof text);
        log_event(&d->log, LOG_ERROR, "due.failed", LOG_S("text", text),
                  LOG_S("then", "tried again"));
        d->due.wanted |= !look->only_channels;
        d->due.channels = true;
        d->due.not_before_ms = real_ms(d) + RETRY_MS;
    } else {
        if (!look->only_channels)
            d->due.day = look->day;
        d->due.dead = look->commit.dead;
        d->counts.transitions += (int64_t)look->commit.transitions;
    }
    if (!result && look->commit.transitions)
        log_event(&d->log, LOG_INFO, "due.looked",
                  LOG_N("transitions", look->commit.transitions));
    if (!result && look->commit.transitions && !d->stopping)
        notify_wake(d->notify);
    arena_free(look->commit.arena);
    config_unref(look->config);
    script_set_unref(look->set);
    free(look->channels);
    free(look);
}

/* What this process knows of the last messages is newer than any stamp in the store. */
static void list_channels(struct look *look)
{
    const struct config *config = look->config;
    struct daemon *d = look->d;
    size_t n = notify_stats(d->notify, NULL, 0);
    struct notify_stats *stats = calloc(n + 1, sizeof *stats);
    look->channels = calloc(config->n_channels + 1, sizeof *look->channels);
    if (stats)
        n = notify_stats(d->notify, stats, n);
    for (size_t i = 0; stats && look->channels && i < config->n_channels; i++) {
        struct commit_channel *c = &look->channels[i];
        c->name = config->channels[i].name;
        for (size_t k = 0; k < n; k++)
            if (strcmp(stats[k].channel, c->name) == 0)
                c->last = stats[k].last;
    }
    look->commit.channels = look->channels;
    look->commit.n_channels = stats && look->channels ? config->n_channels : 0;
    free(stats);
}

static void begin(struct daemon *d, int64_t now, bool only_channels)
{
    struct look *look = calloc(1, sizeof *look);
    if (!look)
        return;
    *look = (struct look){.d = d, .only_channels = only_channels, .day = date_of_ms(now)};
    daemon_snapshot(d, &look->config, &look->set);
    look->commit = (struct commit_due){.config = look->config,
                                       .scripts = look->set,
                                       .arena = arena_new(DUE_BYTES),
                                       .now_ms = now,
                                       .only_channels = only_channels,
                                       .err = &look->err};
    list_channels(look);
    d->due.wanted &= only_channels;
    d->due.channels = false;
    d->due.running = true;
    if (!look->commit.arena || writer_post(d->writer, look_work, look_done, look)) {
        err_set(&look->err, JH_ENOMEM, "the store's thread takes no more");
        look_done(look, JH_ENOMEM);
    }
}

/* Has every source been asked once since the start, and is what it said evaluated? */
static bool is_settled(struct daemon *d)
{
    size_t n = d->config->n_sources, tried = 0;
    if (queue_length(d->queue))
        return false;
    if (real_ms(d) >= d->due.first_ms)
        return true;
    struct poll_state *states = calloc(n + 1, sizeof *states);
    if (!states || !d->poll || poll_states(d->poll, states, n) < n)
        n = 0;
    for (size_t i = 0; i < n; i++)
        tried += !states[i].in_flight && states[i].polls;
    free(states);
    return tried == d->config->n_sources;
}

static void on_tick(void *arg)
{
    struct daemon *d = arg;
    int64_t now = clock_wall(&d->stamps.clock);
    bool another = date_cmp(date_of_ms(now), d->due.day) != 0;
    bool whole = another || d->due.wanted;
    if (d->stopping || d->due.running || (!whole && !d->due.channels))
        return;
    if (clock_refuses(d, NULL)) /* a clock that is wrong tells what is due of nothing */
        return;
    if (real_ms(d) < d->due.not_before_ms)
        return;
    whole &= d->due.day.year || is_settled(d);
    if (whole || d->due.channels)
        begin(d, now, !whole);
}

void due_now(struct daemon *d)
{
    d->due.wanted = true;
    if (d->due.timer || d->stopping)
        return;
    d->due.first_ms = real_ms(d) + FIRST_MS;
    d->due.timer = loop_timer_start(&d->loop, 0, TICK_MS, on_tick, d);
}

void due_message(struct daemon *d, bool delivered)
{
    d->due.channels |= !delivered || d->due.dead;
}

void due_stop(struct daemon *d)
{
    loop_timer_stop(d->due.timer);
    d->due.timer = NULL;
}
