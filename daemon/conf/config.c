/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "base/num.h"
#include "conf/config_include.h"
#include "conf/config_read.h"
#include "conf/county_words.h"
#include "conf/option.h"
#include "conf/round_rule.h"
#include "conf/standard.h"

enum { ARENA_MAX = 256 * 1024 * 1024, NAME_MAX_BYTES = 64 };

/* What config_ref() and config_unref() count. */
struct snapshot {
    struct config config;
    struct arena *arena;
    atomic_size_t refs;
};

static const struct yaml_node EMPTY = {.kind = YAML_MAP, .file = "", .text = ""};

/* ---- for all sections ------------------------------------------------------------------ */

void config_fill(struct config_reader *r, const struct yaml_node *map, const char *path,
                 const struct config_keys *keys, void *conf, size_t size)
{
    map = map ? map : &EMPTY;
    option_fill(map, path, keys->options, keys->parts, conf, size, r->arena, r->errs);
}

const struct yaml_node *const *config_items(struct config_reader *r, const char *key,
                                            size_t max, size_t *ret_n)
{
    char shown[YAML_SHOW];
    const struct yaml_node *list = yaml_get(r->root, key);
    *ret_n = 0;
    if (!list)
        return NULL;
    if (list->kind != YAML_LIST) {
        yaml_error(list, r->errs, "%s: expected a list, got %s", key,
                   yaml_show(list, shown));
        return NULL;
    }
    if (list->n > max) {
        yaml_error(list, r->errs, "%s: more than %zu", key, max);
        return NULL;
    }
    *ret_n = list->n;
    return list->items;
}

const char *config_path(struct config_reader *r, const char *path)
{
    if (!path || *path == '/')
        return path;
    return arena_fmt(r->arena, "%s/%s", r->config->dir, path);
}

const char *config_item(const struct yaml_node *const *items, size_t i, const char *key,
                        char out[OPTION_PATH])
{
    size_t at = i;
    while (at && items[at - 1]->file == items[i]->file)
        at--;
    return option_item("", key, i - at, out);
}

void config_name(struct config_reader *r, const struct yaml_node *const *items, size_t at,
                 const char *path, const char *key, const char *name, struct map *seen)
{
    int64_t first = (int64_t)at;
    char quoted[YAML_SHOW];
    const struct yaml_node *node = yaml_get(items[at], key);
    if (!name || !node)
        return;
    bool good = *name && strlen(name) <= NAME_MAX_BYTES;
    for (const char *p = name; *p; p++)
        good &= (unsigned char)*p > ' ' && !strchr("/\\\"'?#%", *p) && *p != 0x7f;
    yaml_quote(name, quoted);
    if (!good)
        yaml_error(
            node, r->errs,
            "%s.%s: expected at most %d bytes without blanks, slashes and quotes, got %s",
            path, key, NAME_MAX_BYTES, quoted);
    if (map_add(seen, name, strlen(name), (int64_t)at, &first) == 0 &&
        first != (int64_t)at)
        yaml_error(node, r->errs, "%s.%s: %s is a name already: first in %s:%u", path,
                   key, quoted, items[first]->file, items[first]->line);
}

void config_covers(struct config_reader *r, const struct yaml_node *map, const char *path,
                   const struct jh_list *covers)
{
    const struct yaml_node *node = yaml_get(map, "covers");
    if (node && node->kind == YAML_LIST && !node->n)
        yaml_error(node, r->errs, "%s.covers: an empty list: leave it out for all", path);
    for (size_t i = 0; i < covers->n; i++)
        if (!*covers->items[i])
            yaml_error(node, r->errs, "%s.covers[%zu]: empty: leave covers out for all",
                       path, i);
}

/* ---- plugins --------------------------------------------------------------------------- */

const struct jh_plugin *config_plugin(struct config_reader *r, const struct yaml_node *at,
                                      const char *path, enum jh_kind kind,
                                      const char *name)
{
    struct jh_err err = {0};
    const struct jh_plugin *plugin = r->plugins->find(r->plugins->arg, kind, name, &err);
    if (!plugin)
        yaml_error(at, r->errs, "%s: %s%s%s", path, err.file, *err.file ? ": " : "",
                   *err.text ? err.text : err_name(err.code));
    return plugin;
}

