/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/expression.h"
#include "conf/option.h"

static const char *const COMBINE[] = {"all_of", "any_of", "known_of", "n_of"};
static const enum rule_form FORMS[] = {RULE_ALL_OF, RULE_ANY_OF, RULE_KNOWN_OF,
                                       RULE_N_OF};
enum { N_COMBINE = sizeof COMBINE / sizeof *COMBINE };

/* The rule under way: what it stands in. */
struct scope {
    struct standard_reader *r;
    const struct item *item;
    bool school; /* of one school: within an `each` */
    int depth;
};

static bool read_rule(const struct scope *scope, const struct yaml_node *node,
                      const char *path, struct item_rule *ret);

/* ---- comparisons ----------------------------------------------------------------------- */

static bool has_sum(const struct expr *e)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->ops[i].code == EXPR_SUM)
            return true;
    return false;
}

/* A number, or an expression. */
static bool read_limit(const struct scope *scope, const struct yaml_node *map,
                       const char *path, struct item_rule *rule)
{
    char name[OPTION_PATH];
    const char *key = rule_compare_id(rule->compare);
    const struct yaml_node *node = yaml_get(map, key);
    const struct expression_names names = {scope->item, scope->school};
    if (decimal_parse(node->text, strlen(node->text), &rule->limit) == 0)
        return true;
    if (rule->digits >= 0) {
        yaml_error(standard_at(map, "digits"), scope->r->errs,
                   "%s.digits: only a number as the limit has the form's digits", path);
        return false;
    }
    return expression_read(scope->r, node, option_path(path, key, name), &names,
                           &rule->limit_expr);
}

static bool read_compare(const struct scope *scope, const struct yaml_node *map,
                         const char *path, const struct standard_item_rule *keys,
                         struct item_rule *rule)
{
    char name[OPTION_PATH];
    const struct yaml_node *value = yaml_get(map, "value");
    const struct expression_names names = {scope->item, scope->school};
    rule->form = RULE_COMPARE;
    rule->digits = yaml_get(map, "digits") ? (int)keys->digits : -1;
    rule->unit = keys->unit;
    if (!value && scope->school) {
        yaml_error(map, scope->r->errs, "%s: \"value\" is missing", path);
        return false;
    }
    bool good =
        !value || expression_read(scope->r, value, option_path(path, "value", name),
                                  &names, &rule->value);
    return read_limit(scope, map, path, rule) && good;
}

/* ---- rules of rules -------------------------------------------------------------------- */

static bool read_list(const struct scope *scope, const struct yaml_node *list,
                      const char *path, struct item_rule *rule)
{
    char item[OPTION_PATH];
    struct scope inner = *scope;
    bool good = true;
    if (list->kind != YAML_LIST || !list->n || list->n > RULE_OF_MAX) {
        yaml_error(list, scope->r->errs, "%s: expected a list of 1 to %d rules", path,
                   RULE_OF_MAX);
        return false;
    }
    struct item_rule *of = arena_array(scope->r->arena, list->n, sizeof *of);
    inner.school |= rule->each != EACH_COUNTY;
    inner.depth++;
    for (size_t i = 0; of && i < list->n; i++) {
        snprintf(item, sizeof item, "%s[%zu]", path, i);
        good &= read_rule(&inner, list->items[i], item, &of[i]);
    }
    rule->of = of;
    rule->n_of = list->n;
    return good && of;
}

/* The others can only come near a limit that is to be reached. */
static bool check_floor(const struct scope *scope, const struct yaml_node *list,
                        const char *path, const struct item_rule *rule)
{
    struct decimal floor;
    for (size_t i = 0; rule->has_floor && i < rule->n_of; i++) {
        const struct item_rule *of = &rule->of[i];
        if (of->form == RULE_COMPARE && of->compare == RULE_AT_LEAST &&
            decimal_mul(of->limit, rule->floor, &floor) == 0)
            continue;
        yaml_error(
            list->items[i], scope->r->errs,
            "%s.of[%zu]: with a floor expected {value, at_least: NUMBER} of at most "
            "9 decimals together with it",
            path, i);
        return false;
    }
    return true;
}

