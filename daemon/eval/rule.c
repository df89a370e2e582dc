/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/rule.h"

#include <math.h>

#include "eval/eval.h"
#include "eval/expr.h"
#include "eval/filter.h"

#define NOTHING                                                                          \
    {                                                                                    \
        .value = NAN, .limit = NAN                                                       \
    }

/* Whom a rule is asked of at the moment. */
struct asked {
    const struct subject *school; /* NULL: the county */
    uint32_t stages;              /* of the school */
};

static struct rule_answer judge(struct rule_case *c, const struct item_rule *rule,
                                const struct asked *asked);
/* The same when `each` is answered for: of the one that is asked. */
static struct rule_answer judge_here(struct rule_case *c, const struct item_rule *rule,
                                     const struct asked *asked);

/* The schools that the rule speaks of. */
static const struct subjects *schools_of(struct rule_ground *g,
                                         const struct item_rule *rule)
{
    struct subjects *who = &g->who[rule->everybody];
    if (!g->has_who[rule->everybody] &&
        subjects_build(g->standard, g->data, g->own_owners, rule->everybody, g->arena,
                       who) != 0)
        g->failed = true;
    g->has_who[rule->everybody] = true;
    return who;
}

/* ---- values ---------------------------------------------------------------------------- */

/* A comparison under evaluation: what it needs, and whether there is any of it. */
struct reading {
    struct rule_case *c;
    const struct item_rule *rule;
    const struct asked *asked;
    bool no_column, nobody;
    bool inputs, reported; /* some are asked for; some are reported */
};

/* Over the schools that the rule is for. Schools that are missing make it unknown. */
static double sum(struct reading *r, const struct expr_op *op)
{
    struct rule_ground *g = r->c->ground;
    const struct subjects *who = schools_of(g, r->rule);
    double total = g->complete ? 0 : NAN;
    bool any = false;
    for (size_t i = 0; i < who->n; i++) {
        const struct subject *s = &who->list[i];
        uint32_t stages = r->rule->stages ? s->stages & r->rule->stages : s->stages;
        enum filter_match m = FILTER_NO;
        if (stages || s->unclear)
            m = filter_matches_rows(r->rule->where, g->data, s->begin, s->end);
        if (m == FILTER_NO)
            continue;
        double v = subject_value(g->data, s, stages, op, &r->no_column);
        total += s->unclear || m == FILTER_UNKNOWN ? NAN : v;
        any = true;
    }
    r->nobody |= !any;
    return any ? total : NAN;
}

static double value_of(void *arg, const struct expr_op *op)
{
    struct reading *r = arg;
    switch (op->code) {
    case EXPR_INPUT:
        r->inputs = true;
        r->reported |= r->c->reported[op->input];
        return r->c->inputs[op->input];
    case EXPR_FIELD:
        return subject_value(r->c->ground->data, r->asked->school, r->asked->stages, op,
                             &r->no_column);
    default: /* EXPR_SUM */
        return sum(r, op);
    }
}

/* ---- comparisons ----------------------------------------------------------------------- */

/* Counts and decimals of forms: what differs by less differs by the arithmetic alone. */
static int compare_exact(double v, double limit)
{
    double slack = 1e-13 * fmax(fabs(v), fabs(limit));
    return v < limit - slack ? -1 : v > limit + slack;
}

static bool holds_exactly(enum rule_compare compare, double v, double limit)
{
    int d = compare_exact(v, limit);
    return compare == RULE_AT_LEAST  ? d >= 0
           : compare == RULE_AT_MOST ? d <= 0
           : compare == RULE_BELOW   ? d < 0
                                     : d > 0;
}

static bool holds(const struct rule_case *c, const struct item_rule *rule, double v,
                  double limit, bool *ret_borderline)
{
    bool raw = c->ground->standard->rounding.raw;
    unsigned digits = (unsigned)rule->digits;
    if (rule->digits < 0) {
        *ret_borderline = false;
        return holds_exactly(rule->compare, v, limit);
    }
    switch (rule->compare) {
    case RULE_AT_LEAST:
        return eval_reaches(v, rule->limit, digits, raw, ret_borderline);
    case RULE_AT_MOST:
        return eval_within(v, rule->limit, digits, raw, ret_borderline);
    case RULE_BELOW:
        return !eval_reaches(v, rule->limit, digits, raw, ret_borderline);
    default: /* RULE_ABOVE */
        return !eval_within(v, rule->limit, digits, raw, ret_borderline);
    }
}

