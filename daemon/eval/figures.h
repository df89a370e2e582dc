/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CV of each indicator of a stage, the composite, and what is proven about them when
 * cells, rows or schools are missing. Private to eval/; pure, results in the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/units.h"

struct figures_input {
    const struct standard *standard;
    const struct units *units;
    enum stage stage;
    bool complete;   /* the round is: only then may a figure pass */
    bool boundless;  /* pupils are missing and nobody knows how many: nothing is proven */
    double vanished; /* pupils of schools that are gone, of an incomplete round */
};

/* Fills figures, composite and missing of the stage. JH_ENOMEM when the arena is full. */
int figures_compute(const struct figures_input *in, struct arena *arena,
                    struct stage_result *ret);
