/* SPDX-License-Identifier: Apache-2.0 */
/* Verdict history. */
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "store/entry.h"
#include "store/query.h"

#define COLUMNS                                                                          \
    "v.round, v.county, v.standard, v.stage, v.revision, v.county_name, v.outcome,"      \
    " v.complete, v.composite, v.pupils, v.schools, v.figures, v.failing,"               \
    " v.data_sha256, v.county_sha256, v.standard_sha256, v.at_ms, v.retracted"

static void read_verdict(struct query *q, struct arena *arena, struct store_verdict *v)
{
    v->round = query_round(q);
    v->county = query_text(q, arena);
    v->standard = query_text(q, arena);
    v->stage = query_text(q, arena);
    v->revision = (int)query_int(q);
    v->county_name = query_text(q, arena);
    v->outcome = query_outcome(q, arena);
    v->complete = query_int(q) != 0;
    v->composite = query_real(q);
    v->pupils = query_real(q);
    v->schools = (int)query_int(q);
    v->figures = query_text(q, arena);
    v->failing = query_text(q, arena);
    v->data_sha256 = query_text(q, arena);
    v->county_sha256 = query_text(q, arena);
    v->standard_sha256 = query_text(q, arena);
    v->at_ms = query_int(q);
    v->retracted = query_int(q) != 0;
}

static int read_one(struct query *q, struct arena *arena, struct store_verdict *ret)
{
    struct store_verdict v;
    bool found = query_row(q);

    if (found)
        read_verdict(q, arena, &v);
    int r = query_one(q, found);
    if (!r)
        *ret = v;
    return r;
}

static int read_list(struct query *q, struct arena *arena, struct store_verdict **ret,
                     size_t *ret_n)
{
    struct store_verdict *list = NULL, *v;
    size_t n = 0;

    while (query_row(q) && (v = query_item(q, arena, &list, n, sizeof(*v)))) {
        read_verdict(q, arena, v);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

/* A stage that the newest revision no longer has is not there, whatever older ones had. */
int store_verdict_get(struct store *s, struct round round, const char *county,
                      const char *standard, const char *stage, struct arena *arena,
                      struct store_verdict *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM whole_verdict v"
                " WHERE round = ?1 AND county = ?2 AND standard = ?3 AND stage = ?4"
                " AND revision = (SELECT max(revision) FROM verdict"
                "  WHERE round = ?1 AND county = ?2 AND standard = ?3 AND stage = '')",
                err);
    query_put(&q, "rttt", round, county, standard, stage);
    return read_one(&q, arena, ret);
}

static bool is_county(const struct store_verdict *v)
{
    return v->stage[0] == '\0';
}

static bool same_revision(const struct store_verdict *a, const struct store_verdict *b)
{
    return a->revision == b->revision &&
           query_round_number(a->round) == query_round_number(b->round) &&
           !strcmp(a->county, b->county) && !strcmp(a->standard, b->standard);
}

/* Judged again, by a changed standard: what stood there goes, also stages that are gone. */
static int clear_revision(struct store *s, const struct store_verdict *v,
                          struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "DELETE FROM verdict"
                " WHERE round = ? AND county = ? AND standard = ? AND revision = ?",
                err);
    query_put(&q, "rtti", v->round, v->county, v->standard, (int64_t)v->revision);
    return query_run(&q);
}

static int put_judged(struct store *s, const struct store_verdict *v, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "INSERT INTO judged VALUES (?,?) ON CONFLICT DO NOTHING", err);
    query_put(&q, "tt", v->county, v->standard);
    return query_run(&q);
}

/* *ret_there: nothing was written, the revision has such a row already. */
static int put_row(struct store *s, const struct store_verdict *v, bool *ret_there,
                   struct jh_err *err)
{
    bool own = is_county(v);
    struct query q;

