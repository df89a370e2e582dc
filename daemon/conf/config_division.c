/* SPDX-License-Identifier: Apache-2.0 */
/* The divisions file: counties, what they lie in, and what is particular about them. */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "conf/config_read.h"
#include "conf/option.h"
#include "conf/region.h"
#include "conf/sheet.h"

enum { LEVELS_MAX = 16 };

/* The last two are of the national lists of codes: city and province of a county. */
enum column {
    CODE,
    NAME,
    PARENT,
    COUNTY_STAGES,
    OWN_OWNERS,
    CITY,
    PROVINCE,
    COLUMN_COUNT
};
static const char *const COLUMNS[] = {"code",       "name",     "parent",      "stages",
                                      "own_owners", "cityCode", "provinceCode"};

struct table {
    struct sheet sheet;
    int place[COLUMN_COUNT]; /* of a column in a row, or -1 */
    struct division *list;
    struct row { /* of a division: the cells that may be wrong together with others */
        struct sheet_cell code, parent;
        const char *file;
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
    for (int c = CITY; c <= PROVINCE && !*of[PARENT].text; c++)
        of[PARENT] = of[c];
    t->rows[t->n] = (struct row){of[CODE], of[PARENT], t->sheet.file};
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
            errs_at(t->sheet.errs, ERR_ERROR, t->rows[i].file, code->line, code->col,
                    "code %s is there twice: first on line %u%s%s",
                    yaml_quote(code->text, quoted), t->rows[first].code.line,
                    t->rows[first].file == t->rows[i].file ? "" : " of ",
                    t->rows[first].file == t->rows[i].file ? "" : t->rows[first].file);
    }
}

static void row_error(const struct table *t, const struct row *row,
                      const struct sheet_cell *cell, const char *text)
{
    struct sheet sheet = t->sheet;
    sheet.file = row->file;
    sheet_error(&sheet, cell, text);
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
            row_error(t, row, &row->parent, "no division has the code of its parent,");
        else if (at == (int64_t)i && *parent)
            row_error(t, row, &row->code, "it lies in itself: its parents lead back to");
    }
}

/* The division that a county lies in by its digits: 3401 or 340100 of 340103. */
static int64_t up_by_digits(const struct map *codes, const char *code, size_t len)
{
    char padded[] = "000000";
    memcpy(padded, code, len);
    int64_t at = map_get(codes, code, len);
    return at != MAP_NONE || !strcmp(padded, code) ? at : map_get(codes, padded, 6);
}

/* What other rows lie in, by their parents or, without one, by the digits of GB/T 2260. */
static void mark_inner(struct table *t, const struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        const char *code = t->list[i].code, *parent = t->list[i].parent;
        bool by_digits = !*parent && strlen(code) == 6 && strspn(code, "0123456789") == 6;
        int64_t at = map_get(codes, parent, strlen(parent));
        if (*parent && at != MAP_NONE)
            t->list[at].inner = true;
        for (size_t len = 2; by_digits && len <= 4; len += 2)
            if ((at = up_by_digits(codes, code, len)) != MAP_NONE)
                t->list[at].inner = true;
    }
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct division *)a)->code, ((const struct division *)b)->code);
}

static void check_tree(struct table *t)
{
    struct map *codes = map_new(t->n);
    if (!codes)
        return;
    check_duplicates(t, codes);
    check_parents(t, codes);
    mark_inner(t, codes);
    map_free(codes);
    qsort(t->list, t->n, sizeof *t->list, by_code);
}

/* ---- files ----------------------------------------------------------------------------- */

static int table_init(struct table *t, struct arena *arena, struct jh_err *err)
{
    t->list = arena_array(arena, CONFIG_DIVISIONS_MAX, sizeof *t->list);
    t->rows = calloc(CONFIG_DIVISIONS_MAX, sizeof *t->rows);
    return t->list && t->rows ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}

/* err is set, and nothing told, when the file cannot be read at all. False: the tree is not whole. */
static bool read_file(struct table *t, const char *path, struct arena *arena,
                      struct errs *errs, struct jh_err *err)
{
    if (sheet_open(&t->sheet, path, arena, errs, err))
        return false;
    bool whole = read_header(t) && read_rows(t);
    sheet_close(&t->sheet);
    return whole;
}

int config_divisions_load(const char *const *paths, size_t n, struct arena *arena,
                          struct errs *errs, const struct division **ret, size_t *ret_n)
{
    struct table t = {0};
    struct jh_err err = {0};
    size_t before = errs->errors;
    bool whole = table_init(&t, arena, &err) == 0;
    for (size_t i = 0; whole && i < n; i++)
        whole = read_file(&t, paths[i], arena, errs, &err);
    if (err.code)
        errs_add(errs, ERR_ERROR, &err);
    if (whole)
        check_tree(&t);
    free(t.rows);
    if (errs->errors > before)
        return JH_EINVAL;
    *ret = t.list;
    *ret_n = t.n;
    return 0;
}

static bool read_named(struct config_reader *r, struct table *t,
                       const struct yaml_node *name)
{
    struct jh_err err = {0};
    if (!option_text(name, "divisions", r->errs))
        return false;
    bool whole = read_file(t, config_path(r, name->text), r->arena, r->errs, &err);
    if (err.code)
        yaml_error(name, r->errs, "divisions: %s: %s", err.file, err.text);
    return whole;
}

/* One file, or a list of files that are one table together. */
void config_read_divisions(struct config_reader *r)
{
    struct table t = {0};
    struct jh_err err = {0};
    const struct yaml_node *at = yaml_get(r->root, "divisions");
    bool list = at && at->kind == YAML_LIST;
    size_t before = r->errs->errors;
    if (!at)
        return;
    bool whole = table_init(&t, r->arena, &err) == 0;
    if (!whole)
        yaml_error(at, r->errs, "divisions: %s", err.text);
    for (size_t i = 0; whole && i < (list ? at->n : 1); i++)
        whole = read_named(r, &t, list ? at->items[i] : at);
    if (whole)
        check_tree(&t);
    free(t.rows);
    if (r->errs->errors > before)
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

bool config_is_county(const struct config *config, const char *code)
{
    const struct division *d = config_division(config, code);
    return d && region_is_county(d);
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
