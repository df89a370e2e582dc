/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/option.h"
#include "conf/standard_read.h"

static const struct item_rule EVIDENCE = {
    .form = RULE_EVIDENCE, .digits = -1, .unit = ""};

/* ---- one item -------------------------------------------------------------------------- */

static bool name_ok(const char *name, const char *letters)
{
    static const char MORE[] = "0123456789_";
    size_t n = strlen(name);
    bool first = n && !strchr(MORE, *name);
    for (const char *p = name; *p; p++)
        if (!strchr(letters, *p) && !strchr(MORE, *p))
            return false;
    return first && n <= ITEM_ID_MAX;
}

static void check_id(struct standard_reader *r, const struct yaml_node *list,
                     const struct yaml_node *map, const char *path, const char *id)
{
    char quoted[YAML_SHOW];
    int first = standard_item(r->st, id, strlen(id));
    const struct yaml_node *node = standard_at(map, "id");
    yaml_quote(id, quoted);
    if (!name_ok(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"))
        yaml_error(
            node, r->errs,
            "%s.id: expected a letter, then letters, digits and _, at most %d, got %s",
            path, ITEM_ID_MAX, quoted);
    else if (first >= 0)
        yaml_error(node, r->errs, "%s.id: %s is there twice: first on line %u", path,
                   quoted, standard_at(list->items[first], "id")->line);
}

static void read_inputs(struct standard_reader *r, const struct yaml_node *list,
                        const char *path, const struct jh_list *inputs, struct item *item)
{
    char quoted[YAML_SHOW];
    if (inputs->n > ITEM_INPUTS_MAX)
        yaml_error(list, r->errs, "%s.inputs: more than %d", path, ITEM_INPUTS_MAX);
    for (size_t i = 0; i < inputs->n && i < ITEM_INPUTS_MAX; i++) {
        const char *name = inputs->items[i];
        bool taken = !strcmp(name, "sum") || !strcmp(name, "ceil");
        for (size_t k = 0; k < item->n_inputs; k++)
            taken |= !strcmp(item->inputs[k], name);
        if (taken || !name_ok(name, "abcdefghijklmnopqrstuvwxyz"))
            yaml_error(
                list->items[i], r->errs,
                taken ? "%s.inputs[%zu]: %s is there twice, or a function"
                      : "%s.inputs[%zu]: expected a lower-case letter, then letters, "
                        "digits and _, got %s",
                path, i, yaml_quote(name, quoted));
        item->inputs[item->n_inputs++] = name;
    }
}

static void read_item(struct standard_reader *r, const struct yaml_node *list,
                      const struct yaml_node *map, const char *path, struct item *item)
{
    static const enum item_level LEVELS[] = {ITEM_OF_COUNTY, ITEM_OF_SCHOOL};
    struct standard_item keys;
    char name[OPTION_PATH];
    size_t before = r->errs->errors;
    const struct yaml_node *rule = yaml_get(map, "rule");
    standard_fill(r, map, path, &STANDARD_ITEM, &keys, sizeof keys);
    *item = (struct item){.id = keys.id ? keys.id : "",
                          .title = keys.title ? keys.title
                                   : keys.id  ? keys.id
                                              : "",
                          .level = LEVELS[keys.level],
                          .clause = keys.clause,
                          .departments = standard_join(r, standard_at(map, "departments"),
                                                       path, &keys.departments),
                          .rule = &EVIDENCE};
    if (keys.id)
        check_id(r, list, map, path, item->id);
    read_inputs(r, standard_at(map, "inputs"), path, &keys.inputs, item);
    if (rule && r->errs->errors == before)
        item->rule =
            standard_item_rule(r, rule, option_path(path, "rule", name), item, false);
}

void standard_read_items(struct standard_reader *r, const struct yaml_node *root)
{
    char path[OPTION_PATH], shown[YAML_SHOW];
    const struct yaml_node *list = yaml_get(root, "items");
    if (!list)
        return;
    if (list->kind != YAML_LIST || list->n > ITEMS_MAX) {
        if (list->kind == YAML_LIST)
            yaml_error(list, r->errs, "items: more than %d", ITEMS_MAX);
        else
            yaml_error(list, r->errs, "items: expected a list, got %s",
                       list->kind == YAML_MAP ? "a map" : yaml_show(list, shown));
        return;
    }
    struct item *items = arena_array(r->arena, list->n, sizeof *items);
    r->st->items = items;
    for (size_t i = 0; items && i < list->n; i++) {
        option_item("", "items", i, path);
        read_item(r, list, list->items[i], path, &items[i]);
        r->st->n_items++; /* behind it, so that an item does not find itself */
    }
}
