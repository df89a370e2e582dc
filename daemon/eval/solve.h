/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The least that must be added to bring a county back inside: of one indicator, so that its
 * figure passes (its own CV, the composite, or both: what the standard judges), or of what
 * schools lack by the school rule. Pupils stay as they are; all amounts are whole units: people,
 * rooms, computers, books, m2, yuan. Answers are found by arithmetic and accepted only by
 * eval_county(): the answer passes, and one unit less does not. Pure; results in the arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/eval.h"

enum solve_status {
    SOLVE_SOLVED,
    SOLVE_INSIDE,     /* nothing is needed */
    SOLVE_MISSING,    /* data are missing: nobody knows what is needed */
    SOLVE_INCOMPLETE, /* so is the round: it cannot pass whatever is added */
    SOLVE_UNDEFINED,  /* the mean is 0, or no schools: there is no CV */
    SOLVE_OTHERS,     /* what is left of the other indicators alone is over the limit */
    SOLVE_NO_REACH    /* no amount that can be written in a cell is enough */
};

/* "solved" "inside" "missing" "incomplete" "undefined" "others" "out_of_reach" */
const char *solve_status_id(enum solve_status status);

struct solve_addition {
    uint32_t unit; /* of the stage */
    uint32_t row;  /* of the dataset */
    enum field field;
    size_t indicator;
    double amount; /* whole, > 0 */
};

struct solve_answer {
    enum solve_status status;
    size_t stage; /* index into the result's stages */
    bool school_rule;
    size_t indicator; /* of a figure */
    double total;     /* of a figure: what is added in all; NaN where not solved */
    size_t unsolved;  /* of the school rule: schools that still fail afterwards */
    size_t n;
    const struct solve_addition *additions; /* ordered by unit, then indicator */
    const struct county_result *after;      /* with all of them; NULL without any */
};

struct solve {
    const struct county_result *result; /* the county as it is */
    const struct eval_options *options; /* as it was evaluated with */
    struct arena *arena;                /* for answers */
};

/* Is the figure of this indicator, or the composite, among what the standard judges? */
bool solve_judged(const struct standard *st);
int solve_figure(const struct solve *s, size_t stage, size_t indicator,
                 struct solve_answer *ret);
/*
 * For every school of the stage that fails the rule: what it takes to meet as many minima as
 * it must; those it may miss, by its relatively costliest ones, are brought to the floor.
 * only: a bit per indicator that may be raised; 0 = all.
 */
int solve_schools(const struct solve *s, size_t stage, uint32_t only,
                  struct solve_answer *ret);
