/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answer is money and people. It must be enough, and one unit less must not be: checked
 * by evaluating the county again, here by hand, for random counties of both standards.
 */
#include "eval/solve.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/random.h"
#include "tap/tap.h"

static struct solve_answer figure(struct make *m, size_t stage, size_t indicator)
{
    struct solve s = {&m->result, &m->options, m->arena};
    struct solve_answer a;
    if (solve_figure(&s, stage, indicator, &a))
        bail("solve_figure failed");
    return a;
}

static struct solve_answer schools(struct make *m, size_t stage, uint32_t only)
{
    struct solve s = {&m->result, &m->options, m->arena};
    struct solve_answer a;
    if (solve_schools(&s, stage, only, &a))
        bail("solve_schools failed");
    return a;
}

/* 1 : 3 of 100 pupils each: CV 0.5. */
static void two_schools(struct make *m, const char *limit)
{
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    m->standard.has_stage[STAGE_JUNIOR] = false;
    make_limits(m, CV_EACH, limit, limit);
    make_set(m, make_school(m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books, 100);
    make_set(m, make_school(m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books, 300);
    make_eval(m, STAGE_PRIMARY);
}

static void golden(void)
{
    struct make m;
    two_schools(&m, "0.25");
    struct solve_answer a = figure(&m, 0, 0);
    /* (300-x)/(300+x) prints 0.250 from x = 179.89 on: 79.89 more */
    is_int(a.status, SOLVE_SOLVED, "books can be bought");
    is_dbl(a.total, 80, 0, "80 of them");
    is_int((long long)a.n, 1, "for one school");
    is_int(a.additions[0].row, 0, "… the poorer");
    is_dbl(a.after->stages[0].figures[0].cv, 120 / 480.0, 1e-15, "… which gives 0.25");
    is_int(a.after->outcome, OUTCOME_PASS, "… and brings the county back");
    is_dbl(m.col[FIELD_books][0], 100, 0, "the county itself is as it was");
    make_done(&m);
    two_schools(&m, "0.50");
    is_int(figure(&m, 0, 0).status, SOLVE_INSIDE, "inside: nothing is needed");
    make_limits(&m, CV_EACH, "0", "0");
    make_eval(&m, STAGE_PRIMARY);
    is_dbl(figure(&m, 0, 0).total, 200, 1,
           "a limit of 0: all alike, as the form prints it");
    make_done(&m);
}

static void refusals(void)
{
    struct make m;
    two_schools(&m, "0.25");
    make_missing(&m, make_school(&m, KIND_PRIMARY, 10, NAN, NAN), FIELD_books,
                 MISSING_EMPTY);
    make_eval(&m, STAGE_PRIMARY);
    is_int(figure(&m, 0, 0).status, SOLVE_MISSING, "a missing cell: nobody knows");
    m.data.n_missing = 0;
    for (size_t i = 0; i < 3; i++)
        make_set(&m, i, FIELD_books, 0);
    make_eval(&m, STAGE_PRIMARY);
    is_int(figure(&m, 0, 0).status, SOLVE_UNDEFINED, "nobody has any: no CV");
    make_done(&m);
    two_schools(&m, "0.25");
    m.data.rows_dropped = 1;
    make_eval(&m, STAGE_PRIMARY);
    is_int(figure(&m, 0, 0).status, SOLVE_INCOMPLETE,
           "a row was dropped: it cannot pass");
    make_done(&m);
    two_schools(&m, "0.25");
    make_indicator(&m, "computers", "computers", 100, true);
    make_set(&m, 0, FIELD_computers, 1);
    make_set(&m, 1, FIELD_computers, 30);
    make_limits(&m, CV_COMPOSITE, "0.40", "0.40");
    make_eval(&m, STAGE_PRIMARY);
    is_int(figure(&m, 0, 0).status, SOLVE_OTHERS,
           "computers alone are 0.94 / 2: no books help");
    struct solve_answer a = figure(&m, 0, 1);
    is_int(a.status, SOLVE_SOLVED, "computers do");
    ok(a.after->stages[0].composite.outcome == OUTCOME_PASS, "… to the composite");
    make_limits(&m, CV_NONE, "1", "1");
    ok(!solve_judged(&m.standard), "no limits, nothing to solve");
    make_done(&m);
    make_init(&m);
    make_indicator(&m, "books_per_pupil", "books", 1, true);
    make_eval(&m, STAGE_PRIMARY);
    is_int(figure(&m, 0, 0).status, SOLVE_UNDEFINED, "no schools");
    make_done(&m);
}

/* A form gave the value itself: nobody knows how many books there are. */
static void values_only(void)
{
    static double x[] = {1, 3};
    static const struct extra_column given = {.header = "books_per_pupil", .values = x};
    struct make m;
    two_schools(&m, "0.25");
    m.data.col[FIELD_books] = NULL;
    m.data.extra = &given;
    m.data.n_extra = 1;
    make_eval(&m, STAGE_PRIMARY);
    is_dbl(m.result.stages[0].figures[0].cv, 0.5, 1e-15, "a form that gives values");
    is_int(figure(&m, 0, 0).status, SOLVE_NO_REACH, "… has no amounts to add to");
    make_done(&m);
}

static bool passes(const struct make *m, size_t stage, size_t indicator)
{
    const struct stage_result *s = &m->result.stages[stage];
    return m->standard.applies == CV_COMPOSITE
               ? s->composite.outcome == OUTCOME_PASS
               : s->figures[indicator].outcome == OUTCOME_PASS;
}

struct tally {
    int solved, others, wrong, idle; /* idle: one unit less would do */
    int split;                       /* answers with combined schools in them */
    double total;
};

/* By hand: the columns themselves are changed and the county evaluated. */
static bool passes_with(const struct make *m, const struct solve_answer *a, size_t less,
                        struct make *copy)
{
    random_complete(m, 1, copy);
    for (size_t i = 0; i < a->n; i++)
        copy->col[a->additions[i].field][a->additions[i].row] +=
            a->additions[i].amount - (i == less);
    make_eval(copy, STAGE_PRIMARY);
    return passes(copy, a->stage, a->indicator);
}

static void check(struct make *m, const struct solve_answer *a, struct make *copy,
                  struct tally *t)
{
    double sum = 0;
    if (a->status != SOLVE_SOLVED) {
        t->others += a->status == SOLVE_OTHERS;
        t->wrong += a->status != SOLVE_OTHERS && a->status != SOLVE_INSIDE;
        return;
    }
    t->solved++;
    t->wrong += !passes_with(m, a, SIZE_MAX, copy);
    for (size_t i = 0; i < a->n; i++) {
        sum += a->additions[i].amount;
        t->idle += passes_with(m, a, i, copy);
        t->split += m->schools[a->additions[i].row].kind == KIND_NINE_YEAR;
    }
    t->wrong += sum != a->total;
    t->total += sum;
}

static void random_counties(void (*shape)(struct make *m), bool plain, const char *what)
{
    struct tally t = {0};
    for (int round = 0; round < 30; round++) {
        struct make m, copy;
        shape(&m);
        make_init(&copy);
        size_t n = (size_t)random_from(4, 14);
        double spread = 1.2 + random_uniform();
        if (plain)
            random_plain_schools(&m, n, spread);
        else
            random_schools(&m, n, spread);
        make_eval(&m, STAGE_PRIMARY);
        for (size_t stage = 0; stage < m.result.n_stages; stage++)
            for (size_t k = 0; k < m.standard.n_indicators; k++) {
                if (!m.result.stages[stage].n_units)
                    continue;
                struct solve_answer a = figure(&m, stage, k);
                check(&m, &a, &copy, &t);
            }
        make_done(&m);
        make_done(&copy);
    }
    is_int(t.wrong, 0, what);
    is_int(t.idle, 0, "… one unit less for any school is not enough");
    ok(t.solved >= 20 && (plain || t.split > 10),
       "… %d answers, %d additions to combined schools, %d hopeless", t.solved, t.split,
       t.others);
}

/* A stricter limit never costs less; the same question has the same answer. */
static void monotone(void)
{
    static const char *const limits[] = {"0.6", "0.5", "0.4", "0.3", "0.2", "0.1"};
    int less = 0, differs = 0, solved = 0;
    for (int round = 0; round < 30; round++) {
        struct make m;
        double last = 0;
        random_quality(&m);
        random_plain_schools(&m, (size_t)random_from(4, 12), 2);
        for (size_t i = 0; i < 6; i++) {
            make_limits(&m, CV_EACH, limits[i], limits[i]);
            make_eval(&m, STAGE_PRIMARY);
            struct solve_answer a = figure(&m, 0, 0), b = figure(&m, 0, 0);
            if (a.status != SOLVE_SOLVED)
                continue;
            solved++;
            less += a.total < last;
            last = a.total;
            differs += a.n != b.n ||
                       memcmp(a.additions, b.additions, a.n * sizeof *a.additions) != 0;
        }
        make_done(&m);
    }
    is_int(less, 0, "a stricter limit never costs less");
    is_int(differs, 0, "the same question, the same answer");
    ok(solved > 60, "… %d times", solved);
}

/* ---- the school rule ----------------------------------------------------------------------- */

static void six_of_seven(void)
{
    struct make m;
    random_quality(&m);
    size_t row = make_school(&m, KIND_PRIMARY, 2000, NAN, NAN);
    static const struct {
        enum field field;
        double v;
    } cells[] = {
        {FIELD_above_qual_teachers_primary, 84}, {FIELD_backbone_teachers_primary, 20},
        {FIELD_pe_arts_teachers_primary, 18},    {FIELD_teaching_area, 9000},
        {FIELD_indoor_sports_area, 0},           {FIELD_sports_ground_area, 15000},
        {FIELD_equipment_value, 4000000},        {FIELD_multimedia_classrooms, 46}};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        make_set(&m, row, cells[i].field, cells[i].v);
    make_eval(&m, STAGE_PRIMARY);
    is_int(schools(&m, 0, 0).status, SOLVE_INSIDE,
           "all at their minimum: nothing needed");

    make_set(&m, row, FIELD_teaching_area, 7640); /* 3.82 < 3.825 */
    make_eval(&m, STAGE_PRIMARY);
    struct solve_answer a = schools(&m, 0, 0);
    is_int(a.status, SOLVE_SOLVED, "one miss under the floor");
    is_int((long long)a.n, 1, "… is raised");
    is_dbl(a.additions[0].amount, 10, 0, "… to the floor: 3.825 prints as 3.83");
    is_int(a.after->stages[0].units[0].outcome, OUTCOME_PASS, "… and the school passes");

    make_set(&m, row, FIELD_above_qual_teachers_primary, 80); /* 4.00 < 4.2 */
    make_eval(&m, STAGE_PRIMARY);
    a = schools(&m, 0, 0);
    is_int((long long)a.n, 2,
           "two misses: one is raised, the other may stay at the floor");
    is_int(a.additions[0].field, FIELD_above_qual_teachers_primary, "teachers");
    is_dbl(a.additions[0].amount, 4, 0, "… to the minimum, which lacks least");
    is_dbl(a.additions[1].amount, 10, 0, "area to the floor");
    a = schools(&m, 0, 1 << 3);
    is_dbl(a.additions[0].amount, 1350, 0,
           "only area may be raised: to its minimum, 4.495 a pupil prints 4.50");
    is_int(a.after->stages[0].units[0].outcome, OUTCOME_PASS, "… which does, too");
    a = schools(&m, 0, 1 << 6);
    is_int(a.status, SOLVE_OTHERS, "rooms alone do not help");
    is_int((long long)a.unsolved, 1, "… and the school is counted");
    make_missing(&m, row, FIELD_multimedia_classrooms, MISSING_EMPTY);
    make_eval(&m, STAGE_PRIMARY);
    is_int(schools(&m, 0, 0).status, SOLVE_MISSING, "a missing cell: nobody knows");
    make_done(&m);
}

static void random_rules(void)
{
    int failing = 0, idle = 0, tried = 0;
    for (int round = 0; round < 40; round++) {
        struct make m, copy;
        random_quality(&m);
        make_init(&copy);
        random_schools(&m, (size_t)random_from(3, 10), 1.5);
        make_eval(&m, STAGE_PRIMARY);
        for (size_t stage = 0; stage < 2; stage++) {
            struct solve_answer a = schools(&m, stage, 0);
            for (size_t less = 0; less <= a.n; less++) {
                passes_with(&m, &a, less < a.n ? less : SIZE_MAX, &copy);
                const struct stage_result *s = &copy.result.stages[stage];
                for (size_t i = 0; less == a.n && i < s->n_units; i++)
                    failing += s->units[i].outcome != OUTCOME_PASS;
                if (less < a.n)
                    idle += s->units[a.additions[less].unit].outcome == OUTCOME_PASS;
                tried++;
            }
        }
        make_done(&m);
        make_done(&copy);
    }
    is_int(failing, 0, "with what is added every school keeps the rule");
    is_int(idle, 0, "with one less anywhere it does not");
    ok(tried > 300, "… tried %d times", tried);
}

int main(void)
{
    srand(20251122);
    golden();
    refusals();
    values_only();
    random_counties(random_quality, true, "quality: what is added is enough");
    random_counties(random_quality, false, "… with combined schools");
    random_counties(random_basic, true, "basic, the composite: what is added is enough");
    random_counties(random_basic, false, "… with combined schools");
    monotone();
    six_of_seven();
    random_rules();
    is_str(solve_status_id(SOLVE_NO_REACH), "out_of_reach", "statuses have names");
    return done_testing();
}
