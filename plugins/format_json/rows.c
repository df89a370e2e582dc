/* SPDX-License-Identifier: Apache-2.0 */
#include "rows.h"

#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "escapes.h"
#include "place.h"
#include "refuse.h"
#include "table.h"
#include "utf8.h"

enum where { OUTSIDE, IN_LIST, IN_ROW };
enum { IN_PLACE = UINT32_MAX, SCRATCH_MAX = 64 << 20 };

/* One reading of the text. */
struct walk {
    const struct rows_conf *conf;
    const char *name;
    struct jh_slice text;
    struct jh_err *err;
    int rc; /* why yajl was told to stop */
    yajl_handle yajl;
    const char *start, *end; /* the token under way */
    struct place place;      /* of its start */
    struct place key_place;  /* of the name of the value to come */

    enum where where;
    unsigned depth, skip; /* containers open; of these, ones nobody wants to know */
    unsigned step;        /* objects open on the way to the list */
    bool wanted;          /* the value to come is the next step */
    bool seen[ROWS_STEPS_MAX + 1]; /* names of steps, for a second one */
    bool found;

    char key[ROWS_NAME_MAX]; /* of the value to come, objects within joined by points */
    size_t key_len, prefix[ROWS_DEPTH_MAX + 1]; /* what of it belongs to open objects */
    unsigned nest;                              /* objects open within the row */

    struct table *table;
    bool naming; /* the first reading */
    uint32_t row;
    uint32_t *last;        /* row in which a column was last seen */
    struct jh_cell *cells; /* of the row; from[] where `scratch` holds them */
    uint32_t *from;
    uint32_t line, col; /* where the row begins */
    char *scratch;
    size_t scratch_len, scratch_cap;
    const struct jh_host *host;
    struct jh_ctx *ctx;
};

/* ---- refusing -------------------------------------------------------------------------- */

__attribute__((format(printf, 3, 4))) static int stop(struct walk *w, int code,
                                                      const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse_va(w->err, code, w->name, w->place.line, w->place.col, fmt, ap);
    va_end(ap);
    w->rc = code;
    return 0; /* what yajl calls stop */
}

static int no_memory(struct walk *w)
{
    return stop(w, JH_ENOMEM, "out of memory");
}

/* ---- places ---------------------------------------------------------------------------- */

/* The token that yajl tells of ends where it has read to, and begins behind the last one. */
static void token(struct walk *w)
{
    const char *p = w->end;
    w->end = w->text.p + yajl_get_bytes_consumed(w->yajl);
    while (p < w->end && memchr(" \t\r\n,:", *p, 6))
        p++;
    w->start = p;
    place_move(&w->place, p);
}

/* ---- cells ----------------------------------------------------------------------------- */

static struct jh_slice key_of(const struct walk *w)
{
    return (struct jh_slice){w->key, w->key_len};
}

static bool ignored(const struct walk *w)
{
    for (size_t i = 0; i < w->conf->ignore.n; i++)
        if (strlen(w->conf->ignore.items[i]) == w->key_len &&
            memcmp(w->conf->ignore.items[i], w->key, w->key_len) == 0)
            return true;
    return false;
}

static int shown(struct jh_slice s)
{
    return (int)(s.len < 64 ? s.len : 64);
}

/* The column of the key, and that it stands in the row once. */
static int column(struct walk *w, uint32_t *ret)
{
    const struct place *at = &w->key_place;
    uint32_t i = 0;
    int rc = 0;
    if (!table_find(w->table, key_of(w), &i))
        rc = table_add(w->table, key_of(w), at->line, at->col, &i);
    if (!rc && w->last[i] != w->row) {
        w->last[i] = w->row;
        *ret = i;
        return 1;
    }
    w->place = *at;
    if (!rc)
        return stop(w, JH_EINVAL, "\"%.*s\" stands twice in this row", shown(key_of(w)),
                    w->key);
    if (rc == JH_ELIMIT)
        return stop(w, rc, "more than %d different names in the rows", TABLE_COLUMNS_MAX);
    return no_memory(w);
}

