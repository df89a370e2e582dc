/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schools that items speak of: rows of one school together, with the stages at which it
 * counts, and what such a school has of a field. Private to eval/; pure, results in the
 * caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/population.h"
#include "model/item.h"

struct subject {
    uint32_t begin, end; /* rows */
    uint32_t first;      /* the row that stands for it */
    uint32_t stages;     /* bit per stage at which it counts */
    bool unclear;        /* its pupils are unreadable: nobody knows whether it counts */
};

struct subjects {
    const struct subject *list; /* in order of the dataset */
    size_t n;
};

/* everybody: all schools of the county, and not those that the standard counts. */
int subjects_build(const struct standard *st, const struct dataset *ds,
                   uint32_t own_owners, bool everybody, struct arena *arena,
                   struct subjects *ret);

/*
 * What the school has of the op's field at these stages; NaN = unknown. Families are added up
 * over the stages, an amount that is not given by stage is the whole school's. The largest
 * class is the largest, the smallest room the smallest. *absent becomes true where the data
 * have no such column at all.
 */
double subject_value(const struct dataset *ds, const struct subject *s, uint32_t stages,
                     const struct expr_op *op, bool *absent);
