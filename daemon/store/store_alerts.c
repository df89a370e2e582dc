/* SPDX-License-Identifier: Apache-2.0 */
/* Alerts and their transitions. */
#include <string.h>

#include "store/entry.h"
#include "store/query.h"

#define COLUMNS                                                                          \
    "id, kind, subject, county, standard, indicator, severity, state, stale, round,"     \
    " revision, since_round, transition, rounds_failing, cause, told, evidence,"         \
    " opened_ms, updated_ms, resolved_ms FROM alert"

enum { ABOUT_BYTES = 64 << 10, EACH_BYTES = 64 << 20 };

static bool is_open(enum alert_state state)
{
    return state == ALERT_PENDING || state == ALERT_FIRING || state == ALERT_ACKNOWLEDGED;
}

/* Words that a newer program wrote and this one does not know must not read as harmless. */
static int word_of(struct query *q, const char *word, int (*of)(const char *),
                   const char *what)
{
    int value = word ? of(word) : -1;

    if (value >= 0)
        return value;
    if (!q->result)
        q->result = err_at(q->err, JH_EIO, q->store->path, 0, 0,
                           "holds an alert's %s \"%s\"", what, word ? word : "");
    return 0;
}

static void read_alert(struct query *q, struct arena *arena, struct store_alert *ret)
{
    struct alert *a = &ret->alert;
    const char *id = query_text(q, arena);

    memset(a->id, 0, sizeof(a->id));
    if (id)
        memcpy(a->id, id, strnlen(id, sizeof(a->id) - 1));
    a->kind = query_text(q, arena);
    a->subject = query_text(q, arena);
    a->county = query_text(q, arena);
    a->standard = query_text(q, arena);
    a->indicator = query_text(q, arena);
    a->severity = query_text(q, arena);
    a->state =
        (enum alert_state)word_of(q, query_text(q, arena), alert_state_of, "state");
    a->stale = query_int(q) != 0;
    a->round = query_round(q);
    a->revision = (int)query_int(q);
    a->since_round = query_round(q);
    a->transition = (int)query_int(q);
    a->rounds_failing = (int)query_int(q);
    const char *cause = query_text(q, arena);
    a->cause = CAUSE_NONE;
    if (cause)
        a->cause = (enum alert_cause)word_of(q, cause, alert_cause_of, "cause");
    query_lines(q, arena, &a->told, &a->n_told);
    ret->evidence = query_text(q, arena);
    ret->opened_ms = query_int(q);
    ret->updated_ms = query_int(q);
    ret->resolved_ms = query_int(q);
}

static int read_one(struct query *q, struct arena *arena, struct store_alert *ret)
{
    struct store_alert alert;
    bool found = query_row(q);

    if (found)
        read_alert(q, arena, &alert);
    int r = query_one(q, found);
    if (!r)
        *ret = alert;
    return r;
}

int store_alert_named(struct store *s, const struct alert_name *name, struct arena *arena,
                      struct store_alert *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE kind = ? AND subject = ? AND standard = ?"
                " AND indicator = ? AND open = 1",
                err);
    query_put(&q, "tttt", alert_kind_info(name->kind)->id, name->subject, name->standard,
              name->indicator);
    return read_one(&q, arena, ret);
}

int store_alert_open(struct store *s, const char *kind, const char *subject,
                     const char *standard, struct arena *arena, struct store_alert *ret,
                     struct jh_err *err)
{
    const struct alert_name name = {(enum alert_kind)alert_kind_of(kind), subject,
                                    standard, ""};

    return store_alert_named(s, &name, arena, ret, err);
}

static int read_all(struct query *q, struct arena *arena, struct store_alert **ret,
                    size_t *ret_n)
{
    struct store_alert *list = NULL, *alert;
    size_t n = 0;

    while (query_row(q) && (alert = query_item(q, arena, &list, n, sizeof(*alert)))) {
        read_alert(q, arena, alert);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_alerts_open_of(struct store *s, enum alert_kind kind, struct arena *arena,
                         struct store_alert **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE kind = ? AND open = 1"
                " ORDER BY subject, standard, indicator",
                err);
    query_put_text(&q, alert_kind_info(kind)->id);
    return read_all(&q, arena, ret, ret_n);
}

int store_alerts_open_about(struct store *s, enum alert_kind kind, const char *subject,
                            struct arena *arena, struct store_alert **ret, size_t *ret_n,
                            struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " WHERE kind = ? AND subject = ? AND open = 1"
                " ORDER BY standard, indicator",
                err);
    query_put(&q, "tt", alert_kind_info(kind)->id, subject);
    return read_all(&q, arena, ret, ret_n);
}

