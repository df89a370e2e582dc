/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: where an office wants to look at data before they count, nothing that it has not looked
 * at may give the all-clear, and no slip may hide behind the wait. Reviews through the real
 * pipeline: submitted, reviewed, returned.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

#define SOURCE(name, more)                                                               \
    "  - {name: " name ", plugin: file, path: ., format: csv, interval: 1h" more "}\n"
#define REVIEWED ", review: required"
#define PASSES "300" /* CV 0.5 */
#define FAILS "900"  /* CV 0.8 */

/* A body of one county: books of its two schools of a hundred pupils. */
static int run(struct bench *b, const char *county, const char *round, const char *books)
{
    char text[512], name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    snprintf(text, sizeof text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "%s,%s,%s-1,primary,100,100\n"
             "%s,%s,%s-2,primary,100,%s\n",
             round, county, county, round, county, county, books);
    int rc = bench_run(b, "one", name, text);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

static int accept_it(struct bench *b, const char *county, int year, const char *sha256)
{
    char name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    struct review_accept review = {.source = "one",
                                   .name = name,
                                   .sha256 = sha256,
                                   .round = {(int16_t)year, 0},
                                   .by = "clerk",
                                   .reason = "compared with the books"};
    memset(&b->report, 0, sizeof b->report);
    memset(&b->err, 0, sizeof b->err);
    int rc = pipeline_review(b->pipeline, &review, &b->report, &b->err);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

static int send_back(struct bench *b, const char *county, int year, struct retract *ret)
{
    char name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    *ret = (struct retract){.source = "one",
                            .name = name,
                            .returned = true,
                            .round = {(int16_t)year, 0},
                            .by = "clerk",
                            .reason = "school 2 has not that many"};
    memset(&b->err, 0, sizeof b->err);
    int rc = pipeline_retract(b->pipeline, ret, &b->err);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

static void certify(struct bench *b, const char *county)
{
    struct store_cert cert = {.cert = {.county = county,
                                       .standard = "books",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = b->clock.fixed_ms};
    if (pipeline_certify(b->pipeline, &cert, 1, false, &b->report, &b->err))
        bail(b->err.text);
}

static const char *newest(struct bench *b, const char *county)
{
    struct store_verdict v;
    int rc =
        store_verdict_newest(b->reader, county, "books", false, b->arena, &v, &b->err);
    return rc ? "none"
              : arena_fmt(b->arena, "%d %s", v.round.year, outcome_id(v.outcome));
}

static struct store_alert last_alert(struct bench *b, const char *county)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, county, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    return n ? all[0] : (struct store_alert){.evidence = ""};
}

/* "firing since 2021", "firing stale since …", or how the last one ended. */
static const char *alert(struct bench *b, const char *county)
{
    const struct store_alert last = last_alert(b, county);
    const struct alert *a = &last.alert;
    if (a->state == ALERT_NONE)
        return "none";
    if (a->state == ALERT_RESOLVED)
        return arena_fmt(b->arena, "resolved %s", alert_cause_id(a->cause));
    return arena_fmt(b->arena, "%s%s since %d", alert_state_id(a->state),
                     a->stale ? " stale" : "", a->since_round.year);
}

static bool evidence_has(struct bench *b, const char *county, const char *text)
{
    return strstr(last_alert(b, county).evidence, text) != NULL;
}

/* How many wait, and how many a person has spoken of. */
static size_t listed(struct bench *b, bool all)
{
    struct store_review *list;
    size_t n;
    if (store_reviews(b->reader, all, 100, b->arena, &list, &n, &b->err))
        bail(b->err.text);
    return n;
}

/* ---- what a review decides ----------------------------------------------------------------- */

static void ends_nothing(struct bench *b)
{
    certify(b, "01");
    is_int(run(b, "01", "2020", PASSES), 0, "a county passes, and nobody has looked");
    is_str(newest(b, "01"), "2020 pass", "it is judged and shown all the same");
    is_int(run(b, "01", "2021", FAILS), 0, "it fails");
    is_str(alert(b, "01"), "firing since 2021", "a slip is not hidden by the wait");
    ok(evidence_has(b, "01", "\"review\":\"submitted\""), "the alert says so");
    is_int(run(b, "01", "2022", PASSES), 0, "it passes again");
    is_str(newest(b, "01"), "2022 pass", "which is shown");
    is_str(alert(b, "01"), "firing stale since 2021", "and ends nothing");
    is_int((int)b->report.transitions, 0, "nor is anybody told that it did");
    is_int(accept_it(b, "01", 2022, NULL), 0, "a person has looked at it");
    is_int((int)b->report.again, 1, "the county is judged again at once");
    is_int((int)b->report.transitions, 1, "which ends the alert, once");
    is_str(alert(b, "01"), "resolved passed", "as a pass");
    is_int(accept_it(b, "01", 2022, NULL), JH_EEXIST, "once is enough");
    is_str(alert(b, "01"), "resolved passed", "nothing happens twice");
    is_int((int)bench_stale(b), 0, "nothing is left to be judged");
}

static void corrected(struct bench *b)
{
    certify(b, "02");
    run(b, "02", "2021", FAILS);
    is_int(accept_it(b, "02", 2021, NULL), 0, "a failing round is reviewed");
    is_int((int)b->report.transitions, 0, "that is no news");
    ok(evidence_has(b, "02", "\"review\":\"reviewed\""), "but is seen at the alert");
    run(b, "02", "2021", PASSES);
    is_str(alert(b, "02"), "firing stale since 2021",
           "another body needs another review");
    is_int(accept_it(b, "02", 2021, NULL), 0, "which it gets");
    is_str(alert(b, "02"), "resolved corrected", "a correction");
}

/* The bytes that were looked at, not those that came meanwhile. */
static void by_hash(struct bench *b)
{
    certify(b, "03");
    run(b, "03", "2021", FAILS);
    run(b, "03", "2022", PASSES);
    is_int(accept_it(b, "03", 2022, "00000000"), JH_ENOENT, "other bytes are not meant");
    is_str(alert(b, "03"), "firing stale since 2021", "so nothing is accepted");
    is_int(accept_it(b, "03", 2022, b->report.sha256), 0, "no hash: whatever is there");
}

/* ---- sent back ----------------------------------------------------------------------------- */

static void returned(struct bench *b)
{
    struct retract back;
    struct store_submission *subs;
    size_t n;
    certify(b, "04");
    run(b, "04", "2021", PASSES);
    is_int(accept_it(b, "04", 2021, NULL), 0, "a round is reviewed");
    run(b, "04", "2021", FAILS);
    is_str(alert(b, "04"), "firing since 2021", "what replaces it fails");
    is_int(send_back(b, "04", 2021, &back), 0, "and is sent back");
    is_int((int)back.restored, 1, "what it had replaced is in force again");
    is_str(newest(b, "04"), "2021 pass", "and judged");
    is_str(alert(b, "04"), "resolved corrected", "it had been reviewed: the alert ends");
    if (store_retractions(b->reader, b->arena, &subs, &n, &b->err))
        bail(b->err.text);
    is_str(subs[0].review, "returned", "the submission stays on record");
    is_str(subs[0].retracted_reason, "school 2 has not that many", "with the reason");
    is_int(run(b, "04", "2021", FAILS), 0, "the same bytes once more");
    ok(b->report.retracted && strstr(b->report.first[0].text, "was returned by clerk"),
       "stay returned: %s", b->report.first[0].text);
    is_int(run(b, "04", "2021", "901"), 0, "others are new");
    is_str(alert(b, "04"), "firing since 2021", "and judged as such");
}

static void returned_pass(struct bench *b)
{
    struct retract back;
    certify(b, "05");
    run(b, "05", "2020", FAILS);
    run(b, "05", "2021", PASSES);
    is_int(send_back(b, "05", 2021, &back), 0, "a pass is sent back");
    is_str(newest(b, "05"), "2020 fail", "the round is not theirs any more");
    is_str(alert(b, "05"), "firing since 2020", "the slip stands");
    is_int(accept_it(b, "05", 2021, NULL), JH_ENOENT, "nothing of it can be accepted");
    run(b, "05", "2021", "301");
    is_int(accept_it(b, "05", 2021, NULL), 0, "a new body, reviewed");
    is_str(alert(b, "05"), "resolved passed", "ends it");
}

/* What is left was not looked at: no all-clear of it. */
static void returned_to_unreviewed(struct bench *b)
{
    struct retract back;
    certify(b, "06");
    run(b, "06", "2020", PASSES);
    run(b, "06", "2021", FAILS);
    is_int(send_back(b, "06", 2021, &back), 0, "a fail is sent back");
    is_str(newest(b, "06"), "2020 pass", "the round before passes");
    is_str(alert(b, "06"), "firing stale since 2021", "but waits for a review itself");
    is_int(accept_it(b, "06", 2020, NULL), 0, "and gets it");
    is_str(alert(b, "06"), "resolved corrected", "which ends the alert");
}

/* ---- what changes around it ---------------------------------------------------------------- */

static int run_two(struct bench *b, const char *round)
{
    char text[512];
    snprintf(text, sizeof text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "%s,07,07-3,primary,100,200\n",
             round);
    return bench_run(b, "two", "two.csv", text);
}

static void parts(struct bench *b)
{
    bench_books(b, SOURCE("one", REVIEWED ", part: a, covers: [\"07\"]")
                       SOURCE("two", ", part: b, covers: [\"07\"]"));
    certify(b, "07");
    run_two(b, "2021");
    run(b, "07", "2021", "9000");
    is_str(alert(b, "07"), "firing since 2021", "a county of two books fails");
    run(b, "07", "2022", PASSES);
    run_two(b, "2022");
    is_str(newest(b, "07"), "2022 pass", "and passes in the next round");
    is_str(alert(b, "07"), "firing stale since 2021", "one book of which waits");
    is_int(accept_it(b, "07", 2022, NULL), 0, "it is reviewed");
    is_str(alert(b, "07"), "resolved passed", "the other one needs no review");
    bench_books(b, SOURCE("one", REVIEWED ", part: a, covers: [\"07\"]")
                       SOURCE("two", REVIEWED ", part: b, covers: [\"07\"]"));
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    run(b, "07", "2023", "9000");
    run_two(b, "2023");
    run(b, "07", "2023", PASSES);
    is_int(accept_it(b, "07", 2023, NULL), 0, "of two that need one, one has its review");
    is_str(alert(b, "07"), "firing stale since 2023", "which is not enough");
}

static void reloads(struct bench *b)
{
    bench_books(b, SOURCE("one", REVIEWED));
    certify(b, "08");
    run(b, "08", "2021", FAILS);
    run(b, "08", "2022", PASSES);
    is_int(accept_it(b, "08", 2022, NULL), 0, "a round is reviewed");
    run(b, "08", "2023", FAILS);
    run(b, "08", "2024", PASSES);
    bench_books(b, SOURCE("one", REVIEWED ", checks: {tenfold: off}"));
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    is_str(alert(b, "08"), "firing stale since 2023", "read anew, it waits as before");
    is_int(run(b, "08", "2024", PASSES), 0, "the same bytes again, too");
    is_str(alert(b, "08"), "firing stale since 2023", "are not reviewed by that");
    is_int(accept_it(b, "08", 2024, NULL), 0, "now they are");
    is_str(alert(b, "08"), "resolved passed", "and end it");
    run(b, "08", "2025", FAILS);
    run(b, "08", "2025", "302");
    bench_books(b, SOURCE("one", ""));
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    is_str(alert(b, "08"), "resolved corrected", "a source that asks for none any more");
    is_int(accept_it(b, "08", 2025, NULL), JH_EREFUSED, "has nothing to review");
}

/* The same bytes again after others keep what was said of them. */
static void same_again(struct bench *b)
{
    bench_books(b, SOURCE("one", REVIEWED));
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    certify(b, "09");
    run(b, "09", "2021", PASSES);
    is_int(accept_it(b, "09", 2021, NULL), 0, "a body is reviewed");
    run(b, "09", "2021", FAILS);
    is_str(alert(b, "09"), "firing since 2021", "another one fails");
    is_int(run(b, "09", "2021", PASSES), 0, "the first comes again");
    is_str(alert(b, "09"), "resolved corrected", "and needs no second review");
}

static void a_crash_between(struct bench *b)
{
    certify(b, "10");
    run(b, "10", "2021", FAILS);
    run(b, "10", "2022", PASSES);
    b->writes_left = 1; /* the review is kept, and the power goes */
    is_int(accept_it(b, "10", 2022, NULL), 0,
           "a review, and a crash before it is judged");
    ok(b->report.failed.code != 0, "which is said");
    is_str(alert(b, "10"), "firing stale since 2021", "nothing has happened yet");
    b->writes_left = BENCH_ANY;
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "a start looks again");
    is_str(alert(b, "10"), "resolved passed", "and does what was left");
}

/* What counties report waits like their schools' data. */
static void reported(struct bench *b)
{
    bench_books(b, SOURCE("one", "") SOURCE("two", ", holds: county, review: required"));
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    certify(b, "11");
    run(b, "11", "2021", FAILS);
    is_int(
        bench_run(b, "two", "c.csv", "round,county_code,item,value\n2022,11,extra,5\n"),
        0, "a county reports something");
    run(b, "11", "2022", PASSES);
    is_str(alert(b, "11"), "firing stale since 2021", "nobody has looked at that");
    struct review_accept review = {
        .source = "two", .round = {2022, 0}, .by = "clerk", .reason = "right"};
    is_int(pipeline_review(b->pipeline, &review, &b->report, &b->err), 0, "they do");
    is_str(alert(b, "11"), "resolved passed", "and the alert ends");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    bench_books(&b, SOURCE("one", REVIEWED));
    ends_nothing(&b);
    corrected(&b);
    by_hash(&b);
    returned(&b);
    returned_pass(&b);
    returned_to_unreviewed(&b);
    ok(listed(&b, false) < listed(&b, true), "what was said of it stays on record");
    parts(&b);
    reloads(&b);
    same_again(&b);
    a_crash_between(&b);
    reported(&b);
    bench_done(&b);
    return done_testing();
}
