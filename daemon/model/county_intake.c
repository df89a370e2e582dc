/* SPDX-License-Identifier: Apache-2.0 */
#include "model/county_intake.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "model/cell.h"
#include "model/county_intake_internal.h"
#include "model/county_pool.h"

enum {
    ROWS_MAX = 2000000,
    FILES_MAX = 1000,
    REJECTED_MAX = 10000,
    CODE_MAX = 64, /* bytes of a county's code, and of an item's name */
    EVIDENCE_MAX = 512,
    SHOWN_MAX = 64, /* bytes of a refused value that are kept */
};
#define ARENA_MAX ((size_t)1 << 30)

const char *county_column_id(enum county_column column)
{
    static const char *const IDS[COUNTY_COLUMNS] = {"round", "county_code", "item",
                                                    "value", "unit",        "evidence"};
    return IDS[column];
}

struct county_intake *county_intake_new(const struct county_words *words)
{
    struct county_intake *in = calloc(1, sizeof *in);
    if (!in)
        return NULL;
    in->words = words;
    in->arena = arena_new(ARENA_MAX);
    in->names = map_new(256);
    if (in->arena && in->names)
        return in;
    county_intake_free(in);
    return NULL;
}

void county_intake_free(struct county_intake *in)
{
    if (!in)
        return;
    map_free(in->names);
    free(in->texts);
    free(in->rows);
    free(in->rejected);
    free(in->files);
    arena_free(in->arena);
    free(in);
}

/* ---- memory, refusals -------------------------------------------------------------------- */

static int grow(void **array, size_t *cap, size_t need, size_t size, size_t max)
{
    if (need <= *cap)
        return 0;
    if (need > max)
        return JH_ELIMIT;
    size_t bigger = *cap ? 2 * *cap : 64;
    void *p = realloc(*array, bigger * size);
    if (!p)
        return JH_ENOMEM;
    *array = p;
    *cap = bigger;
    return 0;
}
#define GROW(array, cap, need, max)                                                      \
    grow((void **)&(array), &(cap), need, sizeof *(array), max)

static int spoiled(const struct county_intake *in, struct jh_err *err)
{
    if (err)
        *err = in->refused;
    return in->refused.code;
}

