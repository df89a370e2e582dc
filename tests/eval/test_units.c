/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is counted, and with what: exclusion, owners, campuses, combined schools. A school too
 * many or too few changes every figure of its county.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/make.h"
#include "eval/split.h"
#include "tap/tap.h"

static void books(struct make *m)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
}

static size_t school(struct make *m, enum kind kind, double primary, double junior,
                     double senior, double n_books)
{
    size_t row = make_school(m, kind, primary, junior, senior);
    make_set(m, row, FIELD_books, n_books);
    return row;
}

static void exclusion(void)
{
    struct make m;
    books(&m);
    m.standard.exclude[0] = (struct exclude){1u << KIND_SPECIAL | 1u << KIND_SENIOR, 0,
                                             "kind", "kind is not counted"};
    m.standard.exclude[1] = (struct exclude){
        1u << KIND_TEACHING_POINT, 50, "pupils_below", "teaching_point below 50 pupils"};
    m.standard.n_exclude = 2;
    m.standard.owners = 1u << 7 | 1u << 8;
    school(&m, KIND_PRIMARY, 400, NAN, NAN, 2000);
    school(&m, KIND_TEACHING_POINT, 49, NAN, NAN, 9000);
    school(&m, KIND_TEACHING_POINT, 50, NAN, NAN, 300);
    school(&m, KIND_SPECIAL, 80, 30, NAN, 9000);
    m.schools[school(&m, KIND_PRIMARY, 300, NAN, NAN, 9000)].owner = 10;
    school(&m, KIND_PRIMARY, 0, NAN, NAN, 9000);
    school(&m, KIND_SENIOR, NAN, NAN, 700, 9000);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int((long long)s->n_units, 2, "a school and a teaching point of 50 stay");
    is_dbl(s->pupils, 450, 0, "… with their pupils");
    is_dbl(s->figures[0].mean, 2300.0 / 450, 1e-15, "… and their books");
    is_int((long long)m.result.n_excluded, 4,
           "who is left out is listed, where it has pupils");
    is_str(m.result.excluded[0].rule, "pupils_below", "by size");
    is_str(m.result.excluded[0].reason, "teaching_point below 50 pupils", "… in words");
    is_str(m.result.excluded[1].rule, "kind", "by kind");
    is_str(m.result.excluded[2].rule, "owner", "by owner");
    is_int(m.result.excluded[3].stage, STAGE_JUNIOR, "at each stage");
    m.options.own_owners = 1u << 10;
    is_dbl(make_eval(&m, STAGE_PRIMARY)->pupils, 300, 0,
           "a county's own list replaces it");
    m.standard.owners = 0;
    is_dbl(make_eval(&m, STAGE_PRIMARY)->pupils, 750, 0, "… where there is one");
    make_done(&m);
}

/* A county with a nine-year school; the published split by itself. */
static void nine_year(void)
{
    struct make m;
    books(&m);
    school(&m, KIND_PRIMARY, 400, NAN, NAN, 2000);
    school(&m, KIND_JUNIOR, NAN, 300, NAN, 2100);
    size_t nine = school(&m, KIND_NINE_YEAR, 166, 210, NAN, 3000);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int((long long)s->n_units, 2, "a nine-year school is a primary unit");
    is_dbl(s->units[1].raw[0], 1254.408060, 1e-6, "… with its share");
    is_dbl(s->figures[0].mean, 5.749837563, 1e-9, "mean");
    is_dbl(s->figures[0].cv, 0.202435917, 1e-9, "CV");
    s = make_eval(&m, STAGE_JUNIOR);
    is_dbl(s->units[1].raw[0], 1745.591940, 1e-6, "and a junior one");
    is_dbl(s->figures[0].mean, 7.540376352, 1e-9, "mean");
    is_dbl(s->figures[0].cv, 0.085655310, 1e-9, "CV");
    make_set(&m, nine, FIELD_books, 23226);
    is_dbl(make_eval(&m, STAGE_PRIMARY)->units[1].raw[0], 23226.0 * 166 / 397, 1e-6,
           "12.4");
    is_dbl(make_eval(&m, STAGE_JUNIOR)->units[1].raw[0], 23226.0 * 231 / 397, 1e-6,
           "12.4");
    make_done(&m);
}

