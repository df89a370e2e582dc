/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One county's data of one round: schools and typed columns, what is missing and why, the rows
 * that were dropped. Made by intake.h, immutable afterwards, shared by reference count across
 * threads. Missing values are NaN in the columns; `missing` tells place and reason for cells
 * that were there and bad or empty (an absent column is not listed cell by cell).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/doubt.h"
#include "model/field.h"
#include "model/round.h"

struct school {
    const char *code;        /* text; the name where the file has no codes */
    const char *campus;      /* "" for a one-campus school */
    const char *name;        /* "" if not given */
    const char *parent_code; /* "" */
    uint8_t kind;            /* enum kind */
    uint8_t owner;           /* 1..10 */
    uint8_t setting;         /* enum setting */
    uint8_t stage;      /* enum stage of a one-stage row of a combined school, or NONE */
    int16_t built_year; /* 0 = not given */
    int8_t boarding, dense_centre; /* -1 = not given */
    uint32_t line;
    uint16_t file; /* index into dataset.files */
};

enum missing_reason {
    MISSING_EMPTY,
    MISSING_BAD,
    MISSING_AMBIGUOUS,
    MISSING_BLOCKED /* there, but a check that blocks doubts it */
};

/* A cell without a usable value in a column that is there. */
struct missing {
    uint32_t school; /* index */
    enum field field;
    uint32_t line, col;
    enum missing_reason why;
    const char *value;  /* as written, cut to 64 bytes; "" when empty */
    const char *reason; /* words: "empty", "not a number", "negative", … */
};

/* A row that was dropped, or a cell that was refused: `rejected` of docs/http.md section 2. */
struct rejected {
    uint16_t file;
    uint32_t line, col;
    const char *column; /* field id */
    const char *value;
    const char *reason;
    bool row;           /* the whole row is gone: the county cannot pass */
    const char *county; /* "" when the row does not say which: all counties of the file */
    const char *school; /* "" when not known */
};

struct finding {
    const char *code;                     /* e.g. teachers_zero, part_over_whole */
    const char *severity;                 /* "warning" | "notice" */
    const char *county, *school, *campus; /* "" when it concerns more */
    uint16_t file;
    uint32_t line;
    const char *text;  /* English words with the figures */
    const char *field; /* id of the first cell that is doubted, or NULL */
    const char
        *value; /* what a person accepts: another value, another finding; or NULL */
    enum doubt_policy policy;
};

/*
 * A numeric column nobody knows, kept for Lua under its header. It may hold an indicator's
 * values; what the header says of that stands here, once for all counties. Zeroes: nothing.
 */
struct extra_column {
    const char *header;
    const double *values;  /* as written */
    const char *folded;    /* the header, as headers are compared */
    const char *stem;      /* the same without a unit in brackets at its end */
    const char *indicator; /* whose value fields.yaml says it is, or NULL */
    enum field_unit unit;  /* UNIT_NONE: no unit in the header */
    double factor;         /* of the unit; 0 = not looked for, as 1 */
};

struct dataset_file {
    const char *name;   /* for messages */
    const char *sha256; /* hex of the bytes; "" when not computed */
    const char *part;   /* "all" */
};

struct dataset {
    struct round round;
    const char *county_code, *county_name;
    size_t n;                     /* schools */
    const struct school *schools; /* ordered by code, campus, stage (bytewise) */
    const double
        *col[FIELD_COUNT]; /* NULL = column absent, else n values, NaN = missing */
    size_t n_extra;
    const struct extra_column *extra;
    size_t n_missing;
    const struct missing *missing; /* ordered by school, field */
    size_t n_rejected;
    const struct rejected *rejected; /* those that keep this county from passing first */
    size_t rows_dropped;             /* rows that belong, or may belong, to this county */
    size_t doubts; /* findings that block, and concern more than a cell: cannot pass */
    size_t n_findings;
    const struct finding *findings;
    size_t n_files;
    const struct dataset_file *files;
    bool parts_complete;             /* all declared parts are present (default true) */
    const char *const *parts_absent; /* names, NULL-terminated, or NULL */
};

const struct dataset *dataset_ref(const struct dataset *ds);
void dataset_unref(const struct dataset *ds);

/*
 * Notes which declared parts of the county's round are not there. For whoever has just made
 * the dataset and shares it with nobody yet.
 */
void dataset_parts_absent(const struct dataset *ds, const char *const *parts);

/* Rows of a dataset: all of them, or those that `keep` marks. */
struct dataset_part {
    const struct dataset *ds;
    const bool *keep; /* ds->n, or NULL */
};
/*
 * The rows of these, at least one, as one county's dataset of the first one's round; it shares
 * nothing with them. What was dropped of any of them may have been the county's. Without lists
 * of rejected and findings. JH_ENOMEM.
 */
int dataset_join(const struct dataset_part *parts, size_t n, const char *county,
                 const char *name, const struct dataset **ret);

/* Cell value or NaN. */
static inline double dataset_value(const struct dataset *ds, enum field f, size_t i)
{
    return ds->col[f] ? ds->col[f][i] : __builtin_nan("");
}
/* Index of (code, campus, stage), or -1. */
ptrdiff_t dataset_find(const struct dataset *ds, const char *code, const char *campus,
                       enum stage stage);
const struct missing *dataset_missing_find(const struct dataset *ds, size_t school,
                                           enum field f);
/* The entry for a missing cell, or NULL if the column is absent altogether. */
static inline const struct missing *dataset_missing(const struct dataset *ds,
                                                    size_t school, enum field f)
{
    return ds->n_missing ? dataset_missing_find(ds, school, f) : NULL;
}
