/* SPDX-License-Identifier: Apache-2.0 */
/* Why: who reads the journal in ten years must be able to tell whether somebody rewrote it. */
#include <math.h>
#include <sqlite3.h>

#include "store/fixture.h"
#include "store/journal.h"
#include "store/people.h"
#include "store/schema.h"

#define A "a1f3000000000000000000000000000a"

enum { CERTIFIED = 3 }; /* seq of what write_facts() writes second */

static void write_facts(struct fixture *f)
{
    const struct store_verdict county = {.round = {2017, 0},
                                         .county = "340103",
                                         .county_name = "庐阳区",
                                         .standard = "basic-2012",
                                         .stage = "",
                                         .revision = 1,
                                         .outcome = OUTCOME_FAIL,
                                         .complete = true,
                                         .composite = NAN,
                                         .pupils = 100,
                                         .schools = 2,
                                         .figures = "{}",
                                         .failing = "[\"primary/composite\"]",
                                         .data_sha256 = "d",
                                         .county_sha256 = "c",
                                         .standard_sha256 = "s",
                                         .at_ms = 12};
    struct store_verdict rows[3] = {county, county, county};
    struct store_cert cert = {.cert = {.county = "340103",
                                       .standard = "basic-2012",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "clerk",
                              .reason = "says \"so\"",
                              .at_ms = 11};

    rows[1].stage = "primary";
    rows[1].composite = 0.70123;
    rows[1].figures = "{\"books_per_pupil\":0.70123}";
    rows[2].stage = "junior"; /* before primary in the database */
    rows[2].composite = 0.5;
    rows[1].failing = rows[2].failing = "[]";
    fixture_alert(f, A, "340103");
    must(f, in_transaction(f, store_cert_put(f->store, &cert, &f->err)), "certify");
    must(f, in_transaction(f, store_verdict_put(f->store, rows, 3, &f->err)), "verdict");
    must(f,
         in_transaction(f, store_verdict_retract(f->store, (struct round){2017, 0},
                                                 "340103", 13, &f->err)),
         "retract");
}

static struct store_journal_report verified(struct fixture *f,
                                            const struct store_anchor *anchor)
{
    struct store_journal_report r = {0};

    must(f, store_journal_verify(f->store, anchor, &r, &f->err), "verify");
    return r;
}

/* As somebody with the file and a copy of sqlite3 would. */
static void forge(struct fixture *f, const char *sql)
{
    sqlite3 *db = NULL;
    char *text = NULL;
    char all[2048];

    snprintf(all, sizeof all,
             "PRAGMA ignore_check_constraints=ON; DROP TRIGGER IF EXISTS journal_insert;"
             "DROP TRIGGER IF EXISTS journal_update;"
             "DROP TRIGGER IF EXISTS journal_delete; %s",
             sql);
    if (sqlite3_open(f->path, &db) || sqlite3_exec(db, all, NULL, NULL, &text))
        bail(text ? text : "no second connection");
    sqlite3_close(db);
}

static void test_entries(void)
{
    struct fixture f;
    struct store_entry *e;
    size_t n;

    fixture_init(&f);
    struct store_journal_report r = verified(&f, NULL);
    ok(r.sound && r.entries == 1, "a new database has a journal that begins");
    write_facts(&f);
    must(&f, store_journal(f.store, 1, 0, NULL, 100, f.arena, &e, &n, &f.err), "read");
    is_int((long long)n, 4, "an entry for each fact: of three rows of a county, one");
    is_str(e[0].kind, "transition", "what was told");
    ok(strstr(e[0].body, "\"county\":\"340103\"") &&
           strstr(e[0].body, "\"to\":\"firing\""),
       "of which county, and what");
    is_str(e[1].kind, "certify", "what a person did");
    ok(strstr(e[1].body, "\"by\":\"clerk\"") && strstr(e[1].body, "says \\\"so\\\""),
       "who, and why");
    is_str(e[2].kind, "verdict", "what was judged");
    ok(!strcmp(e[3].kind, "verdict") && e[3].at_ms == 13 &&
           strstr(e[3].body, "\"retracted\":1"),
       "that it was taken back, and when");
    is_str(e[3].prev, e[2].sha256, "each stands on the one before it");
    must(&f, store_journal(f.store, 0, 0, "340103", 2, f.arena, &e, &n, &f.err), "read");
    is_int((long long)n, 2, "a county's, at most so many");
    must(&f, store_journal(f.store, 0, 13, "340103", 9, f.arena, &e, &n, &f.err), "read");
    is_int((long long)n, 2, "from a moment on");
    r = verified(&f, NULL);
    ok(r.sound, "all is well: %s", r.why);
    ok(r.transitions == 1 && r.verdicts == 1 && r.acts == 1 && r.older == 0,
       "each fact has its entry");
    fixture_done(&f);
}

/* The canonical text of docs/journal.md, by hand. */
static void test_canonical(void)
{
    struct fixture f;
    struct store_entry *e;
    char text[4096], hex[SHA256_HEX];
    size_t n;

    fixture_init(&f);
    write_facts(&f);
    must(&f, store_journal(f.store, 1, 0, NULL, 1, f.arena, &e, &n, &f.err), "read");
    snprintf(text, sizeof text, "2\n1000\ntransition\n%s\n%s\n", e->body, e->prev);
    sha256_hex(text, strlen(text), hex);
    is_str(hex, e->sha256, "the hash is that of the five documented lines");
    fixture_done(&f);
}

static void test_together(void)
{
    struct fixture f;
    struct store_transition t = {.alert = A,
                                 .n = 2,
                                 .from = "firing",
                                 .to = "resolved",
                                 .round = {2018, 0},
                                 .at_ms = 2000};
    struct store_transition *ts;
    size_t n;

    fixture_init(&f);
    write_facts(&f);
    is_int(store_transition_put(f.store, &t, &f.err), JH_EINVAL,
           "nothing that is recorded is written outside of a transaction");
    must(&f, store_transitions(f.store, A, f.arena, &ts, &n, &f.err), "transitions");
    fixture_done(&f);

    fixture_init(&f);
    write_facts(&f);
    int64_t before = verified(&f, NULL).last.seq;
    must(&f, store_begin(f.store, &f.err), "begin");
    must(&f, store_transition_put(f.store, &t, &f.err), "transition");
    store_rollback(f.store);
    must(&f, store_transitions(f.store, A, f.arena, &ts, &n, &f.err), "transitions");
    ok(n == 1 && verified(&f, NULL).last.seq == before,
       "what is rolled back has neither row nor entry");
    fixture_done(&f);
}

static void test_append_only(void)
{
    static const char *const REFUSED[] = {
        "UPDATE journal SET body = '{}' WHERE seq = 2",
        "DELETE FROM journal WHERE seq = 2",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal"
        " WHERE seq = 2",
        "INSERT INTO journal SELECT seq + 100, at_ms, kind, body, prev_sha256, sha256"
        " FROM journal WHERE seq = 2",
        "INSERT INTO journal SELECT 6, at_ms, kind, body, prev_sha256, sha256"
        " FROM journal WHERE seq = 2"};
    struct fixture f;
    sqlite3 *db = NULL;

    fixture_init(&f);
    write_facts(&f);
    if (sqlite3_open(f.path, &db))
        bail("no second connection");
    for (size_t i = 0; i < sizeof REFUSED / sizeof *REFUSED; i++)
        ok(sqlite3_exec(db, REFUSED[i], NULL, NULL, NULL) == SQLITE_CONSTRAINT,
           "refused: %s", REFUSED[i]);
    sqlite3_close(db);
    ok(verified(&f, NULL).sound, "and nothing has changed");
    fixture_done(&f);
}

static void test_forged(void)
{
    static const struct forgery {
        const char *what, *sql;
        int broken;
        const char *why;
    } ALL[] = {
        {"a number", "UPDATE journal SET seq = 9 WHERE seq = 5", 5, "missing"},
        {"a time", "UPDATE journal SET at_ms = 10 WHERE seq = 3", 3, "changed"},
        {"a kind", "UPDATE journal SET kind = 'decertify' WHERE seq = 3", 3, "changed"},
        {"a text",
         "UPDATE journal SET body = replace(body, 'clerk', 'nobody')"
         " WHERE seq = 3",
         3, "changed"},
        {"a predecessor", "UPDATE journal SET prev_sha256 = sha256 WHERE seq = 3", 3,
         "does not follow"},
        {"a hash", "UPDATE journal SET sha256 = prev_sha256 WHERE seq = 3", 3, "changed"},
        {"an entry taken out", "DELETE FROM journal WHERE seq = 3", 3, "missing"},
        {"the beginning taken out", "DELETE FROM journal WHERE seq = 1", 1, "missing"},
        {"two in another order",
         "UPDATE journal SET seq = seq + 100 WHERE seq IN (3, 4);"
         "UPDATE journal SET seq = 207 - seq - 100 WHERE seq > 100",
         3, "does not follow"},
        {"the last taken out", "DELETE FROM journal WHERE seq IN (4, 5)", 0,
         "verdict without an entry"},
        {"one added by hand",
         "INSERT INTO journal SELECT 6, 9, 'certify', body, sha256, sha256 FROM journal"
         " WHERE seq = 5",
         6, "changed"},
        {"all taken out", "DELETE FROM journal", 1, "empty"},
        {"a transition", "UPDATE transition SET cause = 'passed'", 2, "something else"},
        {"a transition's evidence", "UPDATE transition SET evidence = '{}'", 2,
         "something else"},
        {"a transition taken out", "DELETE FROM transition", 2, "not in the store"},
        {"a transition put in",
         "INSERT INTO transition SELECT alert, 2, 'firing', 'resolved', round, cause,"
         " at_ms, by, evidence, county FROM transition",
         0, "no entry was ever made"},
        {"a transition of another county", "UPDATE transition SET county = '340104'", 0,
         "no entry was ever made"},
        {"an alert of another county", "UPDATE alert SET county = '340104'", 0,
         "which no entry says"},
        {"an alert ended by hand", "UPDATE alert SET state = 'resolved', open = 0", 0,
         "which no transition says"},
        {"a verdict", "UPDATE verdict SET outcome = 'pass' WHERE stage = ''", 5,
         "something else"},
        {"a figure", "UPDATE verdict SET composite = 0.64 WHERE stage = 'primary'", 5,
         "something else"},
        {"a stage taken out", "DELETE FROM verdict WHERE stage = 'junior'", 5,
         "something else"},
        {"a verdict taken out", "DELETE FROM verdict", 5, "not in the store"},
        {"a retraction", "UPDATE verdict SET retracted = 0", 5, "something else"},
        {"a time of a verdict", "UPDATE verdict SET at_ms = 1 WHERE stage = ''", 5,
         "something else"},
        {"a reason", "UPDATE certification_act SET reason = ''", CERTIFIED,
         "something else"},
        {"a time of an act", "UPDATE certification_act SET at_ms = 1", CERTIFIED,
         "something else"},
    };

    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        struct fixture f;
        fixture_init(&f);
        write_facts(&f);
        forge(&f, ALL[i].sql);
        struct store_journal_report r = verified(&f, NULL);
        ok(!r.sound && r.broken == ALL[i].broken && strstr(r.why, ALL[i].why),
           "found: %s (entry %lld: %s)", ALL[i].what, (long long)r.broken, r.why);
        fixture_done(&f);
    }
}

