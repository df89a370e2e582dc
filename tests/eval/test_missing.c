/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Missing data must never become a pass, and must never hide a proven fail: cases of
 * docs/standards.md section 3, then random counties against all they could have been.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/judge.h"
#include "eval/make.h"
#include "tap/tap.h"

/* 300 pupils with 1500 books and 200 with none: CV sqrt(2/3). */
static void uneven(struct make *m)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    m->standard.has_stage[STAGE_JUNIOR] = false;
    make_set(m, make_school(m, KIND_PRIMARY, 300, NAN, NAN), FIELD_books, 1500);
    make_set(m, make_school(m, KIND_PRIMARY, 200, NAN, NAN), FIELD_books, 0);
}

/* 500 and 400 pupils with nearly the same. */
static void even(struct make *m)
{
    uneven(m);
    make_set(m, 1, FIELD_books, 1100);
}

static void cannot_save(void)
{
    struct make m;
    uneven(&m);
    size_t third = make_school(&m, KIND_PRIMARY, 10, NAN, NAN);
    make_missing(&m, third, FIELD_books, MISSING_EMPTY);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_FAIL, "a missing school of 10 cannot save it");
    is_dbl(s->figures[0].bound, sqrt(20.0 / 31.0), 1e-15, "the bound proves it");
    ok(isnan(s->figures[0].cv) && isnan(s->figures[0].mean), "but there is no figure");
    is_int((long long)s->figures[0].n_missing, 1, "what is missing is listed");
    is_str(s->figures[0].missing[0].reason, "empty", "… with its reason");
    is_int(s->figures[0].missing[0].line, 4, "… and line");
    make_indicator(&m, "computers", "computers", 1, true);
    for (size_t i = 0; i < 3; i++)
        make_set(&m, i, FIELD_computers, 0);
    make_limits(&m, CV_COMPOSITE, "0.10", "0.10");
    is_int(
        make_eval(&m, STAGE_PRIMARY)->composite.outcome, OUTCOME_UNKNOWN,
        "an undefined part leaves the composite undefined, whatever is proven of others");
    m.standard.n_indicators = 1;
    make_limits(&m, CV_EACH, "0.50", "0.50");
    make_set(&m, third, FIELD_pupils_primary, 5000);
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_UNKNOWN, "one of 5000 could");
    ok(s->figures[0].bound > 0 && s->figures[0].bound < 0.5, "… says the bound");
    make_done(&m);
}

static void no_column(void)
{
    struct make m;
    even(&m);
    make_indicator(&m, "computers", "computers", 100, true);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->figures[0].outcome, OUTCOME_PASS, "what is known passes");
    is_int(s->figures[1].outcome, OUTCOME_UNKNOWN, "what has no column is unknown");
    is_str(s->figures[1].missing[1].reason, "column absent", "… and says so");
    is_int(s->outcome, OUTCOME_UNKNOWN, "unknown beats pass");
    ok(isnan(s->composite.cv), "no composite of fewer");
    make_limits(&m, CV_COMPOSITE, "0.50", "0.45");
    is_int(make_eval(&m, STAGE_PRIMARY)->composite.outcome, OUTCOME_UNKNOWN,
           "nor a verdict");
    make_limits(&m, CV_COMPOSITE, "0.01", "0.01");
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->composite.outcome, OUTCOME_FAIL,
           "half the known CV is over the limit already");
    is_dbl(s->composite.bound, s->figures[0].cv / 2, 1e-16, "… that is the bound");
    make_done(&m);
}

static void coverage(void)
{
    struct make m;
    even(&m);
    size_t third = make_school(&m, KIND_PRIMARY, 10, NAN, NAN);
    make_missing(&m, third, FIELD_books, MISSING_EMPTY);
    m.standard.coverage = 0.98;
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_PASS, "500 of 510 known are 0.98");
    ok(!isnan(s->figures[0].cv), "the cv is given");
    is_int((long long)s->figures[0].n_missing, 1, "the missing still listed");
    m.standard.coverage = 0.981;
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN, "but not 0.981");
    m.standard.coverage = 0.3;
    make_set(&m, 1, FIELD_books, 0);
    make_set(&m, third, FIELD_pupils_primary, 1000);
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_UNKNOWN, "over the limit on known schools proves nothing");
    make_set(&m, 1, FIELD_books, 1100);
    m.data.rows_dropped = 1;
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_UNKNOWN, "a dropped row: no pass at any coverage");
    ok(isnan(s->figures[0].cv), "… nor a figure: nobody knows what share is known");
    make_done(&m);
}

