/* SPDX-License-Identifier: Apache-2.0 */
/* Acknowledgements, assignments, comments; silences, and what they keep back. */
#include "store/people.h"

#include <string.h>

#include "store/entry.h"
#include "store/query.h"

/* ---- acts ---------------------------------------------------------------------------------- */

static const char *const ACTS[] = {"acknowledge", "assign", "comment"};
enum { ACT_COUNT = sizeof ACTS / sizeof *ACTS, EACH_BYTES = 1 << 20 };

static void entry_act(struct entry *e, const struct store_act *a)
{
    entry_start(e, ACTS[a->act]);
    entry_int(e, "act", a->id);
    entry_text(e, "alert", a->alert);
    entry_says(e);
    entry_text(e, "by", a->by);
    entry_text(e, "text", a->text);
    entry_text(e, "to", a->to);
    entry_text(e, "unit", a->unit);
    entry_text(e, "plan", a->plan);
    entry_text(e, "month", a->month);
    entry_int(e, "expires_ms", a->expires_ms);
}

int store_act_put(struct store *s, struct store_act *act, struct jh_err *err)
{
    struct query q;
    struct entry e;

    query_start(&q, s,
                "INSERT INTO alert_act(act, alert, at_ms, by, text, \"to\", unit, plan,"
                " month, expires_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "ttitt", ACTS[act->act], act->alert, act->at_ms, act->by, act->text);
    query_put(&q, "tttti", act->to, act->unit, act->plan, act->month, act->expires_ms);
    int r = query_run(&q);
    if (r)
        return r;
    act->id = sqlite3_last_insert_rowid(s->db);
    entry_act(&e, act);
    return entry_put(&e, s, act->at_ms, err);
}

#define ACT_COLUMNS                                                                      \
    "id, act, alert, at_ms, by, text, \"to\", unit, plan, month, expires_ms"             \
    " FROM alert_act"

static enum store_act_kind read_kind(struct query *q, struct arena *arena)
{
    const char *word = query_text(q, arena);

    for (int i = 0; word && i < ACT_COUNT; i++)
        if (strcmp(word, ACTS[i]) == 0)
            return (enum store_act_kind)i;
    if (!q->result)
        q->result = err_at(q->err, JH_EIO, q->store->path, 0, 0, "holds an act \"%s\"",
                           word ? word : "");
    return ACT_COMMENT;
}

static void read_act(struct query *q, struct arena *arena, struct store_act *a)
{
    a->id = query_int(q);
    a->act = read_kind(q, arena);
    a->alert = query_text(q, arena);
    a->at_ms = query_int(q);
    a->by = query_text(q, arena);
    a->text = query_text(q, arena);
    a->to = query_text(q, arena);
    a->unit = query_text(q, arena);
    a->plan = query_text(q, arena);
    a->month = query_text(q, arena);
    a->expires_ms = query_int(q);
}

int store_acts(struct store *s, const char *alert, struct arena *arena,
               struct store_act **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_act *list = NULL, *a;
    struct query q;
    size_t n = 0;

    query_start(&q, s, "SELECT " ACT_COLUMNS " WHERE alert = ? ORDER BY id", err);
    query_put_text(&q, alert);
    while (query_row(&q) && (a = query_item(&q, arena, &list, n, sizeof(*a)))) {
        read_act(&q, arena, a);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int acts_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s, "SELECT " ACT_COLUMNS " ORDER BY id", err);
    while (!r && query_row(&q)) {
        struct store_act a;
        struct entry e;
        read_act(&q, arena, &a);
        if ((r = q.result))
            break;
        entry_act(&e, &a);
        r = fn(arg, &e, a.at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}

/* ---- silences -------------------------------------------------------------------------------- */

int store_silence_put(struct store *s, struct store_silence *x, struct jh_err *err)
{
    struct query q;
    struct entry e;

    query_start(&q, s,
                "INSERT INTO silence(county, kind, standard, severity, region, until_ms,"
                " by, reason, office, created_ms) VALUES (?,?,?,?,?,?,?,?,?,?)",
                err);
    query_put(&q, "ttttt", x->county, x->kind, x->standard, x->severity, x->region);
    query_put(&q, "ittti", x->until_ms, x->by, x->reason, x->office, x->created_ms);
    int r = query_run(&q);
    if (r)
        return r;
    x->id = sqlite3_last_insert_rowid(s->db);
    entry_start(&e, "silence");
    entry_int(&e, "silence", x->id);
    entry_text(&e, "county", x->county);
    entry_says(&e);
    entry_text(&e, "kind", x->kind);
    entry_text(&e, "standard", x->standard);
    entry_text(&e, "severity", x->severity);
    entry_text(&e, "region", x->region);
    entry_int(&e, "until_ms", x->until_ms);
    entry_text(&e, "by", x->by);
    entry_text(&e, "reason", x->reason);
    return entry_put(&e, s, x->created_ms, err);
}

static void read_silence(struct query *q, struct arena *arena, struct store_silence *x)
{
    x->id = query_int(q);
    x->county = query_text(q, arena);
    x->kind = query_text(q, arena);
    x->standard = query_text(q, arena);
    x->severity = query_text(q, arena);
    x->region = query_text(q, arena);
    x->until_ms = query_int(q);
    x->by = query_text(q, arena);
    x->reason = query_text(q, arena);
    x->office = query_text(q, arena);
    x->created_ms = query_int(q);
    x->reminded_ms = query_int(q);
    x->ended_ms = query_int(q);
    x->ended_by = query_text(q, arena);
    x->ended_reason = query_text(q, arena);
}

int store_silences(struct store *s, bool ended, struct arena *arena,
                   struct store_silence **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_silence *list = NULL, *x;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT id, county, kind, standard, severity, region, until_ms, by,"
                " reason, office, created_ms, reminded_ms, ended_ms, ended_by,"
                " ended_reason FROM silence WHERE ? OR ended_ms = 0 ORDER BY id",
                err);
    query_put_int(&q, ended);
    while (query_row(&q) && (x = query_item(&q, arena, &list, n, sizeof(*x)))) {
        read_silence(&q, arena, x);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_silence_end(struct store *s, int64_t id, const char *by, const char *reason,
                      int64_t at_ms, struct jh_err *err)
{
    struct query q;
    struct entry e;

    query_start(&q, s,
                "UPDATE silence SET ended_ms = ?, ended_by = ?, ended_reason = ?"
                " WHERE id = ? AND ended_ms = 0",
                err);
    query_put(&q, "itti", at_ms, by, reason, id);
    int r = query_run(&q);
    if (r || sqlite3_changes(s->db) != 1)
        return r ? r : JH_ENOENT;
    entry_start(&e, "silence.ended");
    entry_int(&e, "silence", id);
    entry_says(&e);
    entry_text(&e, "by", by);
    entry_text(&e, "reason", reason);
    return entry_put(&e, s, at_ms, err);
}

int store_silence_reminded(struct store *s, int64_t id, int64_t at_ms, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "UPDATE silence SET reminded_ms = ? WHERE id = ?", err);
    query_put(&q, "ii", at_ms, id);
    return query_run(&q);
}

/* ---- what is kept back ------------------------------------------------------------------------ */

static int read_withheld(struct query *q, struct arena *arena, struct store_outbox **ret,
                         size_t *ret_n)
{
    struct store_outbox *list = NULL, *row;
    size_t n = 0;

    while (query_row(q) && (row = query_item(q, arena, &list, n, sizeof(*row)))) {
        *row = (struct store_outbox){.id = query_int(q)};
        row->alert = query_text(q, arena);
        row->transition = (int)query_int(q);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_outbox_withheld(struct store *s, int64_t silence, struct arena *arena,
                          struct store_outbox **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT o.id, o.alert, o.transition FROM outbox o WHERE o.silenced = ?"
                " AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.alert = o.alert"
                "  AND l.office = o.office AND l.channel = o.channel"
                "  AND l.transition > o.transition)"
                " AND (EXISTS (SELECT 1 FROM alert a WHERE a.id = o.alert AND a.open = 1)"
                "  OR EXISTS (SELECT 1 FROM outbox t WHERE t.alert = o.alert"
                "   AND t.office = o.office AND t.channel = o.channel"
                "   AND t.silenced = 0))"
                " ORDER BY o.id",
                err);
    query_put_int(&q, silence);
    return read_withheld(&q, arena, ret, ret_n);
}

int store_outbox_inhibited(struct store *s, const char *county, struct arena *arena,
                           struct store_outbox **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "SELECT o.id, o.alert, o.transition FROM alert a"
        " CROSS JOIN outbox o ON o.alert = a.id"
        " WHERE a.county = ? AND o.silenced = -1"
        " AND NOT EXISTS (SELECT 1 FROM outbox l WHERE l.alert = o.alert"
        "  AND l.office = o.office AND l.channel = o.channel"
        "  AND l.transition > o.transition)"
        " AND (a.open = 1 OR EXISTS (SELECT 1 FROM outbox t WHERE t.alert = o.alert"
        "   AND t.office = o.office AND t.channel = o.channel"
        "   AND t.silenced = 0))"
        " ORDER BY o.id",
        err);
    query_put_text(&q, county);
    return read_withheld(&q, arena, ret, ret_n);
}

int store_outbox_release(struct store *s, int64_t row, int64_t silence, int64_t now_ms,
                         struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "UPDATE outbox SET silenced = ?, created_ms = ? WHERE id = ?",
                err);
    query_put(&q, "iii", silence, now_ms, row);
    return query_run(&q);
}

int store_outbox_offices(struct store *s, const char *alert, bool escalated,
                         struct arena *arena, const char ***ret, size_t *ret_n,
                         struct jh_err *err)
{
    const char **list = NULL, **id;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT DISTINCT o.office FROM outbox o JOIN transition t"
                " ON t.alert = o.alert AND t.n = o.transition WHERE o.alert = ?"
                " AND (t.\"to\" = 'escalated' OR NOT ?) ORDER BY o.office",
                err);
    query_put(&q, "ti", alert, (int64_t)escalated);
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
