/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/solve_joint.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/simulate.h"

enum { ARENA_MAX = 1 << 30, TURNS = 8, CUTS_MAX = 64 };

struct joint {
    const struct solve *s;
    struct eval_options options; /* of tries: nobody asks for items */
    struct standard each;        /* the same, but every figure is judged by itself */
    struct arena *work;          /* of all the way */
    struct arena *scratch;       /* of one try */
    struct solve_addition *list; /* one for each cell that is raised */
    size_t n, room;
    const struct county_result *now; /* the county with the list */
    enum solve_status status;        /* why it cannot go on; SOLVED: nothing known */
};

static int joint_init(struct joint *j, const struct solve *s)
{
    const struct county_result *r = s->result;
    *j = (struct joint){.s = s,
                        .options = *s->options,
                        .each = *r->standard,
                        .work = arena_new(ARENA_MAX),
                        .scratch = arena_new(ARENA_MAX),
                        .now = r};
    j->options.figures_only = true;
    j->each.applies = CV_EACH;
    for (size_t i = 0; i < r->n_stages; i++)
        j->room += r->stages[i].n_units * r->standard->n_indicators;
    if (!j->work || !j->scratch)
        return JH_ENOMEM;
    j->list = arena_array(j->work, j->room, sizeof *j->list);
    return j->list ? 0 : JH_ENOMEM;
}

static void joint_done(struct joint *j)
{
    arena_free(j->work);
    arena_free(j->scratch);
}

/* ---- trying ---------------------------------------------------------------------------------- */

/* The county with the list as it is. */
static int evaluate(const struct joint *j, const struct eval_options *options,
                    struct arena *arena, struct county_result *ret)
{
    const struct county_result *r = j->s->result;
    struct dataset *data = arena_alloc(arena, sizeof *data);
    struct simulate_cell *cells = arena_array(arena, j->n, sizeof *cells);
    if (!data || !cells)
        return JH_ENOMEM;
    for (size_t i = 0; i < j->n; i++) {
        const struct solve_addition *a = &j->list[i];
        double v = dataset_value(r->data, a->field, a->row) + a->amount;
        cells[i] = (struct simulate_cell){a->row, a->field, v};
    }
    int rc = simulate(r->data, cells, j->n, arena, data);
    return rc ? rc : eval_county(r->standard, data, options, arena, ret);
}

static int passes(struct joint *j, bool *ret)
{
    struct county_result after;
    arena_reset(j->scratch);
    int rc = evaluate(j, &j->options, j->scratch, &after);
    if (!rc)
        *ret = after.outcome == OUTCOME_PASS;
    return rc;
}

/* ---- one answer upon the other --------------------------------------------------------------- */

static int raise_cell(struct joint *j, const struct solve_addition *a)
{
    for (size_t i = 0; i < j->n; i++) {
        if (j->list[i].row == a->row && j->list[i].field == a->field) {
            j->list[i].amount += a->amount;
            return 0;
        }
    }
    if (j->n == j->room)
        return JH_ENOMEM;
    j->list[j->n] = *a;
    j->list[j->n++].unit = 0;
    return 0;
}

/* Takes an answer in, or remembers why there is none. */
static int take(struct joint *j, const struct solve_answer *a)
{
    if (a->status != SOLVE_SOLVED) {
        if (a->status != SOLVE_INSIDE && j->status == SOLVE_SOLVED)
            j->status = a->status;
        return 0;
    }
    struct county_result *now = arena_alloc(j->work, sizeof *now);
    int rc = now ? 0 : JH_ENOMEM;
    for (size_t i = 0; !rc && i < a->n; i++)
        rc = raise_cell(j, &a->additions[i]);
    if (!rc)
        rc = evaluate(j, &j->options, j->work, now);
    if (!rc)
        j->now = now;
    return rc;
}

static bool judged_and_fails(const struct figure *f)
{
    return f->outcome != OUTCOME_NONE && f->outcome != OUTCOME_PASS;
}

/* The indicator to raise next: of those that matter the farthest out. -1: none is left. */
static int farthest(const struct joint *j, size_t stage, uint32_t tried)
{
    const struct stage_result *s = &j->now->stages[stage];
    bool any = judged_and_fails(&s->composite);
    int worst = -1;
    for (size_t k = 0; k < j->each.n_indicators; k++) {
        const struct figure *f = &s->figures[k];
        if (tried >> k & 1 || !(any || judged_and_fails(f)))
            continue;
        if (worst < 0 || isnan(f->cv) || f->cv > s->figures[worst].cv)
            worst = (int)k;
    }
    return worst;
}

/* Until the figure passes by itself, whatever becomes of the composite. */
static int solve_itself(struct joint *j, size_t stage, size_t indicator,
                        struct solve_answer *ret)
{
    struct county_result *itself = arena_alloc(j->work, sizeof *itself);
    int rc = itself ? eval_county(&j->each, j->now->data, &j->options, j->work, itself)
                    : JH_ENOMEM;
    struct solve s = {itself, &j->options, j->work};
    return rc ? rc : solve_figure(&s, stage, indicator, ret);
}

