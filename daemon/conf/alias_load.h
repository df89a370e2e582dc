/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the names of fields (etc/fields.yaml) into the table of model/alias.h. alias_load(),
 * which takes the file that is in the program, is declared in conf/standard.h; this is the
 * same from given bytes, for tests. The table belongs to the caller. Any thread.
 */
#pragma once

#include "base/err.h"
#include "model/alias.h"

/* NULL when there was an error. */
struct alias_table *alias_parse(const char *file, const char *bytes, size_t n,
                                struct errs *errs);
