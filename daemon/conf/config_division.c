/* SPDX-License-Identifier: Apache-2.0 */
/* The divisions file: counties, what they lie in, and what is particular about them. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "conf/config_read.h"
#include "conf/option.h"
#include "conf/sheet.h"

enum { LEVELS_MAX = 16 };

enum column { CODE, NAME, PARENT, COUNTY_STAGES, OWN_OWNERS, COLUMN_COUNT };
static const char *const COLUMNS[] = {"code", "name", "parent", "stages", "own_owners"};

struct table {
    struct sheet sheet;
    int place[COLUMN_COUNT]; /* of a column in a row, or -1 */
    struct division *list;
    struct row { /* of a division: the cells that may be wrong together with others */
        struct sheet_cell code, parent;
    } * rows;
    size_t n;
};

/* ---- rows ------------------------------------------------------------------------------ */

static bool read_column(struct table *t, const struct sheet_cell *cell, int i)
{
    char quoted[YAML_SHOW], mean[OPTION_MEAN];
    int c = 0;
    while (c < COLUMN_COUNT && strcmp(cell->text, COLUMNS[c]) != 0)
        c++;
    if (c == COLUMN_COUNT) {
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
    if (good && (t->place[CODE] < 0 || t->place[NAME] < 0)) {
        errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, 1, 0,
                "the first row must name the columns code and name");
        good = false;
    }
    return good;
}

/* "primary;junior" or "5 7" as bits; 0 for an empty cell. */
static uint32_t read_bits(struct table *t, const struct sheet_cell *cell,
                          const char *what, int (*bit_of)(const char *word, size_t len))
{
    uint32_t bits = 0;
    for (const char *p = cell->text; *p;) {
        size_t len = strcspn(p, "; ,|");
        int bit = len ? bit_of(p, len) : 0;
        if (bit < 0) {
            sheet_error(&t->sheet, cell, what);
            return 0;
        }
        if (len)
            bits |= UINT32_C(1) << bit;
        p += len;
        p += strspn(p, "; ,|");
    }
    return bits;
}

static int owner_of(const char *word, size_t len)
{
    int64_t n;
    return num_parse_int(word, len, 1, OWNER_COUNT, &n) == 0 ? (int)n : -1;
}

static void add_row(struct table *t, const struct sheet_cell *cells, int n)
{
    struct sheet_cell of[COLUMN_COUNT];
    for (int c = 0; c < COLUMN_COUNT; c++)
        of[c] = t->place[c] >= 0 && t->place[c] < n
                    ? cells[t->place[c]]
                    : (struct sheet_cell){"", cells[0].line, 0};
    if (!*of[CODE].text) {
        sheet_error(&t->sheet, &of[CODE], "no code");
        return;
    }
    t->rows[t->n] = (struct row){of[CODE], of[PARENT]};
    t->list[t->n++] = (struct division){
        .code = of[CODE].text,
        .name = of[NAME].text,
        .parent = of[PARENT].text,
        .stage_bits = read_bits(t, &of[COUNTY_STAGES],
                                "expected stages (primary, junior), got", stage_of),
        .owner_bits =
            read_bits(t, &of[OWN_OWNERS], "expected owners (1 to 10), got", owner_of)};
}

/* False when reading ended before the table did, which is told. */
static bool read_rows(struct table *t)
{
    struct sheet_cell cells[SHEET_COLUMNS_MAX];
    int n;
    while ((n = sheet_row(&t->sheet, cells)) > 0) {
        if (t->n == CONFIG_DIVISIONS_MAX) {
            errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, cells[0].line, 0,
                    "more than %d rows", CONFIG_DIVISIONS_MAX);
            return false;
        }
        add_row(t, cells, n);
    }
    return n == 0;
}

/* ---- the tree -------------------------------------------------------------------------- */

static void check_duplicates(struct table *t, struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        int64_t first = (int64_t)i;
        const struct sheet_cell *code = &t->rows[i].code;
        char quoted[YAML_SHOW];
        if (map_add(codes, code->text, strlen(code->text), (int64_t)i, &first) == 0 &&
            first != (int64_t)i)
            errs_at(t->sheet.errs, ERR_ERROR, t->sheet.file, code->line, code->col,
                    "code %s is there twice: first on line %u",
                    yaml_quote(code->text, quoted), t->rows[first].code.line);
    }
}

/* Walks up from each division: its parents must be there and must not lead back to it. */
static void check_parents(struct table *t, const struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct row *row = &t->rows[i];
        const char *parent = row->parent.text;
        int64_t at = (int64_t)i;
        for (int level = 0; *parent && level < LEVELS_MAX; level++) {
            at = map_get(codes, parent, strlen(parent));
            if (at == MAP_NONE || at == (int64_t)i)
                break;
            parent = t->list[at].parent;
        }
        if (at == MAP_NONE && parent == row->parent.text)
            sheet_error(&t->sheet, &row->parent,
                        "no division has the code of its parent,");
        else if (at == (int64_t)i && *parent)
            sheet_error(&t->sheet, &row->code,
                        "it lies in itself: its parents lead back to");
    }
}

