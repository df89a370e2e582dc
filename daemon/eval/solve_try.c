/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/solve_try.h"

#include <string.h>

#include <junheng/plugin.h>

#include "eval/simulate.h"

enum { SCRATCH_MAX = 1 << 30 };

int solve_try_init(struct solve_try *t, const struct solve *solve)
{
    const struct county_result *r = solve->result;
    *t = (struct solve_try){.solve = solve, .scratch = arena_new(SCRATCH_MAX)};
    for (size_t i = 0; i < r->n_stages; i++)
        if (r->stages[i].n_units * r->standard->n_indicators > t->room)
            t->room = r->stages[i].n_units * r->standard->n_indicators;
    t->list = arena_array(solve->arena, t->room, sizeof *t->list);
    return t->scratch && t->list ? 0 : JH_ENOMEM;
}

void solve_try_done(struct solve_try *t)
{
    arena_free(t->scratch);
}

/* Additions to one cell, which are of one unit, add up, whichever indicators they are for. */
static double cell_value(const struct solve_try *t, size_t upto)
{
    const struct solve_addition *a = &t->list[upto];
    double v = dataset_value(t->solve->result->data, a->field, a->row);
    for (size_t i = upto + 1; i > 0 && t->list[i - 1].unit == a->unit; i--)
        if (t->list[i - 1].row == a->row && t->list[i - 1].field == a->field)
            v += t->list[i - 1].amount;
    return v;
}

static int evaluate(struct solve_try *t, struct arena *arena, struct county_result *ret)
{
    const struct county_result *r = t->solve->result;
    struct dataset *data = arena_alloc(arena, sizeof *data);
    struct simulate_cell *cells = arena_array(arena, t->n, sizeof *cells);
    if (!data || !cells)
        return JH_ENOMEM;
    for (size_t i = 0; i < t->n; i++)
        cells[i] =
            (struct simulate_cell){t->list[i].row, t->list[i].field, cell_value(t, i)};
    int rc = simulate(r->data, cells, t->n, arena, data);
    return rc ? rc : eval_county(r->standard, data, t->solve->options, arena, ret);
}

int solve_try(struct solve_try *t, struct county_result *ret)
{
    arena_reset(t->scratch);
    return evaluate(t, t->scratch, ret);
}

int solve_try_keep(struct solve_try *t, struct solve_answer *answer)
{
    struct arena *arena = t->solve->arena;
    struct solve_addition *list = arena_array(arena, t->n, sizeof *list);
    struct county_result *after = arena_alloc(arena, sizeof *after);
    if (!list || !after)
        return JH_ENOMEM;
    if (t->n)
        memcpy(list, t->list, t->n * sizeof *list);
    answer->additions = list;
    answer->n = t->n;
    answer->after = t->n ? after : NULL;
    return t->n ? evaluate(t, arena, after) : 0;
}
