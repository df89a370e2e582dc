/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a county is compared with when it has come of others: the schools of its predecessors
 * that it has taken over. Where a county was split, or land went to another, a school counts
 * for the one that has it now; one that nobody has is missed by all who might. So the round of
 * all that are concerned must be known (kin_place), and where one is not there yet the others
 * are incomplete, not well. Pure but for memory; one thread.
 */
#pragma once

#include "model/entity.h"
#include "model/previous.h"

struct kin;

/* `changes` and `before` outlive it; before: the last round of every code there is. */
struct kin *kin_new(const struct entity_changes *changes, struct round round,
                    const struct previous *before);
void kin_free(struct kin *kin);

/*
 * Codes whose last rounds are wanted beside the counties' own, of counties that changed since
 * theirs, and codes whose schools of this round are; sorted, in the arena. JH_ENOMEM.
 */
int kin_wanted(const struct kin *kin, const char *const *counties, size_t n,
               struct arena *arena, struct entity_codes *ret_before,
               struct entity_codes *ret_now);
/* This round has the school in this county. Texts are copied. JH_ENOMEM. */
int kin_place(struct kin *kin, const char *county, const char *school);
/* Gives `before` datasets of these counties as they would have been. JH_ENOMEM. */
int kin_join(struct kin *kin, const char *const *counties, size_t n,
             struct previous *before);
