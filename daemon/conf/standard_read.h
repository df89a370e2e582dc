/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of standard_parse(): each reads one section of a standard's YAML into the struct
 * standard being made and tells all that is wrong with it. Private to conf/. One thread;
 * everything lives in the reader's arena.
 */
#pragma once

#include "conf/standard.h"
#include "conf/standard_keys.h"
#include "conf/yaml.h"
#include "digest/digest.h"

enum { STANDARD_ID_MAX = 64, STANDARD_WORDS_MAX = 4096 };

/* One standard being read. */
struct standard_reader {
    struct standard *st;
    struct arena *arena;
    struct errs *errs;
};

/* Fills *conf by a table. `path` is how messages call the map. */
void standard_fill(struct standard_reader *r, const struct yaml_node *map,
                   const char *path, const struct standard_keys *keys, void *conf,
                   size_t size);
/* The node to point at: the key's value where it is there, else the map. */
const struct yaml_node *standard_at(const struct yaml_node *map, const char *key);

enum least { MAY_BE_ZERO, ABOVE_ZERO };

/* A decimal of at most `max` (0: any), told when it is none. */
bool standard_decimal(struct standard_reader *r, const struct yaml_node *map,
                      const char *path, const char *key, const char *text,
                      enum least least, int max, struct decimal *ret);
/* A share up to 1 of the top map; 0, and told, when it is none. */
double standard_share(struct standard_reader *r, const struct yaml_node *map,
                      const char *key, const char *text, enum least least);
/* Lower-case letters, digits and `more`, which does not begin with . or -. */
bool standard_id_ok(const char *id, const char *more);

/* Bits of the kinds, owners (1 to 10) that a node names: one, or a list of them. */
uint32_t standard_kinds(struct standard_reader *r, const struct yaml_node *node,
                        const char *path);
uint32_t standard_owners(struct standard_reader *r, const struct yaml_node *node,
                         const char *path);
/*
 * The schools that the map's `where` is for: a map, or a list of maps of which one must match.
 * NULL for every school, when there is no such key (or an error, which is told).
 */
const struct school_filter *standard_where(struct standard_reader *r,
                                           const struct yaml_node *map, const char *path);

/* The text of a `numerator`, into the terms of the indicator. */
void standard_numerator(struct standard_reader *r, const struct yaml_node *node,
                        const char *path, struct indicator *ind);
/* Names of departments joined by commas, as struct indicator holds them. */
const char *standard_join(struct standard_reader *r, const struct yaml_node *node,
                          const char *path, const struct jh_list *list);

/* The whole of it. NULL when there was an error. */
const struct standard *standard_read(const struct yaml_node *root,
                                     const char sha256[SHA256_HEX], struct arena *arena,
                                     struct errs *errs);
void standard_read_population(struct standard_reader *r, const struct yaml_node *root);
void standard_read_indicators(struct standard_reader *r, const struct yaml_node *root);
void standard_read_cv_rule(struct standard_reader *r, const struct yaml_node *root);
/* After the indicators and the cv_rule, which it needs. */
void standard_read_school_rule(struct standard_reader *r, const struct yaml_node *root);
/*
 * What `rule` of an item says, or NULL when that was told to be wrong. school: it is asked of
 * one school, as within an `each`.
 */
const struct item_rule *standard_item_rule(struct standard_reader *r,
                                           const struct yaml_node *node, const char *path,
                                           const struct item *item, bool school);
/* items, then what names them: veto, precondition, score, monitor. */
void standard_read_items(struct standard_reader *r, const struct yaml_node *root);
/* After the indicators and the items, which they name. */
void standard_read_relaxations(struct standard_reader *r, const struct yaml_node *root);
void standard_read_score(struct standard_reader *r, const struct yaml_node *root);
void standard_read_monitor(struct standard_reader *r, const struct yaml_node *root);
