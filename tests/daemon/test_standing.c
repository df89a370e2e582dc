/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: people take a title, the program proposes it and no more. What they ordered is asked for
 * when its month comes, and ends by their word. And what a county is compared with must not move
 * under it. From bytes and people's words to the outbox; the journal is checked at each end.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "store/standing.h"
#include "story/commit.h"
#include "tap/tap.h"

/* Two schools of 100 pupils: CV 0.5 and 0.667. */
#define HEAD "round,county_code,school_code,kind,pupils_primary,books\n"
#define ROWS(y, a, b)                                                                    \
    HEAD y ",990101,1,primary,100," a "\n" y ",990101,2,primary,100," b "\n"
#define GOOD(y) ROWS(y, "100", "300")
#define BAD(y) ROWS(y, "1000", "5000")

static int run(struct bench *b, const char *text)
{
    if (bench_run(b, "one", "a.csv", text))
        bail(b->err.text);
    return (int)b->report.transitions;
}

static void certify(struct bench *b, bool remove)
{
    b->clock.fixed_ms += 1000;
    struct store_cert cert = {.cert = {.county = "990101",
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

static int decide(struct bench *b, enum standing_event event, const char *deadline)
{
    struct standing_work w = {.arena = b->arena,
                              .county = "990101",
                              .standard = "books",
                              .event = event,
                              .deadline = deadline,
                              .document = "No. 7",
                              .by = "tester",
                              .reason = "a test"};
    memset(&b->err, 0, sizeof b->err);
    b->clock.fixed_ms += 1000;
    return pipeline_standing(b->pipeline, &w, &b->report, &b->err);
}

static const char *standing(struct bench *b)
{
    struct store_standing row;
    int rc = store_standing_get(b->reader, "990101", "books", b->arena, &row, &b->err);
    return rc ? "nothing"
              : arena_fmt(b->arena, "%s%s%s", standing_state_id(row.standing.state),
                          *row.standing.deadline ? " " : "", row.standing.deadline);
}

static struct store_alert newest(struct bench *b, const char *kind)
{
    struct store_alert *all, none = {.alert = {.state = ALERT_NONE}, .evidence = ""};
    size_t n;
    if (store_alerts(b->reader, NULL, "990101", b->arena, &all, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].alert.kind, kind) == 0)
            return all[i];
    return none;
}

static const char *state(struct bench *b, const char *kind)
{
    struct store_alert a = newest(b, kind);
    return a.alert.state == ALERT_RESOLVED ? alert_cause_id(a.alert.cause)
                                           : alert_state_id(a.alert.state);
}

static int waiting(struct bench *b)
{
    struct store_outbox *rows;
    size_t n;
    if (store_outbox_waiting(b->reader, b->arena, &rows, &n, &b->err))
        bail(b->err.text);
    return (int)n;
}

static void begin(struct bench *b, const char *alerts)
{
    char sources[512];
    snprintf(sources, sizeof sources,
             "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
             "alerts: {warning: {enabled: false}, data_quality: {enabled: false}%s}\n",
             alerts);
    bench_init(b);
    bench_books(b, sources);
    b->clock.fixed_ms = date_to_ms((struct date){2027, 1, 4}) + 36000000;
}

static void proposes(void)
{
    struct bench b;
    begin(&b, ", decline: {enabled: false}");
    run(&b, GOOD("2012"));
    is_str(standing(&b), "nothing", "no title, no standing");
    certify(&b, false);
    is_str(standing(&b), "certified", "certified");
    run(&b, GOOD("2013"));
    is_str(standing(&b), "monitored", "the first round after the baseline");
    is_int(run(&b, BAD("2014")), 1, "a round fails");
    is_str(standing(&b), "warned", "which is a warning to the title");
    is_int(run(&b, ROWS("2015", "100", "")), 0, "what is unknown");
    is_str(standing(&b), "warned", "changes nothing");
    int before = waiting(&b);
    is_int(run(&b, BAD("2015")), 1, "a second round fails: nothing but a proposal");
    is_str(standing(&b), "proposed", "the program proposes");
    is_str(state(&b, "slip"), "firing", "the slip goes on");
    ok(strstr(newest(&b, "slip").evidence, "\"proposal\":{\"rounds\":2"),
       "and says after how many rounds");
    ok(waiting(&b) > before, "which is told");
    is_int(bench_day(&b, 2030, 1, 1), 0, "years later it is still a proposal, told once");
    is_str(standing(&b), "proposed", "and no more");
    is_int(run(&b, GOOD("2015")), 1, "a correction ends the slip");
    is_str(standing(&b), "monitored", "and the proposal");
    bench_done(&b);
}

static void revokes(void)
{
    struct bench b;
    begin(&b, ", decline: {enabled: false}");
    run(&b, GOOD("2012"));
    run(&b, BAD("2013"));
    is_int(decide(&b, STANDING_REVOKE, NULL), JH_EREFUSED, "no title to be revoked");
    ok(strstr(b.err.text, "county 990101 is not certified"), "said: %s", b.err.text);
    certify(&b, false);
    is_str(state(&b, "slip"), "firing", "it fails");
    is_int(decide(&b, STANDING_RESTORE, NULL), JH_EREFUSED, "nothing to be restored");
    is_int(decide(&b, STANDING_REVOKE, NULL), 0, "a person revokes");
    is_str(standing(&b), "revoked", "which is recorded");
    is_str(state(&b, "slip"), "not_monitored", "and monitored no more");
    is_int(run(&b, BAD("2014")), 0, "whatever comes");
    is_int(decide(&b, STANDING_ORDER, "2030-01"), JH_EREFUSED, "nothing to put right");
    is_int(decide(&b, STANDING_RESTORE, NULL), 0, "a person gives it back");
    is_str(standing(&b), "warned", "as it stands then");
    is_str(state(&b, "slip"), "firing", "an already failing one fires at once");
    certify(&b, true);
    is_str(standing(&b), "not_certified", "a record that was wrong is taken away");
    bench_done(&b);
}

static void orders(void)
{
    struct bench b;
    begin(&b, ", decline: {enabled: false}");
    run(&b, GOOD("2012"));
    certify(&b, false);
    run(&b, BAD("2013"));
    is_int(decide(&b, STANDING_ORDER, "2026-12"), JH_EREFUSED, "no month that is over");
    is_int(decide(&b, STANDING_ORDER, "2027-05"), 0, "a person orders");
    is_str(standing(&b), "rectification 2027-05", "by a month");
    ok(strstr(newest(&b, "slip").evidence, "\"deadline\":\"2027-05\""),
       "the slip says so at once");
    is_str(state(&b, "duty"), "none", "more than three months are left");
    certify(&b, false);
    is_str(standing(&b), "rectification 2027-05",
           "a certification recorded anew ends no order");
    is_int(bench_day(&b, 2027, 2, 27), 0, "not yet");
    is_int(bench_day(&b, 2027, 2, 28), 1, "three months before the last day");
    is_str(state(&b, "duty"), "firing", "it is told");
    is_str(newest(&b, "duty").alert.severity, "notice", "as a notice");
    ok(strstr(newest(&b, "duty").evidence, "\"until\":\"2027-05-31\""), "with its day");
    is_int(bench_day(&b, 2027, 5, 31), 0, "its last day is in time");
    b.clock.fixed_ms = date_to_ms((struct date){2027, 5, 10});
    is_int(run(&b, GOOD("2014")), 1, "data that pass end the slip");
    is_str(state(&b, "duty"), "firing", "not the order");
    run(&b, BAD("2015"));
    is_int(bench_day(&b, 2027, 6, 1), 2,
           "the month is over: overdue, and revocation proposed");
    is_str(newest(&b, "duty").alert.severity, "critical", "which is critical");
    is_str(standing(&b), "proposed 2027-05", "the order stands");
    is_int(bench_day(&b, 2027, 6, 2), 0, "once");
    is_int(bench_day(&b, 2027, 1, 1), 0, "a clock that is set back ends nothing");
    bench_day(&b, 2027, 6, 2);
    is_int(decide(&b, STANDING_ORDER, "2027-12"), 0, "more time is given");
    is_str(state(&b, "duty"), "passed", "until its last months");
    is_str(standing(&b), "rectification 2027-12", "a new month");
    is_int(bench_day(&b, 2027, 9, 30), 1, "which is told as the first was");
    is_int(decide(&b, STANDING_RESTORE, NULL), 0, "a person has seen it done");
    is_str(state(&b, "duty"), "passed", "that ends it");
    is_str(standing(&b), "warned", "what data say stays said");
    ok(strstr(newest(&b, "slip").evidence, "\"deadline\":null") != NULL,
       "without a month");
    is_int(decide(&b, STANDING_ORDER, "2027-10"), 0, "another order, within the months");
    is_str(state(&b, "duty"), "firing", "is told at once");
    is_int(decide(&b, STANDING_REVOKE, NULL), 0, "the title is revoked");
    is_str(state(&b, "duty"), "not_monitored", "nothing is to be done for it any more");
    bench_done(&b);
}

/* The baseline's composite by which a decline is told; NaN: there is none. */
static double baseline(struct bench *b)
{
    struct store_baseline row;
    double v = NAN;
    if (!store_baseline_get(b->reader, "990101", "books", b->arena, &row, &b->err))
        sscanf(row.figures, "{\"primary\":{\"composite\":%lf", &v);
    return v;
}

static void freezes(void)
{
    struct bench b;
    struct retract retract = {
        .source = "one", .round = {2012, 0}, .by = "tester", .reason = "a test"};
    begin(&b, "");
    certify(&b, false);
    run(&b, ROWS("2012", "100", ""));
    ok(isnan(baseline(&b)), "what is not known is no baseline yet");
    run(&b, GOOD("2012"));
    is_dbl(baseline(&b), 0.5, 1e-9, "what comes to be known is");
    run(&b, ROWS("2012", "1900", "8100"));
    is_dbl(baseline(&b), 0.5, 1e-9, "a correction does not change it");
    is_int(run(&b, ROWS("2013", "1900", "8100")), 1, "0.62: worse than when certified");
    is_str(state(&b, "decline"), "firing", "also after the correction");
    if (pipeline_retract(b.pipeline, &retract, &b.err) ||
        pipeline_refresh(b.pipeline, &b.report, &b.err))
        bail(b.err.text);
    is_dbl(baseline(&b), 0.5, 1e-9, "nor does a retraction");
    run(&b, ROWS("2014", "1900", "8100"));
    is_str(state(&b, "decline"), "firing", "it is compared as before");
    run(&b, ROWS("2012", "1900", "8101")); /* not the bytes that were taken back */
    decide(&b, STANDING_REVOKE, NULL);
    decide(&b, STANDING_RESTORE, NULL);
    is_dbl(baseline(&b), 0.5, 1e-9, "nor is it, when the title is given back");
    is_str(state(&b, "decline"), "firing", "…");
    certify(&b, false);
    is_dbl(baseline(&b), 0.62, 1e-3,
           "a person who certifies anew takes what is there now");
    bench_done(&b);
}

static void write_relaxed(const struct bench *b)
{
    bench_put(b, "standards/books.yaml",
              "standard: books\n"
              "effective: 2010-01-01\n"
              "indicators:\n"
              "  - {id: shelf, numerator: books, school_min: {primary: 1}}\n"
              "cv_rule: {applies_to: each, primary: 0.9}\n"
              "school_rule: {at_least: 1, floor: 1}\n"
              "relaxations:\n"
              "  - id: R\n"
              "    clause: until it is built\n"
              "    until: 2040-01-01\n"
              "    where: {setting: rural}\n"
              "    indicator: shelf\n"
              "    numerator: books + computers\n"
              "    duty: {years_after_certification: 3}\n");
}

static int rural(struct bench *b, const char *round, const char *books, const char *more)
{
    char buf[512];
    snprintf(
        buf, sizeof buf,
        "round,county_code,county_name,school_code,kind,setting,pupils_primary,books,"
        "computers\n"
        "%s,990101,Qingshi,S1,primary,rural,100,%s,60\n"
        "%s,990101,Qingshi,S2,primary,rural,100,%s,60\n",
        round, books, round, more);
    return run(b, buf);
}

/* Certified on the last of 2013: to be put right before the last of 2016. */
static void relies(void)
{
    struct bench b;
    begin(&b, ", decline: {enabled: false}");
    write_relaxed(&b);
    bench_load(&b);
    b.clock.fixed_ms = date_to_ms((struct date){2014, 1, 1});
    certify(&b, false);
    b.clock.fixed_ms = date_to_ms((struct date){2015, 1, 1});
    rural(&b, "2014", "40", "40");
    is_int(bench_day(&b, 2016, 9, 29), 0, "more than three months before");
    is_int(bench_day(&b, 2016, 9, 30), 1,
           "three months before it is told, without any data");
    is_str(state(&b, "duty"), "firing", "as a duty");
    is_str(newest(&b, "duty").alert.indicator, "R", "of the relaxation");
    ok(strstr(newest(&b, "duty").evidence, "\"until\":\"2016-12-30\""), "its last day");
    rural(&b, "2015", "100", "");
    is_str(state(&b, "duty"), "firing", "data that are not known end nothing");
    is_int(bench_day(&b, 2016, 12, 31), 1, "then it is overdue");
    is_str(newest(&b, "duty").alert.severity, "critical", "…");
    b.clock.fixed_ms = date_to_ms((struct date){2018, 1, 1});
    rural(&b, "2017", "40", "40");
    is_str(state(&b, "duty"), "firing",
           "that nobody may rely on it any more does not say that it is done");
    b.clock.fixed_ms = date_to_ms((struct date){2019, 1, 1});
    rural(&b, "2018", "100", "100");
    is_str(state(&b, "duty"), "passed", "data that need it no more do");
    bench_done(&b);
}

int main(void)
{
    proposes();
    revokes();
    orders();
    freezes();
    relies();
    return done_testing();
}
