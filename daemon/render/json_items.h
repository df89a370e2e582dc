/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items in the JSON of docs/http.md section 2: the verdict on each, what it was compared with,
 * what the county reports of it, the schools that fail it. Private to render/; results are new
 * references. Any thread.
 */
#pragma once

#include <jansson.h>

#include "eval/eval.h"

/* The list of items; explained: with their clauses and departments. */
json_t *json_items(const struct county_result *r, bool explained);
/* Points, or null for a standard that counts none. */
json_t *json_score(const struct county_result *r);