/* Text that names a file, by the name of its option: plugin.h has no type for it. */
static bool names_a_file(const struct jh_option *o)
{
    static const char *const ENDS[] = {"path", "file", "dir", NULL};
    size_t len = strlen(o->name);
    for (size_t i = 0; o->type == JH_STRING && ENDS[i]; i++) {
        size_t end = strlen(ENDS[i]);
        if (len >= end && !strcmp(o->name + len - end, ENDS[i]) &&
            (len == end || o->name[len - end - 1] == '_'))
            return true;
    }
    return false;
}

/* "credential:NAME": one that systemd passes on (LoadCredential=), wherever it keeps it. */
static const char *plugin_path(struct config_reader *r, const char *path)
{
    static const char PREFIX[] = "credential:";
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    if (!path || strncmp(path, PREFIX, sizeof PREFIX - 1) != 0)
        return config_path(r, path);
    /* A check by hand has no such folder: it is that of the unit. */
    return arena_fmt(r->arena, "%s/%s", dir ? dir : "/run/credentials/junheng.service",
                     path + sizeof PREFIX - 1);
}

static void resolve_paths(struct config_reader *r, const struct jh_option *options,
                          void *conf)
{
    for (const struct jh_option *o = options; o->name; o++) {
        if (!names_a_file(o))
            continue;
        const char **text = (const char **)(void *)((char *)conf + o->offset);
        *text = plugin_path(r, *text);
    }
}

static size_t count_options(const struct jh_option *options)
{
    size_t n = 0;
    while (options && options[n].name)
        n++;
    return n;
}

static size_t count_words(const char *const *words)
{
    size_t n = 0;
    while (words && words[n])
        n++;
    return n;
}

/* All keys of a map: they are judged elsewhere. */
static const char *const *keys_of(struct config_reader *r, const struct yaml_node *map)
{
    const char **keys = arena_array(r->arena, map->n + 1, sizeof *keys);
    for (size_t i = 0; keys && map->kind == YAML_MAP && i < map->n; i++)
        keys[i] = map->pairs[i].key->text;
    return keys;
}

/* Keys beside our table: our parts and the plugin's options; any, when it is not known. */
static const char *const *others(struct config_reader *r, const struct yaml_node *map,
                                 const struct config_keys *keys,
                                 const struct jh_plugin *plugin)
{
    size_t n = 0, parts = count_words(keys->parts);
    if (!plugin)
        return keys_of(r, map);
    size_t options = count_options(plugin->options);
    const char **names = arena_array(r->arena, parts + options + 1, sizeof *names);
    for (size_t i = 0; names && i < parts; i++)
        names[n++] = keys->parts[i];
    for (size_t i = 0; names && i < options; i++)
        names[n++] = plugin->options[i].name;
    return names;
}

/* Fills and checks a plugin's own struct; NULL when something was wrong. */
static const void *fill_plugin(struct config_reader *r, const struct yaml_node *map,
                               const char *path, const struct jh_plugin *plugin,
                               const char *const *also)
{
    struct jh_err err = {0};
    size_t before = r->errs->errors;
    void *conf = arena_alloc(r->arena, plugin->conf_size);
    if (!conf || !plugin->options)
        return conf;
    option_fill(map, path, plugin->options, also, conf, plugin->conf_size, r->arena,
                r->errs);
    if (r->errs->errors != before)
        return NULL;
    resolve_paths(r, plugin->options, conf);
    if (plugin->check && plugin->check(conf, &err) != 0) {
        yaml_error(map, r->errs, "%s: %s%s%s", path, err.file, *err.file ? ": " : "",
                   *err.text ? err.text : "the plugin refuses it");
        return NULL;
    }
    return conf;
}

const void *config_fill_plugin(struct config_reader *r, const struct yaml_node *map,
                               const char *path, const struct jh_plugin *plugin)
{
    return plugin ? fill_plugin(r, map ? map : &EMPTY, path, plugin, NULL) : NULL;
}

const void *config_fill_both(struct config_reader *r, const struct yaml_node *map,
                             const char *path, const struct config_keys *keys, void *conf,
                             size_t size, const struct jh_plugin *plugin)
{
    option_fill(map, path, keys->options, others(r, map, keys, plugin), conf, size,
                r->arena, r->errs);
    return plugin ? fill_plugin(r, map, path, plugin, keys_of(r, map)) : NULL;
}

/* ---- addresses ------------------------------------------------------------------------- */

