/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "conf/option.h"
#include "conf/standard_extend.h"

/* An overlay beside its parent. */
struct laxer {
    const struct standard *parent, *st;
    const struct yaml_node *own, *merged; /* the overlay's tree; what st was read from */
    struct errs *errs;
};

/* "cv_rule.primary: 0.6, and 0.5 in quality-2017: laxer than what it extends" */
static void tell(struct laxer *l, const struct yaml_node *node, const char *path,
                 const char *now, const char *then)
{
    yaml_warning(node, l->errs, "%s: %s, and %s in %s: laxer than what it extends", path,
                 now, then, l->parent->id);
}

static void tell_numbers(struct laxer *l, const struct yaml_node *node, const char *path,
                         double now, double then)
{
    char a[NUM_TEXT], b[NUM_TEXT];
    num_print(now, a);
    num_print(then, b);
    tell(l, node, path, a, b);
}

/* The node of a key, or of the map where there is none. */
static const struct yaml_node *at(const struct yaml_node *map, const char *key)
{
    const struct yaml_node *node = yaml_get(map, key);
    return node ? node : map;
}

/* A key of the merged tree: where the overlay changed it, its place in the overlay. */
static const struct yaml_node *place(const struct laxer *l, const char *key,
                                     const char *sub)
{
    const struct yaml_node *node = at(l->merged, key);
    return sub ? at(node, sub) : node;
}

static void decimals(struct laxer *l, const struct yaml_node *node, const char *path,
                     struct decimal now, struct decimal then, int laxer)
{
    if (decimal_cmp(now, then) == laxer)
        tell_numbers(l, node, path, decimal_double(now), decimal_double(then));
}

/* ---- rules ----------------------------------------------------------------------------- */

static void check_cv_rule(struct laxer *l)
{
    const struct standard *a = l->parent, *b = l->st;
    static const char *const APPLIES[] = {"each", "composite", "both", "none"};
    /* where each figure is within the limit, so is their mean */
    if (b->applies == CV_COMPOSITE && a->applies != CV_COMPOSITE)
        tell(l, place(l, "cv_rule", "applies_to"), "cv_rule.applies_to",
             APPLIES[b->applies], APPLIES[a->applies]);
    for (int s = 0; s < STAGE_COUNT; s++) {
        char path[OPTION_PATH];
        const char *stage = stage_id((enum stage)s);
        if (a->has_stage[s] && b->has_stage[s])
            decimals(l, place(l, "cv_rule", stage), option_path("cv_rule", stage, path),
                     b->limit[s], a->limit[s], 1);
    }
}

/* So many indicators a school may miss. */
static int misses(const struct standard *st)
{
    return (int)st->n_indicators - st->at_least;
}

static void check_school_rule(struct laxer *l)
{
    const struct standard *a = l->parent, *b = l->st;
    if (!a->has_school_rule || !b->has_school_rule)
        return;
    if (b->at_least < a->at_least)
        tell_numbers(l, place(l, "school_rule", "at_least"), "school_rule.at_least",
                     b->at_least, a->at_least);
    else if (misses(b) > misses(a)) /* one more indicator, and no more of them required */
        yaml_warning(
            at(l->own, "indicators"), l->errs,
            "school_rule.at_least: %d of %zu, and %d of %zu in %s: laxer than what "
            "it extends",
            b->at_least, b->n_indicators, a->at_least, a->n_indicators, a->id);
    decimals(l, place(l, "school_rule", "floor"), "school_rule.floor", b->floor, a->floor,
             -1);
}

/* Forms are rounded half up, which lets 0.6504 pass as 0.650; fewer digits let more pass. */
static void check_rounding(struct laxer *l)
{
    const struct standard *a = l->parent, *b = l->st;
    if (a->rounding.raw && !b->rounding.raw)
        tell(l, place(l, "rounding", "compare"), "rounding.compare", "form", "raw");
    if (b->rounding.raw)
        return;
    if (b->rounding.cv < a->rounding.cv)
        tell_numbers(l, place(l, "rounding", "cv"), "rounding.cv", b->rounding.cv,
                     a->rounding.cv);
    if (b->rounding.value < a->rounding.value)
        tell_numbers(l, place(l, "rounding", "value"), "rounding.value",
                     b->rounding.value, a->rounding.value);
}

