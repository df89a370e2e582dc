/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a warning that comes for nothing is read once, one that does not come is the slip itself.
 * Where exactly near begins, what a line is drawn through, and what must be known to end it.
 */
#include "alert/warn.h"

#include <math.h>
#include <string.h>

#include "tap/tap.h"

/* One stage, one figure: the composite, of which 0.65 is the limit. */
struct world {
    struct arena *arena;
    struct standard standard;
    struct dataset data;
    struct county_result result;
    struct alert_policy policy;
    struct warn_past past[3];
};

static void world_init(struct world *w)
{
    memset(w, 0, sizeof *w);
    w->arena = arena_new(1 << 20);
    if (!w->arena)
        bail("no memory");
    w->standard.id = "basic";
    w->standard.rounding.cv = 3;
    w->standard.limit[STAGE_PRIMARY] = (struct decimal){65, 2};
    w->data.round = (struct round){2020, 0};
    w->policy = (struct alert_policy){.enabled = true,
                                      .margin = "0.03",
                                      .rounds_back = 2,
                                      .rounds_ahead = 2,
                                      .decline = "0.05"};
    w->result = (struct county_result){.data = &w->data,
                                       .standard = &w->standard,
                                       .outcome = OUTCOME_PASS,
                                       .monitored = OUTCOME_PASS,
                                       .complete = true,
                                       .n_stages = 1};
    w->result.stages[0] = (struct stage_result){.stage = STAGE_PRIMARY};
}

static void set(struct world *w, double cv, double before, double first)
{
    bool pass = eval_within(cv, w->standard.limit[STAGE_PRIMARY], 3,
                            w->standard.rounding.raw, &(bool){false});
    w->result.stages[0].composite =
        (struct figure){.cv = cv,
                        .limit = 0.65,
                        .bound = NAN,
                        .outcome = pass ? OUTCOME_PASS : OUTCOME_FAIL};
    w->result.monitored = w->result.outcome = pass ? OUTCOME_PASS : OUTCOME_FAIL;
    w->past[0] = (struct warn_past){.round = {2019, 0}};
    w->past[1] = (struct warn_past){.round = {2018, 0}};
    w->past[0].composite[STAGE_PRIMARY] = before;
    w->past[1].composite[STAGE_PRIMARY] = first;
}

/* The code that is warned of; "pass" for none, "unknown" where it cannot be told. */
static const char *judged(struct world *w, size_t n_past, const struct alert *open,
                          struct warned *ret)
{
    if (warn_judge(&w->result, &w->policy, w->past, n_past, open, w->arena, ret))
        bail("no memory");
    return ret->n ? warn_code_id(ret->reasons[0].code)
                  : outcome_id(ret->judgement.outcome);
}

struct want {
    const char *name;
    double cv, before, first; /* of 2020, 2019, 2018 */
    const char *code;
};

static const struct want WANTS[] = {
    {"far from it", 0.4, 0.4, 0.4, "pass"},
    {"the margin belongs to the warning", 0.62, 0.62, 0.62, "margin"},
    {"as printed: 0.6195 is 0.620", 0.6195, 0.62, 0.62, "margin"},
    {"0.6194 is not", 0.6194, 0.62, 0.62, "pass"},
    {"the limit itself", 0.65, 0.65, 0.65, "margin"},
    {"what fails is no warning", 0.651, 0.6, 0.6, "unknown"},
    {"a line that reaches it in two rounds", 0.57, 0.53, 0.49, "trend"},
    {"one that reaches it exactly", 0.57, 0.53, 0.49, "trend"},
    {"one that does not", 0.56, 0.53, 0.50, "pass"},
    {"a line that falls", 0.49, 0.53, 0.57, "pass"},
    {"one leap is half a line", 0.60, 0.5, 0.5, "trend"},
    {"a round that is not known: no line", 0.57, NAN, 0.49, "pass"},
};

static void near(struct world *w)
{
    struct warned warned;
    for (size_t i = 0; i < sizeof WANTS / sizeof *WANTS; i++) {
        set(w, WANTS[i].cv, WANTS[i].before, WANTS[i].first);
        is_str(judged(w, 2, NULL, &warned), WANTS[i].code, WANTS[i].name);
    }
    set(w, 0.57, 0.53, 0.49);
    is_str(judged(w, 1, NULL, &warned), "pass", "two rounds are no trend");
    w->past[1].round.year = 2014;
    is_str(judged(w, 2, NULL, &warned), "pass", "a gap of years makes it flatter");
    set(w, 0.57, 0.53, 0.49);
    judged(w, 2, NULL, &warned);
    ok(fabs(warned.reasons[0].other - 0.65) < 1e-9, "what is foreseen is said");
    is_str(warned.judgement.failing[0], "primary/composite", "by the key of the figure");
    w->result.monitored = OUTCOME_UNKNOWN;
    is_str(judged(w, 2, NULL, &warned), "unknown",
           "an unknown county neither warns nor ends");
    set(w, 0.4, 0.4, 0.4);
    w->result.stages[0].composite.borderline = true;
    is_str(judged(w, 2, NULL, &warned), "borderline", "printed and raw disagree");
}

static void declines(struct world *w)
{
    struct warned warned;
    struct warn_past base = {.round = {2012, 0}};
    base.composite[STAGE_PRIMARY] = 0.3;
    set(w, 0.35, NAN, NAN);
    is_int(warn_decline(&w->result, &w->policy, &base, w->arena, &warned), 0, "as much");
    is_int(warned.judgement.outcome, OUTCOME_PASS, "is not more");
    set(w, 0.3505, NAN, NAN);
    is_int(warn_decline(&w->result, &w->policy, &base, w->arena, &warned), 0,
           "0.351 printed");
    is_int(warned.judgement.outcome, OUTCOME_FAIL, "is");
    ok(warned.n == 1 && warned.reasons[0].other == 0.3, "with the baseline's value");
    w->result.complete = false;
    is_int(warn_decline(&w->result, &w->policy, &base, w->arena, &warned), 0,
           "incomplete");
    is_int(warned.judgement.outcome, OUTCOME_UNKNOWN, "nobody can tell");
    w->result.complete = true;
    is_int(warn_decline(&w->result, &w->policy, NULL, w->arena, &warned), 0,
           "no baseline");
    is_int(warned.judgement.outcome, OUTCOME_UNKNOWN, "nothing to be worse than");
}

static void sizes(struct world *w)
{
    struct warned warned;
    double large[2] = {1, NAN};
    const char *const told[] = {"primary/classes_56"};
    const struct alert open = {.told = told, .n_told = 1};
    set(w, 0.4, 0.4, 0.4);
    w->data.n = 2;
    w->data.col[FIELD_classes_56_primary] = large;
    is_str(judged(w, 2, NULL, &warned), "large", "one class of 56 is enough");
    large[0] = 0;
    is_str(judged(w, 2, NULL, &warned), "pass",
           "none that is known of is none to warn of");
    is_str(judged(w, 2, &open, &warned), "unknown", "but does not end what was told");
    large[1] = 0;
    is_str(judged(w, 2, &open, &warned), "pass", "knowing that there is none does");
}

int main(void)
{
    struct world w;
    world_init(&w);
    near(&w);
    declines(&w);
    sizes(&w);
    arena_free(w.arena);
    return done_testing();
}