static const struct address_rule *read_rules(struct config_reader *r,
                                             const struct yaml_node *map,
                                             const char *path, const char *key,
                                             const struct jh_list *list, size_t *ret_n)
{
    const struct yaml_node *node = yaml_get(map, key);
    struct address_rule *rules = arena_array(r->arena, list->n, sizeof *rules);
    struct jh_err err;
    *ret_n = 0;
    if (node && node->kind == YAML_LIST && !node->n)
        yaml_error(node, r->errs, "%s.%s: an empty list: leave it out", path, key);
    if (list->n > ADDRESS_RULES_MAX)
        yaml_error(node, r->errs, "%s.%s: more than %d networks", path, key,
                   ADDRESS_RULES_MAX);
    for (size_t i = 0; rules && i < list->n && i < ADDRESS_RULES_MAX; i++)
        if (address_rule_parse(list->items[i], &rules[(*ret_n)++], &err))
            yaml_error(node && node->kind == YAML_LIST ? node->items[i] : node, r->errs,
                       "%s.%s[%zu]: %s", path, key, i, err.text);
    return rules;
}

void config_addresses(struct config_reader *r, const struct yaml_node *map,
                      const char *path, const struct jh_list *allow,
                      const struct jh_list *deny, struct address_rules *ret)
{
    ret->allow = read_rules(r, map, path, "allow", allow, &ret->n_allow);
    ret->deny = read_rules(r, map, path, "deny", deny, &ret->n_deny);
}

static void read_addresses(struct config_reader *r)
{
    struct config_addresses keys;
    const struct yaml_node *map = yaml_get(r->root, "addresses");
    config_fill(r, map, "addresses", &CONFIG_ADDRESSES, &keys, sizeof keys);
    config_addresses(r, map, "addresses", &keys.allow, &keys.deny, &r->config->addresses);
}

/* ---- top, http, log -- ------------------------------------------------------------ */

/* host:port or [v6]:port; a warning where others may reach it. */
static void check_listen(struct config_reader *r, const char *listen)
{
    const struct yaml_node *node = yaml_get(yaml_get(r->root, "http"), "listen");
    const char *colon = listen ? strrchr(listen, ':') : NULL;
    char quoted[YAML_SHOW];
    int64_t port;
    if (!node)
        return;
    bool v6 = colon && *listen == '[' && colon > listen && colon[-1] == ']';
    if (!colon || colon == listen || (!v6 && strchr(listen, ':') != colon) ||
        num_parse_int(colon + 1, strlen(colon + 1), 0, 65535, &port) != 0)
        yaml_error(
            node, r->errs,
            "http.listen: expected an address and a port such as 127.0.0.1:8420, got %s",
            yaml_quote(listen, quoted));
    else if (strncmp(listen, "127.", 4) != 0 && strncmp(listen, "localhost:", 10) != 0 &&
             strncmp(listen, "[::1]:", 6) != 0)
        yaml_warning(node, r->errs,
                     "http.listen: %s is not a loopback address: whoever "
                     "reaches it reads everything",
                     yaml_quote(listen, quoted));
}

static void read_http(struct config_reader *r)
{
    struct config_http http;
    config_fill(r, yaml_get(r->root, "http"), "http", &CONFIG_HTTP, &http, sizeof http);
    r->config->http_listen = http.listen;
    check_listen(r, http.listen);
}

static void read_log(struct config_reader *r)
{
    static const enum log_level LEVELS[] = {LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR};
    struct config_log log;
    config_fill(r, yaml_get(r->root, "log"), "log", &CONFIG_LOG, &log, sizeof log);
    r->config->log.level = LEVELS[log.level];
    r->config->log.json = log.format == CONFIG_LOG_JSON;
}

static void read_top(struct config_reader *r, struct config_top *top)
{
    struct config *c = r->config;
    struct sockaddr_un address;
    config_fill(r, r->root, "", &CONFIG_TOP, top, sizeof *top);
    c->state_dir = config_path(r, top->state_dir);
    c->control_socket = config_path(r, top->control_socket);
    c->plugin_dir = config_path(r, top->plugin_dir);
    c->helper = config_path(r, top->helper);
    c->max_transfers = top->max_transfers;
    c->max_waiting = top->max_waiting;
    if (strlen(c->control_socket) >= sizeof address.sun_path)
        yaml_error(
            yaml_get(r->root, "control_socket"), r->errs,
            "control_socket: longer than the %zu bytes a socket's path may have: %s",
            sizeof address.sun_path - 1, c->control_socket);
}

static void tell_plugins(struct config_reader *r)
{
    struct jh_err err = {0};
    const struct yaml_node *node = yaml_get(r->root, "plugin_dir");
    if (!r->plugins->dir ||
        r->plugins->dir(r->plugins->arg, r->config->plugin_dir, &err) == 0)
        return;
    yaml_error(node ? node : r->root, r->errs, "plugin_dir: %s%s%s", err.file,
               *err.file ? ": " : "", *err.text ? err.text : err_name(err.code));
}

