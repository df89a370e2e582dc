/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a relaxation with a duty ends for a certified county some years after its certification,
 * which the daemon must know when it judges, and offices must be told that a verdict relies on
 * one. And a province's standard changes with the national one that it extends.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

static void write_base(const struct bench *b, const char *limit)
{
    bench_put(b, "standards/base.yaml",
              "standard: base\n"
              "effective: 2010-01-01\n"
              "indicators:\n"
              "  - {id: desks, numerator: computers}\n"
              "  - {id: shelf, numerator: books, school_min: {primary: 1}}\n"
              "cv_rule: {applies_to: each, primary: %s}\n"
              "relaxations:\n"
              "  - id: R\n"
              "    clause: until it is built\n"
              "    until: 2030-01-01\n"
              "    where: {setting: rural}\n"
              "    indicator: shelf\n"
              "    numerator: books + computers\n"
              "    duty: {years_after_certification: 3}\n",
              limit);
}

static void write_all(const struct bench *b)
{
    write_base(b, "0.9");
    bench_put(b, "standards/ours.yaml",
              "standard: ours\n"
              "extends: base\n"
              "indicators: [{id: desks, remove: true}]\n"
              "school_rule: {at_least: 1, floor: 1}\n");
    bench_put(b, "junheng.yaml",
              "state_dir: %s\n"
              "control_socket: %s/c.sock\n"
              "standards: {dir: %s/standards, use: [ours]}\n"
              "sources:\n"
              "  - {name: one, plugin: file, path: %s, format: csv, interval: 1h}\n"
              "channels: [{name: spool, plugin: spool, path: %s/spool}]\n"
              "offices:\n"
              "  - {id: province, name: office, level: province, channels: [spool]}\n"
              "alerts: {duty: {enabled: false}}\n"
              "routes: [{match: {kind: slip}, to: [province]}]\n",
              b->dir, b->dir, b->dir, b->dir, b->dir);
}

static int run(struct bench *b, const char *round, const char *books)
{
    char buf[512];
    snprintf(
        buf, sizeof buf,
        "round,county_code,county_name,school_code,kind,setting,pupils_primary,books,"
        "computers\n"
        "%s,990101,Qingshi,S1,primary,rural,100,%s,60\n"
        "%s,990101,Qingshi,S2,primary,rural,100,%s,60\n",
        round, books, round, books);
    return bench_run(b, "one", "schools.csv", buf);
}

static int certify(struct bench *b, struct date date)
{
    struct store_cert cert = {.cert = {.county = "990101",
                                       .standard = "ours",
                                       .date = date,
                                       .cohort = date.year,
                                       .baseline = {2021, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = b->clock.fixed_ms};
    return pipeline_certify(b->pipeline, &cert, 1, false, &b->report, &b->err);
}

/* 40 books and 60 computers for 100 pupils: one each, if computers count. */
static void duty(struct bench *b)
{
    struct store_alert alert;
    is_int(run(b, "2025", "40"), 0, "schools that rely on a relaxation");
    is_int((int)b->report.pass, 1, "pass");
    is_int(certify(b, (struct date){2022, 9, 2}), 0,
           "certified less than three years ago");
    is_int((int)b->report.transitions, 0, "still pass");
    is_int(certify(b, (struct date){2022, 9, 1}), 0, "certified three years ago");
    is_int((int)b->report.transitions, 1, "are told of");
    is_int(
        store_alert_open(b->reader, "slip", "990101", "ours", b->arena, &alert, &b->err),
        0, "an alert is open");
    is_int(certify(b, (struct date){2025, 1, 1}), 0, "certified later, after all");
    is_int((int)b->report.transitions, 0,
           "the same data of the same revision end nothing");
}

static void told(struct bench *b)
{
    struct store_alert alert;
    is_int(run(b, "2026", "1"), 0, "the CV passes, a school fails");
    if (store_alert_open(b->reader, "slip", "990101", "ours", b->arena, &alert, &b->err))
        bail("no alert");
    ok(strstr(alert.evidence, "\"relaxations\":[{\"id\":\"R\",\"clause\":\"until it is "
                              "built\",\"schools\":2}]") != NULL,
       "the evidence names the relaxation");
    ok(strstr(alert.evidence, "\"duties\":[{\"id\":\"R\",\"until\":\"2028-01-01\"}]") !=
           NULL,
       "... and the duty with its day");
}

static void parent_changes(struct bench *b)
{
    struct round *rounds;
    char before[65];
    size_t n = 0;
    snprintf(before, sizeof before, "%s", b->config->standards[0]->sha256);
    write_base(b, "0.8");
    bench_load(b);
    ok(strcmp(before, b->config->standards[0]->sha256) != 0,
       "what is extended changes: so does the overlay");
    is_int(pipeline_stale(b->pipeline, &rounds, &n, &b->err), 0, "rounds are stale");
    is_int((int)n, 2, "... both, to be judged again");
    free(rounds);
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    write_all(&b);
    bench_load(&b);
    duty(&b);
    told(&b);
    parent_changes(&b);
    bench_done(&b);
    return done_testing();
}
