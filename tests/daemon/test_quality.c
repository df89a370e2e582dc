/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: who delivers doubtful data must hear of it, once, with the places; and hear that it is
 * mended. All of a source's newest data is one alert, through the real pipeline.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

#define HEAD "round,county_code,school_code,kind,pupils_primary,books,teachers_primary\n"
#define GOOD(y) y ",990101,1,primary,100,100,5\n" y ",990101,2,primary,100,100,5\n"

static void configure(struct bench *b, const char *quality, const char *source)
{
    bench_put(b, "junheng.yaml",
              "state_dir: .\n"
              "control_socket: c.sock\n"
              "standards: {dir: standards, use: [books]}\n"
              "sources:\n"
              "  - {name: one, plugin: file, path: ., format: csv, interval: 1h%s}\n"
              "alerts: {data_quality: {%s}}\n"
              "channels: [{name: spool, plugin: spool, path: spool}]\n"
              "offices:\n"
              "  - {id: nation, level: nation, channels: [spool]}\n"
              "  - {id: province, level: province, covers: [\"99\"], channels: [spool]}\n"
              "  - {id: other, level: county, covers: [\"9902\"], channels: [spool]}\n",
              source, quality);
    bench_load(b);
}

static int run(struct bench *b, const char *text)
{
    if (bench_run(b, "one", "a.csv", text))
        bail(b->err.text);
    return (int)b->report.transitions;
}

static int open_alert(struct bench *b, struct store_alert *ret)
{
    return store_alert_open(b->reader, "data_quality", "one", "", b->arena, ret, &b->err);
}

/* The offices that are to be told, in order. */
static const char *told(struct bench *b)
{
    struct store_outbox *rows;
    size_t n;
    const char *text = "";
    if (store_outbox_waiting(b->reader, b->arena, &rows, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        if (strstr(rows[i].group, "data_quality"))
            text =
                arena_fmt(b->arena, "%s%s:%d ", text, rows[i].office, rows[i].transition);
    return text;
}

static void one_alert(struct bench *b)
{
    struct store_alert alert;
    configure(b, "", "");
    is_int(run(b, HEAD GOOD("2020")), 0, "data in order: nobody is told");
    is_int(
        run(b, HEAD "2020,990101,1,primary,100,100,0\n2020,990101,2,primary,100,100,0\n"),
        1, "two schools without teachers are one alert");
    is_int(open_alert(b, &alert), 0, "of the source");
    ok(alert.alert.round.year == 2020 && !*alert.alert.county,
       "of a round, and no county");
    ok(strstr(alert.evidence, "\"county\":null") != NULL, "which its JSON says");
    ok(strstr(alert.evidence, "\"code\":\"teachers_zero\"") != NULL &&
           strstr(alert.evidence, "\"count\":2") != NULL &&
           strstr(alert.evidence, "\"line\":2") != NULL,
       "with what it is, how often, and where first");
    is_str(told(b), "province:1 ", "the lowest office that covers its data is told");
    is_int(
        run(b, HEAD "2020,990101,1,primary,100,100,0\n2020,990101,2,primary,100,101,0\n"),
        0, "the same again is no news");
    is_int(
        run(b, HEAD "2020,990101,1,primary,100,100,0\n2020,990101,2,primary,x,100,5\n"),
        1, "a row that cannot be used is another thing");
    if (open_alert(b, &alert))
        bail("it is gone");
    is_int((int)alert.alert.n_told, 2, "in the same alert");
    ok(strstr(alert.evidence, "\"code\":\"row_dropped\"") != NULL &&
           strstr(alert.evidence, "\"value\":\"x\"") != NULL,
       "with the cell");
    is_int(run(b, HEAD GOOD("2021")), 1, "a newer round without any");
    is_int(open_alert(b, &alert), JH_ENOENT, "ends it");
    is_str(told(b), "province:1 province:2 province:3 ", "and who was told hears of it");
}

static void settled(struct bench *b)
{
    struct store_alert alert;
    struct store_finding *all;
    size_t n;
    is_int(
        run(b, HEAD "2022,990101,1,primary,100,100,0\n2022,990101,2,primary,100,100,5\n"),
        1, "one in a new round");
    if (store_findings(b->reader, "990101", 10, b->arena, &all, &n, &b->err) || !n)
        bail("no finding");
    is_int(pipeline_accept(b->pipeline, all[0].id, "tester", "it is so", &b->report,
                           &b->err),
           0, "a person says that it is right");
    is_int(open_alert(b, &alert), JH_ENOENT, "which ends it, too");
    is_int(
        run(b, HEAD "2023,990101,1,primary,100,100,0\n2023,990101,2,primary,100,100,5\n"),
        1, "another round, another alert");
    configure(b, "", ", checks: {teachers_zero: off}");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "the check is off");
    is_int(open_alert(b, &alert), JH_ENOENT, "that ends it");
}

static void by_configuration(struct bench *b)
{
    struct store_alert alert;
    configure(b, "", ", owner: nation");
    is_int(
        run(b, HEAD "2024,990101,1,primary,100,100,0\n2024,990101,2,primary,100,100,5\n"),
        1, "a source may belong to an office");
    ok(strstr(told(b), "nation:1") != NULL, "that is told then");
    configure(b, "enabled: false", "");
    is_int(
        run(b, HEAD "2024,990101,1,primary,100,100,0\n2024,990101,2,primary,100,102,5\n"),
        1, "where nobody wants to know");
    is_int(open_alert(b, &alert), JH_ENOENT, "nothing stays open");
    is_int(
        run(b, HEAD "2025,990101,1,primary,100,100,0\n2025,990101,2,primary,100,102,5\n"),
        0, "and nothing is raised");
    configure(b, "min_severity: notice", "");
    is_int(run(b,
               HEAD "2026,990101,1,primary,100,100,5\n2026,990101,2,primary,100,102,5\n"
                    "2026,990101,9,primary,100,102,5\n"),
           1, "or also of notices, such as a new school");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    bench_books(&b,
                "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n");
    one_alert(&b);
    settled(&b);
    by_configuration(&b);
    bench_done(&b);
    return done_testing();
}
