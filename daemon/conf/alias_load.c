/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/alias_load.h"

#include <string.h>

#include "base/embedded.h"
#include "base/num.h"
#include "conf/option.h"
#include "conf/standard.h"

enum { BYTES_MAX = 4 * 1024 * 1024 };

/* fields.yaml being read into a table. */
struct loading {
    struct alias_table *table;
    struct errs *errs;
    const char *prefix[STAGE_COUNT]; /* NULL: headers are taken bare only */
};

static const char *const PARTS[] = {
    "stage_prefixes", "fields",        "text",           "words",     "units",
    "totals",         "total_endings", "sections",       "notes",     "values",
    "header_wholes",  "header_groups", "header_endings", "unit_notes"};

/* Tells of what alias_add_*() said to a word. */
static void check(struct loading *l, const struct yaml_node *node, const char *key,
                  int code)
{
    char quoted[YAML_SHOW];
    yaml_quote(node->text, quoted);
    if (code == JH_EEXIST)
        yaml_error(node, l->errs, "%s: %s means something else already", key, quoted);
    else if (code == JH_ENOENT)
        yaml_error(node, l->errs, "%s: there is no such field", key);
    else if (code < 0)
        yaml_error(node, l->errs, "%s: %s: %s", key, quoted, err_name(code));
}

static bool is_map(struct loading *l, const struct yaml_node *node, const char *key)
{
    char shown[YAML_SHOW];
    if (node->kind == YAML_MAP)
        return true;
    yaml_error(node, l->errs, "%s: expected a map, got %s", key, yaml_show(node, shown));
    return false;
}

/* A list of words; `node` may be missing them. */
static size_t words_of(struct loading *l, const struct yaml_node *node, const char *key)
{
    if (node->kind != YAML_LIST) {
        char shown[YAML_SHOW];
        yaml_error(node, l->errs, "%s: expected a list, got %s", key,
                   yaml_show(node, shown));
        return 0;
    }
    for (size_t i = 0; i < node->n; i++)
        if (!option_text(node->items[i], key, l->errs))
            return 0;
    return node->n;
}

static void read_prefixes(struct loading *l, const struct yaml_node *map)
{
    if (!is_map(l, map, "stage_prefixes"))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *value = map->pairs[i].value;
        int stage = stage_of(key->text, strlen(key->text));
        if (stage < 0)
            yaml_error(key, l->errs, "stage_prefixes: expected primary or junior");
        else if (option_text(value, "stage_prefixes", l->errs))
            l->prefix[stage] = value->text;
    }
}

/* `fields:` and `text:`: id -> headers. */
static void read_headers(struct loading *l, const struct yaml_node *map, const char *part)
{
    bool staged = l->prefix[STAGE_PRIMARY] && l->prefix[STAGE_JUNIOR];
    if (!is_map(l, map, part))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const char *id = map->pairs[i].key->text;
        const struct yaml_node *list = map->pairs[i].value;
        size_t n = words_of(l, list, id);
        for (size_t k = 0; k < n; k++)
            check(l, list->items[k], id,
                  alias_add_id(l->table, id, list->items[k]->text,
                               staged ? l->prefix : NULL));
    }
}

/* What a word of a field stands for, by its id or number; -1 when there is none. */
static int value_of(enum text_field field, const char *id)
{
    int64_t n;
    size_t len = strlen(id);
    switch (field) {
    case TEXT_KIND:
        return kind_of(id, len);
    case TEXT_STAGE:
        return stage_of(id, len);
    case TEXT_SETTING:
        return setting_of(id, len);
    case TEXT_OWNER:
        return num_parse_int(id, len, 1, OWNER_COUNT, &n) == 0 ? (int)n : -1;
    case TEXT_BOARDING:
    case TEXT_DENSE_CENTRE:
        return num_parse_int(id, len, 0, 1, &n) == 0 ? (int)n : -1;
    default:
        return -1;
    }
}

static void read_field_words(struct loading *l, const struct yaml_node *key,
                             const struct yaml_node *map)
{
    int field = text_field_of(key->text, strlen(key->text));
    if (field < 0) {
        check(l, key, key->text, JH_ENOENT);
        return;
    }
    if (!is_map(l, map, key->text))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *id = map->pairs[i].key, *list = map->pairs[i].value;
        char quoted[YAML_SHOW];
        int value = value_of((enum text_field)field, id->text);
        if (value < 0) {
            yaml_error(id, l->errs, "%s: there is no %s", key->text,
                       yaml_quote(id->text, quoted));
            continue;
        }
        size_t n = words_of(l, list, id->text);
        for (size_t k = 0; k < n; k++)
            check(l, list->items[k], id->text,
                  alias_add_word(l->table, (enum text_field)field, list->items[k]->text,
                                 value));
    }
}

static void read_unit(struct loading *l, const struct yaml_node *unit,
                      const struct yaml_node *value, enum field_unit kind)
{
    double factor;
    if (!option_text(value, unit->text, l->errs))
        return;
    if (num_parse(value->text, strlen(value->text), &factor) != 0 || factor <= 0)
        yaml_error(value, l->errs, "%s: expected a number above 0", unit->text);
    else
        check(l, unit, "units", alias_add_unit(l->table, unit->text, kind, factor));
}

/* money, area, count -> unit -> factor */
static void read_units(struct loading *l, const struct yaml_node *map)
{
    if (!is_map(l, map, "units"))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *units = map->pairs[i].value;
        int kind = 0;
        while (kind < UNIT_KINDS &&
               strcmp(field_unit_id((enum field_unit)kind), key->text) != 0)
            kind++;
        if (kind == UNIT_KINDS)
            yaml_error(key, l->errs, "units: expected money, area or count");
        else if (is_map(l, units, key->text))
            for (size_t k = 0; k < units->n; k++)
                read_unit(l, units->pairs[k].key, units->pairs[k].value,
                          (enum field_unit)kind);
    }
}