/* A string with escapes is undone in yajl's own memory, for the call only. */
static int keep(struct walk *w, uint32_t i, const char *p, size_t len)
{
    if (w->scratch_len + len > SCRATCH_MAX)
        return stop(w, JH_ELIMIT, "row longer than %d bytes", SCRATCH_MAX);
    if (w->scratch_cap - w->scratch_len < len) {
        size_t cap = (w->scratch_len + len) * 2;
        char *scratch = realloc(w->scratch, cap);
        if (!scratch)
            return no_memory(w);
        w->scratch = scratch;
        w->scratch_cap = cap;
    }
    if (len)
        memcpy(w->scratch + w->scratch_len, p, len);
    w->from[i] = (uint32_t)w->scratch_len;
    w->scratch_len += len;
    return 1;
}

static int cell(struct walk *w, const char *p, size_t len)
{
    uint32_t i = 0;
    if (ignored(w))
        return 1;
    if (!column(w, &i))
        return 0;
    if (len > w->conf->max_cell)
        return stop(w, JH_ELIMIT, "cell longer than %zu bytes", w->conf->max_cell);
    if (w->naming)
        return 1;
    w->cells[i] = (struct jh_cell){
        .p = p, .len = (uint32_t)len, .line = w->place.line, .col = w->place.col};
    bool inside = p >= w->start && p <= w->end;
    return inside || !len ? 1 : keep(w, i, p, len);
}

/* ---- rows ------------------------------------------------------------------------------ */

static int begin_row(struct walk *w)
{
    w->where = IN_ROW;
    w->row++;
    w->nest = 0;
    w->prefix[0] = w->key_len = 0;
    w->line = w->place.line;
    w->col = w->place.col;
    w->scratch_len = 0;
    for (uint32_t i = 0; !w->naming && i < w->table->n; i++) {
        w->cells[i] = (struct jh_cell){.p = "", .line = w->line, .col = w->col};
        w->from[i] = IN_PLACE;
    }
    return 1;
}

static int hand_over(struct walk *w, uint32_t line)
{
    struct jh_row row = {w->cells, w->table->n, line, w->text};
    w->rc = w->host->row(w->ctx, &row);
    return w->rc == 0;
}

static int end_row(struct walk *w)
{
    w->where = IN_LIST;
    if (w->naming)
        return 1;
    for (uint32_t i = 0; i < w->table->n; i++)
        if (w->from[i] != IN_PLACE)
            w->cells[i].p = w->scratch + w->from[i];
    return hand_over(w, w->line);
}

static void header(struct walk *w)
{
    for (uint32_t i = 0; i < w->table->n; i++) {
        const struct table_column *c = &w->table->columns[i];
        w->cells[i] =
            (struct jh_cell){.p = c->name, .len = c->len, .line = c->line, .col = c->col};
    }
    (void)hand_over(w, w->cells[0].line);
}

/* ---- on the way to the list ------------------------------------------------------------ */

static int no_list(struct walk *w)
{
    return stop(w, JH_EINVAL,
                "expected a list of objects here: [{\"name\": value, ...}, ...]");
}

/* The value to come is the list itself. */
static bool is_list(const struct walk *w)
{
    if (w->found)
        return false;
    return w->depth == 1 ? w->conf->usual : w->wanted && w->step == w->conf->n_steps;
}

static int enter(struct walk *w)
{
    token(w);
    if (++w->depth > ROWS_DEPTH_MAX)
        return stop(w, JH_ELIMIT, "more than %d lists and objects in each other",
                    ROWS_DEPTH_MAX);
    return 1;
}

/* ---- what yajl tells --------------------------------------------------------------------- */

static int scalar(struct walk *w, const char *p, size_t len)
{
    token(w);
    if (w->skip)
        return 1;
    if (w->where == IN_ROW)
        return cell(w, p, len);
    if (w->where == IN_LIST)
        return stop(w, JH_EINVAL, "expected an object here: a row is {\"name\": value}");
    if (!w->depth || w->wanted)
        return no_list(w);
    return 1;
}

static int on_null(void *arg)
{
    return scalar(arg, "", 0);
}

static int on_boolean(void *arg, int value)
{
    return scalar(arg, value ? "true" : "false", value ? 4 : 5);
}

static int on_number(void *arg, const char *p, size_t len)
{
    return scalar(arg, p, len);
}

/* The token is the string in its quotes. */
static int check_string(struct walk *w)
{
    const char *at = NULL;
    struct jh_slice written = {w->start + 1, (size_t)(w->end - w->start) - 2};
    const char *bad = escapes_bad(written, &at);
    if (!bad)
        return 1;
    place_move(&w->place, at);
    return stop(w, JH_EINVAL, "%s", bad);
}

