/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: from bytes to committed alerts is the one path every number takes. This runs the real
 * pipeline on a real store, plugin and configuration through the life of one county: passes,
 * slips, goes unknown, recovers, is corrected, and is decertified; and shows what must change
 * nothing: the same body, a refused one, an older round, a restart of the evaluation.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

static void write_standard(const struct bench *b, const char *limit)
{
    bench_put(
        b, "standards/books.yaml",
        "standard: books\n"
        "title: books\n"
        "effective: 2010-01-01\n"
        "population: {campus: merge, owners: [7]}\n"
        "indicators:\n"
        "  - {id: books_per_pupil, title: books, numerator: books, per: 1, split: true}\n"
        "cv_rule: {applies_to: composite, primary: %s}\n",
        limit);
}

static void write_config(const struct bench *b, const char *more)
{
    bench_put(
        b, "junheng.yaml",
        "state_dir: %s\n"
        "control_socket: %s/c.sock\n"
        "standards: {dir: %s/standards, use: [books]}\n"
        "sources:\n"
        "  - {name: one, plugin: file, path: %s, format: csv, interval: 1h, part: main}\n"
        "  - {name: two, plugin: file, path: %s, format: csv, interval: 1h, part: main,\n"
        "     covers: [\"98\"]}\n"
        "  - {name: three, plugin: file, path: %s, format: csv, interval: 1h,\n"
        "     part: other, covers: [\"97\"]}\n"
        "channels:\n"
        "  - {name: spool, plugin: spool, path: %s/spool}\n"
        "offices:\n"
        "  - {id: province, name: office, level: province, channels: [spool]}\n"
        "routes:\n"
        "  - {match: {kind: slip}, to: [province]}\n"
        "%s",
        b->dir, b->dir, b->dir, b->dir, b->dir, b->dir, b->dir, more);
}

/* Two schools of 100 pupils each; books as text, so that a cell can be missing. */
static const char *rows(char buf[512], const char *round, const char *first,
                        const char *second)
{
    snprintf(buf, 512,
             "round,county_code,county_name,school_code,kind,pupils_primary,books\n"
             "%s,990101,Qingshi,S1,primary,100,%s\n"
             "%s,990101,Qingshi,S2,primary,100,%s\n",
             round, first, round, second);
    return buf;
}

static int run(struct bench *b, const char *round, const char *first, const char *second)
{
    char buf[512];
    return bench_run(b, "one", "schools.csv", rows(buf, round, first, second));
}

/* ---- what is in the store ----------------------------------------------------------------- */

static int open_alert(struct bench *b, struct store_alert *ret)
{
    return store_alert_open(b->reader, "slip", "990101", "books", b->arena, ret, &b->err);
}

static size_t outbox(struct bench *b)
{
    struct store_outbox *rows_;
    size_t n = 0;
    if (store_outbox_waiting(b->reader, b->arena, &rows_, &n, &b->err))
        bail(b->err.text);
    return n;
}

static size_t submissions(struct bench *b)
{
    struct store_submission *subs;
    size_t n = 0;
    if (store_submissions(b->reader, (struct round){0}, b->arena, &subs, &n, &b->err))
        bail(b->err.text);
    return n;
}

