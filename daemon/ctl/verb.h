/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can happen in a unit test of rules: a table of verbs, each with the keys it takes and
 * what it does in the scene. A new act of a person or of a source is one line more. Main thread.
 */
#pragma once

#include "ctl/scene.h"

struct verb {
    const char *name;
    const struct jh_option *options;
    const char *const *parts; /* keys that `read` reads; may be NULL */
    size_t size;              /* of the struct that the options fill */
    /* NULL, or what the options do not check; `path` is how messages call the map */
    void (*read)(const struct scene_reader *r, const struct yaml_node *map,
                 const char *path, void *conf);
    /* Does it, at the time the clock shows. An error ends the test. */
    int (*run)(struct scene *s, const struct yaml_node *map, const void *conf,
               struct jh_err *err);
};

extern const struct verb VERB_DELIVER; /* verb_deliver.c */
extern const struct verb VERB_ACK, VERB_ASSIGN, VERB_COMMENT, VERB_SILENCE, VERB_RECTIFY,
    VERB_REVOKE, VERB_RESTORE;           /* verb_people.c */
extern const struct verb *const VERBS[]; /* ends with NULL */
