/* SPDX-License-Identifier: Apache-2.0 */
#include "sheet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "merged.h"

enum { ROW_BYTES = 64 << 20, ALONE = UINT32_MAX };

/* One reading of the sheet. */
struct walk {
    const struct sheet_reader *reader;
    struct book *book;
    struct sheet_shape *shape; /* to be found, in the first reading; else NULL */
    uint32_t row, column;      /* under way */
    struct merged *merged;     /* in the second reading */

    /* the cell */
    char type[16];
    uint8_t kind;
    bool in_value, has_value, in_string, formula;
    struct texts_one text;

    /* the row */
    uint32_t width, filled;
    struct jh_cell *cells;
    uint32_t *from; /* offset in `bytes`, or ALONE: p is right as it is */
    struct texts_one bytes;
};

static int refuse(const struct walk *w, int code, const char *text)
{
    return package_refuse(&w->book->package, code, w->row, w->column, "%s", text);
}

/* ---- where it is ----------------------------------------------------------------------------- */

/* "AB12" to column and row. The end of it, or NULL. */
static const char *read_reference(const char *p, uint32_t *row, uint32_t *column)
{
    uint32_t r = 0, c = 0;
    for (; *p >= 'A' && *p <= 'Z' && c <= SHEET_COLUMN_LIMIT; p++)
        c = c * 26 + (uint32_t)(*p - 'A') + 1;
    for (; *p >= '0' && *p <= '9' && r <= SHEET_ROW_LIMIT; p++)
        r = r * 10 + (uint32_t)(*p - '0');
    if (!c || !r || c > SHEET_COLUMN_LIMIT || r > SHEET_ROW_LIMIT)
        return NULL;
    *row = r;
    *column = c;
    return p;
}

static int begin_row(struct walk *w, const char *const *attributes)
{
    const char *number = package_attribute(attributes, "r");
    unsigned long row = number ? strtoul(number, NULL, 10) : w->row + 1ul;
    if (row <= w->row || row > SHEET_ROW_LIMIT)
        return refuse(w, JH_EINVAL,
                      "the row behind this one has a number that cannot be");
    w->row = (uint32_t)row;
    w->column = w->filled = 0;
    w->bytes.len = 0;
    for (uint32_t i = 0; w->cells && i < w->width; i++) {
        w->cells[i] = (struct jh_cell){.p = "", .line = w->row, .col = i + 1};
        w->from[i] = ALONE;
    }
    return 0;
}

static int begin_cell(struct walk *w, const char *const *attributes)
{
    const char *reference = package_attribute(attributes, "r");
    const char *style = package_attribute(attributes, "s");
    const char *type = package_attribute(attributes, "t");
    uint32_t row = w->row, column = w->column + 1;
    const char *end = reference ? read_reference(reference, &row, &column) : "";
    if (!end || *end || row != w->row || column <= w->column ||
        column > SHEET_COLUMN_LIMIT)
        return refuse(w, JH_EINVAL,
                      "the cell behind this one has a place that cannot be");
    w->column = column;
    w->kind = styles_kind(&w->book->styles, style ? strtoul(style, NULL, 10) : 0);
    snprintf(w->type, sizeof w->type, "%s", type ? type : "n");
    w->has_value = w->formula = false;
    w->text.len = 0;
    return 0;
}

/* ---- what a cell holds ------------------------------------------------------------------------- */

static bool is_type(const struct walk *w, const char *type)
{
    return strcmp(w->type, type) == 0;
}

static int shared(const struct walk *w, struct jh_slice *ret)
{
    char number[16] = "", *end;
    if (!w->text.len) {
        *ret = (struct jh_slice){"", 0};
        return 0;
    }
    if (w->text.len < sizeof number)
        memcpy(number, w->text.p, w->text.len);
    unsigned long i = strtoul(number, &end, 10);
    if (*number && !*end && texts_get(&w->book->strings, i, ret))
        return 0;
    return refuse(w, JH_EINVAL, "refers to a shared string that is not there");
}