static int certify(struct bench *b, bool remove)
{
    struct store_cert cert = {.cert = {.county = "990101",
                                       .standard = "books",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = b->clock.fixed_ms};
    return pipeline_certify(b->pipeline, &cert, 1, remove, &b->report, &b->err);
}

/* ---- the life of one county ------------------------------------------------------------------ */

static void a_slip(struct bench *b)
{
    struct store_alert alert;
    is_int(certify(b, false), 0, "certified before any data");
    is_int(run(b, "2014", "100", "300"), 0, "2014: CV 0.5");
    is_int((int)b->report.pass, 1, "passes");
    is_int((int)b->report.transitions, 0, "nobody is told of a pass");
    is_int(run(b, "2014", "100", "300"), 0, "the same body again");
    ok(b->report.unchanged, "is skipped");
    is_int(run(b, "2015", "100", "900"), 0, "2015: CV 0.8");
    is_int((int)b->report.fail, 1, "fails");
    is_int((int)b->report.transitions, 1, "and fires");
    is_int((int)outbox(b), 1, "one office over one channel");
    is_int(open_alert(b, &alert), 0, "the alert is open");
    is_str(alert.alert.severity, "critical", "critical");
    is_int(alert.alert.since_round.year, 2015, "since 2015");
    ok(strstr(alert.evidence, "\"value\":0.8") != NULL, "the evidence holds the value");
    ok(strstr(alert.evidence, "\"previous\":0.5") != NULL, "and the round before");
}

static void missing_is_unknown(struct bench *b)
{
    struct store_alert alert;
    is_int(run(b, "2016", "100", ""), 0, "2016: a cell is missing");
    is_int((int)b->report.unknown, 1, "unknown, not a pass");
    is_int((int)b->report.transitions, 0, "and the end of nothing");
    is_int(open_alert(b, &alert), 0, "the alert stays open");
    ok(alert.alert.stale, "marked stale");
    ok(strstr(alert.evidence, "\"data_round\":\"2015\"") != NULL &&
           strstr(alert.evidence, "\"value\":0.8") != NULL,
       "and still shows the figures of 2015, not half of those of 2016");
    is_int(run(b, "2014", "100", "310"), 0, "2014 is corrected, late");
    is_int((int)b->report.transitions, 0, "an older round ends nothing");
    is_int(run(b, "2016", "100", "300"), 0, "2016 is completed, and passes");
    is_int((int)b->report.transitions, 1, "that ends the alert");
    is_int(open_alert(b, &alert), JH_ENOENT, "no alert is open");
}

static void corrected(struct bench *b)
{
    struct store_alert *all;
    size_t n;
    is_int(run(b, "2017", "100", "900"), 0, "2017 fails");
    is_int((int)b->report.transitions, 1, "a second alert");
    is_int(run(b, "2017", "100", "300"), 0, "2017 is corrected");
    is_int((int)b->report.transitions, 1, "and the alert ends");
    if (store_alerts(b->reader, NULL, "990101", b->arena, &all, &n, &b->err))
        bail(b->err.text);
    is_int((int)n, 2, "two alerts in all");
    int cause = CAUSE_NONE;
    for (size_t i = 0; i < n; i++)
        if (all[i].alert.since_round.year == 2017)
            cause = (int)all[i].alert.cause;
    is_str(alert_cause_id((enum alert_cause)cause), "corrected", "by a correction");
}

static void refused(struct bench *b)
{
    char other[512];
    size_t before = submissions(b);
    snprintf(other, sizeof other,
             "round,county_code,county_name,school_code,kind,pupils_primary,books\n"
             "2018,990101,Qingshi,S1,primary,100,100\n"
             "2017,990101,Qingshi,S2,primary,100,300\n");
    ok(bench_run(b, "one", "schools.csv", other) < 0,
       "two rounds in one file are refused");
    is_int((int)b->err.line, 3, "with the line of the second");
    is_int((int)submissions(b), (int)before, "and nothing was kept");
    ok(bench_run(b, "two", "b.csv", rows(other, "2017", "1", "2")) < 0,
       "a second source for the same part and county is refused");
    ok(strstr(b->err.text, "source one has delivered") != NULL, "naming the first: %s",
       b->err.text);
}

/* A slip of the pen must not become the newest round, which would silence all real ones. */
static void future(struct bench *b)
{
    struct store_verdict newest;
    size_t before = submissions(b);
    is_int(run(b, "2071", "100", "300"), JH_EINVAL, "2071 instead of 2017 is refused");
    is_int((int)b->err.line, 2, "with the line");
    ok(strstr(b->err.text, "round 2071 is in the future") != NULL, "and says why: %s",
       b->err.text);
    is_int((int)submissions(b), (int)before, "nothing was kept");
    if (store_verdict_newest(b->reader, "990101", "books", false, b->arena, &newest,
                             &b->err))
        bail(b->err.text);
    is_int(newest.round.year, 2017, "the newest round is what it was");
}

/* A county record decides which schools count: a changed one is a corrected round. */
static void changed_record(struct bench *b)
{
    struct store_verdict newest;
    bench_put(b, "divisions.csv", "code,name,parent,own_owners\n990101,Qingshi,,5\n");
    bench_load(b);
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "judged anew");
    is_int((int)b->report.counties, 0, "nothing yet: the file is not in use");
    write_config(b, "divisions: divisions.csv\n");
    bench_load(b);
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "own_owners: 5");
    is_int((int)b->report.counties, 4, "every round is judged anew");
    if (store_verdict_newest(b->reader, "990101", "books", false, b->arena, &newest,
                             &b->err))
        bail(b->err.text);
    is_str(outcome_id(newest.outcome), "unknown", "no school of 7 counts any more");
    is_int(newest.schools, 0, "and the history says so");
    write_config(b, "");
    bench_load(b);
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "and back");
}

