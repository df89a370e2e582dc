/* SPDX-License-Identifier: Apache-2.0 */
#include "store/query.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"

enum { LINES_MAX = 1 << 20, JSON_MAX = 8 << 20 }; /* bytes of a joined list */

/* Of the disk, and not of what was to be written. */
static bool is_trouble(int code)
{
    return code == SQLITE_FULL || code == SQLITE_IOERR || code == SQLITE_READONLY ||
           code == SQLITE_CANTOPEN || code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

int query_fail(struct store *s, struct jh_err *err)
{
    const char *what = sqlite3_errmsg(s->db);

    if (s->mode == STORE_WRITE && is_trouble(sqlite3_errcode(s->db) & 0xff))
        snprintf(s->trouble, sizeof(s->trouble), "%s: %s", s->path, what);
    return err_at(err, JH_EIO, s->path, 0, 0, "%s", what);
}

static void fail(struct query *q)
{
    if (!q->result)
        q->result = query_fail(q->store, q->err);
}

static void out_of_memory(struct query *q)
{
    if (!q->result)
        q->result = err_at(q->err, JH_ENOMEM, q->store->path, 0, 0, "out of memory");
}

void query_start(struct query *q, struct store *s, const char *sql, struct jh_err *err)
{
    *q = (struct query){.store = s, .err = err};
    for (size_t i = 0; i < s->n_cached; i++)
        if (s->cache[i].sql == sql) {
            q->stmt = s->cache[i].stmt;
            return;
        }
    if (s->n_cached == QUERY_CACHE) {
        q->result = err_set(err, JH_ELIMIT, "more than %d statements", QUERY_CACHE);
        return;
    }
    if (sqlite3_prepare_v3(s->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &q->stmt, NULL)) {
        fail(q);
        return;
    }
    s->cache[s->n_cached].sql = sql;
    s->cache[s->n_cached++].stmt = q->stmt;
}

/* Bound texts and blobs are static: they outlive the statement's run, see query_done(). */
void query_put_text(struct query *q, const char *text)
{
    if (!q->result &&
        sqlite3_bind_text(q->stmt, ++q->bound, text, -1, SQLITE_STATIC) != SQLITE_OK)
        fail(q);
}

void query_put_int(struct query *q, int64_t value)
{
    if (!q->result && sqlite3_bind_int64(q->stmt, ++q->bound, value) != SQLITE_OK)
        fail(q);
}

void query_put_real(struct query *q, double value)
{
    if (!q->result && sqlite3_bind_double(q->stmt, ++q->bound, value) != SQLITE_OK)
        fail(q);
}

void query_put_blob(struct query *q, const void *p, size_t n)
{
    if (!q->result &&
        sqlite3_bind_blob64(q->stmt, ++q->bound, p, n, SQLITE_STATIC) != SQLITE_OK)
        fail(q);
}

void query_put_round(struct query *q, struct round round)
{
    query_put_int(q, query_round_number(round));
}

void query_put(struct query *q, const char *types, ...)
{
    va_list args;

    va_start(args, types);
    for (; *types; types++) {
        if (*types == 't')
            query_put_text(q, va_arg(args, const char *));
        else if (*types == 'r')
            query_put_round(q, va_arg(args, struct round));
        else
            query_put_int(q, va_arg(args, int64_t));
    }
    va_end(args);
}

bool query_row(struct query *q)
{
    if (q->result)
        return false;
    q->column = 0;
    switch (sqlite3_step(q->stmt)) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        fail(q);
        return false;
    }
}

int64_t query_int(struct query *q)
{
    return sqlite3_column_int64(q->stmt, q->column++);
}