/* The 1 of a truth value is a word, or it would pass as a number. */
static struct jh_slice truth(const struct walk *w)
{
    bool yes = w->text.len && *w->text.p == '1';
    return yes ? (struct jh_slice){"true", 4} : (struct jh_slice){"false", 5};
}

/* `printed` is room for a number. */
static int content(struct walk *w, char printed[NUMBER_TEXT], struct jh_slice *ret)
{
    struct jh_slice raw = {w->text.len ? w->text.p : "", w->text.len};
    if (w->formula && (!w->has_value || (!raw.len && !is_type(w, "str"))))
        return refuse(w, JH_EINVAL,
                      "a formula that was never computed: open the file in a spreadsheet "
                      "program and save it");
    if (is_type(w, "s"))
        return shared(w, ret);
    *ret = raw;
    if (is_type(w, "b") && raw.len)
        *ret = truth(w);
    else if (is_type(w, "n") && raw.len && raw.len < NUMBER_TEXT)
        *ret = (struct jh_slice){printed,
                                 number_print(raw, w->kind, w->book->from_1904, printed)};
    else if (is_type(w, "d"))
        *ret = (struct jh_slice){printed, number_iso(raw, w->kind, printed)};
    else if (is_type(w, "str") || is_type(w, "inlineStr"))
        ret->len = raw.len ? texts_undo(w->text.p, raw.len) : 0;
    return 0;
}

static bool blank(struct jh_slice s)
{
    while (s.len && strchr(" \t\r\n", s.p[s.len - 1]) && s.p[s.len - 1])
        s.len--;
    return !s.len;
}

static int keep(struct walk *w, struct jh_slice s)
{
    uint32_t i = w->column - 1;
    w->cells[i].len = (uint32_t)s.len;
    if (is_type(w, "s")) { /* lives as long as the workbook */
        w->cells[i].p = s.p;
        return 0;
    }
    w->from[i] = (uint32_t)w->bytes.len;
    return texts_add(&w->bytes, s.p, s.len)
               ? 0
               : refuse(w, JH_ELIMIT, "a row that is too long");
}

static int end_cell(struct walk *w)
{
    char printed[NUMBER_TEXT];
    struct jh_slice s = {"", 0};
    int rc = content(w, printed, &s);
    if (rc || blank(s))
        return rc;
    if (s.len > w->reader->max_cell)
        return package_refuse(&w->book->package, JH_ELIMIT, w->row, w->column,
                              "cell longer than %zu bytes", w->reader->max_cell);
    if (w->column > SHEET_COLUMNS_MAX)
        return package_refuse(
            &w->book->package, JH_ELIMIT, w->row, w->column,
            "more than %d columns: is this cell meant to hold anything?",
            SHEET_COLUMNS_MAX);
    if (memchr(s.p, '\0', s.len))
        return refuse(w, JH_EINVAL, "NUL byte: this is not text");
    w->filled++;
    if (w->shape && w->shape->width < w->column)
        w->shape->width = w->column;
    return w->cells && w->column <= w->width ? keep(w, s) : 0;
}

static int end_row(struct walk *w)
{
    if (w->shape) {
        w->shape->rows += w->filled > 0;
        w->shape->table += w->filled > 1;
    }
    if (!w->cells || !w->filled)
        return 0;
    for (uint32_t i = 0; i < w->width; i++)
        if (w->from[i] != ALONE)
            w->cells[i].p = w->bytes.p + w->from[i];
    struct jh_row row = {w->cells, w->width, w->row, {"", 0}};
    int rc = merged_fill(w->merged, &row, w->cells);
    return rc ? rc : w->reader->host->row(w->reader->ctx, &row);
}

/* ---- merged cells ------------------------------------------------------------------------------ */

