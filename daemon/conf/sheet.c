/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/sheet.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "conf/yaml.h"

int sheet_open(struct sheet *sheet, const char *path, struct arena *arena,
               struct errs *errs, struct jh_err *err)
{
    size_t n;
    *sheet = (struct sheet){.arena = arena, .errs = errs, .line = 1, .col = 1};
    sheet->file = arena_str(arena, path);
    int rc = sheet->file ? file_read(path, SHEET_BYTES_MAX, &sheet->bytes, &n, err)
                         : err_set(err, JH_ENOMEM, "out of memory");
    if (rc)
        return rc;
    size_t bom = n >= 3 && !memcmp(sheet->bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    sheet->p = sheet->bytes + bom;
    sheet->end = sheet->bytes + n;
    if (utf8_check(sheet->bytes, n) == n)
        return 0;
    sheet_close(sheet);
    return err_at(err, JH_EINVAL, path, 0, 0, "not UTF-8: save the file as UTF-8");
}

void sheet_close(struct sheet *sheet)
{
    free(sheet->bytes);
    sheet->bytes = NULL;
    sheet->p = sheet->end = NULL;
}

void sheet_error(const struct sheet *sheet, const struct sheet_cell *cell,
                 const char *text)
{
    char quoted[YAML_SHOW];
    bool empty = !*cell->text;
    errs_at(sheet->errs, ERR_ERROR, sheet->file, cell->line, cell->col, "%s%s%s", text,
            empty ? "" : " ", empty ? "" : yaml_quote(cell->text, quoted));
}

static bool at(const struct sheet *sheet, char c)
{
    return sheet->p < sheet->end && *sheet->p == c;
}

static bool ended(const struct sheet *sheet)
{
    return sheet->p == sheet->end || *sheet->p == ',' || *sheet->p == '\n' ||
           *sheet->p == '\r';
}

static void step(struct sheet *sheet)
{
    if (*sheet->p == '\n') {
        sheet->line++;
        sheet->col = 1;
    } else if (((unsigned char)*sheet->p & 0xC0) != 0x80) {
        sheet->col++;
    }
    sheet->p++;
}

/* One cell; NULL, or what is wrong with it. */
static const char *read_cell(struct sheet *sheet, struct sheet_cell *ret)
{
    char text[SHEET_CELL_MAX];
    size_t n = 0;
    bool quoted = at(sheet, '"');
    *ret = (struct sheet_cell){"", sheet->line, sheet->col};
    if (quoted)
        step(sheet);
    while (quoted ? sheet->p < sheet->end : !ended(sheet)) {
        if (quoted && at(sheet, '"')) {
            step(sheet);
            if (!at(sheet, '"')) {
                quoted = false;
                break;
            }
        }
        if (n == sizeof text || !*sheet->p)
            return *sheet->p ? "a cell that is too long" : "a NUL character";
        text[n++] = *sheet->p;
        step(sheet);
    }
    if (quoted)
        return "a quote that is not closed";
    if (!ended(sheet))
        return "text behind a quote";
    ret->text = arena_strn(sheet->arena, text, n);
    return ret->text ? NULL : "too large";
}

/* Past the end of a line: CR, LF or both. */
static void end_line(struct sheet *sheet)
{
    if (at(sheet, '\r'))
        step(sheet);
    if (at(sheet, '\n'))
        step(sheet);
}

static int read_row(struct sheet *sheet, struct sheet_cell cells[SHEET_COLUMNS_MAX])
{
    for (int n = 0; n < SHEET_COLUMNS_MAX; n++) {
        const char *wrong = read_cell(sheet, &cells[n]);
        if (wrong) {
            sheet_error(sheet, &cells[n], wrong);
            return JH_EINVAL;
        }
        if (!at(sheet, ',')) {
            end_line(sheet);
            return n + 1;
        }
        step(sheet);
    }
    sheet_error(sheet, &cells[SHEET_COLUMNS_MAX - 1], "too many columns");
    return JH_EINVAL;
}

int sheet_row(struct sheet *sheet, struct sheet_cell cells[SHEET_COLUMNS_MAX])
{
    while (sheet->p < sheet->end) {
        int n = read_row(sheet, cells);
        if (n != 1 || *cells[0].text)
            return n;
    }
    return 0;
}
