/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/standard_print.h"

#include <string.h>

/* ---- flow style: {key: value, key: value} ---------------------------------------------- */

/* Begins the next entry of a map or list. */
static void next(struct buf *to, bool *first)
{
    buf_str(to, *first ? "" : ", ");
    *first = false;
}

static void entry(struct buf *to, bool *first, const char *key)
{
    next(to, first);
    buf_fmt(to, "%s: ", key);
}

static void number(struct buf *to, struct decimal d)
{
    char digits[NUM_TEXT];
    decimal_print(d, digits);
    buf_str(to, digits);
}

/* Those of [0, n) whose bit is set, by their names, or as numbers. */
static void words(struct buf *to, bool *first, const char *key, uint32_t bits, int n,
                  const char *(*name_of)(int))
{
    bool none = true;
    if (!bits)
        return;
    entry(to, first, key);
    buf_char(to, '[');
    for (int i = 0; i < n; i++) {
        if (!(bits >> i & 1))
            continue;
        next(to, &none);
        if (name_of)
            buf_str(to, name_of(i));
        else
            buf_fmt(to, "%d", i);
    }
    buf_char(to, ']');
}

static const char *kind_name(int kind)
{
    return kind_id((enum kind)kind);
}

static const char *setting_name(int setting)
{
    return setting_id((enum setting)setting);
}

/* ---- where ----------------------------------------------------------------------------- */

static void count(struct buf *to, bool *first, const char *key, double v)
{
    if (!(v > 0))
        return;
    entry(to, first, key);
    buf_fmt(to, "%.0f", v);
}

static void flag(struct buf *to, bool *first, const char *key, int8_t v)
{
    if (v < 0)
        return;
    entry(to, first, key);
    buf_str(to, v ? "true" : "false");
}

static void print_way(struct buf *to, const struct school_filter *f)
{
    bool first = true;
    buf_char(to, '{');
    words(to, &first, "kind", f->kinds, KIND_COUNT, kind_name);
    words(to, &first, "setting", f->settings, SETTING_RURAL + 1, setting_name);
    words(to, &first, "owner", f->owners, OWNER_COUNT + 1, NULL);
    count(to, &first, "pupils_from", f->pupils_from);
    count(to, &first, "pupils_below", f->pupils_below);
    count(to, &first, "built_until", f->built_until);
    flag(to, &first, "boarding", f->boarding);
    flag(to, &first, "dense_centre", f->dense_centre);
    count(to, &first, "largest_class_below", f->largest_class_below);
    if (f->has_migrant_share) {
        entry(to, &first, "migrant_share_above");
        number(to, f->migrant_share_above);
    }
    buf_char(to, '}');
}

void standard_print_where(struct buf *to, const struct school_filter *filter)
{
    if (!filter->or_else) {
        print_way(to, filter);
        return;
    }
    bool first = true;
    buf_char(to, '[');
    for (; filter; filter = filter->or_else) {
        next(to, &first);
        print_way(to, filter);
    }
    buf_char(to, ']');
}

/* ---- rules ----------------------------------------------------------------------------- */

static void print_whom(struct buf *to, bool *first, const struct item_rule *rule)
{
    if (rule->each != EACH_COUNTY) {
        entry(to, first, "each");
        buf_str(to, rule->each == EACH_SCHOOL ? "school" : "stage");
    }
    if (rule->everybody) {
        entry(to, first, "population");
        buf_str(to, "all");
    }
    if (rule->none_passes) {
        entry(to, first, "none");
        buf_str(to, "pass");
    }
    for (int s = 0; s < STAGE_COUNT; s++) {
        if (!(rule->stages >> s & 1))
            continue;
        entry(to, first, "stage");
        buf_str(to, stage_id((enum stage)s));
    }
    if (rule->where) {
        entry(to, first, "where");
        standard_print_where(to, rule->where);
    }
}

static void print_compare(struct buf *to, bool *first, const struct item_rule *rule)
{
    if (rule->value.n) {
        entry(to, first, "value");
        buf_json(to, rule->value.text);
    }
    entry(to, first, rule_compare_id(rule->compare));
    if (rule->limit_expr.n)
        buf_json(to, rule->limit_expr.text);
    else
        number(to, rule->limit);
    if (rule->digits >= 0) {
        entry(to, first, "digits");
        buf_fmt(to, "%d", rule->digits);
    }
    if (*rule->unit) {
        entry(to, first, "unit");
        buf_json(to, rule->unit);
    }
}

