/* SPDX-License-Identifier: Apache-2.0 */
/* The table of changes: which counties got other codes, merged, split or were abolished, when. */
#include <stdlib.h>
#include <string.h>

#include "conf/config_read.h"
#include "conf/option.h"
#include "conf/sheet.h"
#include "digest/digest.h"

enum { CODES_MAX = 64 }; /* of one side of a change */

enum column { DATE, KIND, FROM, TO, DOCUMENT, COLUMN_COUNT };
static const char *const COLUMNS[] = {"date", "kind", "from", "to", "document"};

struct row {
    struct entity_change change;
    struct sheet_cell cells[COLUMN_COUNT];
};

struct table {
    struct sheet sheet;
    int place[COLUMN_COUNT]; /* of a column in a row, or -1 */
    struct row *rows;
    size_t n;
    struct entity_change *list; /* by date; what is kept */
};

/* How many codes a kind has on either side; most 0: the side is empty. */
static const struct {
    size_t least_from, most_from, least_to, most_to;
    const char *want;
} SHAPES[CHANGE_KINDS] = {
    {1, 1, 1, 1, "a change of code goes from one code to one: several are a merge"},
    {1, 1, 0, 1, "a change of name has one code under from"},
    {2, CODES_MAX, 1, 1,
     "a merge goes from two codes or more, all that it is made of, to one"},
    {1, 1, 2, CODES_MAX,
     "a split goes from one code to two or more, all that come of it"},
    {1, CODES_MAX, 1, CODES_MAX,
     "a change of boundaries goes from the codes that lose schools to those that get "
     "them"},
    {1, CODES_MAX, 0, 0, "what is abolished has codes under from, and none under to"}};

/* ---- rows ------------------------------------------------------------------------------ */

static bool read_column(struct table *t, const struct sheet_cell *cell, int i)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    int c = 0;
    while (c < COLUMN_COUNT && strcmp(cell->text, COLUMNS[c]) != 0)
        c++;
    if (c == COLUMN_COUNT)
        errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, cell->line, cell->col,
                "unknown column %s%s", yaml_quote(cell->text, quoted),
                option_mean(cell->text, COLUMNS, COLUMN_COUNT, mean));
    else if (t->place[c] >= 0)
        sheet_error(&t->sheet, cell, "a column is there twice:");
    else
        t->place[c] = i;
    return c < COLUMN_COUNT && t->place[c] == i;
}

static bool read_header(struct table *t)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n = sheet_row(&t->sheet, cells);
    bool good = n >= 0;
    for (int c = 0; c < COLUMN_COUNT; c++)
        t->place[c] = -1;
    for (int i = 0; i < n; i++)
        good = read_column(t, &cells[i], i) && good;
    for (int c = DATE; good && c <= TO; c++) {
        if (t->place[c] >= 0)
            continue;
        errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, 1, 0,
                "the first row must name the columns date, kind, from and to");
        good = false;
    }
    return good;
}

/* A day, or a round, which is its reference date. */
static bool read_date(struct table *t, const struct sheet_cell *cell, struct date *ret)
{
    struct round round;
    size_t len = strlen(cell->text);
    if (date_parse(cell->text, len, ret) == 0)
        return true;
    if (round_parse(cell->text, len, &round) == 0) {
        *ret = round_reference(round);
        return true;
    }
    sheet_error(&t->sheet, cell,
                "expected a day that exists, such as 2023-07-01, or a round, got");
    return false;
}

static bool read_kind(struct table *t, const struct sheet_cell *cell,
                      enum entity_kind *ret)
{
    int kind = entity_kind_of(cell->text);
    if (kind < 0)
        sheet_error(&t->sheet, cell,
                    "expected code, rename, merge, split, boundary or abolish, got");
    else
        *ret = (enum entity_kind)kind;
    return kind >= 0;
}

