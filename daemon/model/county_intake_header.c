/* SPDX-License-Identifier: Apache-2.0 */
/* What the columns of county data mean: the mapping first, then words, then defaults. */
#include <string.h>

#include "model/alias.h"
#include "model/county_intake_internal.h"

enum { TITLES_MAX = 10 };

const struct county_word *county_intake_word(const struct county_word *list, size_t n,
                                             struct jh_slice folded)
{
    for (size_t i = 0; i < n; i++)
        if (strlen(list[i].text) == folded.len &&
            memcmp(list[i].text, folded.p, folded.len) == 0)
            return &list[i];
    return NULL;
}

bool county_intake_fold(struct jh_slice s, char out[COUNTY_FOLDED], struct jh_slice *ret)
{
    ret->p = out;
    return alias_fold(s.p, s.len, out, COUNTY_FOLDED, &ret->len) == 0;
}

static int column_of(const struct county_intake *in, struct jh_slice folded)
{
    const struct county_word *word =
        county_intake_word(in->words->columns, in->words->n_columns, folded);
    return word ? word->means : -1;
}

/* The header that a mapping names for the column, or NULL. */
static const struct mapping_column *mapped(const struct county_intake *in,
                                           struct jh_slice folded)
{
    char name[COUNTY_FOLDED];
    struct jh_slice wanted;
    for (size_t i = 0; in->mapping && i < in->mapping->n_columns; i++) {
        const struct mapping_column *m = &in->mapping->columns[i];
        struct jh_slice header = {m->columns[0], strlen(m->columns[0])};
        if (county_intake_fold(header, name, &wanted) && wanted.len == folded.len &&
            memcmp(wanted.p, folded.p, folded.len) == 0)
            return m;
    }
    return NULL;
}

static int column_by_id(const char *id)
{
    for (int i = 0; i < COUNTY_COLUMNS; i++)
        if (strcmp(county_column_id((enum county_column)i), id) == 0)
            return i;
    return -1;
}

static int read_header_cell(struct county_intake *in, const struct jh_row *row,
                            uint32_t i, struct jh_err *err)
{
    const struct jh_cell *cell = &row->cells[i];
    char text[COUNTY_FOLDED];
    struct jh_slice folded;
    if (!county_intake_fold((struct jh_slice){cell->p, cell->len}, text, &folded) ||
        !folded.len)
        return 0;
    const struct mapping_column *map = mapped(in, folded);
    int column = map ? column_by_id(map->target) : column_of(in, folded);
    if (column < 0)
        return 0; /* offices keep columns of their own */
    struct county_source *from = &in->from[column];
    if (from->cell >= 0 && from->map && !map)
        return 0; /* the mapping has spoken */
    if (from->cell >= 0 && !from->map == !map)
        return county_intake_refuse(
            in, err, row->line, jh_cell_col(row, cell),
            "columns %d and %u are both %s: drop one, or say under `columns:` "
            "which to take",
            from->cell + 1, i + 1, county_column_id((enum county_column)column));
    *from = (struct county_source){.cell = (int)i, .map = map};
    return 0;
}

static void read_defaults(struct county_intake *in)
{
    for (size_t i = 0; in->mapping && i < in->mapping->n_defaults; i++) {
        const struct mapping_default *d = &in->mapping->defaults[i];
        int column = column_by_id(d->target);
        if (column >= 0 && in->from[column].cell < 0)
            in->from[column].constant = (struct jh_slice){d->value, strlen(d->value)};
    }
}

int county_intake_header(struct county_intake *in, const struct jh_row *row,
                         struct jh_err *err)
{
    static const enum county_column NEEDED[] = {COUNTY_CODE, COUNTY_ITEM, COUNTY_VALUE};
    if (row->n == 1 && in->titles++ < TITLES_MAX)
        return 0;
    for (uint32_t i = 0; i < row->n; i++) {
        int rc = read_header_cell(in, row, i, err);
        if (rc)
            return rc;
    }
    read_defaults(in);
    for (size_t i = 0; i < sizeof NEEDED / sizeof *NEEDED; i++) {
        const struct county_source *from = &in->from[NEEDED[i]];
        if (from->cell < 0 && !from->constant.p)
            return county_intake_refuse(
                in, err, row->line, 1,
                "no %s column: county data have the columns round, county_code, "
                "item, value, unit, evidence",
                county_column_id(NEEDED[i]));
    }
    in->header_line = row->line;
    return 0;
}
