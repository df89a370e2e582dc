/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who belongs to a standard's population at a stage, which rows are one unit, and how a row
 * takes part in it: campuses merged where the standard says so, shared resources of combined
 * schools split. For eval/ and script/. Pure; owns nothing.
 */
#pragma once

#include "eval/eval.h"

struct population {
    const struct standard *standard;
    const struct dataset *data;
    uint32_t owners; /* bit per owner that counts; 0 = all */
    enum stage stage;
};

void population_init(struct population *p, const struct standard *st,
                     const struct dataset *data, uint32_t own_owners, enum stage stage);
/* Pupils of one row at the stage; 0 when none. ret_unclear: the cell is unreadable. */
double population_pupils(const struct population *p, size_t row, bool *ret_unclear);
/* Does a school like row's, with so many pupils at the stage, stay out? ret may be NULL. */
bool population_excludes(const struct population *p, size_t row, double pupils,
                         struct excluded *ret);

/* The rows of one unit: one row, or all campuses of a school where they are merged. */
struct population_group {
    size_t begin, end;
    size_t first; /* the row that stands for the school: the first with pupils */
    double pupils;
    bool unclear;
};

enum population_fate { FATE_NO_PUPILS, FATE_EXCLUDED, FATE_UNIT };

/*
 * How a row takes part in its unit: not at all (no pupils at this stage, but at others), or
 * with a share of what its stages have in common. A campus without any pupils goes with the
 * whole school.
 */
struct population_part {
    bool counts;
    double share;
    enum field unknown; /* why share is NaN */
};

/* The group that begins at row; the next one begins at its end. */
struct population_group population_group(const struct population *p, size_t row);
enum population_fate population_fate(const struct population *p,
                                     const struct population_group *g,
                                     struct excluded *ret);
struct population_part population_part(const struct population *p,
                                       const struct population_group *g, size_t row);
