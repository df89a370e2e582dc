/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/solve.h"

#include <math.h>

#include <junheng/plugin.h>

#include "eval/lever.h"
#include "eval/pour.h"
#include "eval/simulate.h"
#include "eval/solve_try.h"

enum { WINDOW_MAX = 4096 };
static const double CELL_MAX = 1e12;

const char *solve_status_id(enum solve_status status)
{
    static const char *const ids[] = {"solved",    "inside", "missing",     "incomplete",
                                      "undefined", "others", "out_of_reach"};
    return ids[status];
}

bool solve_judged(const struct standard *st)
{
    return st->applies != CV_NONE;
}

/* One figure being brought inside. */
struct search {
    const struct solve *s;
    size_t stage, indicator;
    struct pour pour;
    struct pour_school *schools;
    const struct lever *levers; /* by unit; no share: nothing can be added */
    double *added;              /* by unit */
    struct solve_try try;
};

/* ---- may there be an answer? -------------------------------------------------------------- */

static bool own_judged(const struct standard *st)
{
    return st->applies == CV_EACH || st->applies == CV_BOTH;
}

static bool composite_judged(const struct standard *st)
{
    return st->applies == CV_COMPOSITE || st->applies == CV_BOTH;
}

static bool inside(const struct county_result *r, size_t stage, size_t indicator)
{
    const struct stage_result *s = &r->stages[stage];
    if (own_judged(r->standard) && s->figures[indicator].outcome != OUTCOME_PASS)
        return false;
    return !composite_judged(r->standard) || s->composite.outcome == OUTCOME_PASS;
}

/* Why a figure has no CV. SOLVE_SOLVED: it has one. */
static enum solve_status known(const struct figure *f)
{
    if (!isnan(f->cv))
        return SOLVE_SOLVED;
    return f->n_missing || isnan(f->mean) ? SOLVE_MISSING : SOLVE_UNDEFINED;
}

/* Is what would be raised part of another indicator, too? */
static bool field_of_another(const struct standard *st, size_t indicator,
                             enum stage stage)
{
    enum field raised = lever_field(st, indicator, stage);
    for (size_t k = 0; k < st->n_indicators; k++) {
        const struct indicator *ind = &st->indicators[k];
        for (size_t t = 0; k != indicator && t < ind->n_terms; t++)
            if (ind->terms[t].field + (ind->terms[t].staged ? stage : 0) == raised)
                return true;
    }
    return false;
}

/* Would the composite be over its limit even if this indicator had a CV of 0? */
static bool others_are_over(const struct county_result *r, const struct stage_result *s,
                            size_t indicator)
{
    const struct standard *st = r->standard;
    double sum = 0;
    bool borderline;
    if (!composite_judged(st) || field_of_another(st, indicator, s->stage))
        return false;
    for (size_t k = 0; k < st->n_indicators; k++)
        sum += k == indicator ? 0 : s->figures[k].cv;
    return !eval_within(sum / (double)st->n_indicators, st->limit[s->stage],
                        st->rounding.cv, st->rounding.raw, &borderline);
}

static enum solve_status prospects(const struct county_result *r, size_t stage,
                                   size_t indicator)
{
    const struct stage_result *s = &r->stages[stage];
    if (!s->n_units)
        return SOLVE_UNDEFINED;
    if (inside(r, stage, indicator))
        return SOLVE_INSIDE;
    for (size_t k = 0; k < r->standard->n_indicators; k++) {
        bool needed = k == indicator || composite_judged(r->standard);
        enum solve_status status = needed ? known(&s->figures[k]) : SOLVE_SOLVED;
        if (status != SOLVE_SOLVED)
            return status;
    }
    if (!r->complete)
        return SOLVE_INCOMPLETE;
    return others_are_over(r, s, indicator) ? SOLVE_OTHERS : SOLVE_SOLVED;
}

/* ---- the figure ---------------------------------------------------------------------------- */

/* The largest CV that still passes, a hair above rather than below: eval_county() decides. */
static double target_cv(const struct county_result *r, const struct stage_result *s,
                        size_t indicator)
{
    const struct standard *st = r->standard;
    double limit = decimal_double(st->limit[s->stage]),
           step = pow(10, -(double)st->rounding.cv);
    double most = st->rounding.raw ? limit : (floor(limit / step + 1e-9) + 0.5) * step;
    double own = own_judged(st) ? most : INFINITY;
    if (composite_judged(st)) {
        double rest = (double)st->n_indicators * most;
        for (size_t k = 0; k < st->n_indicators; k++)
            rest -= k == indicator ? 0 : s->figures[k].cv;
        own = fmin(own, rest);
    }
    return fmax(own, 0) + 1e-12;
}

