/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a slip of the pen must not become a pass. What a check finds is told or, where the
 * configuration says so, blocks: the county is unknown until the data are mended, through the
 * real pipeline. What is proven to fail without the doubtful figure stays a fail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

#define SOURCE(more)                                                                     \
    "  - {name: one, plugin: file, path: ., format: csv, interval: 1h" more "}\n"

static int run(struct bench *b, const char *rows)
{
    char text[1024];
    snprintf(
        text, sizeof text,
        "round,county_code,school_code,kind,pupils_primary,books,teachers_primary\n%s",
        rows);
    int rc = bench_run(b, "one", "a.csv", text);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

static const char *verdict(struct bench *b, int year)
{
    struct store_verdict v;
    int rc = store_verdict_get(b->reader, (struct round){(int16_t)year, 0}, "990101",
                               "books", "", b->arena, &v, &b->err);
    return rc ? "none" : outcome_id(v.outcome);
}

static void refresh(struct bench *b, const char *what)
{
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, what);
}

static void blocked_cells(struct bench *b)
{
    bench_books(b, SOURCE(""));
    is_int(run(b, "2020,990101,1,primary,100,100,5\n2020,990101,2,primary,100,100,5\n"),
           0, "a first round");
    is_int(run(b, "2021,990101,1,primary,100,1100,5\n2021,990101,2,primary,100,1100,5\n"),
           0, "ten times as many books, and one");
    is_str(verdict(b, 2021), "pass", "where findings are reported they change nothing");
    is_int((int)b->report.findings, 2, "but are told");
    bench_books(b, SOURCE(", checks: {tenfold: block}"));
    refresh(b, "the source's findings of that kind block");
    is_str(verdict(b, 2021), "unknown", "what passed is unknown");
    is_int(run(b, "2021,990101,1,primary,100,110,5\n2021,990101,2,primary,100,110,5\n"),
           0, "mended");
    is_str(verdict(b, 2021), "pass", "and passes");
    is_int(run(b, "2022,990101,1,primary,100,110,0\n2022,990101,2,primary,100,110,5\n"),
           0, "pupils without a teacher");
    is_str(verdict(b, 2022), "pass", "are none of the books' business, and do not block");
}

static void proven_fail(struct bench *b)
{
    bench_books(b, SOURCE(", checks: {tenfold: block}"));
    is_int(run(b, "2023,990101,1,primary,100,100,5\n2023,990101,2,primary,100,90000,5\n"
                  "2023,990101,3,primary,100,100,5\n"),
           0, "a round that fails");
    is_int(run(b, "2024,990101,1,primary,100,100,5\n2024,990101,2,primary,100,99000,5\n"
                  "2024,990101,3,primary,100,2000,5\n"),
           0, "and again, with a figure that is doubted");
    is_str(verdict(b, 2024), "fail", "which cannot save it");
}

static void blocked_county(struct bench *b)
{
    bench_books(b, SOURCE("") "checks: {school_new: block}\n");
    is_int(run(b, "2025,990101,1,primary,100,100,5\n2025,990101,2,primary,100,100,5\n"
                  "2025,990101,3,primary,100,100,5\n2025,990101,4,primary,100,100,5\n"),
           0, "a new school, of which every cell is there");
    is_str(verdict(b, 2025), "unknown", "is a doubt about the county");
    bench_books(b, SOURCE(""));
    refresh(b, "it does not block any more");
    is_str(verdict(b, 2025), "pass", "and the round passes");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    blocked_cells(&b);
    proven_fail(&b);
    blocked_county(&b);
    bench_done(&b);
    return done_testing();
}
