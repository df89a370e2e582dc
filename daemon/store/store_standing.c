/* SPDX-License-Identifier: Apache-2.0 */
/* Standings, baselines that were frozen, and duties. */
#include "store/standing.h"

#include <stdio.h>
#include <string.h>

#include "store/entry.h"
#include "store/query.h"

enum { EACH_BYTES = 1 << 20 };

/* ---- standings ------------------------------------------------------------------------------- */

static void entry_standing(struct entry *e, const struct store_standing *row)
{
    const struct standing *now = &row->standing;
    entry_start(e, "standing");
    entry_int(e, "act", row->id);
    entry_text(e, "county", row->county);
    entry_text(e, "standard", row->standard);
    entry_says(e);
    entry_text(e, "by_act", row->act);
    entry_text(e, "from", standing_state_id(row->from));
    entry_text(e, "to", standing_state_id(now->state));
    entry_text(e, "deadline", *now->deadline ? now->deadline : NULL);
    entry_int(e, "answered", now->answered);
    entry_text(e, "document", row->document);
    entry_text(e, "by", row->by);
    entry_text(e, "reason", row->reason);
}

int store_standing_put(struct store *s, struct store_standing *row, struct jh_err *err)
{
    const struct standing *now = &row->standing;
    struct query q;
    struct entry e;

    query_start(
        &q, s,
        "INSERT INTO standing_act(county, standard, act, \"from\", state, since_ms,"
        " deadline, deadline_ms, answered, document, by, reason, at_ms)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
        err);
    query_put(&q, "ttttt", row->county, row->standard, row->act,
              standing_state_id(row->from), standing_state_id(now->state));
    query_put(&q, "itii", now->since_ms, now->deadline, now->deadline_ms,
              (int64_t)now->answered);
    query_put(&q, "ttti", row->document, row->by, row->reason, row->at_ms);
    int r = query_run(&q);
    if (r)
        return r;
    row->id = sqlite3_last_insert_rowid(s->db);
    entry_standing(&e, row);
    return entry_put(&e, s, row->at_ms, err);
}

#define COLUMNS                                                                          \
    "id, county, standard, act, \"from\", state, since_ms, deadline, deadline_ms,"       \
    " answered, document, by, reason, at_ms FROM standing_act"

static enum standing_state read_state(struct query *q, struct arena *arena)
{
    const char *word = query_text(q, arena);
    int state = word ? standing_state_of(word) : -1;
    if (state < 0 && !q->result)
        q->result = err_at(q->err, JH_EIO, q->store->path, 0, 0,
                           "holds a standing \"%s\"", word ? word : "");
    return state < 0 ? STANDING_NONE : (enum standing_state)state;
}

static void read_standing(struct query *q, struct arena *arena,
                          struct store_standing *row)
{
    *row = (struct store_standing){.id = query_int(q)};
    row->county = query_text(q, arena);
    row->standard = query_text(q, arena);
    row->act = query_text(q, arena);
    row->from = read_state(q, arena);
    row->standing.state = read_state(q, arena);
    row->standing.since_ms = query_int(q);
    const char *deadline = query_text(q, arena);
    snprintf(row->standing.deadline, sizeof row->standing.deadline, "%s",
             deadline ? deadline : "");
    row->standing.deadline_ms = query_int(q);
    row->standing.answered = (int)query_int(q);
    row->document = query_text(q, arena);
    row->by = query_text(q, arena);
    row->reason = query_text(q, arena);
    row->at_ms = query_int(q);
}

int store_standing_get(struct store *s, const char *county, const char *standard,
                       struct arena *arena, struct store_standing *ret,
                       struct jh_err *err)
{
    struct store_standing row;
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE county = ? AND standard = ?"
                " ORDER BY id DESC LIMIT 1",
                err);
    query_put(&q, "tt", county, standard);
    bool found = query_row(&q);
    if (found)
        read_standing(&q, arena, &row);
    int r = query_one(&q, found);
    if (!r)
        *ret = row;
    return r;
}

