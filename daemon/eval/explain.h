/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which schools drive a stage's result: by share of the variance, averaged over the figures
 * that a verdict rests on, with the gap of each indicator in raw units. Pure; results live in
 * the arena. Worker threads.
 */
#pragma once

#include "base/arena.h"
#include "eval/eval.h"

struct driver {
    uint32_t unit; /* index into stage_result.units */
    double share;  /* 0..1, mean of the shares over the figures explained */
    const double
        *gap; /* one per indicator, raw units: x_i - target * P_i / per; negative = */
              /* missing; target = school_min where set, else the county mean */
    uint32_t missed; /* bit per indicator below its school_min */
};

/*
 * Up to max units of the stage with a share, the largest first (ties by school code), then up
 * to max more that break the school rule though they add little. `figures` is a bit per
 * indicator: those to explain (0 = all with a CV).
 */
int explain_stage(const struct county_result *result, size_t stage, uint32_t figures,
                  size_t max, struct arena *arena, struct driver **ret, size_t *ret_n);
