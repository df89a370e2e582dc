/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county asks why it slipped: pupils who moved, or resources it lost? Parts that do not add
 * up, or that depend on an order nobody chose, would be no answer.
 */
#include "eval/change.h"

#include <math.h>
#include <stdlib.h>

#include "eval/random.h"
#include "tap/tap.h"

/* Two primary schools of 100 pupils with 100 and 300 books: CV 0.5. */
static void county(struct make *m)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_set(m, make_school(m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books, 100);
    make_set(m, make_school(m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books, 300);
}

static struct stage_change compare(struct make *now, struct make *then)
{
    struct stage_change c;
    make_eval(now, STAGE_PRIMARY);
    make_eval(then, STAGE_PRIMARY);
    if (change_stage(&now->result, &then->result, 0, now->arena, &c))
        bail("change_stage failed");
    return c;
}

static void one_cause(void)
{
    struct make now, then;
    county(&now);
    county(&then);
    struct change c = compare(&now, &then).figures[0];
    is_dbl(c.before, 0.5, 1e-15, "before");
    is_dbl(c.after - c.before, 0, 0, "nothing changed");
    is_dbl(fabs(c.enrolment) + fabs(c.resource) + fabs(c.schools), 0, 0, "… by nothing");

    make_set(&now, 0, FIELD_books, 300);
    c = compare(&now, &then).figures[0];
    is_dbl(c.resource, -0.5, 1e-15, "only books were added: all of it is resources");
    is_dbl(fabs(c.enrolment) + fabs(c.schools), 0, 0, "… and nothing else");

    make_set(&now, 0, FIELD_books, 100);
    make_set(&now, 0, FIELD_pupils_primary, 300);
    c = compare(&now, &then).figures[0];
    is_dbl(c.enrolment, c.after - 0.5, 1e-15, "only pupils came: all of it is enrolment");
    is_dbl(fabs(c.resource) + fabs(c.schools), 0, 0, "… and nothing else");
    make_done(&now);
    make_done(&then);
}

static void who_came(void)
{
    struct make now, then;
    county(&now);
    county(&then);
    make_set(&now, make_school(&now, KIND_PRIMARY, 50, NAN, NAN), FIELD_books, 900);
    now.schools[1].code = "2134000009"; /* the second one is gone, two others came */
    now.schools[2].code = "2134000010";
    struct stage_change c = compare(&now, &then);
    is_int((long long)c.n_came, 2, "two came");
    is_int((long long)c.n_went, 1, "one went");
    is_int(c.came[0], 1, "… the units that came");
    is_int(c.went[0], 1, "… the unit that went");
    is_dbl(c.figures[0].schools, c.figures[0].after - 0.5, 1e-15,
           "all of the change is schools that came or went");
    is_dbl(fabs(c.figures[0].enrolment) + fabs(c.figures[0].resource), 0, 1e-15,
           "… and nothing else");
    make_done(&now);
    make_done(&then);
}

/* By hand: pupils 100 to 300 and books 100 to 600 of the first school. */
static void two_causes(void)
{
    struct make now, then;
    double p[] = {300, 100}, q[] = {100, 100}, x[] = {600, 300}, y[] = {100, 300};
    county(&now);
    county(&then);
    make_set(&now, 0, FIELD_pupils_primary, 300);
    make_set(&now, 0, FIELD_books, 600);
    struct change c = compare(&now, &then).figures[0];
    double none = 0.5, both = 0, one = 0;
    for (int i = 0; i < 2; i++) { /* two schools: CV^2 = P sum(x^2/P)/S^2 - 1 */
        both += x[i] * x[i] / p[i] * 400 / (900.0 * 900);
        one += y[i] * y[i] / p[i] * 400 / (400.0 * 400);
    }
    double other = (x[0] * x[0] / q[0] + x[1] * x[1] / q[1]) * 200 / (900.0 * 900);
    both = sqrt(both - 1);
    one = sqrt(one - 1);
    other = sqrt(other - 1);
    is_dbl(c.enrolment, (one - none + both - other) / 2, 1e-15,
           "enrolment: the mean of coming first and coming last");
    is_dbl(c.resource, (other - none + both - one) / 2, 1e-15, "resources the same");
    make_done(&now);
    make_done(&then);
}

static void unknown(void)
{
    struct make now, then;
    county(&now);
    county(&then);
    make_indicator(&now, "computers", "computers", 100, true);
    make_indicator(&then, "computers", "computers", 100, true);
    make_missing(&then, 0, FIELD_books, MISSING_EMPTY);
    struct stage_change c = compare(&now, &then);
    ok(isnan(c.figures[0].before) && isnan(c.figures[0].resource),
       "a round with a missing cell: no change is told");
    ok(isnan(c.figures[1].after), "a column that is not there: none either");
    ok(isnan(c.composite.after), "… nor of the composite");
    then.data.n = now.data.n = 0;
    c = compare(&now, &then);
    ok(isnan(c.figures[0].after) && !c.n_came, "no schools at all");
    make_done(&now);
    make_done(&then);
}

/* Then: another county of the same schools, some of them gone, others new. */
static void sums(void)
{
    double worst = 0, swapped = 0;
    int moved = 0;
    for (int round = 0; round < 300; round++) {
        struct make now, then;
        random_quality(&now);
        random_quality(&then);
        random_schools(&now, (size_t)random_from(3, 20), 1);
        random_schools(&then, (size_t)random_from(3, 20), 1.5);
        struct stage_change c = compare(&now, &then);
        for (size_t k = 0; k <= 7; k++) {
            struct change f = k < 7 ? c.figures[k] : c.composite;
            double sum = f.enrolment + f.resource + f.schools;
            worst = fmax(worst, fabs(f.after - f.before - sum));
            moved += fabs(f.enrolment) > 0.01 && fabs(f.resource) > 0.01;
        }
        struct change there = c.figures[2], back = compare(&then, &now).figures[2];
        swapped = fmax(swapped, fabs(there.enrolment + back.enrolment) +
                                    fabs(there.resource + back.resource));
        make_done(&now);
        make_done(&then);
    }
    is_dbl(worst, 0, 1e-14,
           "the three parts add up to the change, also of the composite");
    is_dbl(swapped, 0, 1e-14, "the way back is the opposite");
    ok(moved > 500, "… where %d figures had two causes", moved);
}

int main(void)
{
    srand(20251122);
    one_cause();
    two_causes();
    who_came();
    unknown();
    sums();
    return done_testing();
}
