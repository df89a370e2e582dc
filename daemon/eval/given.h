/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Columns that hold a school's value of an indicator itself, as the official form gives it:
 * which they are, and where they and the raw amounts say different things. Private to eval/;
 * pure, findings in the caller's arena.
 */
#pragma once

#include "eval/population.h"

enum { GIVEN_LISTED = 20 }; /* findings of one indicator at one stage; more are counted */

/* Zeroed: there is no such column. */
struct given {
    const double *values;
    double factor;                  /* of the unit in the header */
    const struct extra_column *odd; /* it is not read, for its unit is another kind's */
};

/*
 * The column named by the indicator's id, its title, or one of the other titles that are known
 * for the id, in a unit that the indicator is measured in.
 */
struct given given_find(const struct dataset *ds, const struct indicator *ind);

/* Is there anything to compare, or to tell? */
static inline bool given_is(const struct given *g)
{
    return g->values || g->odd;
}

/* The value X_i of a row that is of one stage; NaN of others, and where it is missing. */
double given_value(const struct population *p, const struct given *g, size_t row);

/* Findings under way; `list` has room for GIVEN_LISTED + 2 of every indicator. */
struct given_findings {
    const struct population *p;
    struct arena *arena;
    struct finding *list;
    size_t n;
};

/* Is the row's given value further from another than the form's rounding explains? */
bool given_far(const struct population *p, const struct given *g, size_t row, double raw);
/* Lists a row whose values differ, as the count-th of its indicator. */
void given_differs(struct given_findings *f, const struct indicator *ind,
                   const struct given *g, size_t row, double raw, size_t count);
/* How many there were, when more than were listed; and a column in an odd unit. */
void given_total(struct given_findings *f, const struct indicator *ind,
                 const struct given *g, size_t count);
