/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county's dataset as rows that format_json reads again: what another junheng is handed. Missing
 * stays missing; a row that was dropped stays one that must be dropped, with what it held
 * and why as its kind, so that the county can pass there as little as here. Pure; any thread.
 */
#pragma once

#include "base/buf.h"
#include "model/county_data.h"

/*
 * The column of a verdict: this, the standard's id, a colon, the first ROWS_STANDARD digits of the
 * standard's hash. 0 is fail, 1 pass, 2 unknown, as enum rows_verdict has it.
 */
#define ROWS_VERDICT "verdict_below:"
enum { ROWS_STANDARD = 16 };
enum rows_verdict { ROWS_FAIL, ROWS_PASS, ROWS_UNKNOWN };

/* Readers refuse a body with a longer name: such a column stays here, and is missing there. */
enum { ROWS_HEADER = 256 };

/* Numbers that stand in every row, under names that no field has. */
struct rows_mark {
    const char *header;
    int value;
};

struct rows_beside {
    const struct rows_mark *marks;
    size_t n_marks;
    const char
        *incomplete; /* why the county cannot pass beside its dropped rows; or NULL */
};

/* Objects with commas between them. *ret_n: how many; 0 for no dataset that is complete. */
void rows_schools(struct buf *to, struct round round, const char *county,
                  const struct dataset *ds, const struct rows_beside *beside,
                  size_t *ret_n);
/* The same of what a county reports beside its schools. */
void rows_reported(struct buf *to, struct round round, const struct county_data *data,
                   size_t *ret_n);
