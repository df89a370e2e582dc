/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: where much of a county's enrolment has vanished, its round must not pass; where an office
 * has recorded that the school closed, it must not be unknown for ever. Through the real
 * pipeline, with the table of the configuration.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

/* closed: NULL: no such table. */
static void configure(struct bench *b, const char *closed)
{
    char text[512];
    bench_put(b, "closed.csv", "school_code,round,reason\n%s", closed ? closed : "");
    snprintf(text, sizeof text,
             "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n%s",
             closed ? "closed: closed.csv\n" : "");
    bench_books(b, text);
}

static void refresh(struct bench *b, const char *what)
{
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, what);
}

/* Two schools, and a third unless it is gone; books of the second. */
static void run(struct bench *b, const char *round, const char *books, bool third)
{
    char text[512];
    int n = snprintf(text, sizeof text,
                     "round,county_code,school_code,kind,pupils_primary,books\n"
                     "%s,990101,1,primary,100,100\n"
                     "%s,990101,2,primary,100,%s\n",
                     round, round, books);
    if (third)
        snprintf(text + n, sizeof text - (size_t)n, "%s,990101,3,primary,100,100\n",
                 round);
    is_int(bench_run(b, "one", "a.csv", text), 0, round);
}

static const char *verdict(struct bench *b, int year)
{
    struct store_verdict v;
    int rc = store_verdict_get(b->reader, (struct round){(int16_t)year, 0}, "990101",
                               "books", "", b->arena, &v, &b->err);
    return rc ? "none"
              : arena_fmt(b->arena, "%s %s", outcome_id(v.outcome),
                          v.complete ? "complete" : "incomplete");
}

static const char *alert(struct bench *b)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, "990101", b->arena, &all, &n, &b->err))
        bail(b->err.text);
    if (!n)
        return "none";
    return arena_fmt(b->arena, "%s%s", alert_state_id(all[0].alert.state),
                     all[0].alert.stale ? " stale" : "");
}

static size_t vanished_findings(struct bench *b)
{
    struct store_finding *list;
    size_t n, found = 0;
    if (store_findings(b->reader, "990101", 100, b->arena, &list, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        found += !strcmp(list[i].code, "school_vanished") && list[i].round.year == 2022;
    return found;
}

static void certify(struct bench *b)
{
    struct store_cert cert = {.cert = {.county = "990101",
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

int main(void)
{
    struct bench b;
    bench_init(&b);
    configure(&b, NULL);
    certify(&b);
    run(&b, "2021", "900", true);
    is_str(alert(&b), "firing", "a county fails");
    run(&b, "2022", "110", false);
    is_str(verdict(&b, 2022), "unknown incomplete", "and a third of its pupils vanish");
    is_str(alert(&b), "firing stale", "which ends nothing");
    is_int((int)vanished_findings(&b), 1, "but is a finding");
    configure(&b, "3,2021,merged\n");
    refresh(&b, "recorded as closed in a round in which it was still there");
    is_str(verdict(&b, 2022), "unknown incomplete", "it is missed as before");
    configure(&b, "3,2022,merged\n9,2022,\n");
    refresh(&b, "recorded as closed since then");
    is_str(verdict(&b, 2022), "pass complete", "the round is complete");
    is_str(alert(&b), "resolved", "and ends the alert");
    is_int((int)vanished_findings(&b), 0, "it is no finding any more");
    is_int((int)bench_stale(&b), 0, "nothing is left to be judged");
    configure(&b, "9,2022,\n");
    refresh(&b, "the record is taken out again");
    is_str(verdict(&b, 2022), "unknown incomplete", "so is the pass");
    run(&b, "2022", "9000", false);
    is_str(alert(&b), "firing", "a round fails, whatever the vanished school had");
    run(&b, "2022", "110", false);
    is_str(alert(&b), "firing stale", "corrected, it is incomplete");
    configure(&b, "3,2022,merged\n");
    refresh(&b, "recorded once more");
    is_str(alert(&b), "resolved", "the same rows are complete by it: another revision");
    bench_done(&b);
    return done_testing();
}