static int on_string(void *arg, const unsigned char *p, size_t len)
{
    struct walk *w = arg;
    return scalar(w, (const char *)p, len) &&
           (w->skip || w->where != IN_ROW || check_string(w));
}

static int on_key(void *arg, const unsigned char *p, size_t len)
{
    struct walk *w = arg;
    token(w);
    if (w->skip)
        return 1;
    if (w->where == OUTSIDE) {
        struct jh_slice step = w->conf->steps[w->step - 1];
        w->wanted = len == step.len && memcmp(p, step.p, len) == 0;
        if (w->wanted && w->seen[w->step])
            return stop(w, JH_EINVAL, "\"%.*s\" stands twice", shown(step), step.p);
        w->seen[w->step] |= w->wanted;
        return 1;
    }
    size_t start = w->prefix[w->nest];
    w->key_place = w->place;
    if (start + len > sizeof w->key)
        return stop(w, JH_ELIMIT, "name longer than %d bytes", ROWS_NAME_MAX);
    if (len)
        memcpy(w->key + start, p, len);
    w->key_len = start + len;
    return check_string(w);
}

/* An object within a row: its names go behind its own and a point. */
static int nest(struct walk *w)
{
    if (ignored(w)) {
        w->skip = 1;
        return 1;
    }
    if (w->key_len == sizeof w->key)
        return stop(w, JH_ELIMIT, "name longer than %d bytes", ROWS_NAME_MAX);
    w->key[w->key_len++] = '.';
    w->prefix[++w->nest] = w->key_len;
    return 1;
}

static int on_start_map(void *arg)
{
    struct walk *w = arg;
    if (!enter(w))
        return 0;
    if (w->skip)
        w->skip++;
    else if (w->where == IN_LIST)
        return begin_row(w);
    else if (w->where == IN_ROW)
        return nest(w);
    else if ((w->depth == 1 || w->wanted) && w->step < w->conf->n_steps)
        w->seen[++w->step] = false;
    else if (w->depth == 1 || w->wanted)
        return no_list(w);
    else
        w->skip = 1;
    w->wanted = false;
    return 1;
}

static int on_end_map(void *arg)
{
    struct walk *w = arg;
    token(w);
    w->depth--;
    if (w->skip)
        w->skip--;
    else if (w->where == OUTSIDE)
        w->step--;
    else if (w->nest)
        w->nest--;
    else
        return end_row(w);
    return 1;
}

static int on_start_array(void *arg)
{
    struct walk *w = arg;
    if (!enter(w))
        return 0;
    if (w->skip) {
        w->skip++;
    } else if (w->where == IN_LIST) {
        return stop(w, JH_EINVAL, "expected an object here: a row is {\"name\": value}");
    } else if (w->where == IN_ROW && !ignored(w)) {
        return stop(w, JH_EINVAL,
                    "\"%.*s\" is a list, which no cell can hold: name it under `ignore` "
                    "if it is not needed",
                    shown(key_of(w)), w->key);
    } else if (w->where == OUTSIDE && is_list(w)) {
        w->where = IN_LIST;
        w->found = true;
    } else if (w->where == OUTSIDE && (w->wanted || w->depth == 1)) {
        return stop(w, JH_EINVAL, "expected an object here, with the name \"%.*s\"",
                    shown(w->conf->steps[w->step]), w->conf->steps[w->step].p);
    } else {
        w->skip = 1;
    }
    w->wanted = false;
    return 1;
}

static int on_end_array(void *arg)
{
    struct walk *w = arg;
    token(w);
    w->depth--;
    if (w->skip)
        w->skip--;
    else
        w->where = OUTSIDE;
    return 1;
}

static const yajl_callbacks CALLBACKS = {.yajl_null = on_null,
                                         .yajl_boolean = on_boolean,
                                         .yajl_number = on_number,
                                         .yajl_string = on_string,
                                         .yajl_start_map = on_start_map,
                                         .yajl_map_key = on_key,
                                         .yajl_end_map = on_end_map,
                                         .yajl_start_array = on_start_array,
                                         .yajl_end_array = on_end_array};

/* ---- readings ---------------------------------------------------------------------------- */