    query_start(&q, s,
                "INSERT INTO verdict(round, county, standard, stage, revision, outcome,"
                " complete, composite, pupils, schools, figures, failing, county_name,"
                " data_sha256, county_sha256, standard_sha256, at_ms)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
                err);
    query_put(&q, "rttti", v->round, v->county, v->standard, v->stage,
              (int64_t)v->revision);
    query_put(&q, "ti", outcome_id(v->outcome), (int64_t)v->complete);
    query_put_real(&q, v->composite);
    query_put_real(&q, v->pupils);
    query_put(&q, "itt", (int64_t)v->schools, v->figures, v->failing);
    if (own)
        query_put(&q, "tttti", v->county_name, v->data_sha256, v->county_sha256,
                  v->standard_sha256, v->at_ms);
    int r = query_run(&q);
    *ret_there = !r && sqlite3_changes(s->db) == 0;
    return r;
}

/* The county's own row comes first: that it is there tells that the revision is. */
static int put_revision(struct store *s, const struct store_verdict *rows, size_t n,
                        struct jh_err *err)
{
    bool there = false;

    if (!is_county(rows))
        return err_set(err, JH_EINVAL, "verdicts of %s lack the county's own first",
                       rows->county);
    int r = put_row(s, rows, &there, err);
    if (!r && there)
        r = clear_revision(s, rows, err);
    for (size_t i = there ? 0 : 1; !r && i < n; i++)
        r = put_row(s, &rows[i], &there, err);
    if (!r)
        r = put_judged(s, rows, err);
    if (r)
        return r;
    struct entry e;
    entry_verdict(&e, rows, n);
    return entry_put(&e, s, rows->at_ms, err);
}

int store_verdict_put(struct store *s, const struct store_verdict *rows, size_t n,
                      struct jh_err *err)
{
    int r = 0;

    for (size_t i = 0, end; !r && i < n; i = end) {
        for (end = i + 1; end < n && same_revision(&rows[i], &rows[end]);)
            end++;
        r = put_revision(s, &rows[i], end - i, err);
    }
    return r;
}

/* The view gives the newest round first, so the first hit is it. */
int store_verdict_newest(struct store *s, const char *county, const char *standard,
                         bool monthly, struct arena *arena, struct store_verdict *ret,
                         struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM verdict_round r CROSS JOIN whole_verdict v"
                " WHERE v.round = r.round AND v.county = ?1 AND v.standard = ?2"
                " AND v.stage = '' AND v.retracted = 0 AND (r.round % 100 <> 0) = ?3"
                " AND v.revision = (SELECT max(revision) FROM verdict n"
                "  WHERE n.round = r.round AND n.county = ?1 AND n.standard = ?2"
                "  AND n.stage = '')"
                " LIMIT 1",
                err);
    query_put(&q, "tti", county, standard, (int64_t)monthly);
    return read_one(&q, arena, ret);
}

int store_verdict_complete(struct store *s, const char *county, const char *standard,
                           bool monthly, struct round *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT r.round FROM verdict_round r CROSS JOIN verdict v"
                " WHERE (r.round % 100 <> 0) = ?3 AND v.round = r.round AND v.county = ?1"
                " AND v.standard = ?2 AND v.stage = '' AND v.retracted = 0"
                " AND v.complete = 1"
                " AND v.revision = (SELECT max(revision) FROM verdict n"
                "  WHERE n.round = r.round AND n.county = ?1 AND n.standard = ?2"
                "  AND n.stage = '')"
                " LIMIT 1",
                err);
    query_put(&q, "tti", county, standard, (int64_t)monthly);
    bool found = query_row(&q);
    if (found)
        *ret = query_round(&q);
    return query_one(&q, found);
}

/* Retracted ones too: who reads a round wants to know what it has lost. */
int store_verdicts(struct store *s, struct round round, struct arena *arena,
                   struct store_verdict **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS
                " FROM whole_verdict v WHERE v.round = ? AND v.stage = ''"
                " AND v.revision = (SELECT max(revision) FROM verdict n"
                "  WHERE n.round = v.round AND n.county = v.county"
                "  AND n.standard = v.standard AND n.stage = '')"
                " ORDER BY v.county, v.standard",
                err);
    query_put_round(&q, round);
    return read_list(&q, arena, ret, ret_n);
}