static void senior(void)
{
    struct make m;
    books(&m);
    school(&m, KIND_JUNIOR, NAN, 300, NAN, 3000);
    size_t middle = school(&m, KIND_COMPLETE_SECONDARY, NAN, 500, 500, 11000);
    const struct stage_result *s = make_eval(&m, STAGE_JUNIOR);
    is_dbl(s->units[1].raw[0], 5000, 1e-9, "the junior part of a secondary school");
    make_missing(&m, middle, FIELD_pupils_senior, MISSING_EMPTY);
    s = make_eval(&m, STAGE_JUNIOR);
    ok(isnan(s->units[1].raw[0]), "senior pupils not given: never all of it");
    is_int(s->outcome, OUTCOME_UNKNOWN, "… unknown");
    is_int((long long)s->figures[0].n_missing, 1, "… and listed");
    is_str(field_id(s->figures[0].missing[0].field), "pupils_senior",
           "… by what is missing");
    is_int(s->figures[0].missing[0].line, 3, "… with its line");
    m.data.col[FIELD_pupils_senior] = NULL;
    m.data.n_missing = 0;
    s = make_eval(&m, STAGE_JUNIOR);
    is_str(s->figures[0].missing[0].reason, "column absent", "no column at all: said so");
    is_int(s->figures[0].missing[0].line, 0, "… without a line");
    m.schools[middle].stage = STAGE_JUNIOR;
    s = make_eval(&m, STAGE_JUNIOR);
    is_dbl(s->units[1].raw[0], 11000, 0, "a row of one stage is not split");
    make_done(&m);
}

static void staged(void)
{
    struct make m;
    make_init(&m);
    make_indicator(&m, "teachers", "teachers", 100, false);
    size_t nine = make_school(&m, KIND_NINE_YEAR, 200, 100, NAN);
    make_set(&m, nine, FIELD_teachers_primary, 10);
    make_set(&m, nine, FIELD_teachers_junior, 8);
    is_dbl(make_eval(&m, STAGE_PRIMARY)->units[0].value[0], 5, 0, "teachers go by stage");
    is_dbl(make_eval(&m, STAGE_JUNIOR)->units[0].value[0], 8, 0, "… per hundred pupils");
    make_done(&m);
}

/* A sum with a minus: what indoor sports rooms take from the teaching area. */
static void difference(void)
{
    struct make m;
    make_init(&m);
    size_t k = make_indicator(&m, "teaching_area_per_pupil", "teaching_area", 1, true);
    struct indicator *ind = &m.standard.indicators[k];
    ind->terms[ind->n_terms].field = FIELD_indoor_sports_area;
    ind->terms[ind->n_terms++].sign = -1;
    size_t row = make_school(&m, KIND_NINE_YEAR, 166, 210, NAN);
    make_set(&m, row, FIELD_teaching_area, 4000);
    make_set(&m, row, FIELD_indoor_sports_area, 1000);
    is_dbl(make_eval(&m, STAGE_PRIMARY)->units[0].raw[0], 1254.408060, 1e-6,
           "deduct, then split");
    make_missing(&m, row, FIELD_indoor_sports_area, MISSING_BAD);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    ok(isnan(s->units[0].raw[0]), "half of a difference is no amount");
    is_str(s->figures[0].missing[0].reason, "not a number", "the bad cell is named");
    make_done(&m);
}

static size_t campus(struct make *m, const char *name, double primary, double junior,
                     double n_books)
{
    size_t row = school(m, KIND_NINE_YEAR, primary, junior, NAN, n_books);
    m->schools[row].code = "2134000001";
    m->schools[row].campus = name;
    return row;
}