static int read_list(struct query *q, struct arena *arena, struct store_standing **ret,
                     size_t *ret_n)
{
    struct store_standing *list = NULL, *row;
    size_t n = 0;

    while (query_row(q) && (row = query_item(q, arena, &list, n, sizeof(*row)))) {
        read_standing(q, arena, row);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_standings(struct store *s, const char *county, struct arena *arena,
                    struct store_standing **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE id IN (SELECT max(id) FROM standing_act"
                "  WHERE ?1 IS NULL OR county = ?1 GROUP BY county, standard)"
                " ORDER BY county, standard",
                err);
    query_put_text(&q, county);
    return read_list(&q, arena, ret, ret_n);
}

int store_standing_acts(struct store *s, const char *county, struct arena *arena,
                        struct store_standing **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "SELECT " COLUMNS " WHERE county = ? ORDER BY id", err);
    query_put_text(&q, county);
    return read_list(&q, arena, ret, ret_n);
}

int standings_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s, "SELECT " COLUMNS " ORDER BY id", err);
    while (!r && query_row(&q)) {
        struct store_standing row;
        struct entry e;
        read_standing(&q, arena, &row);
        if ((r = q.result))
            break;
        entry_standing(&e, &row);
        r = fn(arg, &e, row.at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}

/* ---- baselines ------------------------------------------------------------------------------- */

static void entry_baseline(struct entry *e, const struct store_baseline *b)
{
    entry_start(e, "baseline");
    entry_text(e, "county", b->county);
    entry_text(e, "standard", b->standard);
    entry_says(e);
    entry_round(e, "round", b->round);
    entry_int(e, "certified_ms", b->cert_ms);
    entry_text(e, "figures", b->figures);
}

int store_baseline_put(struct store *s, const struct store_baseline *b,
                       struct jh_err *err)
{
    struct query q;
    struct entry e;

    query_start(&q, s,
                "INSERT OR REPLACE INTO baseline(county, standard, round, cert_ms,"
                " figures, at_ms) VALUES (?,?,?,?,?,?)",
                err);
    query_put(&q, "ttriti", b->county, b->standard, b->round, b->cert_ms, b->figures,
              b->at_ms);
    int r = query_run(&q);
    if (r)
        return r;
    entry_baseline(&e, b);
    return entry_put(&e, s, b->at_ms, err);
}

static void read_baseline(struct query *q, struct arena *arena, struct store_baseline *b)
{
    b->county = query_text(q, arena);
    b->standard = query_text(q, arena);
    b->round = query_round(q);
    b->cert_ms = query_int(q);
    b->figures = query_text(q, arena);
    b->at_ms = query_int(q);
}

int store_baseline_get(struct store *s, const char *county, const char *standard,
                       struct arena *arena, struct store_baseline *ret,
                       struct jh_err *err)
{
    struct store_baseline b;
    struct query q;

    query_start(&q, s,
                "SELECT county, standard, round, cert_ms, figures, at_ms FROM baseline"
                " WHERE county = ? AND standard = ?",
                err);
    query_put(&q, "tt", county, standard);
    bool found = query_row(&q);
    if (found)
        read_baseline(&q, arena, &b);
    int r = query_one(&q, found);
    if (!r)
        *ret = b;
    return r;
}

int baselines_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s,
                "SELECT county, standard, round, cert_ms, figures, at_ms FROM baseline"
                " ORDER BY county, standard",
                err);
    while (!r && query_row(&q)) {
        struct store_baseline b;
        struct entry e;
        read_baseline(&q, arena, &b);
        if ((r = q.result))
            break;
        entry_baseline(&e, &b);
        r = fn(arg, &e, b.at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}

/* ---- duties ------------------------------------------------------------------------------------ */

int store_duty_put(struct store *s, const struct store_duty *d, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT OR REPLACE INTO duty(county, standard, duty, until, round,"
                " county_name) VALUES (?,?,?,?,?,?)",
                err);
    query_put(&q, "ttttrt", d->county, d->standard, d->duty, d->until, d->round,
              d->county_name);
    return query_run(&q);
}

int store_duty_delete(struct store *s, const char *county, const char *standard,
                      const char *duty, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "DELETE FROM duty WHERE county = ?1 AND standard = ?2"
                " AND (?3 IS NULL OR duty = ?3)",
                err);
    query_put(&q, "ttt", county, standard, duty);
    return query_run(&q);
}

int store_duties(struct store *s, const char *county, const char *standard,
                 struct arena *arena, struct store_duty **ret, size_t *ret_n,
                 struct jh_err *err)
{
    struct store_duty *list = NULL, *d;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT county, standard, duty, until, round, county_name FROM duty"
                " WHERE (?1 IS NULL OR county = ?1) AND (?2 IS NULL OR standard = ?2)"
                " ORDER BY county, standard, duty",
                err);
    query_put(&q, "tt", county, standard);
    while (query_row(&q) && (d = query_item(&q, arena, &list, n, sizeof(*d)))) {
        d->county = query_text(&q, arena);
        d->standard = query_text(&q, arena);
        d->duty = query_text(&q, arena);
        d->until = query_text(&q, arena);
        d->round = query_round(&q);
        d->county_name = query_text(&q, arena);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}
