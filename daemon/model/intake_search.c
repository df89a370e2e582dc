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

/* There was none: always a refusal. */
static int search_fail(struct intake *in, struct jh_err *err)
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

/* The rows of the header are all there. */
static int read_head(struct intake *in, struct jh_err *err)
{
    struct jh_row names;
    int rc = intake_join_end(in, &names, err);
    if (!rc)
        rc = intake_header_read(in, &names, err);
    if (!rc)
        rc = intake_unit_apply(in, err);
    in->now.header = !rc;
    if (!rc)
        tell_above(in, names.line);
    return rc;
}

/* The first row that is not the header's is a school's, or whatever else may stand there. */
static int below_head(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    bool taken;
    int rc = intake_join_below(in, row, &taken);
    if (rc)
        return intake_fail(in, err, rc);
    if (!taken)
        rc = read_head(in, err);
    return rc || taken ? rc : intake_row_read(in, row, err);
}

/* Not the header: a title, perhaps, a note, or the groups of columns above it. */
static int above_head(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    struct jh_row *first = &in->now.first;
    size_t n = filled(row);
    int rc = 0;
    in->now.above += n > 0;
    intake_unit_note(in, row);
    if (n && (!first->n || (n > 1 && filled(first) == 1)))
        rc = intake_join_copy(in, row, first);
    in->now.above_row.n = 0;
    if (!rc && n)
        rc = intake_join_above(in, row);
    if (rc)
        return intake_fail(in, err, rc);
    return in->now.above < ROWS_MAX ? 0 : search_fail(in, err);
}

int intake_search_row(struct intake *in, const struct jh_row *row, struct jh_err *err)
{
    if (in->now.head.rows)
        return below_head(in, row, err);
    if (known(in, row, KNOWN_MIN) < KNOWN_MIN)
        return above_head(in, row, err);
    int rc = intake_join_begin(in, row);
    return rc ? intake_fail(in, err, rc) : 0;
}

int intake_search_end(struct intake *in, struct jh_err *err)
{
    return in->now.head.rows ? read_head(in, err) : search_fail(in, err);
}
