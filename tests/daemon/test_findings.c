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

/* The id of the one finding of that code in the newest round. */
static const char *finding_of(struct bench *b, const char *code, const char *school)
{
    struct store_finding *list;
    size_t n;
    if (store_findings(b->reader, "990101", 100, b->arena, &list, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(list[i].code, code) && !strcmp(list[i].school, school))
            return list[i].id;
    return "none";
}

static int accept_it(struct bench *b, const char *id)
{
    memset(&b->report, 0, sizeof b->report);
    memset(&b->err, 0, sizeof b->err);
    return pipeline_accept(b->pipeline, id, "clerk", "they got a library", &b->report,
                           &b->err);
}

static void accepted(struct bench *b)
{
    bench_books(b, SOURCE(", checks: {tenfold: block}"));
    refresh(b, "all is judged under the rules of today");
    is_int(run(b, "2026,990101,1,primary,100,1100,5\n2026,990101,2,primary,100,1100,5\n"
                  "2026,990101,3,primary,100,900,5\n2026,990101,4,primary,100,900,5\n"),
           0, "two figures that are doubted");
    const char *first = finding_of(b, "tenfold", "1");
    is_str(verdict(b, 2026), "unknown", "they are blocked");
    is_int(accept_it(b, "0123"), JH_ENOENT, "one that there is not");
    is_int(accept_it(b, first), 0, "a person says that one is right");
    is_int((int)b->report.again, 1, "the county is judged again");
    is_str(verdict(b, 2026), "unknown", "by the other it is still blocked");
    is_int(accept_it(b, first), JH_EEXIST, "once is enough");
    is_int(accept_it(b, finding_of(b, "tenfold", "2")), 0, "so is the other");
    is_str(verdict(b, 2026), "pass", "now it passes");
    is_int((int)bench_stale(b), 0, "and nothing is left to be judged");
    is_int(run(b, "2026,990101,1,primary,100,1101,5\n2026,990101,2,primary,100,1100,5\n"
                  "2026,990101,3,primary,100,900,5\n2026,990101,4,primary,100,900,5\n"),
           0, "another figure");
    is_str(verdict(b, 2026), "unknown", "is another finding, which nobody accepted");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    blocked_cells(&b);
    proven_fail(&b);
    blocked_county(&b);
    accepted(&b);
    bench_done(&b);
    return done_testing();
}