static void mark_inner(struct table *t, const struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        const char *parent = t->list[i].parent;
        int64_t at = map_get(codes, parent, strlen(parent));
        if (at != MAP_NONE)
            t->list[at].inner = true;
    }
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct division *)a)->code, ((const struct division *)b)->code);
}

static void read_table(struct table *t)
{
    if (!read_header(t) || !read_rows(t))
        return;
    struct map *codes = map_new(t->n);
    if (!codes)
        return;
    check_duplicates(t, codes);
    check_parents(t, codes);
    mark_inner(t, codes);
    map_free(codes);
    qsort(t->list, t->n, sizeof *t->list, by_code);
}

/* err is set, and nothing told, when the file cannot be read at all. */
static int read_file(const char *path, struct arena *arena, struct errs *errs,
                     struct table *t, struct jh_err *err)
{
    size_t before = errs->errors;
    int rc = sheet_open(&t->sheet, path, arena, errs, err);
    if (rc)
        return rc;
    t->list = arena_array(arena, CONFIG_DIVISIONS_MAX, sizeof *t->list);
    t->rows = calloc(CONFIG_DIVISIONS_MAX, sizeof *t->rows);
    if (t->list && t->rows)
        read_table(t);
    else
        errs_at(errs, ERR_ERROR, path, 0, 0, "too large");
    free(t->rows);
    sheet_close(&t->sheet);
    return errs->errors > before ? JH_EINVAL : 0;
}

int config_divisions_load(const char *path, struct arena *arena, struct errs *errs,
                          const struct division **ret, size_t *ret_n)
{
    struct table t = {0};
    struct jh_err err = {0};
    int rc = read_file(path, arena, errs, &t, &err);
    if (err.code)
        errs_add(errs, ERR_ERROR, &err);
    if (rc)
        return rc;
    *ret = t.list;
    *ret_n = t.n;
    return 0;
}

void config_read_divisions(struct config_reader *r, const struct yaml_node *at,
                           const char *path)
{
    struct table t = {0};
    struct jh_err err = {0};
    int rc = read_file(path, r->arena, r->errs, &t, &err);
    if (err.code)
        yaml_error(at, r->errs, "divisions: %s: %s", err.file, err.text);
    if (rc)
        return;
    r->config->divisions = t.list;
    r->config->n_divisions = t.n;
}

/* ---- asking ---------------------------------------------------------------------------- */

const struct division *config_division(const struct config *config, const char *code)
{
    const struct division key = {.code = code};
    if (!config->n_divisions)
        return NULL;
    return bsearch(&key, config->divisions, config->n_divisions, sizeof key, by_code);
}

/* Of a file without parents the digits of GB/T 2260 tell: 34 and 3401 of 340103. */
static bool lies_in(const struct division *d, const char *code)
{
    size_t n = strlen(code);
    bool by_digits = !*d->parent && strlen(d->code) == 6 && (n == 2 || n == 4);
    return !strcmp(d->parent, code) || (by_digits && !strncmp(d->code, code, n));
}

bool config_is_county(const struct config *config, const char *code)
{
    if (!config_division(config, code))
        return false;
    for (size_t i = 0; i < config->n_divisions; i++)
        if (lies_in(&config->divisions[i], code))
            return false;
    return true;
}

/* Province and city by the digits of GB/T 2260. */
static size_t above_by_digits(const char *county, struct arena *arena, const char **list)
{
    if (strlen(county) != 6 || strspn(county, "0123456789") != 6)
        return 0;
    list[0] = arena_strn(arena, county, 2);
    list[1] = arena_strn(arena, county, 4);
    return 2;
}

int config_divisions_above(const struct config *config, const char *county,
                           struct arena *arena, const char *const **ret, size_t *ret_n)
{
    const char **list = arena_array(arena, LEVELS_MAX, sizeof *list);
    const struct division *d = config_division(config, county);
    size_t n = 0;
    if (!list)
        return JH_ENOMEM;
    for (const struct division *up = d; up && *up->parent && n < LEVELS_MAX; n++) {
        list[n] = up->parent;
        up = config_division(config, up->parent);
    }
    for (size_t i = 0; i < n / 2; i++) { /* province first */
        const char *low = list[i];
        list[i] = list[n - 1 - i];
        list[n - 1 - i] = low;
    }
    if (!d)
        n = above_by_digits(county, arena, list);
    *ret = list;
    *ret_n = n;
    return 0;
}