/* "340103;340104": as written, each once. */
static bool read_codes(struct table *t, const struct sheet_cell *cell,
                       const char *const **ret, size_t *ret_n)
{
    const char **codes = arena_array(t->sheet.arena, CODES_MAX, sizeof *codes);
    size_t n = 0;
    for (const char *p = cell->text; codes && *p;) {
        size_t len = strcspn(p, "; |");
        const char *code = len ? arena_strn(t->sheet.arena, p, len) : NULL;
        if (code && (n == CODES_MAX || entity_has(codes, n, code))) {
            sheet_error(&t->sheet, cell,
                        n == CODES_MAX ? "too many codes:" : "a code is there twice:");
            return false;
        }
        if (code)
            codes[n++] = code;
        p += len;
        p += strspn(p, "; |");
    }
    *ret = codes;
    *ret_n = codes ? n : 0;
    return codes != NULL;
}

static bool fits(struct table *t, const struct row *row)
{
    const struct entity_change *c = &row->change;
    bool from =
        c->n_from >= SHAPES[c->kind].least_from && c->n_from <= SHAPES[c->kind].most_from;
    bool to = c->n_to >= SHAPES[c->kind].least_to && c->n_to <= SHAPES[c->kind].most_to;
    const char *want = SHAPES[c->kind].want;
    if (from && to && c->kind == CHANGE_RENAME && c->n_to && !entity_from(c, c->to[0])) {
        want = "a change of name keeps the code: another code is of the kind code";
        to = false;
    }
    if (!from || !to)
        sheet_error(&t->sheet, &row->cells[from ? TO : FROM], want);
    return from && to;
}

static void add_row(struct table *t, const struct sheet_cell *cells, int n)
{
    struct row row = {.change = {.line = cells[0].line}};
    struct entity_change *c = &row.change;
    for (int i = 0; i < COLUMN_COUNT; i++)
        row.cells[i] = t->place[i] >= 0 && t->place[i] < n
                           ? cells[t->place[i]]
                           : (struct sheet_cell){"", cells[0].line, 0};
    c->document = row.cells[DOCUMENT].text;
    bool good = read_date(t, &row.cells[DATE], &c->date);
    good &= read_kind(t, &row.cells[KIND], &c->kind);
    good &= read_codes(t, &row.cells[FROM], &c->from, &c->n_from);
    good &= read_codes(t, &row.cells[TO], &c->to, &c->n_to);
    if (good && fits(t, &row))
        t->rows[t->n++] = row;
}

static bool read_rows(struct table *t)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n;
    while ((n = sheet_row(&t->sheet, cells)) > 0) {
        if (t->n == CONFIG_CHANGES_MAX) {
            errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, cells[0].line, 0,
                    "more than %d rows", CONFIG_CHANGES_MAX);
            return false;
        }
        add_row(t, cells, n);
    }
    return n == 0;
}

/* ---- what goes on where ---------------------------------------------------------------- */

static int by_date(const void *a, const void *b)
{
    const struct entity_change *x = &((const struct row *)a)->change,
                               *y = &((const struct row *)b)->change;
    int order = date_cmp(x->date, y->date);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static bool hands_on(const struct entity_change *c)
{
    return c->kind == CHANGE_CODE || c->kind == CHANGE_MERGE || c->kind == CHANGE_SPLIT;
}

static void complain(struct table *t, const struct row *row, enum column at,
                     const char *code, const char *what, unsigned line)
{
    char quoted[YAML_SHOW];
    errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, row->cells[at].line,
            row->cells[at].col, "code %s %s line %u", yaml_quote(code, quoted), what,
            line);
}

/* A code that ended by an earlier change is void. */
static void check_ended(struct table *t, const struct row *row, enum column at,
                        const char *const *codes, size_t n)
{
    const struct entity_changes before = {t->list, (size_t)(row - t->rows)};
    for (size_t i = 0; i < n; i++) {
        const struct entity_change *end = entity_end(&before, codes[i], row->change.date);
        if (end)
            complain(t, row, at, codes[i],
                     at == TO ? "has ended already and is not given again (no change may "
                                "lead back): see"
                              : "has ended already: see",
                     end->line);
    }
}

/* Who is made by a change comes from it alone. */
static void check_born(struct table *t, const struct row *row)
{
    const struct entity_change *c = &row->change;
    for (size_t i = 0; hands_on(c) && i < c->n_to; i++) {
        if (entity_from(c, c->to[i]))
            continue;
        for (const struct row *old = t->rows; old < row; old++)
            if (entity_to(&old->change, c->to[i]) ||
                entity_from(&old->change, c->to[i])) {
                complain(t, row, TO, c->to[i],
                         c->kind == CHANGE_CODE
                             ? "was there before and has another predecessor (two that "
                               "become one are a merge): see"
                             : "was there before; if it goes on, name it under from, "
                               "too: see",
                         old->change.line);
                break;
            }
    }
    if (c->kind == CHANGE_CODE && entity_from(c, c->to[0]))
        complain(t, row, TO, c->to[0], "leads back to itself on", c->line);
}