static void dropped(void)
{
    struct make m;
    uneven(&m);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_FAIL, "fails when complete");
    m.data.rows_dropped = 1;
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_UNKNOWN, "nobody knows how large the dropped row was");
    is_int(s->figures[0].outcome, OUTCOME_UNKNOWN, "… for the figure, too");
    ok(!isnan(s->figures[0].cv), "the figure of its rows is kept");
    ok(!m.result.complete, "the round is not complete");
    make_limits(&m, CV_EACH, "0.90", "0.90");
    is_int(make_eval(&m, STAGE_PRIMARY)->figures[0].outcome, OUTCOME_UNKNOWN,
           "nor does a figure pass in it");
    make_limits(&m, CV_NONE, "1", "1");
    make_min(&m, 0, "0", "0");
    make_school_rule(&m, 1, "0.85");
    s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->units[0].outcome, OUTCOME_PASS, "a school may pass");
    is_int(s->outcome, OUTCOME_UNKNOWN, "but not its stage: the dropped one may fail");
    make_done(&m);
}

static void parts(void)
{
    struct make m;
    uneven(&m);
    struct dataset before = m.data;
    m.data.parts_complete = false;
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN,
           "a part is absent, no past");
    m.options.previous = &before;
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_FAIL,
           "nobody of the past is absent");
    make_set(&m, 1, FIELD_books, 1100);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN, "but no pass");
    ok(m.result.why.parts_absent && !m.result.complete, "… for that reason");
    make_done(&m);
}

/* The last round had the first n schools of `now`, and these besides. */
static void vanished(void)
{
    struct make m, then;
    uneven(&m);
    uneven(&then);
    make_set(&then, make_school(&then, KIND_PRIMARY, 26, NAN, NAN), FIELD_books, 100);
    m.options.previous = &then.data;
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_FAIL, "26 of 526 are gone");
    is_dbl(m.result.why.vanished_share, 26.0 / 526, 1e-15, "… their share");
    ok(m.result.complete, "… under 5 %%: complete");
    make_set(&m, 1, FIELD_books, 1100);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_PASS, "so it may pass");
    make_set(&then, 2, FIELD_pupils_primary, 27);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN,
           "27 of 527 are too many");
    ok(m.result.why.vanished && !m.result.complete, "… incomplete");
    make_set(&m, 1, FIELD_books, 0);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_FAIL, "but 27 cannot save what fails");
    is_dbl(s->figures[0].bound, sqrt(1500000.0 / (2250000 + 27 * 7500.0)), 1e-15,
           "the bound counts them");
    make_set(&then, 2, FIELD_pupils_primary, 5000);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN, "5000 could");
    m.standard.coverage = 0.5;
    make_missing(&m, 1, FIELD_books, MISSING_EMPTY);
    s = make_eval(&m, STAGE_PRIMARY);
    ok(isnan(s->figures[0].cv), "they count as not covered");
    make_set(&then, 2, FIELD_pupils_primary, 50);
    ok(!isnan(make_eval(&m, STAGE_PRIMARY)->figures[0].cv), "50 leave enough");
    m.data.n_missing = 0;
    m.standard.coverage = 1;
    make_set(&m, 1, FIELD_books, 0);
    make_set(&then, 2, FIELD_pupils_primary, 5000);
    then.schools[2].kind = KIND_SPECIAL;
    m.standard.exclude[0] = (struct exclude){1u << KIND_SPECIAL, 0, "kind", ""};
    m.standard.n_exclude = 1;
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_FAIL,
           "schools that never counted are not missed");
    make_done(&m);
    make_done(&then);
}

static void divided(void)
{
    struct make m, then;
    uneven(&m);
    uneven(&then);
    m.schools[0].campus = "east";
    m.options.previous = &then.data;
    make_eval(&m, STAGE_PRIMARY);
    is_dbl(m.result.why.vanished_share, 0, 0,
           "a school that gave its campus a name is there");
    then.schools[0].campus = "west";
    make_eval(&m, STAGE_PRIMARY);
    is_dbl(m.result.why.vanished_share, 0.6, 1e-15, "a campus that is gone is gone");
    then.schools[0].campus = "";
    m.schools[0].stage = STAGE_JUNIOR;
    make_eval(&m, STAGE_PRIMARY);
    is_dbl(m.result.why.vanished_share, 0.6, 1e-15, "so is a stage whose row is gone");
    make_done(&m);
    make_done(&then);
}

static void no_units(void)
{
    struct make m;
    even(&m);
    m.standard.has_stage[STAGE_JUNIOR] = true;
    const struct stage_result *s = make_eval(&m, STAGE_JUNIOR);
    is_int(s->outcome, OUTCOME_UNKNOWN, "a stage without schools is unknown");
    is_int(m.result.outcome, OUTCOME_UNKNOWN, "… and its county");
    m.options.stages = 1u << STAGE_PRIMARY;
    s = make_eval(&m, STAGE_JUNIOR);
    ok(!s->expected, "unless the county has no such stage");
    is_int(m.result.outcome, OUTCOME_PASS, "… then the other decides");
    make_done(&m);
    make_init(&m);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN,
           "an empty county: unknown");
    is_int(m.result.outcome, OUTCOME_UNKNOWN, "… never a pass");
    make_done(&m);
}