/* A changed standard judges the archive again; a laxer one must not end an alert silently. */
static void changed_standard(struct bench *b)
{
    struct round *rounds = NULL;
    size_t n = 0, transitions = 0;
    struct store_alert alert;
    is_int(run(b, "2018", "100", "900"), 0, "2018 fails");
    is_int(pipeline_stale(b->pipeline, &rounds, &n, &b->err), 0, "what is stale?");
    is_int((int)n, 0, "nothing, while nothing changed");
    free(rounds);
    write_standard(b, "0.85");
    bench_load(b);
    is_int(pipeline_stale(b->pipeline, &rounds, &n, &b->err), 0, "a laxer limit");
    is_int((int)n, 5, "makes every round stale");
    for (size_t i = 0; i < n; i++) {
        if (pipeline_again(b->pipeline, rounds[i], NULL, &b->report, &b->err))
            bail(b->err.text);
        transitions += b->report.transitions;
    }
    free(rounds);
    is_int((int)transitions, 0, "no alert ends by a change of the rule");
    is_int(open_alert(b, &alert), 0, "the alert of 2018 stays open");
    is_int(pipeline_stale(b->pipeline, &rounds, &n, &b->err), 0, "afterwards");
    is_int((int)n, 0, "nothing is stale");
    free(rounds);
}

/* A round that cannot be read any more must not keep the others from being judged anew. */
static void one_unreadable(struct bench *b)
{
    struct store_verdict newest;
    struct store_submission odd = {.source = "one",
                                   .part = "main",
                                   .name = "old.csv",
                                   .sha256 = "odd",
                                   .url = "",
                                   .type = "",
                                   .tuple = "",
                                   .round = {2013, 0}};
    if (store_body_put(b->writer, "odd", "no zstd", 7, 99, &b->err) ||
        store_submission_put(b->writer, &odd, &b->err))
        bail(b->err.text);
    write_standard(b, "0.86");
    bench_load(b);
    ok(pipeline_refresh(b->pipeline, &b->report, &b->err) != 0, "2013 cannot be read");
    is_int((int)b->report.counties, 5, "all other rounds are judged anew");
    if (store_verdict_newest(b->reader, "990101", "books", false, b->arena, &newest,
                             &b->err))
        bail(b->err.text);
    is_str(newest.standard_sha256, b->config->standards[0]->sha256,
           "the newest by the standard of today");
}

static void decertified(struct bench *b)
{
    struct store_alert alert;
    is_int(certify(b, true), 0, "decertified");
    is_int((int)b->report.transitions, 1, "the alert ends with it");
    is_int(open_alert(b, &alert), JH_ENOENT, "no alert is open");
    is_int(certify(b, true), JH_ENOENT, "nobody is decertified twice");
    write_standard(b, "0.65");
    bench_load(b);
    is_int(certify(b, false), 0, "certified again, under the strict limit");
    is_int((int)b->report.transitions, 1, "the newest round fails: fires at once");
}