int store_counties_ever(struct store *s, struct round round, struct arena *arena,
                        const char ***ret, size_t *ret_n, struct jh_err *err)
{
    const char **codes = NULL, **code;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT DISTINCT county FROM submission_county WHERE round = ?"
                " ORDER BY county",
                err);
    query_put_round(&q, round);
    while (query_row(&q) && (code = query_item(&q, arena, &codes, n, sizeof(*code)))) {
        *code = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = codes;
        *ret_n = n;
    }
    return r;
}

int store_rounds_known(struct store *s, struct arena *arena, struct round **ret,
                       size_t *ret_n, struct jh_err *err)
{
    struct round *rounds = NULL, *round;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT DISTINCT round FROM submission"
                " UNION SELECT round FROM verdict_round ORDER BY 1",
                err);
    while (query_row(&q) && (round = query_item(&q, arena, &rounds, n, sizeof(*round)))) {
        *round = query_round(&q);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = rounds;
        *ret_n = n;
    }
    return r;
}

/* What is retracted makes room for an older round. */
static int clear_items(struct store *s, struct round round, const char *county,
                       struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "DELETE FROM item_verdict WHERE round = ? AND county = ?", err);
    query_put(&q, "rt", round, county);
    return query_run(&q);
}

enum { EACH_BYTES = 16 << 20 };

static int one_revision(struct store *s, const struct store_verdict *county,
                        struct arena *arena, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct store_verdict *rows;
    struct query q;
    struct entry e;
    size_t n;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM whole_verdict v WHERE v.round = ?"
                " AND v.county = ? AND v.standard = ? AND v.revision = ?",
                err);
    query_put(&q, "rtti", county->round, county->county, county->standard,
              (int64_t)county->revision);
    int r = read_list(&q, arena, &rows, &n);
    if (r)
        return r;
    entry_verdict(&e, rows, n);
    r = fn(arg, &e, county->at_ms);
    entry_done(&e);
    return r;
}

struct putting {
    struct store *s;
    int64_t at_ms;
    struct jh_err *err;
};

static int put_again(void *arg, struct entry *e, int64_t judged_ms)
{
    const struct putting *p = arg;
    const char *body = entry_end(e);

    (void)judged_ms;
    return body ? store_journal_put(p->s, p->at_ms, e->kind, body, p->err)
                : err_set(p->err, JH_ENOMEM, "out of memory");
}

/* Of every verdict that is retracted the journal has that it is. */
static int journal_retracted(struct store *s, struct round round, const char *county,
                             int64_t at_ms, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct putting putting = {s, at_ms, err};
    struct store_verdict *rows;
    struct query q;
    size_t n;

    if (!arena)
        return err_set(err, JH_ENOMEM, "out of memory");
    query_start(&q, s,
                "SELECT " COLUMNS " FROM whole_verdict v"
                " WHERE v.round = ? AND v.county = ? AND v.stage = ''",
                err);
    query_put(&q, "rt", round, county);
    int r = read_list(&q, arena, &rows, &n);
    for (size_t i = 0; !r && i < n; i++)
        r = one_revision(s, &rows[i], arena, put_again, &putting, err);
    arena_free(arena);
    return r;
}

int store_verdict_retract(struct store *s, struct round round, const char *county,
                          int64_t at_ms, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "UPDATE verdict SET retracted = 1 WHERE round = ? AND county = ?",
                err);
    query_put(&q, "rt", round, county);
    int r = query_run(&q);
    if (!r)
        r = clear_items(s, round, county, err);
    return r ? r : journal_retracted(s, round, county, at_ms, err);
}

int store_history(struct store *s, const char *county, const char *standard,
                  struct arena *arena, struct store_verdict **ret, size_t *ret_n,
                  struct jh_err *err)
{
    struct query q;

