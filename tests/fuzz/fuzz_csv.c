/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile bytes through the csv format: every encoding, every cell checked to lie inside
 * its memory and to be valid UTF-8, because the intake relies on both. */
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "base/utf8.h"
#include "fuzz/target.h"
#include "scan.h"

static int take_row(void *arg, const struct jh_row *row)
{
    uint32_t *width = arg, line = row->line;
    if (*width > 1 && row->n != *width) /* titles of one cell come first */
        abort();
    *width = row->n;
    for (uint32_t i = 0; i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        if (utf8_check(cell->p, cell->len) != cell->len || memchr(cell->p, 0, cell->len))
            abort();
        if (cell->line < line || cell->at < row->body.p ||
            cell->at > row->body.p + row->body.len || jh_cell_col(row, cell) == 0)
            abort();
        line = cell->line;
    }
    return 0;
}

/* The first byte chooses encoding and delimiter, the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    struct scan_conf conf = {.delimiter = data[0] & 8 ? '\t' : ',', .max_cell = 64};
    struct jh_slice bytes = {(const char *)data + 1, size - 1};
    struct jh_err err = {0};
    struct text text;
    uint32_t width = 0;
    int rc = text_init(&text, "fuzz", bytes, (enum text_encoding)(data[0] % 5), &err);
    if (!rc)
        rc = scan_rows(&text, &conf, take_row, &width, &err);
    if (rc && !err.text[0])
        abort(); /* every refusal says why */
    text_done(&text);
    return 0;
}
