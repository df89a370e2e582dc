/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a unit test of rules may expect: a table of claims, each a list in `expect:` with the
 * keys its items take and how they are held against the scene. What an item does not name is
 * not asked for. Main thread.
 */
#pragma once

#include "ctl/scene.h"

/* The items of one list as they stand in the file. */
struct claims {
    const struct yaml_node *at; /* the list */
    const struct yaml_node *const *maps;
    const void *const *items; /* structs that the options filled */
    size_t n;
    bool only; /* nothing else may be there */
};

struct claim {
    const char *name;
    const struct jh_option *options;
    const char *const *parts; /* keys that `read` reads; may be NULL */
    size_t size;
    const char *none; /* a word that may stand for an empty list, or NULL */
    void (*read)(const struct scene_reader *r, const struct yaml_node *map,
                 const char *path, void *conf);
    /* Mismatches go to scene_wrong(); an error is of the scene itself. */
    int (*check)(struct scene *s, const struct claims *list, struct jh_err *err);
};

extern const struct claim CLAIM_VERDICTS, CLAIM_LOCAL; /* claim_verdict.c */
extern const struct claim CLAIM_ALERTS;                /* claim_alert.c */
extern const struct claim CLAIM_TOLD;                  /* claim_told.c */
extern const struct claim CLAIM_STANDINGS;             /* claim_standing.c */
extern const struct claim *const CLAIMS[];             /* ends with NULL */

/* Words of an enum whose first stands for "not asked for"; NULL then. */
const char *claim_word(const char *const *words, int i);
