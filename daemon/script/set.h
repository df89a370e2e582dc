/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a script set, for script/ only: sources as read, what they say of themselves,
 * and the populations they want. Immutable after script_set_load(); freed with its last
 * reference. The standards are the caller's and outlive the set.
 */
#pragma once

#include "base/buf.h"
#include "script/host.h"

enum { SET_FILES_MAX = 1000, SET_POPULATIONS_MAX = 16, SET_ARENA_MAX = 256 << 20 };

struct set_entry {
    struct script_info info;
    const char *name; /* file name without its folder */
    struct jh_slice source;
    uint32_t population; /* index into script_set.populations */
};

struct script_set {
    int refs;
    struct arena *arena;
    struct set_entry *list;
    size_t n;
    const struct script_param *params;
    size_t n_params;
    const struct standard *populations[SET_POPULATIONS_MAX]; /* [0] = NULL: everybody */
    size_t n_populations;
    char sha256[65];
};

/* Reads one file and has the helper load it. False: errs says why. */
bool set_load_file(struct script_set *set, struct script_host *host, const char *path,
                   struct set_entry *ret, struct errs *errs);
