/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV text through scanner and intake with the shipped aliases, and what came of it as text,
 * so that a test shows its input and its outcome side by side. Main thread of a test.
 */
#pragma once

#include <stdio.h>

#include "model/intake.h"

struct rig {
    struct alias_table *aliases;
    struct intake_limits limits;
    intake_policy_fn *policy; /* NULL: all is reported */
    const struct dataset *const *previous;
    size_t n_previous;
};

struct rig_file {
    const char *name, *text, *part; /* name NULL ends a list; part NULL = all */
    const struct mapping *mapping;
};

void rig_init(struct rig *rig);
void rig_done(struct rig *rig);

int rig_read_file(struct intake *in, const struct rig_file *file, struct jh_err *err);
/* One row of a dataset: who it is, and every figure with what is missing. */
void rig_show_school(FILE *to, const struct dataset *ds, size_t i);
/* Reads the files into one intake and ends it. */
int rig_read(const struct rig *rig, const struct rig_file *files,
             struct intake_result *ret, struct jh_err *err);
/*
 * The same as text, malloc'ed: datasets with schools and columns, what is missing, rejected,
 * found; or "file:line:col: text" of a refusal.
 */
char *rig_show_files(const struct rig *rig, const struct rig_file *files);
char *rig_show(const struct rig *rig, const char *csv, const struct mapping *mapping);
/* Compares it and frees it. */
void rig_gives(const struct rig *rig, const char *csv, const struct mapping *mapping,
               const char *want, const char *name);
/* Only whether the outcome holds this piece of text. */
void rig_says(const struct rig *rig, const char *csv, const struct mapping *mapping,
              const char *want, const char *name);
