/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A header in two or three rows: which rows it has, and one row of names out of them. The row
 * found by its known names may have groups of columns above it, and what the groups hold
 * below it. A row below belongs to the header only if it cannot be a school: no number, no
 * mark for missing, nothing where the header says who or where a school is.
 */
#include <string.h>

#include "base/utf8.h"
#include "model/intake_internal.h"

enum { FOLDED_MAX = 512, SHOWN_MAX = 60 };

static struct jh_slice text_of(const struct jh_row *row, uint32_t i)
{
    return cell_trim(row->cells[i].p, row->cells[i].len);
}

int intake_join_copy(struct intake *in, const struct jh_row *row, struct jh_row *ret)
{
    struct jh_cell *cells = arena_array(in->now.arena, row->n, sizeof *cells);
    for (uint32_t i = 0; cells && i < row->n; i++) {
        const struct jh_cell *cell = &row->cells[i];
        struct jh_slice s = text_of(row, i);
        const char *copy = arena_strn(in->now.arena, s.p, s.len);
        if (!copy)
            return JH_ENOMEM;
        cells[i] = (struct jh_cell){.p = copy,
                                    .len = (uint32_t)s.len,
                                    .line = cell->line,
                                    .col = jh_cell_col(row, cell)};
    }
    *ret = (struct jh_row){.cells = cells, .n = row->n, .line = row->line};
    return cells ? 0 : JH_ENOMEM;
}

/* ---- what a cell looks like ---------------------------------------------------------------- */