static void campuses(void)
{
    struct make m;
    books(&m);
    campus(&m, "A", 300, NAN, 3000); /* one stage only: not split */
    campus(&m, "B", 100, 100, 2100);
    size_t hall = campus(&m, "C", 0, 0, 100); /* nobody: goes with the whole school */
    size_t other = school(&m, KIND_PRIMARY, 600, NAN, NAN, 1200);
    m.schools[other].code = "2134000002";
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int((long long)s->n_units, 3, "campuses count by themselves");
    m.standard.campus_merge = true;
    s = make_eval(&m, STAGE_PRIMARY);
    is_int((long long)s->n_units, 2, "… or as one school");
    is_dbl(s->units[0].pupils, 400, 0, "pupils add up");
    is_dbl(s->units[0].raw[0], 3000 + 1000 + 100 * 400.0 / 510, 1e-9, "amounts add up");
    s = make_eval(&m, STAGE_JUNIOR);
    is_dbl(s->units[0].raw[0], 1100 + 100 * 110.0 / 510, 1e-9, "the other stage's share");
    is_int(s->units[0].school, 1, "the first campus with pupils stands for it");
    make_missing(&m, hall, FIELD_books, MISSING_EMPTY);
    s = make_eval(&m, STAGE_PRIMARY);
    ok(isnan(s->units[0].raw[0]), "a campus's missing cell makes the school's missing");
    is_int((long long)s->figures[0].n_missing, 1, "listed once");
    is_int(s->figures[0].missing[0].school, (long long)hall, "… with its row");
    make_indicator(&m, "teachers", "teachers", 100, false);
    size_t lone = m.data.n - 1;
    make_set(&m, 0, FIELD_teachers_primary, 10);
    make_set(&m, 1, FIELD_teachers_primary, 6);
    make_set(&m, hall, FIELD_teachers_primary, 0);
    make_set(&m, lone, FIELD_teachers_primary, 20);
    make_set(&m, 1, FIELD_teachers_junior, 7);
    make_set(&m, hall, FIELD_teachers_junior, 0);
    s = make_eval(&m, STAGE_JUNIOR);
    is_dbl(s->units[0].raw[1], 7, 0, "a campus without juniors owes no junior teachers");
    make_set(&m, 0, FIELD_teachers_junior, 2);
    is_dbl(make_eval(&m, STAGE_JUNIOR)->units[0].raw[1], 9, 0,
           "but what it gives counts");
    m.standard.exclude[0] =
        (struct exclude){1u << KIND_NINE_YEAR, 401, "pupils_below", ""};
    m.standard.n_exclude = 1;
    is_int((long long)make_eval(&m, STAGE_PRIMARY)->n_units, 1,
           "merged first, then excluded");
    m.standard.exclude[0].pupils_below = 400;
    is_int((long long)make_eval(&m, STAGE_PRIMARY)->n_units, 2,
           "by the size of the whole");
    make_done(&m);
}

/* The form gives values instead of amounts. */
static void given(void)
{
    struct make m;
    books(&m);
    size_t a = make_school(&m, KIND_PRIMARY, 100, NAN, NAN);
    size_t b = make_school(&m, KIND_PRIMARY, 100, NAN, NAN);
    size_t nine = make_school(&m, KIND_NINE_YEAR, 100, 100, NAN);
    double values[MAKE_ROWS] = {5, 15, 10};
    struct extra_column extra = {.header = "books_per_pupil", .values = values};
    m.data.extra = &extra;
    m.data.n_extra = 1;
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_dbl(s->units[a].raw[0], 500, 0, "x = X P / per");
    is_dbl(s->units[b].value[0], 15, 0, "the value comes back");
    ok(isnan(s->units[nine].raw[0]), "not for a row of two stages");
    extra.header = "生均图书（册）";
    extra.folded = "生均图书(册)";
    m.standard.indicators[0].title = "生均 图书（册）";
    s = make_eval(&m, STAGE_PRIMARY);
    is_dbl(s->units[b].value[0], 15, 0, "or by the title, however its brackets are set");
    make_set(&m, b, FIELD_books, 900);
    is_dbl(make_eval(&m, STAGE_PRIMARY)->units[b].value[0], 9, 0, "raw amounts win");
    make_done(&m);
}

static void unreadable_pupils(void)
{
    struct make m;
    books(&m);
    school(&m, KIND_PRIMARY, 100, NAN, NAN, 100);
    school(&m, KIND_PRIMARY, 100, NAN, NAN, 120);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_PASS, "passes");
    size_t c = school(&m, KIND_JUNIOR, NAN, 100, NAN, 100);
    make_missing(&m, c, FIELD_pupils_primary, MISSING_BAD);
    const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
    is_int(s->outcome, OUTCOME_UNKNOWN, "an unreadable enrolment: nobody knows");
    make_set(&m, 0, FIELD_books, 9000);
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_UNKNOWN,
           "… not even of a fail");
    make_set(&m, 0, FIELD_books, 100);
    ok(isnan(split_share(&m.data, c, STAGE_JUNIOR)), "it cannot be split");
    m.missing[0].why = MISSING_EMPTY;
    is_dbl(split_share(&m.data, c, STAGE_JUNIOR), 1, 0, "an empty one is none");
    is_int(make_eval(&m, STAGE_PRIMARY)->outcome, OUTCOME_PASS, "an empty one is none");
    make_done(&m);
}

int main(void)
{
    exclusion();
    nine_year();
    senior();
    staged();
    difference();
    campuses();
    given();
    unreadable_pupils();
    return done_testing();
}