/* The code of its county changes: the alert goes on, what was told of it stays as it was told. */
static void test_moved(void)
{
    struct fixture f;
    struct store_alert alert;
    struct store_entry *e;
    size_t n;

    fixture_init(&f);
    write_facts(&f);
    must(&f, store_alert_get(f.store, A, f.arena, &alert, &f.err), "alert");
    alert.alert.county = "340199";
    alert.updated_ms = 14;
    must(&f, in_transaction(&f, store_alert_put(f.store, &alert, &f.err)), "move");
    must(&f, store_journal(f.store, 0, 14, "340199", 9, f.arena, &e, &n, &f.err), "read");
    ok(n == 1 && !strcmp(e->kind, "move") && strstr(e->body, "\"from\":\"340103\""),
       "an alert that moves to another code says from which");
    struct store_journal_report r = verified(&f, NULL);
    ok(r.sound && r.transitions == 1, "and its transitions have their entries: %s",
       r.why);
    forge(&f, "UPDATE alert SET county = '340103'");
    r = verified(&f, NULL);
    ok(!r.sound && strstr(r.why, "which no entry says"), "found: moved back (%s)", r.why);
    fixture_done(&f);
}

/* A person's word on what a source delivered, and a title that was taken over. */
static void test_words(void)
{
    struct store_submission sub = {.source = "one",
                                   .name = "a.csv",
                                   .sha256 = "b0d1",
                                   .round = {2017, 0},
                                   .received_ms = 10};
    const struct store_cert cert = {
        .cert = {.county = "340199", .standard = "basic-2012", .date = {2013, 12, 31}},
        .reason = "inherited",
        .at_ms = 15};
    struct fixture f;
    struct store_journal_report r;

    fixture_init(&f);
    write_facts(&f);
    must(&f, store_begin(f.store, &f.err), "begin");
    must(&f, store_body_put(f.store, "b0d1", "x", 1, 1, &f.err), "body");
    must(&f, store_submission_put(f.store, &sub, &f.err), "submission");
    must(&f,
         store_submission_review(f.store, &sub, "reviewed", "clerk", "seen", 14, &f.err),
         "review");
    must(&f, store_cert_inherit(f.store, &cert, &f.err), "inherit");
    must(&f, store_commit(f.store, &f.err), "commit");
    r = verified(&f, NULL);
    ok(r.sound && r.acts == 3, "a review and a title taken over have their entries: %s",
       r.why);
    forge(&f, "UPDATE certification_act SET reason = 'x' WHERE act = 'inherit'");
    r = verified(&f, NULL);
    ok(!r.sound && r.broken == 7, "found: another reason for a title (%s)", r.why);
    forge(&f, "UPDATE certification_act SET reason = 'inherited'"
              " WHERE act = 'inherit'; UPDATE review_act SET by = 'nobody'");
    r = verified(&f, NULL);
    ok(!r.sound && r.broken == 6, "found: a review of somebody else's (%s)", r.why);
    fixture_done(&f);
}

