/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told, and how: `channels:`, `offices:` and `routes:`. */
#include <string.h>

#include "conf/config_read.h"
#include "conf/option.h"

enum { NAMES_MAX = 1000 };

/* ---- channels -------------------------------------------------------------------------- */

static void read_channel(struct config_reader *r, const struct yaml_node *map,
                         const char *path, struct channel_conf *c)
{
    struct config_channel keys;
    char name[OPTION_PATH];
    const struct yaml_node *node = yaml_get(map, "plugin");
    const struct jh_plugin *plugin = NULL;
    if (node && node->kind == YAML_SCALAR)
        plugin = config_plugin(r, node, option_path(path, "plugin", name), JH_NOTIFIER,
                               node->text);
    c->plugin_conf =
        config_fill_both(r, map, path, &CONFIG_CHANNEL, &keys, sizeof keys, plugin);
    c->name = keys.name ? keys.name : "";
    c->plugin = keys.plugin;
    c->retry_min_ms = keys.retry_min;
    c->retry_max_ms = keys.retry_max;
    c->give_up_ms = keys.give_up;
    c->line = map->line;
    if (keys.retry_max < keys.retry_min)
        yaml_error(map, r->errs, "%s: retry_max is shorter than retry_min", path);
}

void config_read_channels(struct config_reader *r)
{
    size_t n;
    char path[OPTION_PATH];
    const struct yaml_node *const *items =
        config_items(r, "channels", CONFIG_CHANNELS_MAX, &n);
    struct channel_conf *list = arena_array(r->arena, n, sizeof *list);
    struct map *seen = map_new(n);
    for (size_t i = 0; list && seen && i < n; i++) {
        config_item(items, i, "channels", path);
        read_channel(r, items[i], path, &list[i]);
        config_name(r, items, i, path, "name", list[i].name, seen);
        r->config->n_channels = i + 1;
    }
    r->config->channels = list;
    map_free(seen);
}

/* ---- offices --------------------------------------------------------------------------- */

