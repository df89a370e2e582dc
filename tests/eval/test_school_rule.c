/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One school that breaks the rule fails its county: at least 6 of 7, and the rest not below
 * 85 % (docs/standards.md 8), with limits that binary fractions cannot hold.
 */
#include <math.h>
#include <stdio.h>

#include "eval/make.h"
#include "tap/tap.h"

static const char *const FIELDS[7] = {
    "above_qual_teachers", "backbone_teachers", "pe_arts_teachers",     "teaching_area",
    "sports_ground_area",  "equipment_value",   "multimedia_classrooms"};
static const char *const MIN[7] = {"4.2", "1", "0.9", "4.5", "7.5", "2000", "2.3"};
static const int PER[7] = {100, 100, 100, 1, 1, 1, 100};
enum { YZ4 = 3, YZ5 = 4, YZ7 = 6, PUPILS = 2000 };

/* One primary school with every indicator exactly at its minimum. */
static void at_minimum(struct make *m)
{
    static const double value[7] = {4.2, 1, 0.9, 4.5, 7.5, 2000, 2.3};
    make_init(m);
    make_limits(m, CV_NONE, "1", "1");
    make_school_rule(m, 6, "0.85");
    make_school(m, KIND_PRIMARY, PUPILS, NAN, NAN);
    for (size_t k = 0; k < 7; k++) {
        make_indicator(m, FIELDS[k], FIELDS[k], PER[k], true);
        make_min(m, k, MIN[k], MIN[k]);
        make_set(m, 0, m->standard.indicators[k].terms[0].field,
                 value[k] * PUPILS / PER[k]);
    }
}

static void value(struct make *m, size_t k, double v)
{
    make_set(m, 0, m->standard.indicators[k].terms[0].field, v * PUPILS / PER[k]);
}

static const struct unit *judged(struct make *m)
{
    return make_eval(m, STAGE_PRIMARY)->units;
}

static void printed(void)
{
    struct make m;
    at_minimum(&m);
    is_int(judged(&m)->outcome, OUTCOME_PASS, "all at the threshold");
    is_int(judged(&m)->met, 7, "seven met");
    value(&m, YZ4, 3.83);
    is_int(judged(&m)->outcome, OUTCOME_PASS, "3.83 >= 3.825");
    is_int(judged(&m)->met, 6, "six met");
    is_int(judged(&m)->of, 7, "of seven");
    is_int(judged(&m)->below, 1 << YZ4, "the one below is told");
    value(&m, YZ4, 3.82);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "3.82 < 3.825");
    is_int(m.result.outcome, OUTCOME_FAIL, "one school fails the county");
    value(&m, YZ4, 4.4);
    value(&m, YZ5, 7.4);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "two below, though above 85 %");
    value(&m, YZ5, 7.495);
    is_int(judged(&m)->met, 6, "7.495 prints 7.50");
    value(&m, YZ4, 9);
    value(&m, YZ5, 9);
    value(&m, YZ7, 1.95);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "1.95 < 1.955");
    value(&m, YZ7, 1.96);
    is_int(judged(&m)->outcome, OUTCOME_PASS, "1.96 >= 1.955");
    make_done(&m);
}

static void raw(void)
{
    struct make m;
    at_minimum(&m);
    m.standard.rounding.raw = true;
    is_int(judged(&m)->met, 7, "raw: all at the threshold");
    value(&m, YZ7, 1.955);
    is_int(judged(&m)->outcome, OUTCOME_PASS, "1.955 >= 2.3 x 0.85, in binary too");
    value(&m, YZ4, 4.5 - 1e-9);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "raw is raw");
    make_done(&m);
}

static void missing(void)
{
    struct make m;
    at_minimum(&m);
    value(&m, YZ7, NAN);
    is_int(judged(&m)->outcome, OUTCOME_UNKNOWN,
           "six met, one missing: may be under 85 %");
    is_int(judged(&m)->met, 6, "met are the known");
    value(&m, YZ4, 4.4);
    is_int(judged(&m)->outcome, OUTCOME_UNKNOWN, "one known miss, one missing");
    value(&m, YZ5, 7.4);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "two known misses, whatever is missing");
    value(&m, YZ5, 9);
    value(&m, YZ4, 3.82);
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "one under its floor, whatever is missing");
    m.data.rows_dropped = 1;
    is_int(judged(&m)->outcome, OUTCOME_FAIL, "… or however many rows were dropped");
    is_int(m.result.outcome, OUTCOME_FAIL, "… and the county fails with it");
    make_done(&m);
}

static void without(void)
{
    struct make m;
    at_minimum(&m);
    m.standard.has_school_rule = false;
    value(&m, YZ4, 1);
    is_int(judged(&m)->outcome, OUTCOME_NONE, "no rule, no verdict");
    is_int(judged(&m)->met, -1, "… and nothing counted");
    is_int(judged(&m)->below, 1 << YZ4, "… but what is below is told");
    m.standard.has_school_rule = true;
    m.standard.indicators[0].min[STAGE_PRIMARY].scale = 9;
    struct county_result untouched = {.n_stages = 99};
    ok(eval_county(&m.standard, &m.data, NULL, m.arena, &untouched) < 0,
       "a floor that cannot be kept exactly is refused");
    is_int((long long)untouched.n_stages, 99, "… and the result untouched");
    make_done(&m);
}

int main(void)
{
    printed();
    raw();
    missing();
    without();
    return done_testing();
}
