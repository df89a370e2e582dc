/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county as it would be: its dataset with some cells changed. The result is as immutable as
 * what it was made from and lives in the arena together with that; it has no count of
 * references, so it is not for dataset_ref(). Pure.
 */
#pragma once

#include "base/arena.h"
#include "model/dataset.h"

struct simulate_cell {
    uint32_t row; /* of the dataset */
    enum field field;
    double value; /* >= 0; NaN = missing */
};

/* Of two values for one cell the later counts. JH_ENOMEM when the arena is full. */
int simulate(const struct dataset *data, const struct simulate_cell *cells, size_t n,
             struct arena *arena, struct dataset *ret);
