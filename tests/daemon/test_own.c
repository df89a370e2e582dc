/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a source, or a channel, that is out of order is told of to whoever looks after the program:
 * once, not by every hiccup, a leap of the clock or a start, never through the dead channel itself,
 * and until it works again. With the real store.
 */
#include <stdio.h>
#include <string.h>

#include "daemon/bench.h"
#include "story/commit.h"
#include "tap/tap.h"

enum { MINUTE = 60000, HOUR = 3600000 };

static void open_bench(struct bench *b, const char *alerts)
{
    bench_init(b);
    bench_put(b, "standards/books.yaml",
              "standard: books\ntitle: books\neffective: 2010-01-01\n"
              "indicators: [{id: b, title: b, numerator: books, per: 1}]\n"
              "cv_rule: {applies_to: each, primary: 0.65}\n");
    bench_put(
        b, "junheng.yaml",
        "state_dir: .\n"
        "control_socket: c.sock\n"
        "standards: {dir: standards, use: [books]}\n"
        "sources:\n"
        "  - {name: one, plugin: file, path: ., format: csv, covers: [\"9901\"]}\n"
        "channels:\n"
        "  - {name: hook, plugin: spool, path: hook}\n"
        "  - {name: spool, plugin: spool, path: spool}\n"
        "offices:\n"
        "  - {id: province, name: p, level: province, channels: [hook]}\n"
        "  - {id: desk, name: d, level: county, covers: [\"99\"], channels: [hook, spool]}\n"
        "alerts: {%s}\n",
        alerts);
    bench_load(b);
}

/* One poll; returns the number of transitions. */
static int poll_once(struct bench *b, int failures, bool refused, int64_t wait_ms)
{
    const struct commit_poll poll = {.source = "one",
                                     .error = failures ? "HTTP 503" : "",
                                     .at_ms = b->clock.fixed_ms,
                                     .wait_ms = wait_ms,
                                     .failures = failures,
                                     .refused = refused};
    struct commit_polls polls = {.config = b->config,
                                 .arena = b->arena,
                                 .polls = &poll,
                                 .n = 1,
                                 .now_ms = b->clock.fixed_ms,
                                 .err = &b->err};
    if (commit_polls(b->writer, &polls))
        bail(b->err.text);
    b->clock.fixed_ms += wait_ms;
    return (int)polls.transitions;
}

static const struct store_alert *last(struct bench *b, const char *kind)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, NULL, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].alert.kind, kind) == 0)
            return &all[i];
    return NULL;
}

static const char *state(struct bench *b, const char *kind)
{
    const struct store_alert *a = last(b, kind);
    return !a ? "none"
              : arena_fmt(b->arena, "%s %d",
                          a->alert.state == ALERT_RESOLVED
                              ? alert_cause_id(a->alert.cause)
                              : alert_state_id(a->alert.state),
                          a->alert.transition);
}

/* "office/channel " of each row of the last transition of the newest of a kind. */
static const char *told(struct bench *b, const char *kind)
{
    const struct store_alert *a = last(b, kind);
    struct store_outbox *rows;
    size_t n;
    const char *text = "";
    if (!a || store_outbox_of(b->reader, a->alert.id, b->arena, &rows, &n, &b->err))
        return "?";
    for (size_t i = 0; i < n; i++)
        if (rows[i].transition == a->alert.transition)
            text = arena_fmt(b->arena, "%s%s/%s ", text, rows[i].office, rows[i].channel);
    return text;
}

