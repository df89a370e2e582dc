/* SPDX-License-Identifier: Apache-2.0 */
/* The divisions file: counties, what they lie in, and what is particular about them. */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "base/utf8.h"
#include "conf/config_read.h"
#include "conf/option.h"

enum { COLUMNS_MAX = 16, CELL_MAX = 256, LEVELS_MAX = 16 };

enum column { CODE, NAME, PARENT, COUNTY_STAGES, OWN_OWNERS, COLUMN_COUNT };
static const char *const COLUMNS[] = {"code", "name", "parent", "stages", "own_owners"};

struct table {
    struct arena *arena;
    struct errs *errs;
    const char *file;
    const char *p, *end; /* what is left to read */
    unsigned line;
    int place[COLUMN_COUNT]; /* of a column in a row, or -1 */
    struct division *list;
    unsigned *lines;
    size_t n;
};

static void say(struct table *t, unsigned line, const char *text, const char *value)
{
    char quoted[YAML_SHOW];
    errs_at(t->errs, ERR_ERROR, t->file, line, 0, "%s%s%s", text, value ? " " : "",
            value ? yaml_quote(value, quoted) : "");
}

/* ---- rows ------------------------------------------------------------------------------ */

/* One cell into out; false when a quote is not closed or the cell is too long. */
static bool read_cell(struct table *t, char out[CELL_MAX])
{
    size_t n = 0;
    bool quoted = t->p < t->end && *t->p == '"';
    for (t->p += quoted; t->p < t->end && n < CELL_MAX - 1; t->p++) {
        if (quoted && *t->p == '"' && t->p + 1 < t->end && t->p[1] == '"')
            t->p++;
        else if (quoted ? *t->p == '"' : *t->p == ',' || *t->p == '\n' || *t->p == '\r')
            break;
        out[n++] = *t->p;
    }
    out[n] = '\0';
    if (quoted) {
        if (t->p == t->end || *t->p != '"')
            return false;
        t->p++;
    }
    return t->p == t->end || *t->p == ',' || *t->p == '\n' || *t->p == '\r';
}

/* Cells of the next row; 0 at the end, -1 after an error, which is told. */
static int read_row(struct table *t, char cells[COLUMNS_MAX][CELL_MAX])
{
    if (t->p == t->end)
        return 0;
    t->line++;
    for (int n = 0; n < COLUMNS_MAX; n++) {
        if (!read_cell(t, cells[n])) {
            say(t, t->line,
                "a cell that is longer than 255 bytes, or a quote that is not "
                "closed, or text behind a quote",
                NULL);
            return -1;
        }
        if (t->p < t->end && *t->p == ',') {
            t->p++;
            continue;
        }
        t->p += t->p < t->end && *t->p == '\r';
        t->p += t->p < t->end && *t->p == '\n';
        return n + 1;
    }
    say(t, t->line, "too many columns", NULL);
    return -1;
}

static bool read_header(struct table *t)
{
    char cells[COLUMNS_MAX][CELL_MAX], quoted[YAML_SHOW], mean[OPTION_MEAN];
    int n = read_row(t, cells);
    for (int c = 0; c < COLUMN_COUNT; c++)
        t->place[c] = -1;
    for (int i = 0; i < n; i++) {
        int c = 0;
        while (c < COLUMN_COUNT && strcmp(cells[i], COLUMNS[c]) != 0)
            c++;
        if (c == COLUMN_COUNT) {
            errs_at(t->errs, ERR_ERROR, t->file, 1, 0, "unknown column %s%s",
                    yaml_quote(cells[i], quoted),
                    option_mean(cells[i], COLUMNS, COLUMN_COUNT, mean));
            n = -1;
        } else if (t->place[c] >= 0) {
            say(t, 1, "a column is there twice:", cells[i]);
            n = -1;
        } else {
            t->place[c] = i;
        }
    }
    if (n >= 0 && (t->place[CODE] < 0 || t->place[NAME] < 0)) {
        say(t, 1, "the first row must name the columns code and name", NULL);
        n = -1;
    }
    return n > 0;
}

/* ---- cells ----------------------------------------------------------------------------- */

