/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/num.h"
#include "conf/standard_read.h"

void standard_read_cv_rule(struct standard_reader *r, const struct yaml_node *root)
{
    static const enum cv_applies APPLIES[] = {CV_EACH, CV_COMPOSITE, CV_BOTH};
    struct standard_cv_rule keys;
    struct standard *st = r->st;
    const struct yaml_node *map = yaml_get(root, "cv_rule");
    if (!map) {
        yaml_error(root, r->errs, "\"cv_rule\" is missing");
        return;
    }
    standard_fill(r, map, "cv_rule", &STANDARD_CV_RULE, &keys, sizeof keys);
    st->applies = APPLIES[keys.applies_to];
    st->cv_clause = keys.clause;
    bool any = false;
    for (int s = 0; s < STAGE_COUNT; s++) {
        const char *text = keys.stage[s], *key = stage_id((enum stage)s);
        any |= text != NULL;
        st->has_stage[s] = text && standard_decimal(r, map, "cv_rule", key, text,
                                                    ABOVE_ZERO, 0, &st->limit[s]);
    }
    if (map->kind == YAML_MAP && !any)
        yaml_error(map, r->errs, "cv_rule: needs a limit for primary or junior");
}

/* What the school rule needs of the indicators. */
static void check_minima(struct standard_reader *r, const struct yaml_node *list)
{
    const struct standard *st = r->st;
    for (size_t i = 0; list && i < st->n_indicators; i++) {
        for (int s = 0; s < STAGE_COUNT; s++) {
            const struct indicator *ind = &st->indicators[i];
            struct decimal floor;
            const char *stage = stage_id((enum stage)s);
            if (st->has_stage[s] && !ind->has_min[s])
                yaml_error(
                    list->items[i], r->errs,
                    "indicators[%zu].school_min: \"%s\" is missing: school_rule needs it",
                    i, stage);
            else if (ind->has_min[s] && decimal_mul(ind->min[s], st->floor, &floor) != 0)
                yaml_error(
                    list->items[i], r->errs,
                    "indicators[%zu].school_min.%s: more than 9 decimals together with "
                    "the floor",
                    i, stage);
        }
    }
}

void standard_read_school_rule(struct standard_reader *r, const struct yaml_node *root)
{
    struct standard_school_rule keys;
    struct standard *st = r->st;
    const struct yaml_node *map = yaml_get(root, "school_rule");
    if (!map)
        return;
    size_t before = r->errs->errors;
    standard_fill(r, map, "school_rule", &STANDARD_SCHOOL_RULE, &keys, sizeof keys);
    st->has_school_rule = true;
    st->at_least = (int)keys.at_least;
    st->school_clause = keys.clause;
    if (keys.floor)
        standard_decimal(r, map, "school_rule", "floor", keys.floor, ABOVE_ZERO, 1,
                         &st->floor);
    if (st->n_indicators && keys.at_least > (int64_t)st->n_indicators)
        yaml_error(standard_at(map, "at_least"), r->errs,
                   "school_rule.at_least: %d of %zu indicators: no school could pass",
                   st->at_least, st->n_indicators);
    if (r->errs->errors == before)
        check_minima(r, yaml_get(root, "indicators"));
}
