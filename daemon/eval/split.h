/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splitting (拆分) of what a combined school shares: by which stages have pupils, weights
 * 1 : 1.1 : 1.32 for primary, junior, senior (so 完全中学 is 1 : 1.2). Source: docs/data.md
 * section 5. Pure.
 */
#pragma once

#include <stdbool.h>

#include "model/dataset.h"

/*
 * The stage's share, 0..1, of school i's shared resources. NaN when it cannot be told: a
 * 完全中学 or 十二年一贯制 without pupils_senior.
 */
double split_share(const struct dataset *ds, size_t i, enum stage stage);

enum { SPLIT_PARTS = 3 }; /* primary, junior, senior */

/*
 * Pupils of row i per part, empty cells as 0. Returns the field without which the row cannot
 * be split, or FIELD_NONE: pupils_senior where the kind has a senior part, or a bad cell.
 */
enum field split_pupils(const struct dataset *ds, size_t i, double ret[SPLIT_PARTS]);
/* The stage's share by weights alone; 0 where nobody is enrolled. */
double split_weigh(const double pupils[SPLIT_PARTS], enum stage stage);