static void check_top(struct laxer *l)
{
    const struct standard *a = l->parent, *b = l->st;
    char now[DATE_TEXT], then[DATE_TEXT];
    if (b->coverage < a->coverage)
        tell_numbers(l, place(l, "coverage", NULL), "coverage", b->coverage, a->coverage);
    if (b->vanished_max > a->vanished_max)
        tell_numbers(l, place(l, "vanished_max", NULL), "vanished_max", b->vanished_max,
                     a->vanished_max);
    if (date_cmp(b->effective, a->effective) > 0 && a->effective.year) {
        date_print(b->effective, now);
        date_print(a->effective, then);
        tell(l, place(l, "effective", NULL), "effective", now, then);
    }
}

/* ---- population ------------------------------------------------------------------------ */

/* Schools of a kind stay out below so many pupils: INFINITY at any size, 0 never. */
static double out_below(const struct standard *st, int kind)
{
    double most = 0;
    for (size_t i = 0; i < st->n_exclude; i++) {
        const struct exclude *e = &st->exclude[i];
        if (e->kinds && !(e->kinds >> kind & 1))
            continue;
        most = fmax(most, e->pupils_below > 0 ? e->pupils_below : INFINITY);
    }
    return most;
}

static void check_population(struct laxer *l)
{
    const struct standard *a = l->parent, *b = l->st;
    const struct yaml_node *map = at(l->merged, "population");
    for (int kind = 0; kind < KIND_COUNT; kind++)
        if (out_below(b, kind) > out_below(a, kind))
            yaml_warning(
                at(map, "exclude"), l->errs,
                "population.exclude: leaves out %s schools that %s counts: laxer "
                "than what it extends",
                kind_id((enum kind)kind), a->id);
    if (b->owners && (a->owners & ~b->owners || !a->owners))
        yaml_warning(
            at(map, "owners"), l->errs,
            "population.owners: leaves out owners that %s counts: laxer than what "
            "it extends",
            a->id);
    if (b->campus_merge && !a->campus_merge)
        tell(l, at(map, "campus"), "population.campus", "merge", "separate");
}

/* ---- indicators ------------------------------------------------------------------------ */

/* An entry of one of the overlay's lists. */
static const struct yaml_node *entry(const struct yaml_node *root, const char *list,
                                     const char *id)
{
    const struct yaml_node *all = yaml_get(root, list);
    for (size_t i = 0; all && all->kind == YAML_LIST && i < all->n; i++) {
        const struct yaml_node *its = yaml_get(all->items[i], "id");
        if (its && !strcmp(its->text, id))
            return all->items[i];
    }
    return all ? all : root;
}

/* An entry of the parent that is gone. */
static void without(struct laxer *l, const char *list, const char *id)
{
    yaml_warning(entry(l->own, list, id), l->errs,
                 "%s: without %s of %s: laxer than what it extends", list, id,
                 l->parent->id);
}

static bool same_terms(const struct indicator *a, const struct indicator *b)
{
    size_t same = 0;
    for (size_t i = 0; i < a->n_terms; i++)
        for (size_t k = 0; k < b->n_terms; k++)
            same += a->terms[i].field == b->terms[k].field &&
                    a->terms[i].sign == b->terms[k].sign;
    return a->n_terms == b->n_terms && same == a->n_terms;
}

/* What is counted differently cannot be compared: people have to look. */
static void check_meaning(struct laxer *l, const struct yaml_node *node,
                          const struct indicator *a, const struct indicator *b)
{
    static const char OTHER[] = "%s.%s is not that of %s: its limits mean something else";
    if (!same_terms(a, b))
        yaml_warning(at(node, "numerator"), l->errs, OTHER, b->id, "numerator",
                     l->parent->id);
    if (a->per != b->per)
        yaml_warning(at(node, "per"), l->errs, OTHER, b->id, "per", l->parent->id);
    if (a->split != b->split)
        yaml_warning(at(node, "split"), l->errs, OTHER, b->id, "split", l->parent->id);
}

