/* SPDX-License-Identifier: Apache-2.0 */
/* Verdict history and local verdicts. */
#include <string.h>

#include "store/query.h"

#define COLUMNS                                                                          \
    "v.round, v.county, v.standard, v.stage, v.revision, v.county_name, v.outcome,"      \
    " v.complete, v.composite, v.pupils, v.schools, v.figures, v.failing,"               \
    " v.data_sha256, v.county_sha256, v.standard_sha256, v.at_ms"

static enum outcome read_outcome(struct query *q, struct arena *arena)
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

static void read_verdict(struct query *q, struct arena *arena, struct store_verdict *v)
{
    v->round = query_round(q);
    v->county = query_text(q, arena);
    v->standard = query_text(q, arena);
    v->stage = query_text(q, arena);
    v->revision = (int)query_int(q);
    v->county_name = query_text(q, arena);
    v->outcome = read_outcome(q, arena);
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
                "SELECT " COLUMNS " FROM verdict v"
                " WHERE round = ?1 AND county = ?2 AND standard = ?3 AND stage = ?4"
                " AND revision = (SELECT max(revision) FROM verdict"
                "  WHERE round = ?1 AND county = ?2 AND standard = ?3 AND stage = '')",
                err);
    query_put(&q, "rttt", round, county, standard, stage);
    return read_one(&q, arena, ret);
}

/* Rows of one county stand side by side. */
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

static int put_newest(struct store *s, const struct store_verdict *v, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT INTO newest(county, standard, monthly, round, revision)"
                " VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE"
                " SET round = excluded.round, revision = excluded.revision"
                " WHERE (excluded.round, excluded.revision) > (round, revision)",
                err);
    query_put(&q, "ttiri", v->county, v->standard, (int64_t)(v->round.month != 0),
              v->round, (int64_t)v->revision);
    return query_run(&q);
}

static int put_row(struct store *s, const struct store_verdict *v, struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "INSERT INTO verdict(round, county, standard, stage, revision, county_name,"
        " outcome, complete, composite, pupils, schools, figures, failing,"
        " data_sha256, county_sha256, standard_sha256, at_ms)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        err);
    query_put(&q, "rttti", v->round, v->county, v->standard, v->stage,
              (int64_t)v->revision);
    query_put(&q, "tti", v->county_name, outcome_id(v->outcome), (int64_t)v->complete);
    query_put_real(&q, v->composite);
    query_put_real(&q, v->pupils);
    query_put(&q, "itt", (int64_t)v->schools, v->figures ? v->figures : "{}",
              v->failing ? v->failing : "[]");
    query_put(&q, "ttti", v->data_sha256, v->county_sha256, v->standard_sha256, v->at_ms);
    return query_run(&q);
}

int store_verdict_put(struct store *s, const struct store_verdict *rows, size_t n,
                      struct jh_err *err)
{
    int r = 0;

    for (size_t i = 0; i < n && !r; i++) {
        if (i == 0 || !same_revision(&rows[i], &rows[i - 1]))
            r = clear_revision(s, &rows[i], err);
        if (!r)
            r = put_row(s, &rows[i], err);
        if (!r && rows[i].stage[0] == '\0')
            r = put_newest(s, &rows[i], err);
    }
    return r;
}

int store_verdict_newest(struct store *s, const char *county, const char *standard,
                         bool monthly, struct arena *arena, struct store_verdict *ret,
                         struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "SELECT " COLUMNS " FROM newest w"
        " JOIN verdict v USING (round, county, standard, revision)"
        " WHERE w.county = ? AND w.standard = ? AND w.monthly = ? AND v.stage = ''",
        err);
    query_put(&q, "tti", county, standard, (int64_t)monthly);
    return read_one(&q, arena, ret);
}

int store_history(struct store *s, const char *county, const char *standard,
                  struct arena *arena, struct store_verdict **ret, size_t *ret_n,
                  struct jh_err *err)
{
    struct query q;

    /* CROSS JOIN: a seek per round; the planner would read the whole table instead. */
    query_start(&q, s,
                "SELECT " COLUMNS " FROM verdict_round r CROSS JOIN verdict v"
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

int store_counties(struct store *s, struct arena *arena, struct store_verdict **ret,
                   size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "SELECT " COLUMNS " FROM"
        " (SELECT county, standard, max(round) AS round, revision FROM newest"
        "  GROUP BY county, standard) w"
        " CROSS JOIN verdict v"
        " WHERE v.round = w.round AND v.county = w.county"
        " AND v.standard = w.standard AND v.stage = '' AND v.revision = w.revision"
        " ORDER BY v.county, v.standard",
        err);
    return read_list(&q, arena, ret, ret_n);
}

static int clear_local(struct store *s, struct round round, const char *county,
                       struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "DELETE FROM local_verdict WHERE round = ? AND county = ?", err);
    query_put(&q, "rt", round, county);
    return query_run(&q);
}

int store_local_put(struct store *s, struct round round, const char *county,
                    const struct store_local *rows, size_t n, struct jh_err *err)
{
    int r = clear_local(s, round, county, err);

    for (size_t i = 0; i < n && !r; i++) {
        const struct store_local *row = &rows[i];
        struct query q;
        query_start(&q, s,
                    "INSERT INTO local_verdict(round, county, indicator, stage, school,"
                    " outcome, value, text, script_sha256) VALUES (?,?,?,?,?,?,?,?,?)",
                    err);
        query_put(&q, "rtttt", round, county, row->indicator, row->stage, row->school);
        query_put_text(&q, outcome_id(row->outcome));
        query_put_real(&q, row->value);
        query_put(&q, "tt", row->text, row->script_sha256);
        r = query_run(&q);
    }
    return r;
}

int store_local_get(struct store *s, struct round round, const char *county,
                    struct arena *arena, struct store_local **ret, size_t *ret_n,
                    struct jh_err *err)
{
    struct store_local *list = NULL, *row;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT indicator, stage, school, outcome, value, text, script_sha256"
                " FROM local_verdict WHERE round = ? AND county = ?"
                " ORDER BY indicator, stage, school",
                err);
    query_put(&q, "rt", round, county);
    while (query_row(&q) && (row = query_item(&q, arena, &list, n, sizeof(*row)))) {
        row->indicator = query_text(&q, arena);
        row->stage = query_text(&q, arena);
        row->school = query_text(&q, arena);
        row->outcome = read_outcome(&q, arena);
        row->value = query_real(&q);
        row->text = query_text(&q, arena);
        row->script_sha256 = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}
