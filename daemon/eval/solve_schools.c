/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include <junheng/plugin.h>

#include "eval/lever.h"
#include "eval/school_rule.h"
#include "eval/solve.h"
#include "eval/solve_try.h"

/* An indicator that a school misses. */
struct miss {
    size_t indicator;
    struct lever lever;
    bool may_raise;
    double to_min, to_floor; /* whole units */
    double saving; /* what leaving it at the floor saves, relative to the minimum */
    bool forgiven; /* the rule lets it be missed, but not under the floor */
};

struct schools {
    const struct solve *s;
    size_t stage;
    uint32_t only;
    struct school_rule rule;
    struct solve_try try;
    struct solve_answer *out;
};

/* What the school misses; false when nobody knows what it has. */
static bool list_misses(const struct schools *x, size_t unit, struct miss *list,
                        size_t *ret_n)
{
    const struct county_result *r = x->s->result;
    const struct stage_result *s = &r->stages[x->stage];
    const struct unit *u = &s->units[unit];
    size_t n = 0;
    for (size_t k = 0; k < r->standard->n_indicators; k++) {
        const struct indicator *ind = &r->standard->indicators[k];
        struct decimal min = ind->min[s->stage];
        if (ind->has_min[s->stage] && isnan(u->value[k]))
            return false;
        if (!(u->below >> k & 1))
            continue;
        struct miss m = {.indicator = k, .may_raise = !x->only || (x->only >> k & 1)};
        if (!lever_find(r, x->stage, unit, k, &m.lever))
            return false;
        m.to_min = lever_units(r, x->stage, unit, k, &m.lever, min);
        m.to_floor = lever_units(r, x->stage, unit, k, &m.lever, x->rule.floor[k]);
        m.saving = (m.to_min - m.to_floor) * m.lever.share * ind->per / u->pupils /
                   decimal_double(min);
        list[n++] = m;
    }
    *ret_n = n;
    return true;
}

/* The rule forgives the misses that may not be raised, then those that save most. */
static void forgive(struct miss *list, size_t n, int forgiven)
{
    for (; forgiven > 0; forgiven--) {
        struct miss *best = NULL;
        for (size_t i = 0; i < n; i++) {
            struct miss *m = &list[i];
            bool better = !best || (best->may_raise && !m->may_raise) ||
                          (best->may_raise == m->may_raise && m->saving > best->saving);
            if (!m->forgiven && better)
                best = m;
        }
        if (best)
            best->forgiven = true;
    }
}

/* Adds what one school needs; false when what may be raised is not enough for it. */
static bool add_school(struct schools *x, size_t unit, struct miss *list, size_t n)
{
    struct solve_try *t = &x->try;
    size_t before = t->n;
    for (size_t i = 0; i < n; i++) {
        double amount = list[i].forgiven ? list[i].to_floor : list[i].to_min;
        if (!(amount > 0))
            continue;
        if (!list[i].may_raise) {
            t->n = before;
            return false;
        }
        t->list[t->n++] = (struct solve_addition){.unit = (uint32_t)unit,
                                                  .row = list[i].lever.row,
                                                  .field = list[i].lever.field,
                                                  .indicator = list[i].indicator,
                                                  .amount = amount};
    }
    return true;
}

static void solve_school(struct schools *x, size_t unit)
{
    const struct standard *st = x->s->result->standard;
    struct miss list[STANDARD_INDICATORS_MAX];
    size_t n = 0;
    bool known = list_misses(x, unit, list, &n);
    if (known)
        forgive(list, n, x->rule.of - st->at_least);
    if (known && add_school(x, unit, list, n))
        return;
    x->out->unsolved++;
    if (x->out->status == SOLVE_SOLVED || !known)
        x->out->status = known ? SOLVE_OTHERS : SOLVE_MISSING;
}

/* Where two indicators count the same field, what one needs may serve the other. */
static int drop_needless(struct schools *x)
{
    struct solve_try *t = &x->try;
    size_t left = 0;
    int rc = 0;
    for (size_t i = 0; !rc && i < t->n; i++) {
        bool passes = true;
        while (!rc && passes && t->list[i].amount > 0) {
            struct county_result after;
            t->list[i].amount--;
            rc = solve_try(t, &after);
            passes = !rc && after.stages[x->stage].units[t->list[i].unit].outcome ==
                                OUTCOME_PASS;
            t->list[i].amount += !passes;
        }
    }
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].amount > 0)
            t->list[left++] = t->list[i];
    t->n = left;
    return rc;
}

/* Re-evaluated: schools that were to be helped and still do not pass are unsolved. */
static void check(struct schools *x)
{
    struct solve_answer *out = x->out;
    size_t failing = 0;
    if (!out->after)
        return;
    const struct stage_result *s = &out->after->stages[x->stage];
    for (size_t i = 0; i < s->n_units; i++)
        failing += s->units[i].outcome != OUTCOME_PASS;
    if (failing > out->unsolved && out->status == SOLVE_SOLVED)
        out->status = SOLVE_OTHERS;
    out->unsolved = failing;
}

static int solve_all(struct schools *x)
{
    const struct stage_result *s = &x->s->result->stages[x->stage];
    bool any = false;
    int rc = school_rule_init(&x->rule, x->s->result->standard, s->stage);
    if (!rc)
        rc = solve_try_init(&x->try, x->s);
    for (size_t i = 0; !rc && i < s->n_units; i++) {
        if (s->units[i].outcome == OUTCOME_PASS || s->units[i].outcome == OUTCOME_NONE)
            continue;
        any = true;
        solve_school(x, i);
    }
    if (!any)
        x->out->status = SOLVE_INSIDE;
    if (!rc)
        rc = drop_needless(x);
    if (!rc)
        rc = solve_try_keep(&x->try, x->out);
    if (!rc)
        check(x);
    return rc;
}

int solve_schools(const struct solve *s, size_t stage, uint32_t only,
                  struct solve_answer *ret)
{
    struct solve_answer out = {.stage = stage, .school_rule = true, .total = NAN};
    struct schools x = {.s = s, .stage = stage, .only = only, .out = &out};
    int rc = 0;
    if (!s->result->standard->has_school_rule)
        out.status = SOLVE_INSIDE;
    else
        rc = solve_all(&x);
    solve_try_done(&x.try);
    if (!rc)
        *ret = out;
    return rc;
}
