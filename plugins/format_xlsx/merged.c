/* SPDX-License-Identifier: Apache-2.0 */
#include "merged.h"

#include <stdlib.h>
#include <string.h>

int merged_init(struct merged *merged, const struct sheet_reader *reader,
                const struct sheet_shape *shape)
{
    *merged = (struct merged){.reader = reader, .shape = shape};
    merged->active = calloc(shape->width + 1, sizeof *merged->active);
    return merged->active
               ? 0
               : package_refuse(&reader->book->package, JH_ENOMEM, 0, 0, "out of memory");
}

void merged_done(struct merged *merged)
{
    for (uint32_t i = 0; merged->active && i < merged->shape->width; i++)
        free(merged->active[i].text);
    free(merged->active);
}

static void forget(struct merged *merged, struct merged_text *text)
{
    merged->n_active -= text->end > 0;
    free(text->text);
    *text = (struct merged_text){.end = 0};
}

/* Digits, with what stands between them. */
static bool is_number(const struct merged_text *text)
{
    bool digit = false;
    for (uint32_t i = 0; i < text->len; i++) {
        if (!strchr("0123456789.,+- ", text->text[i]) || !text->text[i])
            return false;
        digit |= text->text[i] >= '0' && text->text[i] <= '9';
    }
    return digit;
}

static int fill_cell(struct merged *merged, uint32_t i, struct jh_cell *cell)
{
    struct merged_text *text = &merged->active[i];
    if (text->end < cell->line) {
        forget(merged, text);
        return 0;
    }
    if (cell->len)
        return 0;
    if (is_number(text))
        return package_refuse(
            &merged->reader->book->package, JH_EINVAL, text->row, i + 1,
            "a number in cells merged over rows %u to %u: to which of them it belongs "
            "nobody can know: unmerge them and fill in each",
            text->row, text->end);
    cell->p = text->text;
    cell->len = text->len;
    return 0;
}

static int begin(struct merged *merged, const struct sheet_merge *m,
                 const struct jh_cell *cell)
{
    struct merged_text *text = &merged->active[m->column - 1];
    forget(merged, text);
    if (!cell->len)
        return 0;
    char *copy = malloc(cell->len);
    if (!copy)
        return package_refuse(&merged->reader->book->package, JH_ENOMEM, 0, 0,
                              "out of memory");
    memcpy(copy, cell->p, cell->len);
    *text = (struct merged_text){m->row, m->end, copy, cell->len};
    merged->n_active++;
    return 0;
}

int merged_fill(struct merged *merged, const struct jh_row *row, struct jh_cell *cells)
{
    const struct sheet_shape *shape = merged->shape;
    int rc = 0;
    for (uint32_t i = 0; merged->n_active && i < row->n && !rc; i++)
        if (merged->active[i].end)
            rc = fill_cell(merged, i, &cells[i]);
    for (; !rc && merged->next < shape->n_merges; merged->next++) {
        const struct sheet_merge *m = &shape->merges[merged->next];
        if (m->row > row->line)
            break;
        if (m->row == row->line && m->column <= row->n)
            rc = begin(merged, m, &cells[m->column - 1]);
    }
    return rc;
}
