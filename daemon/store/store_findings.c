/* SPDX-License-Identifier: Apache-2.0 */
/* What is doubtful in a county's newest data of a round, and what people have accepted of it. */
#include <string.h>

#include "store/entry.h"
#include "store/query.h"

enum { EACH_BYTES = 1 << 20 };

static int put_finding(struct store *s, struct round round, const char *county,
                       const struct store_finding *f, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT OR IGNORE INTO finding(round, county, id, source, code, severity,"
                " school, campus, field, value, file, line, text, policy)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "rttttttttt", round, county, f->id, f->source, f->code, f->severity,
              f->school, f->campus, f->field, f->value);
    query_put(&q, "titt", f->file, f->line, f->text, f->policy);
    return query_run(&q);
}

int store_findings_put(struct store *s, struct round round, const char *county,
                       const struct store_finding *rows, size_t n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "DELETE FROM finding WHERE round = ? AND county = ?", err);
    query_put(&q, "rt", round, county);
    int r = query_run(&q);
    for (size_t i = 0; !r && i < n; i++)
        r = put_finding(s, round, county, &rows[i], err);
    return r;
}

#define NAMES                                                                             \
    "f.round, f.county, f.id, f.source, f.code, f.severity, f.school, f.campus, f.field," \
    " f.value, f.file, f.line, f.text, f.policy, a.by, a.reason, ifnull(a.at_ms, 0)"
#define ACCEPTED " LEFT JOIN finding_accepted a ON a.id = f.id"
#define COLUMNS NAMES " FROM finding f" ACCEPTED

static void read_finding(struct query *q, struct arena *arena, struct store_finding *f)
{
    f->round = query_round(q);
    f->county = query_text(q, arena);
    f->id = query_text(q, arena);
    f->source = query_text(q, arena);
    f->code = query_text(q, arena);
    f->severity = query_text(q, arena);
    f->school = query_text(q, arena);
    f->campus = query_text(q, arena);
    f->field = query_text(q, arena);
    f->value = query_text(q, arena);
    f->file = query_text(q, arena);
    f->line = query_int(q);
    f->text = query_text(q, arena);
    f->policy = query_text(q, arena);
    f->by = query_text(q, arena);
    f->reason = query_text(q, arena);
    f->accepted_ms = query_int(q);
}

static int read_list(struct query *q, struct arena *arena, struct store_finding **ret,
                     size_t *ret_n)
{
    struct store_finding *list = NULL, *f;
    size_t n = 0;

    while (query_row(q) && (f = query_item(q, arena, &list, n, sizeof(*f)))) {
        read_finding(q, arena, f);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_findings_round(struct store *s, struct round round, const char *source,
                         const char *const *counties, size_t n, struct arena *arena,
                         struct store_finding **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    /* CROSS JOIN: by the few that are meant, not through all of the round. */
    query_start(&q, s,
                "WITH ours(county, id) AS ("
                " SELECT county, id FROM finding WHERE source = ?2 AND round = ?1"
                " UNION SELECT county, id FROM finding WHERE source = '' AND round = ?1"
                "  AND county IN (SELECT value FROM json_each(?3)))"
                " SELECT " NAMES " FROM ours CROSS JOIN finding f ON f.round = ?1"
                " AND f.county = ours.county AND f.id = ours.id" ACCEPTED
                " ORDER BY f.county, f.line, f.id",
                err);
    query_put(&q, "rt", round, source);
    query_put_json(&q, counties, n);
    return read_list(&q, arena, ret, ret_n);
}

int store_findings(struct store *s, const char *county, size_t max, struct arena *arena,
                   struct store_finding **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "SELECT " COLUMNS " WHERE ?1 IS NULL OR f.county = ?1"
        " ORDER BY f.round DESC, f.county, f.severity DESC, f.code, f.school, f.id"
        " LIMIT ?2",
        err);
    query_put(&q, "ti", county, (int64_t)max);
    return read_list(&q, arena, ret, ret_n);
}

int store_finding_get(struct store *s, const char *id, struct arena *arena,
                      struct store_finding *ret, struct jh_err *err)
{
    struct store_finding f;
    struct query q;

    query_start(&q, s, "SELECT " COLUMNS " WHERE f.id = ? LIMIT 1", err);
    query_put_text(&q, id);
    bool found = query_row(&q);
    if (found)
        read_finding(&q, arena, &f);
    int r = query_one(&q, found);
    if (!r)
        *ret = f;
    return r;
}

/* Never changed and never deleted: who said so first, and why. */
int store_finding_accept(struct store *s, const struct store_finding *f,
                         struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT OR IGNORE INTO finding_accepted(id, round, county, code, school,"
                " campus, field, value, text, by, reason, at_ms)"
                " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "trttttttt", f->id, f->round, f->county, f->code, f->school, f->campus,
              f->field, f->value, f->text);
    query_put(&q, "tti", f->by, f->reason, f->accepted_ms);
    int r = query_run(&q);
    if (r || sqlite3_changes(s->db) != 1)
        return r ? r : JH_EEXIST;
    struct entry e;
    entry_accepted(&e, f);
    return entry_put(&e, s, f->accepted_ms, err);
}

int store_findings_words(struct store *s, struct arena *arena, struct store_finding **ret,
                         size_t *ret_n, struct jh_err *err)
{
    struct store_finding *list = NULL, *f;
    struct query q;
    size_t n = 0;

    query_start(
        &q, s, "SELECT id, by, reason, at_ms FROM finding_accepted ORDER BY at_ms, rowid",
        err);
    while (query_row(&q) && (f = query_item(&q, arena, &list, n, sizeof(*f)))) {
        f->id = query_text(&q, arena);
        f->by = query_text(&q, arena);
        f->reason = query_text(&q, arena);
        f->accepted_ms = query_int(&q);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_findings_blocking(struct store *s, int64_t *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT count(*) FROM finding f WHERE policy = 'block'"
                " AND NOT EXISTS (SELECT 1 FROM finding_accepted a WHERE a.id = f.id)",
                err);
    if (query_row(&q))
        *ret = query_int(&q);
    return query_done(&q);
}

int store_findings_accepted(struct store *s, struct round round, struct arena *arena,
                            const char ***ret, size_t *ret_n, struct jh_err *err)
{
    const char **list = NULL, **id;
    struct query q;
    size_t n = 0;

    query_start(&q, s, "SELECT id FROM finding_accepted WHERE round = ? ORDER BY id",
                err);
    query_put(&q, "r", round);
    while (query_row(&q) && (id = query_item(&q, arena, &list, n, sizeof(*id)))) {
        *id = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int accepted_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s,
                "SELECT round, county, id, '', code, '', school, campus, field, value,"
                " '', 0, text, '', by, reason, at_ms FROM finding_accepted ORDER BY id",
                err);
    while (!r && query_row(&q)) {
        struct store_finding f;
        struct entry e;
        read_finding(&q, arena, &f);
        if ((r = q.result))
            break;
        entry_accepted(&e, &f);
        r = fn(arg, &e, f.accepted_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}