static void read_totals(struct loading *l, const struct yaml_node *list, const char *part,
                        bool ending)
{
    size_t n = words_of(l, list, part);
    for (size_t i = 0; i < n; i++)
        check(l, list->items[i], part,
              alias_add_total(l->table, list->items[i]->text, ending));
}

static void read_sections(struct loading *l, const struct yaml_node *map)
{
    if (!is_map(l, map, "sections"))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const struct yaml_node *key = map->pairs[i].key, *list = map->pairs[i].value;
        int stage = stage_of(key->text, strlen(key->text));
        if (stage < 0) {
            yaml_error(key, l->errs, "sections: expected primary or junior");
            continue;
        }
        size_t n = words_of(l, list, key->text);
        for (size_t k = 0; k < n; k++)
            check(l, list->items[k], key->text,
                  alias_add_section(l->table, list->items[k]->text, (enum stage)stage));
    }
}

/* Any id of a standard's indicator -> titles. */
static void read_values(struct loading *l, const struct yaml_node *map)
{
    if (!is_map(l, map, "values"))
        return;
    for (size_t i = 0; i < map->n; i++) {
        const char *id = map->pairs[i].key->text;
        const struct yaml_node *list = map->pairs[i].value;
        size_t n = words_of(l, list, id);
        for (size_t k = 0; k < n; k++)
            check(l, list->items[k], id,
                  alias_add_value(l->table, id, list->items[k]->text));
    }
}

static void read_notes(struct loading *l, const struct yaml_node *list)
{
    size_t n = words_of(l, list, "notes");
    for (size_t i = 0; i < n; i++)
        check(l, list->items[i], "notes", alias_add_note(l->table, list->items[i]->text));
}

static void read_words(struct loading *l, const struct yaml_node *list, const char *part,
                       enum alias_word_of of)
{
    size_t n = words_of(l, list, part);
    for (size_t i = 0; i < n; i++)
        check(l, list->items[i], part,
              alias_add_word(l->table, (enum text_field)of, list->items[i]->text, 0));
}

static void read_endings(struct loading *l, const struct yaml_node *list)
{
    size_t n = words_of(l, list, "header_endings");
    for (size_t i = 0; i < n; i++)
        check(l, list->items[i], "header_endings",
              alias_add_ending(l->table, list->items[i]->text));
}

/* What headers in several rows are made of, and notes of units above them. */
static void read_joined(struct loading *l, const struct yaml_node *const *part)
{
    if (part[10])
        read_words(l, part[10], PARTS[10], ALIAS_WHOLE);
    if (part[11])
        read_words(l, part[11], PARTS[11], ALIAS_GROUP);
    if (part[12])
        read_endings(l, part[12]);
    if (part[13])
        read_words(l, part[13], PARTS[13], ALIAS_UNITS);
}

static void read_all(struct loading *l, const struct yaml_node *root)
{
    enum { N = sizeof PARTS / sizeof *PARTS };
    const struct yaml_node *part[N], *words;
    for (size_t i = 0; i < N; i++)
        part[i] = yaml_get(root, PARTS[i]);
    for (size_t i = 0; i < root->n; i++) {
        size_t k = 0;
        while (k < N && strcmp(PARTS[k], root->pairs[i].key->text) != 0)
            k++;
        if (k == N)
            option_unknown(root->pairs[i].key, "", PARTS, N, l->errs);
    }
    if (part[0])
        read_prefixes(l, part[0]);
    if (part[1])
        read_headers(l, part[1], PARTS[1]);
    if (part[2])
        read_headers(l, part[2], PARTS[2]);
    words = part[3] && is_map(l, part[3], PARTS[3]) ? part[3] : NULL;
    for (size_t i = 0; words && i < words->n; i++)
        read_field_words(l, words->pairs[i].key, words->pairs[i].value);
    if (part[4])
        read_units(l, part[4]);
    if (part[5])
        read_totals(l, part[5], PARTS[5], false);
    if (part[6])
        read_totals(l, part[6], PARTS[6], true);
    if (part[7])
        read_sections(l, part[7]);
    if (part[8])
        read_notes(l, part[8]);
    if (part[9])
        read_values(l, part[9]);
    read_joined(l, part);
}

struct alias_table *alias_parse(const char *file, const char *bytes, size_t n,
                                struct errs *errs)
{
    size_t before = errs->errors;
    struct arena *arena = arena_new(BYTES_MAX);
    struct loading l = {.table = alias_new(), .errs = errs};
    const struct yaml_node *root = NULL;
    if (arena && l.table)
        root = yaml_parse(file, bytes, n, arena, errs);
    else
        errs_at(errs, ERR_ERROR, file, 0, 0, "out of memory");
    if (root && is_map(&l, root, file))
        read_all(&l, root);
    arena_free(arena);
    if (errs->errors == before)
        return l.table;
    alias_free(l.table);
    return NULL;
}

struct alias_table *alias_load(struct errs *errs)
{
    for (const struct embedded_file *f = embedded_files; f->name; f++)
        if (!strcmp(f->name, "fields.yaml"))
            return alias_parse(f->name, (const char *)f->data, f->size, errs);
    errs_at(errs, ERR_ERROR, "fields.yaml", 0, 0, "is not in this program");
    return NULL;
}
