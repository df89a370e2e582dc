/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `evaluate --explain` adds to a stage of docs/http.md section 2: who drives each figure,
 * who is below the line and by how much, and what changed since the round before. Private to
 * render/. References given are taken over. Any thread.
 */
#pragma once

#include <jansson.h>

#include "eval/eval.h"

/* What JSON calls the campus of a unit: "" where campuses are merged. */
const char *json_campus(const struct county_result *r, const struct unit *u);

/* Adds to the stage's object and its indicators. before: as in json_county(), or NULL. */
json_t *json_explain_stage(json_t *map, const struct county_result *r, size_t stage,
                           const struct county_result *before);
