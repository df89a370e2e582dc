/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where rows come from the level below with its verdict on them (render/rows.h), and the same
 * standard says another thing of the same rows here: a finding of the county, with both
 * verdicts. What is joined with rows of others is not the same. The pipeline's thread.
 */
#pragma once

#include "story/assess.h"

/* A list in the arena, one a standard at most. JH_ENOMEM. */
int differs_find(const struct gathered *gathered, const struct assessed_county *county,
                 struct arena *arena, struct finding **ret, size_t *ret_n);
