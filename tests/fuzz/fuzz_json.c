/* SPDX-License-Identifier: Apache-2.0 */
/* Hostile bytes through the json format: every row as wide as the header, every cell valid
 * UTF-8 with a place, because the intake relies on it; every refusal in words. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct jh_ctx {
    uint32_t width;
};

static int take_row(struct jh_ctx *ctx, const struct jh_row *row)
{
    if (!row->n || (ctx->width && row->n != ctx->width))
        abort();
    ctx->width = row->n;
    for (uint32_t i = 0; i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        if (utf8_check(cell->p, cell->len) != cell->len || memchr(cell->p, 0, cell->len))
            abort();
        if (!cell->line || !jh_cell_col(row, cell))
            abort();
    }
    return 0;
}

/* The first byte chooses where the list is, the rest is the file. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const IGNORE[] = {"x", "a.b"};
    if (!size)
        return 0;
    struct rows_conf conf = {.steps = {{"schools", 7}, {"a", 1}},
                             .n_steps = data[0] & 1 ? 2 : 1,
                             .usual = !(data[0] & 1),
                             .ignore = {IGNORE, data[0] & 2 ? 2 : 0},
                             .max_cell = 64};
    const struct jh_host host = {.abi = JH_ABI, .size = sizeof host, .row = take_row};
    const struct jh_blob blob = {
        .size = sizeof blob, .body = {(const char *)data + 1, size - 1}, .name = "fuzz"};
    struct jh_ctx ctx = {0};
    struct jh_err err = {0};
    if (rows_read(&conf, &blob, &host, &ctx, &err) && !err.text[0])
        abort();
    return 0;
}