static void failing_source(void)
{
    struct bench b;
    open_bench(&b, "source_failed: {polls: 3, after: 1h}");
    poll_once(&b, 1, false, 40 * MINUTE);
    poll_once(&b, 2, false, 40 * MINUTE);
    is_str(state(&b, "source_failed"), "none", "nobody is told of two failures");
    is_int(poll_once(&b, 3, false, 40 * MINUTE), 1, "the third, after an hour, fires");
    is_str(told(&b, "source_failed"), "province/hook ", "the highest office is told");
    ok(strstr(last(&b, "source_failed")->evidence, "HTTP 503"), "why");
    ok(strstr(last(&b, "source_failed")->evidence, "\"failures\":3"), "and how often");
    is_int(poll_once(&b, 4, false, HOUR), 0, "once");
    ok(strstr(last(&b, "source_failed")->evidence, "\"failures\":4"),
       "though it counts on");
    is_int(poll_once(&b, 0, false, HOUR), 1, "a poll that goes well ends it");
    is_str(state(&b, "source_failed"), "passed 2", "as passed");
    is_int(poll_once(&b, 0, false, HOUR), 0, "once");
    bench_done(&b);
}

static void many_outages(void)
{
    struct bench b;
    int n = 0;
    open_bench(&b, "source_failed: {polls: 1, after: 0s}");
    for (int i = 0; i < 1005; i++) {
        n += poll_once(&b, 1, false, MINUTE);
        n += poll_once(&b, 0, false, MINUTE);
        arena_reset(b.arena);
    }
    is_int(n, 2010, "a source may fail and come back any number of times");
    bench_done(&b);
}

static void no_false_alarm(void)
{
    struct bench b;
    open_bench(&b, "source_failed: {polls: 3, after: 6h}");
    poll_once(&b, 1, false, MINUTE);
    b.clock.fixed_ms +=
        (int64_t)365 * 24 * HOUR; /* a leap of the clock, or a long stop */
    poll_once(&b, 2, false, MINUTE);
    poll_once(&b, 3, false, MINUTE);
    is_str(state(&b, "source_failed"), "none",
           "neither a leap of the clock nor a stop makes a failure last");
    b.clock.fixed_ms -= (int64_t)700 * 24 * HOUR;
    poll_once(&b, 4, false, MINUTE);
    is_str(state(&b, "source_failed"), "none", "set back, it does not either");
    poll_once(&b, 5, false, 7 * HOUR);
    is_int(poll_once(&b, 6, false, MINUTE), 1, "waits that were kept do");
    b.clock.fixed_ms += (int64_t)365 * 24 * HOUR;
    poll_once(&b, 7, false, MINUTE);
    is_str(state(&b, "source_failed"), "firing 1", "and no clock ends it");
    bench_done(&b);
}

static void refused_body(void)
{
    struct bench b;
    open_bench(&b, "operators: [desk]");
    is_int(poll_once(&b, 1, true, MINUTE), 1, "a body that is refused fires at once");
    is_str(told(&b, "source_failed"), "desk/hook desk/spool ", "the operators are told");
    ok(strstr(last(&b, "source_failed")->evidence, "source_refused"), "of a refusal");
    is_int(poll_once(&b, 2, false, MINUTE), 0, "a failure after it is no news");
    ok(strstr(last(&b, "source_failed")->evidence, "source_refused"), "nor changes why");
    is_int(poll_once(&b, 0, false, MINUTE), 1, "what can be used ends it");
    bench_done(&b);
}

/* ---- channels ------------------------------------------------------------------------------- */

static void message(struct bench *b, const char *channel, const char *state, int64_t done)
{
    static int count;
    char key[65];
    snprintf(key, sizeof key, "%064d", ++count);
    const struct store_message m = {.key = key,
                                    .office = "desk",
                                    .channel = channel,
                                    .state = state,
                                    .attempts = 1,
                                    .severity = "warning",
                                    .status = "firing",
                                    .subject = "s",
                                    .text = "t",
                                    .json = "{}",
                                    .created_ms = done,
                                    .done_ms = done,
                                    .error = "HTTP 410"};
    struct store_message queued = m;
    queued.state = "queued";
    if (store_begin(b->writer, &b->err) ||
        store_message_freeze(b->writer, &queued, NULL, 0, &b->err) ||
        store_message_result(b->writer, &m, &b->err) || store_commit(b->writer, &b->err))
        bail(b->err.text);
}

