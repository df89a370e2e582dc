/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "conf/option.h"
#include "conf/standard_extend.h"

struct merge {
    const char *parent; /* its name */
    struct arena *arena;
    struct errs *errs;
};

static const struct yaml_node *merge_value(struct merge *m, const char *path,
                                           const struct yaml_node *parent,
                                           const struct yaml_node *own);

/* ---- lists of maps by id --------------------------------------------------------------- */

/* The id of an entry, or NULL. */
static const struct yaml_node *id_of(const struct yaml_node *entry)
{
    const struct yaml_node *id = yaml_get(entry, "id");
    return id && id->kind == YAML_SCALAR && *id->text ? id : NULL;
}

static bool by_id(const struct yaml_node *list)
{
    for (size_t i = 0; i < list->n; i++)
        if (!id_of(list->items[i]))
            return false;
    return list->n > 0;
}

/* Index of an id among the first n entries, or n. */
static size_t find(const struct yaml_node *const *entries, size_t n, const char *id)
{
    for (size_t i = 0; i < n; i++)
        if (id_of(entries[i]) && !strcmp(id_of(entries[i])->text, id))
            return i;
    return n;
}

/* ---- remove ---------------------------------------------------------------------------- */

static void refuse_removes(struct merge *m, const struct yaml_node *node)
{
    for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++)
        refuse_removes(m, node->pairs[i].value);
    for (size_t i = 0; node->kind == YAML_LIST && i < node->n; i++) {
        const struct yaml_node *remove = yaml_get(node->items[i], "remove");
        if (remove && !m->parent)
            yaml_error(remove, m->errs,
                       "remove: this standard extends no other: delete the entry itself");
        else if (remove)
            yaml_error(remove, m->errs, "remove: there is no such list in %s", m->parent);
        refuse_removes(m, node->items[i]);
    }
}

void standard_refuse_removes(const struct yaml_node *root, struct errs *errs)
{
    struct merge m = {.errs = errs};
    refuse_removes(&m, root);
}

static void tell_unknown(struct merge *m, const struct yaml_node *entry,
                         const struct yaml_node *parent)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const char *id = id_of(entry)->text;
    const char **ids = arena_array(m->arena, parent->n, sizeof *ids);
    for (size_t i = 0; ids && i < parent->n; i++)
        ids[i] = id_of(parent->items[i])->text;
    yaml_error(yaml_get(entry, "remove"), m->errs, "remove: %s is not in %s%s",
               yaml_quote(id, quoted), m->parent,
               option_mean(id, ids, ids ? parent->n : 0, mean));
}

/* An entry that says `remove`: does it take out the parent's? */
static bool removes(struct merge *m, const struct yaml_node *entry,
                    const struct yaml_node *parent, size_t at)
{
    const struct yaml_node *remove = yaml_get(entry, "remove");
    bool yes = remove->kind == YAML_SCALAR && !strcmp(remove->text, "true");
    if (!yes)
        yaml_error(remove, m->errs, "remove: expected true, or no such key");
    else if (entry->n > 2)
        yaml_error(remove, m->errs,
                   "remove: what is removed has its id and no other key");
    else if (at == parent->n)
        tell_unknown(m, entry, parent);
    else
        return true;
    return false;
}

/* ---- trees ----------------------------------------------------------------------------- */

static const struct yaml_node *full(struct merge *m, const struct yaml_node *at)
{
    yaml_error(at, m->errs, "too large");
    return at;
}