static void check_channel(struct config_reader *r, const struct yaml_node *node,
                          const char *path, const char *name)
{
    const char *names[NAMES_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const struct config *c = r->config;
    for (size_t i = 0; i < c->n_channels; i++) {
        if (!strcmp(c->channels[i].name, name))
            return;
        names[i] = c->channels[i].name;
    }
    yaml_error(node, r->errs, "%s: there is no channel %s%s", path,
               yaml_quote(name, quoted), option_mean(name, names, c->n_channels, mean));
}

/* Whoever covers nothing is never told, and whoever was meant is not either. */
static void warn_empty(struct config_reader *r, const struct yaml_node *map,
                       const char *path, const struct jh_list *covers)
{
    const struct yaml_node *node = yaml_get(map, "covers");
    const struct config *c = r->config;
    char quoted[YAML_SHOW];
    for (size_t i = 0; c->n_divisions && i < covers->n; i++) {
        const char *prefix = covers->items[i];
        bool found = false;
        for (size_t k = 0; !found && k < c->n_divisions; k++)
            found = !strncmp(c->divisions[k].code, prefix, strlen(prefix));
        if (!found)
            yaml_warning(node->items[i], r->errs,
                         "%s.covers[%zu]: nothing in the divisions file begins with %s",
                         path, i, yaml_quote(prefix, quoted));
    }
}

/* What is quiet for ever is never told. */
static void read_window(struct config_reader *r, const struct yaml_node *map,
                        const char *path, const struct config_office *keys,
                        struct window *window)
{
    char name[OPTION_PATH], quoted[YAML_SHOW];
    const struct yaml_node *quiet = yaml_get(map, "quiet");
    const struct yaml_node *urgent = yaml_get(map, "urgent");
    window->workdays_only = keys->workdays_only;
    for (size_t i = 0; quiet && i < keys->quiet.n; i++) {
        if (i == WINDOW_QUIET)
            yaml_error(quiet, r->errs, "%s.quiet: more than %d", path, WINDOW_QUIET);
        else if (i < WINDOW_QUIET &&
                 window_span_parse(keys->quiet.items[i], &window->quiet[i]))
            yaml_error(quiet->items[i], r->errs,
                       "%s: expected hours such as 22:00-07:00, got %s",
                       option_item(path, "quiet", i, name),
                       yaml_quote(keys->quiet.items[i], quoted));
        window->n_quiet += i < WINDOW_QUIET;
    }
    for (size_t i = 0; urgent && i < keys->urgent.n; i++) {
        int severity = severity_of(keys->urgent.items[i]);
        if (severity < 0)
            yaml_error(urgent->items[i], r->errs,
                       "%s: expected critical, warning or notice, got %s",
                       option_item(path, "urgent", i, name),
                       yaml_quote(keys->urgent.items[i], quoted));
        else
            window->urgent |= 1u << severity;
    }
    if (quiet && !window_opens(window))
        yaml_error(quiet, r->errs,
                   "%s.quiet: there is no minute left in which it may be told", path);
}

static void read_office(struct config_reader *r, const struct yaml_node *map,
                        const char *path, struct office *office)
{
    struct config_office keys;
    char name[OPTION_PATH];
    config_fill(r, map, path, &CONFIG_OFFICE, &keys, sizeof keys);
    office->id = keys.id ? keys.id : "";
    office->name = keys.name ? keys.name : office->id;
    office->level = (enum level)keys.level;
    office->covers = keys.covers.items;
    office->n_covers = keys.covers.n;
    office->channels = keys.channels.items;
    office->n_channels = keys.channels.n;
    read_window(r, map, path, &keys, &office->window);
    config_covers(r, map, path, &keys.covers);
    warn_empty(r, map, path, &keys.covers);
    const struct yaml_node *channels = yaml_get(map, "channels");
    if (channels && channels->kind == YAML_LIST && !channels->n)
        yaml_error(channels, r->errs,
                   "%s.channels: an office without a channel is never told", path);
    for (size_t i = 0; channels && i < keys.channels.n; i++) {
        option_item(path, "channels", i, name);
        check_channel(r, channels->items[i], name, keys.channels.items[i]);
    }
    int level = level_of(office->id);
    if (yaml_get(map, "level") && level >= 0 && level != keys.level)
        yaml_error(
            yaml_get(map, "id"), r->errs,
            "%s.id: \"%s\" is the name of another level: routes could not tell them "
            "apart",
            path, office->id);
}

/* Channels nobody is told through are most often a slip of the pen. */
static void warn_unused(struct config_reader *r)
{
    const struct config *c = r->config;
    const struct yaml_node *list = yaml_get(r->root, "channels");
    char path[OPTION_PATH];
    for (size_t i = 0; i < c->n_channels; i++) {
        bool used = false;
        for (size_t o = 0; o < c->routes.n_offices; o++)
            for (size_t k = 0; k < c->routes.offices[o].n_channels; k++)
                used |= !strcmp(c->routes.offices[o].channels[k], c->channels[i].name);
        if (!used)
            yaml_warning(list->items[i], r->errs, "%s: no office uses it",
                         config_item(list->items, i, "channels", path));
    }
}

static bool is_office(const struct config *c, const char *id)
{
    for (size_t i = 0; c->routes.offices && i < c->routes.n_offices; i++)
        if (!strcmp(c->routes.offices[i].id, id))
            return true;
    return false;
}

/* What was read before the offices names some of them. */
static void check_named(struct config_reader *r)
{
    const struct config *c = r->config;
    const struct yaml_node *node = yaml_get(yaml_get(r->root, "alerts"), "operators");
    char quoted[YAML_SHOW];
    for (size_t i = 0; i < c->n_sources; i++)
        if (c->sources[i].owner && !is_office(c, c->sources[i].owner))
            errs_at(r->errs, ERR_ERROR, c->sources[i].file, c->sources[i].line, 0,
                    "source %s: owner: there is no office %s", c->sources[i].name,
                    yaml_quote(c->sources[i].owner, quoted));
    for (size_t i = 0; i < c->n_operators; i++)
        if (!is_office(c, c->operators[i]))
            yaml_error(node->items[i], r->errs,
                       "alerts.operators[%zu]: there is no office %s", i,
                       yaml_quote(c->operators[i], quoted));
}

void config_read_offices(struct config_reader *r)
{
    size_t n;
    char path[OPTION_PATH];
    const struct yaml_node *const *items =
        config_items(r, "offices", CONFIG_OFFICES_MAX, &n);
    struct office *list = arena_array(r->arena, n, sizeof *list);
    struct map *seen = map_new(n);
    for (size_t i = 0; list && seen && i < n; i++) {
        config_item(items, i, "offices", path);
        read_office(r, items[i], path, &list[i]);
        config_name(r, items, i, path, "id", list[i].id, seen);
        r->config->routes.n_offices = i + 1;
    }
    r->config->routes.offices = list;
    map_free(seen);
    if (!n)
        yaml_warning(r->root, r->errs, "no offices: nobody is told of any alert");
    if (list)
        warn_unused(r);
    check_named(r);
}

/* ---- routes ---------------------------------------------------------------------------- */

static void check_standard(struct config_reader *r, const struct yaml_node *match,
                           const char *path, const char *id)
{
    const char *names[CONFIG_STANDARDS_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const struct config *c = r->config;
    for (size_t i = 0; i < c->n_standards; i++) {
        names[i] = c->standards[i]->id;
        if (!strcmp(id, names[i]))
            return;
    }
    yaml_error(yaml_get(match, "standard"), r->errs,
               "%s.standard: %s is not among standards.use%s", path,
               yaml_quote(id, quoted), option_mean(id, names, c->n_standards, mean));
}

static void read_match(struct config_reader *r, const struct yaml_node *match,
                       const char *path, struct route *route)
{
    struct config_match keys;
    size_t before = r->errs->errors;
    config_fill(r, match, path, &CONFIG_MATCH, &keys, sizeof keys);
    if (r->errs->errors != before)
        return;
    route->kind = keys.kind ? CONFIG_KINDS[keys.kind] : NULL;
    route->severity = keys.severity ? CONFIG_SEVERITIES[keys.severity] : NULL;
    route->standard = keys.standard;
    if (keys.standard)
        check_standard(r, match, path, keys.standard);
    if (keys.severity && !config_kind_may_be(keys.kind, keys.severity))
        yaml_warning(match, r->errs, "%s: matches nothing: a %s is never %s", path,
                     route->kind, route->severity);
}

/* Would an alert sent to the level reach anybody? */
static bool served(const struct route_table *table, int level)
{
    for (size_t i = 0; i < table->n_offices; i++)
        if ((int)table->offices[i].level >= level)
            return true;
    return false;
}

static void check_target(struct config_reader *r, const struct yaml_node *node,
                         const char *path, const char *to)
{
    const char *names[NAMES_MAX];
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    const struct route_table *table = &r->config->routes;
    size_t n = 0;
    int level = level_of(to);
    if (level >= 0) {
        if (!served(table, level))
            yaml_warning(node, r->errs, "%s: there is no office at the level %s or above",
                         path, to);
        return;
    }
    for (int i = 0; i < LEVEL_COUNT; i++)
        names[n++] = level_id((enum level)i);
    for (size_t i = 0; i < table->n_offices; i++) {
        if (!strcmp(table->offices[i].id, to))
            return;
        if (n < NAMES_MAX)
            names[n++] = table->offices[i].id;
    }
    yaml_error(node, r->errs, "%s: %s is neither a level nor an office%s", path,
               yaml_quote(to, quoted), option_mean(to, names, n, mean));
}

static void read_route(struct config_reader *r, const struct yaml_node *map,
                       const char *path, struct route *route)
{
    struct config_route keys;
    char name[OPTION_PATH];
    config_fill(r, map, path, &CONFIG_ROUTE, &keys, sizeof keys);
    const struct yaml_node *match = yaml_get(map, "match"), *to = yaml_get(map, "to");
    if (match)
        read_match(r, match, option_path(path, "match", name), route);
    route->file = map->file;
    route->line = map->line;
    route->to = keys.to.items;
    route->n_to = keys.to.n;
    if (to && to->kind == YAML_LIST && !to->n)
        yaml_error(to, r->errs, "%s.to: an empty list", path);
    for (size_t i = 0; to && i < keys.to.n; i++) {
        option_item(path, "to", i, name);
        check_target(r, to->items[i], name, keys.to.items[i]);
    }
}

void config_read_routes(struct config_reader *r)
{
    size_t n;
    char path[OPTION_PATH];
    const struct yaml_node *const *items =
        config_items(r, "routes", CONFIG_ROUTES_MAX, &n);
    struct route *list = arena_array(r->arena, n, sizeof *list);
    for (size_t i = 0; list && i < n; i++) {
        config_item(items, i, "routes", path);
        read_route(r, items[i], path, &list[i]);
    }
    r->config->routes.routes = list;
    r->config->routes.n_routes = list ? n : 0;
}
