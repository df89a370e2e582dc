/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an alert. Two ways to do harm: to end one without an affirmative pass, and to
 * tell people twice or not at all. Sequences as tables, then a random walk beside a second,
 * much simpler model.
 */
#include "alert/alert.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap/tap.h"

/* What fails in a judgement, one letter a key. */
static const char *const KEYS[] = {"junior/books_per_pupil", "primary/composite",
                                   "primary/school_rule"};
enum { J = 1, P = 2, R = 4, ALL = 7 };

struct event {
    int year, revision;
    enum outcome outcome;
    bool incomplete;
    int fails; /* bits of KEYS */
    bool unreviewed;
};

/* The world of one test: the alert as the store would keep it, two arenas in turn. */
struct world {
    struct certification cert;
    struct alert_policy policy;
    struct arena *arena;
    struct alert alert; /* state NONE or RESOLVED: nothing is open */
    bool happened;
    struct alert_transition what;
};

static void world_init(struct world *w, int for_rounds)
{
    *w = (struct world){.cert = {.county = "340103",
                                 .standard = "basic-2012",
                                 .cohort = 2013,
                                 .baseline = {2012, 0}},
                        .policy = {for_rounds},
                        .arena = arena_new(1 << 24)};
    if (!w->arena)
        bail("no memory");
}

static void world_step(struct world *w, const struct certification *cert,
                       const struct judgement *newest, bool unreviewed)
{
    struct alert_input in = {.name = {KIND_SLIP, w->cert.county, w->cert.standard, ""},
                             .severity = newest && newest->only_school_rule
                                             ? SEVERITY_WARNING
                                             : SEVERITY_CRITICAL,
                             .certification = cert,
                             .newest = newest,
                             .unreviewed = unreviewed,
                             .policy = w->policy};
    struct alert next;
    if (alert_step(&w->alert, &in, w->arena, &next, &w->happened, &w->what))
        bail("alert_step failed");
    w->alert = next;
}

static void judged(struct world *w, struct event e)
{
    const char *failing[3];
    struct judgement j = {.round = {(int16_t)e.year, 0},
                          .revision = e.revision,
                          .outcome = e.outcome,
                          .complete = !e.incomplete,
                          .failing = failing,
                          .only_school_rule = e.fails == R};
    for (int k = 0; k < 3; k++) {
        if (e.fails >> k & 1)
            failing[j.n_failing++] = KEYS[k];
    }
    world_step(w, &w->cert, &j, e.unreviewed);
}

#define PASS(y, r)                                                                       \
    {                                                                                    \
        y, r, OUTCOME_PASS, false, 0, false                                              \
    }
#define FAIL(y, r, what)                                                                 \
    {                                                                                    \
        y, r, OUTCOME_FAIL, false, what, false                                           \
    }
#define UNREVIEWED(y, r, outcome, what)                                                  \
    {                                                                                    \
        y, r, outcome, false, what, true                                                 \
    }
#define UNKNOWN(y, r)                                                                    \
    {                                                                                    \
        y, r, OUTCOME_UNKNOWN, true, 0, false                                            \
    }

/* want: the state's first letter, + when a transition happened, ~ when stale. */
struct row {
    struct event event;
    const char *want;
};

struct sequence {
    const char *name;
    int for_rounds;
    struct row rows[8];
};

