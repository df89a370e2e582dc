/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Verdicts on figures, where the texts draw the line: published tables, exact boundaries that
 * naive floating point gets wrong, and which figure a standard judges at all.
 */
#include <math.h>
#include <stdio.h>

#include "eval/make.h"
#include "tap/tap.h"

/* Eight published CVs and the published composite of a stage. */
static const struct published {
    const char *name;
    double cv[8], composite;
} PUBLISHED[] = {
    {"nanguan primary", {0.393, 0.578, 0.372, 0.246, 0.208, 0.311, 0.311, 0.455}, 0.359},
    {"nanguan junior", {0.433, 0.464, 0.334, 0.318, 0.433, 0.362, 0.368, 0.335}, 0.381},
    {"kuancheng primary",
     {0.251, 0.426, 0.267, 0.227, 0.127, 0.318, 0.302, 0.440},
     0.295},
    {"kuancheng junior", {0.285, 0.373, 0.243, 0.333, 0.224, 0.391, 0.355, 0.569}, 0.347},
    {"chaoyang primary", {0.380, 0.605, 0.352, 0.362, 0.101, 0.301, 0.295, 0.415}, 0.351},
    {"chaoyang junior", {0.320, 0.431, 0.291, 0.223, 0.095, 0.400, 0.386, 0.431}, 0.322},
    {"luyang primary", {0.881, 1.299, 0.977, 0.379, 0.170, 0.334, 0.286, 0.408}, 0.592},
    {"luyang junior", {0.353, 0.784, 0.146, 0.491, 0.037, 0.226, 0.223, 0.253}, 0.314},
    {"yongchuan primary",
     {0.696, 0.916, 0.819, 0.580, 0.450, 0.286, 0.285, 0.470},
     0.562},
};

static const char *const EIGHT[] = {
    "teaching_area", "sports_ground_area", "equipment_value", "computers",
    "books",         "music_rooms",        "art_rooms",       "unsafe_area"};

/* Four schools of 500, three alike: X = a, a, a, b with mean 1 and variance cv^2. */
static void give_cv(struct make *m, size_t k, double cv)
{
    enum field field = m->standard.indicators[k].terms[0].field;
    double a = 1 - cv / sqrt(3.0), b = 4 - 3 * a;
    for (size_t i = 0; i < 4; i++)
        make_set(m, i, field, 500000 * (i ? a : b));
}

static void four_schools(struct make *m, size_t indicators, enum kind kind)
{
    make_init(m);
    for (size_t k = 0; k < indicators; k++)
        make_indicator(m, EIGHT[k], EIGHT[k], 1, true);
    for (int i = 0; i < 4; i++)
        make_school(m, kind, kind == KIND_PRIMARY ? 500 : NAN,
                    kind == KIND_JUNIOR ? 500 : NAN, NAN);
}

static void published_composites(void)
{
    for (size_t i = 0; i < sizeof PUBLISHED / sizeof *PUBLISHED; i++) {
        const struct published *p = &PUBLISHED[i];
        struct make m;
        four_schools(&m, 8, KIND_PRIMARY);
        make_limits(&m, CV_COMPOSITE, "0.65", "0.55");
        for (size_t k = 0; k < 8; k++)
            give_cv(&m, k, p->cv[k]);
        const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
        is_dbl(s->figures[1].cv, p->cv[1], 1e-12, p->name);
        is_dbl(s->composite.cv, p->composite, 1e-3, "… its composite as published");
        is_int(s->composite.outcome, OUTCOME_PASS, "… passes, whatever a single CV says");
        is_int(s->figures[1].outcome, OUTCOME_NONE, "… which is not judged");
        ok(isnan(s->figures[1].limit), "… and has no limit");
        make_done(&m);
    }
}

/* Published: of the seven CVs of either stage only the sixth keeps its limit. */
static void published_each(void)
{
    static const double cv[2][7] = {{0.677, 0.674, 0.618, 0.519, 0.597, 0.167, 0.759},
                                    {0.542, 1.055, 0.507, 0.587, 0.686, 0.254, 0.496}};
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        struct make m;
        four_schools(&m, 7, stage == STAGE_PRIMARY ? KIND_PRIMARY : KIND_JUNIOR);
        for (size_t k = 0; k < 7; k++)
            give_cv(&m, k, cv[stage][k]);
        const struct stage_result *s = make_eval(&m, stage);
        for (size_t k = 0; k < 7; k++)
            is_int(s->figures[k].outcome, k == 5 ? OUTCOME_PASS : OUTCOME_FAIL,
                   "each of the seven is judged");
        is_int(s->composite.outcome, OUTCOME_NONE, "the composite is shown, not judged");
        is_dbl(s->composite.cv, stage ? 0.590 : 0.573, 5e-4, "… as the mean");
        is_int(s->outcome, OUTCOME_FAIL, "the stage fails");
        make_done(&m);
    }
}

