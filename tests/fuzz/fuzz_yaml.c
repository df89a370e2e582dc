/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration files come from many hands: whatever is in them, there is a tree without
 * errors or errors without a tree, and every text of the tree is terminated UTF-8. */
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "conf/mapping.h"
#include "conf/option.h"
#include "fuzz/target.h"

struct demo {
    bool on;
    int64_t count, interval, bytes;
    const char *text;
    int word;
    struct jh_list list;
};

static const char *const WORDS[] = {"fast", "safe", NULL};

static const struct jh_option TABLE[] = {
    {"on", JH_BOOL, offsetof(struct demo, on), NULL, 0, 0, NULL, false, ""},
    {"count", JH_INT, offsetof(struct demo, count), NULL, 0, 9, NULL, false, ""},
    {"interval", JH_DURATION, offsetof(struct demo, interval), NULL, 0, 0, NULL, false,
     ""},
    {"bytes", JH_SIZE, offsetof(struct demo, bytes), NULL, 0, 0, NULL, false, ""},
    {"text", JH_STRING, offsetof(struct demo, text), NULL, 0, 0, NULL, true, ""},
    {"word", JH_ENUM, offsetof(struct demo, word), NULL, 0, 0, WORDS, false, ""},
    {"list", JH_LIST, offsetof(struct demo, list), NULL, 0, 0, NULL, false, ""},
    {0}};

static void walk(const struct yaml_node *node)
{
    HOLDS(node->line >= 1 && node->col >= 1);
    HOLDS(utf8_check(node->text, strlen(node->text)) == strlen(node->text));
    for (size_t i = 0; node->kind == YAML_LIST && i < node->n; i++)
        walk(node->items[i]);
    for (size_t i = 0; node->kind == YAML_MAP && i < node->n; i++) {
        HOLDS(node->pairs[i].key->kind == YAML_SCALAR);
        HOLDS(yaml_get(node, node->pairs[i].key->text) == node->pairs[i].value);
        walk(node->pairs[i].key);
        walk(node->pairs[i].value);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    static struct alias_table *aliases; /* the same for all inputs */
    struct errs errs;
    errs_init(&errs, 20);
    if (!aliases)
        aliases = alias_new();
    if (!arena || !aliases)
        abort();
    const struct yaml_node *root =
        yaml_parse("f", (const char *)data, size, arena, &errs);
    HOLDS(!root == !!errs.errors);
    if (root) {
        struct demo demo;
        struct mapping mapping = {0};
        walk(root);
        option_fill(root, "", TABLE, NULL, &demo, sizeof demo, arena, &errs);
        HOLDS(errs.errors || demo.text);
        mapping_read(&root, 1, "", aliases, arena, &errs, &mapping);
        for (size_t i = 0; i < mapping.n_columns; i++)
            HOLDS(mapping.columns[i].columns[0]);
    }
    errs_done(&errs);
    arena_free(arena);
    return 0;
}