static const struct sequence SEQUENCES[] = {
    {"fires once, resolves on a newer pass",
     1,
     {{PASS(2013, 1), "n"},
      {FAIL(2014, 1, P), "f+"},
      {FAIL(2015, 1, P), "f"},
      {PASS(2016, 1), "r+"},
      {PASS(2017, 1), "n"}}},
    {"the same judgement again changes nothing",
     1,
     {{FAIL(2014, 1, P), "f+"}, {FAIL(2014, 1, P), "f"}, {PASS(2014, 1), "f"}}},
    {"an older round changes nothing",
     1,
     {{FAIL(2014, 2, P), "f+"}, {PASS(2013, 9), "f"}, {PASS(2014, 1), "f"}}},
    {"unknown neither opens nor closes",
     1,
     {{UNKNOWN(2013, 1), "n"},
      {FAIL(2014, 1, P), "f+"},
      {UNKNOWN(2015, 1), "f~"},
      {UNKNOWN(2015, 2), "f~"},
      {FAIL(2015, 3, P), "f"},
      {UNKNOWN(2016, 1), "f~"},
      {PASS(2016, 2), "r+"}}},
    {"a broken one neither",
     1,
     {{FAIL(2014, 1, P), "f+"}, {{2015, 1, OUTCOME_BROKEN, false, 0, false}, "f~"}}},
    {"a pass of an incomplete round is none",
     1,
     {{FAIL(2014, 1, P), "f+"}, {{2015, 1, OUTCOME_PASS, true, 0, false}, "f~"}}},
    {"a proven fail of an incomplete round fires",
     1,
     {{{2014, 1, OUTCOME_FAIL, true, P, false}, "f+"}}},
    {"the baseline and what is before it are not monitored",
     1,
     {{FAIL(2012, 1, P), "n"}, {FAIL(2011, 1, P), "n"}, {FAIL(2013, 1, P), "f+"}}},
    {"more fails: extended, once; fewer: nothing",
     1,
     {{FAIL(2014, 1, P), "f+"},
      {FAIL(2015, 1, P | J), "f+"},
      {FAIL(2016, 1, J), "f"},
      {FAIL(2017, 1, P | J), "f"}}},
    {"pending until the second failing round",
     2,
     {{FAIL(2014, 1, P), "p+"},
      {FAIL(2014, 2, P), "p"},
      {UNKNOWN(2015, 1), "p~"},
      {FAIL(2016, 1, P), "f+"},
      {PASS(2017, 1), "r+"}}},
    {"a pass that nobody has reviewed ends nothing; reviewed, the same does",
     1,
     {{FAIL(2014, 1, P), "f+"},
      {UNREVIEWED(2015, 1, OUTCOME_PASS, 0), "f~"},
      {UNREVIEWED(2015, 1, OUTCOME_PASS, 0), "f~"},
      {PASS(2015, 1), "r+"}}},
    {"nor does one of the same round, corrected",
     1,
     {{FAIL(2014, 1, P), "f+"},
      {UNREVIEWED(2014, 2, OUTCOME_PASS, 0), "f~"},
      {PASS(2014, 2), "r+"}}},
    {"a fail that nobody has reviewed fires, and is extended",
     1,
     {{UNREVIEWED(2014, 1, OUTCOME_FAIL, P), "f+"},
      {FAIL(2014, 1, P), "f"},
      {UNREVIEWED(2015, 1, OUTCOME_FAIL, P | J), "f+"}}},
    {"what waits for a review does not end what is pending",
     2,
     {{FAIL(2014, 1, P), "p+"},
      {UNREVIEWED(2015, 1, OUTCOME_PASS, 0), "p~"},
      {FAIL(2016, 1, P), "f+"}}},
    {"pending passes quietly", 2, {{FAIL(2014, 1, P), "p+"}, {PASS(2015, 1), "r+"}}},
};

static void sequences(void)
{
    for (size_t i = 0; i < sizeof SEQUENCES / sizeof *SEQUENCES; i++) {
        struct world w;
        world_init(&w, SEQUENCES[i].for_rounds);
        char got[64] = "", want[64] = "";
        for (const struct row *row = SEQUENCES[i].rows; row->want; row++) {
            int n = w.alert.transition;
            judged(&w, row->event);
            size_t at = strlen(got);
            snprintf(got + at, sizeof got - at, "%c%s%s ", *alert_state_id(w.alert.state),
                     w.happened ? "+" : "", w.alert.stale ? "~" : "");
            at = strlen(want);
            snprintf(want + at, sizeof want - at, "%s ", row->want);
            if (w.happened && w.what.n != 1 && w.what.n != n + 1)
                ok(false, "%s: number %d after %d", SEQUENCES[i].name, w.what.n, n);
        }
        is_str(got, want, SEQUENCES[i].name);
        arena_free(w.arena);
    }
}

