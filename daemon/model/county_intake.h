/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in, county data out (docs/data.md 9): round, county_code, item, value, unit, evidence,
 * one value a row. One intake takes the files of one round; each begins with
 * county_intake_file() and its header row:
 *
 *   new -> { file, row… , file_end }… -> finish -> county data
 *
 * A worker's own object: one thread at a time. Refusals come back as JH_EINVAL with
 * file:line:col in err and spoil the intake; rows and cells that are of no use are listed.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/county_data.h"
#include "model/intake.h"

enum county_column {
    COUNTY_ROUND,
    COUNTY_CODE,
    COUNTY_ITEM,
    COUNTY_VALUE,
    COUNTY_UNIT,
    COUNTY_EVIDENCE,
    COUNTY_COLUMNS
};

/* A word as alias_fold() makes it. */
struct county_word {
    const char *text;
    int means;     /* enum county_column, enum county_what */
    double factor; /* of a unit; 0: it is % */
};

/* What people write beside the English ids: etc/counties.yaml. Immutable. */
struct county_words {
    const struct county_word *columns, *values, *units;
    size_t n_columns, n_values, n_units;
};

const char *county_column_id(enum county_column column); /* "county_code" */

struct county_intake;

/* words must outlive it. NULL: no memory. */
struct county_intake *county_intake_new(const struct county_words *words);
void county_intake_free(struct county_intake *in);

/* Begins a file. mapping may be NULL; of its round, `columns` and `defaults` are heeded. */
int county_intake_file(struct county_intake *in, const char *name,
                       const struct mapping *mapping, struct jh_err *err);
/* Titles of one cell may stand before the header row. Fits jh_host.row. */
int county_intake_row(struct county_intake *in, const struct jh_row *row,
                      struct jh_err *err);
int county_intake_file_end(struct county_intake *in, struct jh_err *err);

struct county_intake_result {
    struct round round;              /* year 0: nothing told it */
    const struct county_data **list; /* ordered by county; ref what shall outlive it */
    size_t n;
    const struct rejected *rejected; /* in order; file is the index of the file */
    size_t n_rejected;
    const char *const *files; /* names */
    size_t n_files;
    struct county_pool *pool;
};

/* Ends the intake and hands over what it made. Refuses a value that is given twice. */
int county_intake_finish(struct county_intake *in, struct county_intake_result *ret,
                         struct jh_err *err);
/* Gives the data back too. A zeroed result is fine. */
void county_intake_result_done(struct county_intake_result *result);
/* The county's data, or NULL. */
const struct county_data *county_intake_find(const struct county_intake_result *result,
                                             const char *county);
