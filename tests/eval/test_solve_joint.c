/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plan for a whole county is money and people for several things at once. With all of it the
 * county must pass, and with one unit less anywhere it must not: checked by evaluating the county
 * again, here by hand, for random counties of both standards.
 */
#include "eval/solve_joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/random.h"
#include "tap/tap.h"

static struct solve_joint joint(struct make *m)
{
    struct solve s = {&m->result, &m->options, m->arena};
    struct solve_joint j;
    if (solve_joint(&s, &j))
        bail("solve_joint failed");
    return j;
}

/* By hand: the columns themselves are changed and the county evaluated. */
static bool passes_with(const struct make *m, const struct solve_joint *j, size_t less,
                        struct make *copy)
{
    random_complete(m, 1, copy);
    for (size_t i = 0; i < j->n; i++)
        copy->col[j->additions[i].field][j->additions[i].row] +=
            j->additions[i].amount - (i == less);
    make_eval(copy, STAGE_PRIMARY);
    return copy->result.outcome == OUTCOME_PASS;
}

/* Two primary schools of 100 pupils, books 1 : 3 and computers 1 : 30. */
static void two_schools(struct make *m, enum cv_applies applies, const char *limit)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_indicator(m, "computers_per_100", "computers", 100, true);
    m->standard.has_stage[STAGE_JUNIOR] = false;
    make_limits(m, applies, limit, limit);
    for (int i = 0; i < 2; i++) {
        size_t row = make_school(m, KIND_PRIMARY, 100, NAN, NAN);
        make_set(m, row, FIELD_books, i ? 300 : 100);
        make_set(m, row, FIELD_computers, i ? 30 : 1);
    }
    make_eval(m, STAGE_PRIMARY);
}

static void golden(void)
{
    struct make m;
    two_schools(&m, CV_EACH, "0.25");
    struct solve_joint j = joint(&m);
    is_int(j.status, SOLVE_SOLVED, "books and computers are over: both are bought");
    is_int((long long)j.n, 2, "for the poorer school");
    /* books: test_solve.c; (30 - x) / (30 + x) prints 0.250 from 17.98 on */
    is_dbl(j.additions[0].amount, 80, 0, "80 books");
    is_dbl(j.additions[1].amount, 17, 0, "17 computers");
    is_int(j.after->outcome, OUTCOME_PASS, "… which brings the county back");
    is_dbl(m.col[FIELD_books][0], 100, 0, "the county itself is as it was");
    make_limits(&m, CV_EACH, "0.95", "0.95");
    make_eval(&m, STAGE_PRIMARY);
    is_int(joint(&m).status, SOLVE_INSIDE, "inside: nothing is needed");
    make_done(&m);

    /* 0.5 and 0.935: no computers bring the mean to 0.1, and no books */
    two_schools(&m, CV_COMPOSITE, "0.10");
    j = joint(&m);
    is_int(j.status, SOLVE_SOLVED, "a composite that no indicator brings down alone");
    is_int((long long)j.n, 2, "two do");
    is_int(j.after->stages[0].composite.outcome, OUTCOME_PASS, "… together");
    make_limits(&m, CV_COMPOSITE, "0.30", "0.30");
    make_eval(&m, STAGE_PRIMARY);
    j = joint(&m);
    is_int((long long)j.n, 1, "where one is enough");
    is_int((long long)j.additions[0].field, FIELD_computers, "… the farthest out is it");
    make_limits(&m, CV_BOTH, "0.30", "0.30");
    make_eval(&m, STAGE_PRIMARY);
    j = joint(&m);
    is_int(j.status, SOLVE_SOLVED, "each and the composite");
    is_int((long long)j.n, 2, "… both are raised");
    make_done(&m);
}