static void print_list(struct buf *to, const struct item_rule *rule)
{
    bool first = true;
    buf_char(to, '[');
    for (size_t i = 0; i < rule->n_of; i++) {
        next(to, &first);
        standard_print_rule(to, &rule->of[i]);
    }
    buf_char(to, ']');
}

static void print_n_of(struct buf *to, const struct item_rule *rule)
{
    buf_fmt(to, "{n: %d", rule->n);
    if (rule->has_floor) {
        buf_str(to, ", floor: ");
        number(to, rule->floor);
    }
    buf_str(to, ", of: ");
    print_list(to, rule);
    buf_char(to, '}');
}

void standard_print_rule(struct buf *to, const struct item_rule *rule)
{
    static const char *const LISTS[] = {[RULE_ALL_OF] = "all_of",
                                        [RULE_ANY_OF] = "any_of",
                                        [RULE_KNOWN_OF] = "known_of",
                                        [RULE_N_OF] = "n_of"};
    bool first = true;
    if (rule->form == RULE_EVIDENCE) {
        buf_str(to, "evidence");
        return;
    }
    buf_char(to, '{');
    print_whom(to, &first, rule);
    if (rule->form == RULE_COMPARE) {
        print_compare(to, &first, rule);
    } else {
        entry(to, &first, LISTS[rule->form]);
        if (rule->form == RULE_N_OF)
            print_n_of(to, rule);
        else
            print_list(to, rule);
    }
    buf_char(to, '}');
}

/* ---- items, and what names them -------------------------------------------------------- */

static void print_item(struct buf *to, const struct item *item)
{
    bool first = true;
    standard_print_text(to, "  - id", item->id);
    standard_print_text(to, "    title", item->title);
    buf_fmt(to, "    level: %s\n", item->level == ITEM_OF_SCHOOL ? "school" : "county");
    if (*item->clause)
        standard_print_text(to, "    clause", item->clause);
    standard_print_departments(to, item->departments);
    if (item->n_inputs) {
        buf_str(to, "    inputs: [");
        for (size_t i = 0; i < item->n_inputs; i++) {
            next(to, &first);
            buf_json(to, item->inputs[i]);
        }
        buf_str(to, "]\n");
    }
    buf_str(to, "    rule: ");
    standard_print_rule(to, item->rule);
    buf_char(to, '\n');
}

static bool is_veto(const struct item *item)
{
    return item->veto;
}

static bool is_precondition(const struct item *item)
{
    return item->precondition;
}

static bool is_scored(const struct item *item)
{
    return item->scored;
}

static void print_ids(struct buf *to, const char *key, const struct standard *st,
                      bool (*is)(const struct item *))
{
    bool first = true;
    for (size_t i = 0; i < st->n_items; i++) {
        if (!is(&st->items[i]))
            continue;
        if (first)
            buf_fmt(to, "%s: [", key);
        next(to, &first);
        buf_json(to, st->items[i].id);
    }
    buf_str(to, first ? "" : "]\n");
}

static void print_score(struct buf *to, const struct standard *st)
{
    bool first = true;
    if (!st->score.there)
        return;
    buf_str(to, "score:\n  pass: ");
    number(to, st->score.pass);
    buf_char(to, '\n');
    print_ids(to, "  items", st, is_scored);
    if (!st->score.has_points)
        return;
    buf_str(to, "  points: {");
    for (size_t i = 0; i < st->n_items; i++) {
        if (!st->items[i].scored)
            continue;
        next(to, &first);
        buf_json(to, st->items[i].id);
        buf_str(to, ": ");
        number(to, st->items[i].points);
    }
    buf_str(to, "}\n");
}

void standard_print_items(struct buf *to, const struct standard *st)
{
    if (st->n_items)
        buf_str(to, "items:\n");
    for (size_t i = 0; i < st->n_items; i++)
        print_item(to, &st->items[i]);
    print_ids(to, "veto", st, is_veto);
    print_ids(to, "precondition", st, is_precondition);
    print_score(to, st);
    bool stages = !st->monitor || st->monitor & MONITOR_STAGES;
    bool items = st->monitor & MONITOR_ITEMS;
    buf_fmt(to, "monitor: [%s%s%s]\n", stages ? "stages" : "",
            stages && items ? ", " : "", items ? "items" : "");
}
