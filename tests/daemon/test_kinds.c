/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: what holds of slips holds of every kind. A county that gets another code is not forgotten
 * and not told of twice, data that nobody has reviewed end nothing, and what was taken back is
 * doubtful no more. Through the real pipeline.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "story/commit.h"
#include "tap/tap.h"

#define HEAD "round,county_code,school_code,kind,pupils_primary,books\n"
#define ROWS(y, c, a, b)                                                                 \
    HEAD y "," c ",1,primary,100," a "\n" y "," c ",2,primary,100," b "\n"
#define CODE "date,kind,from,to,document\n2023-07-01,code,990101,990111,\n"
#define MERGE "date,kind,from,to,document\n2023-07-01,merge,990101;990102,990103,\n"
#define ABOLISH "date,kind,from,to,document\n2023-07-01,abolish,990101,,\n"

static void configure(struct bench *b, const char *source, const char *more)
{
    char sources[512];
    snprintf(sources, sizeof sources,
             "  - {name: one, plugin: file, path: ., format: csv, interval: 1h%s}\n%s",
             source, more);
    bench_books(b, sources);
}

static void open_bench(struct bench *b, const char *changes, const char *source,
                       const char *more)
{
    bench_init(b);
    if (*changes)
        bench_put(b, "changes.csv", "%s", changes);
    configure(b, source, more);
}

static void run(struct bench *b, const char *name, const char *text)
{
    if (bench_run(b, "one", name, text))
        bail(b->err.text);
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

/* The last alert of a kind: its state, or why it has ended. "": of no county. */
static const char *state(struct bench *b, const char *kind, const char *county)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, *county ? county : NULL, b->arena, &all, &n,
                     &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++) {
        const struct alert *a = &all[i].alert;
        if (strcmp(a->kind, kind) == 0)
            return a->state == ALERT_RESOLVED
                       ? alert_cause_id(a->cause)
                       : arena_fmt(b->arena, "%s%s", alert_state_id(a->state),
                                   a->stale ? " stale" : "");
    }
    return "none";
}

static bool says(struct bench *b, const char *kind, const char *county, const char *what)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, county, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].alert.kind, kind) == 0)
            return strstr(all[i].evidence, what) != NULL;
    return false;
}

static void accept_it(struct bench *b, int year)
{
    struct review_accept review = {.source = "one",
                                   .round = {(int16_t)year, 0},
                                   .by = "tester",
                                   .reason = "looked at"};
    if (pipeline_review(b->pipeline, &review, &b->report, &b->err))
        bail(b->err.text);
}

/* ---- counties that change ------------------------------------------------------------------ */

static void figures_of_another_code(void)
{
    struct bench b;
    open_bench(&b, CODE, "", "division_changes: changes.csv\n");
    run(&b, "a", ROWS("2012", "990101", "100", "300"));
    certify(&b, "990101");
    run(&b, "a", ROWS("2022", "990101", "1900", "8100"));
    is_str(state(&b, "warning", "990101"), "firing", "a warning before the code changes");
    is_str(state(&b, "decline", "990101"), "firing", "and a decline");
    run(&b, "b", ROWS("2023", "990111", "1900", "8100"));
    is_str(state(&b, "warning", "990101"), "not_monitored",
           "both end with the code, which is no pass");
    is_str(state(&b, "decline", "990101"), "not_monitored", "…");
    ok(says(&b, "warning", "990101", "\"to\":[\"990111\"]"), "and say what came of it");
    is_str(state(&b, "warning", "990111"), "firing", "and the county is judged anew");
    is_str(state(&b, "decline", "990111"), "firing",
           "by the baseline that it had under its old code");
    bench_done(&b);
}

static void figures_of_none(void)
{
    struct bench b;
    open_bench(&b, ABOLISH, "", "");
    run(&b, "a", ROWS("2012", "990101", "100", "300"));
    certify(&b, "990101");
    run(&b, "a", ROWS("2022", "990101", "1900", "8100"));
    is_str(state(&b, "warning", "990101"), "firing", "a warning of a county");
    b.clock.fixed_ms = date_to_ms((struct date){2023, 8, 1});
    configure(&b, "", "division_changes: changes.csv\n");
    if (pipeline_refresh(b.pipeline, &b.report, &b.err))
        bail(b.err.text);
    is_str(state(&b, "warning", "990101"), "not_monitored", "that is abolished");
    bench_done(&b);
}

static void late_under_another_code(void)
{
    struct bench b;
    open_bench(&b, CODE, ", due: {month: 12, day: 31}",
               "division_changes: changes.csv\n");
    b.clock.fixed_ms = date_to_ms((struct date){2022, 10, 1});
    run(&b, "a", ROWS("2021", "990101", "100", "110"));
    certify(&b, "990101");
    is_int(bench_day(&b, 2023, 1, 1), 1, "a county is late");
    is_str(state(&b, "data_overdue", "990101"), "firing", "under the code it has");
    is_int(bench_day(&b, 2023, 7, 1), 2, "the day it gets another");
    is_str(state(&b, "data_overdue", "990101"), "not_monitored", "the old one is nobody");
    is_str(state(&b, "data_overdue", "990111"), "firing", "and the new one is late");
    is_int(bench_day(&b, 2023, 7, 2), 0, "once");
    run(&b, "a", ROWS("2022", "990101", "100", "110"));
    bench_day(&b, 2023, 7, 5);
    is_str(state(&b, "data_overdue", "990111"), "passed",
           "what comes late under the old code was what was missed");
    is_str(state(&b, "data_overdue", "990101"), "not_monitored", "…");
    is_int(bench_day(&b, 2024, 1, 1), 1, "the next round is missed");
    is_str(state(&b, "data_overdue", "990111"), "firing", "of the new code");
    is_str(state(&b, "data_overdue", "990101"), "not_monitored", "and of no other");
    run(&b, "b", ROWS("2023", "990111", "100", "110"));
    is_str(state(&b, "data_overdue", "990111"), "passed", "until it comes");
    bench_done(&b);
}