static const char HEAD[] = "round,county_code,school_code,kind,pupils_primary,books\n";

/* A part never heard of keeps counties open; when it is, rounds of before are looked at. */
static void parts(struct bench *b)
{
    char text[512];
    struct store_verdict v;
    snprintf(text, sizeof text, "%s2018,970001,P1,primary,100,100\n", HEAD);
    (void)pipeline_refresh(b->pipeline, &b->report, &b->err);
    is_int(bench_run(b, "one", "p.csv", text), 0, "a county of two parts");
    is_int((int)b->report.unknown, 1, "is unknown with one of them");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err) != 0, 1,
           "(2013 is still damaged)");
    is_int((int)b->report.counties, 0, "and stays so while nothing is heard");
    snprintf(text, sizeof text, "%s2018,970002,P2,primary,100,100\n", HEAD);
    is_int(bench_run(b, "three", "q.csv", text), 0, "the other comes, without it");
    ok(b->report.first_heard, "for the first time");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err) != 0, 1,
           "what is stale again, as after a restart");
    if (store_verdict_newest(b->reader, "970001", "books", false, b->arena, &v, &b->err))
        bail(b->err.text);
    is_str(outcome_id(v.outcome), "pass", "nothing is awaited any more");
}

/* Two files of the round before, one damaged: what the other tells is not lost with it. */
static void half_before(struct bench *b)
{
    char text[512];
    struct store_verdict v;
    struct store_submission odd = {.source = "one",
                                   .part = "main",
                                   .name = "old2.csv",
                                   .sha256 = "odd",
                                   .url = "",
                                   .type = "",
                                   .tuple = "",
                                   .round = {2020, 0},
                                   .counties = (const char *[]){"960002"},
                                   .n_counties = 1};
    snprintf(text, sizeof text,
             "%s2020,960001,R1,primary,100,100\n2020,960001,R2,primary,100,100\n", HEAD);
    is_int(bench_run(b, "one", "r.csv", text), 0, "2020: one file of a county");
    if (store_submission_put(b->writer, &odd, &b->err))
        bail(b->err.text);
    snprintf(text, sizeof text,
             "%s2021,960001,R1,primary,100,100\n2021,960002,R3,primary,100,100\n", HEAD);
    is_int(bench_run(b, "one", "r.csv", text), 0, "2021: one file of two counties");
    is_int((int)b->report.n_first, 1, "the file of 2020 that is damaged is told");
    if (store_verdict_newest(b->reader, "960001", "books", false, b->arena, &v, &b->err))
        bail(b->err.text);
    is_str(outcome_id(v.outcome), "unknown", "half its pupils vanished: no pass");
}

/* Known bytes are hashed and nothing else: without a format plugin nobody can parse them. */
static void known_bytes(void)
{
    struct bench b;
    bench_init(&b);
    write_standard(&b, "0.65");
    write_config(&b, "");
    bench_load(&b);
    is_int(run(&b, "2014", "100", "300"), 0, "bytes that are new are parsed");
    bench_forget_formats(&b);
    is_int(run(&b, "2014", "100", "300"), 0, "known ones want no parser");
    ok(b.report.unchanged && b.report.schools == 0, "they are no news");
    ok(run(&b, "2014", "100", "301") && strstr(b.err.text, "no format plugin \"csv\""),
       "others do: %s", b.err.text);
    bench_done(&b);
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    write_standard(&b, "0.65");
    write_config(&b, "");
    bench_load(&b);
    a_slip(&b);
    missing_is_unknown(&b);
    corrected(&b);
    refused(&b);
    future(&b);
    changed_record(&b);
    changed_standard(&b);
    one_unreadable(&b);
    decertified(&b);
    parts(&b);
    half_before(&b);
    bench_done(&b);
    known_bytes();
    return done_testing();
}
