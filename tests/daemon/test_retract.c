/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: what should never have been accepted must lose all its power, and nothing else may: not
 * the data it had replaced, not an alert that other rounds prove, and no alert ends by it but
 * to a complete pass. Retractions through the real pipeline.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

static void configure(struct bench *b)
{
    bench_books(b, "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
                   "  - {name: two, plugin: file, path: ., format: csv, interval: 1h}\n");
}

/* A body of one county: books of its two schools of a hundred pupils; "" = not told. */
static int run(struct bench *b, const char *county, const char *round, const char *books)
{
    char text[512], name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    snprintf(text, sizeof text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "%s,%s,%s-1,primary,100,100\n"
             "%s,%s,%s-2,primary,100,%s\n",
             round, county, county, round, county, county, books);
    int rc = bench_run(b, "one", name, text);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

#define PASSES "300" /* CV 0.5 */
#define FAILS "900"  /* CV 0.8 */

static int take_back(struct bench *b, const char *county, int year, struct retract *ret)
{
    char name[32];
    snprintf(name, sizeof name, "%s.csv", county);
    *ret = (struct retract){.source = "one",
                            .name = name,
                            .round = {(int16_t)year, 0},
                            .by = "clerk",
                            .reason = "a slip of the pen"};
    memset(&b->err, 0, sizeof b->err);
    int rc = pipeline_retract(b->pipeline, ret, &b->err);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

static void certify(struct bench *b, const char *county)
{
    struct store_cert cert = {.cert = {.county = county,
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

/* "2024 pass", of the newest round. */
static const char *newest(struct bench *b, const char *county)
{
    struct store_verdict v;
    int rc =
        store_verdict_newest(b->reader, county, "books", false, b->arena, &v, &b->err);
    return rc ? "none"
              : arena_fmt(b->arena, "%d %s", v.round.year, outcome_id(v.outcome));
}

/* "firing 2024", "firing stale since 2071", or how the last one ended: "resolved corrected". */
static const char *alert(struct bench *b, const char *county)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(b->reader, NULL, county, b->arena, &all, &n, &b->err))
        bail(b->err.text);
    if (!n)
        return "none";
    const struct alert *a = &all[0].alert;
    if (a->state == ALERT_RESOLVED)
        return arena_fmt(b->arena, "resolved %s", alert_cause_id(a->cause));
    return arena_fmt(b->arena, "%s%s since %d", alert_state_id(a->state),
                     a->stale ? " stale" : "", a->since_round.year);
}

/* ---- alerts --------------------------------------------------------------------------------- */

static void ends_as_corrected(struct bench *b)
{
    struct retract taken;
    struct store_verdict *history;
    size_t n;
    certify(b, "01");
    is_int(run(b, "01", "2024", PASSES), 0, "a county passes");
    is_int(run(b, "01", "2025", FAILS), 0, "and fails in what was no data of its");
    is_str(alert(b, "01"), "firing since 2025", "which is told");
    is_int(take_back(b, "01", 2025, &taken), 0, "a person takes it back");
    is_int((int)taken.retracted, 1, "one submission");
    is_int((int)taken.gone, 1, "the county has no data of 2025 any more");
    is_str(newest(b, "01"), "2024 pass", "2024 is its newest round again");
    is_str(alert(b, "01"), "resolved corrected", "a complete pass: told as a correction");
    is_int((int)taken.transitions, 1, "once");
    if (store_history(b->reader, "01", "books", b->arena, &history, &n, &b->err))
        bail(b->err.text);
    ok(n == 4 && !history[0].retracted && history[2].retracted && history[3].retracted,
       "the history shows what was, and that it was retracted");
    is_int(take_back(b, "01", 2025, &taken), JH_ENOENT, "nothing is retracted twice");
}

static void stays(struct bench *b)
{
    struct retract taken;
    certify(b, "02");
    run(b, "02", "2024", "");
    is_str(newest(b, "02"), "2024 unknown", "a county of which little is known");
    run(b, "02", "2025", FAILS);
    is_str(alert(b, "02"), "firing since 2025", "fails in a round");
    is_int(take_back(b, "02", 2025, &taken), 0, "that is taken back");
    is_str(alert(b, "02"), "firing stale since 2025", "unknown ends nothing");
    is_int((int)taken.transitions, 0, "and nobody is told that it did");
    run(b, "02", "2024", FAILS);
    is_str(alert(b, "02"), "firing since 2024", "an older round that fails now counts");
    is_int((int)b->report.transitions, 1, "and is told: it is news");
    run(b, "02", "2024", PASSES);
    is_str(alert(b, "02"), "resolved corrected", "as does its correction");
}

static void nothing_left(struct bench *b)
{
    struct retract taken;
    certify(b, "03");
    run(b, "03", "2026", FAILS);
    is_str(alert(b, "03"), "firing since 2026", "the only round fails");
    is_int(take_back(b, "03", 2026, &taken), 0, "and is taken back");
    is_str(newest(b, "03"), "none", "nothing is known");
    is_str(alert(b, "03"), "firing stale since 2026", "which ends nothing");
    run(b, "03", "2025", FAILS);
    is_str(alert(b, "03"), "firing since 2025", "a real round, older, is not muted");
    is_int((int)b->report.transitions, 1, "but told");
    run(b, "03", "2026", PASSES);
    is_str(alert(b, "03"), "resolved passed", "and the next one ends it");
    is_str(newest(b, "03"), "2026 pass", "the round retracted has come again, mended");
}

/* The round of the certification is not monitored, but a pass all the same. */
static void baseline_is_left(struct bench *b)
{
    struct retract taken;
    certify(b, "08");
    run(b, "08", "2012", PASSES);
    run(b, "08", "2025", FAILS);
    is_int(take_back(b, "08", 2025, &taken), 0, "only the baseline round is left");
    is_str(alert(b, "08"), "resolved corrected", "a complete pass");
    certify(b, "09");
    run(b, "09", "2012", FAILS);
    run(b, "09", "2025", FAILS);
    is_int(take_back(b, "09", 2025, &taken), 0, "only a baseline that failed is left");
    is_str(alert(b, "09"), "firing stale since 2025", "no pass, no end");
    run(b, "09", "2024", PASSES);
    is_str(alert(b, "09"), "resolved corrected", "until one comes, of whatever round");
}

/* The other way round: what is taken back had ended an alert. */
static void fires_again(struct bench *b)
{
    struct retract taken;
    certify(b, "04");
    run(b, "04", "2023", PASSES);
    run(b, "04", "2024", FAILS);
    run(b, "04", "2025", PASSES);
    is_str(alert(b, "04"), "resolved passed", "a slip that a round has ended");
    is_int(take_back(b, "04", 2025, &taken), 0, "which is taken back");
    is_str(alert(b, "04"), "firing since 2024", "the slip is there again");
    is_int((int)taken.transitions, 1, "and told");
    run(b, "04", "2025", FAILS);
    is_str(alert(b, "04"), "firing since 2024", "one that lasts …");
    is_int(take_back(b, "04", 2025, &taken), 0, "… loses a round of several");
    is_str(alert(b, "04"), "firing since 2024", "and stands on the others");
}

/* ---- data ----------------------------------------------------------------------------------- */

static void earlier_again(struct bench *b)
{
    struct retract taken;
    run(b, "05", "2025", PASSES);
    run(b, "05", "2025", FAILS);
    is_str(newest(b, "05"), "2025 fail", "a file is replaced by a wrong one");
    is_int(take_back(b, "05", 2025, &taken), 0, "which is taken back");
    is_int((int)taken.restored, 1, "the one before is in force again");
    is_int((int)taken.gone, 0, "so the county keeps the round");
    is_str(newest(b, "05"), "2025 pass", "and its verdict");
}

static void same_body(struct bench *b)
{
    struct retract taken;
    struct store_submission *subs;
    size_t n, before;
    run(b, "06", "2025", FAILS);
    is_int(take_back(b, "06", 2025, &taken), 0, "a body is retracted");
    if (store_retractions(b->reader, b->arena, &subs, &before, &b->err))
        bail(b->err.text);
    is_str(subs[0].retracted_reason, "a slip of the pen", "with its reason");
    is_int(run(b, "06", "2025", FAILS), 0, "the same bytes come again");
    ok(b->report.retracted, "and stay retracted");
    ok(strstr(b->report.first[0].text, "retracted by clerk") != NULL, "saying so: %s",
       b->report.first[0].text);
    is_str(newest(b, "06"), "none", "nothing of them is judged");
    is_int(run(b, "06", "2025", PASSES), 0, "others are taken");
    is_str(newest(b, "06"), "2025 pass", "and judged");
    is_int(run(b, "06", "2025", FAILS), 0, "the same once more");
    is_str(newest(b, "06"), "2025 pass", "is still retracted");
    if (store_retractions(b->reader, b->arena, &subs, &n, &b->err))
        bail(b->err.text);
    is_int((int)n, (int)before - 1, "what was mended is not shown for ever");
}

/* A newer round was compared with what is gone. */
static void newer_is_stale(struct bench *b)
{
    struct retract taken;
    struct round *rounds;
    size_t n;
    run(b, "07", "2024", PASSES);
    run(b, "07", "2023", PASSES);
    if (pipeline_refresh(b->pipeline, &b->report, &b->err))
        bail(b->err.text);
    is_int(take_back(b, "07", 2023, &taken), 0, "an old round is retracted");
    if (pipeline_stale(b->pipeline, &rounds, &n, &b->err))
        bail(b->err.text);
    ok(n == 1 && rounds[0].year == 2024, "the next one is to be looked at again");
    free(rounds);
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    configure(&b);
    ends_as_corrected(&b);
    stays(&b);
    nothing_left(&b);
    baseline_is_left(&b);
    fires_again(&b);
    earlier_again(&b);
    same_body(&b);
    newer_is_stale(&b);
    bench_done(&b);
    return done_testing();
}
