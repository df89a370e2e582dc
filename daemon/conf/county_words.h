/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads what people write in county data (etc/counties.yaml, which is in the program) for
 * model/county_intake. The words live in the arena, immutable. Any thread.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/county_intake.h"

/* NULL when there was an error. */
const struct county_words *county_words_load(struct arena *arena, struct errs *errs);
/* The same from given bytes. */
const struct county_words *county_words_parse(const char *file, const char *bytes,
                                              size_t n, struct arena *arena,
                                              struct errs *errs);