/* "primary;junior" or "5 7" as bits; 0 for an empty cell. */
static uint32_t read_bits(struct table *t, const char *cell, const char *what,
                          int (*bit_of)(const char *word, size_t len))
{
    uint32_t bits = 0;
    for (const char *p = cell; *p;) {
        size_t len = strcspn(p, "; ,|");
        int bit = len ? bit_of(p, len) : 0;
        if (bit < 0) {
            say(t, t->line, what, cell);
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

static const char *cell_of(const struct table *t, char cells[COLUMNS_MAX][CELL_MAX],
                           int n, enum column c)
{
    return t->place[c] >= 0 && t->place[c] < n ? cells[t->place[c]] : "";
}

static void add_row(struct table *t, char cells[COLUMNS_MAX][CELL_MAX], int n)
{
    struct arena *arena = t->arena;
    const char *code = cell_of(t, cells, n, CODE);
    if (n == 1 && !*cells[0])
        return; /* an empty line */
    if (!*code) {
        say(t, t->line, "no code", NULL);
        return;
    }
    if (t->n == CONFIG_DIVISIONS_MAX) {
        say(t, t->line, "too many rows", NULL);
        t->p = t->end;
        return;
    }
    t->lines[t->n] = t->line;
    t->list[t->n++] = (struct division){
        .code = arena_str(arena, code),
        .name = arena_str(arena, cell_of(t, cells, n, NAME)),
        .parent = arena_str(arena, cell_of(t, cells, n, PARENT)),
        .stage_bits = read_bits(t, cell_of(t, cells, n, COUNTY_STAGES),
                                "expected stages (primary, junior), got", stage_of),
        .owner_bits = read_bits(t, cell_of(t, cells, n, OWN_OWNERS),
                                "expected owners (1 to 10), got", owner_of)};
}

/* ---- the tree -------------------------------------------------------------------------- */

static void check_duplicates(struct table *t, struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        int64_t first = (int64_t)i;
        const char *code = t->list[i].code;
        char quoted[YAML_SHOW];
        if (map_add(codes, code, strlen(code), (int64_t)i, &first) == 0 &&
            first != (int64_t)i)
            errs_at(t->errs, ERR_ERROR, t->file, t->lines[i], 0,
                    "code %s is there twice: first on line %u", yaml_quote(code, quoted),
                    t->lines[first]);
    }
}

/* Walks up from each division: its parents must be there and must not lead back to it. */
static void check_parents(struct table *t, const struct map *codes)
{
    for (size_t i = 0; i < t->n; i++) {
        const char *parent = t->list[i].parent;
        int64_t at = (int64_t)i;
        for (int level = 0; *parent && level < LEVELS_MAX; level++) {
            at = map_get(codes, parent, strlen(parent));
            if (at == MAP_NONE || at == (int64_t)i)
                break;
            parent = t->list[at].parent;
        }
        if (at == MAP_NONE && parent == t->list[i].parent)
            say(t, t->lines[i], "no division has the code of its parent,", parent);
        else if (at == (int64_t)i && *parent)
            say(t, t->lines[i], "it lies in itself: its parents lead back to",
                t->list[i].code);
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
    char cells[COLUMNS_MAX][CELL_MAX];
    int n;
    if (!read_header(t))
        return;
    while ((n = read_row(t, cells)) > 0)
        add_row(t, cells, n);
    struct map *codes = n == 0 ? map_new(t->n) : NULL;
    if (!codes)
        return;
    check_duplicates(t, codes);
    check_parents(t, codes);
    mark_inner(t, codes);
    map_free(codes);
    qsort(t->list, t->n, sizeof *t->list, by_code);
}

static int read_bytes(struct table *t, const char *bytes, size_t n)
{
    size_t before = t->errs->errors;
    size_t bom = n >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3) ? 3 : 0;
    t->p = bytes + bom;
    t->end = bytes + n;
    t->list = arena_array(t->arena, CONFIG_DIVISIONS_MAX, sizeof *t->list);
    t->lines = arena_array(t->arena, CONFIG_DIVISIONS_MAX, sizeof *t->lines);
    if (!t->list || !t->lines)
        return JH_ENOMEM;
    if (utf8_check(bytes, n) < n)
        say(t, 0, "not UTF-8: save the file as UTF-8", NULL);
    else
        read_table(t);
    return t->errs->errors > before ? JH_EINVAL : 0;
}

int config_divisions_load(const char *path, struct arena *arena, struct errs *errs,
                          const struct division **ret, size_t *ret_n)
{
    struct jh_err err;
    char *bytes;
    size_t n;
    int rc = file_read(path, YAML_MAX_BYTES, &bytes, &n, &err);
    if (rc) {
        errs_add(errs, ERR_ERROR, &err);
        return rc;
    }
    struct table t = {.arena = arena, .errs = errs, .file = path};
    rc = read_bytes(&t, bytes, n);
    free(bytes);
    if (rc)
        return rc;
    *ret = t.list;
    *ret_n = t.n;
    return 0;
}

void config_read_divisions(struct config_reader *r, const struct yaml_node *at,
                           const char *path)
{
    struct jh_err err;
    char *bytes;
    size_t n;
    if (file_read(path, YAML_MAX_BYTES, &bytes, &n, &err) != 0) {
        yaml_error(at, r->errs, "divisions: %s: %s", err.file, err.text);
        return;
    }
    struct table t = {.arena = r->arena, .errs = r->errs, .file = path};
    if (read_bytes(&t, bytes, n) == 0) {
        r->config->divisions = t.list;
        r->config->n_divisions = t.n;
    }
    free(bytes);
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