static void outcomes(void)
{
    is_int(outcome_join(OUTCOME_PASS, OUTCOME_UNKNOWN), OUTCOME_UNKNOWN,
           "unknown > pass");
    is_int(outcome_join(OUTCOME_FAIL, OUTCOME_BROKEN), OUTCOME_FAIL, "fail > broken");
    is_int(outcome_join(OUTCOME_BROKEN, OUTCOME_PASS), OUTCOME_UNKNOWN,
           "broken is unknown");
    is_int(outcome_join(OUTCOME_NONE, OUTCOME_PASS), OUTCOME_PASS, "none says nothing");
    is_int(outcome_of(outcome_id(OUTCOME_BROKEN)), OUTCOME_BROKEN, "names read back");
    is_int(outcome_of("passed"), -1, "others do not");
}

static double uniform(void)
{
    return rand() / (RAND_MAX + 1.0);
}

/* A county of 2..12 schools with two indicators, a school rule, and limits near its CVs. */
static void random_county(struct make *m)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_indicator(m, "teachers_per_100", "teachers", 100, false);
    make_min(m, 0, "1", "1");
    make_min(m, 1, "0.5", "0.5");
    if (rand() % 2)
        make_school_rule(m, 1, "0.85");
    make_limits(m, (enum cv_applies)(rand() % 3), "0.50", "0.45");
    m->standard.campus_merge = rand() % 2;
    double spread = 0.5 + uniform();
    for (int n = 2 + rand() % 11; n > 0; n--) {
        bool nine = rand() % 3 == 0;
        size_t row = make_school(m, nine ? KIND_NINE_YEAR : KIND_PRIMARY,
                                 1 + rand() % 900, nine ? 1 + rand() % 500 : NAN, NAN);
        double pupils = m->col[FIELD_pupils_primary][row];
        make_set(m, row, FIELD_books, floor(pupils * (6 - 4 * spread * uniform()) + 5));
        make_set(m, row, FIELD_teachers_primary, 1 + floor(pupils * uniform() / 10));
        make_set(m, row, FIELD_teachers_junior, 1 + rand() % 40);
    }
}

static enum outcome verdict(struct make *m)
{
    make_eval(m, STAGE_PRIMARY);
    return m->result.outcome;
}

static void forget(struct make *m)
{
    static const enum field fields[] = {FIELD_books, FIELD_teachers_primary,
                                        FIELD_teachers_junior};
    size_t row = (size_t)rand() % m->data.n;
    enum field field = fields[rand() % 3];
    if (!isnan(m->col[field][row]))
        make_missing(m, row, field, MISSING_EMPTY);
}

/* Forgetting cells one by one: a verdict may only turn unknown, and stays so. */
static void forgetting(void)
{
    int wrong = 0, turned = 0, kept = 0;
    for (int round = 0; round < 600; round++) {
        struct make m;
        random_county(&m);
        enum outcome truth = verdict(&m), last = truth;
        for (int i = 0; i < 8; i++) {
            forget(&m);
            enum outcome now = verdict(&m);
            wrong += now != last && now != OUTCOME_UNKNOWN;
            turned += now != last;
            kept += m.data.n_missing && now == OUTCOME_FAIL;
            last = now;
        }
        make_done(&m);
    }
    is_int(wrong, 0, "forgetting a cell never turns a verdict but to unknown");
    ok(turned > 100 && kept > 100, "… it did %d times, and %d fails stood", turned, kept);
}

/* What fails with cells missing fails however they are filled in. */
static void proven(void)
{
    int wrong = 0, tried = 0;
    for (int round = 0; round < 600; round++) {
        struct make m;
        random_county(&m);
        for (int i = rand() % 5; i >= 0; i--)
            forget(&m);
        struct make full = m;
        bool fails = verdict(&m) == OUTCOME_FAIL;
        for (int i = 0; fails && i < 10; i++) {
            full = m;
            full.data.schools = full.schools;
            full.data.missing = full.missing;
            full.data.n_missing = 0;
            for (enum field f = 0; f < FIELD_COUNT; f++)
                full.data.col[f] = m.data.col[f] ? full.col[f] : NULL;
            for (size_t k = 0; k < m.data.n_missing; k++)
                full.col[m.missing[k].field][m.missing[k].school] =
                    rand() % 4 ? 1 + floor(uniform() * 3000) : 1;
            wrong += verdict(&full) != OUTCOME_FAIL;
            tried++;
        }
        make_done(&m);
    }
    is_int(wrong, 0, "a proven fail is a fail for every completion");
    ok(tried > 500, "… of which %d were tried", tried);
}

int main(void)
{
    srand(20250901);
    cannot_save();
    no_column();
    coverage();
    dropped();
    parts();
    vanished();
    divided();
    no_units();
    outcomes();
    forgetting();
    proven();
    return done_testing();
}
