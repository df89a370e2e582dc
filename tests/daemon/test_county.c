/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: what a county reports beside its schools comes from other offices, earlier or later than
 * the schools, and is corrected on its own. Whatever the order, its items must be judged by what
 * is in force, and county data that are missing, refused or taken back must neither hide a slip
 * nor end one. County data through the real pipeline.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "daemon/bench.h"
#include "tap/tap.h"

static void put_standards(const struct bench *b)
{
    static const char HEAD[] =
        "effective: 2010-01-01\n"
        "population: {campus: merge, owners: [7]}\n"
        "indicators:\n"
        "  - {id: books_per_pupil, title: books, numerator: books,"
        " per: 1, split: true}\n"
        "cv_rule: {applies_to: composite, primary: 0.65}\n"
        "items:\n"
        "  - {id: A1, title: paid, level: county, inputs: [paid, "
        "asked],\n"
        "     rule: {value: paid * 100 / asked, at_least: 95}}\n"
        "  - {id: A2, title: plan, level: county, rule: evidence}\n";
    bench_put(b, "standards/calm.yaml", "standard: calm\ntitle: calm\n%s", HEAD);
    bench_put(b, "standards/keen.yaml",
              "standard: keen\ntitle: keen\n%smonitor: [stages, items]\n", HEAD);
}

static void configure(struct bench *b, const char *more)
{
    put_standards(b);
    bench_put(
        b, "divisions.csv",
        "code,name,parent\n01,a,\n02,b,\n03,c,\n04,d,\n05,e,\n06,f,\n07,g,\n08,h,\n");
    bench_put(b, "junheng.yaml",
              "state_dir: %s\n"
              "control_socket: %s/c.sock\n"
              "standards: {dir: %s/standards, use: [calm, keen]}\n"
              "divisions: divisions.csv\n"
              "sources:\n"
              "  - {name: schools, plugin: file, path: %s, format: csv, interval: 1h}\n"
              "  - {name: finance, plugin: file, path: %s, format: csv, interval: 1h,\n"
              "     holds: county%s}\n"
              "  - {name: survey, plugin: file, path: %s, format: csv, interval: 1h,\n"
              "     holds: county}\n"
              "channels: [{name: spool, plugin: spool, path: %s/spool}]\n"
              "offices:\n"
              "  - {id: province, name: office, level: province, channels: [spool]}\n",
              b->dir, b->dir, b->dir, b->dir, b->dir, more, b->dir, b->dir);
    bench_load(b);
}

static int told(struct bench *b, int rc)
{
    if (rc)
        printf("# %s:%u: %s\n", b->err.file, b->err.line, b->err.text);
    return rc;
}

/* Two schools of a hundred pupils: a CV of 0.5 passes, of 0.8 fails. */
static int schools(struct bench *b, const char *county, const char *round,
                   const char *books)
{
    char text[512], name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    snprintf(text, sizeof text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "%s,%s,%s-1,primary,100,100\n"
             "%s,%s,%s-2,primary,100,%s\n",
             round, county, county, round, county, county, books);
    return told(b, bench_run(b, "schools", name, text));
}
#define EVEN "300"
#define UNEVEN "900"

#define HEADER "round,county_code,item,value,unit,evidence\n"

static int reports(struct bench *b, const char *source, const char *name,
                   const char *text)
{
    return told(b, bench_run(b, source, name, text));
}

/* A1 by its inputs, and A2 met unless plan is "": what finance says of a county. */
static int finance(struct bench *b, const char *county, const char *round,
                   const char *paid, const char *plan)
{
    char text[512], name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    int n = snprintf(text, sizeof text,
                     HEADER "%s,%s,A1.asked,200,,\n%s,%s,A1.paid,%s,,account\n", round,
                     county, round, county, paid);
    if (*plan)
        snprintf(text + n, sizeof text - (size_t)n, "%s,%s,A2,%s,,\n", round, county,
                 plan);
    return reports(b, "finance", name, text);
}

/* "unknown A1=fail A2=unknown", "none" */
static const char *items(struct bench *b, const char *county, const char *standard,
                         int year)
{
    struct store_items items;
    int rc = store_items_get(b->reader, (struct round){(int16_t)year, 0}, county,
                             standard, true, b->arena, &items, &b->err);
    if (rc)
        return "none";
    json_t *list = json_loads(items.items, 0, NULL), *item;
    const char *text = arena_str(b->arena, outcome_id(items.outcome));
    size_t i;
    json_array_foreach(list, i, item) text = arena_fmt(
        b->arena, "%s %s=%s", text, json_string_value(json_object_get(item, "id")),
        json_string_value(json_object_get(item, "verdict")));
    json_decref(list);
    return text;
}