int county_intake_refuse(struct county_intake *in, struct jh_err *err, unsigned line,
                         unsigned col, const char *fmt, ...)
{
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    text[utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
    err_at(&in->refused, JH_EINVAL, in->n_files ? in->files[in->n_files - 1] : "", line,
           col, "%s", text);
    return spoiled(in, err);
}

static int fail(struct county_intake *in, struct jh_err *err, int code)
{
    err_set(&in->refused, code, code == JH_ELIMIT ? "more than %d rows" : "out of memory",
            ROWS_MAX);
    return spoiled(in, err);
}

/* A copy without control characters, which would break tables. */
static const char *copy(struct county_intake *in, struct jh_slice s, size_t max)
{
    size_t len = s.len > max ? utf8_cut(s.p, s.len, max) : s.len;
    char *text = arena_strn(in->arena, len ? s.p : "", len);
    for (size_t i = 0; text && i < len; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            text[i] = ' ';
    return text;
}

/* The one copy of a name. NULL: no memory. */
static const char *name_of(struct county_intake *in, struct jh_slice s)
{
    int64_t at = map_get(in->names, s.p, s.len);
    if (at != MAP_NONE)
        return in->texts[at];
    const char *text = copy(in, s, CODE_MAX);
    if (!text || GROW(in->texts, in->cap_texts, in->n_texts + 1, ROWS_MAX))
        return NULL;
    in->texts[in->n_texts] = text;
    if (map_add(in->names, text, s.len, (int64_t)in->n_texts, &at) != 0)
        return NULL;
    return in->texts[in->n_texts++];
}

/* ---- rows -------------------------------------------------------------------------------- */

/* A row under way. */
struct reading {
    struct county_intake *in;
    const struct jh_row *row;
    const char *county;
    struct county_value value;
};

static const struct jh_cell *cell_of(const struct reading *r, enum county_column c)
{
    int cell = r->in->from[c].cell;
    return cell >= 0 && (uint32_t)cell < r->row->n ? &r->row->cells[cell] : NULL;
}

/* Trimmed, translated; empty when it is missing. */
static struct jh_slice text_of(const struct reading *r, enum county_column c)
{
    const struct county_source *from = &r->in->from[c];
    const struct jh_cell *cell = cell_of(r, c);
    struct jh_slice s = cell ? cell_text(cell->p, cell->len) : from->constant;
    const struct mapping_column *map = cell ? from->map : NULL;
    for (size_t i = 0; map && map->map_from && map->map_from[i]; i++) {
        size_t len = strlen(map->map_from[i]);
        if (len == s.len && memcmp(map->map_from[i], s.p, len) == 0)
            return (struct jh_slice){map->map_to[i], strlen(map->map_to[i])};
    }
    return s;
}

static void reject(struct reading *r, enum county_column c, const char *reason, bool row)
{
    struct county_intake *in = r->in;
    const struct jh_cell *cell = cell_of(r, c);
    if (GROW(in->rejected, in->cap_rejected, in->n_rejected + 1, REJECTED_MAX))
        return;
    const char *value = copy(in, text_of(r, c), SHOWN_MAX);
    in->rejected[in->n_rejected++] =
        (struct rejected){.file = (uint16_t)(in->n_files - 1),
                          .line = r->row->line,
                          .col = cell ? jh_cell_col(r->row, cell) : 1,
                          .column = county_column_id(c),
                          .value = value ? value : "",
                          .reason = reason,
                          .row = row,
                          .county = r->county ? r->county : "",
                          .school = ""};
}

/* The round of all rows. 0, JH_EINVAL, or 1: this row is dropped. */
static int read_round(struct reading *r, struct jh_err *err)
{
    struct county_intake *in = r->in;
    struct round round = in->mapping ? in->mapping->round : (struct round){0};
    struct jh_slice s = text_of(r, COUNTY_ROUND), folded;
    char text[COUNTY_FOLDED], known[ROUND_TEXT], other[ROUND_TEXT];
    bool bad = s.len && (!county_intake_fold(s, text, &folded) ||
                         round_parse(folded.p, folded.len, &round) != 0);
    if (bad || (!round.year && in->from[COUNTY_ROUND].cell >= 0)) {
        reject(r, COUNTY_ROUND, bad ? "not a round such as 2025 or 2025-10" : "empty",
               true);
        return 1;
    }
    if (!in->round.year)
        in->round = round;
    if (round_cmp(round, in->round) == 0)
        return 0;
    round_print(in->round, known);
    round_print(round, other);
    const struct jh_cell *cell = cell_of(r, COUNTY_ROUND);
    return county_intake_refuse(
        in, err, r->row->line, cell ? jh_cell_col(r->row, cell) : 1,
        "round %s, and %s before it: one round at a time", other, known);
}

/* Who and what: 0, or 1 when the row is dropped. */
static int read_key(struct reading *r)
{
    struct jh_slice code = text_of(r, COUNTY_CODE), item = text_of(r, COUNTY_ITEM);
    if (!code.len || code.len > CODE_MAX) {
        reject(r, COUNTY_CODE, code.len ? "too long" : "empty", true);
        return 1;
    }
    r->county = name_of(r->in, code);
    if (!item.len || item.len > CODE_MAX) {
        reject(r, COUNTY_ITEM, item.len ? "too long" : "empty", true);
        return 1;
    }
    r->value.item = name_of(r->in, item);
    return r->county && r->value.item ? 0 : JH_ENOMEM;
}

/* The factor of the unit; false, and told, when nobody knows it. */
static bool read_unit(struct reading *r, double *ret_factor)
{
    char text[COUNTY_FOLDED];
    struct jh_slice s = text_of(r, COUNTY_UNIT), folded;
    *ret_factor = 1;
    if (!s.len)
        return true;
    const struct county_word *unit = NULL;
    if (county_intake_fold(s, text, &folded))
        unit = county_intake_word(r->in->words->units, r->in->words->n_units, folded);
    if (!unit) {
        reject(r, COUNTY_UNIT, "unknown unit", false);
        return false;
    }
    r->value.percent = !(unit->factor > 0);
    *ret_factor = unit->factor > 0 ? unit->factor : 1;
    return true;
}

static void read_number(struct reading *r, struct jh_slice s, double factor)
{
    const char *reason = "";
    bool may = r->value.percent || !text_of(r, COUNTY_UNIT).len;
    if (may && s.len > 1 && s.p[s.len - 1] == '%') {
        r->value.percent = true;
        s.len--;
    }
    if (cell_number(s.p, s.len, factor, &r->value.number, &reason) == CELL_NUMBER) {
        r->value.what = COUNTY_NUMBER;
        return;
    }
    reject(r, COUNTY_VALUE,
           strcmp(reason, "not a number") == 0 ? "neither a number nor met or unmet"
                                               : reason,
           false);
}

/* False where nothing is said: the cell is empty. */
static bool read_value(struct reading *r)
{
    char text[COUNTY_FOLDED];
    struct jh_slice s = text_of(r, COUNTY_VALUE), folded;
    double factor;
    if (!s.len)
        return false;
    r->value.what = COUNTY_BAD;
    r->value.number = NAN;
    r->value.line = r->row->line;
    if (!county_intake_fold(s, text, &folded)) {
        reject(r, COUNTY_VALUE, "neither a number nor met or unmet", false);
        return true;
    }
    const struct county_word *word =
        county_intake_word(r->in->words->values, r->in->words->n_values, folded);
    if (word)
        r->value.what = (enum county_what)word->means;
    else if (read_unit(r, &factor))
        read_number(r, folded, factor);
    return true;
}

static int keep(struct reading *r)
{
    struct county_intake *in = r->in;
    struct jh_slice evidence = text_of(r, COUNTY_EVIDENCE);
    int rc = GROW(in->rows, in->cap, in->n + 1, ROWS_MAX);
    r->value.evidence = evidence.len ? copy(in, evidence, EVIDENCE_MAX) : "";
    if (rc || !r->value.evidence)
        return rc ? rc : JH_ENOMEM;
    in->rows[in->n++] =
        (struct county_row){r->county, r->value, (uint16_t)(in->n_files - 1)};
    return 0;
}

/* ---- files ------------------------------------------------------------------------------- */

int county_intake_file(struct county_intake *in, const char *name,
                       const struct mapping *mapping, struct jh_err *err)
{
    if (in->refused.code)
        return spoiled(in, err);
    int rc = GROW(in->files, in->cap_files, in->n_files + 1, FILES_MAX);
    const char *kept = rc ? NULL : arena_str(in->arena, name);
    if (!kept)
        return fail(in, err, rc ? rc : JH_ENOMEM);
    in->files[in->n_files++] = kept;
    in->mapping = mapping;
    in->titles = in->header_line = 0;
    for (int i = 0; i < COUNTY_COLUMNS; i++)
        in->from[i] = (struct county_source){.cell = -1};
    return 0;
}

int county_intake_row(struct county_intake *in, const struct jh_row *row,
                      struct jh_err *err)
{
    struct reading r = {.in = in, .row = row};
    if (in->refused.code)
        return spoiled(in, err);
    if (!in->header_line)
        return county_intake_header(in, row, err);
    int rc = read_round(&r, err);
    if (!rc)
        rc = read_key(&r);
    if (!rc && read_value(&r))
        rc = keep(&r);
    if (rc > 0)
        return 0; /* dropped, and listed */
    return rc && !in->refused.code ? fail(in, err, rc) : rc;
}

int county_intake_file_end(struct county_intake *in, struct jh_err *err)
{
    if (in->refused.code)
        return spoiled(in, err);
    if (!in->header_line)
        return county_intake_refuse(in, err, 0, 0, "the file is empty: no header row");
    return 0;
}

/* ---- the end ----------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    const struct county_row *x = a, *y = b;
    int d = strcmp(x->county, y->county);
    if (!d)
        d = strcmp(x->value.item, y->value.item);
    if (!d)
        d = (x->file > y->file) - (x->file < y->file);
    return d ? d : (x->value.line > y->value.line) - (x->value.line < y->value.line);
}

static int check_twice(struct county_intake *in, struct jh_err *err)
{
    for (size_t i = 1; i < in->n; i++) {
        const struct county_row *a = &in->rows[i - 1], *b = &in->rows[i];
        if (a->county != b->county || a->value.item != b->value.item)
            continue;
        err_at(&in->refused, JH_EINVAL, in->files[b->file], b->value.line, 1,
               "%s of %s is there twice: also at %s:%u", b->value.item, b->county,
               in->files[a->file], a->value.line);
        return spoiled(in, err);
    }
    return 0;
}

/* One county: rows [begin, end). */
static const struct county_data *make_county(struct county_intake *in,
                                             struct county_pool *pool, size_t begin,
                                             size_t end)
{
    struct county_value *values = arena_array(in->arena, end - begin, sizeof *values);
    struct county_data *data = values ? county_pool_add(pool) : NULL;
    for (size_t i = begin; data && i < end; i++)
        values[i - begin] = in->rows[i].value;
    if (data)
        *data = (struct county_data){in->round, in->rows[begin].county, end - begin,
                                     values, in->files[in->rows[begin].file]};
    return data;
}

static int make_all(struct county_intake *in, struct county_intake_result *ret)
{
    ret->list = arena_array(in->arena, in->n, sizeof *ret->list);
    struct rejected *rejected = arena_array(in->arena, in->n_rejected, sizeof *rejected);
    const char **files = arena_array(in->arena, in->n_files, sizeof *files);
    if (!ret->list || !rejected || !files)
        return JH_ENOMEM;
    for (size_t begin = 0, end; begin < in->n; begin = end) {
        end = begin + 1;
        while (end < in->n && in->rows[end].county == in->rows[begin].county)
            end++;
        ret->list[ret->n] = make_county(in, ret->pool, begin, end);
        if (!ret->list[ret->n])
            return JH_ENOMEM;
        ret->n++;
    }
    if (in->n_rejected)
        memcpy(rejected, in->rejected, in->n_rejected * sizeof *rejected);
    if (in->n_files)
        memcpy(files, in->files, in->n_files * sizeof *files);
    ret->round = in->round;
    ret->rejected = rejected;
    ret->n_rejected = in->n_rejected;
    ret->files = files;
    ret->n_files = in->n_files;
    return 0;
}

int county_intake_finish(struct county_intake *in, struct county_intake_result *ret,
                         struct jh_err *err)
{
    struct county_intake_result result = {0};
    if (in->refused.code)
        return spoiled(in, err);
    if (in->n)
        qsort(in->rows, in->n, sizeof *in->rows, by_key);
    int rc = check_twice(in, err);
    if (rc)
        return rc;
    result.pool = county_pool_new(in->arena);
    if (!result.pool)
        return fail(in, err, JH_ENOMEM);
    rc = make_all(in, &result);
    in->arena = NULL; /* it is the pool's */
    err_set(&in->refused, JH_EINVAL, "the intake has ended");
    if (rc) {
        county_intake_result_done(&result);
        return err_set(err, rc, "out of memory");
    }
    *ret = result;
    return 0;
}

void county_intake_result_done(struct county_intake_result *result)
{
    for (size_t i = 0; i < result->n; i++)
        county_data_unref(result->list[i]);
    county_pool_unref(result->pool);
    *result = (struct county_intake_result){0};
}

const struct county_data *county_intake_find(const struct county_intake_result *result,
                                             const char *county)
{
    size_t low = 0, high = result->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int d = strcmp(county, result->list[mid]->county_code);
        if (d == 0)
            return result->list[mid];
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
