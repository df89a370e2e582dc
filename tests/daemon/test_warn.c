/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: who is near the limit should hear of it before the slip, once, and not beside it. From
 * bytes to the outbox, through the real pipeline: opens, is superseded, and ends by a clear pass
 * alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

/* Two schools of 100 pupils: CV 0.5, 0.62, 0.636, 0.667. */
#define HEAD "round,county_code,school_code,kind,pupils_primary,books\n"
#define ROWS(y, a, b)                                                                    \
    HEAD y ",990101,1,primary,100," a "\n" y ",990101,2,primary,100," b "\n"

static int run(struct bench *b, const char *text)
{
    if (bench_run(b, "one", "a.csv", text))
        bail(b->err.text);
    return (int)b->report.transitions;
}

static const char *state(struct bench *b, const char *kind)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, "990101", b->arena, &all, &n, &b->err))
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

/* How many transitions of a kind are to be told. */
static int told(struct bench *b, const char *kind)
{
    struct store_outbox *rows;
    size_t n;
    int of_kind = 0;
    if (store_outbox_waiting(b->reader, b->arena, &rows, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        of_kind += strstr(rows[i].group, kind) != NULL;
    return of_kind;
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
    bench_books(&b, "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
                    "alerts: {warning: {n: 1}, data_quality: {enabled: false}}\n");
    run(&b, ROWS("2012", "100", "300"));
    certify(&b);
    is_int(run(&b, ROWS("2013", "100", "300")), 0, "0.5: far from the limit of 0.65");
    is_int(run(&b, ROWS("2014", "1900", "8100")), 2,
           "0.62: near it, and worse than in 2012");
    is_str(state(&b, "warning"), "firing", "a warning");
    is_str(state(&b, "decline"), "firing", "and a decline");
    is_int(run(&b, ROWS("2014", "1900", "8100") "\n"), 0, "the same data tell nothing");
    is_int(run(&b, ROWS("2015", "1900", "")), 0, "what is not known tells nothing");
    is_str(state(&b, "warning"), "firing stale", "and ends nothing");
    is_int(run(&b, ROWS("2013", "100", "301")), 0, "an older round, late, tells nothing");
    is_int(run(&b, ROWS("2015", "1000", "5000")), 3, "0.667: it slips");
    is_str(state(&b, "slip"), "firing", "which is told");
    is_str(state(&b, "warning"), "superseded", "and the warning is no more");
    is_str(state(&b, "decline"), "superseded", "nor the decline");
    is_int(told(&b, "|warning|"), 1, "quietly");
    is_int(told(&b, "|decline|"), 1, "both");
    is_int(run(&b, ROWS("2015", "1000", "5200")), 0, "no other decline opens beside it");
    is_int(run(&b, ROWS("2016", "2000", "9000")), 3, "0.636: it passes, and is near");
    is_str(state(&b, "warning"), "firing", "another warning");
    is_str(state(&b, "decline"), "firing", "and another decline: it is still worse");
    is_int(run(&b, ROWS("2017", "100", "300")), 2, "0.5: a clear pass");
    is_str(state(&b, "warning"), "passed", "ends it");
    is_str(state(&b, "decline"), "passed", "and the decline");
    is_int(told(&b, "|warning|"), 3, "which is told");
    bench_done(&b);
    return done_testing();
}
