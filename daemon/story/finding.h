/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a finding in the daemon's data: as the source's `checks:` say. What is of
 * no row is the business of all sources of the county, of which the strictest counts. Lives as long
 * as the job that gathers; the pipeline's thread.
 */
#pragma once

#include "story/gather.h"

struct finding_rules {
    const struct config *config;
    const struct gathered *gathered; /* its parts in the order they are read */
};

/* An intake_policy_fn; arg is a struct finding_rules. */
enum doubt_policy finding_policy(void *arg, struct round round, enum doubt doubt,
                                 const struct finding *finding);
