/* SPDX-License-Identifier: Apache-2.0 */
#include "render/json_explain.h"

#include <math.h>

#include "eval/change.h"
#include "eval/explain.h"
#include "render/json.h"
#include "render/json_make.h"

enum { EXPLAIN_SCHOOLS = 10, EXPLAIN_BYTES = 64 * 1024 * 1024 };

/* One stage being explained. */
struct explained {
    const struct county_result *r, *before; /* before: NULL = none */
    size_t stage;
    struct arena *arena;
    struct stage_change change;
};

const char *json_campus(const struct county_result *r, const struct unit *u)
{
    return r->standard->campus_merge ? "" : r->data->schools[u->school].campus;
}

static const struct unit *unit_of(const struct explained *e, uint32_t unit)
{
    return &e->r->stages[e->stage].units[unit];
}

static json_t *school(const struct county_result *r, const struct unit *u)
{
    return json_pack("{s:o,s:o}", "school", json_words(r->data->schools[u->school].code),
                     "campus", json_words(json_campus(r, u)));
}

static json_t *named_school(const struct county_result *r, const struct unit *u)
{
    return json_put(school(r, u), "name", json_words(r->data->schools[u->school].name));
}

/* ---- the stage --------------------------------------------------------------------------- */

static json_t *gaps(const struct standard *st, const double *gap)
{
    json_t *map = json_object();
    for (size_t i = 0; i < st->n_indicators; i++)
        if (!isnan(gap[i]))
            map = json_put(map, st->indicators[i].id, json_number(gap[i]));
    return map;
}

static json_t *drivers(const struct explained *e)
{
    struct driver *list = NULL;
    size_t n = 0;
    if (explain_stage(e->r, e->stage, 0, EXPLAIN_SCHOOLS, e->arena, &list, &n))
        return NULL;
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        json_t *map = named_school(e->r, unit_of(e, list[i].unit));
        map = json_put(map, "share", json_number(list[i].share));
        map = json_put(map, "gaps", gaps(e->r->standard, list[i].gap));
        out = json_add(out, map);
    }
    return out;
}

static json_t *units(const struct county_result *r, size_t stage, const uint32_t *list,
                     size_t n)
{
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        out = json_add(out, named_school(r, &r->stages[stage].units[list[i]]));
    return out;
}

static json_t *change_object(const struct explained *e, const struct change *c)
{
    char round[ROUND_TEXT];
    if (isnan(c->after))
        return json_null();
    round_print(e->before->data->round, round);
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o}", "from", round, "before",
                     json_number(c->before), "after", json_number(c->after), "enrolment",
                     json_number(c->enrolment), "resource", json_number(c->resource),
                     "schools", json_number(c->schools));
}

/* ---- one indicator ----------------------------------------------------------------------- */

static json_t *shares(const struct explained *e, size_t k)
{
    struct explain_share *list = NULL;
    size_t n = 0;
    if (explain_shares(e->r, e->stage, k, e->arena, &list, &n))
        return NULL;
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++)
        out = json_add(out, json_put(school(e->r, unit_of(e, list[i].unit)), "share",
                                     json_number(list[i].share)));
    return out;
}

static json_t *lacks(const struct explained *e, size_t k)
{
    const struct indicator *ind = &e->r->standard->indicators[k];
    struct explain_lack *list = NULL;
    size_t n = 0;
    if (explain_lacks(e->r, e->stage, k, e->arena, &list, &n))
        return NULL;
    double least = n ? decimal_double(ind->min[e->r->stages[e->stage].stage]) : NAN;
    json_t *out = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct unit *u = unit_of(e, list[i].unit);
        bool known = list[i].field != FIELD_NONE;
        json_t *map = school(e->r, u);
        map = json_put(map, "value", json_number(u->value[k]));
        map = json_put(map, "least", json_number(least));
        map = json_put(map, "field", json_maybe(known ? field_id(list[i].field) : NULL));
        out = json_add(out, json_put(map, "lacks", json_number(list[i].amount)));
    }
    return out;
}

/* The list of indicators gets the explanations in place. */
static bool explain_indicators(const struct explained *e, json_t *indicators)
{
    bool good = true;
    for (size_t k = 0; good && k < json_array_size(indicators); k++) {
        json_t *map = json_array_get(indicators, k);
        good = !json_object_set_new(map, "shares", shares(e, k)) &&
               !json_object_set_new(map, "below", lacks(e, k));
        if (good && e->before)
            good = !json_object_set_new(map, "change",
                                        change_object(e, &e->change.figures[k]));
    }
    return good;
}

/* ---- all of it --------------------------------------------------------------------------- */

static json_t *with_change(const struct explained *e, json_t *map)
{
    if (!e->before || !map)
        return map;
    json_t *composite = json_object_get(map, "composite");
    if (json_object_set_new(composite, "change",
                            change_object(e, &e->change.composite))) {
        json_decref(map);
        return NULL;
    }
    map = json_put(map, "came", units(e->r, e->stage, e->change.came, e->change.n_came));
    return json_put(map, "went",
                    units(e->before, e->stage, e->change.went, e->change.n_went));
}

json_t *json_explain_stage(json_t *map, const struct county_result *r, size_t stage,
                           const struct county_result *before)
{
    struct explained e = {.r = r,
                          .before = before && before->data ? before : NULL,
                          .stage = stage,
                          .arena = arena_new(EXPLAIN_BYTES)};
    bool good = map && e.arena;
    if (good && e.before)
        good = change_stage(r, e.before, stage, e.arena, &e.change) == 0;
    if (good)
        good = explain_indicators(&e, json_object_get(map, "indicators"));
    if (!good) {
        json_decref(map);
        map = NULL;
    } else {
        map = json_put(map, "drivers", drivers(&e));
        map = json_put(map, "clause", json_words(r->standard->cv_clause));
        map = json_put(map, "school_clause", json_words(r->standard->school_clause));
        map = with_change(&e, map);
    }
    arena_free(e.arena);
    return map;
}