static void read_all(struct config_reader *r)
{
    struct config_top top;
    read_top(r, &top);
    if (r->root->kind != YAML_MAP)
        return;
    tell_plugins(r);
    read_http(r);
    read_addresses(r);
    read_log(r);
    config_read_standards(r);
    config_read_alerts(r);
    config_read_lua(r);
    config_read_divisions(r);
    if (top.division_changes)
        config_read_changes(r, yaml_get(r->root, "division_changes"),
                            config_path(r, top.division_changes));
    if (top.closed)
        config_read_closed(r, yaml_get(r->root, "closed"), config_path(r, top.closed));
    config_hash_rules(r->config);
    config_hash_text(r->config, r->root);
    config_read_sources(r);
    config_read_channels(r);
    config_read_escalation(r, config_path(r, top.calendar));
    config_read_offices(r);
    config_read_routes(r);
}

/* ---- the snapshot ---------------------------------------------------------------------- */

static void snapshot_free(struct snapshot *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->config.n_sources; i++)
        round_rule_free((struct round_rule *)s->config.sources[i].round_rule);
    map_free((struct map *)s->config.source_names);
    alias_free((struct alias_table *)s->config.aliases);
    arena_free(s->arena);
    free(s);
}

static struct snapshot *snapshot_new(const char *path, struct errs *errs)
{
    struct snapshot *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    atomic_init(&s->refs, 1);
    s->arena = arena_new(ARENA_MAX);
    s->config.aliases = alias_load(errs);
    s->config.county_words = s->arena ? county_words_load(s->arena, errs) : NULL;
    s->config.file = s->arena ? arena_str(s->arena, path) : NULL;
    if (!s->config.aliases || !s->config.county_words || !s->config.file) {
        snapshot_free(s);
        return NULL;
    }
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    const char *dir = !slash ? "." : !len ? "/" : arena_strn(s->arena, path, len);
    char *real = realpath(dir, NULL);
    s->config.dir = arena_str(s->arena, real ? real : dir);
    free(real);
    return s;
}

/* Takes the snapshot over; it is gone if there was an error. */
static const struct config *fill(struct snapshot *s, const struct yaml_node *root,
                                 const struct config_plugins *plugins, size_t before,
                                 struct errs *errs)
{
    struct config_reader r = {
        .config = &s->config, .arena = s->arena, .errs = errs, .plugins = plugins};
    if (root) {
        r.root = config_include(&r, root);
        read_all(&r);
    }
    if (errs->errors == before)
        return &s->config;
    snapshot_free(s);
    return NULL;
}

const struct config *config_load(const char *path, const struct config_plugins *plugins,
                                 struct errs *errs)
{
    size_t before = errs->errors;
    struct snapshot *s = snapshot_new(path, errs);
    if (!s) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "out of memory");
        return NULL;
    }
    return fill(s, yaml_load(path, s->arena, errs), plugins, before, errs);
}

const struct config *config_read(const struct yaml_node *root, const char *path,
                                 const struct config_plugins *plugins, struct errs *errs)
{
    size_t before = errs->errors;
    struct snapshot *s = snapshot_new(path, errs);
    if (!s) {
        errs_at(errs, ERR_ERROR, path, 0, 0, "out of memory");
        return NULL;
    }
    return fill(s, root, plugins, before, errs);
}

static struct snapshot *snapshot_of(const struct config *config)
{
    return (struct snapshot *)((char *)(uintptr_t)config -
                               offsetof(struct snapshot, config));
}

const struct config *config_ref(const struct config *config)
{
    atomic_fetch_add_explicit(&snapshot_of(config)->refs, 1, memory_order_relaxed);
    return config;
}

void config_unref(const struct config *config)
{
    if (!config)
        return;
    struct snapshot *s = snapshot_of(config);
    if (atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) == 1)
        snapshot_free(s);
}

const struct standard *config_standard(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->n_standards; i++)
        if (!strcmp(config->standards[i]->id, id))
            return config->standards[i];
    return NULL;
}

const struct source_conf *config_source(const struct config *config, const char *name)
{
    const struct map *names = config->source_names;
    int64_t i = names ? map_get(names, name, strlen(name)) : MAP_NONE;
    return i == MAP_NONE ? NULL : &config->sources[i];
}
