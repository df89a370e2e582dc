/* SPDX-License-Identifier: Apache-2.0 */
/* Why: which alerts share a message, and its key, are fixed once and must be the right ones. */
#include <jansson.h>

#include "digest/digest.h"
#include "outbox/outbox.h"
#include "store/fixture.h"

enum { WAIT_MS = 60000 };

static void test_key(void)
{
    const char *const pairs[] = {"b:1", "a:2", "a:10"};
    const char *const sorted[] = {"a:10", "a:2", "b:1"};
    const char *text = "a:10\na:2\nb:1\nhook";
    char key[65], again[65], want[65];

    sha256_hex(text, strlen(text), want);
    is_int(outbox_key(pairs, 3, "hook", key), 0, "a key");
    is_str(key, want, "of the sorted pairs and the channel");
    outbox_key(sorted, 3, "hook", again);
    is_str(again, key, "the order does not matter");
    outbox_key(pairs, 3, "spool", again);
    ok(strcmp(again, key) != 0, "the channel does");
    outbox_key(pairs, 2, "hook", again);
    ok(strcmp(again, key) != 0, "each member does");
}

struct world {
    struct fixture f;
    struct office offices[2];
    struct config config;
    struct messages *messages;
    struct store_message *list; /* of the last look(), newest first */
    size_t n;
};

static void open_world(struct world *w)
{
    struct errs errs;

    fixture_init(&w->f);
    errs_init(&errs, 20);
    w->messages = messages_load(NULL, &errs);
    errs_print(stdout, "#", &errs);
    errs_done(&errs);
    if (!w->messages)
        bail("no messages");
    w->offices[0] = (struct office){.id = "province", .name = "省教育督导办"};
    w->offices[1] = (struct office){.id = "city", .name = "市教育督导办"};
    w->config = (struct config){.routes = {.offices = w->offices, .n_offices = 2},
                                .group_wait_ms = WAIT_MS};
}

static int64_t step(struct world *w, int64_t now_ms)
{
    struct outbox_step s = {
        .config = &w->config, .messages = w->messages, .now_ms = now_ms};
    int r = outbox_step(w->f.store, &s);

    if (r)
        bail(s.err.text);
    ok(!s.render_err.code, "rendered: %s", s.render_err.text);
    arena_reset(w->f.arena);
    must(&w->f,
         store_messages_due(w->f.store, INT64_MAX, 99, w->f.arena, &w->list, &w->n,
                            &w->f.err),
         "messages");
    return s.next_ms;
}

static void row(struct world *w, const char *alert, const char *office,
                const char *channel, const char *group, int64_t at)
{
    struct store_outbox o = {.alert = alert,
                             .transition = 1,
                             .office = office,
                             .channel = channel,
                             .group = group,
                             .created_ms = at};

    must(&w->f, store_outbox_put(w->f.store, &o, &w->f.err), "row");
}

#define SLIP "province|34|basic-2012|slip|2017"
#define CITY "city|34|basic-2012|slip|2017"

static void test_wait(struct world *w)
{
    char want[65];

    fixture_alert(&w->f, "aa", "340103");
    fixture_alert(&w->f, "bb", "340104");
    fixture_alert(&w->f, "cc", "340105");
    row(w, "bb", "province", "hook", SLIP, 1000);
    row(w, "aa", "province", "hook", SLIP, 5000);
    is_int(step(w, WAIT_MS + 999), WAIT_MS + 1000, "waits, counted from the oldest row");
    is_int((long long)w->n, 0, "no message yet");
    row(w, "aa", "province", "spool", SLIP, 1000);
    row(w, "cc", "province", "hook", "province|34|basic-2012|slip|2018", 3000);
    is_int(step(w, WAIT_MS + 1000), WAIT_MS + 3000, "another round is another group");
    is_int((long long)w->n, 2, "a message for each channel");
    outbox_key((const char *const[]){"aa:1", "bb:1"}, 2, "hook", want);
    is_str(w->list[0].key, want, "its key is of its members and its channel");
    is_str(w->list[0].channel, "hook", "channel");
    is_str(w->list[0].office, "province", "office");
    ok(strstr(w->list[0].json, want) != NULL, "the body tells the key");
    step(w, WAIT_MS + 1001);
    is_int((long long)w->n, 2, "nothing is told twice");
    step(w, WAIT_MS + 3000);
    is_int((long long)w->n, 3, "the other round follows");
}

/* Two offices on one channel: the receiver must not take the second for a repetition. */
static void test_offices(struct world *w)
{
    size_t before = w->n;

    fixture_alert(&w->f, "dd", "340106");
    row(w, "dd", "province", "hook", SLIP, 0);
    row(w, "dd", "city", "hook", CITY, 0);
    step(w, 10 * WAIT_MS);
    is_int((long long)(w->n - before), 2, "a message each");
    ok(strcmp(w->list[before].key, w->list[before + 1].key) != 0, "keys of their own");
}

static void test_odd(struct world *w)
{
    struct store_alert a = {.evidence = "{", .opened_ms = 1};
    struct store_transition t = {.alert = "ee",
                                 .n = 1,
                                 .from = "none",
                                 .to = "firing",
                                 .round = {2017, 0},
                                 .evidence = "{ not json"};
    size_t before = w->n;

    snprintf(a.alert.id, sizeof(a.alert.id), "%s", "ee");
    a.alert.kind = a.alert.county = a.alert.standard = a.alert.severity = "x";
    a.alert.subject = a.alert.indicator = "x";
    a.alert.state = ALERT_FIRING;
    must(&w->f, store_alert_put(w->f.store, &a, &w->f.err), "alert");
    must(&w->f, in_transaction(&w->f, store_transition_put(w->f.store, &t, &w->f.err)),
         "transition");
    row(w, "ee", "gone", "hook", "no bars in it", 0);
    step(w, 10 * WAIT_MS);
    is_int((long long)(w->n - before), 1,
           "evidence that cannot be read is no reason for silence");
    json_t *body = json_loads(w->list[before].json, 0, NULL);
    ok(body != NULL, "its body is JSON");
    json_decref(body);

    before = w->n;
    fixture_alert(&w->f, "ff", "340107");
    row(w, "ff", "province", "hook", SLIP, 100 * WAIT_MS);
    step(w, 10 * WAIT_MS);
    is_int((long long)(w->n - before), 1,
           "a row stamped before the clock was set back goes out");
}

static void test_many(struct world *w)
{
    size_t before = w->n;
    char id[33];

    must(&w->f, store_begin(w->f.store, &w->f.err), "begin");
    for (unsigned i = 0; i < OUTBOX_MEMBERS + 1; i++) {
        snprintf(id, sizeof(id), "many%04u", i);
        fixture_alert(&w->f, id, id);
        row(w, id, "province", "hook", SLIP, 0);
    }
    must(&w->f, store_commit(w->f.store, &w->f.err), "commit");
    step(w, 10 * WAIT_MS);
    is_int((long long)(w->n - before), 2, "more members than fit make a second message");
    step(w, 10 * WAIT_MS);
    is_int((long long)(w->n - before), 2, "and that is all");
}

int main(void)
{
    static struct world w;

    test_key();
    open_world(&w);
    test_wait(&w);
    test_offices(&w);
    test_odd(&w);
    test_many(&w);
    messages_free(w.messages);
    fixture_done(&w.f);
    return done_testing();
}
