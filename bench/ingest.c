/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `ingest ours|libcsv FILE`: the national file into columns of numbers, once by our scanner
 * and number cells, once by libcsv and strtod(). Both read the same pieces and store the same
 * doubles; the sums of the columns, which both print, show it. Ours also checks that the text
 * is UTF-8 and that each row is as wide as the header.
 */
#include <csv.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/cell.h"
#include "scan.h"

enum { FIRST = 6, LAST = 20, PIECE = 128 << 10, ROWS = 1 << 20, MAX_CELL = 64 << 10 };

/* Columns FIRST to LAST hold numbers, those before them words. */
struct table {
    double *col[LAST];
    size_t rows, column; /* column: of the cell that libcsv brings next */
    int fd;
};

static void store(struct table *t, size_t column, double v)
{
    if (t->rows && t->rows <= ROWS) /* row 0 is the header */
        t->col[column][t->rows - 1] = v;
}

/* ---- ours ---------------------------------------------------------------------------------- */

static int64_t read_piece(void *arg, void *buf, size_t n)
{
    const struct table *t = arg;
    return read(t->fd, buf, n);
}

static int take_row(void *arg, const struct jh_row *row)
{
    struct table *t = arg;
    const char *reason;
    for (uint32_t i = FIRST; i < LAST && i < row->n && t->rows; i++) {
        const struct jh_cell *cell = &row->cells[i];
        double v = NAN;
        if (cell->len && cell_number_of(row, cell, 1, &v, &reason) == CELL_BAD)
            return JH_EINVAL;
        store(t, i, v);
    }
    t->rows++;
    return 0;
}

static int ours(struct table *t)
{
    const struct scan_source source = {read_piece, t};
    const struct scan_conf conf = {.delimiter = ',', .max_cell = MAX_CELL};
    return scan_stream(&source, &conf, take_row, t);
}

/* ---- libcsv -------------------------------------------------------------------------------- */

static void take_cell(void *text, size_t n, void *arg)
{
    struct table *t = arg;
    char *end = text;
    if (t->column >= FIRST && t->column < LAST)
        store(t, t->column, n ? strtod(text, &end) : NAN);
    t->column++;
}

static void end_row(int c, void *arg)
{
    struct table *t = arg;
    (void)c;
    t->column = 0;
    t->rows++;
}

static int theirs(struct table *t)
{
    static char piece[PIECE];
    struct csv_parser parser;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL))
        return JH_ENOMEM;
    ssize_t n;
    int rc = 0;
    while (!rc && (n = read(t->fd, piece, sizeof piece)) > 0)
        if (csv_parse(&parser, piece, (size_t)n, take_cell, end_row, t) != (size_t)n)
            rc = JH_EINVAL;
    if (!rc && csv_fini(&parser, take_cell, end_row, t))
        rc = JH_EINVAL;
    csv_free(&parser);
    return rc;
}

/* ---- both ---------------------------------------------------------------------------------- */

static void print(const struct table *t)
{
    printf("rows,%zu\n", t->rows - 1);
    for (size_t i = FIRST; i < LAST; i++) {
        double sum = 0;
        size_t known = 0;
        for (size_t k = 0; k + 1 < t->rows && k < ROWS; k++) {
            known += !isnan(t->col[i][k]);
            sum += isnan(t->col[i][k]) ? 0 : t->col[i][k];
        }
        printf("%zu,%zu,%.17g\n", i, known, sum);
    }
}

int main(int argc, char **argv)
{
    struct table t = {.fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1};
    if (t.fd < 0)
        return fputs("usage: ingest ours|libcsv FILE\n", stderr), 64;
    int rc = 0;
    for (size_t i = FIRST; i < LAST; i++)
        if (!(t.col[i] = malloc(ROWS * sizeof *t.col[i])))
            rc = JH_ENOMEM;
    if (!rc)
        rc = strcmp(argv[1], "ours") == 0 ? ours(&t) : theirs(&t);
    if (!rc && (t.rows < 2 || t.rows > ROWS))
        rc = JH_ELIMIT;
    if (rc)
        fprintf(stderr, "ingest: %s cannot be read: %d\n", argv[2], rc);
    else
        print(&t);
    for (size_t i = FIRST; i < LAST; i++)
        free(t.col[i]);
    return rc != 0;
}
