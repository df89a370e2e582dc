/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which verdicts are of an older round than the one their county should be in by now: a county
 * that is missing from the newest file keeps its last verdict, and nobody may read that as one
 * of the new round. Made for one answer by a worker thread; its strings live in the arena of
 * the reading, the rest is its own.
 */
#pragma once

#include "api/parts.h"

struct behind;

int behind_load(struct reading *r, struct behind **ret);
void behind_free(struct behind *b);
/* The newest round of a series that any source has delivered; year 0 = none. */
struct round behind_newest(const struct behind *b, bool monthly);
/*
 * Has a source that covers the county delivered a newer round of the series? Those that ever
 * delivered the county cover it, and those that name it under `covers:`.
 */
bool behind_is(const struct behind *b, const char *county, struct round round);