static void causes(void)
{
    struct world w;
    world_init(&w, 1);
    judged(&w, (struct event)FAIL(2014, 1, P));
    is_str(alert_cause_id(w.what.cause), NULL, "firing has no cause");
    is_int(w.alert.since_round.year, 2014, "since the first failing round");
    judged(&w, (struct event)PASS(2014, 2));
    is_str(alert_cause_id(w.what.cause), "corrected", "the same round corrected");
    is_int(w.what.from, ALERT_FIRING, "from firing");
    ok(alert_told(&w.what), "people are told");
    judged(&w, (struct event)FAIL(2015, 1, P));
    judged(&w, (struct event)UNKNOWN(2016, 1));
    judged(&w, (struct event)PASS(2016, 2));
    is_str(alert_cause_id(w.what.cause), "passed",
           "a round that never failed is passed, not corrected");
    judged(&w, (struct event)FAIL(2017, 1, P));
    is_int(w.what.n, 1, "a new alert counts from 1");
    world_step(&w, &w.cert, NULL, false);
    ok(!w.happened && w.alert.state == ALERT_FIRING, "no judgement, no change");
    world_step(&w, NULL, NULL, false);
    is_str(alert_cause_id(w.what.cause), "not_monitored", "decertified");
    is_int(w.alert.state, ALERT_RESOLVED, "… closes");
    world_step(&w, NULL, NULL, false);
    ok(!w.happened && w.alert.state == ALERT_NONE, "… once");
    judged(&w, (struct event)FAIL(2018, 1, P));
    w.cert.baseline.year = 2018;
    judged(&w, (struct event)FAIL(2018, 2, P));
    is_str(alert_cause_id(w.what.cause), "not_monitored", "certified anew on that round");
    arena_free(w.arena);
    is_int(alert_cause_of("corrected"), CAUSE_CORRECTED, "causes read back");
    is_int(alert_cause_of(NULL), CAUSE_NONE, "no cause, too");
    is_int(alert_state_of("acknowledged"), ALERT_ACKNOWLEDGED, "states read back");
    is_int(alert_state_of("open"), -1, "others do not");
}

static void extension(void)
{
    struct world w;
    world_init(&w, 1);
    judged(&w, (struct event)FAIL(2014, 1, R));
    is_str(w.alert.severity, "warning", "only the school rule: a warning");
    w.alert.state = ALERT_ACKNOWLEDGED;
    judged(&w, (struct event)FAIL(2015, 1, R));
    is_int(w.alert.state, ALERT_ACKNOWLEDGED, "no news: still acknowledged");
    judged(&w, (struct event)FAIL(2016, 1, J | R));
    is_int(w.alert.state, ALERT_FIRING, "extended: fires again");
    ok(w.what.extended && w.what.from == ALERT_ACKNOWLEDGED, "… said so");
    is_str(w.alert.severity, "critical", "… and is critical now");
    is_int((long long)w.what.n_added, 1, "what is new");
    is_str(w.what.added[0], KEYS[0], "… by its key");
    is_int((long long)w.alert.n_told, 2, "what has been told");
    is_str(w.alert.told[0], KEYS[0], "… sorted");
    is_str(w.alert.told[1], KEYS[2], "… all of it");
    judged(&w, (struct event)FAIL(2017, 1, R));
    is_str(w.alert.severity, "critical", "severity does not fall");
    is_int(w.alert.rounds_failing, 4, "failing rounds are counted");
    is_int(w.alert.since_round.year, 2014, "since the first");
    w.alert.state = ALERT_ACKNOWLEDGED;
    judged(&w, (struct event)PASS(2018, 1));
    is_int(w.what.from, ALERT_ACKNOWLEDGED, "an acknowledged one resolves, too");
    arena_free(w.arena);
    world_init(&w, 2);
    judged(&w, (struct event)FAIL(2014, 1, P));
    ok(!alert_told(&w.what), "pending is not told");
    is_int((long long)w.alert.n_told, 0, "… of anything");
    judged(&w, (struct event)PASS(2015, 1));
    ok(w.happened && !alert_told(&w.what), "nor is its quiet end");
    arena_free(w.arena);
}

static void monthly(void)
{
    struct certification cert = {.county = "c", .standard = "s", .baseline = {2025, 3}};
    ok(alert_monitored(&cert, (struct round){2025, 4}), "the month after the baseline");
    ok(!alert_monitored(&cert, (struct round){2025, 3}), "not the baseline");
    ok(!alert_monitored(&cert, (struct round){2026, 0}), "not the yearly series");
}

