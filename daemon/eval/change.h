/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed a stage's figures since the round before: pupils who moved, resources that were
 * added or lost, schools that came or went. The parts are Shapley values: each is averaged over
 * all orders in which the three can have happened, so they add up to the change whatever the
 * order. Amounts are those of the units, after sharing out. Pure; results in the arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/eval.h"

/* All NaN where either round has no CV, or a mixture of both has none. */
struct change {
    double before, after;
    double enrolment; /* of schools that were there in both rounds */
    double resource;  /* of the same */
    double schools;   /* that are in one round only */
};

struct stage_change {
    struct change *figures; /* one per indicator */
    struct change composite;
    size_t n_came, n_went;
    uint32_t *came; /* units of the stage now */
    uint32_t *went; /* units of the stage then */
};

/*
 * `stage` is an index into now->stages; both results are of one standard, so it is the same
 * in then->stages. JH_ENOMEM when the arena is full.
 */
int change_stage(const struct county_result *now, const struct county_result *then,
                 size_t stage, struct arena *arena, struct stage_change *ret);
