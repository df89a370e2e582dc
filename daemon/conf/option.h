/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Option tables: fills a struct from a YAML map by a table of struct jh_option, with defaults,
 * ranges and units, and one message per mistake ("expected a duration such as 30s, 5m, 6h, got
 * "60x"", "unknown key "formt" (did you mean "format"?)"). The same tables make docs/config.md.
 */
#pragma once

#include <stdio.h>

#include "conf/yaml.h"

enum { OPTION_PATH = 256, OPTION_MEAN = YAML_SHOW + 24 };

/*
 * Fills *conf (conf_size bytes, zeroed first, then defaults). `path` is how messages call the
 * map, e.g. "sources[1]". Keys in `also` (NULL-terminated, may be NULL) belong to somebody
 * else and are passed over. Strings and lists live in the arena.
 */
void option_fill(const struct yaml_node *map, const char *path,
                 const struct jh_option *options, const char *const *also, void *conf,
                 size_t conf_size, struct arena *arena, struct errs *errs);
/* Only the defaults. */
void option_defaults(const struct jh_option *options, void *conf, struct arena *arena);
/* One scalar by one option; false (and an error told) when it does not fit. */
bool option_value(const struct yaml_node *node, const char *path,
                  const struct jh_option *option, void *field, struct arena *arena,
                  struct errs *errs);
/* Nearest of the words to a wrong one (edit distance <= 2), or NULL. */
const char *option_suggest(const char *wrong, const char *const *words, size_t n);
/* " (did you mean "format"?)" or nothing. */
const char *option_mean(const char *wrong, const char *const *words, size_t n,
                        char out[OPTION_MEAN]);
/* Tells of a key that is none of the words. */
void option_unknown(const struct yaml_node *key, const char *path,
                    const char *const *words, size_t n, struct errs *errs);
/* Is it text? False, and told, when not. */
bool option_text(const struct yaml_node *node, const char *path, struct errs *errs);
/* "sources[1].interval"; the key alone at the top. */
const char *option_path(const char *path, const char *key, char out[OPTION_PATH]);
/* "routes[2].to[0]" */
const char *option_item(const char *path, const char *key, size_t i,
                        char out[OPTION_PATH]);
/* The table as Markdown rows: name, type, default, range, help. */
void option_document(FILE *to, const struct jh_option *options);