/* A step back to the round before, of which nobody has said that it is right. */
static void retracted(void)
{
    struct world w;
    struct judgement before = {
        .round = {2013, 0}, .revision = 1, .outcome = OUTCOME_PASS, .complete = true};
    for (int unreviewed = 1; unreviewed >= 0; unreviewed--) {
        world_init(&w, 1);
        judged(&w, (struct event)FAIL(2014, 1, P));
        struct alert_input in = {.certification = &w.cert,
                                 .newest = &before,
                                 .unreviewed = unreviewed,
                                 .policy = w.policy,
                                 .retracted = {2014, 0}};
        struct alert next;
        if (alert_step(&w.alert, &in, w.arena, &next, &w.happened, &w.what))
            bail("alert_step failed");
        ok(next.state == (unreviewed ? ALERT_FIRING : ALERT_RESOLVED),
           "the failing round is retracted, and the one left passes, %s",
           unreviewed ? "but waits for a review" : "reviewed");
        arena_free(w.arena);
    }
}

/* The second model: what is open, since when, and which keys were told. */
struct model {
    bool open;
    int year, revision, told, transitions;
};

static bool model_step(struct model *m, struct event e)
{
    bool news = e.year > m->year || (e.year == m->year && e.revision > m->revision);
    if (m->open && !news)
        return false;
    if (e.outcome == OUTCOME_FAIL) {
        bool told = !m->open || (e.fails & ~m->told);
        *m = (struct model){true, e.year, e.revision, e.fails | (m->open ? m->told : 0),
                            (m->open ? m->transitions : 0) + told};
        return told;
    }
    if (!m->open || e.outcome != OUTCOME_PASS || e.incomplete || e.unreviewed)
        return false;
    m->open = false;
    m->transitions++;
    return true;
}

static struct event random_event(int *year, int *revision)
{
    if (rand() % 3 == 0) {
        ++*year;
        *revision = 1;
    } else {
        *revision += rand() % 2;
    }
    struct event e = {.year = *year, .revision = *revision};
    if (rand() % 8 == 0)
        e.year--; /* something old comes in late */
    static const enum outcome any[] = {OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_UNKNOWN,
                                       OUTCOME_BROKEN};
    e.outcome = any[rand() % 4];
    e.incomplete = rand() % 3 == 0;
    e.unreviewed = rand() % 4 == 0;
    e.fails = e.outcome == OUTCOME_FAIL ? 1 + rand() % ALL : 0;
    return e;
}

static void random_walk(void)
{
    int differs = 0, closed_wrongly = 0, misnumbered = 0, stepped = 0;
    for (int walk = 0; walk < 300; walk++) {
        struct world w;
        struct model m = {0};
        world_init(&w, 1);
        int year = 2013, revision = 1;
        for (int i = 0; i < 60; i++) {
            struct event e = random_event(&year, &revision);
            if (w.alert.state == ALERT_FIRING && rand() % 5 == 0)
                w.alert.state = ALERT_ACKNOWLEDGED;
            struct alert before = w.alert;
            judged(&w, e);
            bool open =
                w.alert.state == ALERT_FIRING || w.alert.state == ALERT_ACKNOWLEDGED;
            differs +=
                e.year > 2012 && (model_step(&m, e) != w.happened || m.open != open ||
                                  (w.happened && m.transitions != w.alert.transition));
            closed_wrongly += w.happened && w.what.to == ALERT_RESOLVED &&
                              (e.outcome != OUTCOME_PASS || e.incomplete ||
                               e.unreviewed || e.year < before.round.year);
            misnumbered += w.happened && w.what.n != w.alert.transition;
            stepped += w.happened;
        }
        arena_free(w.arena);
    }
    is_int(differs, 0, "300 random lives agree with the second model");
    is_int(closed_wrongly, 0,
           "nothing but a complete newer pass that needs no review closes");
    is_int(misnumbered, 0, "one number per transition");
    ok(stepped > 1000, "… over %d transitions", stepped);
}

int main(void)
{
    srand(20250901);
    sequences();
    causes();
    extension();
    monthly();
    retracted();
    random_walk();
    return done_testing();
}
