/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schools that an office has recorded as closed, each with the first round without it. One that
 * is gone from a county's data in that round has not gone missing (docs/data.md section 7).
 * Immutable; the strings are the list's owner's. Pure.
 */
#pragma once

#include <stddef.h>

#include "model/round.h"

struct closed_school {
    const char *school;
    const char *county;             /* "": of whatever county has it */
    struct round round;             /* the first without it */
    const char *reason, *successor; /* "" when not given */
};

struct closed_list {
    const struct closed_school *list; /* as closed_order() has it */
    size_t n;
};

/* By school, then county, bytewise; for qsort(). */
int closed_order(const void *a, const void *b);
/*
 * Was the school there in round `then`, and is it recorded as closed since, by round `now`?
 * NULL: no. A list that is NULL has none.
 */
const struct closed_school *closed_between(const struct closed_list *list,
                                           const char *school, const char *county,
                                           struct round then, struct round now);
