/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is a county's round complete (docs/data.md section 7)? Compares it with
 * the county's last round: schools that are gone, and not recorded as closed, make it incomplete,
 * and their last enrolment goes into the bounds. Private to eval/; pure.
 */
#pragma once

#include "eval/eval.h"

/* By the last round and the closed schools of the options; without a last one none has vanished. */
struct completeness complete_check(const struct standard *st, const struct dataset *data,
                                   const struct eval_options *options);
static inline bool complete_is(const struct completeness *why)
{
    return !why->parts_absent && !why->rows_dropped && !why->doubts && !why->vanished;
}
