/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last round of each county, its own: one that skipped a year is compared with the year
 * before that, whatever the others have. Filled from the newest older round on; holds a
 * reference to every dataset. One thread at a time; zeroed is empty.
 */
#pragma once

#include "model/intake.h"

struct previous {
    const struct dataset **datasets; /* ordered by county code */
    size_t n;
};

void previous_done(struct previous *p);

/*
 * Takes the datasets of counties that have none yet. One without a school (all its rows were
 * dropped) tells nothing, and the county's next older round is asked. JH_ENOMEM.
 */
int previous_add(struct previous *p, const struct intake_result *older);
/* In the place of what its county has, if anything. JH_ENOMEM. */
int previous_put(struct previous *p, const struct dataset *ds);
/* NULL: the county has no older round. */
const struct dataset *previous_find(const struct previous *p, const char *county);
/* Keeps of `counties` those that have none yet, in their order; returns how many. */
size_t previous_lacking(const struct previous *p, const char **counties, size_t n);
