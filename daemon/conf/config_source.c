/* SPDX-License-Identifier: Apache-2.0 */
/* `profiles:` and `sources:`. */
#include <inttypes.h>
#include <string.h>

#include "base/date.h"
#include "conf/config_include.h"
#include "conf/mapping.h"
#include "conf/option.h"
#include "conf/round_rule.h"

static const char *const MAPS[] = {"columns", "defaults", NULL}; /* joined key by key */

static bool of_county(const struct yaml_node *map)
{
    const struct yaml_node *holds = yaml_get(map, "holds");
    return holds && holds->kind == YAML_SCALAR && !strcmp(holds->text, "county");
}

/* ---- profiles -------------------------------------------------------------------------- */

static void check_profiles(struct config_reader *r)
{
    const struct yaml_node *profiles = yaml_get(r->root, "profiles");
    char path[OPTION_PATH], shown[YAML_SHOW];
    if (profiles && profiles->kind != YAML_MAP)
        yaml_error(profiles, r->errs, "profiles: expected a map, got %s",
                   yaml_show(profiles, shown));
    for (size_t i = 0; profiles && profiles->kind == YAML_MAP && i < profiles->n; i++) {
        const struct yaml_node *map = profiles->pairs[i].value;
        struct mapping unused = {0};
        option_path("profiles", profiles->pairs[i].key->text, path);
        if (map->kind != YAML_MAP)
            yaml_error(map, r->errs, "%s: expected a map, got %s", path,
                       yaml_show(map, shown));
        for (size_t k = 0; map->kind == YAML_MAP && k < map->n; k++)
            if (!strcmp(map->pairs[k].key->text, "name") ||
                !strcmp(map->pairs[k].key->text, "profile"))
                yaml_error(map->pairs[k].key, r->errs, "%s: \"%s\" belongs to a source",
                           path, map->pairs[k].key->text);
        mapping_read(&map, 1, path, of_county(map) ? NULL : r->config->aliases, r->arena,
                     r->errs, &unused);
    }
}

/* The profile a source names, or NULL, told where it is none. */
static const struct yaml_node *profile_of(struct config_reader *r,
                                          const struct yaml_node *source,
                                          const char *path)
{
    const struct yaml_node *name = yaml_get(source, "profile");
    const struct yaml_node *profiles = yaml_get(r->root, "profiles");
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const char *names[256];
    size_t n = 0;
    if (!name || name->kind != YAML_SCALAR)
        return NULL;
    const struct yaml_node *profile = yaml_get(profiles, name->text);
    if (profile)
        return profile->kind == YAML_MAP ? profile : NULL;
    for (size_t i = 0; profiles && profiles->kind == YAML_MAP && i < profiles->n; i++)
        if (n < sizeof names / sizeof *names)
            names[n++] = profiles->pairs[i].key->text;
    yaml_error(name, r->errs, "%s.profile: there is no %s%s", path,
               yaml_quote(name->text, quoted), option_mean(name->text, names, n, mean));
    return NULL;
}

static bool joined(const char *key)
{
    for (size_t i = 0; MAPS[i]; i++)
        if (!strcmp(MAPS[i], key))
            return true;
    return false;
}

/* The source with those keys of its profile that it lacks. */
static const struct yaml_node *merged(struct config_reader *r,
                                      const struct yaml_node *source,
                                      const struct yaml_node *profile)
{
    struct yaml_node *map = arena_alloc(r->arena, sizeof *map);
    struct yaml_pair *pairs =
        arena_array(r->arena, source->n + (profile ? profile->n : 0), sizeof *pairs);
    if (!map || !pairs || !profile || source->kind != YAML_MAP)
        return source;
    *map = *source;
    memcpy(pairs, source->pairs, source->n * sizeof *pairs);
    for (size_t i = 0; i < profile->n; i++)
        if (!yaml_get(source, profile->pairs[i].key->text) ||
            joined(profile->pairs[i].key->text))
            pairs[map->n++] = profile->pairs[i];
    map->pairs = pairs;
    return map;
}