/* "pass/1": the county's verdict and its revision. */
static const char *verdict(struct bench *b, const char *county, int year)
{
    struct store_verdict v;
    int rc = store_verdict_get(b->reader, (struct round){(int16_t)year, 0}, county,
                               "keen", "", b->arena, &v, &b->err);
    return rc ? "none"
              : arena_fmt(b->arena, "%s/%d%s", outcome_id(v.outcome), v.revision,
                          v.complete ? "" : " incomplete");
}

static void certify(struct bench *b, const char *county, const char *standard)
{
    struct store_cert cert = {.cert = {.county = county,
                                       .standard = standard,
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = b->clock.fixed_ms};
    if (pipeline_certify(b->pipeline, &cert, 1, false, &b->report, &b->err))
        bail(b->err.text);
}

static const struct store_alert *newest_alert(struct bench *b, const char *county)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, county, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    return n ? &all[0] : NULL;
}

/* "firing", "firing stale", "resolved corrected", "none" */
static const char *alert(struct bench *b, const char *county)
{
    const struct store_alert *a = newest_alert(b, county);
    if (!a)
        return "none";
    if (a->alert.state == ALERT_RESOLVED)
        return arena_fmt(b->arena, "resolved %s", alert_cause_id(a->alert.cause));
    return arena_fmt(b->arena, "%s%s", alert_state_id(a->alert.state),
                     a->alert.stale ? " stale" : "");
}

static size_t stale(struct bench *b)
{
    struct round *rounds;
    size_t n;
    if (pipeline_stale(b->pipeline, &rounds, &n, &b->err))
        bail(b->err.text);
    free(rounds);
    return n;
}

/* ---- in whatever order --------------------------------------------------------------------- */

static void schools_first(struct bench *b)
{
    is_int(schools(b, "01", "2024", EVEN), 0, "schools come");
    is_str(items(b, "01", "calm", 2024), "unknown A1=unknown A2=unknown",
           "nothing is reported: unknown, never a pass");
    is_int(finance(b, "01", "2024", "190", "met"), 0, "county data come");
    is_int((int)b->report.counties, 1, "of one county");
    is_int((int)b->report.again, 1, "which is judged again in the same go");
    is_str(items(b, "01", "calm", 2024), "pass A1=pass A2=pass", "by them");
    is_str(verdict(b, "01", 2024), "pass/2", "it is another revision of the county");
    is_int(finance(b, "01", "2024", "190", "met"), 0, "the same bytes");
    ok(b->report.unchanged, "are no news");
    is_int((int)stale(b), 0, "all is done");
}

static void county_first(struct bench *b)
{
    is_int(finance(b, "02", "2024", "100", "met"), 0, "county data before the schools");
    is_int((int)b->report.again, 0, "wait");
    is_str(items(b, "02", "calm", 2024), "none", "nothing is judged");
    is_str(verdict(b, "02", 2024), "none", "no verdict");
    is_int((int)stale(b), 0, "and nothing to do over and over");
    is_int(schools(b, "02", "2024", EVEN), 0, "the schools come");
    is_str(items(b, "02", "calm", 2024), "fail A1=fail A2=pass",
           "and are judged by them");
    is_str(verdict(b, "02", 2024), "pass/1", "the figures pass, whatever the items");
}

/* ---- what follows one another -------------------------------------------------------------- */

static void correction(struct bench *b)
{
    schools(b, "03", "2024", EVEN);
    finance(b, "03", "2024", "100", "met");
    is_str(items(b, "03", "calm", 2024), "fail A1=fail A2=pass", "a wrong report");
    is_int(finance(b, "03", "2024", "200", "met"), 0, "is corrected");
    is_str(items(b, "03", "calm", 2024), "pass A1=pass A2=pass", "which counts");
    is_int(finance(b, "03", "2024", "200", ""), 0, "an item is withdrawn");
    is_str(items(b, "03", "calm", 2024), "unknown A1=pass A2=unknown", "and unknown");
    is_int(reports(b, "finance", "03.csv", HEADER "2024,09,A2,met,,\n"), 0,
           "the file tells of another county");
    is_str(items(b, "03", "calm", 2024), "unknown A1=unknown A2=unknown",
           "what it told of this one is gone");
}