static bool read_n_of(const struct scope *scope, const struct yaml_node *map,
                      const char *path, struct item_rule *rule)
{
    struct standard_n_of keys;
    char name[OPTION_PATH];
    const struct yaml_node *list = yaml_get(map, "of");
    size_t before = scope->r->errs->errors;
    standard_fill(scope->r, map, path, &STANDARD_N_OF, &keys, sizeof keys);
    rule->n = (int)keys.n;
    rule->has_floor =
        keys.floor && standard_decimal(scope->r, map, path, "floor", keys.floor,
                                       ABOVE_ZERO, 1, &rule->floor);
    if (!list)
        yaml_error(map, scope->r->errs, "%s: \"of\" is missing", path);
    if (!list || !read_list(scope, list, option_path(path, "of", name), rule))
        return false;
    if (scope->r->errs->errors == before && (size_t)rule->n > rule->n_of)
        yaml_error(standard_at(map, "n"), scope->r->errs,
                   "%s.n: %d of %zu rules: nobody could pass", path, rule->n, rule->n_of);
    return scope->r->errs->errors == before && check_floor(scope, list, path, rule);
}

/* ---- whom it is asked of ---------------------------------------------------------------- */

static bool read_stage(const struct scope *scope, const struct yaml_node *map,
                       const char *path, struct item_rule *rule)
{
    char quoted[YAML_SHOW];
    const struct yaml_node *node = yaml_get(map, "stage");
    int stage =
        node && node->kind == YAML_SCALAR ? stage_of(node->text, strlen(node->text)) : -1;
    if (node && stage < 0)
        yaml_error(node, scope->r->errs, "%s.stage: expected primary or junior, got %s",
                   path, yaml_show(node, quoted));
    else if (node)
        rule->stages = UINT32_C(1) << stage;
    return !node || stage >= 0;
}

static bool read_whom(const struct scope *scope, const struct yaml_node *map,
                      const char *path, const struct standard_item_rule *keys,
                      struct item_rule *rule)
{
    static const enum rule_each EACH[] = {EACH_COUNTY, EACH_SCHOOL, EACH_STAGE};
    rule->each = EACH[keys->each];
    rule->everybody = keys->population == WHO_ALL;
    rule->none_passes = keys->none == NONE_PASS;
    rule->where = standard_where(scope->r, map, path);
    if (scope->school && rule->each != EACH_COUNTY) {
        yaml_error(yaml_get(map, "each"), scope->r->errs,
                   "%s.each: within the rule of one school", path);
        return false;
    }
    return read_stage(scope, map, path, rule);
}

/* Keys about schools where no school is asked. */
static bool check_whom(const struct scope *scope, const struct yaml_node *map,
                       const char *path, const struct item_rule *rule)
{
    static const char *const KEYS[] = {"where", "stage", "population", "none"};
    bool sums = has_sum(&rule->value) || has_sum(&rule->limit_expr);
    bool schools = rule->each != EACH_COUNTY || sums;
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const struct yaml_node *node = yaml_get(map, KEYS[i]);
        if (!node || schools || (scope->school && i < 2))
            continue;
        yaml_error(node, scope->r->errs,
                   "%s.%s: belongs to an `each`, or to a comparison with sum()", path,
                   KEYS[i]);
        return false;
    }
    return true;
}

/* ---- one rule -------------------------------------------------------------------------- */