static void refusals(void)
{
    static double x[] = {1, 3};
    static const struct extra_column given = {.header = "books_per_pupil", .values = x};
    struct make m;
    two_schools(&m, CV_EACH, "0.25");
    m.data.col[FIELD_books] =
        NULL; /* a form gave values: there are no amounts to raise */
    m.data.extra = &given;
    m.data.n_extra = 1;
    make_eval(&m, STAGE_PRIMARY);
    struct solve_joint j = joint(&m);
    is_int(j.status, SOLVE_NO_REACH, "what cannot be raised is out of reach");
    is_int((long long)j.n, 1, "… the rest is told");
    is_int(j.after->outcome, OUTCOME_FAIL, "… and that it is not enough");
    make_done(&m);
    two_schools(&m, CV_EACH, "0.25");
    make_missing(&m, 0, FIELD_books, MISSING_EMPTY);
    make_eval(&m, STAGE_PRIMARY);
    j = joint(&m);
    is_int(j.status, SOLVE_MISSING, "a missing cell: nobody knows");
    ok(!j.after || j.after->outcome != OUTCOME_PASS, "… and nothing is a pass");
    make_done(&m);
    two_schools(&m, CV_EACH, "0.25");
    m.data.rows_dropped = 1;
    make_eval(&m, STAGE_PRIMARY);
    j = joint(&m);
    is_int(j.status, SOLVE_INCOMPLETE, "an incomplete round passes with nothing");
    is_int((long long)j.n, 0, "… so nothing is proposed");
    make_done(&m);
    two_schools(&m, CV_EACH, "0.95");
    m.standard.has_stage[STAGE_JUNIOR] = true;
    make_eval(&m, STAGE_PRIMARY);
    is_int(joint(&m).status, SOLVE_UNDEFINED, "a stage without schools");
    make_done(&m);
}

struct tally {
    int solved, hopeless, wrong, idle, differs; /* idle: one unit less would do */
    int raised;                                 /* additions */
};

static bool same(const struct solve_joint *a, const struct solve_joint *b)
{
    return a->status == b->status && a->n == b->n &&
           (!a->n ||
            memcmp(a->additions, b->additions, a->n * sizeof *a->additions) == 0);
}

static void check(struct make *m, struct make *copy, struct tally *t)
{
    struct solve_joint j = joint(m), again = joint(m);
    t->differs += !same(&j, &again);
    if (j.status == SOLVE_INSIDE) {
        t->wrong += m->result.outcome != OUTCOME_PASS;
        return;
    }
    if (j.status != SOLVE_SOLVED) {
        t->hopeless++;
        t->wrong += j.after && j.after->outcome == OUTCOME_PASS;
        return;
    }
    t->solved++;
    t->raised += (int)j.n;
    t->wrong += !passes_with(m, &j, SIZE_MAX, copy);
    for (size_t i = 0; i < j.n; i++) {
        t->idle += passes_with(m, &j, i, copy);
        t->wrong += j.additions[i].amount < 1 ||
                    j.additions[i].amount != floor(j.additions[i].amount);
    }
}

static void random_counties(void (*shape)(struct make *m), bool plain, const char *what)
{
    struct tally t = {0};
    for (int round = 0; round < 25; round++) {
        struct make m, copy;
        shape(&m);
        make_init(&copy);
        size_t n = (size_t)random_from(4, 12);
        if (plain)
            random_plain_schools(&m, n, 1.5 + random_uniform());
        else
            random_schools(&m, n, 1.5 + random_uniform());
        make_eval(&m, STAGE_PRIMARY);
        check(&m, &copy, &t);
        make_done(&m);
        make_done(&copy);
    }
    is_int(t.wrong, 0, what);
    is_int(t.idle, 0, "… one unit less anywhere is not enough");
    is_int(t.differs, 0, "… the same question has the same answer");
    ok(t.solved >= 15, "… %d plans with %d additions, %d hopeless", t.solved, t.raised,
       t.hopeless);
}

int main(void)
{
    srand(20251123);
    golden();
    refusals();
    random_counties(random_quality, true, "quality: the plan is enough");
    random_counties(random_quality, false, "… with combined schools");
    random_counties(random_basic, true, "basic: the plan is enough");
    random_counties(random_basic, false, "… with combined schools");
    return done_testing();
}
