/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small county for the tests of render/: three primary schools and a junior one, two
 * indicators, figures that can be checked by hand. Everything lives in the arena given.
 *   teaching area per pupil: 1.0, 4.5, 8.0 of 100, 200, 100 pupils: mean 4.5, CV 0.54997
 *   teachers per pupil: 0.05, 0.1, 0.05: mean 0.075, CV 1/3; composite 0.44165
 */
#pragma once

#include "eval/eval.h"

/* basic-2012 in small: only the composite is judged. */
struct standard county_basic(const char *primary_limit);
/* quality-2017 in small: each figure and the school rule (1 of 2, floor 0.85). */
struct standard county_quality(void);
/* hole: school 2101 has no teaching area. */
const struct dataset *county_data(struct arena *arena, bool hole);
/*
 * The year before: 2103 was smaller, 2102 had less area, and instead of 2101 there was another
 * school of 100 pupils, 2100.
 */
const struct dataset *county_past(struct arena *arena);
struct county_result county_eval(const struct standard *st, const struct dataset *ds,
                                 struct arena *arena);
