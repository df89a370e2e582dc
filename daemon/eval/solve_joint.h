/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What brings a whole county back inside when no answer of solve.h does by itself: those answers,
 * one upon the other, each found for the county as the earlier ones leave it, until both stages
 * pass; then every addition is cut down to what is needed. Accepted only by eval_county(): with
 * all of it the county passes, with one unit less anywhere it does not. Nobody says that no other
 * way costs less: people, rooms and yuan do not compare. Pure; the answer lives in the arena.
 */
#pragma once

#include "eval/solve.h"

struct solve_joint {
    enum solve_status status; /* SOLVED: the county passes; OTHERS: it does not yet */
    size_t n;
    const struct solve_addition
        *additions;                    /* ordered by row, then indicator; unit is 0 */
    const struct county_result *after; /* with all of them; NULL without any */
};

/* One plan for the county; not solved, it is what the answers come to when all are added. */
int solve_joint(const struct solve *s, struct solve_joint *ret);
