/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/option.h"
#include "conf/standard_read.h"

/* ---- what is relaxed ------------------------------------------------------------------- */

static bool single_field(const struct indicator *ind)
{
    for (size_t i = 0; i < ind->n_terms; i++)
        if (!ind->terms[i].staged)
            return true;
    return false;
}

static void read_figure(struct standard_reader *r, const struct yaml_node *map,
                        const char *path, const struct standard_relaxation *keys,
                        struct relaxation *ret)
{
    const char *names[STANDARD_INDICATORS_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const struct standard *st = r->st;
    struct indicator *instead = arena_alloc(r->arena, sizeof *instead);
    ret->indicator = standard_indicator(st, keys->indicator);
    for (size_t i = 0; i < st->n_indicators; i++)
        names[i] = st->indicators[i].id;
    if (ret->indicator < 0)
        yaml_error(yaml_get(map, "indicator"), r->errs,
                   "%s.indicator: unknown indicator %s%s", path,
                   yaml_quote(keys->indicator, quoted),
                   option_mean(keys->indicator, names, st->n_indicators, mean));
    else if (!keys->numerator)
        yaml_error(map, r->errs, "%s: \"numerator\" is missing", path);
    if (!instead || ret->indicator < 0 || !keys->numerator)
        return;
    *instead = st->indicators[ret->indicator];
    bool shared = instead->split || !single_field(instead);
    instead->n_terms = 0;
    standard_numerator(r, yaml_get(map, "numerator"), path, instead);
    instead->split = shared && single_field(instead);
    ret->instead = instead;
}

static void read_item(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, const struct standard_relaxation *keys,
                      struct relaxation *ret)
{
    const char *names[ITEMS_MAX];
    char name[OPTION_PATH], quoted[YAML_SHOW], mean[OPTION_MEAN];
    const struct standard *st = r->st;
    const struct yaml_node *rule = yaml_get(map, "rule");
    ret->item = standard_item(st, keys->item, strlen(keys->item));
    for (size_t i = 0; i < st->n_items; i++)
        names[i] = st->items[i].id;
    if (ret->item < 0)
        yaml_error(yaml_get(map, "item"), r->errs, "%s.item: unknown item %s%s", path,
                   yaml_quote(keys->item, quoted),
                   option_mean(keys->item, names, st->n_items, mean));
    else if (!rule)
        yaml_error(map, r->errs, "%s: \"rule\" is missing", path);
    else if (rule->kind != YAML_MAP)
        yaml_error(rule, r->errs, "%s.rule: expected a map: it is asked of one school",
                   path);
    else
        ret->rule = standard_item_rule(r, rule, option_path(path, "rule", name),
                                       &st->items[ret->item], true);
}

static void read_what(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, const struct standard_relaxation *keys,
                      struct relaxation *ret)
{
    const char *stray = keys->indicator ? "rule" : "numerator";
    ret->indicator = ret->item = -1;
    if (!keys->indicator == !keys->item)
        yaml_error(standard_at(map, "item"), r->errs,
                   "%s: needs an indicator or an item, and not both", path);
    else if (yaml_get(map, stray))
        yaml_error(yaml_get(map, stray), r->errs, "%s.%s: belongs to an %s", path, stray,
                   keys->indicator ? "item" : "indicator");
    else if (keys->indicator)
        read_figure(r, map, path, keys, ret);
    else
        read_item(r, map, path, keys, ret);
}

/* ---- for whom and how long ------------------------------------------------------------- */

static void read_where(struct standard_reader *r, const struct yaml_node *map,
                       const char *path, struct relaxation *ret)
{
    size_t before = r->errs->errors;
    ret->where = standard_where(r, map, path);
    if (yaml_get(map, "where") && !ret->where && r->errs->errors == before)
        yaml_error(map, r->errs, "%s: too large", path); /* nothing is for every school */
    if (!yaml_get(map, "where"))
        yaml_error(map, r->errs,
                   "%s: \"where\" is missing: a rule for every school is no relaxation",
                   path);
}

static void read_duty(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, struct relaxation *ret)
{
    char name[OPTION_PATH];
    struct standard_duty keys;
    const struct yaml_node *duty = yaml_get(map, "duty");
    if (!duty)
        return;
    standard_fill(r, duty, option_path(path, "duty", name), &STANDARD_DUTY, &keys,
                  sizeof keys);
    ret->duty_years = (int)keys.years_after_certification;
}

static void check_id(struct standard_reader *r, const struct yaml_node *map,
                     const char *path, const char *id)
{
    static const char LETTERS[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
                      MORE[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                               "0123456789_-";
    char quoted[YAML_SHOW];
    const struct yaml_node *node = standard_at(map, "id");
    size_t n = strlen(id);
    yaml_quote(id, quoted);
    if (!strspn(id, LETTERS) || strspn(id, MORE) != n || n > STANDARD_ID_MAX)
        yaml_error(node, r->errs,
                   "%s.id: expected a letter, then letters, digits, _ and -, got %s",
                   path, quoted);
    for (size_t i = 0; i < r->st->n_relaxations; i++)
        if (!strcmp(r->st->relaxations[i].id, id))
            yaml_error(node, r->errs, "%s.id: %s is there twice", path, quoted);
}

static void read_relaxation(struct standard_reader *r, const struct yaml_node *map,
                            const char *path, struct relaxation *ret)
{
    struct standard_relaxation keys;
    char quoted[YAML_SHOW];
    size_t before = r->errs->errors;
    standard_fill(r, map, path, &STANDARD_RELAXATION, &keys, sizeof keys);
    if (r->errs->errors != before)
        return;
    ret->id = keys.id;
    ret->clause = keys.clause;
    check_id(r, map, path, keys.id);
    if (date_parse(keys.until, strlen(keys.until), &ret->until) != 0)
        yaml_error(yaml_get(map, "until"), r->errs,
                   "%s.until: expected a day that there is, such as 2027-09-12, got %s",
                   path, yaml_quote(keys.until, quoted));
    read_where(r, map, path, ret);
    read_duty(r, map, path, ret);
    read_what(r, map, path, &keys, ret);
}

void standard_read_relaxations(struct standard_reader *r, const struct yaml_node *root)
{
    char path[OPTION_PATH], shown[YAML_SHOW];
    const struct yaml_node *list = yaml_get(root, "relaxations");
    struct relaxation *all;
    if (!list)
        return;
    if (list->kind != YAML_LIST) {
        yaml_error(list, r->errs, "relaxations: expected a list, got %s",
                   list->kind == YAML_MAP ? "a map" : yaml_show(list, shown));
        return;
    }
    if (list->n > STANDARD_RELAXATIONS_MAX) {
        yaml_error(list, r->errs, "relaxations: more than %d", STANDARD_RELAXATIONS_MAX);
        return;
    }
    r->st->relaxations = all = arena_array(r->arena, list->n, sizeof *all);
    for (size_t i = 0; all && i < list->n; i++) {
        option_item("", "relaxations", i, path);
        all[i] = (struct relaxation){.id = "", .clause = ""};
        read_relaxation(r, list->items[i], path, &all[i]);
        r->st->n_relaxations++; /* behind it, so that it does not find itself */
    }
}