    /* CROSS JOIN: a seek per round; the planner would read the whole table instead. */
    query_start(&q, s,
                "SELECT " COLUMNS " FROM verdict_round r CROSS JOIN whole_verdict v"
                " WHERE v.round = r.round AND v.county = ?1"
                " AND (?2 IS NULL OR v.standard = ?2)"
                " AND v.revision = (SELECT max(revision) FROM verdict c"
                "  WHERE c.round = v.round AND c.county = v.county"
                "  AND c.standard = v.standard AND c.stage = '')"
                " ORDER BY v.round, v.standard, v.stage",
                err);
    query_put(&q, "tt", county, standard);
    return read_list(&q, arena, ret, ret_n);
}

/* ---- all counties ------------------------------------------------------------------------- */

struct found {
    struct store_verdict *list;
    size_t n;
    struct map *seen; /* "county\nstandard" */
};

/* Rows of one round come revision by revision: the newest last. */
static void find_in_round(struct query *q, struct arena *arena, struct found *f)
{
    size_t before = f->n;
    struct store_verdict v, *last;

    while (query_row(q)) {
        read_verdict(q, arena, &v);
        const char *key = arena_fmt(arena, "%s\n%s", v.county, v.standard);
        int64_t at = MAP_NONE;
        if (!key || map_add(f->seen, key, strlen(key), (int64_t)f->n, &at)) {
            q->result = err_set(q->err, JH_ENOMEM, "out of memory");
        } else if (at == (int64_t)f->n) {
            last = query_item(q, arena, &f->list, f->n, sizeof(*last));
            if (last) {
                *last = v;
                f->n++;
            }
        } else if (f->list && at >= (int64_t)before) {
            f->list[at] = v;
        }
    }
}

static int by_county(const void *a, const void *b)
{
    const struct store_verdict *x = a, *y = b;
    int r = strcmp(x->county, y->county);

    return r ? r : strcmp(x->standard, y->standard);
}

static int find_counties(struct store *s, struct arena *arena, struct found *f,
                         struct jh_err *err)
{
    struct query rounds, q;
    int64_t judged = 0;
    int r;

    query_start(&q, s, "SELECT count(*) FROM judged", err);
    if (query_row(&q))
        judged = query_int(&q);
    if ((r = query_done(&q)))
        return r;
    query_start(&rounds, s, "SELECT round FROM verdict_round", err);
    while (!r && (int64_t)f->n < judged && query_row(&rounds)) {
        query_start(&q, s,
                    "SELECT " COLUMNS " FROM whole_verdict v"
                    " WHERE v.round = ? AND v.stage = '' AND v.retracted = 0"
                    " ORDER BY v.county, v.standard, v.revision",
                    err);
        query_put_round(&q, query_round(&rounds));
        find_in_round(&q, arena, f);
        r = query_done(&q);
    }
    int rr = query_done(&rounds);
    return r ? r : rr;
}

int store_counties(struct store *s, struct arena *arena, struct store_verdict **ret,
                   size_t *ret_n, struct jh_err *err)
{
    struct found f = {.seen = map_new(4096)};

    if (!f.seen)
        return err_set(err, JH_ENOMEM, "out of memory");
    int r = find_counties(s, arena, &f, err);
    map_free(f.seen);
    if (r)
        return r;
    if (f.n)
        qsort(f.list, f.n, sizeof(*f.list), by_county);
    *ret = f.list;
    *ret_n = f.n;
    return 0;
}

/* ---- all of them, for the journal ---------------------------------------------------------- */

int verdicts_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s, "SELECT " COLUMNS " FROM whole_verdict v WHERE v.stage = ''", err);
    while (!r && query_row(&q)) {
        struct store_verdict v;
        read_verdict(&q, arena, &v);
        r = q.result ? q.result : one_revision(s, &v, arena, fn, arg, err);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}
