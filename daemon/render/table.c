/* SPDX-License-Identifier: Apache-2.0 */
#include "render/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

enum { TABLE_COLUMNS_MAX = 64, TABLE_CELLS_MAX = 4 * 1024 * 1024, TABLE_GAP = 2 };

struct table {
    size_t columns, n, cap; /* n, cap: cells */
    enum table_align align[TABLE_COLUMNS_MAX];
    size_t width[TABLE_COLUMNS_MAX];
    char **cells; /* row by row; NULL = empty */
};

struct table *table_new(size_t columns, const enum table_align *align)
{
    if (columns == 0 || columns > TABLE_COLUMNS_MAX)
        return NULL;
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return NULL;
    t->columns = columns;
    for (size_t i = 0; align && i < columns; i++)
        t->align[i] = align[i];
    return t;
}

void table_free(struct table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->n; i++)
        free(t->cells[i]);
    free(t->cells);
    free(t);
}

static int make_room(struct table *t)
{
    if (t->n + t->columns <= t->cap)
        return 0;
    if (t->n + t->columns > TABLE_CELLS_MAX)
        return JH_ELIMIT;
    size_t cap = (t->cap ? t->cap : 32) * 2 + t->columns;
    char **cells = realloc(t->cells, cap * sizeof *cells);
    if (!cells)
        return JH_ENOMEM;
    t->cells = cells;
    t->cap = cap;
    return 0;
}

int table_row(struct table *t, const char *const *cells)
{
    int rc = make_room(t);
    if (rc)
        return rc;
    char **row = t->cells + t->n;
    for (size_t i = 0; i < t->columns; i++) {
        row[i] = cells[i] && *cells[i] ? strdup(cells[i]) : NULL;
        if (cells[i] && *cells[i] && !row[i]) {
            while (i)
                free(row[--i]);
            return JH_ENOMEM;
        }
    }
    for (size_t i = 0; i < t->columns; i++) {
        size_t width = row[i] ? utf8_width(row[i], strlen(row[i])) : 0;
        if (width > t->width[i])
            t->width[i] = width;
    }
    t->n += t->columns;
    return 0;
}

static void blanks(struct buf *out, size_t n)
{
    while (n--)
        buf_char(out, ' ');
}

/* Blanks are owed and paid only before the next text, so that no line ends in one. */
static void print_row(const struct table *t, char *const *row, size_t indent,
                      struct buf *out)
{
    size_t owed = indent;
    for (size_t i = 0; i < t->columns; i++) {
        size_t width = row[i] ? utf8_width(row[i], strlen(row[i])) : 0;
        size_t pad = t->width[i] - width;
        if (t->align[i] == TABLE_RIGHT)
            owed += pad;
        if (row[i]) {
            blanks(out, owed);
            buf_str(out, row[i]);
            owed = 0;
        }
        owed += TABLE_GAP + (t->align[i] == TABLE_LEFT ? pad : 0);
    }
    buf_char(out, '\n');
}

void table_print(const struct table *t, unsigned indent, struct buf *out)
{
    for (size_t i = 0; i < t->n; i += t->columns)
        print_row(t, t->cells + i, indent, out);
}
