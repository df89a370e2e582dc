/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an intake took the columns of a file for, to be shown to the person who has to write
 * its `columns:`. Asked between intake_row() and intake_file_end(), also after a refusal: then
 * columns that were not come to are told by their names alone. Pure; texts live in the arena.
 */
#pragma once

#include "model/intake.h"

enum intake_use {
    INTAKE_UNNAMED, /* an empty header */
    INTAKE_FIELD,   /* a field, by its name or by the mapping */
    INTAKE_VALUE,   /* values of an indicator */
    INTAKE_KEPT,    /* unknown: kept for local indicators when it holds numbers */
};

struct intake_heading {
    const char *header; /* folded as alias_fold() does */
    enum intake_use use;
    const char *id;      /* of the field, its family or the indicator; NULL when KEPT */
    const char *nearest; /* KEPT: a header that is known and much like it, or NULL */
    const char *meaning; /* the field that would be, or NULL */
};

struct intake_description {
    uint32_t header_line; /* 0: no header was found */
    const struct intake_heading *headings;
    size_t n;
    const char *const *constants; /* ids that `defaults:` gives */
    size_t n_constants;
};

/* JH_ENOMEM. */
int intake_describe(const struct intake *in, struct arena *arena,
                    struct intake_description *ret);
