/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a county is certified, not its code. When it gets another code, merges or is split, its
 * last round, its title and its open alert must go with it: what is lost there is a slip that
 * nobody is told of, or schools that vanish without being missed. This runs the real pipeline
 * over rounds before and after each kind of change.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

#define SOURCE "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
#define HEAD "date,kind,from,to,document\n"

struct body {
    char text[8192];
    size_t n;
};

static void begin(struct body *to)
{
    to->n = (size_t)snprintf(to->text, sizeof to->text,
                             "round,county_code,school_code,kind,pupils_primary,books\n");
}

/* Schools first … last; `books` of the first of them, the others have a hundred. */
static void rows(struct body *to, const char *round, const char *county, int first,
                 int last, int books)
{
    for (int i = first; i <= last; i++)
        to->n += (size_t)snprintf(to->text + to->n, sizeof to->text - to->n,
                                  "%s,%s,S%d,primary,100,%d\n", round, county, i,
                                  i == first ? books : 100);
}

static void send(struct bench *b, const char *name, const struct body *body)
{
    if (bench_run(b, "one", name, body->text))
        bail(b->err.text);
}

/* A body of one county, named after it. */
static void one(struct bench *b, const char *round, const char *county, int first,
                int last, int books)
{
    struct body body;
    begin(&body);
    rows(&body, round, county, first, last, books);
    send(b, county, &body);
}

enum { EVEN = 100, UNEVEN = 2000 };

/* As a reload that has this table of changes; "" = none. */
static void configure(struct bench *b, const char *changes)
{
    bench_put(b, "changes.csv", HEAD "%s", changes);
    bench_books(b, *changes ? SOURCE "division_changes: changes.csv\n" : SOURCE);
}

static void open_bench(struct bench *b, const char *changes)
{
    bench_init(b);
    configure(b, changes);
}

