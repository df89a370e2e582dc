/* SPDX-License-Identifier: Apache-2.0 */
/* The xlsx format: see README.md. One instance serves any number of worker threads. */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "refuse.h"
#include "sheet.h"

enum { NAMES = 500 };

struct conf {
    char *sheet;
    int64_t max_cell, max_unpacked;
};

struct jh_inst {
    const struct conf *conf;
};

static const struct jh_option OPTIONS[] = {
    {.name = "sheet",
     .type = JH_STRING,
     .offset = offsetof(struct conf, sheet),
     .help = "Name of the sheet; absent: the one visible sheet that holds a table."},
    {.name = "max_cell",
     .type = JH_SIZE,
     .offset = offsetof(struct conf, max_cell),
     .def = "64KiB",
     .min = 64,
     .max = 16 << 20,
     .help = "Longest cell, in bytes of UTF-8."},
    {.name = "max_unpacked",
     .type = JH_SIZE,
     .offset = offsetof(struct conf, max_unpacked),
     .def = "1GiB",
     .min = 1 << 20,
     .max = INT64_C(16) << 30,
     .help = "Most bytes of XML that are read of a file; each sheet is read twice."},
    {0},
};

static int xlsx_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    (void)host;
    (void)ctx;
    (void)err;
    struct jh_inst *inst = malloc(sizeof *inst);
    if (!inst)
        return JH_ENOMEM;
    inst->conf = conf;
    *ret_inst = inst;
    return 0;
}

static void xlsx_close(struct jh_inst *inst)
{
    free(inst);
}

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

static int read_book(const struct jh_inst *inst, struct book *book,
                     const struct jh_host *host, struct jh_ctx *ctx)
{
    struct sheet_reader reader = {
        .book = book, .max_cell = (size_t)inst->conf->max_cell, .host = host, .ctx = ctx};
    struct sheet_shape shape = {.width = 0};
    const char *path = NULL;
    int rc = inst->conf->sheet ? find_named(book, inst->conf->sheet, &path)
                               : search(&reader, &path);
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

/* What is no zip at all, told by its first bytes. */
static int refuse_others(const struct jh_blob *blob, struct jh_err *err)
{
    const struct jh_slice body = blob->body;
    const char *text = "this is no XLSX file: is `format:` right?";
    if (body.len >= 4 && memcmp(body.p, "PK\3\4", 4) == 0)
        return 0;
    if (body.len >= 4 && memcmp(body.p, "\xD0\xCF\x11\xE0", 4) == 0)
        text =
            "this is an XLS file, or XLSX with a password: save it as XLSX without one";
    refuse_at(err, JH_EINVAL, blob->name, 0, 0, "%s", text);
    return JH_EINVAL;
}

static int parse(struct jh_inst *inst, const struct jh_blob *blob,
                 const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    struct book book;
    int rc = refuse_others(blob, err);
    if (rc)
        return rc;
    rc = book_open(&book, blob->name, blob->body, (size_t)inst->conf->max_unpacked, err);
    if (!rc)
        rc = read_book(inst, &book, host, ctx);
    book_close(&book);
    return rc;
}

static const struct jh_format_ops OPS = {.size = sizeof OPS, .parse = parse};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_FORMAT,
    .name = "xlsx",
    .version = "1",
    .summary = "A sheet of an Office Open XML workbook (XLSX).",
    .options = OPTIONS,
    .conf_size = sizeof(struct conf),
    .open = xlsx_open,
    .close = xlsx_close,
    .ops = &OPS,
};
