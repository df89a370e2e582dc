/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a county's round complete (docs/data.md section 7)? Compares it with
 * the county's last round: schools that are gone make it incomplete, and their last enrolment
 * goes into the bounds. Private to eval/; pure.
 */
#pragma once

#include "eval/eval.h"

/* previous may be NULL: nothing has vanished then. */
struct completeness complete_check(const struct standard *st, const struct dataset *data,
                                   const struct dataset *previous, uint32_t own_owners);
static inline bool complete_is(const struct completeness *why)
{
    return !why->parts_absent && !why->rows_dropped && !why->doubts && !why->vanished;
}
