/* SPDX-License-Identifier: Apache-2.0 */
/* Sources' state, archived bodies, submissions. */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "store/entry.h"
#include "store/query.h"

int store_source_put(struct store *s, const struct store_source *src, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "INSERT OR REPLACE INTO source VALUES (?,?,?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "tttt", src->name, src->tuple, src->etag, src->last_modified);
    query_put(&q, "iii", src->ok_ms, src->try_ms, src->failing_since_ms);
    query_put(&q, "it", (int64_t)src->failures, src->error ? src->error : "");
    query_put(&q, "ii", src->wait_ms, src->failed_ms);
    return query_run(&q);
}

int store_source_get(struct store *s, const char *name, struct arena *arena,
                     struct store_source *ret, struct jh_err *err)
{
    struct store_source src;
    struct query q;

    query_start(
        &q, s,
        "SELECT name, tuple, etag, last_modified, ok_ms, try_ms, failing_since_ms,"
        " failures, error, wait_ms, failed_ms FROM source WHERE name = ?",
        err);
    query_put_text(&q, name);
    bool found = query_row(&q);
    if (found) {
        src.name = query_text(&q, arena);
        src.tuple = query_text(&q, arena);
        src.etag = query_text(&q, arena);
        src.last_modified = query_text(&q, arena);
        src.ok_ms = query_int(&q);
        src.try_ms = query_int(&q);
        src.failing_since_ms = query_int(&q);
        src.failures = (int)query_int(&q);
        src.error = query_text(&q, arena);
        src.wait_ms = query_int(&q);
        src.failed_ms = query_int(&q);
    }
    int r = query_one(&q, found);
    if (!r)
        *ret = src;
    return r;
}

int store_sources_heard(struct store *s, struct arena *arena, const char ***ret,
                        size_t *ret_n, struct jh_err *err)
{
    const char **names = NULL, **name;
    struct query q;
    size_t n = 0;

    query_start(
        &q, s,
        "SELECT DISTINCT source FROM submission WHERE current = 1 AND holds = 'school'"
        " ORDER BY source",
        err);
    while (query_row(&q) && (name = query_item(&q, arena, &names, n, sizeof(*name)))) {
        *name = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = names;
        *ret_n = n;
    }
    return r;
}

int store_body_put(struct store *s, const char *sha256, const void *packed, size_t n,
                   size_t raw_size, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT INTO body(sha256, raw_size, packed) VALUES (?,?,?)"
                " ON CONFLICT DO NOTHING",
                err);
    query_put(&q, "ti", sha256, (int64_t)raw_size);
    query_put_blob(&q, n ? packed : "", n);
    return query_run(&q);
}

int store_body_get(struct store *s, const char *sha256, void **ret, size_t *ret_n,
                   size_t *ret_raw, struct jh_err *err)
{
    struct query q;
    void *copy = NULL;
    size_t n = 0, raw = 0;

    query_start(&q, s, "SELECT raw_size, packed FROM body WHERE sha256 = ?", err);
    query_put_text(&q, sha256);
    bool found = query_row(&q);
    if (found) {
        raw = (size_t)query_int(&q);
        n = (size_t)sqlite3_column_bytes(q.stmt, 1);
        copy = malloc(n ? n : 1);
        if (copy && n)
            memcpy(copy, sqlite3_column_blob(q.stmt, 1), n);
        if (!copy)
            q.result = err_set(err, JH_ENOMEM, "out of memory");
    }
    int r = query_one(&q, found);
    if (r) {
        free(copy);
        return r;
    }
    *ret = copy;
    *ret_n = n;
    *ret_raw = raw;
    return 0;
}

static int next_revision(struct store *s, const struct store_submission *sub, int *ret,
                         struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT ifnull(max(revision), 0) + 1 FROM submission"
                " WHERE source = ? AND round = ? AND part = ?",
                err);
    query_put(&q, "trt", sub->source, sub->round, sub->part ? sub->part : "");
    if (query_row(&q))
        *ret = (int)query_int(&q);
    return query_done(&q);
}

/* The same as the column, to be found by. */
static int put_counties(struct store *s, const struct store_submission *sub,
                        struct jh_err *err)
{
    int r = 0;

    for (size_t i = 0; !r && i < sub->n_counties; i++) {
        struct query q;
        query_start(&q, s,
                    "INSERT INTO submission_county(county, round, submission)"
                    " VALUES (?,?,?) ON CONFLICT DO NOTHING",
                    err);
        query_put(&q, "tri", sub->counties[i], sub->round, sub->id);
        r = query_run(&q);
    }
    return r;
}

static const char *holds_id(enum store_holds holds)
{
    return holds == STORE_COUNTY ? "county" : "school";
}

