/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to raise so that a school has more of an indicator: the cell, and how much of an
 * addition comes to the stage that is looked at. Shared amounts of a combined school go to its
 * stages by weight, so its addition is larger than what one stage gets. Pure; owns nothing.
 */
#pragma once

#include "eval/eval.h"

struct lever {
    uint32_t row;     /* of the dataset; of a merged school the campus that gives most */
    enum field field; /* a staged family's column of this stage */
    double share;     /* (0, 1]: of an addition, what comes to the unit */
};

/* The column that is raised for an indicator, of a staged family the stage's own. */
enum field lever_field(const struct standard *st, size_t indicator, enum stage stage);
/*
 * The first added term of the numerator that no other indicator subtracts (more sports ground,
 * not more indoor rooms at the cost of teaching area). False: the cell is missing, or the
 * school gave the indicator's value itself and nobody knows the amounts.
 */
bool lever_find(const struct county_result *result, size_t stage, size_t unit,
                size_t indicator, struct lever *ret);
/* Are there only whole ones of it: people, rooms, computers, books? Not m2 and yuan. */
bool lever_whole(enum field field);
/*
 * What the school must add for the unit to have `least` of the indicator: a whole number,
 * the least with which the standard's comparison holds, or else exactly the amount.
 */
double lever_lack(const struct county_result *result, size_t stage, size_t unit,
                  size_t indicator, const struct lever *lever, struct decimal least);
/* The same, never a fraction: the least number of whole units (1 m2, 1 yuan, 1 teacher). */
double lever_units(const struct county_result *result, size_t stage, size_t unit,
                   size_t indicator, const struct lever *lever, struct decimal least);
