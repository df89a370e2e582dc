/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Splitting (拆分) of what a combined school shares: by which stages have pupils, weights
 * 1 : 1.1 : 1.32 for primary, junior, senior (so 完全中学 is 1 : 1.2). Source: domain.md
 * section 4 and 0.7. Pure.
 */
#pragma once

#include <stdbool.h>

#include "model/dataset.h"

/*
 * The stage's share, 0..1, of school i's shared resources. NaN when it cannot be told: a
 * 完全中学 or 十二年一贯制 without pupils_senior.
 */
double split_share(const struct dataset *ds, size_t i, enum stage stage);