/* What people did with an alert. */
static void test_acts(void)
{
    struct store_act act = {.act = ACT_ACKNOWLEDGE,
                            .alert = A,
                            .at_ms = 14,
                            .by = "clerk",
                            .text = "in hand",
                            .month = "2018-03",
                            .expires_ms = 20};
    struct fixture f;

    fixture_init(&f);
    write_facts(&f);
    must(&f, in_transaction(&f, store_act_put(f.store, &act, &f.err)), "act");
    struct store_journal_report r = verified(&f, NULL);
    ok(r.sound && r.acts == 2, "an acknowledgement has its entry: %s", r.why);
    forge(&f, "UPDATE alert_act SET expires_ms = 99");
    r = verified(&f, NULL);
    ok(!r.sound && r.broken == 6 && strstr(r.why, "something else"),
       "found: an acknowledgement made longer (%s)", r.why);
    fixture_done(&f);
}

/* Who makes the whole chain anew makes a sound one: only what was written down elsewhere tells. */
static void test_anchor(void)
{
    struct fixture f;

    fixture_init(&f);
    write_facts(&f);
    struct store_anchor last = verified(&f, NULL).last, other = last, beyond = last;
    ok(verified(&f, &last).sound, "the anchor is in the chain");
    other.sha256[0] = other.sha256[0] == '0' ? '1' : '0';
    struct store_journal_report r = verified(&f, &other);
    ok(!r.sound && r.broken == last.seq && strstr(r.why, "anchor"),
       "another hash is not: %s", r.why);
    beyond.seq++;
    r = verified(&f, &beyond);
    ok(!r.sound && strstr(r.why, "the end is gone"),
       "nor one of which the end is gone: %s", r.why);
    forge(&f, "DELETE FROM journal WHERE seq = 5; UPDATE verdict SET retracted = 0");
    ok(verified(&f, NULL).sound, "an end cut off at the right place is not seen");
    ok(!verified(&f, &last).sound, "but with the anchor it is");
    fixture_done(&f);
}

