/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trying an answer: the county with the additions, evaluated as any other. Owns a scratch
 * arena that is emptied before each try. Private to eval/solve*.c; pure.
 */
#pragma once

#include "eval/solve.h"

struct solve_try {
    const struct solve *solve;
    struct arena *scratch;
    struct solve_addition *list; /* room for every unit and indicator of a stage */
    size_t n, room;
};

/* A zeroed one is fine for done(). */
int solve_try_init(struct solve_try *t, const struct solve *solve);
void solve_try_done(struct solve_try *t);
/* The county with the first n of the list; ret lives until the next try. */
int solve_try(struct solve_try *t, struct county_result *ret);
/* Copies the list into the answer, with the county as it is then; both in solve->arena. */
int solve_try_keep(struct solve_try *t, struct solve_answer *answer);