static int search_init(struct search *x)
{
    const struct county_result *r = x->s->result;
    const struct stage_result *s = &r->stages[x->stage];
    struct lever *levers = arena_array(x->s->arena, s->n_units, sizeof *levers);
    x->schools = arena_array(x->s->arena, s->n_units, sizeof *x->schools);
    x->added = arena_array(x->s->arena, s->n_units, sizeof *x->added);
    x->levers = levers;
    if (!levers || !x->schools || !x->added)
        return JH_ENOMEM;
    for (size_t i = 0; i < s->n_units; i++) {
        struct pour_school *school = &x->schools[i];
        bool has = lever_find(r, x->stage, i, x->indicator, &levers[i]);
        bool is_known = !isnan(s->units[i].raw[x->indicator]);
        school->x = is_known ? s->units[i].raw[x->indicator] : 0;
        school->pupils = is_known ? s->units[i].pupils : 1e-9; /* weighs nothing */
        school->share = has && is_known ? levers[i].share : 0;
    }
    x->pour = (struct pour){x->schools, s->n_units, target_cv(r, s, x->indicator)};
    return solve_try_init(&x->try, x->s);
}

/* Is it enough to add what x->added says? */
static int try_added(struct search *x, bool *ret_inside)
{
    size_t n = 0;
    for (size_t i = 0; i < x->pour.n; i++) {
        if (!(x->added[i] > 0))
            continue;
        const struct lever *lever = &x->levers[i];
        x->try.list[n++] = (struct solve_addition){.unit = (uint32_t)i,
                                                   .row = lever->row,
                                                   .field = lever->field,
                                                   .indicator = x->indicator,
                                                   .amount = x->added[i]};
    }
    x->try.n = n;
    struct county_result after;
    int rc = solve_try(&x->try, &after);
    if (!rc)
        *ret_inside = inside(&after, x->stage, x->indicator);
    return rc;
}

static int try_total(struct search *x, double total, bool *ret_inside)
{
    pour_units(&x->pour, total, x->added);
    return try_added(x, ret_inside);
}

/* Steps that double, then halving: *ret_total is enough and one less is not, or infinite. */
static int bracket(struct search *x, double least, double *ret_total)
{
    double low = fmax(least - 1, 0), high = low, step = 1;
    bool enough = false;
    int rc = 0;
    while (!rc && !enough && high < CELL_MAX) {
        low = high;
        high = fmin(high + step, CELL_MAX);
        step *= 2;
        rc = try_total(x, high, &enough);
    }
    bool found = enough;
    while (!rc && found && high - low > 1) {
        double mid = floor(low + (high - low) / 2);
        rc = try_total(x, mid, &enough);
        *(enough ? &high : &low) = mid;
    }
    *ret_total = found ? high : INFINITY;
    return rc;
}

/*
 * With whole units more is not always better (the odd teacher must go somewhere), so smaller
 * totals may do, too: those between the least there can be and what was found are tried.
 */
static int smaller(struct search *x, double least, double *total)
{
    double window = least > 0 ? WINDOW_MAX : 2 * (double)x->pour.n + 16;
    double t = fmax(fmax(least, 1), *total - window);
    bool enough = false;
    int rc = 0;
    while (!rc && !enough && t < *total) {
        rc = try_total(x, t, &enough);
        t += !enough;
    }
    if (enough)
        *total = t;
    return rc;
}

/* Combined schools are shared out nearly, not exactly, best: is any single unit too many? */
static int drop_needless(struct search *x, double *total)
{
    bool enough = false;
    int rc = try_total(x, *total, &enough);
    for (size_t i = 0; !rc && i < x->pour.n; i++) {
        for (enough = true; !rc && enough && x->added[i] > 0;) {
            x->added[i]--;
            rc = try_added(x, &enough);
            *total -= enough;
            x->added[i] += !enough;
        }
    }
    return rc ? rc : try_added(x, &enough);
}

int solve_figure(const struct solve *s, size_t stage, size_t indicator,
                 struct solve_answer *ret)
{
    struct solve_answer out = {.stage = stage, .indicator = indicator, .total = NAN};
    struct search x = {.s = s, .stage = stage, .indicator = indicator};
    double total = 0;
    out.status = prospects(s->result, stage, indicator);
    int rc = out.status == SOLVE_SOLVED ? search_init(&x) : 0;
    if (rc || out.status != SOLVE_SOLVED)
        goto out;
    double least = floor(pour_least(&x.pour));
    rc = bracket(&x, least, &total);
    if (!rc && isinf(total))
        out.status = SOLVE_NO_REACH;
    if (rc || isinf(total))
        goto out;
    rc = smaller(&x, least, &total);
    if (!rc)
        rc = drop_needless(&x, &total);
    out.total = total;
    if (!rc)
        rc = solve_try_keep(&x.try, &out);
out:
    solve_try_done(&x.try);
    if (!rc)
        *ret = out;
    return rc;
}
