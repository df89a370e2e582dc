/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/mapping.h"

#include <string.h>

#include "base/num.h"
#include "conf/option.h"
#include "conf/standard.h"
#include "model/county_intake.h"

enum { COLUMNS_MAX = 512, NAMES_MAX = FIELD_COUNT * 2 + TEXT_COUNT };

struct reading {
    const char *path;
    const struct alias_table *aliases;
    struct arena *arena;
    struct errs *errs;
    struct mapping *mapping;
    struct mapping_column *columns;
    struct mapping_default *defaults;
};

struct column_keys {
    const char *column, *unit, *add;
    struct jh_list sum;
};

#define AT(member) offsetof(struct column_keys, member)

static const char *const COLUMN_PARTS[] = {"map", NULL};
static const struct jh_option COLUMN[] = {
    {"column", JH_STRING, AT(column), NULL, 0, 0, NULL, false, "a header"},
    {"sum", JH_LIST, AT(sum), NULL, 0, 0, NULL, false, "headers to add up"},
    {"unit", JH_STRING, AT(unit), NULL, 0, 0, NULL, false, "unit of the cells"},
    {"add", JH_STRING, AT(add), NULL, 0, 0, NULL, false, "number to add"},
    {0}};

const struct jh_option *mapping_options(void)
{
    return COLUMN;
}

/* ---- targets --------------------------------------------------------------------------- */

static bool known(const struct reading *r, const char *target)
{
    bool staged;
    size_t len = strlen(target);
    for (int c = 0; !r->aliases && c < COUNTY_COLUMNS; c++)
        if (!strcmp(county_column_id((enum county_column)c), target))
            return true;
    if (!r->aliases)
        return false;
    return text_field_of(target, len) >= 0 || field_of(target, len) != FIELD_NONE ||
           field_family(target, len, &staged) != FIELD_NONE;
}

static size_t all_names(const struct reading *r, const char *names[NAMES_MAX])
{
    size_t n = 0;
    for (int c = 0; !r->aliases && c < COUNTY_COLUMNS; c++)
        names[n++] = county_column_id((enum county_column)c);
    if (!r->aliases)
        return n;
    for (int f = 0; f < TEXT_COUNT; f++)
        names[n++] = text_field_id((enum text_field)f);
    for (int f = 0; f < FIELD_COUNT; f++) {
        names[n++] = field_id((enum field)f);
        names[n++] = field_family_id((enum field)f);
    }
    return n;
}