/* ---- parts of a source ----------------------------------------------------------------- */

static void read_round(struct config_reader *r, const struct yaml_node *node,
                       const char *path, struct source_conf *s)
{
    struct config_round keys;
    struct round_rule *rule;
    struct jh_err err;
    char name[OPTION_PATH], quoted[YAML_SHOW];
    size_t before = r->errs->errors;
    option_path(path, "round", name);
    if (node->kind == YAML_SCALAR) {
        if (round_parse(node->text, strlen(node->text), &s->mapping.round) != 0)
            yaml_error(
                node, r->errs,
                "%s: expected a round such as 2025 or 2025-10, or {from, match}, got %s",
                name, yaml_quote(node->text, quoted));
        return;
    }
    config_fill(r, node, name, &CONFIG_ROUND, &keys, sizeof keys);
    if (r->errs->errors != before)
        return;
    if (round_rule_new(&keys, &rule, &err) == 0)
        s->round_rule = rule;
    else
        yaml_error(yaml_get(node, "match"), r->errs, "%s.match: %s", name, err.text);
}

static void read_due(struct config_reader *r, const struct yaml_node *node,
                     const char *path, struct source_conf *s)
{
    struct config_due keys;
    char name[OPTION_PATH];
    option_path(path, "due", name);
    config_fill(r, node, name, &CONFIG_DUE, &keys, sizeof keys);
    s->due_month = (int)keys.month;
    s->due_day = (int)keys.day;
    if (keys.month && keys.day > date_days_in_month(2023, (int)keys.month))
        yaml_error(yaml_get(node, "day"), r->errs, "%s.day: month %d has %d days", name,
                   s->due_month, date_days_in_month(2023, s->due_month));
}

static void check_times(struct config_reader *r, const struct yaml_node *map,
                        const char *path, struct source_conf *s)
{
    const struct yaml_node *node = yaml_get(map, "backoff_max");
    if (!yaml_get(map, "jitter"))
        s->jitter_ms = s->interval_ms / 10;
    if (s->backoff_max_ms < s->interval_ms) {
        if (node)
            yaml_error(node, r->errs, "%s.backoff_max: shorter than interval", path);
        s->backoff_max_ms = s->interval_ms;
    }
}

static void hash_options(struct sha256 *h, const struct jh_plugin *plugin,
                         const void *conf)
{
    char number[32];
    for (const struct jh_option *o = plugin->options; conf && o && o->name; o++) {
        const char *field = (const char *)conf + o->offset;
        const struct jh_list *list = (const void *)field;
        const char *text = number;
        if (o->type == JH_BOOL)
            text = *(const bool *)field ? "true" : "false";
        else if (o->type == JH_ENUM)
            snprintf(number, sizeof number, "%d", *(const int *)(const void *)field);
        else if (o->type == JH_STRING)
            text = *(const char *const *)(const void *)field;
        else if (o->type == JH_LIST)
            snprintf(number, sizeof number, "%zu", list->n);
        else
            snprintf(number, sizeof number, "%" PRId64,
                     *(const int64_t *)(const void *)field);
        sha256_add_str(h, o->name);
        sha256_add_str(h, text ? text : "");
        for (size_t i = 0; o->type == JH_LIST && i < list->n; i++)
            sha256_add_str(h, list->items[i]);
    }
}

