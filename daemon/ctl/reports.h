/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `--counties FILE`: what counties report beside their schools, as county data of the round that
 * is evaluated. Owns what it read until county_intake_result_done(). Blocks; one thread.
 */
#pragma once

#include "model/county_intake.h"
#include "plugin/loader.h"

/* Refuses data of another round than the schools'. Errors have file, line and column. */
int reports_read(const char *path, const struct county_words *words,
                 struct loader *loader, struct round round,
                 struct county_intake_result *ret, struct jh_err *err);
