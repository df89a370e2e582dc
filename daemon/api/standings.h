/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of counties' titles, as lists of counties and single alerts show it. Worker
 * threads.
 */
#pragma once

#include "api/parts.h"
#include "store/standing.h"

/* {"state","since","deadline","next",…} of one county and standard. */
json_t *standing_json(const struct store_standing *row);
/* Of a list that store_standings() made; null where nothing was recorded. */
json_t *standings_find(const struct store_standing *rows, size_t n, const char *county,
                       const char *standard);
/* Adds how the county of an alert stands by its standard now, where that was recorded. */
void standing_put(struct reading *r, const struct store_alert *alert, json_t *object);