double query_real(struct query *q)
{
    int column = q->column++;

    if (sqlite3_column_type(q->stmt, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(q->stmt, column);
}

char *query_text(struct query *q, struct arena *arena)
{
    int column = q->column++;
    const char *text = (const char *)sqlite3_column_text(q->stmt, column);

    if (!text) {
        if (sqlite3_column_type(q->stmt, column) != SQLITE_NULL)
            out_of_memory(q);
        return NULL;
    }
    size_t n = (size_t)sqlite3_column_bytes(q->stmt, column);
    char *copy = arena_strn(arena, text, n);
    if (!copy)
        out_of_memory(q);
    return copy;
}

struct round query_round(struct query *q)
{
    int64_t number = query_int(q);

    return (struct round){.year = (int16_t)(number / 100),
                          .month = (int8_t)(number % 100)};
}

int query_done(struct query *q)
{
    if (q->stmt) {
        sqlite3_reset(q->stmt); /* its result repeats that of the failed step */
        sqlite3_clear_bindings(q->stmt);
    }
    return q->result;
}

int query_run(struct query *q)
{
    while (query_row(q))
        ;
    return query_done(q);
}

int query_one(struct query *q, bool found)
{
    int r = query_done(q);

    return r || found ? r : JH_ENOENT;
}

void *query_item(struct query *q, struct arena *arena, void *list, size_t n, size_t size)
{
    char *items;

    if (q->result)
        return NULL;
    memcpy(&items, list, sizeof(items));
    if (n == 0 || (n >= 8 && (n & (n - 1)) == 0)) {
        char *grown = arena_array(arena, n ? n * 2 : 8, size);
        if (!grown) {
            out_of_memory(q);
            return NULL;
        }
        if (n)
            memcpy(grown, items, n * size);
        items = grown;
        memcpy(list, &items, sizeof(items));
    }
    return items + n * size;
}

int query_put_lines(struct query *q, const char *const *words, size_t n)
{
    struct buf text;

    if (q->result)
        return q->result;
    buf_init(&text, LINES_MAX);
    for (size_t i = 0; i < n; i++) {
        if (strchr(words[i], '\n')) {
            q->result = err_set(q->err, JH_EINVAL, "\"%s\" has a line break", words[i]);
            goto out;
        }
        if (i)
            buf_char(&text, '\n');
        buf_str(&text, words[i]);
    }
    if (text.failed)
        q->result = err_set(q->err, JH_ELIMIT, "a list of more than %d bytes", LINES_MAX);
    else if (sqlite3_bind_text(q->stmt, ++q->bound, buf_text(&text), -1,
                               SQLITE_TRANSIENT))
        fail(q);
out:
    buf_done(&text);
    return q->result;
}

int query_put_json(struct query *q, const char *const *words, size_t n)
{
    struct buf text;

    if (q->result)
        return q->result;
    buf_init(&text, JSON_MAX);
    buf_char(&text, '[');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buf_char(&text, ',');
        buf_json(&text, words[i]);
    }
    buf_char(&text, ']');
    if (text.failed)
        q->result = err_set(q->err, JH_ELIMIT, "a list of more than %d bytes", JSON_MAX);
    else if (sqlite3_bind_text(q->stmt, ++q->bound, buf_text(&text), -1,
                               SQLITE_TRANSIENT))
        fail(q);
    buf_done(&text);
    return q->result;
}

void query_lines(struct query *q, struct arena *arena, const char *const **ret,
                 size_t *ret_n)
{
    char *text = query_text(q, arena);
    size_t n = 0;

    *ret = NULL;
    *ret_n = 0;
    if (!text || !*text)
        return;
    for (const char *p = text; p; p = strchr(p, '\n') ? strchr(p, '\n') + 1 : NULL)
        n++;
    const char **words = arena_array(arena, n, sizeof(*words));
    if (!words) {
        out_of_memory(q);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char *end = strchr(text, '\n');
        words[i] = text;
        if (end)
            *end = '\0';
        text = end ? end + 1 : text;
    }
    *ret = words;
    *ret_n = n;
}

enum outcome query_outcome(struct query *q, struct arena *arena)
{
    const char *word = query_text(q, arena);
    int outcome = word ? outcome_of(word) : -1;

    if (outcome >= 0)
        return (enum outcome)outcome;
    if (!q->result)
        q->result = err_at(q->err, JH_EIO, q->store->path, 0, 0,
                           "holds an outcome \"%s\"", word ? word : "");
    return OUTCOME_UNKNOWN; /* never a pass */
}