/* The second row tells that a prefix is not unique; an exact id comes first. */
int store_alert_get(struct store *s, const char *id, struct arena *arena,
                    struct store_alert *ret, struct jh_err *err)
{
    struct store_alert alert;
    struct query q;
    bool more = false;

    if (!*id)
        return JH_ENOENT;
    query_start(
        &q, s, "SELECT " COLUMNS " WHERE id >= ?1 AND id < ?1 || 'z' ORDER BY id LIMIT 2",
        err);
    query_put_text(&q, id);
    bool found = query_row(&q);
    if (found) {
        read_alert(&q, arena, &alert);
        more = strcmp(alert.alert.id, id) != 0 && query_row(&q);
    }
    int r = query_one(&q, found);
    if (!r && more)
        return err_set(err, JH_EINVAL, "\"%s\" begins the id of more than one alert", id);
    if (!r)
        *ret = alert;
    return r;
}

/* What the transition's alert is about; nothing, as long as the alert is not written. */
static int load_about(struct store *s, const char *alert, struct arena *arena,
                      struct entry_about *ret, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "SELECT kind, county, standard FROM alert WHERE id = ?", err);
    query_put_text(&q, alert);
    if (query_row(&q)) {
        ret->kind = query_text(&q, arena);
        ret->county = query_text(&q, arena);
        ret->standard = query_text(&q, arena);
    }
    return query_done(&q);
}

/* The county's code has changed: the alert goes on under the new one. */
static int journal_move(struct store *s, const struct store_alert *alert,
                        struct jh_err *err)
{
    const struct alert *a = &alert->alert;
    struct arena *arena = arena_new(ABOUT_BYTES);
    struct entry_about about = {0};
    struct entry e;

    if (!arena)
        return err_set(err, JH_ENOMEM, "out of memory");
    int r = load_about(s, a->id, arena, &about, err);
    if (!r && about.county && strcmp(about.county, a->county) != 0) {
        entry_start(&e, "move");
        entry_text(&e, "alert", a->id);
        entry_text(&e, "county", a->county);
        entry_says(&e);
        entry_text(&e, "from", about.county);
        r = entry_put(&e, s, alert->updated_ms, err);
    }
    arena_free(arena);
    return r;
}

/* Not REPLACE: that would delete the row, and with it break its transitions' reference. */
int store_alert_put(struct store *s, const struct store_alert *alert, struct jh_err *err)
{
    const struct alert *a = &alert->alert;
    struct query q;

    int r = journal_move(s, alert, err);
    if (r)
        return r;
    query_start(
        &q, s,
        "INSERT INTO alert(id, kind, subject, county, standard, indicator, severity,"
        " state, open, stale, round, revision, since_round, transition, rounds_failing,"
        " cause, told, evidence, opened_ms, updated_ms, resolved_ms)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT(id) DO UPDATE SET subject = excluded.subject,"
        " county = excluded.county, severity = excluded.severity,"
        " state = excluded.state, open = excluded.open, stale = excluded.stale,"
        " round = excluded.round, revision = excluded.revision,"
        " since_round = excluded.since_round, transition = excluded.transition,"
        " rounds_failing = excluded.rounds_failing, cause = excluded.cause,"
        " told = excluded.told, evidence = excluded.evidence,"
        " opened_ms = excluded.opened_ms, updated_ms = excluded.updated_ms,"
        " resolved_ms = excluded.resolved_ms",
        err);
    query_put(&q, "tttttttt", a->id, a->kind, a->subject, a->county, a->standard,
              a->indicator, a->severity, alert_state_id(a->state));
    query_put(&q, "iir", (int64_t)is_open(a->state), (int64_t)a->stale, a->round);
    query_put(&q, "iriit", (int64_t)a->revision, a->since_round, (int64_t)a->transition,
              (int64_t)a->rounds_failing, alert_cause_id(a->cause));
    query_put_lines(&q, a->told, a->n_told);
    query_put(&q, "tiii", alert->evidence ? alert->evidence : "{}", alert->opened_ms,
              alert->updated_ms, alert->resolved_ms);
    return query_run(&q);
}

