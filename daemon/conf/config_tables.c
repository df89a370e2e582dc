/* SPDX-License-Identifier: Apache-2.0 */
/* `sources_from:`, tables whose every row is a source. */
#include <string.h>

#include "conf/config_include.h"
#include "conf/option.h"
#include "conf/sheet.h"

/* What a column's cells are: the key of a source, or of a map in it (`defaults.owner`). */
struct column {
    const struct yaml_node *key;
    size_t group; /* of such a map, by its place among groups; NO_GROUP */
};

enum { NO_GROUP = SHEET_COLUMNS_MAX };

struct rows {
    struct arena *arena;
    struct errs *errs;
    struct sheet sheet;
    struct column columns[SHEET_COLUMNS_MAX];
    const struct yaml_node *groups[SHEET_COLUMNS_MAX]; /* their keys */
    size_t n_columns, n_groups;
    const struct yaml_node **items;
    size_t n, max;
};

static struct yaml_node *node_of(struct rows *t, const struct sheet_cell *cell,
                                 enum yaml_kind kind, const char *text)
{
    struct yaml_node *node = text ? arena_alloc(t->arena, sizeof *node) : NULL;
    if (node)
        *node = (struct yaml_node){.kind = kind,
                                   .file = t->sheet.file,
                                   .line = cell->line,
                                   .col = cell->col,
                                   .text = text,
                                   .quoted = true};
    return node;
}

/* ---- the header ------------------------------------------------------------------------ */

static size_t group_of(struct rows *t, const struct sheet_cell *cell, size_t len)
{
    const char *name = arena_strn(t->arena, cell->text, len);
    for (size_t i = 0; name && i < t->n_groups; i++)
        if (!strcmp(t->groups[i]->text, name))
            return i;
    const struct yaml_node *key = node_of(t, cell, YAML_SCALAR, name);
    if (!key)
        return NO_GROUP;
    t->groups[t->n_groups] = key;
    return t->n_groups++;
}