static int raise_figure(struct joint *j, size_t stage, size_t indicator)
{
    struct solve s = {j->now, &j->options, j->work};
    struct solve_answer a;
    int rc = solve_figure(&s, stage, indicator, &a);
    if (!rc && a.status == SOLVE_OTHERS)
        rc = solve_itself(j, stage, indicator, &a);
    return rc ? rc : take(j, &a);
}

static bool rule_fails(const struct stage_result *s)
{
    for (size_t i = 0; i < s->n_units; i++)
        if (s->units[i].outcome != OUTCOME_PASS && s->units[i].outcome != OUTCOME_NONE)
            return true;
    return false;
}

static int raise_stage(struct joint *j, size_t stage)
{
    int rc = 0;
    if (!j->now->stages[stage].n_units) {
        if (j->now->stages[stage].expected && j->status == SOLVE_SOLVED)
            j->status = SOLVE_UNDEFINED;
        return 0;
    }
    if (rule_fails(&j->now->stages[stage])) {
        struct solve s = {j->now, &j->options, j->work};
        struct solve_answer a;
        rc = solve_schools(&s, stage, 0, &a);
        if (!rc)
            rc = take(j, &a);
    }
    uint32_t tried = 0;
    for (int k; !rc && (k = farthest(j, stage, tried)) >= 0;) {
        tried |= UINT32_C(1) << k;
        rc = raise_figure(j, stage, (size_t)k);
    }
    return rc;
}

/* What one answer brings may undo another, so they are gone through again. */
static int raise_all(struct joint *j)
{
    int rc = 0;
    const struct county_result *last = NULL;
    for (int turn = 0; !rc && turn < TURNS && j->now != last; turn++) {
        last = j->now;
        if (last->outcome == OUTCOME_PASS)
            return 0;
        j->status = SOLVE_SOLVED;
        for (size_t i = 0; !rc && i < last->n_stages; i++)
            rc = raise_stage(j, i);
    }
    return rc;
}

/* ---- cutting down ---------------------------------------------------------------------------- */

/* With *amount the county passes: the least, as halving finds it, with which it does. */
static int cut_one(struct joint *j, double *amount, bool *cut)
{
    bool enough = false;
    double high = *amount, low = 0;
    *amount = high - 1;
    int rc = high > 0 ? passes(j, &enough) : 0;
    if (rc || !enough) {
        *amount = high;
        return rc;
    }
    *cut = true;
    high--;
    *amount = 0;
    rc = passes(j, &enough);
    if (enough)
        high = 0;
    while (!rc && high - low > 1) {
        *amount = floor(low + (high - low) / 2);
        rc = passes(j, &enough);
        *(enough ? &high : &low) = *amount;
    }
    *amount = high;
    return rc;
}

/* Where less of one thing allows less of another, again. */
static int cut_down(struct joint *j)
{
    bool cut = true;
    int rc = 0;
    for (int turn = 0; !rc && cut && turn < CUTS_MAX; turn++) {
        cut = false;
        for (size_t i = 0; !rc && i < j->n; i++)
            rc = cut_one(j, &j->list[i].amount, &cut);
    }
    size_t left = 0;
    for (size_t i = 0; i < j->n; i++)
        if (j->list[i].amount > 0)
            j->list[left++] = j->list[i];
    j->n = left;
    return rc;
}

/* ---- the plan -------------------------------------------------------------------------------- */

static int by_row(const void *a, const void *b)
{
    const struct solve_addition *x = a, *y = b;
    if (x->row != y->row)
        return x->row < y->row ? -1 : 1;
    if (x->indicator != y->indicator)
        return x->indicator < y->indicator ? -1 : 1;
    return (x->field > y->field) - (x->field < y->field);
}

static int keep(struct joint *j, struct solve_joint *out)
{
    struct arena *arena = j->s->arena;
    struct solve_addition *list = arena_array(arena, j->n, sizeof *list);
    struct county_result *after = arena_alloc(arena, sizeof *after);
    if (!list || !after)
        return JH_ENOMEM;
    if (!j->n)
        return 0;
    qsort(j->list, j->n, sizeof *j->list, by_row);
    memcpy(list, j->list, j->n * sizeof *list);
    out->additions = list;
    out->n = j->n;
    out->after = after;
    return evaluate(j, j->s->options, arena, after);
}

static int plan(struct joint *j, enum solve_status *ret_status)
{
    int rc = raise_all(j);
    bool solved = j->now->outcome == OUTCOME_PASS;
    if (!rc && solved)
        rc = cut_down(j);
    *ret_status = j->status;
    if (solved || j->status == SOLVE_SOLVED)
        *ret_status = solved ? SOLVE_SOLVED : SOLVE_OTHERS;
    return rc;
}

int solve_joint(const struct solve *s, struct solve_joint *ret)
{
    struct solve_joint out = {.status = SOLVE_INSIDE};
    struct joint j;
    int rc = joint_init(&j, s);
    if (!rc && !s->result->complete)
        out.status = SOLVE_INCOMPLETE;
    else if (!rc && s->result->outcome != OUTCOME_PASS)
        rc = plan(&j, &out.status);
    if (!rc)
        rc = keep(&j, &out);
    joint_done(&j);
    if (!rc)
        *ret = out;
    return rc;
}
