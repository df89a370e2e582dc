/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: the state machine may be right and what is around it wrong. Random lives of a county
 * through the real pipeline and store, with writes that fail and connections that are opened
 * anew, beside the model of tests/alert/model.h: what is kept is what the documentation says,
 * each transition once and numbered, and nothing waits to be told that is none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/model.h"
#include "daemon/bench.h"
#include "story/tend.h"
#include "tap/random.h"
#include "tap/tap.h"

enum { STEPS = 10, FIRST = 2011, YEARS = 15 };

enum op { COME, COME_AGAIN, COME_LATE, RETRACT, CERTIFY, DECERTIFY, ACK, REOPEN, OPS };

static const char *const NAMES[] = {"come",    "again",     "late", "retract",
                                    "certify", "decertify", "ack",  "reopen"};
static const int OFTEN[OPS] = {45, 5, 8, 12, 8, 5, 10, 7};

/* CV 0.5, 0.8, not known. */
static const char *const BOOKS[] = {"300", "900", ""};

struct life {
    struct bench *b;
    uint64_t *seed;
    char county[8];
    struct model model;
    bool certified;
    int baseline, newest; /* years; newest 0: nothing has come */
    bool there[YEARS];
    int bodies; /* no two have the same bytes */
    int retracted;
    char did[STEPS * 24]; /* for who reads of a failure */
};

static long transitions, failed_writes;

static int body(struct life *l, int year, const char *books)
{
    char text[512], name[32];
    snprintf(name, sizeof name, "%s.csv", l->county);
    snprintf(text, sizeof text,
             "round,county_code,school_code,kind,pupils_primary,books\n"
             "%d,%s,%s-1,primary,100,100\n"
             "%d,%s,%s-2,primary,100,%s\n%*s",
             year, l->county, l->county, year, l->county, l->county, books, l->bodies,
             "\n");
    return bench_run(l->b, "one", name, text);
}

static int come(struct life *l, int year)
{
    int rc = body(l, year, BOOKS[random_below(l->seed, 3)]);
    if (!rc && !l->b->report.retracted) /* what was taken back stays so */
        l->there[year - FIRST] = true;
    return rc;
}

static int retract(struct life *l, int year)
{
    char name[32];
    snprintf(name, sizeof name, "%s.csv", l->county);
    struct retract what = {.source = "one",
                           .name = name,
                           .round = {(int16_t)year, 0},
                           .by = "clerk",
                           .reason = "a slip of the pen",
                           .whole = true};
    int rc = pipeline_retract(l->b->pipeline, &what, &l->b->err);
    if (!rc) {
        l->there[year - FIRST] = false;
        l->retracted = year;
    }
    return rc;
}

