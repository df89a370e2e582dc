/* SPDX-License-Identifier: Apache-2.0 */
/* `closed:`, the table of schools that an office has recorded as closed. */
#include <stdlib.h>
#include <string.h>

#include "conf/config_read.h"
#include "conf/sheet.h"

enum { CLOSED_MAX = 200000 };

enum column { SCHOOL, ROUND, COUNTY, REASON, SUCCESSOR, COLUMN_COUNT };
static const char *const COLUMNS[] = {"school_code", "round", "county_code", "reason",
                                      "successor"};

struct row {
    struct closed_school school;
    struct sheet_cell at;
};

struct table {
    struct sheet sheet;
    const struct alias_table *aliases;
    int place[COLUMN_COUNT]; /* of a column in a row, or -1 */
    struct row *rows;
    size_t n;
};

/* By its id, or by a name that school data have for it. */
static int column_of(const struct table *t, const char *text)
{
    struct alias_hit hit;
    for (int c = 0; c < COLUMN_COUNT; c++)
        if (strcmp(text, COLUMNS[c]) == 0)
            return c;
    if (!t->aliases || !alias_header(t->aliases, text, strlen(text), &hit) ||
        !hit.is_text)
        return -1;
    return hit.text == TEXT_SCHOOL_CODE   ? SCHOOL
           : hit.text == TEXT_ROUND       ? ROUND
           : hit.text == TEXT_COUNTY_CODE ? COUNTY
                                          : -1;
}

static bool read_column(struct table *t, const struct sheet_cell *cell, int i)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    int c = column_of(t, cell->text);
    if (c < 0) {
        errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, cell->line, cell->col,
                "unknown column %s%s", yaml_quote(cell->text, quoted),
                option_mean(cell->text, COLUMNS, COLUMN_COUNT, mean));
        return false;
    }
    if (t->place[c] >= 0) {
        sheet_error(&t->sheet, cell, "a column is there twice:");
        return false;
    }
    t->place[c] = i;
    return true;
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
    if (good && (t->place[SCHOOL] < 0 || t->place[ROUND] < 0)) {
        errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, 1, 0,
                "the first row must name the columns school_code and round (the first "
                "round without the school)");
        good = false;
    }
    return good;
}

static void add_row(struct table *t, const struct sheet_cell *cells, int n)
{
    struct sheet_cell of[COLUMN_COUNT];
    struct round round;
    for (int c = 0; c < COLUMN_COUNT; c++)
        of[c] = t->place[c] >= 0 && t->place[c] < n
                    ? cells[t->place[c]]
                    : (struct sheet_cell){"", cells[0].line, 0};
    if (!*of[SCHOOL].text) {
        sheet_error(&t->sheet, &of[SCHOOL], "no school_code");
        return;
    }
    if (round_parse(of[ROUND].text, strlen(of[ROUND].text), &round)) {
        sheet_error(&t->sheet, &of[ROUND],
                    "expected the first round without the school, such as 2025, got");
        return;
    }
    t->rows[t->n++] = (struct row){{.school = of[SCHOOL].text,
                                    .county = of[COUNTY].text,
                                    .round = round,
                                    .reason = of[REASON].text,
                                    .successor = of[SUCCESSOR].text},
                                   of[SCHOOL]};
}

/* False when reading ended before the table did, which is told. */
static bool read_rows(struct table *t)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n;
    while ((n = sheet_row(&t->sheet, cells)) > 0) {
        if (t->n == CLOSED_MAX) {
            errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, cells[0].line, 0,
                    "more than %d rows", CLOSED_MAX);
            return false;
        }
        add_row(t, cells, n);
    }
    return n == 0;
}

static void check_twice(struct table *t)
{
    for (size_t i = 1; i < t->n; i++) {
        const struct row *a = &t->rows[i - 1], *b = &t->rows[i];
        char quoted[YAML_SHOW];
        bool later = b->at.line > a->at.line;
        if (closed_order(&a->school, &b->school) == 0)
            errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file,
                    later ? b->at.line : a->at.line, later ? b->at.col : a->at.col,
                    "school %s is there twice: first on line %u",
                    yaml_quote(a->school.school, quoted),
                    later ? a->at.line : b->at.line);
    }
}

static int by_school(const void *a, const void *b)
{
    return closed_order(&((const struct row *)a)->school,
                        &((const struct row *)b)->school);
}

static const struct closed_school *take(const struct table *t, struct arena *arena)
{
    struct closed_school *list = arena_array(arena, t->n + 1, sizeof *list);
    for (size_t i = 0; list && i < t->n; i++)
        list[i] = t->rows[i].school;
    return list;
}

/* err is set, and nothing told, when the file cannot be read at all. */
static int read_file(const char *path, const struct alias_table *aliases,
                     struct arena *arena, struct errs *errs, struct closed_list *ret,
                     struct jh_err *err)
{
    size_t before = errs->errors;
    struct table t = {.aliases = aliases};
    int rc = sheet_open(&t.sheet, path, arena, errs, err);
    if (rc)
        return rc;
    t.rows = calloc(CLOSED_MAX, sizeof *t.rows);
    if (t.rows && read_header(&t) && read_rows(&t) && t.n) {
        qsort(t.rows, t.n, sizeof *t.rows, by_school);
        check_twice(&t);
    }
    ret->list = t.rows ? take(&t, arena) : NULL;
    ret->n = ret->list ? t.n : 0;
    if (!ret->list)
        errs_at(errs, ERR_ERROR, path, 0, 0, "too large");
    free(t.rows);
    sheet_close(&t.sheet);
    return errs->errors > before ? JH_EINVAL : 0;
}

int config_closed_load(const char *path, const struct alias_table *aliases,
                       struct arena *arena, struct errs *errs, struct closed_list *ret)
{
    struct jh_err err = {0};
    int rc = read_file(path, aliases, arena, errs, ret, &err);
    if (err.code)
        errs_add(errs, ERR_ERROR, &err);
    return rc;
}

/* A slip in a county's code would record nothing. */
static void check_counties(struct config_reader *r, const char *path)
{
    const struct closed_list *closed = &r->config->closed;
    for (size_t i = 0; r->config->n_divisions && i < closed->n; i++) {
        const struct closed_school *c = &closed->list[i];
        if (*c->county && !config_division(r->config, c->county))
            errs_at(r->errs, ERR_WARNING, path, 0, 0,
                    "school %s: county %s is not in the divisions file", c->school,
                    c->county);
    }
}

void config_read_closed(struct config_reader *r, const struct yaml_node *at,
                        const char *path)
{
    struct jh_err err = {0};
    int rc =
        read_file(path, r->config->aliases, r->arena, r->errs, &r->config->closed, &err);
    if (err.code)
        yaml_error(at, r->errs, "closed: %s: %s", err.file, err.text);
    if (!rc)
        check_counties(r, path);
}
