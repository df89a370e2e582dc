/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `columns:` and `defaults:` of a source, a profile or a --columns file, as a struct mapping.
 * Everything lives in the arena; the units of `unit:` come from the alias table. One thread.
 */
#pragma once

#include "conf/yaml.h"
#include "digest/digest.h"
#include "model/alias.h"
#include "model/intake.h"

/*
 * From maps that may hold the two keys; for a field that several have, the first wins. `path`
 * is how messages call them, e.g. "sources[1]". ret->round is left alone. Without aliases the
 * fields are the columns of county data.
 */
void mapping_read(const struct yaml_node *const *maps, size_t n, const char *path,
                  const struct alias_table *aliases, struct arena *arena,
                  struct errs *errs, struct mapping *ret);
/* Adds all that it says to a hash. */
void mapping_hash(const struct mapping *mapping, struct sha256 *to);
/* Keys of the long form of a column, for the documentation. */
const struct jh_option *mapping_options(void);