/* A name that is nearly a field's is taken for a slip of the pen, any other for a free one. */
static bool check_target(struct reading *r, const struct yaml_node *key, const char *path,
                         bool may_be_free)
{
    const char *names[NAMES_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    if (known(r, key->text))
        return true;
    option_mean(key->text, names, all_names(r, names), mean);
    if (may_be_free && r->aliases && !*mean && *key->text)
        return true;
    yaml_error(key, r->errs, "%s: unknown field %s%s%s", path,
               yaml_quote(key->text, quoted), r->aliases ? "" : " of county data", mean);
    return false;
}

/* ---- columns --------------------------------------------------------------------------- */

static const char *const *one_header(struct reading *r, const char *header)
{
    const char **list = arena_array(r->arena, 2, sizeof *list);
    if (list)
        list[0] = arena_str(r->arena, header);
    return list;
}

/* A list of headers, as an option would be. */
static const char *const *headers_of(struct reading *r, const struct yaml_node *node,
                                     const char *path)
{
    static const struct jh_option LIST = {.name = "sum", .type = JH_LIST};
    struct jh_list list = {0};
    if (!option_value(node, path, &LIST, &list, r->arena, r->errs))
        return NULL;
    if (!list.n)
        yaml_error(node, r->errs, "%s: an empty list", path);
    return list.n ? list.items : NULL;
}

static void read_translation(struct reading *r, const struct yaml_node *map,
                             const char *path, struct mapping_column *column)
{
    char name[OPTION_PATH], shown[YAML_SHOW];
    option_path(path, "map", name);
    if (map->kind != YAML_MAP || !map->n) {
        yaml_error(map, r->errs, "%s: expected a map, got %s", name,
                   map->kind == YAML_MAP ? "an empty one" : yaml_show(map, shown));
        return;
    }
    const char **from = arena_array(r->arena, map->n + 1, sizeof *from);
    const char **to = arena_array(r->arena, map->n + 1, sizeof *to);
    for (size_t i = 0; from && to && i < map->n; i++) {
        option_text(map->pairs[i].value, name, r->errs);
        from[i] = map->pairs[i].key->text;
        to[i] = map->pairs[i].value->text;
    }
    column->map_from = from;
    column->map_to = to;
}

/* Of a field's own kind; a free column may be measured in anything. */
static void read_unit(struct reading *r, const struct yaml_node *node, const char *path,
                      const char *unit, struct mapping_column *column)
{
    char quoted[YAML_SHOW];
    enum field_unit kind, own;
    bool staged;
    size_t len = strlen(column->target);
    if (!alias_unit(r->aliases, unit, strlen(unit), &kind, &column->factor)) {
        yaml_error(node, r->errs, "%s.unit: unknown unit %s", path,
                   yaml_quote(unit, quoted));
        return;
    }
    enum field field = field_of(column->target, len);
    if (field == FIELD_NONE)
        field = field_family(column->target, len, &staged);
    if (field == FIELD_NONE || kind == (own = field_unit(field)))
        return;
    yaml_error(node, r->errs, "%s.unit: %s is a unit of %s, and %s is %s", path,
               yaml_quote(unit, quoted), field_unit_id(kind), column->target,
               field_unit_id(own));
}

static void read_arithmetic(struct reading *r, const struct yaml_node *map,
                            const char *path, const struct column_keys *keys,
                            struct mapping_column *column)
{
    char quoted[YAML_SHOW];
    struct decimal add;
    if (keys->unit)
        read_unit(r, yaml_get(map, "unit"), path, keys->unit, column);
    if (!keys->add)
        return;
    if (decimal_parse(keys->add, strlen(keys->add), &add) != 0)
        yaml_error(yaml_get(map, "add"), r->errs, "%s.add: expected a number, got %s",
                   path, yaml_quote(keys->add, quoted));
    else
        column->add = decimal_double(add);
}

/* County data are read a value at a time: every row says its unit. */
static void refuse_arithmetic(struct reading *r, const struct yaml_node *map,
                              const char *path)
{
    static const char *const NOT[] = {"sum", "unit", "add"};
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        if (yaml_get(map, NOT[i]))
            yaml_error(yaml_get(map, NOT[i]), r->errs,
                       "%s.%s: is not for county data, whose rows say their unit", path,
                       NOT[i]);
}

/* {column|sum, unit, add, map} */
static void read_long(struct reading *r, const struct yaml_node *map, const char *path,
                      struct mapping_column *column)
{
    struct column_keys keys;
    size_t before = r->errs->errors;
    option_fill(map, path, COLUMN, COLUMN_PARTS, &keys, sizeof keys, r->arena, r->errs);
    if (r->errs->errors != before)
        return;
    if (!yaml_get(map, "column") == !yaml_get(map, "sum"))
        yaml_error(map, r->errs, "%s: needs either column or sum", path);
    else if (keys.column)
        column->columns = one_header(r, keys.column);
    else if (keys.sum.n)
        column->columns = keys.sum.items;
    else
        yaml_error(yaml_get(map, "sum"), r->errs, "%s.sum: an empty list", path);
    if (r->aliases)
        read_arithmetic(r, map, path, &keys, column);
    else
        refuse_arithmetic(r, map, path);
    if (yaml_get(map, "map"))
        read_translation(r, yaml_get(map, "map"), path, column);
}

static void read_column(struct reading *r, const struct yaml_pair *pair)
{
    char path[OPTION_PATH], name[OPTION_PATH];
    const struct yaml_node *value = pair->value;
    option_path(r->path, "columns", path);
    option_path(path, pair->key->text, name);
    struct mapping_column column = {
        .target = pair->key->text, .line = value->line, .col = value->col};
    if (!check_target(r, pair->key, path, true))
        return;
    if (value->kind == YAML_MAP)
        read_long(r, value, name, &column);
    else if (value->kind == YAML_LIST && !r->aliases)
        yaml_error(value, r->errs, "%s: a column of county data is one header", name);
    else if (value->kind == YAML_LIST)
        column.columns = headers_of(r, value, name);
    else if (option_text(value, name, r->errs))
        column.columns = one_header(r, value->text);
    if (!column.columns)
        return;
    for (size_t i = 0; column.columns[i]; i++)
        if (!*column.columns[i])
            yaml_error(value, r->errs, "%s: an empty header", name);
    r->columns[r->mapping->n_columns++] = column;
}

static void read_default(struct reading *r, const struct yaml_pair *pair)
{
    char path[OPTION_PATH], name[OPTION_PATH];
    const struct yaml_node *value = pair->value;
    option_path(r->path, "defaults", path);
    option_path(path, pair->key->text, name);
    if (check_target(r, pair->key, path, false) && option_text(value, name, r->errs))
        r->defaults[r->mapping->n_defaults++] = (struct mapping_default){
            pair->key->text, value->text, value->line, value->col};
}

/* ---- both ------------------------------------------------------------------------------ */

/* Pairs of one key in all maps, those that an earlier map has left out. */
static void each(struct reading *r, const struct yaml_node *const *maps, size_t n,
                 const char *key,
                 void (*read)(struct reading *, const struct yaml_pair *))
{
    char shown[YAML_SHOW];
    for (size_t m = 0; m < n; m++) {
        const struct yaml_node *map = yaml_get(maps[m], key);
        if (map && map->kind != YAML_MAP)
            yaml_error(map, r->errs, "%s%s%s: expected a map, got %s", r->path,
                       *r->path ? "." : "", key,
                       map->kind == YAML_LIST ? "a list" : yaml_show(map, shown));
        for (size_t i = 0; map && i < map->n && map->kind == YAML_MAP; i++) {
            bool covered = false;
            for (size_t k = 0; k < m; k++)
                covered |=
                    yaml_get(yaml_get(maps[k], key), map->pairs[i].key->text) != NULL;
            if (!covered)
                read(r, &map->pairs[i]);
        }
    }
}

static size_t count(const struct yaml_node *const *maps, size_t n, const char *key)
{
    size_t total = 0;
    for (size_t m = 0; m < n; m++) {
        const struct yaml_node *map = yaml_get(maps[m], key);
        total += map ? map->n : 0;
    }
    return total;
}

void mapping_read(const struct yaml_node *const *maps, size_t n, const char *path,
                  const struct alias_table *aliases, struct arena *arena,
                  struct errs *errs, struct mapping *ret)
{
    struct reading r = {path, aliases, arena, errs, ret, NULL, NULL};
    size_t columns = count(maps, n, "columns"), defaults = count(maps, n, "defaults");
    ret->file = n ? maps[0]->file : "";
    if (columns > COLUMNS_MAX || defaults > COLUMNS_MAX) {
        yaml_error(maps[0], errs, "%s%smore than %d columns", path, *path ? ": " : "",
                   COLUMNS_MAX);
        return;
    }
    r.columns = arena_array(arena, columns, sizeof *r.columns);
    r.defaults = arena_array(arena, defaults, sizeof *r.defaults);
    if (!r.columns || !r.defaults) {
        errs_at(errs, ERR_ERROR, ret->file, 0, 0, "out of memory");
        return;
    }
    each(&r, maps, n, "columns", read_column);
    each(&r, maps, n, "defaults", read_default);
    ret->columns = r.columns;
    ret->defaults = r.defaults;
}

const struct mapping *mapping_load(const char *path, struct arena *arena,
                                   struct errs *errs)
{
    static const struct jh_option NONE[] = {{0}};
    static const char *const ALSO[] = {"columns", "defaults", NULL};
    size_t before = errs->errors;
    char nothing[1];
    struct mapping *mapping = arena_alloc(arena, sizeof *mapping);
    struct alias_table *aliases = alias_load(errs);
    const struct yaml_node *root =
        mapping && aliases ? yaml_load(path, arena, errs) : NULL;
    if (root) {
        option_fill(root, "", NONE, ALSO, nothing, sizeof nothing, arena, errs);
        mapping_read(&root, 1, "", aliases, arena, errs, mapping);
    }
    alias_free(aliases);
    return errs->errors == before ? mapping : NULL;
}

void mapping_hash(const struct mapping *mapping, struct sha256 *to)
{
    char number[NUM_TEXT], round[ROUND_TEXT];
    for (size_t i = 0; i < mapping->n_columns; i++) {
        const struct mapping_column *c = &mapping->columns[i];
        sha256_add_str(to, "column");
        sha256_add_str(to, c->target);
        for (size_t k = 0; c->columns[k]; k++)
            sha256_add_str(to, c->columns[k]);
        sha256_add_str(to, ""); /* no header is empty */
        num_print(c->factor, number);
        sha256_add_str(to, number);
        num_print(c->add, number);
        sha256_add_str(to, number);
        for (size_t k = 0; c->map_from && c->map_from[k]; k++) {
            sha256_add_str(to, c->map_from[k]);
            sha256_add_str(to, c->map_to[k]);
        }
        sha256_add_str(to, "end");
    }
    for (size_t i = 0; i < mapping->n_defaults; i++) {
        sha256_add_str(to, "default");
        sha256_add_str(to, mapping->defaults[i].target);
        sha256_add_str(to, mapping->defaults[i].value);
    }
    round_print(mapping->round, round);
    sha256_add_str(to, mapping->round.year ? round : "");
}