/* A code that is in use today and that the tree lacks: the county would lie nowhere. */
static void check_known(struct table *t, const struct row *row,
                        const struct config *divisions)
{
    const struct entity_change *c = &row->change;
    const struct entity_changes all = {t->list, t->n};
    const struct date last = t->n ? t->list[t->n - 1].date : c->date;
    char quoted[YAML_SHOW];
    for (size_t i = 0; divisions->n_divisions && i < c->n_to; i++)
        if (!config_division(divisions, c->to[i]) && !entity_end(&all, c->to[i], last))
            errs_at(t->sheet.errs, ERR_WARNING, t->sheet.file, row->cells[TO].line,
                    row->cells[TO].col, "code %s is not in the divisions file",
                    yaml_quote(c->to[i], quoted));
}

static void read_table(struct table *t, const struct config *divisions)
{
    if (!read_header(t) || !read_rows(t))
        return;
    if (t->n)
        qsort(t->rows, t->n, sizeof *t->rows, by_date);
    for (size_t i = 0; i < t->n; i++)
        t->list[i] = t->rows[i].change;
    for (size_t i = 0; i < t->n; i++) {
        const struct row *row = &t->rows[i];
        check_ended(t, row, FROM, row->change.from, row->change.n_from);
        check_ended(t, row, TO, row->change.to, row->change.n_to);
        check_born(t, row);
        check_known(t, row, divisions);
    }
}

/* err is set, and nothing told, when the file cannot be read at all. */
static int read_file(const char *path, const struct config *divisions,
                     struct arena *arena, struct errs *errs, struct entity_changes *ret,
                     struct jh_err *err)
{
    struct table t = {0};
    size_t before = errs->errors;
    int rc = sheet_open(&t.sheet, path, arena, errs, err);
    if (rc)
        return rc;
    t.list = arena_array(arena, CONFIG_CHANGES_MAX, sizeof *t.list);
    t.rows = calloc(CONFIG_CHANGES_MAX, sizeof *t.rows);
    if (t.list && t.rows)
        read_table(&t, divisions);
    else
        errs_at(errs, ERR_ERROR, path, 0, 0, "too large");
    free(t.rows);
    sheet_close(&t.sheet);
    *ret = (struct entity_changes){t.list, t.n};
    return errs->errors > before ? JH_EINVAL : 0;
}

int config_changes_load(const char *path, const struct config *divisions,
                        struct arena *arena, struct errs *errs,
                        struct entity_changes *ret)
{
    struct jh_err err = {0};
    struct entity_changes got;
    int rc = read_file(path, divisions, arena, errs, &got, &err);
    if (err.code)
        errs_add(errs, ERR_ERROR, &err);
    if (!rc)
        *ret = got;
    return rc;
}

void config_read_changes(struct config_reader *r, const struct yaml_node *at,
                         const char *path)
{
    struct jh_err err = {0};
    struct entity_changes got;
    int rc = read_file(path, r->config, r->arena, r->errs, &got, &err);
    if (err.code)
        yaml_error(at, r->errs, "division_changes: %s: %s", err.file, err.text);
    if (!rc)
        r->config->changes = got;
}

static void hash_codes(struct sha256 *h, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sha256_add_str(h, codes[i]);
    sha256_add_str(h, "");
}

void config_hash_changes(const struct entity_changes *changes, struct sha256 *h)
{
    for (size_t i = 0; i < changes->n; i++) {
        const struct entity_change *c = &changes->list[i];
        char day[DATE_TEXT];
        date_print(c->date, day);
        sha256_add_str(h, entity_kind_id(c->kind));
        sha256_add_str(h, day);
        hash_codes(h, c->from, c->n_from);
        hash_codes(h, c->to, c->n_to);
        sha256_add_str(h, c->document);
    }
}