/* A database from before the journal: it begins with what was there, and vouches for it from then on. */
static void test_older(void)
{
    const struct schema before = {schema_today()->steps, 7};
    struct fixture f;
    struct store_entry *e;
    size_t n;
    sqlite3 *db = NULL;

    fixture_init(&f);
    store_close(f.store);
    unlink(f.path);
    if (sqlite3_open(f.path, &db) || schema_migrate(db, f.path, &before, &f.err) ||
        sqlite3_exec(db,
                     "INSERT INTO alert VALUES ('x', 'slip', 'A', 's', 'critical',"
                     " 'firing', 1, 0, 201700, 1, 201700, 1, 1, NULL, '', '{}', 1, 1, 0);"
                     "INSERT INTO transition VALUES"
                     " ('x', 1, 'none', 'firing', 201700, NULL, 5, NULL, '{}');"
                     "INSERT INTO verdict(round, county, standard, stage, revision,"
                     " outcome, complete, schools, county_name, data_sha256,"
                     " county_sha256, standard_sha256, at_ms)"
                     " VALUES (201700, 'A', 's', '', 1, 'fail', 1, 1, 'A', 'd', 'c', 's',"
                     " 5)",
                     NULL, NULL, NULL))
        bail("no database of version 7");
    sqlite3_close(db);
    must(&f, store_open(f.path, STORE_WRITE, &f.store, &f.err), "store_open");
    must(&f, store_journal(f.store, 0, 0, NULL, 9, f.arena, &e, &n, &f.err), "read");
    ok(n == 1 && !strcmp(e->kind, "begin") && strstr(e->body, "\"facts_before\":1") &&
           strstr(e->body, "\"verdicts_before\":1"),
       "its journal begins with what was there: %s", e->body);
    struct store_journal_report r = verified(&f, NULL);
    ok(r.sound && r.older == 2, "which is sound: %s", r.why);
    forge(&f, "UPDATE transition SET at_ms = 6");
    r = verified(&f, NULL);
    ok(!r.sound && strstr(r.why, "before the journal"), "changed later, it is not: %s",
       r.why);
    fixture_done(&f);
}

int main(void)
{
    test_entries();
    test_canonical();
    test_together();
    test_append_only();
    test_forged();
    test_acts();
    test_moved();
    test_words();
    test_anchor();
    test_older();
    return done_testing();
}