static void check_indicators(struct laxer *l)
{
    for (size_t i = 0; i < l->parent->n_indicators; i++) {
        const struct indicator *a = &l->parent->indicators[i];
        int k = standard_indicator(l->st, a->id);
        const struct indicator *b = k < 0 ? NULL : &l->st->indicators[k];
        const struct yaml_node *node = entry(b ? l->merged : l->own, "indicators", a->id);
        if (!b) {
            without(l, "indicators", a->id);
            continue;
        }
        check_meaning(l, node, a, b);
        for (int s = 0; s < STAGE_COUNT; s++) {
            char path[OPTION_PATH], name[OPTION_PATH];
            const char *stage = stage_id((enum stage)s);
            option_path(option_path(b->id, "school_min", name), stage, path);
            if (a->has_min[s] && b->has_min[s])
                decimals(l, at(at(node, "school_min"), stage), path, b->min[s], a->min[s],
                         -1);
        }
    }
}

/* ---- items, relaxations ---------------------------------------------------------------- */

/* What cannot be compared: where the overlay says it anew, people have to look. */
static void said_anew(struct laxer *l, const char *list, const char *id, const char *key)
{
    const struct yaml_node *node = yaml_get(entry(l->own, list, id), key);
    if (node)
        yaml_warning(node, l->errs,
                     "%s.%s is not that of %s: look whether it lets more pass", id, key,
                     l->parent->id);
}

static void check_roles(struct laxer *l, const struct item *a, const struct item *b)
{
    if (a->veto && !b->veto)
        without(l, "veto", a->id);
    if (a->precondition && !b->precondition)
        without(l, "precondition", a->id);
    if (!a->scored && b->scored && !a->veto)
        yaml_warning(
            place(l, "score", "items"), l->errs,
            "score.items: %s counts by its points, and by itself in %s: laxer than "
            "what it extends",
            a->id, l->parent->id);
}

static void check_items(struct laxer *l)
{
    const struct standard *parent = l->parent, *st = l->st;
    for (size_t i = 0; i < parent->n_items; i++) {
        const struct item *a = &parent->items[i];
        int k = standard_item(st, a->id, strlen(a->id));
        if (k < 0) {
            without(l, "items", a->id);
            continue;
        }
        said_anew(l, "items", a->id, "rule");
        check_roles(l, a, &st->items[k]);
    }
    if (parent->score.there && st->score.there)
        decimals(l, place(l, "score", "pass"), "score.pass", st->score.pass,
                 parent->score.pass, -1);
    if (parent->monitor & ~st->monitor)
        yaml_warning(place(l, "monitor", NULL), l->errs,
                     "monitor: less than in %s: laxer than what it extends", parent->id);
}

static const struct relaxation *find_relaxation(const struct standard *st, const char *id)
{
    for (size_t i = 0; i < st->n_relaxations; i++)
        if (!strcmp(st->relaxations[i].id, id))
            return &st->relaxations[i];
    return NULL;
}

static void check_relaxation(struct laxer *l, const struct relaxation *a,
                             const struct relaxation *b)
{
    static const char *const KEYS[] = {"where",     "numerator", "rule",
                                       "indicator", "item",      "duty"};
    char now[DATE_TEXT], then[DATE_TEXT], path[OPTION_PATH];
    const struct yaml_node *node = entry(l->merged, "relaxations", b->id);
    if (date_cmp(b->until, a->until) > 0) {
        date_print(b->until, now);
        date_print(a->until, then);
        tell(l, at(node, "until"), option_path(b->id, "until", path), now, then);
    }
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
        said_anew(l, "relaxations", b->id, KEYS[i]);
}

/* Fewer of them are stricter. */
static void check_relaxations(struct laxer *l)
{
    for (size_t i = 0; i < l->st->n_relaxations; i++) {
        const struct relaxation *b = &l->st->relaxations[i],
                                *a = find_relaxation(l->parent, b->id);
        if (a)
            check_relaxation(l, a, b);
        else
            yaml_warning(entry(l->merged, "relaxations", b->id), l->errs,
                         "relaxations: %s is not in %s: laxer than what it extends",
                         b->id, l->parent->id);
    }
}

void standard_laxer(const struct standard *parent, const struct standard *st,
                    const struct yaml_node *own, const struct yaml_node *merged,
                    struct errs *errs)
{
    struct laxer l = {parent, st, own, merged, errs};
    check_top(&l);
    check_rounding(&l);
    check_population(&l);
    check_indicators(&l);
    check_school_rule(&l);
    check_cv_rule(&l);
    check_items(&l);
    check_relaxations(&l);
}
