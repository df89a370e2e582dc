/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/explain.h"

#include <math.h>
#include <stdlib.h>

#include <junheng/plugin.h>

#include "eval/cv.h"
#include "eval/lever.h"

/* Adds each unit's share of one figure's variance to its driver. */
static void add_shares(const struct stage_result *s, size_t k, double *x, double *pupils,
                       double *share, struct driver *drivers)
{
    for (size_t i = 0; i < s->n_units; i++) {
        x[i] = s->units[i].raw[k];
        pupils[i] = s->units[i].pupils;
    }
    cv_shares(x, pupils, s->n_units, share);
    for (size_t i = 0; i < s->n_units; i++)
        drivers[i].share += share[i];
}

static int share_out(const struct county_result *r, const struct stage_result *s,
                     uint32_t figures, struct arena *arena, struct driver *drivers)
{
    double *scratch = arena_array(arena, s->n_units, 3 * sizeof *scratch);
    if (!scratch)
        return JH_ENOMEM;
    size_t n = 0;
    for (size_t k = 0; k < r->standard->n_indicators; k++) {
        bool wanted = figures ? (figures >> k & 1) : !isnan(s->figures[k].cv);
        if (!wanted)
            continue;
        add_shares(s, k, scratch, scratch + s->n_units, scratch + 2 * s->n_units,
                   drivers);
        n++;
    }
    for (size_t i = 0; n && i < s->n_units; i++)
        drivers[i].share /= (double)n;
    return 0;
}

/* The target is what the school must have, or else what schools have on average. */
static int measure_gaps(const struct county_result *r, const struct stage_result *s,
                        struct arena *arena, struct driver *d)
{
    const struct standard *st = r->standard;
    const struct unit *unit = &s->units[d->unit];
    double *gap = arena_array(arena, st->n_indicators, sizeof *gap);
    if (!gap)
        return JH_ENOMEM;
    for (size_t k = 0; k < st->n_indicators; k++) {
        const struct indicator *ind = &st->indicators[k];
        bool has_min = ind->has_min[s->stage];
        double target = has_min ? decimal_double(ind->min[s->stage]) : s->figures[k].mean;
        gap[k] = unit->raw[k] - target * unit->pupils / ind->per;
    }
    d->gap = gap;
    return 0;
}

static int by_share(const void *a, const void *b)
{
    const struct driver *x = a, *y = b;
    if (x->share < y->share || x->share > y->share)
        return x->share < y->share ? 1 : -1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

/* Moves what is to be told to the front: the largest shares, then schools that fail. */
static size_t pick(const struct stage_result *s, size_t max, struct driver *drivers)
{
    size_t n = 0, failing = 0;
    while (n < s->n_units && n < max && drivers[n].share > 0)
        n++;
    for (size_t i = n; i < s->n_units && failing < max; i++) {
        if (s->units[drivers[i].unit].outcome != OUTCOME_FAIL)
            continue;
        drivers[n++] = drivers[i];
        failing++;
    }
    return n;
}

int explain_stage(const struct county_result *result, size_t stage, uint32_t figures,
                  size_t max, struct arena *arena, struct driver **ret, size_t *ret_n)
{
    const struct stage_result *s = &result->stages[stage];
    struct driver *drivers = arena_array(arena, s->n_units, sizeof *drivers);
    if (!drivers)
        return JH_ENOMEM;
    for (size_t i = 0; i < s->n_units; i++) {
        drivers[i].unit = (uint32_t)i;
        drivers[i].missed = s->units[i].below;
    }
    int rc = share_out(result, s, figures, arena, drivers);
    if (rc)
        return rc;
    if (s->n_units)
        qsort(drivers, s->n_units, sizeof *drivers, by_share);
    size_t n = pick(s, max, drivers);
    for (size_t i = 0; i < n; i++) {
        rc = measure_gaps(result, s, arena, &drivers[i]);
        if (rc)
            return rc;
    }
    *ret = drivers;
    *ret_n = n;
    return 0;
}

/* ---- one figure -------------------------------------------------------------------------- */

static int by_share_of_one(const void *a, const void *b)
{
    const struct explain_share *x = a, *y = b;
    if (x->share < y->share || x->share > y->share)
        return x->share < y->share ? 1 : -1;
    return (x->unit > y->unit) - (x->unit < y->unit);
}

int explain_shares(const struct county_result *result, size_t stage, size_t indicator,
                   struct arena *arena, struct explain_share **ret, size_t *ret_n)
{
    const struct stage_result *s = &result->stages[stage];
    struct explain_share *list = arena_array(arena, s->n_units, sizeof *list);
    struct driver *sums = arena_array(arena, s->n_units, sizeof *sums);
    double *scratch = arena_array(arena, s->n_units, 3 * sizeof *scratch);
    size_t n = 0;
    if (!list || !sums || !scratch)
        return JH_ENOMEM;
    if (!isnan(s->figures[indicator].cv))
        add_shares(s, indicator, scratch, scratch + s->n_units, scratch + 2 * s->n_units,
                   sums);
    for (size_t i = 0; i < s->n_units; i++)
        if (sums[i].share > 0)
            list[n++] = (struct explain_share){(uint32_t)i, sums[i].share};
    if (n)
        qsort(list, n, sizeof *list, by_share_of_one);
    *ret = list;
    *ret_n = n;
    return 0;
}

int explain_lacks(const struct county_result *result, size_t stage, size_t indicator,
                  struct arena *arena, struct explain_lack **ret, size_t *ret_n)
{
    const struct stage_result *s = &result->stages[stage];
    const struct indicator *ind = &result->standard->indicators[indicator];
    struct explain_lack *list = arena_array(arena, s->n_units, sizeof *list);
    size_t n = 0;
    if (!list)
        return JH_ENOMEM;
    for (size_t i = 0; i < s->n_units; i++) {
        struct explain_lack lack = {(uint32_t)i, FIELD_NONE, NAN};
        struct lever lever;
        if (!(s->units[i].below >> indicator & 1))
            continue;
        if (lever_find(result, stage, i, indicator, &lever)) {
            lack.field = lever.field;
            lack.amount =
                lever_lack(result, stage, i, indicator, &lever, ind->min[s->stage]);
        }
        list[n++] = lack;
    }
    *ret = list;
    *ret_n = n;
    return 0;
}
