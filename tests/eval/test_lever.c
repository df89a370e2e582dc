/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "How many teachers are missing?" is answered with a number that a county then hires: one too
 * few leaves the school below, one too many is money for nothing.
 */
#include "eval/lever.h"

#include <math.h>
#include <stdlib.h>

#include "eval/explain.h"
#include "eval/random.h"
#include "tap/tap.h"

static struct decimal least(const char *text)
{
    struct decimal d = {0};
    for (; *text; text++)
        d.n = *text == '.' ? d.n : d.n * 10 + (*text - '0');
    d.scale = 1;
    return d;
}

static void which(void)
{
    struct make m;
    struct lever lever;
    random_quality(&m);
    random_schools(&m, 3, 0);
    make_eval(&m, STAGE_PRIMARY);
    ok(lever_find(&m.result, 0, 0, 0, &lever), "teachers can be added");
    is_int(lever.field, FIELD_above_qual_teachers_primary, "… to the stage's column");
    lever_find(&m.result, 0, 0, 3, &lever);
    is_int(lever.field, FIELD_teaching_area, "a - b: a is raised");
    lever_find(&m.result, 0, 0, 4, &lever);
    is_int(lever.field, FIELD_sports_ground_area,
           "a + b: not a where another indicator subtracts it");
    ok(!lever_whole(FIELD_teaching_area) && !lever_whole(FIELD_equipment_value) &&
           lever_whole(FIELD_above_qual_teachers_primary) && lever_whole(FIELD_books),
       "people, rooms and books are whole, m2 and yuan are not");
    make_missing(&m, 0, FIELD_sports_ground_area, MISSING_EMPTY);
    make_eval(&m, STAGE_PRIMARY);
    ok(!lever_find(&m.result, 0, 0, 4, &lever), "a missing cell cannot be raised");
    make_done(&m);
}

static void shares(void)
{
    struct make m;
    struct lever lever;
    random_basic(&m);
    size_t row = make_school(&m, KIND_NINE_YEAR, 166, 210, NAN);
    make_set(&m, row, FIELD_books, 0);
    make_eval(&m, STAGE_PRIMARY);
    lever_find(&m.result, 0, 0, 4, &lever);
    is_dbl(lever.share, 166 / 397.0, 1e-15, "a nine-year school: what comes to primary");
    is_dbl(lever_lack(&m.result, 0, 0, 4, &lever, least("10.0")), 3969, 0,
           "… so it needs 397/166 as many: 3970, or 3969, which print as 10.00");
    row = make_school(&m, KIND_NINE_YEAR, 166, 210, NAN);
    m.schools[1].code = m.codes[0];
    m.schools[0].campus = "a";
    m.schools[1].campus = "b";
    make_set(&m, 1, FIELD_pupils_junior, NAN);
    make_set(&m, 1, FIELD_books, 0);
    make_eval(&m, STAGE_PRIMARY);
    lever_find(&m.result, 0, 0, 4, &lever);
    is_int(lever.row, 1, "of merged campuses the one that gives most");
    is_dbl(lever.share, 1, 0, "… all of it");
    make_done(&m);
}

static void lacks(void)
{
    struct make m;
    struct explain_lack *list;
    size_t n;
    make_init(&m);
    make_min(&m, make_indicator(&m, "teachers_per_100", "teachers", 100, false), "4.2",
             "5.3");
    make_min(&m, make_indicator(&m, "ground_per_pupil", "sports_ground_area", 1, true),
             "7.5", "10.2");
    for (int i = 0; i < 3; i++)
        make_school(&m, KIND_PRIMARY, 1000, NAN, NAN);
    make_set(&m, 0, FIELD_teachers_primary, 40);
    make_set(&m, 1, FIELD_teachers_primary, 42);
    make_set(&m, 2, FIELD_teachers_primary, 0);
    make_set(&m, 0, FIELD_sports_ground_area, 7000.25);
    make_set(&m, 1, FIELD_sports_ground_area, 7496);
    make_missing(&m, 2, FIELD_sports_ground_area, MISSING_EMPTY);
    make_eval(&m, STAGE_PRIMARY);
    explain_lacks(&m.result, 0, 0, m.arena, &list, &n);
    is_int((long long)n, 2, "the schools below the line");
    is_dbl(list[0].amount, 2, 0, "40 teachers of 42: 2 are missing");
    is_dbl(list[1].amount, 42, 0, "none of 42: all are");
    is_int(list[1].unit, 2, "… of the third school");
    explain_lacks(&m.result, 0, 1, m.arena, &list, &n);
    is_int((long long)n, 1, "7.496 prints 7.50; a missing cell is not below");
    is_dbl(list[0].amount, 499.75, 0, "area: exactly what is missing");
    is_int(list[0].field, FIELD_sports_ground_area, "… of what");
    make_set(&m, 0, FIELD_pupils_primary, 990); /* 4.2 of 100 are 41.58 */
    make_eval(&m, STAGE_PRIMARY);
    explain_lacks(&m.result, 0, 0, m.arena, &list, &n);
    is_dbl(list[0].amount, 2, 0, "people come whole");
    make_done(&m);
}

static void everybody(void)
{
    int wrong = 0, tried = 0;
    double sum = 0;
    for (int round = 0; round < 200; round++) {
        struct make m;
        random_quality(&m);
        random_schools(&m, (size_t)random_from(3, 12), 2);
        const struct stage_result *s = make_eval(&m, STAGE_PRIMARY);
        for (size_t k = 0; k < 7; k++) {
            struct explain_lack *list;
            struct explain_share *shares;
            size_t n, n_shares;
            double all = 0;
            explain_shares(&m.result, 0, k, m.arena, &shares, &n_shares);
            for (size_t i = 0; i < n_shares; i++)
                all += shares[i].share;
            sum = fmax(sum, s->figures[k].cv > 0 ? fabs(all - 1) : 0);
            explain_lacks(&m.result, 0, k, m.arena, &list, &n);
            for (size_t i = 0; i < n; i++) {
                struct lever lever;
                struct decimal min = m.standard.indicators[k].min[STAGE_PRIMARY];
                lever_find(&m.result, 0, list[i].unit, k, &lever);
                double units = lever_units(&m.result, 0, list[i].unit, k, &lever, min);
                struct make more;
                make_init(&more);
                for (int less = 0; less < 2; less++) {
                    random_complete(&m, 1, &more);
                    more.col[lever.field][lever.row] += units - less;
                    const struct stage_result *t = make_eval(&more, STAGE_PRIMARY);
                    bool below = t->units[list[i].unit].below >> k & 1;
                    wrong += below != less;
                }
                wrong += lever_whole(lever.field) && list[i].amount != units;
                tried++;
                make_done(&more);
            }
        }
        make_done(&m);
    }
    is_int(wrong, 0, "what is missing is enough, and one less is not");
    ok(tried > 500, "… of %d schools", tried);
    is_dbl(sum, 0, 1e-14, "the shares of each figure sum to 1");
}

int main(void)
{
    srand(20251122);
    which();
    shares();
    lacks();
    everybody();
    return done_testing();
}
