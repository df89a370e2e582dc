/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of config_load(): each reads one section of junheng.yaml into the snapshot and
 * tells all that is wrong with it. Private to conf/. One thread; everything lives in the
 * snapshot's arena.
 */
#pragma once

#include "base/map.h"
#include "conf/config.h"
#include "conf/config_keys.h"
#include "conf/option.h"
#include "conf/yaml.h"
#include "digest/digest.h"

enum {
    CONFIG_SOURCES_MAX = 10000,
    CONFIG_OFFICES_MAX = 10000,
    CONFIG_CHANNELS_MAX = 1000,
    CONFIG_ROUTES_MAX = 1000,
    CONFIG_DIVISIONS_MAX = 20000,
    CONFIG_CHANGES_MAX = 10000,
    CONFIG_STANDARDS_MAX = 32,
};

struct config_reader {
    struct config *config; /* being filled */
    struct arena *arena;
    struct errs *errs;
    const struct config_plugins *plugins;
    const struct yaml_node *root;
    struct config_checks checks; /* of the file */
};

/* Fills *conf by a table; keys to come are refused. An absent map gives the defaults. */
void config_fill(struct config_reader *r, const struct yaml_node *map, const char *path,
                 const struct config_keys *keys, void *conf, size_t size);
/* The key's value as a list of at most max; *ret_n is 0 without it. */
const struct yaml_node *const *config_items(struct config_reader *r, const char *key,
                                            size_t max, size_t *ret_n);
/* Relative to the file's folder; NULL stays NULL. */
const char *config_path(struct config_reader *r, const char *path);
/* How messages call an item: by its place in the list of its own file, "sources[2]". */
const char *config_item(const struct yaml_node *const *items, size_t i, const char *key,
                        char out[OPTION_PATH]);
/*
 * Is the name of items[at] one (text without blanks, slashes, control characters) and not seen
 * yet?
 */
void config_name(struct config_reader *r, const struct yaml_node *const *items, size_t at,
                 const char *path, const char *key, const char *name, struct map *seen);
/* The plugin a map names, or NULL, told. */
const struct jh_plugin *config_plugin(struct config_reader *r, const struct yaml_node *at,
                                      const char *path, enum jh_kind kind,
                                      const char *name);
/*
 * A map that holds keys of ours and of a plugin: ours go to *conf, the plugin's to a struct of
 * its own, which is returned (NULL without plugin) and checked by the plugin.
 */
const void *config_fill_both(struct config_reader *r, const struct yaml_node *map,
                             const char *path, const struct config_keys *keys, void *conf,
                             size_t size, const struct jh_plugin *plugin);
/* The struct of a plugin alone, from a map that may be NULL. */
const void *config_fill_plugin(struct config_reader *r, const struct yaml_node *map,
                               const char *path, const struct jh_plugin *plugin);
/* Are code prefixes usable? */
void config_covers(struct config_reader *r, const struct yaml_node *map, const char *path,
                   const struct jh_list *covers);

/* Lists of networks; what is wrong with one is told at `key` of the map. */
void config_addresses(struct config_reader *r, const struct yaml_node *map,
                      const char *path, const struct jh_list *allow,
                      const struct jh_list *deny, struct address_rules *ret);

/* `checks:` of the file or, over those, of a source. */
void config_checks(struct config_reader *r, const struct yaml_node *map, const char *path,
                   const struct config_checks *defaults, struct config_checks *ret);
void config_read_standards(struct config_reader *r);
void config_read_lua(struct config_reader *r);
/* After the standards. */
void config_read_alerts(struct config_reader *r);
/* Of what decides verdicts, standards and county records; after both were read. */
void config_hash_rules(struct config *config);
void config_hash_text(struct config *config, const struct yaml_node *root);
void config_read_divisions(struct config_reader *r);
/* After the divisions. */
void config_read_changes(struct config_reader *r, const struct yaml_node *at,
                         const char *path);
void config_hash_changes(const struct entity_changes *changes, struct sha256 *h);
void config_read_closed(struct config_reader *r, const struct yaml_node *at,
                        const char *path);
void config_read_sources(struct config_reader *r);
void config_read_channels(struct config_reader *r);
void config_read_escalation(struct config_reader *r, const char *calendar);
void config_read_offices(struct config_reader *r);
void config_read_routes(struct config_reader *r);