static void older_round(struct bench *b)
{
    schools(b, "03", "2025", EVEN);
    finance(b, "03", "2025", "190", "met");
    is_int(finance(b, "03", "2024", "10", "unmet"), 0, "an old round comes late");
    is_str(items(b, "03", "calm", 2025), "pass A1=pass A2=pass",
           "the newest round stands");
    is_str(items(b, "03", "calm", 2024), "none", "only its items are kept");
}

static void refusals(struct bench *b)
{
    static const struct {
        const char *text, *words;
        unsigned line;
    } BAD[] = {
        {HEADER "2024,01,A2,met,,\n2025,01,A1.paid,1,,\n", "one round at a time", 3},
        {HEADER "2024,01,A2,met,,\n2024,01,A2,unmet,,\n", "", 3},
        {"round,county_code,item\n2024,01,A2\n", "no value column", 1},
        {HEADER "2999,01,A2,met,,\n", "in the future", 0},
        {"county_code,item,value\n01,A2,met\n", "tells the round", 0},
        {HEADER, "", 0},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        ok(reports(b, "finance", "01.csv", BAD[i].text) < 0, "refused: %.40s",
           BAD[i].text);
        is_str(b->err.file, "01.csv", "… naming the file");
        ok(strstr(b->err.text, BAD[i].words) != NULL, "… saying \"%s\": %s", BAD[i].words,
           b->err.text);
        if (BAD[i].line)
            is_int((int)b->err.line, (int)BAD[i].line, "… and the line");
    }
    is_str(items(b, "01", "calm", 2024), "pass A1=pass A2=pass",
           "earlier data stay in force");
}

static void bad_cells(struct bench *b)
{
    schools(b, "04", "2024", EVEN);
    is_int(reports(b, "finance", "04.csv",
                   HEADER "2024,04,A1.asked,200,,\n2024,04,A1.paid,lots,,\n"
                          "2024,04,A2,met,,\n"),
           0, "a cell is of no use");
    is_int((int)b->report.rejected, 1, "it is listed");
    is_int((int)b->report.first[0].line, 3, "with its line");
    is_str(b->report.first[0].file, "04.csv", "and its file");
    is_str(items(b, "04", "calm", 2024), "unknown A1=unknown A2=pass",
           "and its item unknown");
    reports(b, "finance", "04.csv",
            HEADER "2024,04,A1,met,,\n2024,04,A1.asked,200,,\n2024,04,A1.paid,1,,\n"
                   "2024,04,A7,met,,\n");
    is_int((int)b->report.findings, 4,
           "a report that the data disprove and an unknown item, by both standards");
}

static void unknown_county(struct bench *b)
{
    is_int(reports(b, "finance", "99.csv", HEADER "2024,99,A2,met,,\n"), 0,
           "a county nobody knows");
    ok(b->report.n_first == 1 &&
           strstr(b->report.first[0].text, "99 is not in the divisions file"),
       "is told: %s", b->report.first[0].text);
    is_str(verdict(b, "99", 2024), "none", "and gets no verdict");
}

/* ---- several sources ------------------------------------------------------------------------ */

static void two_sources(struct bench *b)
{
    schools(b, "05", "2024", EVEN);
    finance(b, "05", "2024", "190", "");
    is_int(reports(b, "survey", "all.csv", HEADER "2024,05,A2,met,,\n"), 0,
           "another source tells the rest");
    is_str(items(b, "05", "calm", 2024), "pass A1=pass A2=pass", "they are joined");
    is_str(verdict(b, "05", 2024), "pass/3", "no part of a round: it is complete");
    is_int(
        reports(b, "survey", "more.csv", HEADER "2024,05,A3,1,,\n2024,05,A1.paid,1,,\n"),
        JH_EREFUSED, "the same of the same county is refused");
    is_int((int)b->err.line, 3, "with its line");
    ok(strstr(b->err.text, "source finance has reported already (05.csv)") != NULL,
       "naming who was first: %s", b->err.text);
    is_str(items(b, "05", "calm", 2024), "pass A1=pass A2=pass", "nothing changes");
}

/* ---- alerts --------------------------------------------------------------------------------- */

static bool evidence_has(struct bench *b, const char *county, const char *item)
{
    json_t *object = json_loads(newest_alert(b, county)->evidence, 0, NULL), *x;
    bool has = false;
    size_t i;
    json_array_foreach(json_object_get(object, "items"), i, x) has |=
        strcmp(json_string_value(json_object_get(x, "id")), item) == 0;
    json_decref(object);
    return has;
}