static void certify(struct bench *b, const char *county, bool remove)
{
    struct store_cert cert = {.cert = {.county = county,
                                       .standard = "books",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = b->clock.fixed_ms};
    if (pipeline_certify(b->pipeline, &cert, 1, remove, &b->report, &b->err))
        bail(b->err.text);
}

static const char *verdict(struct bench *b, const char *county, int year)
{
    struct store_verdict v;
    int rc = store_verdict_get(b->reader, (struct round){(int16_t)year, 0}, county,
                               "books", "", b->arena, &v, &b->err);
    return rc ? "none" : outcome_id(v.outcome);
}

/* "firing", "firing stale" or "none". */
static const char *open_alert(struct bench *b, const char *county)
{
    struct store_alert a;
    if (store_alert_open(b->reader, "slip", county, "books", b->arena, &a, &b->err))
        return "none";
    return arena_fmt(b->arena, "%s%s", alert_state_id(a.alert.state),
                     a.alert.stale ? " stale" : "");
}

/* The last alert of a county, whatever became of it. */
static struct store_alert last_alert(struct bench *b, const char *county)
{
    struct store_alert *list;
    size_t n;
    if (store_alerts(b->reader, NULL, county, b->arena, &list, &n, &b->err))
        bail(b->err.text);
    return n ? list[0] : (struct store_alert){.alert = {.kind = ""}, .evidence = ""};
}

static bool certified(struct bench *b, const char *county)
{
    struct store_cert cert;
    return store_cert_get(b->reader, county, "books", b->arena, &cert, &b->err) == 0 &&
           cert.cert.baseline.year == 2012 && !cert.by && cert.cert.cohort == 2013;
}

static void refresh(struct bench *b)
{
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
}

/* ---- another code ------------------------------------------------------------------------- */

#define CODE "2023-07-01,code,990101,990111,\n"

static void another_code(void)
{
    struct bench b;
    open_bench(&b, CODE);
    certify(&b, "990101", false);
    one(&b, "2022", "990101", 1, 4, UNEVEN);
    is_str(open_alert(&b, "990101"), "firing", "a slip before the code changes");
    struct store_alert before = last_alert(&b, "990101");
    one(&b, "2023", "990111", 1, 2, EVEN);
    is_str(verdict(&b, "990111", 2023), "unknown",
           "half of its schools have vanished since it had the other code");
    is_str(open_alert(&b, "990111"), "firing stale",
           "its slip is open under the new code");
    is_str(last_alert(&b, "990111").alert.id, before.alert.id, "… the very same one");
    is_str(open_alert(&b, "990101"), "none", "… and not under the old one");
    ok(strstr(last_alert(&b, "990111").evidence, "\"code\":\"990111\"") != NULL,
       "… and says so");
    ok(certified(&b, "990111"), "its title went with it");
    one(&b, "2023", "990111", 1, 4, UNEVEN);
    ok(strstr(last_alert(&b, "990111").evidence, "\"previous\":1.43"),
       "figures of the round before are told, though of another code");
    ok(strstr(last_alert(&b, "990111").evidence, "\"boundary_change\":null"),
       "a code alone makes it no other county");
    one(&b, "2023", "990111", 1, 4, EVEN);
    is_str(open_alert(&b, "990111"), "none", "a pass ends it");
    is_int(last_alert(&b, "990111").alert.cause, CAUSE_CORRECTED, "… as of any county");
    one(&b, "2022", "990101", 1, 6, UNEVEN);
    is_str(verdict(&b, "990111", 2023), "unknown",
           "a correction under the old code is followed by the new one");
    is_str(open_alert(&b, "990101"), "none",
           "and alerts of the old code do not rise again");
    bench_done(&b);
}

/* The table comes when the data have come long since. */
static void told_late(void)
{
    struct bench b;
    open_bench(&b, "");
    certify(&b, "990101", false);
    one(&b, "2022", "990101", 1, 4, UNEVEN);
    one(&b, "2023", "990111", 1, 3, EVEN);
    is_str(verdict(&b, "990111", 2023), "pass", "nobody knows where it comes from");
    is_str(open_alert(&b, "990101"), "firing", "the slip waits for a code that is void");
    configure(&b, CODE);
    is_int((int)bench_stale(&b), 2, "the table makes the archive stale");
    refresh(&b);
    is_str(verdict(&b, "990111", 2023), "unknown", "a school is missed now");
    is_str(open_alert(&b, "990111"), "firing stale", "and the slip has found its county");
    is_str(open_alert(&b, "990101"), "none", "once");
    is_int((int)bench_stale(&b), 0, "that was all");
    certify(&b, "990111", true);
    is_str(open_alert(&b, "990111"), "none", "a person may decertify it");
    one(&b, "2024", "990111", 1, 3, UNEVEN);
    is_str(open_alert(&b, "990111"), "none",
           "and what a person took away does not return");
    bench_done(&b);
}

/* ---- merged ------------------------------------------------------------------------------- */

#define MERGE "2023,merge,990101;990102,990103,Order 5\n"

/* The first is certified and has slipped, the second is neither. */
static void before_merger(struct bench *b)
{
    open_bench(b, MERGE);
    certify(b, "990101", false);
    one(b, "2022", "990101", 1, 4, UNEVEN);
    one(b, "2022", "990102", 11, 14, EVEN);
}

static void merge_round(struct bench *b, int last, int books)
{
    struct body body;
    begin(&body);
    rows(&body, "2023", "990103", 1, 4, books);
    rows(&body, "2023", "990103", 11, last, EVEN);
    send(b, "990103", &body);
}

static void merged(void)
{
    struct bench b;
    before_merger(&b);
    merge_round(&b, 12, EVEN);
    is_str(verdict(&b, "990103", 2023), "unknown", "schools of the second have vanished");
    ok(certified(&b, "990103"), "one title of two is enough to be watched");
    is_str(open_alert(&b, "990103"), "firing stale", "the slip of one goes on");
    struct store_alert ended = last_alert(&b, "990101");
    is_int(ended.alert.cause, CAUSE_NOT_MONITORED, "the old one ends");
    ok(strstr(ended.evidence, "\"to\":[\"990103\"]"), "… and names its successor");
    struct store_transition *t;
    size_t n;
    is_int(store_transitions(b.reader, last_alert(&b, "990103").alert.id, b.arena, &t, &n,
                             &b.err),
           0, "transitions of the new one");
    ok(n == 1 && !strcmp(t[0].from, "none") && !strcmp(t[0].to, "firing") && t[0].n == 1,
       "it begins with a transition of its own");
    merge_round(&b, 14, EVEN);
    is_str(verdict(&b, "990103", 2023), "pass", "all of both are there");
    is_str(open_alert(&b, "990103"), "none", "which ends it");
    bench_done(&b);
}

static void merged_and_slipped(void)
{
    struct bench b;
    before_merger(&b);
    merge_round(&b, 14, UNEVEN);
    is_str(open_alert(&b, "990103"), "firing", "it fails");
    const char *evidence = last_alert(&b, "990103").evidence;
    ok(strstr(evidence, "\"boundary_change\":{\"kind\":\"merge\",\"date\":\"2023-09-01\","
                        "\"from\":[\"990101\",\"990102\"],\"to\":[\"990103\"],"
                        "\"document\":\"Order 5\"}"),
       "and says that it is another county than it was");
    is_str(open_alert(&b, "990101"), "none", "the old one has ended");
    bench_done(&b);
}

static void merged_and_well(void)
{
    struct bench b;
    before_merger(&b);
    merge_round(&b, 14, EVEN);
    is_str(verdict(&b, "990103", 2023), "pass", "both together pass");
    is_str(last_alert(&b, "990103").alert.kind, "", "there is nothing to go on with");
    is_int(last_alert(&b, "990101").alert.cause, CAUSE_NOT_MONITORED,
           "the old slip has ended, by the merger");
    bench_done(&b);
}

/* ---- split --------------------------------------------------------------------------------- */

static void split(void)
{
    struct bench b;
    open_bench(&b, "2023-01-01,split,990101,990101;990104,\n");
    certify(&b, "990101", false);
    one(&b, "2022", "990101", 1, 8, UNEVEN);
    is_str(open_alert(&b, "990101"), "firing", "a slip before the split");
    one(&b, "2023", "990104", 5, 8, EVEN);
    is_str(verdict(&b, "990104", 2023), "unknown",
           "until the rest has come nobody knows which schools are whose");
    is_str(open_alert(&b, "990104"), "firing stale", "the slip goes on in the new one");
    is_str(open_alert(&b, "990101"), "firing", "and in the old one");
    ok(certified(&b, "990104"), "both have the title");
    one(&b, "2023", "990101", 1, 4, EVEN);
    is_str(verdict(&b, "990101", 2023), "pass", "the rest has come: all of its schools");
    is_str(verdict(&b, "990104", 2023), "pass", "and the other is judged again with it");
    is_str(open_alert(&b, "990104"), "none", "which ends the one");
    is_str(open_alert(&b, "990101"), "none", "and the other");
    one(&b, "2023", "990101", 1, 3, EVEN);
    is_str(verdict(&b, "990104", 2023), "unknown",
           "a school that nobody has is missed by both");
    bench_done(&b);
}

/* ---- boundaries ---------------------------------------------------------------------------- */

static void moved(const char *changes, const char *loser, const char *gainer,
                  const char *name)
{
    struct bench b;
    struct body body;
    open_bench(&b, changes);
    begin(&body);
    rows(&body, "2022", "990101", 1, 4, EVEN);
    rows(&body, "2022", "990102", 11, 14, EVEN);
    send(&b, "all", &body);
    begin(&body);
    rows(&body, "2023", "990101", 1, 2, EVEN);
    rows(&body, "2023", "990102", 3, 4, EVEN);
    rows(&body, "2023", "990102", 11, 13, EVEN);
    send(&b, "all", &body);
    is_str(verdict(&b, "990101", 2023), loser, name);
    is_str(verdict(&b, "990102", 2023), gainer, "… and who has them");
    bench_done(&b);
}

/* ---- abolished ----------------------------------------------------------------------------- */

static void abolished(void)
{
    struct bench b;
    open_bench(&b, "");
    certify(&b, "990101", false);
    one(&b, "2022", "990101", 1, 4, UNEVEN);
    configure(&b, "2023-01-01,abolish,990101,,\n");
    refresh(&b);
    struct store_alert a = last_alert(&b, "990101");
    is_int(a.alert.cause, CAUSE_NOT_MONITORED,
           "the alert of a county that is no more ends");
    ok(strstr(a.evidence, "\"kind\":\"abolish\""), "and says why");
    bench_done(&b);
}

/* ---- parts --------------------------------------------------------------------------------- */

static void parts(void)
{
    struct bench b;
    bench_init(&b);
    bench_put(&b, "changes.csv", HEAD CODE);
    bench_books(&b, "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
                    "  - {name: two, plugin: file, path: ., format: csv, interval: 1h,\n"
                    "     part: two}\n"
                    "division_changes: changes.csv\n");
    one(&b, "2022", "990101", 1, 2, EVEN);
    if (bench_run(&b, "two", "two",
                  "round,county_code,school_code,kind,pupils_primary,books\n"
                  "2022,990101,S3,primary,100,100\n2022,990101,S4,primary,100,100\n"))
        bail(b.err.text);
    is_str(verdict(&b, "990101", 2022), "pass", "both parts of a county");
    one(&b, "2023", "990111", 1, 4, EVEN);
    is_str(verdict(&b, "990111", 2023), "unknown",
           "under its new code, too, it waits for the part that it had");
    bench_done(&b);
}

int main(void)
{
    another_code();
    told_late();
    merged();
    merged_and_slipped();
    merged_and_well();
    split();
    moved("", "unknown", "unknown", "schools that move without a change are missed");
    moved("2023-03-01,boundary,990101,990102,\n", "pass", "unknown",
          "schools that a change has moved are not");
    moved("2023-03-01,boundary,990102,990101,\n", "unknown", "unknown",
          "… in the direction that it says");
    abolished();
    parts();
    return done_testing();
}
