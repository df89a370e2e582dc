/* SPDX-License-Identifier: Apache-2.0 */
/* What is to be told, and the messages that tell it. */
#include <string.h>

#include "store/entry.h"
#include "store/query.h"

/* Telling the same once more is no error: the row is there already. */
int store_outbox_put(struct store *s, const struct store_outbox *row, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT INTO outbox(alert, transition, office, channel, \"group\","
                " created_ms, silenced) VALUES (?,?,?,?,?,?,?)"
                " ON CONFLICT(alert, transition, office, channel) DO NOTHING",
                err);
    query_put(&q, "titttii", row->alert, (int64_t)row->transition, row->office,
              row->channel, row->group, row->created_ms, row->silenced);
    return query_run(&q);
}

/* In the order of the columns below. */
static int read_rows(struct query *q, struct arena *arena, struct store_outbox **ret,
                     size_t *ret_n)
{
    struct store_outbox *list = NULL, *row;
    size_t n = 0;

    while (query_row(q) && (row = query_item(q, arena, &list, n, sizeof(*row)))) {
        row->id = query_int(q);
        row->alert = query_text(q, arena);
        row->transition = (int)query_int(q);
        row->office = query_text(q, arena);
        row->channel = query_text(q, arena);
        row->group = query_text(q, arena);
        row->created_ms = query_int(q);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

#define ROW                                                                              \
    "SELECT id, alert, transition, office, channel, \"group\", created_ms FROM outbox"

int store_outbox_waiting(struct store *s, struct arena *arena, struct store_outbox **ret,
                         size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                ROW " WHERE message IS NULL AND silenced = 0"
                    " ORDER BY \"group\", channel, alert, transition",
                err);
    return read_rows(&q, arena, ret, ret_n);
}

int store_outbox_of(struct store *s, const char *alert, struct arena *arena,
                    struct store_outbox **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                ROW
                " WHERE alert = ? AND silenced = 0 ORDER BY transition, office, channel",
                err);
    query_put_text(&q, alert);
    return read_rows(&q, arena, ret, ret_n);
}

static int put_message(struct store *s, const struct store_message *m, struct jh_err *err)
{
    struct query q;

    query_start(
        &q, s,
        "INSERT INTO message(key, office, channel, state, severity, status, attempts,"
        " created_ms, next_ms, done_ms, error, subject, text, json)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
        err);
    query_put(&q, "tttttt", m->key, m->office, m->channel, m->state ? m->state : "queued",
              m->severity, m->status);
    query_put(&q, "iiiit", (int64_t)m->attempts, m->created_ms, m->next_ms, m->done_ms,
              m->error ? m->error : "");
    query_put(&q, "ttt", m->subject, m->text, m->json);
    return query_run(&q);
}

/* A row that another message has already told keeps that one: members never change. */
int store_message_freeze(struct store *s, const struct store_message *message,
                         const int64_t *ids, size_t n, struct jh_err *err)
{
    int r = put_message(s, message, err);

    for (size_t i = 0; i < n && !r; i++) {
        struct query q;
        query_start(
            &q, s, "UPDATE outbox SET message = ? WHERE id = ? AND message IS NULL", err);
        query_put(&q, "ti", message->key, ids[i]);
        r = query_run(&q);
        if (!r && sqlite3_changes(s->db) != 1)
            r = err_at(err, JH_EEXIST, s->path, 0, 0,
                       "outbox row %lld is already part of a message", (long long)ids[i]);
    }
    return r;
}

#define COLUMNS                                                                          \
    "key, office, channel, state, severity, status, attempts, created_ms, next_ms,"      \
    " done_ms, waited_ms, error, subject"

static void read_message(struct query *q, struct arena *arena, bool whole,
                         struct store_message *m)
{
    m->key = query_text(q, arena);
    m->office = query_text(q, arena);
    m->channel = query_text(q, arena);
    m->state = query_text(q, arena);
    m->severity = query_text(q, arena);
    m->status = query_text(q, arena);
    m->attempts = (int)query_int(q);
    m->created_ms = query_int(q);
    m->next_ms = query_int(q);
    m->done_ms = query_int(q);
    m->waited_ms = query_int(q);
    m->error = query_text(q, arena);
    m->subject = query_text(q, arena);
    m->text = whole ? query_text(q, arena) : NULL;
    m->json = whole ? query_text(q, arena) : NULL;
}

