/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: what does not come raises nothing by itself, and would look like a county in order. A
 * certified county without a complete evaluation is told of when the day has passed, whether it
 * is late, incomplete or gone from the file, and that ends by data alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "story/commit.h"
#include "tap/tap.h"

#define HEAD "round,county_code,school_code,kind,pupils_primary,books\n"
#define ALL(y) y ",990101,1,primary,100,100\n" y ",990101,2,primary,100,110\n"
#define OTHER(y) y ",990102,3,primary,100,100\n" y ",990102,4,primary,100,110\n"
#define GAP(y) y ",990101,1,primary,x,100\n" y ",990101,2,primary,100,110\n"

static void configure(struct bench *b, const char *source, const char *alerts)
{
    char sources[512];
    snprintf(sources, sizeof sources,
             "  - {name: one, plugin: file, path: ., format: csv, interval: 1h%s}\n%s",
             source, alerts);
    bench_books(b, sources);
}

static void run(struct bench *b, const char *text)
{
    if (bench_run(b, "one", "a.csv", text))
        bail(b->err.text);
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

static int late(struct bench *b, const char *county, struct store_alert *ret)
{
    return store_alert_open(b->reader, "data_overdue", county, "books", b->arena, ret,
                            &b->err);
}

static const char *ended_by(struct bench *b, const char *county)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, "resolved", county, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    return n ? alert_cause_id(all[0].alert.cause) : "not at all";
}

static void comes_late(struct bench *b)
{
    struct store_alert alert;
    configure(b, ", due: {month: 12, day: 31}", "");
    b->clock.fixed_ms = date_to_ms((struct date){2025, 10, 1});
    run(b, HEAD ALL("2024") OTHER("2024"));
    certify(b, "990101", false);
    is_int(bench_day(b, 2025, 12, 31), 0, "on the day itself nobody is late");
    is_int(bench_day(b, 2026, 1, 1), 1, "when it has passed the certified county is");
    is_int(late(b, "990101", &alert), 0, "and that is an alert");
    is_str(alert.alert.severity, "warning", "a warning");
    is_int(alert.alert.round.year, 2025, "of the round that is missed");
    ok(strstr(alert.evidence, "\"due\":\"2025-12-31\"") != NULL &&
           strstr(alert.evidence, "\"newest_round\":\"2024\"") != NULL,
       "saying since when, and what came last");
    is_int(bench_day(b, 2026, 1, 2), 0, "the next day says no more");
    is_int(late(b, "990102", &alert), JH_ENOENT, "of others nobody asks");
    run(b, HEAD GAP("2025") OTHER("2025"));
    is_int(late(b, "990101", &alert), 0, "half of it is not all of it");
    run(b, HEAD OTHER("2025"));
    is_int(late(b, "990101", &alert), 0, "nor is a file that leaves it out");
    is_int(bench_day(b, 2027, 1, 1), 1, "a year later the next round is missed as well");
    if (late(b, "990101", &alert) || alert.alert.n_told != 2)
        ok(false, "in the same alert");
    run(b, HEAD ALL("2025") OTHER("2025"));
    is_int(late(b, "990101", &alert), 0, "an older round does not make up for it");
    run(b, HEAD ALL("2026") OTHER("2026"));
    is_int(late(b, "990101", &alert), JH_ENOENT, "a complete one does, at once");
    is_str(ended_by(b, "990101"), "passed", "which is said");
}

static void nothing_ever_came(struct bench *b)
{
    struct store_alert alert;
    certify(b, "990199", false);
    is_int(bench_day(b, 2027, 1, 2), 1,
           "a certified county of which nothing was ever heard");
    is_int(late(b, "990199", &alert), 0, "is late");
    b->clock.fixed_ms = date_to_ms((struct date){2024, 6, 1});
    is_int(bench_day(b, 2024, 6, 1), 0, "a clock that was set back ends nothing");
    is_int(bench_day(b, 2027, 1, 3), 0, "nor does it tell it twice");
    certify(b, "990199", true);
    is_int(late(b, "990199", &alert), JH_ENOENT,
           "without a certification it is nobody's");
    is_str(ended_by(b, "990199"), "not_monitored", "which is no pass");
}

static void by_configuration(struct bench *b)
{
    struct store_alert alert;
    configure(b, ", due: {month: 12, day: 31}",
              "alerts: {data_overdue: {regions: {\"9901\": {enabled: false}}}}\n");
    is_int(bench_day(b, 2028, 1, 1), 0, "a region may be left alone");
    configure(b, ", due: {month: 12, day: 31}, covers: [\"98\"]", "");
    is_int(bench_day(b, 2028, 1, 2), 0,
           "a source that does not cover it promises it nothing");
    configure(b, "", "");
    is_int(bench_day(b, 2028, 1, 3), 0, "nor does one without a day");
    configure(b, ", due: {month: 12, day: 31}", "");
    is_int(bench_day(b, 2028, 1, 4), 1, "else it is late");
    configure(b, "", "");
    is_int(bench_day(b, 2028, 1, 5), 1, "when nothing is promised any more");
    is_int(late(b, "990101", &alert), JH_ENOENT, "that ends");
    is_str(ended_by(b, "990101"), "not_monitored", "as nobody's");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    comes_late(&b);
    nothing_ever_came(&b);
    by_configuration(&b);
    bench_done(&b);
    return done_testing();
}