static void not_monitored(struct bench *b)
{
    certify(b, "06", "calm");
    schools(b, "06", "2024", EVEN);
    finance(b, "06", "2024", "1", "unmet");
    is_str(items(b, "06", "calm", 2024), "fail A1=fail A2=fail", "items fail");
    is_str(alert(b, "06"), "none", "which is no slip, as the standard has it");
    schools(b, "06", "2025", UNEVEN);
    is_str(alert(b, "06"), "firing", "without county data a slip is one");
    finance(b, "06", "2025", "200", "met");
    is_str(alert(b, "06"), "firing", "and good ones end none");
}

static void monitored(struct bench *b)
{
    struct retract taken = {.source = "finance",
                            .name = "07.csv",
                            .round = {2025, 0},
                            .by = "clerk",
                            .reason = "not theirs"};
    certify(b, "07", "keen");
    schools(b, "07", "2024", EVEN);
    is_str(alert(b, "07"), "none", "nothing is known of the items: no slip");
    finance(b, "07", "2024", "1", "met");
    is_str(alert(b, "07"), "firing", "one fails: a slip");
    is_int((int)b->report.transitions, 1, "told at once");
    ok(evidence_has(b, "07", "A1") && !evidence_has(b, "07", "A2"), "of that item");
    finance(b, "07", "2024", "1", "unmet");
    ok(evidence_has(b, "07", "A2"), "and of another that fails later");
    schools(b, "07", "2025", EVEN);
    is_str(alert(b, "07"), "firing stale", "a round without county data ends nothing");
    finance(b, "07", "2025", "200", "");
    is_str(alert(b, "07"), "firing stale", "nor does one with half of them");
    finance(b, "07", "2025", "200", "met");
    is_str(alert(b, "07"), "resolved passed", "all of them do");
    is_int(told(b, pipeline_retract(b->pipeline, &taken, &b->err)), 0, "taken back");
    is_int((int)taken.restored, 1, "the half is in force again");
    is_str(items(b, "07", "keen", 2025), "unknown A1=pass A2=unknown", "and judged");
    is_str(verdict(b, "07", 2025), "pass/4", "the schools stay");
    is_int(finance(b, "07", "2025", "200", "met"), 0, "the same bytes again");
    ok(b->report.retracted, "stay retracted");
}

/* ---- starts and reloads ---------------------------------------------------------------------- */

static void restart(struct bench *b)
{
    schools(b, "08", "2024", EVEN);
    b->writes_left = 1;
    is_int(finance(b, "08", "2024", "200", "met"), 0, "kept, then the store fails");
    b->writes_left = BENCH_ANY;
    ok(b->report.failed.code != 0, "which is told");
    is_str(items(b, "08", "calm", 2024), "unknown A1=unknown A2=unknown", "not judged");
    is_int((int)stale(b), 1, "but known to be stale");
    is_int(told(b, pipeline_refresh(b->pipeline, &b->report, &b->err)), 0,
           "as after a start");
    is_str(items(b, "08", "calm", 2024), "pass A1=pass A2=pass", "it is judged");
    is_int((int)stale(b), 0, "and that is all");
}

static void other_mapping(struct bench *b)
{
    configure(b, ", columns: {value: {column: value, map: {met: unmet}}}");
    ok(stale(b) > 0, "county data are read in another way");
    is_int(told(b, pipeline_refresh(b->pipeline, &b->report, &b->err)), 0,
           "from the archive");
    is_str(items(b, "08", "calm", 2024), "fail A1=pass A2=fail", "and judged so");
    is_int((int)stale(b), 0, "also where no schools are");
    configure(b, ", columns: {round: {column: round, map: {\"2024\": \"2023\"}}}");
    is_int(told(b, schools(b, "08", "2024", "310")), 0, "schools come");
    ok(b->report.n_first > 0, "beside county data that cannot be read: %s",
       b->report.first[0].text);
    is_str(verdict(b, "08", 2024), "pass/4", "they are judged all the same");
    is_str(items(b, "08", "calm", 2024), "unknown A1=unknown A2=unknown", "items not");
    configure(b, "");
    is_int(told(b, pipeline_refresh(b->pipeline, &b->report, &b->err)), 0, "mended");
    is_str(items(b, "08", "calm", 2024), "pass A1=pass A2=pass", "all is back");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    configure(&b, "");
    schools_first(&b);
    county_first(&b);
    correction(&b);
    older_round(&b);
    refusals(&b);
    bad_cells(&b);
    unknown_county(&b);
    two_sources(&b);
    not_monitored(&b);
    monitored(&b);
    restart(&b);
    other_mapping(&b);
    bench_done(&b);
    return done_testing();
}
