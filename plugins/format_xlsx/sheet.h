/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sheet as rows. It is read twice: first for its shape (how wide it is, which cells are
 * merged, which stands at the end of a sheet), then for the rows; memory is that of a row.
 * Points into the workbook. One thread.
 */
#pragma once

#include "book.h"

enum {
    SHEET_COLUMNS_MAX = 4096,
    SHEET_MERGES_MAX = 65536,
    SHEET_ROW_LIMIT = 1048576, /* of the format itself */
    SHEET_COLUMN_LIMIT = 16384
};

/* Cells merged over several rows. */
struct sheet_merge {
    uint32_t row, end, column; /* first row, last row, first column, from 1 */
};

struct sheet_shape {
    uint32_t width;             /* the last column with anything in it */
    uint32_t rows;              /* with anything in them */
    uint32_t table;             /* with at least two cells that have */
    struct sheet_merge *merges; /* by row and column */
    size_t n_merges, cap;
};

struct sheet_reader {
    struct book *book;
    const char *path;
    size_t max_cell;
    const struct jh_host *host;
    struct jh_ctx *ctx;
};

/* sheet_shape_done() in every case. */
int sheet_shape(const struct sheet_reader *reader, struct sheet_shape *ret);
void sheet_shape_done(struct sheet_shape *shape);
/* Rows with nothing in them are left out, all others are as wide as the sheet. */
int sheet_rows(const struct sheet_reader *reader, const struct sheet_shape *shape);
