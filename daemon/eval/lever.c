/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/lever.h"

#include <math.h>
#include <string.h>

#include "eval/population.h"

bool lever_whole(enum field field)
{
    switch (field) {
    case FIELD_teaching_area:
    case FIELD_indoor_sports_area:
    case FIELD_sports_ground_area:
    case FIELD_other_onsite_sports_area:
    case FIELD_leased_sports_area:
    case FIELD_equipment_value:
    case FIELD_music_room_min_area:
    case FIELD_art_room_min_area:
    case FIELD_unsafe_area:
    case FIELD_public_funds_budget:
    case FIELD_training_funds:
        return false;
    default:
        return true;
    }
}

static bool subtracted(const struct standard *st, enum field field)
{
    for (size_t k = 0; k < st->n_indicators; k++)
        for (size_t t = 0; t < st->indicators[k].n_terms; t++)
            if (st->indicators[k].terms[t].field == field &&
                st->indicators[k].terms[t].sign < 0)
                return true;
    return false;
}

/* Which term of the numerator to raise, or -1. */
static int term_to_raise(const struct standard *st, const struct indicator *ind)
{
    int any = -1;
    for (int t = (int)ind->n_terms - 1; t >= 0; t--)
        if (ind->terms[t].sign > 0)
            any = t;
    for (size_t t = 0; t < ind->n_terms; t++)
        if (ind->terms[t].sign > 0 && !subtracted(st, ind->terms[t].field))
            return (int)t;
    return any;
}

enum field lever_field(const struct standard *st, size_t indicator, enum stage stage)
{
    const struct indicator *ind = &st->indicators[indicator];
    int term = term_to_raise(st, ind);
    if (term < 0)
        return FIELD_NONE;
    return ind->terms[term].field + (ind->terms[term].staged ? stage : 0);
}

/* The rows of a unit: its own, or all of the school's where campuses are merged. */
static struct population_group group_of(const struct population *p, size_t row)
{
    const struct school *schools = p->data->schools;
    while (p->standard->campus_merge && row &&
           strcmp(schools[row - 1].code, schools[row].code) == 0)
        row--;
    return population_group(p, row);
}

bool lever_find(const struct county_result *result, size_t stage, size_t unit,
                size_t indicator, struct lever *ret)
{
    const struct stage_result *s = &result->stages[stage];
    const struct indicator *ind = &result->standard->indicators[indicator];
    struct lever best = {.field = lever_field(result->standard, indicator, s->stage)};
    if (best.field == FIELD_NONE)
        return false;
    bool staged = field_staged(best.field, NULL, NULL);
    struct population p;
    population_init(&p, result->standard, result->data, 0, s->stage);
    struct population_group g = group_of(&p, s->units[unit].school);
    for (size_t row = g.begin; row < g.end; row++) {
        struct population_part part = population_part(&p, &g, row);
        double share = staged || !ind->split ? 1 : part.share;
        if (!part.counts || isnan(dataset_value(result->data, best.field, row)) ||
            !(share > best.share))
            continue;
        best.row = (uint32_t)row;
        best.share = share;
    }
    if (!(best.share > 0))
        return false;
    *ret = best;
    return true;
}

/* Does the unit's value reach `least` with so many more in the lever's cell? */
static bool reaches(const struct county_result *result, const struct unit *u,
                    size_t indicator, const struct lever *lever, struct decimal least,
                    double more)
{
    const struct standard *st = result->standard;
    bool borderline;
    double v = (u->raw[indicator] + more * lever->share) * st->indicators[indicator].per /
               u->pupils;
    return eval_reaches(v, least, st->rounding.value, st->rounding.raw, &borderline);
}

/* What is missing to it on paper; negative when there is more. */
static double exact_lack(const struct county_result *result, const struct unit *u,
                         size_t indicator, const struct lever *lever,
                         struct decimal least)
{
    int per = result->standard->indicators[indicator].per;
    return (decimal_double(least) * u->pupils / per - u->raw[indicator]) / lever->share;
}

double lever_units(const struct county_result *result, size_t stage, size_t unit,
                   size_t indicator, const struct lever *lever, struct decimal least)
{
    const struct unit *u = &result->stages[stage].units[unit];
    double n = fmax(ceil(exact_lack(result, u, indicator, lever, least)), 0);
    while (n > 0 && reaches(result, u, indicator, lever, least, n - 1))
        n--; /* the form rounds up what is nearly enough */
    while (!reaches(result, u, indicator, lever, least, n))
        n++;
    return n;
}

double lever_lack(const struct county_result *result, size_t stage, size_t unit,
                  size_t indicator, const struct lever *lever, struct decimal least)
{
    const struct unit *u = &result->stages[stage].units[unit];
    if (lever_whole(lever->field))
        return lever_units(result, stage, unit, indicator, lever, least);
    if (reaches(result, u, indicator, lever, least, 0))
        return 0;
    return fmax(exact_lack(result, u, indicator, lever, least), 0);
}
