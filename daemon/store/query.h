/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of store/: prepared statements, kept by the address of their SQL literal and reused.
 * A query is started, its values are bound in order, then it is run or its rows are read in
 * order of the columns; query_done() always comes last and gives the result. After the first
 * failure everything but query_done() does nothing. The connection's thread.
 */
#pragma once

#include <sqlite3.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "model/round.h"
#include "store/store.h"

enum { QUERY_CACHE = 192 }; /* more than there are SQL literals in store/ */

struct store {
    sqlite3 *db;
    enum store_mode mode;
    char *path;
    int lock;          /* held as long as the database is written, or -1 */
    int changes;       /* rows changed before this transaction */
    char trouble[512]; /* store_trouble() */
    size_t n_cached;
    struct {
        const char *sql; /* the literal itself, compared by address */
        sqlite3_stmt *stmt;
    } cache[QUERY_CACHE];
};

struct query {
    struct store *store;
    sqlite3_stmt *stmt;
    int bound, column; /* last parameter bound; next column to read */
    int result;
    struct jh_err *err;
};

/* Fills err with what SQLite said about the connection's last failure; returns JH_EIO. */
int query_fail(struct store *s, struct jh_err *err);

void query_start(struct query *q, struct store *s, const char *sql, struct jh_err *err);
void query_put_text(struct query *q, const char *text); /* NULL is NULL */
void query_put_int(struct query *q, int64_t value);
void query_put_real(struct query *q, double value); /* NaN is NULL */
void query_put_blob(struct query *q, const void *p, size_t n);
void query_put_round(struct query *q, struct round round);
/* "i" int64_t, "t" text, "r" struct round: for the short statements. */
void query_put(struct query *q, const char *types, ...);

bool query_row(struct query *q);
int64_t query_int(struct query *q);
double query_real(struct query *q);
/* A copy in the arena; NULL for NULL. */
char *query_text(struct query *q, struct arena *arena);
/* An outcome by its word; what is none is an error, and never a pass. */
enum outcome query_outcome(struct query *q, struct arena *arena);
struct round query_round(struct query *q);
/* 0, or the code of the first failure with err filled. */
int query_done(struct query *q);
/* Runs a statement without rows to its end. */
int query_run(struct query *q);
/* Item n of *list, an array in the arena that doubles as it grows; NULL: out of memory. */
void *query_item(struct query *q, struct arena *arena, void *list, size_t n, size_t size);
/* For one-row reads: JH_ENOENT when there was none. */
int query_one(struct query *q, bool found);

/* Rounds as integers that sort by time: 2025 is 202500, 2025-10 is 202510; none is 0. */
static inline int64_t query_round_number(struct round round)
{
    return (int64_t)round.year * 100 + round.month;
}

/* Lists of words as one text, a line each; a word with a newline is refused. */
int query_put_lines(struct query *q, const char *const *words, size_t n);
void query_lines(struct query *q, struct arena *arena, const char *const **ret,
                 size_t *ret_n);
/* A list of words as JSON, for json_each(). */
int query_put_json(struct query *q, const char *const *words, size_t n);