static struct rule_answer compare(struct rule_case *c, const struct item_rule *rule,
                                  const struct asked *asked)
{
    struct reading r = {.c = c, .rule = rule, .asked = asked};
    struct rule_answer a = NOTHING;
    double v = rule->value.n ? expr_eval(&rule->value, value_of, &r) : c->given;
    double limit = rule->limit_expr.n ? expr_eval(&rule->limit_expr, value_of, &r)
                                      : decimal_double(rule->limit);
    bool own = !rule->value.n; /* the item's own number */
    a.absent = r.no_column || r.nobody || (r.inputs && !r.reported) || (own && isnan(v));
    bool county = !asked->school && !rule->limit_expr.n;
    if (a.absent && county && !isnan(c->given) && rule == c->item->rule) {
        v = c->given; /* nothing to compute it from, but the county gives the result */
        a.absent = r.nobody = false;
    }
    a.by = rule;
    a.value = v;
    a.limit = limit;
    a.nobody = r.nobody;
    if (r.nobody && rule->none_passes && c->ground->complete)
        a.outcome = OUTCOME_PASS;
    else if (isnan(v) || isnan(limit))
        a.outcome = OUTCOME_UNKNOWN;
    else
        a.outcome = holds(c, rule, v, limit, &a.borderline) ? OUTCOME_PASS : OUTCOME_FAIL;
    return a;
}

/* ---- rules of rules -------------------------------------------------------------------- */

struct tally {
    size_t pass, unknown, fail;
    bool under_floor;
    bool absent, doubtful;                    /* all of them */
    struct rule_answer first[OUTCOME_BROKEN]; /* of each outcome */
};

static bool under_floor(const struct rule_case *c, const struct item_rule *rule,
                        const struct item_rule *of, const struct rule_answer *a)
{
    struct item_rule milder = *of;
    bool borderline;
    if (!rule->has_floor || a->outcome != OUTCOME_FAIL ||
        decimal_mul(of->limit, rule->floor, &milder.limit) != 0)
        return false;
    return !holds(c, &milder, a->value, decimal_double(milder.limit), &borderline);
}

static struct tally take_all(struct rule_case *c, const struct item_rule *rule,
                             const struct asked *asked)
{
    struct tally t = {.absent = true, .doubtful = true};
    size_t seen[OUTCOME_BROKEN] = {0};
    for (size_t i = 0; i < rule->n_of; i++) {
        struct rule_answer a = judge(c, &rule->of[i], asked);
        if (a.outcome == OUTCOME_NONE)
            continue;
        if (a.doubtful && rule->form != RULE_ALL_OF)
            a.outcome = OUTCOME_UNKNOWN;
        t.under_floor |= under_floor(c, rule, &rule->of[i], &a);
        t.absent &= a.absent;
        t.doubtful &= a.doubtful;
        if (!seen[a.outcome]++)
            t.first[a.outcome] = a;
    }
    t.pass = seen[OUTCOME_PASS];
    t.unknown = seen[OUTCOME_UNKNOWN];
    t.fail = seen[OUTCOME_FAIL];
    return t;
}

static enum outcome n_of(const struct item_rule *rule, const struct tally *t)
{
    size_t n = (size_t)rule->n;
    if (t->under_floor || t->pass + t->unknown < n)
        return OUTCOME_FAIL;
    bool open = rule->has_floor && t->unknown; /* those may lie under their floor */
    return t->pass >= n && !open ? OUTCOME_PASS : OUTCOME_UNKNOWN;
}

static enum outcome combined(const struct item_rule *rule, const struct tally *t)
{
    switch (rule->form) {
    case RULE_ANY_OF:
        return t->pass ? OUTCOME_PASS : t->unknown ? OUTCOME_UNKNOWN : OUTCOME_FAIL;
    case RULE_KNOWN_OF:
        return t->fail ? OUTCOME_FAIL : t->pass ? OUTCOME_PASS : OUTCOME_UNKNOWN;
    case RULE_N_OF:
        return n_of(rule, t);
    default: /* RULE_ALL_OF */
        return t->fail ? OUTCOME_FAIL : t->unknown ? OUTCOME_UNKNOWN : OUTCOME_PASS;
    }
}

static struct rule_answer combine(struct rule_case *c, const struct item_rule *rule,
                                  const struct asked *asked)
{
    struct tally t = take_all(c, rule, asked);
    struct rule_answer a = NOTHING;
    if (!t.pass && !t.unknown && !t.fail)
        return a; /* none of it concerns the school */
    enum outcome outcome = combined(rule, &t);
    if (t.first[outcome].outcome == outcome)
        a = t.first[outcome];
    a.outcome = outcome;
    a.absent = t.absent;
    a.doubtful = t.doubtful;
    return a;
}

/* ---- each school ----------------------------------------------------------------------- */

static void note_school(struct rule_case *c, const struct subject *s, enum stage stage,
                        const struct rule_answer *a)
{
    struct arena *arena = c->ground->arena;
    if (c->n_schools == c->cap_schools) {
        size_t cap = c->cap_schools ? 2 * c->cap_schools : 16;
        struct item_school *more = arena_array(arena, cap, sizeof *more);
        if (!more) {
            c->ground->failed = true;
            return;
        }
        for (size_t i = 0; i < c->n_schools; i++)
            more[i] = c->schools[i];
        c->schools = more;
        c->cap_schools = cap;
    }
    c->schools[c->n_schools++] =
        (struct item_school){s->first, stage, a->outcome, a->value, a->limit};
}

/* ---- relaxations ----------------------------------------------------------------------- */

