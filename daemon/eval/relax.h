/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relaxations (docs/standards.md 4): which of a standard's are in force in a county's round,
 * and which schools they are for. By the round's reference date, never by the clock. Pure; owns
 * nothing.
 */
#pragma once

#include "base/arena.h"
#include "model/dataset.h"
#include "model/standard.h"

/*
 * A school whose result relies on a relaxation: without it a value would be another, or an
 * item would not hold.
 */
struct relaxed {
    const struct relaxation *relaxation;
    uint32_t school;
    enum stage stage; /* STAGE_NONE: the whole school */
};

/* What a certified county has to put right by a day, because it relies on a relaxation. */
struct duty {
    const struct relaxation *relaxation;
    struct date until;
};

struct relax {
    const struct standard *standard;
    const struct dataset *data;
    struct date certified; /* year 0 = the county is not */
    uint32_t in_force;     /* bit per relaxation */
};

void relax_init(struct relax *relax, const struct standard *st, const struct dataset *ds,
                struct date certified);
/* Is the standard's relaxation i in force, and for sure for the school of rows [begin, end)? */
bool relax_holds(const struct relax *relax, size_t i, size_t begin, size_t end);
/* The dated duties that follow from those relied on; in the standard's order. JH_ENOMEM. */
int relax_duties(const struct relax *relax, const struct relaxed *relied, size_t n,
                 struct arena *arena, const struct duty **ret, size_t *ret_n);
