/* SPDX-License-Identifier: Apache-2.0 */
/* Certifications, and what people did to them. */
#include <string.h>

#include "store/entry.h"
#include "store/query.h"
#include "store/standing.h"

enum { EACH_BYTES = 1 << 20 };

static int put_act(struct store *s, const char *act, const struct store_cert *cert,
                   const char *date, struct jh_err *err)
{
    const struct certification *c = &cert->cert;
    struct query q;

    query_start(
        &q, s,
        "INSERT INTO certification_act(act, county, standard, date, cohort, document,"
        " baseline, by, reason, at_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
        err);
    query_put(&q, "ttttit", act, c->county, c->standard, date, (int64_t)c->cohort,
              c->document);
    query_put(&q, "rtti", c->baseline, cert->by, cert->reason, cert->at_ms);
    int r = query_run(&q);
    if (r)
        return r;
    struct entry e;
    entry_certification(&e, sqlite3_last_insert_rowid(s->db), act, cert, date);
    return entry_put(&e, s, cert->at_ms, err);
}

static int put_cert(struct store *s, const char *act, const struct store_cert *cert,
                    struct jh_err *err)
{
    const struct certification *c = &cert->cert;
    char date[DATE_TEXT];
    struct query q;

    date_print(c->date, date);
    query_start(&q, s,
                "INSERT OR REPLACE INTO certification(county, standard, date, cohort,"
                " document, baseline, by, reason, at_ms) VALUES (?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "tttit", c->county, c->standard, date, (int64_t)c->cohort, c->document);
    query_put(&q, "rtti", c->baseline, cert->by, cert->reason, cert->at_ms);
    int r = query_run(&q);
    return r ? r : put_act(s, act, cert, date, err);
}

int store_cert_put(struct store *s, const struct store_cert *cert, struct jh_err *err)
{
    return put_cert(s, "certify", cert, err);
}

int store_cert_inherit(struct store *s, const struct store_cert *cert, struct jh_err *err)
{
    return put_cert(s, "inherit", cert, err);
}

int store_cert_taken(struct store *s, const char *county, const char *standard,
                     int64_t *ret_ms, struct jh_err *err)
{
    struct query q;
    int64_t at_ms = 0;

    query_start(&q, s,
                "SELECT at_ms FROM certification_act a WHERE county = ?1"
                " AND standard = ?2 AND act = 'decertify' AND id ="
                " (SELECT max(id) FROM certification_act"
                "  WHERE county = ?1 AND standard = ?2)",
                err);
    query_put(&q, "tt", county, standard);
    bool found = query_row(&q);
    if (found)
        at_ms = query_int(&q);
    int r = query_one(&q, found);
    if (!r)
        *ret_ms = at_ms;
    return r;
}

int store_cert_delete(struct store *s, const char *county, const char *standard,
                      const char *by, const char *reason, int64_t at_ms,
                      struct jh_err *err)
{
    struct store_cert gone = {.cert = {.county = county, .standard = standard},
                              .by = by,
                              .reason = reason,
                              .at_ms = at_ms};
    struct query q;

    query_start(&q, s, "DELETE FROM certification WHERE county = ? AND standard = ?",
                err);
    query_put(&q, "tt", county, standard);
    int r = query_run(&q);
    if (r)
        return r;
    if (sqlite3_changes(s->db) == 0)
        return JH_ENOENT;
    return put_act(s, "decertify", &gone, NULL, err);
}

#define COLUMNS                                                                          \
    "county, standard, date, cohort, document, baseline, by, reason, at_ms"              \
    " FROM certification"

static void read_cert(struct query *q, struct arena *arena, struct store_cert *ret)
{
    struct certification *c = &ret->cert;

    c->county = query_text(q, arena);
    c->standard = query_text(q, arena);
    const char *date = query_text(q, arena);
    if (!q->result && (!date || date_parse(date, strlen(date), &c->date)))
        q->result = err_at(q->err, JH_EIO, q->store->path, 0, 0,
                           "holds a date \"%s\" of a certification", date ? date : "");
    c->cohort = (int)query_int(q);
    c->document = query_text(q, arena);
    c->baseline = query_round(q);
    ret->by = query_text(q, arena);
    ret->reason = query_text(q, arena);
    ret->at_ms = query_int(q);
}

/* The one row; what does not end well leaves *ret alone. */
static int take_one(struct query *q, struct arena *arena, struct store_cert *ret)
{
    struct store_cert cert;
    bool found = query_row(q);
    if (found)
        read_cert(q, arena, &cert);
    int r = query_one(q, found);
    if (!r)
        *ret = cert;
    return r;
}

int store_cert_get(struct store *s, const char *county, const char *standard,
                   struct arena *arena, struct store_cert *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "SELECT " COLUMNS " WHERE county = ? AND standard = ?", err);
    query_put(&q, "tt", county, standard);
    return take_one(&q, arena, ret);
}

int store_cert_last(struct store *s, const char *county, const char *standard,
                    struct arena *arena, struct store_cert *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT county, standard, date, cohort, document, baseline, by, reason,"
                " at_ms FROM certification_act WHERE county = ? AND standard = ?"
                " AND act <> 'decertify' ORDER BY id DESC LIMIT 1",
                err);
    query_put(&q, "tt", county, standard);
    return take_one(&q, arena, ret);
}

int store_certs(struct store *s, const char *standard, struct arena *arena,
                struct store_cert **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_cert *list = NULL, *cert;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE ?1 IS NULL OR standard = ?1"
                " ORDER BY county, standard",
                err);
    query_put_text(&q, standard);
    while (query_row(&q) && (cert = query_item(&q, arena, &list, n, sizeof(*cert)))) {
        read_cert(&q, arena, cert);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

static void read_act(struct query *q, struct arena *arena, struct store_cert *cert)
{
    struct certification *c = &cert->cert;

    *cert = (struct store_cert){0};
    c->county = query_text(q, arena);
    c->standard = query_text(q, arena);
    c->cohort = (int)query_int(q);
    c->document = query_text(q, arena);
    c->baseline = query_round(q);
    cert->by = query_text(q, arena);
    cert->reason = query_text(q, arena);
    cert->at_ms = query_int(q);
}

int certs_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s,
                "SELECT id, act, date, county, standard, cohort, document, baseline, by,"
                " reason, at_ms FROM certification_act ORDER BY id",
                err);
    while (!r && query_row(&q)) {
        struct store_cert cert;
        struct entry e;
        int64_t id = query_int(&q);
        const char *act = query_text(&q, arena), *date = query_text(&q, arena);
        read_act(&q, arena, &cert);
        if ((r = q.result))
            break;
        entry_certification(&e, id, act, &cert, date);
        r = fn(arg, &e, cert.at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}
