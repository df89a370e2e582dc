/* SPDX-License-Identifier: Apache-2.0 */
/* Where the header is: forms have a title above it, spreadsheets a merged cell or two. */
#include <string.h>

#include "model/intake_internal.h"

enum {
    ROWS_MAX = 10, /* the header is among so many first rows, not counting blank ones */
    HEADER_MAX = 512, /* bytes of a folded header, as in alias.c */
    KNOWN_MIN = 2,    /* a row in which so many headers are known is the header */
};

/* How many headers of the row are known, of at most `most`. */
static size_t known(const struct intake *in, const struct jh_row *row, size_t most)
{
    const struct mapping *m = in->now.mapping;
    char folded[HEADER_MAX], name[HEADER_MAX];
    size_t count = 0, len, n;
    for (uint32_t i = 0; i < row->n && count < most; i++) {
        const struct jh_cell *cell = &row->cells[i];
        struct alias_hit hit;
        bool is = alias_header(in->aliases, cell->p, cell->len, &hit);
        bool folds =
            !is && m && !alias_fold(cell->p, cell->len, folded, sizeof folded, &len);
        for (size_t k = 0; folds && len && k < m->n_columns && !is; k++)
            for (const char *const *c = m->columns[k].columns; *c && !is; c++)
                is = !alias_fold(*c, strlen(*c), name, sizeof name, &n) && n == len &&
                     memcmp(name, folded, n) == 0;
        count += is;
    }
    return count;
}

/* A copy in the file's arena, with places that no longer need the bytes. */
static int keep_row(struct intake *in, const struct jh_row *row)
{
    struct jh_cell *cells = arena_array(in->now.arena, row->n, sizeof *cells);
    for (uint32_t i = 0; cells && i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        const char *copy = arena_strn(in->now.arena, cell->p, cell->len);
        if (!copy)
            return JH_ENOMEM;
        cells[i] = (struct jh_cell){.p = copy,
                                    .len = cell->len,
                                    .line = cell->line,
                                    .col = jh_cell_col(row, cell)};
    }
    in->now.first = (struct jh_row){.cells = cells, .n = row->n, .line = row->line};
    return cells ? 0 : JH_ENOMEM;
}

static size_t filled(const struct jh_row *row)
{
    size_t n = 0;
    for (uint32_t i = 0; i < row->n; i++)
        n += cell_trim(row->cells[i].p, row->cells[i].len).len > 0;
    return n;
}

static void tell_above(struct intake *in, uint32_t line)
{
    struct intake_what what = {
        .county = INTAKE_COUNTY_NONE, .file = in->now.index, .line = line};
    if (in->now.above)
        intake_find(in, &what, "above_header", "notice",
                    "%zu rows above the header are not read", in->now.above);
}

int intake_search_row(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    size_t n = filled(row);
    if (known(in, row, KNOWN_MIN) >= KNOWN_MIN) {
        int rc = intake_header_read(in, row, err);
        in->now.header = !rc;
        if (!rc)
            tell_above(in, row->line);
        return rc;
    }
    in->now.above += n > 0;
    if (n && (!in->now.first.n || (n > 1 && filled(&in->now.first) == 1))) {
        int rc = keep_row(in, row);
        if (rc)
            return intake_fail(in, err, rc);
    }
    return in->now.above < ROWS_MAX ? 0 : intake_search_fail(in, err);
}

int intake_search_fail(struct intake *in, struct jh_err *err)
{
    const struct jh_row *first = &in->now.first;
    if (!in->now.above)
        return intake_refuse(in, err, 0, 0, "the file is empty: no header row");
    int rc = first->n ? intake_header_read(in, first, err) : 0; /* says what it lacks */
    return rc ? rc
              : intake_refuse(
                    in, err, first->n ? first->line : 1, 1,
                    "no header among the first %d rows: at least %d columns of it "
                    "must be known by their names",
                    ROWS_MAX, KNOWN_MIN);
}