int store_alerts(struct store *s, const char *state, const char *county,
                 struct arena *arena, struct store_alert **ret, size_t *ret_n,
                 struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS
                " WHERE (?1 IS NULL OR state = ?1 OR (?1 = 'open' AND open = 1))"
                " AND (?2 IS NULL OR county = ?2) ORDER BY opened_ms DESC, rowid DESC",
                err);
    query_put(&q, "tt", state, county);
    return read_all(&q, arena, ret, ret_n);
}

static int journal_transition(struct store *s, const struct store_transition *t,
                              struct jh_err *err)
{
    struct arena *arena = arena_new(ABOUT_BYTES);
    struct entry_about about = {0};
    struct entry e;

    if (!arena)
        return err_set(err, JH_ENOMEM, "out of memory");
    int r = load_about(s, t->alert, arena, &about, err);
    if (!r) {
        entry_transition(&e, t, &about);
        r = entry_put(&e, s, t->at_ms, err);
    }
    arena_free(arena);
    return r;
}

int store_transition_put(struct store *s, const struct store_transition *t,
                         struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "INSERT INTO transition(alert, n, \"from\", \"to\", round, cause, at_ms, by,"
        " evidence, county) VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,"
        " ifnull((SELECT county FROM alert WHERE id = ?1), ''))",
        err);
    query_put(&q, "tittrt", t->alert, (int64_t)t->n, t->from, t->to, t->round, t->cause);
    query_put(&q, "itt", t->at_ms, t->by, t->evidence ? t->evidence : "{}");
    int r = query_run(&q);
    return r ? r : journal_transition(s, t, err);
}

static void read_transition(struct query *q, struct arena *arena,
                            struct store_transition *t)
{
    t->alert = query_text(q, arena);
    t->n = (int)query_int(q);
    t->from = query_text(q, arena);
    t->to = query_text(q, arena);
    t->round = query_round(q);
    t->cause = query_text(q, arena);
    t->at_ms = query_int(q);
    t->by = query_text(q, arena);
    t->evidence = query_text(q, arena);
}

#define TRANSITION_COLUMNS                                                               \
    "alert, n, \"from\", \"to\", round, cause, at_ms, by, evidence FROM transition"

int store_transitions(struct store *s, const char *alert, struct arena *arena,
                      struct store_transition **ret, size_t *ret_n, struct jh_err *err)
{
    struct store_transition *list = NULL, *t;
    struct query q;
    size_t n = 0;

    query_start(&q, s, "SELECT " TRANSITION_COLUMNS " WHERE alert = ? ORDER BY n", err);
    query_put_text(&q, alert);
    while (query_row(&q) && (t = query_item(&q, arena, &list, n, sizeof(*t)))) {
        read_transition(&q, arena, t);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_transition_get(struct store *s, const char *alert, int n, struct arena *arena,
                         struct store_transition *ret, struct jh_err *err)
{
    struct store_transition t;
    struct query q;

    query_start(&q, s, "SELECT " TRANSITION_COLUMNS " WHERE alert = ? AND n = ?", err);
    query_put(&q, "ti", alert, (int64_t)n);
    bool found = query_row(&q);
    if (found)
        read_transition(&q, arena, &t);
    int r = query_one(&q, found);
    if (!r)
        *ret = t;
    return r;
}

int transitions_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err)
{
    struct arena *arena = arena_new(EACH_BYTES);
    struct query q;
    int r = arena ? 0 : err_set(err, JH_ENOMEM, "out of memory");

    query_start(&q, s,
                "SELECT t.alert, t.n, t.\"from\", t.\"to\", t.round, t.cause, t.at_ms,"
                " t.by, t.evidence, a.kind, t.county, a.standard"
                " FROM transition t LEFT JOIN alert a ON a.id = t.alert"
                " ORDER BY t.alert, t.n",
                err);
    while (!r && query_row(&q)) {
        struct store_transition t;
        struct entry_about about;
        struct entry e;
        read_transition(&q, arena, &t);
        about.kind = query_text(&q, arena);
        about.county = query_text(&q, arena);
        about.standard = query_text(&q, arena);
        if ((r = q.result))
            break;
        entry_transition(&e, &t, &about);
        r = fn(arg, &e, t.at_ms);
        entry_done(&e);
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    return r ? r : rq;
}
