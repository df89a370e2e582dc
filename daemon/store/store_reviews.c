/* SPDX-License-Identifier: Apache-2.0 */
/* What people say of submissions. */
#include "store/entry.h"
#include "store/query.h"

enum { EACH_BYTES = 1 << 20 };

static void entry_review(struct entry *e, int64_t id, const char *act,
                         const struct store_submission *sub, const char *by,
                         const char *reason)
{
    entry_start(e, "review");
    entry_int(e, "act", id);
    entry_int(e, "submission", sub->id);
    entry_says(e);
    entry_text(e, "act", act);
    entry_submission(e, sub, by, reason);
}

int store_submission_review(struct store *s, const struct store_submission *sub,
                            const char *act, const char *by, const char *reason,
                            int64_t at_ms, struct jh_err *err)
{
    struct query q;
    struct entry e;

    query_start(&q, s,
                "INSERT INTO review_act(submission, act, by, reason, at_ms)"
                " VALUES (?,?,?,?,?)",
                err);
    query_put(&q, "ittti", sub->id, act, by, reason, at_ms);
    int r = query_run(&q);
    if (r)
        return r;
    entry_review(&e, sqlite3_last_insert_rowid(s->db), act, sub, by, reason);
    r = entry_put(&e, s, at_ms, err);
    if (r)
        return r;
    query_start(&q, s, "UPDATE submission SET review = ? WHERE id = ?", err);
    query_put(&q, "ti", act, sub->id);
    return query_run(&q);
}

int reviews_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s,
                "SELECT a.id, a.act, a.by, a.reason, a.at_ms, s.id, s.source, s.name,"
                " s.round, s.sha256 FROM review_act a"
                " LEFT JOIN submission s ON s.id = a.submission ORDER BY a.id",
                err);
    while (!r && query_row(&q)) {
        struct store_submission sub = {0};
        struct entry e;
        int64_t id = query_int(&q);
        const char *act = query_text(&q, arena), *by = query_text(&q, arena);
        const char *reason = query_text(&q, arena);
        int64_t at_ms = query_int(&q);
        sub.id = query_int(&q);
        sub.source = query_text(&q, arena);
        sub.name = query_text(&q, arena);
        sub.round = query_round(&q);
        sub.sha256 = query_text(&q, arena);
        if ((r = q.result))
            break;
        entry_review(&e, id, act, &sub, by, reason);
        r = fn(arg, &e, at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}