static void late_after_a_merger(void)
{
    struct bench b;
    open_bench(&b, MERGE, ", due: {month: 12, day: 31}",
               "division_changes: changes.csv\n");
    b.clock.fixed_ms = date_to_ms((struct date){2022, 10, 1});
    run(&b, "a", ROWS("2022", "990101", "100", "110"));
    certify(&b, "990101");
    certify(&b, "990102");
    is_int(bench_day(&b, 2023, 1, 1), 1, "of two one is late");
    bench_day(&b, 2023, 8, 1);
    is_str(state(&b, "data_overdue", "990102"), "not_monitored", "they become one");
    is_str(state(&b, "data_overdue", "990103"), "firing",
           "which has not all that was due of both");
    bench_done(&b);
}

/* ---- data that wait, and data that are gone ------------------------------------------------ */

static void late_and_not_reviewed(void)
{
    struct bench b;
    open_bench(&b, "", ", due: {month: 12, day: 31}, review: required", "");
    b.clock.fixed_ms = date_to_ms((struct date){2022, 10, 1});
    run(&b, "a", ROWS("2021", "990101", "100", "110"));
    certify(&b, "990101");
    is_int(bench_day(&b, 2023, 1, 1), 1, "a county is late");
    run(&b, "a", ROWS("2022", "990101", "100", "110"));
    is_str(state(&b, "data_overdue", "990101"), "firing stale",
           "what has come has still to be reviewed");
    bench_day(&b, 2023, 1, 5);
    is_str(state(&b, "data_overdue", "990101"), "firing stale", "the next day, too");
    accept_it(&b, 2022);
    is_str(state(&b, "data_overdue", "990101"), "passed", "when it is, it has come");
    bench_done(&b);
}

static void figures_not_reviewed(void)
{
    struct bench b;
    open_bench(&b, "", ", review: required", "");
    run(&b, "a", ROWS("2012", "990101", "100", "300"));
    certify(&b, "990101");
    run(&b, "a", ROWS("2014", "990101", "1900", "8100"));
    is_str(state(&b, "warning", "990101"), "firing", "a warning needs no review");
    run(&b, "a", ROWS("2015", "990101", "100", "110"));
    is_str(state(&b, "warning", "990101"), "firing stale", "a clear pass does");
    is_str(state(&b, "decline", "990101"), "firing stale", "also of a decline");
    accept_it(&b, 2015);
    is_str(state(&b, "warning", "990101"), "passed", "to end it");
    is_str(state(&b, "decline", "990101"), "passed", "and it");
    bench_done(&b);
}

static void doubts(void)
{
    struct bench b;
    struct retract retract = {
        .source = "one", .round = {2021, 0}, .by = "tester", .reason = "wrong file"};
    open_bench(&b, "", ", review: required", "");
    run(&b, "a", ROWS("2020", "990101", "x", "110"));
    is_str(state(&b, "data_quality", ""), "firing", "a cell that cannot be used");
    run(&b, "a", ROWS("2020", "990101", "100", "110"));
    is_str(state(&b, "data_quality", ""), "firing stale", "is mended, says a new file");
    accept_it(&b, 2020);
    is_str(state(&b, "data_quality", ""), "passed", "and so says who has looked at it");
    run(&b, "a", ROWS("2021", "990101", "x", "110"));
    is_str(state(&b, "data_quality", ""), "firing", "another in another round");
    retract.returned = true;
    if (pipeline_retract(b.pipeline, &retract, &b.err))
        bail(b.err.text);
    is_str(state(&b, "data_quality", ""), "passed",
           "a file that was returned is doubtful no more: what is left is in order");
    bench_done(&b);
}

static void doubts_of_nothing(void)
{
    struct bench b;
    struct retract retract = {
        .source = "one", .round = {2021, 0}, .by = "tester", .reason = "wrong file"};
    open_bench(&b, "", "", "");
    run(&b, "a", ROWS("2021", "990101", "x", "110"));
    if (pipeline_retract(b.pipeline, &retract, &b.err))
        bail(b.err.text);
    is_str(state(&b, "data_quality", ""), "not_monitored",
           "without any data there is nothing to doubt, which is no pass");
    bench_done(&b);
}

int main(void)
{
    figures_of_another_code();
    figures_of_none();
    late_under_another_code();
    late_after_a_merger();
    late_and_not_reviewed();
    figures_not_reviewed();
    doubts();
    doubts_of_nothing();
    return done_testing();
}