/* The parent's entries in their order, changed or taken out, and then the new ones. */
static const struct yaml_node *merge_list(struct merge *m, const char *path,
                                          const struct yaml_node *parent,
                                          const struct yaml_node *own)
{
    struct yaml_node *out = arena_alloc(m->arena, sizeof *out);
    const struct yaml_node **items =
        arena_array(m->arena, parent->n + own->n, sizeof *items);
    char name[OPTION_PATH], quoted[YAML_SHOW];
    if (!out || !items)
        return full(m, own);
    memcpy(items, parent->items, parent->n * sizeof *items);
    size_t n = parent->n, kept = 0;
    for (size_t i = 0; i < own->n; i++) {
        const struct yaml_node *entry = own->items[i], *id = id_of(entry);
        size_t at = id ? find(parent->items, parent->n, id->text) : 0;
        snprintf(name, sizeof name, "%s[%zu]", path, i);
        if (!id) {
            yaml_error(entry, m->errs,
                       "%s: expected a map with the id of an entry of %s, or a new one",
                       name, m->parent);
        } else if (find(own->items, i, id->text) < i) {
            size_t first = find(own->items, i, id->text);
            yaml_error(id, m->errs, "%s.id: %s is there twice: first on line %u", name,
                       yaml_quote(id->text, quoted), id_of(own->items[first])->line);
        } else if (yaml_get(entry, "remove")) {
            if (removes(m, entry, parent, at))
                items[at] = NULL;
        } else if (at < parent->n) {
            items[at] = merge_value(m, name, parent->items[at], entry);
        } else {
            refuse_removes(m, entry);
            items[n++] = entry;
        }
    }
    for (size_t i = 0; i < n; i++)
        if (items[i])
            items[kept++] = items[i];
    *out = *own;
    out->n = kept;
    out->items = items;
    return out;
}

static size_t find_key(const struct yaml_node *map, const char *key)
{
    size_t i = 0;
    while (i < map->n && strcmp(map->pairs[i].key->text, key) != 0)
        i++;
    return i;
}

static const struct yaml_node *merge_map(struct merge *m, const char *path,
                                         const struct yaml_node *parent,
                                         const struct yaml_node *own)
{
    struct yaml_node *out = arena_alloc(m->arena, sizeof *out);
    struct yaml_pair *pairs = arena_array(m->arena, parent->n + own->n, sizeof *pairs);
    char name[OPTION_PATH];
    if (!out || !pairs)
        return full(m, own);
    memcpy(pairs, parent->pairs, parent->n * sizeof *pairs);
    size_t n = parent->n;
    for (size_t i = 0; i < own->n; i++) {
        struct yaml_pair pair = own->pairs[i];
        size_t at = find_key(parent, pair.key->text);
        if (at < parent->n) {
            option_path(path, pair.key->text, name);
            pair.value = merge_value(m, name, parent->pairs[at].value, pair.value);
            pairs[at] = pair;
        } else {
            refuse_removes(m, pair.value);
            pairs[n++] = pair;
        }
    }
    *out = *own;
    out->n = n;
    out->pairs = pairs;
    return out;
}

static const struct yaml_node *merge_value(struct merge *m, const char *path,
                                           const struct yaml_node *parent,
                                           const struct yaml_node *own)
{
    if (parent->kind == YAML_MAP && own->kind == YAML_MAP)
        return merge_map(m, path, parent, own);
    if (own->kind == YAML_LIST && own->n && parent->kind == YAML_LIST && by_id(parent))
        return merge_list(m, path, parent, own);
    return own;
}

/* A map without the key. */
static const struct yaml_node *without(struct merge *m, const struct yaml_node *map,
                                       const char *key)
{
    struct yaml_node *out = arena_alloc(m->arena, sizeof *out);
    struct yaml_pair *pairs = arena_array(m->arena, map->n, sizeof *pairs);
    if (!out || !pairs)
        return full(m, map);
    *out = *map;
    out->pairs = pairs;
    out->n = 0;
    for (size_t i = 0; i < map->n; i++)
        if (strcmp(map->pairs[i].key->text, key) != 0)
            pairs[out->n++] = map->pairs[i];
    return out;
}

const struct yaml_node *standard_merge(const struct yaml_node *parent,
                                       const struct yaml_node *overlay,
                                       const char *parent_name, struct arena *arena,
                                       struct errs *errs)
{
    size_t before = errs->errors;
    struct merge m = {parent_name, arena, errs};
    const struct yaml_node *all = merge_map(&m, "", parent, overlay);
    all = without(&m, all, "extends");
    return errs->errors == before ? all : NULL;
}
