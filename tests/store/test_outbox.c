/* SPDX-License-Identifier: Apache-2.0 */
/* Why: an alert that is lost, told twice under two keys or overtaken is the worst failure. */
#include "store/fixture.h"

#define A "a1f3000000000000000000000000000a"
#define B "a1f4000000000000000000000000000b"

static void test_alerts(struct fixture *f)
{
    static const char *const told[] = {"junior/composite", "primary/composite"};
    struct store_alert got, *list;
    struct store_transition *ts, t;
    size_t n;

    is_int(store_alert_open(f->store, "slip", "340103", "basic-2012", f->arena, &got,
                            &f->err),
           JH_ENOENT, "no open alert");
    fixture_alert(f, A, "340103");
    fixture_alert(f, B, "340104");
    must(f,
         store_alert_open(f->store, "slip", "340103", "basic-2012", f->arena, &got,
                          &f->err),
         "open");
    is_str(got.alert.id, A, "id");
    ok(got.alert.state == ALERT_FIRING && got.alert.round.year == 2017,
       "state and round");
    is_int((long long)got.alert.n_told, 0, "nobody was told");
    struct store_alert second = got;
    snprintf(second.alert.id, sizeof(second.alert.id), "%s", "c");
    is_int(store_alert_put(f->store, &second, &f->err), JH_EIO,
           "a second open alert of a subject is refused");

    got.alert.state = ALERT_RESOLVED;
    got.alert.cause = CAUSE_PASSED;
    got.alert.told = told;
    got.alert.n_told = 2;
    got.resolved_ms = 2000;
    must(f, store_alert_put(f->store, &got, &f->err), "resolve");
    is_int(store_alert_open(f->store, "slip", "340103", "basic-2012", f->arena, &got,
                            &f->err),
           JH_ENOENT, "a resolved alert is not open");
    must(f, store_alert_get(f->store, "a1f3", f->arena, &got, &f->err), "by prefix");
    ok(got.alert.cause == CAUSE_PASSED && got.alert.n_told == 2, "cause, told");
    is_str(got.alert.told[1], "primary/composite", "a key told");
    is_int(store_alert_get(f->store, "a1f", f->arena, &got, &f->err), JH_EINVAL,
           "a prefix of two is refused");
    is_int(store_alert_get(f->store, "", f->arena, &got, &f->err), JH_ENOENT, "no id");
    is_int(store_alert_get(f->store, "%", f->arena, &got, &f->err), JH_ENOENT,
           "no pattern");
    must(f, store_alerts(f->store, "open", NULL, f->arena, &list, &n, &f->err), "list");
    ok(n == 1 && !strcmp(list[0].alert.id, B), "open ones");
    must(f, store_alerts(f->store, NULL, "340103", f->arena, &list, &n, &f->err), "list");
    is_int((long long)n, 1, "of a county");
    must(f, store_alerts(f->store, "resolved", NULL, f->arena, &list, &n, &f->err),
         "list");
    is_int((long long)n, 1, "of a state");

    must(f, store_transitions(f->store, A, f->arena, &ts, &n, &f->err), "transitions");
    ok(n == 1 && !strcmp(ts[0].to, "firing") && !ts[0].by, "its transition");
    must(f, store_transition_get(f->store, A, 1, f->arena, &t, &f->err), "transition");
    is_str(t.evidence, "{\"n\":1}", "its evidence");
    is_int(store_transition_get(f->store, A, 2, f->arena, &t, &f->err), JH_ENOENT,
           "no second");
    is_int(in_transaction(f, store_transition_put(f->store, &ts[0], &f->err)), JH_EIO,
           "a transition is written once");
}

static void freeze(struct fixture *f, const char *key, const char *channel,
                   const int64_t *ids, size_t n)
{
    struct store_message m = {.key = key,
                              .office = "province",
                              .channel = channel,
                              .state = "queued",
                              .severity = "critical",
                              .status = "firing",
                              .subject = "s",
                              .text = "t",
                              .json = "{}",
                              .created_ms = 100,
                              .next_ms = 100};

    must(f, store_begin(f->store, &f->err), "begin");
    must(f, store_message_freeze(f->store, &m, ids, n, &f->err), "freeze");
    must(f, store_commit(f->store, &f->err), "commit");
}

static void next_transition(struct fixture *f, const char *id)
{
    struct store_transition t = {.alert = id,
                                 .n = 2,
                                 .from = "firing",
                                 .to = "resolved",
                                 .round = {2018, 0},
                                 .cause = "passed",
                                 .at_ms = 2000};

    must(f, in_transaction(f, store_transition_put(f->store, &t, &f->err)), "transition");
}