int store_submission_put(struct store *s, struct store_submission *sub,
                         struct jh_err *err)
{
    struct query q;
    int revision = 0;
    int r = next_revision(s, sub, &revision, err);

    if (r)
        return r;
    query_start(&q, s,
                "UPDATE submission SET current = 0"
                " WHERE source = ? AND round = ? AND name = ? AND holds = ?"
                " AND current = 1",
                err);
    query_put(&q, "trtt", sub->source, sub->round, sub->name, holds_id(sub->holds));
    r = query_run(&q);
    if (r)
        return r;
    query_start(
        &q, s,
        "INSERT INTO submission(source, part, name, url, type, sha256, tuple, round,"
        " revision, received_ms, holds, review, current, counties)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,1,?)",
        err);
    query_put(&q, "ttttt", sub->source, sub->part ? sub->part : "", sub->name, sub->url,
              sub->type);
    query_put(&q, "ttrii", sub->sha256, sub->tuple, sub->round, (int64_t)revision,
              sub->received_ms);
    query_put(&q, "tt", holds_id(sub->holds), sub->review ? sub->review : "");
    query_put_lines(&q, sub->counties, sub->n_counties);
    r = query_run(&q);
    if (r)
        return r;
    sub->id = sqlite3_last_insert_rowid(s->db);
    sub->revision = revision;
    sub->current = true;
    return put_counties(s, sub, err);
}

int store_submission_reject(struct store *s, int64_t id, const char *rejected,
                            struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "UPDATE submission SET rejected = ?2 WHERE id = ?1", err);
    query_put(&q, "it", id, rejected);
    return query_run(&q);
}

int store_submission_rejected(struct store *s, int64_t id, struct arena *arena,
                              const char **ret, struct jh_err *err)
{
    const char *text = NULL;
    struct query q;

    query_start(&q, s, "SELECT rejected FROM submission WHERE id = ?", err);
    query_put_int(&q, id);
    bool found = query_row(&q);
    if (found)
        text = query_text(&q, arena);
    int r = query_one(&q, found);
    if (!r)
        *ret = text;
    return r;
}

#define COLUMNS                                                                          \
    "id, source, part, name, url, type, sha256, tuple, round, revision, received_ms,"    \
    " current, counties, retracted_ms, retracted_by, retracted_reason,"                  \
    " holds = 'county', review"

static void read_submission(struct query *q, struct arena *arena,
                            struct store_submission *sub)
{
    sub->id = query_int(q);
    sub->source = query_text(q, arena);
    sub->part = query_text(q, arena);
    sub->name = query_text(q, arena);
    sub->url = query_text(q, arena);
    sub->type = query_text(q, arena);
    sub->sha256 = query_text(q, arena);
    sub->tuple = query_text(q, arena);
    sub->round = query_round(q);
    sub->revision = (int)query_int(q);
    sub->received_ms = query_int(q);
    sub->current = query_int(q) != 0;
    query_lines(q, arena, &sub->counties, &sub->n_counties);
    sub->retracted_ms = query_int(q);
    sub->retracted_by = query_text(q, arena);
    sub->retracted_reason = query_text(q, arena);
    sub->holds = query_int(q) ? STORE_COUNTY : STORE_SCHOOL;
    sub->review = query_text(q, arena);
}

static int read_submissions(struct query *q, struct arena *arena,
                            struct store_submission **ret, size_t *ret_n)
{
    struct store_submission *subs = NULL, *sub;
    size_t n = 0;

    while (query_row(q) && (sub = query_item(q, arena, &subs, n, sizeof(*sub)))) {
        read_submission(q, arena, sub);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = subs;
        *ret_n = n;
    }
    return r;
}

int store_submissions(struct store *s, struct round round, struct arena *arena,
                      struct store_submission **ret, size_t *ret_n, struct jh_err *err)
{
    return store_submissions_of(s, STORE_SCHOOL, round, arena, ret, ret_n, err);
}

