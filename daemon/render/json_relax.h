/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The relaxations that a county's result relies on and the duties that follow, as JSON: school
 * by school for an evaluation, counted for an alert. New references. Private to render/. Any
 * thread.
 */
#pragma once

#include <jansson.h>

#include "eval/eval.h"

/* [{"id","school","campus","stage","indicator"|"item"}], stage null: the whole school. */
json_t *json_relax_schools(const struct county_result *r);
/* [{"id","clause","schools":how many}], in the standard's order. */
json_t *json_relax_counts(const struct county_result *r);
/* [{"id","until"}] */
json_t *json_relax_duties(const struct county_result *r);
