/* SPDX-License-Identifier: Apache-2.0 */
#include "render/json_items.h"

#include <math.h>
#include <string.h>

#include "render/json.h"
#include "render/json_make.h"

static json_t *inputs(const struct item_result *x)
{
    json_t *map = json_object();
    for (size_t i = 0; i < x->item->n_inputs; i++)
        map = json_put(map, x->inputs[i].name, json_number(x->inputs[i].value));
    return map;
}

/* "met", "unmet" …, or the number. */
static json_t *given(const struct county_value *v)
{
    if (!v || v->what == COUNTY_BAD)
        return json_null();
    return v->what == COUNTY_NUMBER ? json_number(v->number)
                                    : json_words(county_what_id(v->what));
}

static json_t *school_list(const struct county_result *r, const struct item_result *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->n_schools; i++) {
        const struct item_school *is = &x->schools[i];
        const struct school *s = &r->data->schools[is->school];
        const char *campus = r->standard->campus_merge ? "" : s->campus;
        const char *stage = is->stage == STAGE_NONE ? NULL : stage_id(is->stage);
        list = json_add(
            list,
            json_pack("{s:o,s:o,s:o,s:o,s:s,s:o,s:o}", "code", json_words(s->code),
                      "campus", json_words(campus), "name", json_words(s->name), "stage",
                      json_maybe(stage), "verdict", outcome_id(is->outcome), "value",
                      json_number(is->value), "limit", json_number(is->limit)));
    }
    return list;
}

/* What the value was compared with, and how. */
static json_t *with_comparison(json_t *map, const struct item_result *x)
{
    if (!x->by)
        return map;
    map = json_put(map, rule_compare_id(x->by->compare), json_number(x->limit));
    map = json_put(map, "unit", json_words(x->by->unit));
    return json_put(map, "borderline", json_boolean(x->borderline));
}

static json_t *departments(const char *names)
{
    json_t *list = json_array();
    for (const char *p = names; *p; p += strspn(p, ",")) {
        size_t len = strcspn(p, ",");
        list = json_add(list, json_stringn(p, len));
        p += len;
    }
    return list;
}

static json_t *item_object(const struct county_result *r, const struct item_result *x,
                           bool explained)
{
    const struct item *item = x->item;
    json_t *map = json_pack("{s:o,s:s,s:o,s:o,s:s,s:o,s:o,s:s,s:o,s:b}", "id",
                            json_words(item->id), "verdict", outcome_id(x->outcome),
                            "inputs", inputs(x), "title", json_words(item->title),
                            "level", item->level == ITEM_OF_SCHOOL ? "school" : "county",
                            "value", json_number(x->value), "limit",
                            json_number(x->limit), "reason", item_reason_id(x->reason),
                            "given", given(x->given), "veto", item->veto);
    map = with_comparison(map, x);
    if (item->scored)
        map = json_put(map, "points", json_number(x->points));
    if (x->given && *x->given->evidence)
        map = json_put(map, "evidence", json_words(x->given->evidence));
    map = json_put(map, "schools", school_list(r, x));
    if (!explained)
        return map;
    map = json_put(map, "clause", json_words(item->clause));
    return json_put(map, "departments", departments(item->departments));
}

json_t *json_items(const struct county_result *r, bool explained)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->items.n; i++)
        list = json_add(list, item_object(r, &r->items.list[i], explained));
    return list;
}

enum { KEPT_SCHOOLS = 10 };

/* The first that fail or are unknown. */
static json_t *kept_schools(const struct county_result *r, const struct item_result *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->n_schools && i < KEPT_SCHOOLS; i++) {
        const struct school *s = &r->data->schools[x->schools[i].school];
        list = json_add(list, json_pack("{s:o,s:o,s:s}", "code", json_words(s->code),
                                        "name", json_words(s->name), "verdict",
                                        outcome_id(x->schools[i].outcome)));
    }
    return list;
}

static json_t *kept_object(const struct county_result *r, const struct item_result *x)
{
    json_t *map = json_pack(
        "{s:o,s:s,s:o,s:o,s:o,s:o,s:s,s:o}", "id", json_words(x->item->id), "verdict",
        outcome_id(x->outcome), "inputs", inputs(x), "title", json_words(x->item->title),
        "value", json_number(x->value), "limit", json_number(x->limit), "reason",
        item_reason_id(x->reason), "given", given(x->given));
    if (x->given && *x->given->evidence)
        map = json_put(map, "evidence", json_words(x->given->evidence));
    if (!x->n_schools)
        return map;
    map = json_put(map, "schools", kept_schools(r, x));
    return json_put(map, "schools_total", json_integer((json_int_t)x->n_schools));
}

json_t *json_items_kept(const struct county_result *r)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->items.n; i++)
        list = json_add(list, kept_object(r, &r->items.list[i]));
    return list;
}

json_t *json_score(const struct county_result *r)
{
    const struct items_score *score = &r->items.score;
    if (!score->there)
        return json_null();
    return json_pack("{s:s,s:o,s:o,s:o}", "verdict", outcome_id(score->outcome), "known",
                     json_number(score->known), "missing", json_number(score->missing),
                     "pass", json_number(decimal_double(r->standard->score.pass)));
}
