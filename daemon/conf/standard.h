/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads standards (etc/standards/<id>.yaml) and data mappings. Those shipped are embedded in
 * the programs too, so that `junhengctl evaluate --standard basic-2012` needs no installation.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/alias.h"
#include "model/intake.h"
#include "model/standard.h"

/*
 * From bytes; file is how messages call them, and what paths in it are relative to. NULL when
 * there was an error. The standard lives in the arena.
 */
const struct standard *standard_parse(const char *file, const char *bytes, size_t n,
                                      struct arena *arena, struct errs *errs);
/*
 * By id in a folder (dir may be NULL: $JUNHENG_STANDARDS_DIR, then the embedded ones), or by
 * path when `what` ends in .yaml or holds a slash. What it extends is found the same way.
 */
const struct standard *standard_find(const char *what, const char *dir,
                                     struct arena *arena, struct errs *errs);
/* Does it name a file and not an id? */
bool standard_is_path(const char *what);
/* Ids in a folder (or embedded when NULL), sorted, NULL-terminated. */
const char *const *standard_list(const char *dir, struct arena *arena, struct errs *errs);
/* The effective standard as YAML, all defaults written out: `junhengctl standards show`. */
int standard_print(const struct standard *st, char **ret_text);

/* The alias table from the embedded fields.yaml. */
struct alias_table *alias_load(struct errs *errs);

/* `--columns FILE`: YAML with the keys columns and defaults. */
const struct mapping *mapping_load(const char *path, struct arena *arena,
                                   struct errs *errs);
