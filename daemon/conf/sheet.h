/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small table that people keep beside junheng.yaml, such as the divisions: CSV (RFC 4180) in
 * UTF-8, its cells with their places. Its header row names the columns. (Data of schools are
 * not read with this but by a format plugin.) One thread; cells live in the arena.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"

enum { SHEET_COLUMNS_MAX = 64, SHEET_CELL_MAX = 4096, SHEET_BYTES_MAX = 8 * 1024 * 1024 };

struct sheet_cell {
    const char *text; /* "" when there is nothing */
    unsigned line, col;
};

struct sheet {
    const char *file;
    struct arena *arena;
    struct errs *errs;
    char *bytes;
    const char *p, *end; /* what is left to read */
    unsigned line, col;  /* of p */
};

/* err is set, and nothing told, when the file cannot be read; its name is copied. */
int sheet_open(struct sheet *sheet, const char *path, struct arena *arena,
               struct errs *errs, struct jh_err *err);
void sheet_close(struct sheet *sheet);

/*
 * Cells of the next row that is not empty; 0 at the end, negative after an error, which is told
 * and ends the reading.
 */
int sheet_row(struct sheet *sheet, struct sheet_cell cells[SHEET_COLUMNS_MAX]);
/* Tells of a cell: text, and the cell's own in quotes unless it is empty. */
void sheet_error(const struct sheet *sheet, const struct sheet_cell *cell,
                 const char *text);