static int certify(struct life *l, bool remove)
{
    int baseline = (l->newest ? l->newest : FIRST) - 1 - random_below(l->seed, 3);
    struct store_cert cert = {.cert = {.county = l->county,
                                       .standard = "books",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {(int16_t)baseline, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = l->b->clock.fixed_ms};
    if (remove && !l->certified)
        return 0;
    int rc =
        pipeline_certify(l->b->pipeline, &cert, 1, remove, &l->b->report, &l->b->err);
    if (rc)
        return rc;
    l->certified = !remove;
    if (!remove)
        l->baseline = baseline;
    return 0;
}

static bool find_slip(struct life *l, struct store_alert *ret)
{
    int rc = store_alert_open(l->b->reader, "slip", l->county, "books", l->b->arena, ret,
                              &l->b->err);
    if (rc && rc != JH_ENOENT)
        bail(l->b->err.text);
    return !rc;
}

static int ack(struct life *l)
{
    struct store_alert open;
    if (!find_slip(l, &open) || open.alert.state == ALERT_PENDING)
        return 0;
    struct tend tend = {.config = l->b->config,
                        .arena = l->b->arena,
                        .now_ms = l->b->clock.fixed_ms,
                        .id = open.alert.id,
                        .act = {.act = ACT_ACKNOWLEDGE, .by = "clerk", .text = "seen"},
                        .err = &l->b->err};
    if (l->b->writes_left-- <= 0)
        return JH_EIO;
    int rc = tend_alert(l->b->writer, &tend);
    if (!rc) {
        l->model.state = MODEL_TAKEN;
        l->model.n++;
    }
    return rc;
}

static int newest_year(const struct life *l)
{
    for (int i = YEARS - 1; i >= 0; i--)
        if (l->there[i])
            return FIRST + i;
    return 0;
}

static int act(struct life *l, enum op op, int step)
{
    int newest = l->newest ? l->newest : FIRST;
    switch (op) {
    case COME:
        return newest + step < FIRST + YEARS ? come(l, newest + step) : 0;
    case COME_AGAIN:
        l->bodies--; /* the bytes of before, if it is of the same kind */
        return come(l, newest);
    case COME_LATE:
        return newest - 1 - step >= FIRST ? come(l, newest - 1 - step) : 0;
    case RETRACT:
        return l->newest ? retract(l, l->newest) : 0;
    case CERTIFY:
        return certify(l, false);
    case DECERTIFY:
        return certify(l, true);
    case ACK:
        return ack(l);
    default:
        bench_reopen(l->b);
        return 0;
    }
}

/* ---- what is there --------------------------------------------------------------------------- */

/* What the county's newest round proves, as the store has it. */
static bool find_newest(struct life *l, struct model_judged *ret)
{
    struct store_verdict v;
    int rc = store_verdict_newest(l->b->reader, l->county, "books", false, l->b->arena,
                                  &v, &l->b->err);
    if (rc == JH_ENOENT)
        return false;
    if (rc)
        bail(l->b->err.text);
    *ret = (struct model_judged){.year = v.round.year,
                                 .revision = v.revision,
                                 .proof = v.outcome == OUTCOME_FAIL ? PROVES_FAIL
                                          : v.outcome == OUTCOME_PASS && v.complete
                                              ? PROVES_PASS
                                              : PROVES_NOTHING,
                                 .fails = v.outcome == OUTCOME_FAIL};
    return true;
}

/* Transitions are numbered from 1 on, and what is to be told are such. */
static const char *check_alert(struct life *l, const struct store_alert *a)
{
    struct store_transition *ts;
    struct store_outbox *rows;
    size_t n, n_rows;
    if (store_transitions(l->b->reader, a->alert.id, l->b->arena, &ts, &n, &l->b->err) ||
        store_outbox_of(l->b->reader, a->alert.id, l->b->arena, &rows, &n_rows,
                        &l->b->err))
        bail(l->b->err.text);
    if ((int)n != a->alert.transition)
        return "as many transitions as the alert says";
    for (size_t i = 0; i < n; i++)
        if (ts[i].n != (int)i + 1)
            return "numbers are consecutive";
    for (size_t i = 0; i < n_rows; i++) {
        const char *to = rows[i].transition >= 1 && rows[i].transition <= (int)n
                             ? ts[rows[i].transition - 1].to
                             : "";
        if (strcmp(to, "firing") && strcmp(to, "extended") && strcmp(to, "resolved"))
            return "what is to be told has happened";
    }
    return NULL;
}

static const char *compare(struct life *l)
{
    static const enum alert_state states[] = {ALERT_NONE, ALERT_PENDING, ALERT_FIRING,
                                              ALERT_ACKNOWLEDGED};
    const struct model *m = &l->model;
    struct store_alert open;
    if (!find_slip(l, &open))
        return m->state ? "the model's alert is open" : NULL;
    if (open.alert.state != states[m->state])
        return "the model's state";
    if (open.alert.stale != m->stale)
        return "stale or not, as the model";
    if (open.alert.transition != m->n)
        return "the model's number";
    if (open.alert.since_round.year != m->since || open.alert.round.year != m->year)
        return "the model's rounds";
    return check_alert(l, &open);
}

static size_t count_alerts(struct life *l)
{
    struct store_alert *all;
    size_t n, sum = 0;
    if (store_alerts(l->b->reader, NULL, l->county, l->b->arena, &all, &n, &l->b->err))
        bail(l->b->err.text);
    for (size_t i = 0; i < n; i++)
        sum += (size_t)all[i].alert.transition;
    return sum;
}

static void step_model(struct life *l)
{
    struct model_judged newest;
    bool known = find_newest(l, &newest);
    const struct model_case c = {.of_certified = true,
                                 .by_round = true,
                                 .for_rounds = 1,
                                 .watched = l->certified,
                                 .baseline = l->baseline,
                                 .newest = known ? &newest : NULL,
                                 .retracted = l->retracted};
    transitions += model_step(&l->model, &c).n != 0;
}

/* Now and then the store cannot write: nothing has happened, and it goes well the next time. */
static const char *try(struct life *l, enum op op, int step)
{
    uint64_t before_seed = *l->seed;
    int bodies = l->bodies;
    if (random_below(l->seed, 6))
        return act(l, op, step) ? l->b->err.text : NULL;
    size_t before = count_alerts(l);
    l->b->writes_left = 0;
    int rc = act(l, op, step);
    l->b->writes_left = BENCH_ANY;
    if (!rc)
        return NULL; /* it had nothing to write */
    failed_writes++;
    if (count_alerts(l) != before)
        return "a write that fails changes nothing";
    *l->seed = before_seed;
    random_below(l->seed, 6);
    l->bodies = bodies;
    return act(l, op, step) ? l->b->err.text : NULL;
}

static enum op random_kind(uint64_t *seed)
{
    int at = random_below(seed, 100), kind = 0;
    while (kind < REOPEN && at >= OFTEN[kind])
        at -= OFTEN[kind++];
    return (enum op)kind;
}

static const char *live(struct life *l)
{
    const char *wrong = certify(l, false) ? "it cannot be certified" : NULL;
    for (int i = 0; i < STEPS && !wrong; i++) {
        enum op op = random_kind(l->seed);
        int step = random_below(l->seed, 3);
        size_t n = strlen(l->did);
        l->bodies = 2 + i;
        l->retracted = 0;
        snprintf(l->did + n, sizeof l->did - n, " %s %d", NAMES[op], step);
        wrong = try(l, op, step);
        l->newest = newest_year(l);
        if (!wrong && op != ACK && op != REOPEN)
            step_model(l);
        if (!wrong)
            wrong = compare(l);
    }
    return wrong;
}

int main(void)
{
    uint64_t seed = random_seed(20251201);
    int lives = random_long() ? 3000 : 300, wrong = 0;
    struct bench b;
    bench_init(&b);
    bench_books(&b, /* proposals are numbered too, and not of this model: test_standing */
                "  - {name: one, plugin: file, path: ., format: csv, interval: 1h}\n"
                "alerts: {slip: {propose_after: 0}}\n");
    for (int i = 0; i < lives && wrong < 3; i++) {
        struct life l = {.b = &b, .seed = &seed};
        snprintf(l.county, sizeof l.county, "99%04d", i);
        const char *why = live(&l);
        if (why)
            printf("# life %d, \"%s\" does not hold after%s\n", i, why, l.did);
        wrong += why != NULL;
        arena_reset(b.arena);
    }
    is_int(wrong, 0, "random lives of counties go as the documentation says");
    ok(transitions > lives && failed_writes > lives,
       "… %d of them, with %ld transitions and %ld writes that failed", lives,
       transitions, failed_writes);
    bench_done(&b); /* the journal has it all, and nothing else */
    return done_testing();
}