/* A number, a mark for missing, or the number of a column: L1. */
static bool is_value(struct jh_slice s)
{
    const char *reason;
    double v;
    size_t skip = s.len > 1 && *s.p == 'L';
    return cell_number(s.p + skip, s.len - skip, 1, &v, &reason) != CELL_BAD;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Titles name an office, a date, a unit: with a colon, or a year. */
static bool is_title(struct jh_slice s)
{
    char folded[FOLDED_MAX];
    size_t len, digits = 0;
    if (alias_fold(s.p, s.len, folded, sizeof folded, &len))
        return true;
    for (size_t i = 0; i < len; i++) {
        digits = is_digit(folded[i]) ? digits + 1 : 0;
        if (folded[i] == ':' || digits == 4)
            return true;
    }
    return false;
}

int intake_join_above(struct intake *in, const struct jh_row *row)
{
    size_t filled = 0;
    for (uint32_t i = 0; i < row->n; i++) {
        struct jh_slice s = text_of(row, i);
        if (s.len && (is_value(s) || is_title(s)))
            return 0;
        filled += s.len > 0;
    }
    return filled > 1 ? intake_join_copy(in, row, &in->now.above_row) : 0;
}

/* ---- the rows of a header -------------------------------------------------------------------- */

static void put(struct intake_head *head, const struct jh_row *row)
{
    head->line = row->line;
    head->row[head->rows++] = row->cells;
}

int intake_join_begin(struct intake *in, const struct jh_row *row)
{
    struct intake_head *head = &in->now.head;
    const struct jh_row *above = &in->now.above_row;
    struct jh_row copy;
    int rc = intake_join_copy(in, row, &copy);
    if (rc)
        return rc;
    head->n = row->n;
    head->above = above->n == row->n;
    if (head->above)
        put(head, above);
    put(head, &copy);
    return 0;
}

/* Does the row only say again what stands above it, as cells merged over rows do? */
static bool repeats(const struct intake_head *head, const struct jh_row *row, uint32_t i)
{
    struct jh_slice s = text_of(row, i);
    for (unsigned k = head->rows; k--;) {
        const struct jh_cell *cell = &head->row[k][i];
        if (cell->len)
            return cell->len == s.len && memcmp(cell->p, s.p, s.len) == 0;
    }
    return false;
}

/* The row's copy, without what it only repeats. */
static int fresh_cells(struct intake *in, const struct jh_row *row, struct jh_row *ret,
                       size_t *ret_same)
{
    struct jh_cell *cells = arena_array(in->now.arena, row->n, sizeof *cells);
    struct jh_row copy = {.cells = cells, .n = row->n, .line = row->line};
    *ret_same = 0;
    for (uint32_t i = 0; cells && i < row->n; i++) {
        bool same = text_of(row, i).len && repeats(&in->now.head, row, i);
        cells[i] = row->cells[i];
        cells[i].col = jh_cell_col(row, &row->cells[i]);
        cells[i].at = NULL;
        if (same)
            cells[i].len = 0;
        *ret_same += same;
    }
    return cells ? intake_join_copy(in, &copy, ret) : JH_ENOMEM;
}

/* What the header says so far of a column that the row has a text in. */
struct below {
    size_t fresh, known; /* cells, and those that make a known name */
    size_t units;        /* of those: only a unit was added */
    bool school;         /* a column that says which school a row is, empty here */
    bool is_row;         /* a text where the header says who or where a school is */
};

/* The lowest text of the header so far. */
static struct jh_slice lowest(const struct intake_head *head, uint32_t i)
{
    const struct jh_cell *cell = &head->row[head->rows - 1][i];
    for (unsigned k = head->rows - 1; k-- && !cell->len;)
        cell = &head->row[k][i];
    return (struct jh_slice){cell->p, cell->len};
}

/* Which text field a header stands for, by itself or by the mapping; -1 if for none. */
static int text_field(const struct intake *in, struct jh_slice s)
{
    const struct mapping *m = in->now.mapping;
    char folded[FOLDED_MAX], name[FOLDED_MAX];
    struct alias_hit hit;
    size_t len, n;
    if (alias_header(in->aliases, s.p, s.len, &hit))
        return hit.is_text ? (int)hit.text : -1;
    if (!m || alias_fold(s.p, s.len, folded, sizeof folded, &len) || !len)
        return -1;
    for (size_t i = 0; i < m->n_columns; i++) {
        const char *header = m->columns[i].columns[0];
        if (header && !alias_fold(header, strlen(header), name, sizeof name, &n) &&
            n == len && memcmp(name, folded, n) == 0)
            return text_field_of(m->columns[i].target, strlen(m->columns[i].target));
    }
    return -1;
}

static bool says_school(int field)
{
    return field == TEXT_SCHOOL_CODE || field == TEXT_SCHOOL_NAME;
}

static int look_below(struct intake *in, const struct jh_row *row, struct below *ret)
{
    const struct intake_head *head = &in->now.head;
    struct intake_head with = *head;
    put(&with, row);
    for (uint32_t i = 0; i < row->n; i++) {
        struct jh_slice s = text_of(row, i);
        struct intake_name name;
        int field = text_field(in, lowest(head, i));
        ret->school |= !s.len && says_school(field);
        if (!s.len)
            continue;
        int rc = intake_name(in, &with, i, &name);
        if (rc)
            return rc;
        ret->fresh++;
        ret->known += name.parts > 1 && name.is == INTAKE_NAME_KNOWN;
        ret->units += name.parts > 1 && name.is == INTAKE_NAME_KNOWN && name.hit.unit;
        ret->is_row |= field >= 0 && name.is != INTAKE_NAME_KNOWN;
    }
    return 0;
}

static bool may_be_below(const struct intake *in, const struct jh_row *row)
{
    bool first = true;
    if (in->now.head.rows == INTAKE_HEAD_ROWS || row->n != in->now.head.n)
        return false;
    for (uint32_t i = 0; i < row->n; i++) {
        struct jh_slice s = text_of(row, i);
        if (s.len && (is_value(s) || (first && alias_note(in->aliases, s.p, s.len))))
            return false;
        first &= !s.len;
    }
    return !first;
}

int intake_join_below(struct intake *in, const struct jh_row *row, bool *ret_taken)
{
    struct below below = {.fresh = 0};
    struct jh_row copy;
    size_t same;
    *ret_taken = false;
    if (!may_be_below(in, row))
        return 0;
    int rc = fresh_cells(in, row, &copy, &same);
    if (!rc)
        rc = look_below(in, &copy, &below);
    bool several = below.fresh > 1 || (below.fresh && (same || below.units));
    *ret_taken = !rc && several && !below.is_row && (below.school || below.known);
    if (*ret_taken)
        put(&in->now.head, &copy);
    return rc;
}

/* ---- one row of names ------------------------------------------------------------------------ */

static int shown(const char *text)
{
    return (int)utf8_cut(text, strlen(text), SHOWN_MAX);
}

static void tell_unread(struct intake *in, uint32_t i, const struct intake_name *name)
{
    struct intake_what what = {
        .county = INTAKE_COUNTY_NONE, .file = in->now.index, .line = in->now.head.line};
    intake_find(in, &what, "header_group", "warning",
                "column %u \"%.*s\" is not read: its lowest header alone is known, but "
                "not what the one above makes of it; name the column under `columns:`",
                i + 1, shown(name->text), name->text);
}

static int refuse_name(struct intake *in, uint32_t i, const struct intake_name *name,
                       struct jh_err *err)
{
    const struct intake_head *head = &in->now.head;
    if (name->is == INTAKE_NAME_DOUBTFUL)
        return intake_refuse(in, err, head->line, i + 1,
                             "\"%.*s\" can be read in two ways: name the column under "
                             "`columns:`, or write one row of whole names",
                             shown(name->text), name->text);
    return intake_refuse(
        in, err, head->row[0][i].line, i + 1,
        "the row above the header may hold groups of columns, and \"%.*s\" is not known: "
        "take that row out, or name the columns under `columns:`",
        shown(name->text), name->text);
}

/* Is the first row one of groups? Nothing in it is understood: then a title, or refused. */
static int judge_above(struct intake *in, struct jh_err *err)
{
    struct intake_head *head = &in->now.head;
    struct intake_name name, odd = {.text = ""};
    size_t understood = 0;
    int64_t doubt = -1;
    for (uint32_t i = 0; i < head->n; i++) {
        int rc = intake_name(in, head, i, &name);
        if (rc)
            return intake_fail(in, err, rc);
        understood += name.parts > 1 && name.is != INTAKE_NAME_UNKNOWN;
        if (name.parts > 1 && name.is == INTAKE_NAME_UNKNOWN && name.alone && doubt < 0) {
            doubt = i;
            odd = name;
        }
    }
    if (!understood && doubt >= 0)
        return refuse_name(in, (uint32_t)doubt, &odd, err);
    if (!understood)
        memmove(head->row, head->row + 1, --head->rows * sizeof *head->row);
    in->now.above -= understood > 0;
    return 0;
}

static int join_cell(struct intake *in, uint32_t i, struct jh_cell *cell,
                     struct jh_err *err)
{
    const struct intake_head *head = &in->now.head;
    struct intake_name name;
    int rc = intake_name(in, head, i, &name);
    if (rc)
        return intake_fail(in, err, rc);
    *cell = head->row[head->rows - 1][i];
    for (unsigned k = head->rows - 1; k-- && !cell->len;)
        *cell = head->row[k][i];
    if (name.parts < 2)
        return 0;
    if (name.is == INTAKE_NAME_DOUBTFUL)
        return refuse_name(in, i, &name, err);
    if (name.is == INTAKE_NAME_UNKNOWN && name.alone)
        tell_unread(in, i, &name);
    cell->p = name.text;
    cell->len = (uint32_t)strlen(name.text);
    return 0;
}

int intake_join_end(struct intake *in, struct jh_row *ret, struct jh_err *err)
{
    struct intake_head *head = &in->now.head;
    int rc = head->above ? judge_above(in, err) : 0;
    struct jh_cell *cells =
        rc ? NULL : arena_array(in->now.arena, head->n, sizeof *cells);
    if (!rc && !cells)
        return intake_fail(in, err, JH_ENOMEM);
    for (uint32_t i = 0; i < head->n && !rc; i++)
        rc = head->rows > 1 ? join_cell(in, i, &cells[i], err)
                            : (cells[i] = head->row[0][i], 0);
    *ret = (struct jh_row){.cells = cells, .n = head->n, .line = head->line};
    return rc;
}
