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

/* One school's part in one figure. */
struct explain_share {
    uint32_t unit;
    double share; /* of the variance, (0, 1] */
};

/* A school below its minimum, and what is missing to it. */
struct explain_lack {
    uint32_t unit;
    enum field field; /* what to add; FIELD_NONE where only the value is known */
    double amount; /* of the whole school, as lever_lack() counts; NaN without a field */
};

/* All units with a share of the figure, the largest first; none where it has no CV. */
int explain_shares(const struct county_result *result, size_t stage, size_t indicator,
                   struct arena *arena, struct explain_share **ret, size_t *ret_n);
/* The units below school_min, ordered as the units; none where the standard has no minimum. */
int explain_lacks(const struct county_result *result, size_t stage, size_t indicator,
                  struct arena *arena, struct explain_lack **ret, size_t *ret_n);