static int look(struct bench *b, int hook)
{
    const struct commit_channel channels[] = {{"hook", hook}, {"spool", 0}};
    struct commit_due due = {.config = b->config,
                             .channels = channels,
                             .n_channels = 2,
                             .only_channels = true,
                             .arena = b->arena,
                             .now_ms = b->clock.fixed_ms,
                             .err = &b->err};
    if (commit_due(b->writer, &due))
        bail(b->err.text);
    b->clock.fixed_ms += MINUTE;
    return (int)due.transitions;
}

static void dead_channel(void)
{
    struct bench b;
    open_bench(&b, "operators: [desk]");
    is_int(look(&b, 0), 0, "channels that have sent nothing yet are not dead");
    message(&b, "hook", "dead", 1000);
    is_int(look(&b, 0), 1, "a message that has died fires, also after a restart");
    is_str(told(&b, "delivery_dead"), "desk/spool ",
           "told through the other channel alone");
    ok(strstr(last(&b, "delivery_dead")->evidence, "HTTP 410"), "with what was answered");
    message(&b, "hook", "dead", 2000);
    is_int(look(&b, -1), 0, "another one is no news");
    ok(strstr(last(&b, "delivery_dead")->evidence, "\"count\":2"), "but counted");
    is_int(look(&b, 0), 0, "nor is another start");
    message(&b, "hook", "delivered", 3000);
    is_int(look(&b, 1), 1, "when it delivers again it ends");
    is_str(state(&b, "delivery_dead"), "passed 2", "as passed");
    is_str(told(&b, "delivery_dead"), "desk/spool ", "which is told the same way");
    bench_done(&b);
}

static void only_channel(void)
{
    struct bench b;
    open_bench(&b, "operators: [province]");
    message(&b, "hook", "dead", 1000);
    is_int(look(&b, -1), 1, "the operators have no other channel");
    is_str(told(&b, "delivery_dead"), "desk/spool ", "then those who have are told");
    bench_done(&b);
}

static void two_dead(void)
{
    struct bench b;
    const struct commit_channel channels[] = {{"hook", -1}, {"spool", -1}};
    open_bench(&b, "operators: [desk]");
    message(&b, "hook", "dead", 1000);
    message(&b, "spool", "dead", 1000);
    int n = 0;
    for (int i = 0; i < 5; i++) {
        struct commit_due due = {.config = b.config,
                                 .channels = channels,
                                 .n_channels = 2,
                                 .only_channels = true,
                                 .arena = b.arena,
                                 .now_ms = b.clock.fixed_ms,
                                 .err = &b.err};
        if (commit_due(b.writer, &due))
            bail(b.err.text);
        n += (int)due.transitions;
        message(&b, "spool", "dead", 2000 + i);
    }
    is_int(n, 2, "two dead channels tell of each other once, however often that dies");
    bench_done(&b);
}

static void gone(void)
{
    struct bench b;
    open_bench(&b, "source_failed: {polls: 1, after: 0s}, operators: [desk]");
    poll_once(&b, 1, false, MINUTE);
    message(&b, "hook", "dead", 1000);
    look(&b, -1);
    bench_put(&b, "junheng.yaml",
              "state_dir: .\ncontrol_socket: c.sock\n"
              "standards: {dir: standards, use: [books]}\n"
              "sources: [{name: two, plugin: file, path: ., format: csv}]\n"
              "channels: [{name: spool, plugin: spool, path: spool}]\n"
              "offices: [{id: desk, level: county, channels: [spool]}]\n");
    bench_load(&b);
    struct commit_due due = {
        .config = b.config, .arena = b.arena, .now_ms = b.clock.fixed_ms, .err = &b.err};
    if (commit_due(b.writer, &due))
        bail(b.err.text);
    is_str(state(&b, "source_failed"), "not_monitored 2",
           "a source that is configured no more fails no more");
    is_str(state(&b, "delivery_dead"), "not_monitored 2", "nor does such a channel");
    bench_done(&b);
}

int main(void)
{
    failing_source();
    many_outages();
    no_false_alarm();
    refused_body();
    dead_channel();
    only_channel();
    two_dead();
    gone();
    return done_testing();
}
