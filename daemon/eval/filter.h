/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a school answer to a filter (`where` of relaxations and items)? Three-valued: a cell
 * that it asks for and that is missing makes the answer unknown, unless another cell already
 * says no, or no value of the missing one could change it. Pure; owns nothing.
 */
#pragma once

#include "model/dataset.h"
#include "model/standard.h"

enum filter_match { FILTER_NO, FILTER_UNKNOWN, FILTER_YES };

/*
 * Rows [begin, end) as one school, such as its merged campuses: pupils are added up, the
 * largest class is the largest of all, and every row must be of the kind, setting ... asked
 * for. filter may be NULL: every school.
 */
enum filter_match filter_matches_rows(const struct school_filter *filter,
                                      const struct dataset *ds, size_t begin, size_t end);
/* Row `school`, with the rows of its other stages where it has one for each. */
enum filter_match filter_matches(const struct school_filter *filter,
                                 const struct dataset *ds, size_t school);