int store_submissions_of(struct store *s, enum store_holds holds, struct round round,
                         struct arena *arena, struct store_submission **ret,
                         size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission"
                " WHERE current = 1 AND round BETWEEN ? AND ?"
                " AND (holds = ?3 OR ?3 IS NULL) ORDER BY id",
                err);
    query_put(&q, "iit", query_round_number(round),
              round.year ? query_round_number(round) : INT64_MAX,
              holds == STORE_ANY ? NULL : holds_id(holds));
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submissions_newest(struct store *s, const char *source, struct arena *arena,
                             struct store_submission **ret, size_t *ret_n,
                             struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission INDEXED BY submission_of"
                " WHERE source = ?1 AND current = 1 AND round ="
                " (SELECT max(round) FROM submission WHERE source = ?1 AND current = 1)"
                " ORDER BY id",
                err);
    query_put_text(&q, source);
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submissions_holding(struct store *s, enum store_holds holds, struct round round,
                              const char *const *counties, size_t n, struct arena *arena,
                              struct store_submission **ret, size_t *ret_n,
                              struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission WHERE id IN"
                " (SELECT c.submission FROM json_each(?3) j"
                "  CROSS JOIN submission_county c ON c.county = j.value"
                "  AND c.round BETWEEN ?1 AND ?2)"
                " AND current = 1 AND (holds = ?4 OR ?4 IS NULL) ORDER BY id",
                err);
    query_put(&q, "ii", query_round_number(round),
              round.year ? query_round_number(round) : INT64_MAX);
    query_put_json(&q, counties, n);
    query_put_text(&q, holds == STORE_ANY ? NULL : holds_id(holds));
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submissions_reported(struct store *s, struct round round,
                               const char *const *counties, size_t n, const char *source,
                               struct arena *arena, struct store_submission **ret,
                               size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission WHERE id IN"
                " (SELECT c.submission FROM json_each(?3) j"
                "  CROSS JOIN submission_county c ON c.county = j.value AND c.round = ?1"
                "  UNION SELECT id FROM submission INDEXED BY submission_of"
                "  WHERE source = ?2 AND round = ?1)"
                " AND current = 1 AND holds = 'county' ORDER BY id",
                err);
    query_put(&q, "rt", round, source);
    query_put_json(&q, counties, n);
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submissions_near(struct store *s, struct round round,
                           const char *const *counties, size_t n, const char *source,
                           struct arena *arena, struct store_submission **ret,
                           size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "WITH RECURSIVE near(id) AS ("
                " SELECT s.id FROM json_each(?3) j"
                "  CROSS JOIN submission_county c ON c.county = j.value AND c.round = ?1"
                "  CROSS JOIN submission s ON s.id = c.submission"
                "  AND s.current = 1 AND s.holds = 'school'"
                " UNION SELECT id FROM submission INDEXED BY submission_of"
                "  WHERE source = ?2 AND round = ?1 AND current = 1 AND holds = 'school'"
                " UNION SELECT s.id FROM near CROSS JOIN submission_county mine"
                "  ON mine.submission = near.id"
                "  CROSS JOIN submission_county c ON c.county = mine.county"
                "  AND c.round = ?1"
                "  CROSS JOIN submission s ON s.id = c.submission"
                "  AND s.current = 1 AND s.holds = 'school')"
                " SELECT " COLUMNS " FROM submission WHERE id IN near ORDER BY id",
                err);
    query_put(&q, "rt", round, source);
    query_put_json(&q, counties, n);
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submissions_ever(struct store *s, struct arena *arena,
                           struct store_submission **ret, size_t *ret_n,
                           struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission WHERE retracted_ms = 0 ORDER BY id",
                err);
    return read_submissions(&q, arena, ret, ret_n);
}

static int journal_retract(struct store *s, const struct store_submission *sub,
                           const char *by, const char *reason, int64_t at_ms,
                           struct jh_err *err)
{
    struct entry e;

    entry_start(&e, "retract");
    entry_int(&e, "submission", sub->id);
    entry_says(&e);
    entry_submission(&e, sub, by, reason);
    return entry_put(&e, s, at_ms, err);
}

int store_submission_retract(struct store *s, const struct store_submission *sub,
                             const char *by, const char *reason, int64_t at_ms,
                             struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "UPDATE submission SET current = 0, retracted_ms = ?, retracted_by = ?,"
                " retracted_reason = ? WHERE id = ?",
                err);
    query_put(&q, "itti", at_ms, by, reason, sub->id);
    int r = query_run(&q);
    return r ? r : journal_retract(s, sub, by, reason, at_ms, err);
}

int store_submission_restore(struct store *s, const struct store_submission *sub,
                             struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "UPDATE submission SET current = 1 WHERE id = (SELECT max(id)"
                " FROM submission WHERE source = ? AND round = ? AND name = ?"
                " AND holds = ? AND retracted_ms = 0 AND id < ?)",
                err);
    query_put(&q, "trtti", sub->source, sub->round, sub->name, holds_id(sub->holds),
              sub->id);
    int r = query_run(&q);
    return r ? r : sqlite3_changes(s->db) ? 0 : JH_ENOENT;
}