static void note_relaxed(struct rule_ground *g, const struct relaxation *relaxation,
                         const struct subject *s, enum stage stage)
{
    if (g->n_relaxed == g->cap_relaxed) {
        size_t cap = g->cap_relaxed ? 2 * g->cap_relaxed : 16;
        struct relaxed *more = arena_array(g->arena, cap, sizeof *more);
        if (!more) {
            g->failed = true;
            return;
        }
        for (size_t i = 0; i < g->n_relaxed; i++)
            more[i] = g->relaxed[i];
        g->relaxed = more;
        g->cap_relaxed = cap;
    }
    g->relaxed[g->n_relaxed++] = (struct relaxed){relaxation, s->first, stage};
}

/*
 * A school that does not meet the rule may meet the one that a relaxation puts in its place;
 * where it meets neither, what it misses is the milder one.
 */
static struct rule_answer relaxed_answer(struct rule_case *c, const struct subject *s,
                                         enum stage stage, const struct asked *asked,
                                         struct rule_answer strict)
{
    struct rule_ground *g = c->ground;
    struct rule_answer best = strict;
    bool milder = false;
    for (size_t i = 0; g->relax && i < g->standard->n_relaxations; i++) {
        const struct relaxation *r = &g->standard->relaxations[i];
        if (!r->rule || &g->standard->items[r->item] != c->item ||
            !relax_holds(g->relax, i, s->begin, s->end))
            continue;
        struct rule_answer a = judge_here(c, r->rule, asked);
        if (a.outcome == OUTCOME_PASS && !a.doubtful) {
            note_relaxed(g, r, s, stage);
            return a;
        }
        if (!milder && (a.outcome == OUTCOME_FAIL || a.outcome == OUTCOME_UNKNOWN))
            best = a;
        milder = true;
    }
    return best;
}

/* ---- census ---------------------------------------------------------------------------- */

/* What all schools so far come to. */
struct census {
    size_t n;
    enum outcome outcome;
    bool absent;
};

static void ask_school(struct rule_case *c, const struct item_rule *rule,
                       const struct subject *s, enum stage stage, struct census *census)
{
    struct asked asked = {s, stage == STAGE_NONE ? s->stages : UINT32_C(1) << stage};
    struct rule_answer a = judge_here(c, rule, &asked);
    if (a.outcome == OUTCOME_NONE)
        return;
    if (a.outcome != OUTCOME_PASS)
        a = relaxed_answer(c, s, stage, &asked, a);
    if (s->unclear)
        a.outcome = OUTCOME_UNKNOWN;
    census->n++;
    census->absent &= a.absent;
    census->outcome = outcome_join(census->outcome, a.outcome);
    if (a.outcome != OUTCOME_PASS)
        note_school(c, s, stage, &a);
}

static struct rule_answer each(struct rule_case *c, const struct item_rule *rule)
{
    const struct rule_ground *g = c->ground;
    const struct subjects *who = schools_of(c->ground, rule);
    struct census census = {0, OUTCOME_NONE, true};
    struct rule_answer a = NOTHING;
    for (size_t i = 0; i < who->n; i++) {
        const struct subject *s = &who->list[i];
        if (rule->each == EACH_SCHOOL || !s->stages) {
            ask_school(c, rule, s, STAGE_NONE, &census);
            continue;
        }
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
            if (s->stages >> stage & 1)
                ask_school(c, rule, s, stage, &census);
    }
    a.nobody = !census.n;
    a.absent = census.absent;
    a.outcome = census.n            ? census.outcome
                : rule->none_passes ? OUTCOME_PASS
                                    : OUTCOME_UNKNOWN;
    if (a.outcome == OUTCOME_PASS && !g->complete)
        a.outcome = OUTCOME_UNKNOWN;
    return a;
}

/* ---- any rule -------------------------------------------------------------------------- */

/* Whether it concerns the school asked: narrows the stages. */
static enum filter_match concerns(const struct rule_case *c, const struct item_rule *rule,
                                  struct asked *asked)
{
    const struct subject *s = asked->school;
    if (!s)
        return FILTER_YES;
    if (rule->stages) {
        asked->stages &= rule->stages;
        if (!asked->stages && !s->unclear)
            return FILTER_NO;
    }
    return filter_matches_rows(rule->where, c->ground->data, s->begin, s->end);
}

static struct rule_answer judge_here(struct rule_case *c, const struct item_rule *rule,
                                     const struct asked *asked)
{
    struct rule_answer a = NOTHING;
    struct asked whom = *asked;
    enum filter_match m = concerns(c, rule, &whom);
    if (m == FILTER_NO)
        return a;
    a = rule->form == RULE_COMPARE ? compare(c, rule, &whom) : combine(c, rule, &whom);
    if (m == FILTER_UNKNOWN && a.outcome == OUTCOME_FAIL)
        a.outcome = OUTCOME_UNKNOWN;
    a.doubtful |= m == FILTER_UNKNOWN;
    return a;
}

static struct rule_answer judge(struct rule_case *c, const struct item_rule *rule,
                                const struct asked *asked)
{
    return !asked->school && rule->each != EACH_COUNTY ? each(c, rule)
                                                       : judge_here(c, rule, asked);
}

struct rule_answer rule_judge(struct rule_case *c, const struct item_rule *rule)
{
    const struct asked county = {NULL, 0};
    return judge(c, rule, &county);
}