static int add_merge(struct walk *w, const char *const *attributes)
{
    const char *reference = package_attribute(attributes, "ref");
    struct sheet_shape *shape = w->shape;
    struct sheet_merge m;
    uint32_t last;
    const char *colon = reference ? read_reference(reference, &m.row, &m.column) : NULL;
    if (!colon || *colon != ':' || !read_reference(colon + 1, &m.end, &last))
        return 0; /* a single cell, or none: merges nothing */
    if (shape->n_merges == SHEET_MERGES_MAX)
        return package_refuse(&w->book->package, JH_ELIMIT, 0, 0,
                              "more than %d merged cells", SHEET_MERGES_MAX);
    if (shape->n_merges == shape->cap) {
        size_t cap = shape->cap ? shape->cap * 2 : 64;
        struct sheet_merge *merges = realloc(shape->merges, cap * sizeof *merges);
        if (!merges)
            return refuse(w, JH_ENOMEM, "out of memory");
        shape->merges = merges;
        shape->cap = cap;
    }
    if (m.end > m.row)
        shape->merges[shape->n_merges++] = m;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const struct sheet_merge *x = a, *y = b;
    return x->row != y->row ? (x->row > y->row) - (x->row < y->row)
                            : (x->column > y->column) - (x->column < y->column);
}

/* ---- events ------------------------------------------------------------------------------------ */

static int on_start(void *arg, const char *name, const char *const *attributes)
{
    struct walk *w = arg;
    if (w->in_string)
        texts_start(&w->text, name);
    else if (strcmp(name, "row") == 0)
        return begin_row(w, attributes);
    else if (strcmp(name, "c") == 0)
        return begin_cell(w, attributes);
    else if (strcmp(name, "v") == 0)
        w->in_value = w->has_value = true;
    else if (strcmp(name, "f") == 0)
        w->formula = true;
    else if (strcmp(name, "is") == 0)
        w->in_string = w->has_value = true;
    else if (w->shape && strcmp(name, "mergeCell") == 0)
        return add_merge(w, attributes);
    return 0;
}

static int on_end(void *arg, const char *name)
{
    struct walk *w = arg;
    if (strcmp(name, "is") == 0)
        w->in_string = false;
    else if (w->in_string)
        texts_end(&w->text, name);
    else if (strcmp(name, "v") == 0)
        w->in_value = false;
    else if (strcmp(name, "c") == 0)
        return end_cell(w);
    else if (strcmp(name, "row") == 0)
        return end_row(w);
    return 0;
}

static int on_text(void *arg, const char *p, size_t n)
{
    struct walk *w = arg;
    if (!w->in_value && !(w->in_string && w->text.in_text && !w->text.aside))
        return 0;
    return texts_add(&w->text, p, n)
               ? 0
               : package_refuse(&w->book->package, JH_ELIMIT, w->row, w->column,
                                "cell longer than %zu bytes", w->reader->max_cell);
}

static int read_sheet(struct walk *w)
{
    static const struct package_events EVENTS = {on_start, on_end, on_text};
    w->book = w->reader->book;
    w->text.max = w->reader->max_cell > NUMBER_TEXT ? w->reader->max_cell : NUMBER_TEXT;
    w->bytes.max = ROW_BYTES;
    int rc = package_read(&w->book->package, w->reader->path, &EVENTS, w);
    free(w->text.p);
    free(w->bytes.p);
    return rc;
}

int sheet_shape(const struct sheet_reader *reader, struct sheet_shape *ret)
{
    *ret = (struct sheet_shape){.width = 0};
    struct walk w = {.reader = reader, .shape = ret};
    int rc = read_sheet(&w);
    if (!rc && ret->n_merges)
        qsort(ret->merges, ret->n_merges, sizeof *ret->merges, by_place);
    return rc;
}

void sheet_shape_done(struct sheet_shape *shape)
{
    free(shape->merges);
    *shape = (struct sheet_shape){.width = 0};
}

int sheet_rows(const struct sheet_reader *reader, const struct sheet_shape *shape)
{
    struct merged merged;
    struct walk w = {.reader = reader, .width = shape->width, .merged = &merged};
    int rc = merged_init(&merged, reader, shape);
    w.cells = calloc(shape->width + 1, sizeof *w.cells);
    w.from = calloc(shape->width + 1, sizeof *w.from);
    if (!rc && (!w.cells || !w.from))
        rc = package_refuse(&reader->book->package, JH_ENOMEM, 0, 0, "out of memory");
    if (!rc)
        rc = read_sheet(&w);
    free(w.cells);
    free(w.from);
    merged_done(&merged);
    return rc;
}