static bool read_column(struct rows *t, const struct sheet_cell *cell)
{
    struct column *column = &t->columns[t->n_columns];
    const char *dot = strchr(cell->text, '.');
    if (!*cell->text) {
        sheet_error(&t->sheet, cell, "a column without a name");
        return false;
    }
    column->group =
        dot ? group_of(t, cell, (size_t)(dot - cell->text)) : (size_t)NO_GROUP;
    column->key = node_of(t, cell, YAML_SCALAR, dot ? dot + 1 : cell->text);
    for (size_t i = 0; column->key && i < t->n_columns; i++) {
        const struct column *other = &t->columns[i];
        if (other->group != column->group ||
            strcmp(other->key->text, column->key->text) != 0)
            continue;
        sheet_error(&t->sheet, cell, "a column is there twice:");
        return false;
    }
    t->n_columns++;
    return column->key;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* `covers` may hold several codes: 3401;3402 */
static const struct yaml_node *codes_of(struct rows *t, const struct sheet_cell *cell)
{
    static const char BETWEEN[] = "; ";
    struct yaml_node *list = node_of(t, cell, YAML_LIST, "");
    const struct yaml_node **items =
        arena_array(t->arena, strlen(cell->text) / 2 + 1, sizeof *items);
    if (!list || !items)
        return NULL;
    list->items = items;
    for (const char *p = cell->text + strspn(cell->text, BETWEEN); *p;) {
        size_t len = strcspn(p, BETWEEN);
        items[list->n] = node_of(t, cell, YAML_SCALAR, arena_strn(t->arena, p, len));
        if (!items[list->n++])
            return NULL;
        p += len;
        p += strspn(p, BETWEEN);
    }
    return list;
}

static const struct yaml_node *value_of(struct rows *t, const struct column *column,
                                        const struct sheet_cell *cell)
{
    if (column->group == NO_GROUP && !strcmp(column->key->text, "covers"))
        return codes_of(t, cell);
    return node_of(t, cell, YAML_SCALAR, cell->text);
}

static struct yaml_node *map_of(struct rows *t, const struct sheet_cell *cell)
{
    struct yaml_node *map = node_of(t, cell, YAML_MAP, "");
    struct yaml_pair *pairs = arena_array(t->arena, t->n_columns, sizeof *pairs);
    if (!map || !pairs)
        return NULL;
    map->pairs = pairs;
    return map;
}

static void put(struct yaml_node *map, const struct yaml_node *key,
                const struct yaml_node *value)
{
    ((struct yaml_pair *)(uintptr_t)map->pairs)[map->n++] =
        (struct yaml_pair){key, value};
}

/* Empty cells are absent keys. NULL when there is no memory. */
static const struct yaml_node *source_of(struct rows *t, const struct sheet_cell *cells,
                                         size_t n)
{
    struct yaml_node *source = map_of(t, cells), *inner[SHEET_COLUMNS_MAX] = {0};
    for (size_t i = 0; source && i < n; i++) {
        const struct column *column = &t->columns[i];
        struct yaml_node *into = source;
        if (!*cells[i].text)
            continue;
        if (column->group != NO_GROUP) {
            struct yaml_node **map = &inner[column->group];
            into = *map = *map ? *map : map_of(t, &cells[i]);
        }
        const struct yaml_node *value = value_of(t, column, &cells[i]);
        if (!into || !value)
            return NULL;
        put(into, column->key, value);
    }
    for (size_t i = 0; source && i < t->n_groups; i++)
        if (inner[i])
            put(source, t->groups[i], inner[i]);
    return source;
}

/* False after an error, which is told. */
static bool read_row(struct rows *t, const struct sheet_cell *cells, int n)
{
    size_t cell_count = (size_t)n;
    if (cell_count > t->n_columns) {
        sheet_error(&t->sheet, &cells[t->n_columns], "a cell without a column");
        return false;
    }
    if (t->n == t->max) {
        errs_at(t->errs, ERR_ERROR, t->sheet.file, cells->line, 0,
                "more than %zu sources", t->max);
        return false;
    }
    t->items[t->n] = source_of(t, cells, cell_count);
    if (!t->items[t->n]) {
        errs_at(t->errs, ERR_ERROR, t->sheet.file, cells->line, 0, "too large");
        return false;
    }
    t->n++;
    return true;
}

static void read_table(struct rows *t)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n = sheet_row(&t->sheet, cells);
    t->n_columns = t->n_groups = 0;
    for (int i = 0; i < n; i++)
        if (!read_column(t, &cells[i]))
            return;
    if (n == 0)
        errs_at(t->errs, ERR_ERROR, t->sheet.file, 1, 0,
                "empty: the first row must name keys of a source, such as name and url");
    while (n > 0 && (n = sheet_row(&t->sheet, cells)) > 0)
        if (!read_row(t, cells, n))
            return;
}

static void read_file(struct config_reader *r, struct rows *t,
                      const struct yaml_node *node)
{
    struct jh_err err;
    if (sheet_open(&t->sheet, config_path(r, node->text), r->arena, r->errs, &err) != 0) {
        yaml_error(node, r->errs, "sources_from: %s: %s", err.file, err.text);
        return;
    }
    read_table(t);
    sheet_close(&t->sheet);
}

const struct yaml_node *const *config_tables(struct config_reader *r, size_t max,
                                             size_t *ret_n)
{
    const struct yaml_node *from = yaml_get(r->root, "sources_from");
    struct rows t = {.arena = r->arena, .errs = r->errs, .max = max};
    bool list = from && from->kind == YAML_LIST;
    *ret_n = 0;
    if (!from)
        return NULL;
    t.items = arena_array(r->arena, max, sizeof *t.items);
    for (size_t i = 0; t.items && i < (list ? from->n : 1); i++) {
        const struct yaml_node *node = list ? from->items[i] : from;
        if (option_text(node, "sources_from", r->errs))
            read_file(r, &t, node);
    }
    *ret_n = t.n;
    return t.items;
}