int store_submission_retracted(struct store *s, const char *source, struct round round,
                               const char *sha256, struct arena *arena,
                               struct store_submission *ret, struct jh_err *err)
{
    struct store_submission sub;
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission WHERE source = ? AND round = ?"
                " AND sha256 = ? AND retracted_ms > 0 ORDER BY id DESC LIMIT 1",
                err);
    query_put(&q, "trt", source, round, sha256);
    bool found = query_row(&q);
    if (found)
        read_submission(&q, arena, &sub);
    int r = query_one(&q, found);
    if (!r)
        *ret = sub;
    return r;
}

int store_submission_review_of(struct store *s, const struct store_submission *sub,
                               const char **ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT 1 FROM submission WHERE source = ? AND round = ? AND sha256 = ?"
                " AND holds = ? AND review = 'reviewed' LIMIT 1",
                err);
    query_put(&q, "trtt", sub->source, sub->round, sub->sha256, holds_id(sub->holds));
    bool found = query_row(&q);
    int r = query_one(&q, found);
    if (r && r != JH_ENOENT)
        return r;
    *ret = found ? "reviewed" : "";
    return 0;
}

int store_reviews(struct store *s, bool all, size_t max, struct arena *arena,
                  struct store_review **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_review *list = NULL, *one;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT " COLUMNS ", by, reason, ifnull(at_ms, 0) FROM"
                " (SELECT s.*, a.by, a.reason, a.at_ms FROM submission s"
                "  LEFT JOIN review_act a ON a.id ="
                "   (SELECT max(id) FROM review_act WHERE submission = s.id)"
                "  WHERE ?1 OR (s.current = 1 AND s.review = ''))"
                " ORDER BY id DESC LIMIT ?2",
                err);
    query_put(&q, "ii", (int64_t)all, (int64_t)max);
    while (query_row(&q) && (one = query_item(&q, arena, &list, n, sizeof(*one)))) {
        read_submission(&q, arena, &one->sub);
        one->by = query_text(&q, arena);
        one->reason = query_text(&q, arena);
        one->at_ms = query_int(&q);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_retractions(struct store *s, struct arena *arena, struct store_submission **ret,
                      size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission r WHERE retracted_ms > 0"
                " AND NOT EXISTS (SELECT 1 FROM submission n WHERE n.source = r.source"
                "  AND n.name = r.name AND n.id > r.id AND n.retracted_ms = 0)"
                " ORDER BY id DESC",
                err);
    return read_submissions(&q, arena, ret, ret_n);
}

int store_submission_last(struct store *s, const char *source, const char *name,
                          struct arena *arena, struct store_submission *ret,
                          struct jh_err *err)
{
    struct store_submission sub;
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM submission"
                " WHERE source = ? AND name = ? ORDER BY id DESC LIMIT 1",
                err);
    query_put(&q, "tt", source, name);
    bool found = query_row(&q);
    if (found)
        read_submission(&q, arena, &sub);
    int r = query_one(&q, found);
    if (!r)
        *ret = sub;
    return r;
}

int store_submission_retuple(struct store *s, int64_t id, const char *part,
                             const char *tuple, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "UPDATE submission SET part = ?, tuple = ? WHERE id = ?", err);
    query_put(&q, "tti", part, tuple, id);
    return query_run(&q);
}

int store_rounds(struct store *s, bool monthly, const char *const *counties, size_t n,
                 struct arena *arena, struct round **ret, size_t *ret_n,
                 struct jh_err *err)
{
    struct round *rounds = NULL, *round;
    struct query q;
    size_t found = 0;

    query_start(
        &q, s,
        "SELECT DISTINCT c.round FROM json_each(?2) j"
        " CROSS JOIN submission_county c ON c.county = j.value"
        " CROSS JOIN submission s ON s.id = c.submission"
        " WHERE s.current = 1 AND s.holds = 'school' AND (c.round % 100 <> 0) = ?1"
        " ORDER BY c.round",
        err);
    query_put_int(&q, monthly);
    query_put_json(&q, counties, n);
    while (query_row(&q) &&
           (round = query_item(&q, arena, &rounds, found, sizeof(*round)))) {
        *round = query_round(&q);
        found++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = rounds;
        *ret_n = found;
    }
    return r;
}

int store_newest_ms(struct store *s, int64_t *ret_ms, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT max(ifnull((SELECT received_ms FROM submission"
                "                   ORDER BY id DESC LIMIT 1), 0),"
                " ifnull((SELECT max(opened_ms) FROM alert), 0),"
                " ifnull((SELECT at_ms FROM certification_act"
                "         ORDER BY id DESC LIMIT 1), 0),"
                " ifnull((SELECT created_ms FROM message ORDER BY seq DESC LIMIT 1), 0))",
                err);
    int64_t ms = query_row(&q) ? query_int(&q) : 0;
    int r = query_done(&q);
    if (!r)
        *ret_ms = ms;
    return r;
}
