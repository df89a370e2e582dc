/* SPDX-License-Identifier: Apache-2.0 */
/* What no data bring: what time, polls and deliveries tell of, each in a transaction. */
#include <string.h>

#include "story/alarm.h"
#include "story/commit.h"
#include "story/standing.h"

/* ---- time ----------------------------------------------------------------------------------- */

static int look_at_channels(struct store *store, const struct commit_due *c,
                            const struct alarm *alarm)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < c->n_channels; i++)
        rc = alarm_channel(store, alarm, c->channels[i].name, c->channels[i].last);
    return rc;
}

static int count_dead(struct store *store, struct commit_due *c)
{
    struct store_alert *open;
    return store_alerts_open_of(store, KIND_DELIVERY_DEAD, c->arena, &open, &c->dead,
                                c->err);
}

static int look_at_due(struct store *store, void *arg)
{
    struct commit_due *c = arg;
    const struct alarm alarm = {.config = c->config,
                                .scripts = c->scripts,
                                .arena = c->arena,
                                .now_ms = c->now_ms,
                                .transitions = &c->transitions,
                                .err = c->err};
    int rc = look_at_channels(store, c, &alarm);
    if (!rc && !c->only_channels)
        rc = alarm_overdue_all(store, &alarm);
    if (!rc && !c->only_channels)
        rc = standing_look_all(store, &alarm);
    if (!rc && !c->only_channels)
        rc = alarm_local_removed(store, &alarm);
    if (!rc && !c->only_channels)
        rc = alarm_gone(store, &alarm);
    return rc ? rc : count_dead(store, c);
}

int commit_due(struct store *store, void *arg)
{
    struct commit_due *c = arg;
    int rc = store_within(store, look_at_due, c, c->err);
    if (rc)
        c->transitions = 0;
    return rc;
}

/* ---- polls ---------------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/*
 * How long it has failed is what was waited for between its polls: neither a leap of the clock
 * nor a stop of the daemon makes a failure last.
 */
static void add_failure(struct store_source *src, const struct commit_poll *poll)
{
    int64_t passed = poll->at_ms - src->try_ms;
    if (!src->failures) {
        src->failing_since_ms = poll->at_ms;
        src->failed_ms = 0;
    } else if (passed > 0) {
        src->failed_ms += least(passed, src->wait_ms);
    }
}

static int keep_poll(struct store *store, const struct commit_polls *c,
                     const struct commit_poll *poll)
{
    struct store_source src = {0};
    int rc = store_source_get(store, poll->source, c->arena, &src, c->err);
    if (rc == JH_ENOENT)
        src = (struct store_source){
            .name = poll->source, .tuple = "", .etag = "", .last_modified = ""};
    else if (rc)
        return rc;
    if (poll->failures) {
        add_failure(&src, poll);
    } else {
        src.ok_ms = poll->at_ms;
        src.failing_since_ms = src.failed_ms = 0;
    }
    src.try_ms = poll->at_ms;
    src.wait_ms = poll->wait_ms;
    src.error = poll->error;
    src.failures = poll->failures;
    if (poll->etag) {
        src.etag = poll->etag;
        src.last_modified = poll->last_modified;
    }
    return store_source_put(store, &src, c->err);
}

static bool is_open(const struct store_alert *open, size_t n, const char *source)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(open[i].alert.subject, source) == 0)
            return true;
    return false;
}

/* Most polls go well of sources that nobody was told of: those cost no look. */
static int keep_polls(struct store *store, void *arg)
{
    struct commit_polls *c = arg;
    const struct alarm alarm = {.config = c->config,
                                .arena = c->arena,
                                .now_ms = c->now_ms,
                                .transitions = &c->transitions,
                                .err = c->err};
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_of(store, KIND_SOURCE_FAILED, c->arena, &open, &n, c->err);
    for (size_t i = 0; !rc && i < c->n; i++) {
        const struct commit_poll *poll = &c->polls[i];
        rc = keep_poll(store, c, poll);
        if (!rc && (poll->failures || is_open(open, n, poll->source)))
            rc = alarm_source(store, &alarm, poll->source, poll->refused);
    }
    return rc;
}

int commit_polls(struct store *store, void *arg)
{
    struct commit_polls *c = arg;
    int rc = store_within(store, keep_polls, c, c->err);
    if (rc)
        c->transitions = 0;
    return rc;
}