/* Two schools of 100 pupils with a and b in everything. */
static const struct stage_result *pair(struct make *m, enum stage stage,
                                       size_t indicators, enum cv_applies applies,
                                       const char *limit, double a, double b)
{
    make_init(m);
    make_limits(m, applies, limit, limit);
    for (size_t k = 0; k < indicators; k++)
        make_indicator(m, EIGHT[k], EIGHT[k], 1, true);
    bool primary = stage == STAGE_PRIMARY;
    for (size_t i = 0; i < 2; i++) {
        size_t row = make_school(m, primary ? KIND_PRIMARY : KIND_JUNIOR,
                                 primary ? 100 : NAN, primary ? NAN : 100, NAN);
        for (size_t k = 0; k < indicators; k++)
            make_set(m, row, m->standard.indicators[k].terms[0].field, i ? b : a);
    }
    return make_eval(m, stage);
}

static void boundaries(void)
{
    struct make m;
    const struct stage_result *s = pair(&m, STAGE_PRIMARY, 7, CV_EACH, "0.50", 100, 300);
    is_int(s->outcome, OUTCOME_PASS, "0.5 is within 0.50");
    make_done(&m);
    s = pair(&m, STAGE_JUNIOR, 7, CV_EACH, "0.45", 100, 300);
    is_int(s->outcome, OUTCOME_FAIL, "0.5 is over 0.45");
    make_done(&m);
    s = pair(&m, STAGE_JUNIOR, 7, CV_BOTH, "0.45", 1100, 2900);
    is_int(s->outcome, OUTCOME_PASS, "0.45 is within 0.45, seven times over");
    make_done(&m);
    s = pair(&m, STAGE_JUNIOR, 8, CV_BOTH, "0.45", 1100, 2900);
    is_int(s->composite.outcome, OUTCOME_PASS, "… and eight times");
    ok(!s->composite.borderline, "… without doubt");
    make_done(&m);
    s = pair(&m, STAGE_PRIMARY, 8, CV_COMPOSITE, "0.65", 700, 3300);
    is_int(s->outcome, OUTCOME_PASS, "0.65 is within 0.65");
    make_done(&m);
    s = pair(&m, STAGE_JUNIOR, 8, CV_COMPOSITE, "0.55", 900, 3100);
    is_int(s->outcome, OUTCOME_PASS, "0.55 is within 0.55");
    make_done(&m);
    s = pair(&m, STAGE_PRIMARY, 8, CV_COMPOSITE, "0.65", 699, 3301);
    is_int(s->outcome, OUTCOME_FAIL, "0.6505 prints 0.651 and fails");
    ok(!s->composite.borderline, "… raw, too");
    make_done(&m);
}

static void rounding(void)
{
    struct decimal limit = {65, 2};
    bool b;
    ok(eval_within(0.6504, limit, 3, false, &b), "0.6504 prints 0.650 and passes");
    ok(b, "… borderline");
    ok(!eval_within(0.6504, limit, 3, true, &b), "raw, it fails");
    ok(b, "… borderline");
    ok(!eval_within(0.6506, limit, 3, false, &b) && !b, "0.6506 fails either way");
    ok(eval_within(0.65, limit, 3, true, &b) && !b, "0.65 passes either way");
    struct decimal floor = {1955, 3};
    ok(eval_reaches(1.955, floor, 2, true, &b), "raw: 1.955 reaches 2.3 x 0.85");
    ok(!eval_reaches(1.95, floor, 2, false, &b), "as printed 1.95 does not");
    ok(eval_reaches(1.96, floor, 2, false, &b), "1.96 does");
    ok(eval_reaches(1.955 - 5e-13, floor, 2, true, &b), "raw forgives the last bits");
    ok(eval_within(0.65 + 5e-13, limit, 3, true, &b), "on either side");
    ok(eval_reaches(4.495, (struct decimal){45, 1}, 2, false, &b) && b,
       "4.495 prints 4.50");
    ok(!eval_reaches(4.4949, (struct decimal){45, 1}, 2, false, &b),
       "4.4949 prints 4.49");
    ok(!eval_within(1e300, limit, 3, false, &b), "a huge value is over the limit");
}

static void undefined(void)
{
    struct make m;
    const struct stage_result *s = pair(&m, STAGE_PRIMARY, 2, CV_COMPOSITE, "0.45", 0, 0);
    is_int(s->composite.outcome, OUTCOME_UNKNOWN, "nothing anywhere: undefined, no pass");
    ok(isnan(s->figures[0].cv) && s->figures[0].mean == 0, "… no CV, mean 0");
    make_set(&m, 0, FIELD_teaching_area, 900);
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->composite.outcome, OUTCOME_UNKNOWN,
           "a composite with an undefined part is unknown, not proven over the limit");
    make_done(&m);
    s = pair(&m, STAGE_PRIMARY, 1, CV_NONE, "0.65", 1, 9);
    is_int(s->outcome, OUTCOME_NONE, "no limit, no verdict");
    is_dbl(s->figures[0].cv, 0.8, 1e-15, "… but the figure");
    make_done(&m);
    make_init(&m);
    make_indicator(&m, "books", "books", 1, true);
    make_set(&m, make_school(&m, KIND_PRIMARY, 500, NAN, NAN), FIELD_books, 2250);
    s = make_eval(&m, STAGE_PRIMARY);
    ok(s->single_school && s->figures[0].cv == 0, "one school: 0, and marked");
    is_int(s->outcome, OUTCOME_PASS, "… passes");
    make_done(&m);
}

int main(void)
{
    published_composites();
    published_each();
    boundaries();
    rounding();
    undefined();
    return done_testing();
}