static int read_messages(struct query *q, struct arena *arena, bool whole,
                         struct store_message **ret, size_t *ret_n)
{
    struct store_message *list = NULL, *m;
    size_t n = 0;

    while (query_row(q) && (m = query_item(q, arena, &list, n, sizeof(*m)))) {
        read_message(q, arena, whole, m);
        n++;
    }
    int r = query_done(q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

int store_messages_due(struct store *s, int64_t now_ms, size_t max, struct arena *arena,
                       struct store_message **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS ", text, json FROM message"
                " WHERE state = 'queued' AND next_ms <= ? ORDER BY seq LIMIT ?",
                err);
    query_put(&q, "ii", now_ms, (int64_t)max);
    return read_messages(&q, arena, true, ret, ret_n);
}

/*
 * NOT EXISTS: an earlier message that is still queued for the channel and tells of one of the
 * same alerts. A resolution must not arrive before what it resolves.
 */
int store_message_due(struct store *s, const char *channel, int64_t now_ms,
                      int64_t latest_ms, struct arena *arena, struct store_message *ret,
                      struct jh_err *err)
{
    struct store_message m;
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS ", text, json FROM message m"
                " WHERE state = 'queued' AND channel = ?"
                " AND (next_ms <= ? OR next_ms > ?)"
                " AND NOT EXISTS (SELECT 1 FROM outbox mine"
                "  JOIN outbox other ON other.alert = mine.alert"
                "  JOIN message e ON e.key = other.message"
                "  WHERE mine.message = m.key AND other.channel = m.channel"
                "  AND other.transition < mine.transition"
                "  AND e.state = 'queued' AND e.seq < m.seq)"
                " ORDER BY seq LIMIT 1",
                err);
    query_put(&q, "tii", channel, now_ms, latest_ms);
    bool found = query_row(&q);
    if (found)
        read_message(&q, arena, true, &m);
    int r = query_one(&q, found);
    if (!r)
        *ret = m;
    return r;
}

int store_messages_next(struct store *s, int64_t *ret_ms, struct jh_err *err)
{
    struct query q;
    int64_t next = 0;

    query_start(&q, s,
                "SELECT min(next_ms) FROM message WHERE state = 'queued'"
                " HAVING count(*) > 0",
                err);
    bool found = query_row(&q);
    if (found)
        next = query_int(&q);
    int r = query_one(&q, found);
    if (!r)
        *ret_ms = next;
    return r;
}

int store_message_next(struct store *s, const char *channel, int64_t now_ms,
                       int64_t *ret_ms, struct jh_err *err)
{
    struct query q;
    int64_t next = 0;

    query_start(&q, s,
                "SELECT next_ms FROM message WHERE state = 'queued' AND channel = ?"
                " AND next_ms > ? ORDER BY next_ms LIMIT 1",
                err);
    query_put(&q, "ti", channel, now_ms);
    bool found = query_row(&q);
    if (found)
        next = query_int(&q);
    int r = query_one(&q, found);
    if (!r)
        *ret_ms = next;
    return r;
}

int store_queues(struct store *s, struct arena *arena, struct store_queue **ret,
                 size_t *ret_n, struct jh_err *err)
{
    struct store_queue *list = NULL, *queue;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT channel, count(*) FROM message WHERE state = 'queued'"
                " GROUP BY channel",
                err);
    while (query_row(&q) && (queue = query_item(&q, arena, &list, n, sizeof(*queue)))) {
        queue->channel = query_text(&q, arena);
        queue->queued = query_int(&q);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}

/* Of what is over: delivered or dead. */
static int journal_delivery(struct store *s, const struct store_message *m,
                            struct jh_err *err)
{
    struct entry e;

    entry_start(&e, "delivery");
    entry_text(&e, "key", m->key);
    entry_says(&e);
    entry_text(&e, "state", m->state);
    entry_text(&e, "office", m->office);
    entry_text(&e, "channel", m->channel);
    entry_int(&e, "attempts", m->attempts);
    entry_text(&e, "error", m->error && *m->error ? m->error : NULL);
    return entry_put(&e, s, m->done_ms, err);
}

