/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which schools a milder rule is for, on both sides of every boundary of domain texts (50 and
 * 100 pupils, 2010 and 2016, half migrants, classes below 30), and unknown where a cell is
 * missing: a relaxation given by mistake is a false all-clear.
 */
#include <math.h>

#include "eval/filter.h"
#include "eval/make.h"
#include "tap/tap.h"

static const struct school_filter ANY = {.boarding = -1, .dense_centre = -1};

static void asks(struct make *m, const struct school_filter *f, size_t row,
                 enum filter_match want, const char *name)
{
    is_int(filter_matches(f, &m->data, row), want, name);
}

/* 「50人及以上但不足100人的农村小规模学校和教学点」 */
static void pupils(void)
{
    struct make m;
    make_init(&m);
    struct school_filter f = ANY;
    f.pupils_from = 50;
    f.pupils_below = 100;
    size_t small = make_school(&m, KIND_PRIMARY, 49, NAN, NAN);
    size_t from = make_school(&m, KIND_TEACHING_POINT, 50, NAN, NAN);
    size_t last = make_school(&m, KIND_PRIMARY, 99, NAN, NAN);
    size_t big = make_school(&m, KIND_PRIMARY, 100, NAN, NAN);
    size_t nine = make_school(&m, KIND_NINE_YEAR, 60, 40, NAN);
    size_t bad = make_school(&m, KIND_NINE_YEAR, 60, NAN, NAN);
    make_missing(&m, bad, FIELD_pupils_junior, MISSING_BAD);
    size_t huge = make_school(&m, KIND_NINE_YEAR, 100, NAN, NAN);
    make_missing(&m, huge, FIELD_pupils_junior, MISSING_BAD);
    asks(&m, NULL, big, FILTER_YES, "no filter is every school");
    asks(&m, &ANY, big, FILTER_YES, "one that asks for nothing, too");
    asks(&m, &f, small, FILTER_NO, "49 pupils");
    asks(&m, &f, from, FILTER_YES, "50 pupils");
    asks(&m, &f, last, FILTER_YES, "99 pupils");
    asks(&m, &f, big, FILTER_NO, "100 pupils");
    asks(&m, &f, nine, FILTER_NO, "both stages count: 60 and 40");
    asks(&m, &f, bad, FILTER_UNKNOWN, "a stage that cannot be read");
    asks(&m, &f, huge, FILTER_NO, "… when the other is not too many already");
    f.pupils_below = 0;
    asks(&m, &f, bad, FILTER_YES, "… or is enough by itself");
    make_done(&m);
}

/* Rows of one stage each, as forms have them, are one school; campuses are not. */
static void stage_rows(void)
{
    struct make m;
    make_init(&m);
    struct school_filter f = ANY;
    f.pupils_below = 100;
    for (int i = 0; i < 3; i++)
        make_school(&m, KIND_NINE_YEAR, i == 1 ? NAN : 60, i == 1 ? 40 : NAN, NAN);
    for (int i = 0; i < 3; i++)
        m.schools[i].code = "2134010001";
    m.schools[0].stage = STAGE_PRIMARY;
    m.schools[1].stage = STAGE_JUNIOR;
    m.schools[2].campus = "east";
    asks(&m, &f, 0, FILTER_NO, "the primary row counts the junior one");
    asks(&m, &f, 1, FILTER_NO, "and it the primary one");
    asks(&m, &f, 2, FILTER_YES, "a campus stands alone");
    is_int(filter_matches_rows(&f, &m.data, 2, 3), FILTER_YES, "… unless merged");
    is_int(filter_matches_rows(&f, &m.data, 0, 3), FILTER_NO, "… with the others");
    make_done(&m);
}

static void words(void)
{
    struct make m;
    make_init(&m);
    size_t row = make_school(&m, KIND_PRIMARY, 60, NAN, NAN);
    struct school *s = &m.schools[row];
    struct school_filter f = ANY;
    s->boarding = s->dense_centre = -1;
    f.kinds = 1u << KIND_PRIMARY;
    asks(&m, &f, row, FILTER_YES, "its kind");
    f.kinds = 1u << KIND_JUNIOR;
    asks(&m, &f, row, FILTER_NO, "another kind");
    f = ANY;
    f.settings = 1u << SETTING_RURAL;
    asks(&m, &f, row, FILTER_UNKNOWN, "no setting");
    f.owners = 1u << 10;
    asks(&m, &f, row, FILTER_NO, "… which does not matter: another owner");
    f.owners = 1u << 7;
    s->setting = SETTING_RURAL;
    asks(&m, &f, row, FILTER_YES, "rural, the county's own");
    s->setting = SETTING_TOWN;
    asks(&m, &f, row, FILTER_NO, "in a town");
    f = ANY;
    f.built_until = 2016;
    asks(&m, &f, row, FILTER_UNKNOWN, "no year");
    s->built_year = 2016;
    asks(&m, &f, row, FILTER_YES, "built in 2016");
    s->built_year = 2017;
    asks(&m, &f, row, FILTER_NO, "built in 2017");
    f = ANY;
    f.dense_centre = 1;
    asks(&m, &f, row, FILTER_UNKNOWN, "it does not say whether it lies in the centre");
    s->dense_centre = 1;
    asks(&m, &f, row, FILTER_YES, "it does");
    s->dense_centre = 0;
    asks(&m, &f, row, FILTER_NO, "it does not");
    f = ANY;
    f.boarding = 0;
    s->boarding = 1;
    asks(&m, &f, row, FILTER_NO, "a boarding school where none is asked for");
    s->boarding = 0;
    asks(&m, &f, row, FILTER_YES, "none");
    make_done(&m);
}

