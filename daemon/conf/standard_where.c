/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/num.h"
#include "conf/option.h"
#include "conf/standard_read.h"

enum { WAYS_MAX = 16 }; /* in one `where` */

/* ---- words as bits --------------------------------------------------------------------- */

/* The bit of one word, or -1, told. */
typedef int bit_of(struct standard_reader *r, const struct yaml_node *word,
                   const char *path);

static int unknown_word(struct standard_reader *r, const struct yaml_node *word,
                        const char *path, const char *what, const char *const *names,
                        size_t n)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    yaml_error(word, r->errs, "%s: unknown %s %s%s", path, what,
               yaml_quote(word->text, quoted), option_mean(word->text, names, n, mean));
    return -1;
}

static int kind_bit(struct standard_reader *r, const struct yaml_node *word,
                    const char *path)
{
    const char *names[KIND_COUNT];
    int kind = kind_of(word->text, strlen(word->text));
    for (int i = 0; i < KIND_COUNT; i++)
        names[i] = kind_id((enum kind)i);
    return kind >= 0 ? kind
                     : unknown_word(r, word, path, "kind of school", names, KIND_COUNT);
}

static int setting_bit(struct standard_reader *r, const struct yaml_node *word,
                       const char *path)
{
    const char *const names[] = {setting_id(SETTING_URBAN), setting_id(SETTING_TOWN),
                                 setting_id(SETTING_RURAL)};
    int setting = setting_of(word->text, strlen(word->text));
    return setting > 0 ? setting
                       : unknown_word(r, word, path, "setting", names,
                                      sizeof names / sizeof *names);
}

static int owner_bit(struct standard_reader *r, const struct yaml_node *word,
                     const char *path)
{
    int64_t owner;
    char quoted[YAML_SHOW];
    if (num_parse_int(word->text, strlen(word->text), 1, OWNER_COUNT, &owner) == 0)
        return (int)owner;
    yaml_error(word, r->errs, "%s: expected 1 to %d, got %s", path, OWNER_COUNT,
               yaml_quote(word->text, quoted));
    return -1;
}

static uint32_t one_bit(struct standard_reader *r, const struct yaml_node *word,
                        const char *path, bit_of *bit)
{
    int i = option_text(word, path, r->errs) ? bit(r, word, path) : -1;
    return i < 0 ? 0 : UINT32_C(1) << i;
}

static uint32_t bits(struct standard_reader *r, const struct yaml_node *node,
                     const char *path, bit_of *bit)
{
    uint32_t all = 0;
    char item[OPTION_PATH];
    if (node->kind != YAML_LIST)
        return one_bit(r, node, path, bit);
    if (!node->n)
        yaml_error(node, r->errs, "%s: an empty list: no school would count", path);
    for (size_t i = 0; i < node->n; i++) {
        snprintf(item, sizeof item, "%s[%zu]", path, i);
        all |= one_bit(r, node->items[i], item, bit);
    }
    return all;
}

uint32_t standard_kinds(struct standard_reader *r, const struct yaml_node *node,
                        const char *path)
{
    return bits(r, node, path, kind_bit);
}

uint32_t standard_owners(struct standard_reader *r, const struct yaml_node *node,
                         const char *path)
{
    return bits(r, node, path, owner_bit);
}

/* ---- filters --------------------------------------------------------------------------- */

static uint32_t key_bits(struct standard_reader *r, const struct yaml_node *map,
                         const char *path, const char *key, bit_of *bit)
{
    char name[OPTION_PATH];
    const struct yaml_node *node = yaml_get(map, key);
    return node ? bits(r, node, option_path(path, key, name), bit) : 0;
}

static int8_t flag(const struct yaml_node *map, const char *key, bool value)
{
    return yaml_get(map, key) ? value : -1;
}

/* What no school could answer to, or every one. */
static void check_way(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, const struct school_filter *f)
{
    if (map->kind == YAML_MAP && !map->n)
        yaml_error(map, r->errs, "%s: asks for nothing: leave it out for every school",
                   path);
    if (f->pupils_below > 0 && f->pupils_from >= f->pupils_below)
        yaml_error(standard_at(map, "pupils_below"), r->errs,
                   "%s.pupils_below: not above pupils_from: no school would match", path);
}

static const struct school_filter *read_way(struct standard_reader *r,
                                            const struct yaml_node *map, const char *path,
                                            const struct school_filter *or_else)
{
    struct standard_filter keys;
    struct school_filter *f = arena_alloc(r->arena, sizeof *f);
    if (!f)
        return NULL;
    standard_fill(r, map, path, &STANDARD_FILTER, &keys, sizeof keys);
    *f = (struct school_filter){
        .kinds = key_bits(r, map, path, "kind", kind_bit),
        .settings = key_bits(r, map, path, "setting", setting_bit),
        .owners = key_bits(r, map, path, "owner", owner_bit),
        .pupils_from = (double)keys.pupils_from,
        .pupils_below = (double)keys.pupils_below,
        .built_until = (int)keys.built_until,
        .boarding = flag(map, "boarding", keys.boarding),
        .dense_centre = flag(map, "dense_centre", keys.dense_centre),
        .largest_class_below = (double)keys.largest_class_below,
        .or_else = or_else};
    f->has_migrant_share =
        keys.migrant_share_above &&
        standard_decimal(r, map, path, "migrant_share_above", keys.migrant_share_above,
                         MAY_BE_ZERO, 1, &f->migrant_share_above);
    check_way(r, map, path, f);
    return f;
}

const struct school_filter *standard_where(struct standard_reader *r,
                                           const struct yaml_node *map, const char *path)
{
    char name[OPTION_PATH], item[OPTION_PATH];
    const struct school_filter *filter = NULL;
    const struct yaml_node *where = yaml_get(map, "where");
    if (!where)
        return NULL;
    option_path(path, "where", name);
    if (where->kind != YAML_LIST)
        return read_way(r, where, name, NULL);
    if (!where->n || where->n > WAYS_MAX)
        yaml_error(where, r->errs, "%s: expected 1 to %d maps, got %zu", name, WAYS_MAX,
                   where->n);
    for (size_t i = where->n > WAYS_MAX ? 0 : where->n; i-- > 0;) {
        option_item(path, "where", i, item);
        filter = read_way(r, where->items[i], item, filter);
    }
    return filter;
}
