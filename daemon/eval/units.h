/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From rows to units: what each school of the population has of every indicator, and which
 * cells are missing for it. Private to eval/; pure, results in the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/population.h"
#include "eval/relax.h"

struct units {
    struct unit *list; /* ordered as the dataset; school rule not yet applied */
    size_t n;
    double pupils;
    /* a school's enrolment is unreadable: nobody knows how many pupils are missing */
    bool unclear;
    struct {
        struct figure_missing *list;
        size_t n;
    } missing[STANDARD_INDICATORS_MAX]; /* per indicator */
    struct excluded *excluded;
    size_t n_excluded;
    struct relaxed *relaxed; /* values that rely on a relaxation */
    size_t n_relaxed;
    const struct finding *findings; /* given values that the raw amounts contradict */
    size_t n_findings;
};

/* JH_ENOMEM when the arena is full. */
int units_build(const struct population *p, const struct relax *relax,
                struct arena *arena, struct units *ret);
