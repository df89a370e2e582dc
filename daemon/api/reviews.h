/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What waits for a person's review, as readers show it: of a county's round, and of a source.
 * Made of the submissions in force and today's configuration. Worker threads; lives as long as
 * the reading.
 */
#pragma once

#include "api/parts.h"

struct reviews;

/* Free it with reviews_free(); on failure the reading has the error. */
int reviews_load(struct reading *r, struct reviews **ret);
void reviews_free(struct reviews *reviews);
/* "submitted", "reviewed", or NULL where no source of the county's round asks for a review. */
const char *reviews_of(const struct reviews *reviews, const char *county,
                       struct round round);
/* How many submissions wait; source NULL: of all. */
size_t reviews_waiting(const struct reviews *reviews, const char *source);