/* Index of the one thing that the map asks: a limit, or a list of rules. -1: told. */
static int find_what(const struct scope *scope, const struct yaml_node *map,
                     const char *path)
{
    const char *names[RULE_COMPARES + N_COMBINE];
    int found = -1;
    for (int i = 0; i < RULE_COMPARES; i++)
        names[i] = rule_compare_id((enum rule_compare)i);
    for (int i = 0; i < N_COMBINE; i++)
        names[RULE_COMPARES + i] = COMBINE[i];
    for (int i = 0; i < RULE_COMPARES + N_COMBINE; i++) {
        const struct yaml_node *node = yaml_get(map, names[i]);
        if (node && found >= 0) {
            yaml_error(node, scope->r->errs, "%s.%s: beside %s: put both in an all_of",
                       path, names[i], names[found]);
            return -1;
        }
        found = node ? i : found;
    }
    if (found < 0)
        yaml_error(map, scope->r->errs,
                   "%s: asks for nothing: needs at_least, at_most, below, above, all_of, "
                   "any_of, known_of or n_of",
                   path);
    return found;
}

static bool read_combined(const struct scope *scope, const struct yaml_node *map,
                          const char *path, int what, struct item_rule *rule)
{
    char name[OPTION_PATH];
    const struct yaml_node *node = yaml_get(map, COMBINE[what]);
    const char *value[] = {"value", "digits", "unit"};
    rule->form = FORMS[what];
    rule->unit = "";
    rule->digits = -1;
    for (size_t i = 0; i < sizeof value / sizeof *value; i++)
        if (yaml_get(map, value[i])) {
            yaml_error(yaml_get(map, value[i]), scope->r->errs,
                       "%s.%s: belongs to a comparison", path, value[i]);
            return false;
        }
    option_path(path, COMBINE[what], name);
    return rule->form == RULE_N_OF ? read_n_of(scope, node, name, rule)
                                   : read_list(scope, node, name, rule);
}

static bool read_map(const struct scope *scope, const struct yaml_node *map,
                     const char *path, struct item_rule *rule)
{
    struct standard_item_rule keys;
    size_t before = scope->r->errs->errors;
    standard_fill(scope->r, map, path, &STANDARD_ITEM_RULE, &keys, sizeof keys);
    if (scope->r->errs->errors != before)
        return false;
    int what = find_what(scope, map, path);
    if (what < 0 || !read_whom(scope, map, path, &keys, rule))
        return false;
    struct scope inner = *scope;
    inner.school |= rule->each != EACH_COUNTY;
    if (what >= RULE_COMPARES)
        return read_combined(scope, map, path, what - RULE_COMPARES, rule) &&
               check_whom(scope, map, path, rule);
    rule->compare = (enum rule_compare)what;
    return read_compare(&inner, map, path, &keys, rule) &&
           check_whom(scope, map, path, rule);
}

static bool read_rule(const struct scope *scope, const struct yaml_node *node,
                      const char *path, struct item_rule *ret)
{
    char shown[YAML_SHOW];
    *ret = (struct item_rule){.form = RULE_EVIDENCE, .digits = -1, .unit = ""};
    if (scope->depth > RULE_DEPTH_MAX) {
        yaml_error(node, scope->r->errs, "%s: more than %d rules deep", path,
                   RULE_DEPTH_MAX);
        return false;
    }
    if (node->kind == YAML_MAP)
        return read_map(scope, node, path, ret);
    bool evidence = node->kind == YAML_SCALAR && !strcmp(node->text, "evidence");
    if (evidence && !scope->depth)
        return true;
    yaml_error(node, scope->r->errs,
               "%s: expected %sa map such as {value: …, at_least: …}, got %s", path,
               scope->depth ? "" : "evidence, or ", yaml_show(node, shown));
    return false;
}

const struct item_rule *standard_item_rule(struct standard_reader *r,
                                           const struct yaml_node *node, const char *path,
                                           const struct item *item, bool school)
{
    struct item_rule *rule = arena_alloc(r->arena, sizeof *rule);
    const struct scope scope = {r, item, school, 0};
    return rule && read_rule(&scope, node, path, rule) ? rule : NULL;
}
