/* SPDX-License-Identifier: Apache-2.0 */
/* What names items: veto, precondition, score, monitor. */
#include <string.h>

#include "conf/option.h"
#include "conf/standard_read.h"

enum { FULL = 100 };

enum role { VETO, PRECONDITION, SCORED };

/* The items are the reader's own, still. */
static struct item *item_at(struct standard_reader *r, size_t i)
{
    return (struct item *)(uintptr_t)&r->st->items[i];
}

/* The item that a word names; NULL, and told, when there is none. */
static struct item *find_item(struct standard_reader *r, const struct yaml_node *word,
                              const char *path)
{
    const char *names[ITEMS_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    int i = standard_item(r->st, word->text, strlen(word->text));
    if (i >= 0)
        return item_at(r, (size_t)i);
    for (size_t k = 0; k < r->st->n_items; k++)
        names[k] = r->st->items[k].id;
    yaml_error(word, r->errs, "%s: unknown item %s%s", path,
               yaml_quote(word->text, quoted),
               option_mean(word->text, names, r->st->n_items, mean));
    return NULL;
}

/* ---- lists of ids ---------------------------------------------------------------------- */

static void give_role(struct standard_reader *r, const struct yaml_node *word,
                      const char *path, enum role role)
{
    char quoted[YAML_SHOW];
    struct item *item = find_item(r, word, path);
    if (!item)
        return;
    bool *its = role == VETO           ? &item->veto
                : role == PRECONDITION ? &item->precondition
                                       : &item->scored;
    yaml_quote(word->text, quoted);
    if (*its)
        yaml_error(word, r->errs, "%s: %s is there twice", path, quoted);
    else if (item->veto || item->scored)
        yaml_error(word, r->errs, "%s: %s is %s already", path, quoted,
                   item->veto ? "a veto" : "scored");
    *its = true;
}

static void read_ids(struct standard_reader *r, const struct yaml_node *map,
                     const char *path, const char *key, enum role role)
{
    char name[OPTION_PATH], word[OPTION_PATH], shown[YAML_SHOW];
    const struct yaml_node *list = yaml_get(map, key);
    option_path(path, key, name);
    if (!list)
        return;
    if (list->kind != YAML_LIST || !list->n) {
        yaml_error(list, r->errs, "%s: expected a list of items, got %s", name,
                   list->kind == YAML_LIST ? "an empty one" : yaml_show(list, shown));
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        option_item(path, key, i, word);
        if (option_text(list->items[i], word, r->errs))
            give_role(r, list->items[i], word, role);
    }
}

/* ---- points ---------------------------------------------------------------------------- */

static void read_points(struct standard_reader *r, const struct yaml_node *map)
{
    struct decimal *points;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *value = map->pairs[i].value;
        struct item *item = find_item(r, key, "score.points");
        if (!item || !option_text(value, "score.points", r->errs))
            continue;
        points = &item->points;
        if (!item->scored)
            yaml_error(key, r->errs, "score.points: \"%s\" is not in score.items",
                       item->id);
        else
            standard_decimal(r, map, "score.points", item->id, value->text, ABOVE_ZERO,
                             FULL, points);
    }
}

/* To nine decimals, as whole numbers. */
static int64_t in_units(struct decimal d)
{
    int64_t n = d.n;
    for (unsigned i = d.scale; i < 9; i++)
        n *= 10;
    return n;
}

static void check_points(struct standard_reader *r, const struct yaml_node *map)
{
    int64_t sum = 0;
    char text[NUM_TEXT];
    for (size_t i = 0; i < r->st->n_items; i++) {
        const struct item *item = &r->st->items[i];
        if (item->scored && !item->points.n) {
            yaml_error(map, r->errs, "score.points: \"%s\" is missing", item->id);
            return;
        }
        sum += in_units(item->points);
    }
    if (sum == in_units((struct decimal){FULL, 0}))
        return;
    decimal_print((struct decimal){sum, 9}, text);
    yaml_error(map, r->errs, "score.points: they sum to %s, expected %d", text, FULL);
}

void standard_read_score(struct standard_reader *r, const struct yaml_node *root)
{
    struct standard_score keys;
    const struct yaml_node *map = yaml_get(root, "score"), *points;
    size_t before = r->errs->errors;
    read_ids(r, root, "", "veto", VETO);
    read_ids(r, root, "", "precondition", PRECONDITION);
    if (!map)
        return;
    standard_fill(r, map, "score", &STANDARD_SCORE, &keys, sizeof keys);
    if (r->errs->errors != before)
        return;
    read_ids(r, map, "score", "items", SCORED);
    r->st->score.there = true;
    standard_decimal(r, map, "score", "pass", keys.pass, ABOVE_ZERO, FULL,
                     &r->st->score.pass);
    points = yaml_get(map, "points");
    if (!points || r->errs->errors != before)
        return;
    if (points->kind != YAML_MAP) {
        yaml_error(points, r->errs, "score.points: expected a map of items");
        return;
    }
    r->st->score.has_points = true;
    read_points(r, points);
    if (r->errs->errors == before)
        check_points(r, points);
}

/* ---- monitor --------------------------------------------------------------------------- */

void standard_read_monitor(struct standard_reader *r, const struct yaml_node *root)
{
    static const char *const WORDS[] = {"stages", "items"};
    static const uint8_t BITS[] = {MONITOR_STAGES, MONITOR_ITEMS};
    const struct yaml_node *list = yaml_get(root, "monitor");
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    r->st->monitor = MONITOR_STAGES;
    if (!list)
        return;
    if (list->kind != YAML_LIST || !list->n) {
        yaml_error(list, r->errs, "monitor: expected a list of stages and items");
        return;
    }
    r->st->monitor = 0;
    for (size_t i = 0; i < list->n; i++) {
        const struct yaml_node *word = list->items[i];
        if (!option_text(word, "monitor", r->errs))
            continue;
        size_t k = strcmp(word->text, WORDS[0]) == 0 ? 0 : 1;
        if (strcmp(word->text, WORDS[k]) != 0)
            yaml_error(word, r->errs, "monitor: expected stages or items, got %s%s",
                       yaml_quote(word->text, quoted),
                       option_mean(word->text, WORDS, 2, mean));
        else if (k && !r->st->n_items)
            yaml_error(word, r->errs, "monitor: items: the standard has none");
        r->st->monitor |= BITS[k];
    }
}
