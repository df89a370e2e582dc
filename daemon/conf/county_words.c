/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/county_words.h"

#include <string.h>

#include "base/embedded.h"
#include "base/num.h"
#include "conf/option.h"
#include "model/alias.h"

enum { WORDS_MAX = 400, FOLDED_MAX = 256 };

static const char *const PARTS[] = {"columns", "values", "units"};
enum { PART_COLUMNS, PART_VALUES, PART_UNITS };

struct loading {
    struct arena *arena;
    struct errs *errs;
    struct county_word *words;
    size_t n;
};

/* Folds a word and adds it, unless it means something else already. */
static void add(struct loading *l, const struct yaml_node *node, int means, double factor)
{
    char folded[FOLDED_MAX], quoted[YAML_SHOW];
    size_t len;
    yaml_quote(node->text, quoted);
    if (l->n == WORDS_MAX ||
        alias_fold(node->text, strlen(node->text), folded, sizeof folded, &len) != 0) {
        yaml_error(node, l->errs, "%s: too long, or too many", quoted);
        return;
    }
    for (size_t i = 0; i < l->n; i++) {
        if (strlen(l->words[i].text) != len || memcmp(l->words[i].text, folded, len) != 0)
            continue;
        yaml_error(node, l->errs, "%s is there twice", quoted);
        return;
    }
    const char *text = arena_strn(l->arena, folded, len);
    if (text)
        l->words[l->n++] = (struct county_word){text, means, factor};
}

static int column_of(const char *id)
{
    for (int i = 0; i < COUNTY_COLUMNS; i++)
        if (!strcmp(county_column_id((enum county_column)i), id))
            return i;
    return -1;
}

static int value_of(const char *id)
{
    for (int i = COUNTY_MET; i < COUNTY_BAD; i++)
        if (!strcmp(county_what_id((enum county_what)i), id))
            return i;
    return -1;
}

/* id: [words]; the id itself is a word, too. */
static void read_words(struct loading *l, const struct yaml_node *key,
                       const struct yaml_node *list, int means)
{
    if (means < 0) {
        yaml_error(key, l->errs, "unknown word \"%s\"", key->text);
        return;
    }
    add(l, key, means, 1);
    if (list->kind != YAML_LIST)
        yaml_error(list, l->errs, "%s: expected a list", key->text);
    for (size_t i = 0; list->kind == YAML_LIST && i < list->n; i++)
        if (option_text(list->items[i], key->text, l->errs))
            add(l, list->items[i], means, 1);
}

static void read_unit(struct loading *l, const struct yaml_node *key,
                      const struct yaml_node *value)
{
    double factor;
    if (!option_text(value, key->text, l->errs))
        return;
    if (num_parse(value->text, strlen(value->text), &factor) != 0)
        yaml_error(value, l->errs, "%s: expected a number of 0 or more", key->text);
    else
        add(l, key, 0, factor);
}

/* One of the three maps. */
static size_t read_part(struct loading *l, const struct yaml_node *root, int part,
                        const struct county_word **ret)
{
    const struct yaml_node *map = yaml_get(root, PARTS[part]);
    l->words = arena_array(l->arena, WORDS_MAX, sizeof *l->words);
    l->n = 0;
    if (!map || map->kind != YAML_MAP)
        yaml_error(map ? map : root, l->errs, "%s: expected a map", PARTS[part]);
    for (size_t i = 0; l->words && map && map->kind == YAML_MAP && i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *value = map->pairs[i].value;
        if (part == PART_UNITS)
            read_unit(l, key, value);
        else
            read_words(l, key, value,
                       part == PART_COLUMNS ? column_of(key->text) : value_of(key->text));
    }
    *ret = l->words;
    return l->n;
}

const struct county_words *county_words_parse(const char *file, const char *bytes,
                                              size_t n, struct arena *arena,
                                              struct errs *errs)
{
    size_t before = errs->errors;
    struct loading l = {.arena = arena, .errs = errs};
    struct county_words *words = arena_alloc(arena, sizeof *words);
    const struct yaml_node *root = yaml_parse(file, bytes, n, arena, errs);
    if (!root || !words)
        return NULL;
    words->n_columns = read_part(&l, root, PART_COLUMNS, &words->columns);
    words->n_values = read_part(&l, root, PART_VALUES, &words->values);
    words->n_units = read_part(&l, root, PART_UNITS, &words->units);
    return errs->errors == before ? words : NULL;
}

const struct county_words *county_words_load(struct arena *arena, struct errs *errs)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++)
        if (!strcmp(f->name, "counties.yaml"))
            return county_words_parse(f->name, (const char *)f->data, f->size, arena,
                                      errs);
    errs_at(errs, ERR_ERROR, "counties.yaml", 0, 0, "is not in this program");
    return NULL;
}
