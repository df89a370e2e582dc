/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `--counties FILE`: what counties report beside their schools, read through the same format
 * plugins, as county data. The caller owns them until county_intake_result_done(). Blocks; one
 * thread.
 */
#pragma once

#include "model/county_intake.h"
#include "plugin/loader.h"

/* Where they are; member and sheet as in struct input_options. */
struct reports_from {
    const char *path, *member, *sheet;
};

/* The round is the caller's to compare. Errors have file, line and column. */
int reports_read(const struct reports_from *from, const struct county_words *words,
                 struct loader *loader, struct county_intake_result *ret,
                 struct jh_err *err);