int store_message_result(struct store *s, const struct store_message *message,
                         struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "UPDATE message SET state = ?, attempts = ?, next_ms = ?, done_ms = ?,"
                " waited_ms = ?, error = ? WHERE key = ?",
                err);
    query_put(&q, "tiiii", message->state, (int64_t)message->attempts, message->next_ms,
              message->done_ms, message->waited_ms);
    query_put(&q, "tt", message->error ? message->error : "", message->key);
    int r = query_run(&q);
    if (r || sqlite3_changes(s->db) != 1)
        return r ? r : JH_ENOENT;
    return strcmp(message->state, "queued") ? journal_delivery(s, message, err) : 0;
}

int store_messages(struct store *s, const char *state, size_t max, struct arena *arena,
                   struct store_message **ret, size_t *ret_n, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT " COLUMNS " FROM message WHERE ?1 IS NULL OR state = ?1"
                " ORDER BY seq DESC LIMIT ?2",
                err);
    query_put(&q, "ti", state, (int64_t)max);
    return read_messages(&q, arena, false, ret, ret_n);
}

int store_message_exists(struct store *s, const char *key, struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "SELECT 1 FROM message WHERE key = ?", err);
    query_put_text(&q, key);
    bool found = query_row(&q);
    return query_one(&q, found);
}

static int dead_since(struct store *s, const char *channel, struct arena *arena,
                      struct store_channel *c, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT count(*) OVER (), min(done_ms) OVER (), done_ms, error, office"
                " FROM message WHERE channel = ? AND state <> 'queued'"
                " AND state = 'dead' AND done_ms >= ?"
                " ORDER BY done_ms DESC, seq DESC LIMIT 1",
                err);
    query_put(&q, "ti", channel, c->delivered_ms);
    if (query_row(&q)) {
        c->dead = query_int(&q);
        c->first_ms = query_int(&q);
        c->last_ms = query_int(&q);
        c->error = query_text(&q, arena);
        c->office = query_text(&q, arena);
    }
    return query_done(&q);
}

int store_channel_get(struct store *s, const char *channel, struct arena *arena,
                      struct store_channel *ret, struct jh_err *err)
{
    struct store_channel c = {0};
    struct query q;

    query_start(&q, s,
                "SELECT done_ms FROM message WHERE channel = ? AND state <> 'queued'"
                " AND state = 'delivered' ORDER BY done_ms DESC LIMIT 1",
                err);
    query_put_text(&q, channel);
    if (query_row(&q))
        c.delivered_ms = query_int(&q);
    int r = query_done(&q);
    if (!r)
        r = dead_since(s, channel, arena, &c, err);
    if (!r)
        *ret = c;
    return r;
}

static int last_delivered(struct store *s, struct arena *arena,
                          struct store_counts *counts, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "SELECT done_ms, office, channel FROM message WHERE state = 'delivered'"
                " ORDER BY done_ms DESC LIMIT 1",
                err);
    if (query_row(&q)) {
        counts->last_delivered_ms = query_int(&q);
        counts->last_office = query_text(&q, arena);
        counts->last_channel = query_text(&q, arena);
    }
    return query_done(&q);
}

int store_counts(struct store *s, struct arena *arena, struct store_counts *ret,
                 struct jh_err *err)
{
    struct store_counts counts = {0};
    struct query q;

    query_start(&q, s,
                "SELECT (SELECT count(*) FROM message WHERE state = 'queued'),"
                " (SELECT count(*) FROM message WHERE state = 'dead'),"
                " (SELECT count(*) FROM message WHERE state = 'delivered'),"
                " (SELECT count(*) FROM outbox WHERE message IS NULL AND silenced = 0),"
                " (SELECT count(*) FROM alert WHERE open = 1),"
                " (SELECT count(*) FROM silence WHERE ended_ms = 0),"
                " (SELECT count(*) FROM outbox o JOIN silence s ON s.id = o.silenced"
                "  WHERE o.silenced <> 0 AND o.message IS NULL AND s.ended_ms = 0)",
                err);
    if (query_row(&q)) {
        counts.queued = query_int(&q);
        counts.dead = query_int(&q);
        counts.delivered = query_int(&q);
        counts.waiting = query_int(&q);
        counts.alerts_open = query_int(&q);
        counts.silences = query_int(&q);
        counts.withheld = query_int(&q);
    }
    int r = query_done(&q);
    if (!r)
        r = last_delivered(s, arena, &counts, err);
    if (!r)
        *ret = counts;
    return r;
}
