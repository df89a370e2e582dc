/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Findings about what a county reports: names that nearly are a standard's, values that are of
 * no use, reports that its own data disprove. Private to eval/items; in the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "model/county_data.h"
#include "model/standard.h"

struct items_find {
    const struct standard *standard;
    const struct county_data *county; /* may be NULL: then there is nothing to find */
    struct arena *arena;
    struct finding *list;
    size_t n, cap;
    bool failed; /* out of memory */
};

void items_find_init(struct items_find *f, const struct standard *st,
                     const struct county_data *county, struct arena *arena);
/* The county's word and its data disagree. */
void items_find_mismatch(struct items_find *f, const struct item *item,
                         const struct county_value *v);
/* What is reported is nothing that the item can be. */
void items_find_unreadable(struct items_find *f, const struct item *item,
                           const struct county_value *v);
/* Names that look like items of the standard and are none. */
void items_find_unknown(struct items_find *f);