static void test_freeze(struct fixture *f)
{
    struct store_outbox *rows;
    struct store_message again = {.key = "k2",
                                  .office = "o",
                                  .channel = "hook",
                                  .subject = "",
                                  .text = "",
                                  .json = ""};
    int64_t ids[2];
    size_t n;

    fixture_outbox(f, B, 1, "hook", 50);
    fixture_outbox(f, A, 1, "hook", 60);
    fixture_outbox(f, A, 1, "hook", 70);
    must(f, store_outbox_waiting(f->store, f->arena, &rows, &n, &f->err), "waiting");
    is_int((long long)n, 2, "the same telling is kept once");
    ok(!strcmp(rows[0].alert, A) && rows[0].created_ms == 60,
       "by alert, as first written");
    ids[0] = rows[0].id;
    ids[1] = rows[1].id;
    is_int(store_message_exists(f->store, "k1", &f->err), JH_ENOENT, "no message yet");
    freeze(f, "k1", "hook", ids, 2);
    is_int(store_message_exists(f->store, "k1", &f->err), 0, "a message");
    must(f, store_outbox_waiting(f->store, f->arena, &rows, &n, &f->err), "waiting");
    is_int((long long)n, 0, "nothing waits any more");
    must(f, store_begin(f->store, &f->err), "begin");
    is_int(store_message_freeze(f->store, &again, ids, 1, &f->err), JH_EEXIST,
           "a frozen row does not go into a second message");
    store_rollback(f->store);
    is_int(store_message_exists(f->store, "k2", &f->err), JH_ENOENT,
           "and none is left behind");
}

static void test_order(struct fixture *f)
{
    struct store_outbox *rows;
    struct store_message m, *list;
    struct store_queue *queues;
    struct store_message other;
    int64_t next = -1;
    size_t n;

    next_transition(f, A);
    fixture_outbox(f, A, 2, "hook", 80);
    must(f, store_outbox_waiting(f->store, f->arena, &rows, &n, &f->err), "waiting");
    freeze(f, "k3", "hook", &rows[0].id, 1);
    must(f, store_message_due(f->store, "hook", 100, INT64_MAX, f->arena, &m, &f->err),
         "due");
    is_str(m.key, "k1", "the oldest first");
    is_str(m.json, "{}", "whole");
    is_int(store_message_due(f->store, "hook", 99, INT64_MAX, f->arena, &m, &f->err),
           JH_ENOENT, "not yet");
    is_int(store_message_due(f->store, "spool", 100, INT64_MAX, f->arena, &m, &f->err),
           JH_ENOENT, "nothing for another channel");
    m.state = "queued";
    m.attempts = 1;
    m.next_ms = 500;
    m.error = "HTTP 500";
    must(f, in_transaction(f, store_message_result(f->store, &m, &f->err)), "retry");
    is_int(store_message_due(f->store, "hook", 100, INT64_MAX, f->arena, &m, &f->err),
           JH_ENOENT, "a resolution does not overtake what it resolves");
    must(f, store_message_due(f->store, "hook", 90, 95, f->arena, &other, &f->err),
         "due");
    is_str(other.key, "k1", "but what waits beyond the latest time is of another clock");
    must(f, store_messages_next(f->store, &next, &f->err), "next");
    is_int(next, 100, "when something is next");
    must(f, store_message_next(f->store, "hook", 100, &next, &f->err), "next");
    is_int(next, 500, "when the channel has something to do again");
    is_int(store_message_next(f->store, "hook", 500, &next, &f->err), JH_ENOENT,
           "then no more");
    must(f, store_queues(f->store, f->arena, &queues, &n, &f->err), "queues");
    ok(n == 1 && queues[0].queued == 2 && !strcmp(queues[0].channel, "hook"),
       "by channel");
    must(f, store_messages_due(f->store, 1000, 9, f->arena, &list, &n, &f->err),
         "all due");
    ok(n == 2 && list[0].attempts == 1 && !strcmp(list[0].error, "HTTP 500"),
       "attempts kept");
    must(f, store_message_due(f->store, "hook", 500, INT64_MAX, f->arena, &m, &f->err),
         "due again");
    is_str(m.key, "k1", "under the same key");
    m.state = "delivered";
    m.done_ms = 501;
    must(f, in_transaction(f, store_message_result(f->store, &m, &f->err)), "delivered");
    must(f, store_message_due(f->store, "hook", 501, INT64_MAX, f->arena, &m, &f->err),
         "due");
    is_str(m.key, "k3", "then the resolution");
    m.state = "dead";
    must(f, in_transaction(f, store_message_result(f->store, &m, &f->err)), "dead");
    is_int(store_messages_next(f->store, &next, &f->err), JH_ENOENT, "nothing queued");
    m.key = "none";
    is_int(in_transaction(f, store_message_result(f->store, &m, &f->err)), JH_ENOENT,
           "no such message");
    must(f, store_messages(f->store, NULL, 9, f->arena, &list, &n, &f->err), "list");
    ok(n == 2 && !strcmp(list[0].key, "k3") && !list[0].text,
       "newest first, without texts");
    must(f, store_messages(f->store, "dead", 9, f->arena, &list, &n, &f->err), "list");
    is_int((long long)n, 1, "the dead");
}

static void test_counts(struct fixture *f)
{
    struct store_counts c;

    must(f, store_counts(f->store, f->arena, &c, &f->err), "counts");
    ok(c.queued == 0 && c.dead == 1 && c.delivered == 1 && c.waiting == 0, "messages");
    ok(c.alerts_open == 1 && c.last_delivered_ms == 501, "alerts, last delivery");
    is_str(c.last_channel, "hook", "where it went");
}

int main(void)
{
    struct fixture f;

    fixture_init(&f);
    test_alerts(&f);
    test_freeze(&f);
    test_order(&f);
    test_counts(&f);
    fixture_done(&f);
    return done_testing();
}
