/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Overlays: a standard that `extends` another is its parent's YAML with its own laid over it,
 * read as one standard afterwards. Every node keeps its own file, line and column. Private to
 * conf/. One thread; everything lives in the caller's arena.
 */
#pragma once

#include "conf/standard.h"
#include "conf/yaml.h"

enum { STANDARD_CHAIN_MAX = 8 };

/* One file of a chain. */
struct standard_layer {
    const struct yaml_node *root;
    const char *name; /* its id, or its file where it has none: for messages */
    char sha256[65];  /* of its bytes */
    const struct standard_layer *overlay; /* what extends it, NULL for the first */
};

/* From bytes; false, and told, when they are no YAML map. */
bool standard_layer_parse(const char *file, const char *bytes, size_t n,
                          struct arena *arena, struct errs *errs,
                          struct standard_layer *ret);
/* By id or path, found as standard_find() does. False, and told, when it is not. */
bool standard_layer_find(const char *what, const char *dir, struct arena *arena,
                         struct errs *errs, struct standard_layer *ret);
/* The standard of a layer and of all that it extends. NULL when there was an error. */
const struct standard *standard_resolve(const struct standard_layer *layer,
                                        const char *dir, struct arena *arena,
                                        struct errs *errs);

/*
 * The parent's tree with the overlay's laid over it: maps by key, lists of maps by id
 * (`remove: true` deletes), all else replaced. `parent_name` is for messages. NULL, and told.
 */
const struct yaml_node *standard_merge(const struct yaml_node *parent,
                                       const struct yaml_node *overlay,
                                       const char *parent_name, struct arena *arena,
                                       struct errs *errs);
/* Tells of every `remove` in a standard that extends none. */
void standard_refuse_removes(const struct yaml_node *root, struct errs *errs);

/*
 * Warns, at its place, of everything in which the overlay lets more pass than its parent does.
 * `own` is the overlay's tree, `merged` the one that `st` was read from.
 */
void standard_laxer(const struct standard *parent, const struct standard *st,
                    const struct yaml_node *own, const struct yaml_node *merged,
                    struct errs *errs);
