/* SPDX-License-Identifier: Apache-2.0 */
#include "workbook.h"

#include <string.h>

#include "refuse.h"
#include "sheet.h"

enum { NAMES = 500 };

/* ---- which sheet ------------------------------------------------------------------------- */

static int refuse_choice(const struct book *book, const char *why)
{
    char names[NAMES];
    book_names(book, names, sizeof names);
    return package_refuse(&book->package, JH_EINVAL, 0, 0, "%s (there are: %s)", why,
                          *names ? names : "none");
}

static int find_named(const struct book *book, const char *name, const char **ret)
{
    for (size_t i = 0; i < book->n; i++)
        if (strcmp(book->sheets[i].name, name) == 0 && *book->sheets[i].path) {
            *ret = book->sheets[i].path;
            return 0;
        }
    return refuse_choice(book, "no sheet is called as `sheet` says");
}

/* How much of a table a sheet is. */
enum likely { EMPTY, TEXT, TABLE };

static int look_at(struct sheet_reader *reader, const struct book_sheet *sheet,
                   enum likely *ret)
{
    struct sheet_shape shape;
    *ret = EMPTY;
    if (sheet->hidden || !*sheet->path)
        return 0;
    reader->path = sheet->path;
    int rc = sheet_shape(reader, &shape);
    if (!rc && shape.rows)
        *ret = shape.table > 1 ? TABLE : TEXT;
    sheet_shape_done(&shape);
    return rc;
}

/* Instructions are text in one column; a table has rows of several cells. */
static int search(struct sheet_reader *reader, const char **ret)
{
    const struct book *book = reader->book;
    enum likely best = EMPTY;
    size_t n = 0;
    for (size_t i = 0; i < book->n; i++) {
        enum likely is;
        int rc = look_at(reader, &book->sheets[i], &is);
        if (rc)
            return rc;
        if (is > best) {
            best = is;
            n = 0;
        }
        if (is == best && is > EMPTY) {
            *ret = book->sheets[i].path;
            n++;
        }
    }
    if (!n)
        return refuse_choice(book, "no visible sheet has anything in it");
    return n == 1 ? 0 : refuse_choice(book, "which sheet is meant? Say so with `sheet`");
}

/* ---- rows ---------------------------------------------------------------------------------- */

static int read_book(const struct workbook_conf *conf, struct book *book,
                     const struct jh_host *host, struct jh_ctx *ctx)
{
    struct sheet_reader reader = {
        .book = book, .max_cell = (size_t)conf->max_cell, .host = host, .ctx = ctx};
    struct sheet_shape shape = {.width = 0};
    const char *path = NULL;
    int rc = conf->sheet ? find_named(book, conf->sheet, &path) : search(&reader, &path);
    if (rc)
        return rc;
    reader.path = path;
    rc = sheet_shape(&reader, &shape);
    if (!rc && !shape.width)
        rc = package_refuse(&book->package, JH_EINVAL, 0, 0, "the sheet is empty");
    if (!rc)
        rc = sheet_rows(&reader, &shape);
    sheet_shape_done(&shape);
    return rc;
}

int workbook_parse(const struct workbook_conf *conf, const struct jh_blob *blob,
                   const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    struct book book;
    int rc = book_open(&book, blob->name, blob->body, (size_t)conf->max_unpacked, err);
    if (!rc)
        rc = read_book(conf, &book, host, ctx);
    book_close(&book);
    return rc;
}