/* Of all that decides how a body is read: another hash, and the archive is read again. */
static void hash_source(struct source_conf *s, const struct jh_plugin *format)
{
    struct sha256 *h = sha256_new();
    if (!h)
        return;
    sha256_add_str(h, s->format);
    if (format) {
        sha256_add_str(h, format->version ? format->version : "");
        hash_options(h, format, s->format_conf);
    }
    mapping_hash(&s->mapping, h);
    if (s->round_rule)
        round_rule_hash(s->round_rule, h);
    sha256_add_str(h, s->part);
    if (s->county)
        sha256_add_str(h, "county");
    if (s->review)
        sha256_add_str(h, "review");
    for (int i = 0; i < DOUBT_COUNT; i++)
        if (s->checks.policy[i] != DOUBT_REPORT) {
            sha256_add_str(h, doubt_id((enum doubt)i));
            sha256_add_str(h, doubt_policy_id(s->checks.policy[i]));
        }
    sha256_end(h, s->sha256);
}

/* ---- a source -------------------------------------------------------------------------- */

static void read_parts(struct config_reader *r, const struct yaml_node *const layers[2],
                       const struct yaml_node *map, const char *path,
                       struct source_conf *s)
{
    mapping_read(layers, layers[1] ? 2 : 1, path, s->county ? NULL : r->config->aliases,
                 r->arena, r->errs, &s->mapping);
    if (yaml_get(map, "round"))
        read_round(r, yaml_get(map, "round"), path, s);
    if (yaml_get(map, "due"))
        read_due(r, yaml_get(map, "due"), path, s);
}

static const struct jh_plugin *read_format(struct config_reader *r,
                                           const struct yaml_node *map, const char *path,
                                           struct source_conf *s)
{
    char name[OPTION_PATH];
    const struct yaml_node *node = yaml_get(map, "format");
    option_path(path, "format", name);
    const struct jh_plugin *format =
        config_plugin(r, node ? node : map, name, JH_FORMAT, s->format);
    option_path(path, "format_options", name);
    s->format_conf = config_fill_plugin(r, yaml_get(map, "format_options"), name, format);
    return format;
}

static const struct jh_plugin *plugin_of(struct config_reader *r,
                                         const struct yaml_node *map, const char *path)
{
    char name[OPTION_PATH];
    const struct yaml_node *node = yaml_get(map, "plugin");
    if (!node || node->kind != YAML_SCALAR)
        return NULL;
    return config_plugin(r, node, option_path(path, "plugin", name), JH_SOURCE,
                         node->text);
}

/* County data never make a round of schools complete, so nothing says what it waits for. */
static void check_county(struct config_reader *r, const struct yaml_node *map,
                         const char *path, struct source_conf *s)
{
    static const char *const NOT[] = {"part", "covers", "checks"};
    for (size_t i = 0; i < sizeof NOT / sizeof *NOT; i++)
        if (yaml_get(map, NOT[i]))
            yaml_error(yaml_get(map, NOT[i]), r->errs,
                       "%s.%s: is of schools only: no round waits for county data "
                       "(holds: county); remove it",
                       path, NOT[i]);
    s->part = "";
    s->n_covers = 0;
}

static void read_source(struct config_reader *r, const struct yaml_node *node,
                        const char *path, struct source_conf *s)
{
    char name[OPTION_PATH];
    struct config_source keys;
    const struct yaml_node *profile = profile_of(r, node, path);
    const struct yaml_node *layers[2] = {node, profile}, *map = merged(r, node, profile);
    const struct jh_plugin *plugin = plugin_of(r, map, path);
    s->plugin_conf =
        config_fill_both(r, map, path, &CONFIG_SOURCE, &keys, sizeof keys, plugin);
    s->name = keys.name ? keys.name : "";
    s->plugin = keys.plugin;
    s->format = keys.format;
    s->part = keys.part;
    s->container = (struct container_rule){(enum container_kind)keys.container,
                                           keys.member, (size_t)keys.max_bytes};
    s->interval_ms = keys.interval;
    s->timeout_ms = keys.timeout;
    s->jitter_ms = keys.jitter;
    s->backoff_max_ms = keys.backoff_max;
    s->max_bytes = keys.max_bytes;
    s->covers = keys.covers.items;
    s->n_covers = keys.covers.n;
    s->owner = keys.owner;
    s->file = node->file;
    s->line = node->line;
    if (map->kind != YAML_MAP)
        return;
    s->review = keys.review == CONFIG_REVIEW_REQUIRED;
    s->county = keys.holds == CONFIG_HOLDS_COUNTY;
    if (s->county)
        check_county(r, map, path, s);
    check_times(r, map, path, s);
    config_covers(r, map, path, &keys.covers);
    config_addresses(r, map, path, &keys.allow, &keys.deny, &s->addresses);
    read_parts(r, layers, map, path, s);
    config_checks(r, yaml_get(map, "checks"), option_path(path, "checks", name),
                  &r->checks, &s->checks);
    hash_source(s, read_format(r, map, path, s));
}

