/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config_include.h"

#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "conf/option.h"

static const char *const LISTS[] = {"sources", "sources_from", "channels",
                                    "offices", "routes",       NULL};

static bool is_list(const char *key)
{
    for (size_t i = 0; LISTS[i]; i++)
        if (!strcmp(LISTS[i], key))
            return true;
    return false;
}

static void told_already(struct config_reader *r, const struct yaml_node *key,
                         const struct yaml_node *first)
{
    char quoted[YAML_SHOW];
    yaml_error(key, r->errs, "%s is there twice: first in %s:%u",
               yaml_quote(key->text, quoted), first->file, first->line);
}

/* ---- joining --------------------------------------------------------------------------- */

/* A node as one entry of a list. */
static const struct yaml_node *alone(struct arena *arena, const struct yaml_node *node)
{
    struct yaml_node *list = arena_alloc(arena, sizeof *list);
    const struct yaml_node **items = arena_array(arena, 1, sizeof *items);
    if (!list || !items || node->kind == YAML_LIST)
        return node;
    *list = *node;
    *items = node;
    list->kind = YAML_LIST;
    list->n = 1;
    list->items = items;
    return list;
}

static const struct yaml_node *join_lists(struct arena *arena, const struct yaml_node *a,
                                          const struct yaml_node *b)
{
    if (a->kind == YAML_MAP || b->kind == YAML_MAP)
        return a->kind == YAML_MAP ? a : b; /* what is no list is told by who reads it */
    a = alone(arena, a);
    b = alone(arena, b);
    struct yaml_node *list = arena_alloc(arena, sizeof *list);
    const struct yaml_node **items = arena_array(arena, a->n + b->n, sizeof *items);
    if (!list || !items)
        return a;
    *list = *a;
    memcpy(items, a->items, a->n * sizeof *items);
    memcpy(items + a->n, b->items, b->n * sizeof *items);
    list->items = items;
    list->n = a->n + b->n;
    return list;
}

static const struct yaml_node *join_profiles(struct config_reader *r,
                                             const struct yaml_node *a,
                                             const struct yaml_node *b)
{
    struct yaml_node *map = arena_alloc(r->arena, sizeof *map);
    struct yaml_pair *pairs = arena_array(r->arena, a->n + b->n, sizeof *pairs);
    if (!map || !pairs || a->kind != YAML_MAP || b->kind != YAML_MAP)
        return a->kind != YAML_MAP ? a : b; /* what is no map is told by who reads it */
    *map = *a;
    memcpy(pairs, a->pairs, a->n * sizeof *pairs);
    for (size_t i = 0; i < b->n; i++) {
        const struct yaml_node *key = b->pairs[i].key, *first = yaml_get(a, key->text);
        if (first)
            told_already(r, key, first);
        else
            pairs[map->n++] = b->pairs[i];
    }
    map->pairs = pairs;
    return map;
}

static void join_key(struct config_reader *r, struct yaml_node *root,
                     struct yaml_pair *pairs, const struct yaml_pair *more)
{
    for (size_t i = 0; i < root->n; i++) {
        if (strcmp(pairs[i].key->text, more->key->text) != 0)
            continue;
        if (is_list(more->key->text))
            pairs[i].value = join_lists(r->arena, pairs[i].value, more->value);
        else if (!strcmp(more->key->text, "profiles"))
            pairs[i].value = join_profiles(r, pairs[i].value, more->value);
        else
            told_already(r, more->key, pairs[i].key);
        return;
    }
    pairs[root->n++] = *more;
}

static const struct yaml_node *join(struct config_reader *r, const struct yaml_node *root,
                                    const struct yaml_node *more)
{
    struct yaml_node *map = arena_alloc(r->arena, sizeof *map);
    struct yaml_pair *pairs = arena_array(r->arena, root->n + more->n, sizeof *pairs);
    if (!map || !pairs)
        return root;
    *map = *root;
    memcpy(pairs, root->pairs, root->n * sizeof *pairs);
    map->pairs = pairs;
    for (size_t i = 0; i < more->n; i++)
        join_key(r, map, pairs, &more->pairs[i]);
    return map;
}

/* ---- files ----------------------------------------------------------------------------- */

static const struct yaml_node *add_file(struct config_reader *r,
                                        const struct yaml_node *root, const char *path)
{
    char shown[YAML_SHOW];
    const struct yaml_node *more = yaml_load(path, r->arena, r->errs);
    if (!more)
        return root;
    if (more->kind != YAML_MAP) {
        yaml_error(more, r->errs, "expected a map, got %s", yaml_show(more, shown));
        return root;
    }
    const struct yaml_node *again = yaml_get(more, "include");
    if (again) {
        yaml_error(again, r->errs, "an included file includes no others");
        return root;
    }
    return join(r, root, more);
}

static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Files of one pattern, by name; none is no mistake where the pattern could match several. */
static const struct yaml_node *add_pattern(struct config_reader *r,
                                           const struct yaml_node *root,
                                           const struct yaml_node *node)
{
    glob_t found = {0};
    const char *pattern = config_path(r, node->text);
    int rc = pattern ? glob(pattern, GLOB_NOSORT, NULL, &found) : GLOB_NOSPACE;
    if (rc == GLOB_NOMATCH && !strpbrk(node->text, "*?["))
        yaml_error(node, r->errs, "include: there is no file %s", pattern);
    else if (rc && rc != GLOB_NOMATCH)
        yaml_error(node, r->errs, "include: %s cannot be read", node->text);
    else if (found.gl_pathc > INCLUDE_FILES_MAX)
        yaml_error(node, r->errs, "include: more than %d files", INCLUDE_FILES_MAX);
    else if (!rc)
        qsort(found.gl_pathv, found.gl_pathc, sizeof *found.gl_pathv, by_bytes);
    for (size_t i = 0; !rc && i < found.gl_pathc && i < INCLUDE_FILES_MAX; i++)
        root = add_file(r, root, found.gl_pathv[i]);
    globfree(&found);
    return root;
}

const struct yaml_node *config_include(struct config_reader *r,
                                       const struct yaml_node *root)
{
    const struct yaml_node *include = yaml_get(root, "include");
    if (!include)
        return root;
    include = alone(r->arena, include);
    for (size_t i = 0; i < include->n; i++)
        if (option_text(include->items[i], "include", r->errs))
            root = add_pattern(r, root, include->items[i]);
    return root;
}