/* 「最大班额低于30人」 */
static void classes(void)
{
    struct make m;
    make_init(&m);
    struct school_filter f = ANY;
    f.largest_class_below = 30;
    size_t a = make_school(&m, KIND_NINE_YEAR, 60, 40, NAN);
    asks(&m, &f, a, FILTER_UNKNOWN, "no column");
    make_set(&m, a, FIELD_largest_class_primary, 29);
    asks(&m, &f, a, FILTER_UNKNOWN, "29, and the other stage does not say");
    make_set(&m, a, FIELD_largest_class_junior, 29);
    asks(&m, &f, a, FILTER_YES, "29 in both");
    make_set(&m, a, FIELD_largest_class_junior, 30);
    asks(&m, &f, a, FILTER_NO, "30 is not below 30");
    make_set(&m, a, FIELD_largest_class_primary, NAN);
    asks(&m, &f, a, FILTER_NO, "… whatever the other is");
    make_set(&m, a, FIELD_largest_class_junior, 0);
    asks(&m, &f, a, FILTER_UNKNOWN, "nobody sits in classes of nobody");
    size_t b = make_school(&m, KIND_PRIMARY, 60, NAN, NAN);
    make_set(&m, b, FIELD_largest_class_primary, 29);
    asks(&m, &f, b, FILTER_YES, "a stage without pupils need not say");
    make_done(&m);
}

/* 「进城务工人员随迁子女占比超过50%的学校」: by counts, so that half is not more than half. */
static void migrants(void)
{
    struct make m;
    make_init(&m);
    struct school_filter f = ANY;
    f.has_migrant_share = true;
    f.migrant_share_above = (struct decimal){50, 2};
    size_t a = make_school(&m, KIND_NINE_YEAR, 1500, 999, NAN);
    asks(&m, &f, a, FILTER_UNKNOWN, "no column");
    make_set(&m, a, FIELD_migrant_pupils_primary, 1250);
    make_set(&m, a, FIELD_migrant_pupils_junior, 0);
    asks(&m, &f, a, FILTER_YES, "1250 of 2499");
    make_set(&m, a, FIELD_pupils_junior, 1000);
    asks(&m, &f, a, FILTER_NO, "1250 of 2500 are half, not more");
    make_set(&m, a, FIELD_migrant_pupils_primary, 1251);
    asks(&m, &f, a, FILTER_YES, "1251 are");
    make_set(&m, a, FIELD_migrant_pupils_junior, NAN);
    asks(&m, &f, a, FILTER_YES, "… whatever the juniors are");
    make_set(&m, a, FIELD_migrant_pupils_primary, 300);
    asks(&m, &f, a, FILTER_UNKNOWN, "300, and the juniors could make it more");
    make_set(&m, a, FIELD_migrant_pupils_primary, 250);
    asks(&m, &f, a, FILTER_NO, "250, and they could not");
    make_set(&m, a, FIELD_migrant_pupils_primary, 1501);
    make_set(&m, a, FIELD_migrant_pupils_junior, 0);
    asks(&m, &f, a, FILTER_UNKNOWN, "more than there are pupils says nothing");
    make_done(&m);
}

static void ways(void)
{
    struct make m;
    make_init(&m);
    struct school_filter other = ANY, f = ANY;
    other.built_until = 2010;
    f.kinds = 1u << KIND_JUNIOR;
    f.or_else = &other;
    size_t row = make_school(&m, KIND_PRIMARY, 60, NAN, NAN);
    asks(&m, &f, row, FILTER_UNKNOWN, "one way says no, the other does not know");
    m.schools[row].built_year = 2010;
    asks(&m, &f, row, FILTER_YES, "one way is enough");
    m.schools[row].built_year = 2011;
    asks(&m, &f, row, FILTER_NO, "none");
    make_done(&m);
}

int main(void)
{
    pupils();
    stage_rows();
    words();
    classes();
    migrants();
    ways();
    return done_testing();
}