/*
 * Many sources may share a profile, and each would tell of the same mistake in it: only what
 * has no earlier error at its place is told.
 */
static void add_new(struct errs *to, const struct errs *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const struct jh_err *err = &from->items[i].err;
        bool known = false;
        for (size_t k = 0; k < to->n && !known; k++)
            known = to->items[k].err.line == err->line &&
                    to->items[k].err.col == err->col &&
                    !strcmp(to->items[k].err.file, err->file);
        if (!known)
            errs_add(to, from->items[i].kind, err);
    }
}

/* Those written out, and behind them those of tables. */
static const struct yaml_node *const *all_sources(struct config_reader *r,
                                                  size_t *ret_written, size_t *ret_n)
{
    size_t rows;
    const struct yaml_node *const *written =
        config_items(r, "sources", CONFIG_SOURCES_MAX, ret_written);
    const struct yaml_node *const *tables =
        config_tables(r, CONFIG_SOURCES_MAX - *ret_written, &rows);
    *ret_n = *ret_written + rows;
    const struct yaml_node **all = arena_array(r->arena, *ret_n, sizeof *all);
    for (size_t i = 0; all && i < *ret_n; i++)
        all[i] = i < *ret_written ? written[i] : tables[i - *ret_written];
    return all;
}

/* The parts that schools come in, in the order of the sources. */
static void list_parts(struct config_reader *r, const struct source_conf *sources,
                       size_t n)
{
    const char **parts = arena_array(r->arena, n + 1, sizeof *parts);
    struct map *seen = map_new(16);
    bool failed = !parts || !seen;
    for (size_t i = 0; !failed && sources && i < n; i++) {
        const char *part = sources[i].part;
        int64_t first = -1;
        if (sources[i].county)
            continue;
        failed = map_add(seen, part, strlen(part), (int64_t)i, &first) != 0;
        if (first == (int64_t)i)
            parts[r->config->n_parts++] = part;
    }
    if (failed) /* one that is not listed would not be missed */
        errs_at(r->errs, ERR_ERROR, r->config->file, 0, 0, "out of memory");
    r->config->parts = parts;
    map_free(seen);
}

void config_read_sources(struct config_reader *r)
{
    size_t written, n;
    char path[OPTION_PATH];
    static const struct config_checks reported = {{0}};
    check_profiles(r);
    config_checks(r, yaml_get(r->root, "checks"), "checks", &reported, &r->checks);
    const struct yaml_node *const *items = all_sources(r, &written, &n);
    struct source_conf *list = arena_array(r->arena, n, sizeof *list);
    struct map *seen = map_new(n);
    struct errs *errs = r->errs;
    r->config->sources = list;
    for (size_t i = 0; items && list && seen && i < n; i++) {
        struct errs own;
        errs_init(&own, 100);
        r->errs = &own;
        r->config->n_sources = i + 1;
        if (i < written)
            config_item(items, i, "sources", path);
        else
            option_path("", "source", path);
        read_source(r, items[i], path, &list[i]);
        config_name(r, items, i, path, "name", list[i].name, seen);
        r->errs = errs;
        add_new(errs, &own);
        errs_done(&own);
    }
    r->config->source_names = seen;
    list_parts(r, list, r->config->n_sources);
}