/* yajl's own words, without its "parse error: " and line end. It has read to `end`; NULL: to the end. */
static int broken(struct walk *w, const char *end)
{
    unsigned char *said = yajl_get_error(w->yajl, 0, NULL, 0);
    const char *text = said ? (const char *)said : "not JSON\n";
    const char *colon = strstr(text, ": ");
    const char *at = w->end;
    if (colon)
        text = colon + 2;
    while (end && at + 1 < end && memchr(" \t\r\n,:", *at, 6))
        at++;
    if (!end)
        at = w->text.p + w->text.len;
    if (at > w->place.at)
        place_move(&w->place, at);
    (void)stop(w, JH_EINVAL, "not JSON: %.*s", (int)strcspn(text, "\n"), text);
    yajl_free_error(w->yajl, said);
    return w->rc;
}

static int lacking(struct walk *w)
{
    refuse_at(w->err, JH_EINVAL, w->name, 0, 0,
              w->conf->usual
                  ? "no list of rows: expected [{...}, ...] or {\"schools\": [{...}, "
                    "...]}; `rows` under format_options says where else it is"
                  : "no list of rows where `rows` says it is");
    return JH_EINVAL;
}

static void begin(struct walk *w)
{
    w->end = w->text.p;
    w->place = (struct place){w->text.p, 1, 1};
    w->where = OUTSIDE;
    w->depth = w->skip = w->step = 0;
    w->wanted = w->found = false;
    w->row = 0;
}

static int read_once(struct walk *w)
{
    begin(w);
    w->yajl = yajl_alloc(&CALLBACKS, NULL, w);
    if (!w->yajl) {
        (void)no_memory(w);
        return w->rc;
    }
    yajl_config(w->yajl, yajl_dont_validate_strings, 1); /* they are looked at before */
    yajl_status status =
        yajl_parse(w->yajl, (const unsigned char *)w->text.p, w->text.len);
    const char *end = w->text.p + yajl_get_bytes_consumed(w->yajl);
    if (status == yajl_status_ok) {
        end = NULL;
        status = yajl_complete_parse(w->yajl);
    }
    if (!w->rc && status != yajl_status_ok)
        w->rc = broken(w, end);
    yajl_free(w->yajl);
    if (!w->rc && !w->found)
        w->rc = lacking(w);
    return w->rc;
}

/* What the second reading needs, now that the columns are known. */
static int prepare(struct walk *w)
{
    if (!w->table->n) {
        refuse_at(w->err, JH_EINVAL, w->name, 0, 0,
                  "the list of rows is empty: no values in it");
        return w->rc = JH_EINVAL;
    }
    w->cells = calloc(w->table->n, sizeof *w->cells);
    w->from = calloc(w->table->n, sizeof *w->from);
    if (!w->cells || !w->from)
        (void)no_memory(w);
    memset(w->last, 0, TABLE_COLUMNS_MAX * sizeof *w->last);
    w->naming = false;
    return w->rc;
}

static int check_text(struct walk *w)
{
    static const char MARK[] = "\xEF\xBB\xBF";
    if (w->text.len >= 3 && memcmp(w->text.p, MARK, 3) == 0) {
        w->text.p += 3;
        w->text.len -= 3;
    }
    size_t end = utf8_end((const unsigned char *)w->text.p, w->text.len);
    begin(w);
    if (end == w->text.len)
        return 0;
    place_move(&w->place, w->text.p + end);
    (void)stop(w, JH_EINVAL, "byte 0x%02X is not UTF-8, which JSON is written in",
               (unsigned)(unsigned char)w->text.p[end]);
    return w->rc;
}

int rows_read(const struct rows_conf *conf, const struct jh_blob *blob,
              const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err)
{
    struct table table = {.columns = NULL};
    struct walk w = {.conf = conf,
                     .name = blob->name,
                     .text = blob->body,
                     .err = err,
                     .table = &table,
                     .naming = true,
                     .host = host,
                     .ctx = ctx};
    int rc = check_text(&w);
    if (rc)
        return rc;
    w.last = calloc(TABLE_COLUMNS_MAX, sizeof *w.last);
    if (!w.last)
        (void)no_memory(&w);
    if (!w.rc && !read_once(&w) && !prepare(&w))
        header(&w);
    if (!w.rc)
        (void)read_once(&w);
    free(w.last);
    free(w.cells);
    free(w.from);
    free(w.scratch);
    table_done(&table);
    return w.rc;
}
