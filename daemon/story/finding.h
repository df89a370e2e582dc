/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a finding in the daemon's data: as the source's `checks:` say, unless a person
 * has accepted it. What is of no row is the business of all sources of the county, of which the
 * strictest counts. Everything lives in the arena of the job; the pipeline's thread.
 */
#pragma once

#include "story/gather.h"

enum { FINDING_ID = 17 };

struct finding_rules {
    const struct config *config;
    const struct gathered *gathered; /* its parts in the order they are read */
    const char **accepted;           /* ids of the round, sorted */
    size_t n_accepted;
};

int finding_rules_load(const struct gather *g, const struct gathered *gathered,
                       struct finding_rules *ret, struct jh_err *err);
/* An intake_policy_fn; arg is a struct finding_rules. */
enum doubt_policy finding_policy(void *arg, struct round round, enum doubt doubt,
                                 const struct finding *finding);
/* Of what is found where, with its figures: others make another finding. */
void finding_id(struct round round, const struct finding *finding, char id[FINDING_ID]);
/* The findings of checks in a county and those that judging it made, as the store keeps them. */
int finding_rows(const struct gathered *gathered, const struct dataset *ds,
                 const struct finding *judged, size_t n_judged, struct arena *arena,
                 struct store_finding **ret, size_t *ret_n);
