/* SPDX-License-Identifier: Apache-2.0 */
/* GET /api/v1/deliveries: messages, and what waits until an office may be disturbed. */
#include <string.h>

#include "api/parts.h"

static json_t *message_json(const struct store_message *m)
{
    return json_pack(
        "{s:s s:s s:s s:s s:s s:s s:s s:i s:o s:o s:o s:o}", "key", m->key, "office",
        m->office, "channel", m->channel, "state", m->state, "severity", m->severity,
        "status", m->status, "subject", m->subject, "attempts", m->attempts, "created_at",
        api_stamp(m->created_ms), "next_at",
        strcmp(m->state, "queued") == 0 ? api_stamp(m->next_ms) : json_null(), "done_at",
        api_stamp(m->done_ms), "error",
        api_text(m->error && *m->error ? m->error : NULL));
}

/* One group of transitions that is not a message yet, because its office is not to be disturbed. */
static json_t *waiting_json(const struct reading *r, const struct store_outbox *row,
                            int64_t created_ms, int64_t open_ms)
{
    struct store_alert alert;
    const char *severity = "";
    if (!store_alert_get(r->store, row->alert, r->arena, &alert, NULL))
        severity = alert.alert.severity;
    return json_pack("{s:n s:s s:s s:s s:s s:s s:s s:i s:o s:o s:n s:n}", "key", "office",
                     row->office, "channel", row->channel, "state", "waiting", "severity",
                     severity, "status", "", "subject", row->group, "attempts", 0,
                     "created_at", api_stamp(created_ms), "next_at", api_stamp(open_ms),
                     "done_at", "error");
}

static bool same_group(const struct store_outbox *a, const struct store_outbox *b)
{
    return !strcmp(a->group, b->group) && !strcmp(a->channel, b->channel);
}

/* Once a group, as the last that the list of messages would have. */
static void put_waiting(struct reading *r, json_t *list)
{
    struct store_outbox *rows;
    size_t n = 0;
    int64_t now_ms = clock_wall(&r->d->stamps.clock);
    if (store_outbox_waiting(r->store, r->arena, &rows, &n, &r->err))
        return;
    for (size_t i = 0, end; i < n; i = end) {
        const struct office *o = route_office(&r->config->routes, rows[i].office);
        int64_t open_ms =
            o ? office_open_at(o, &r->config->calendar, NULL, now_ms) : now_ms;
        for (end = i + 1; end < n && same_group(&rows[i], &rows[end]);)
            end++;
        if (open_ms > now_ms)
            json_array_append_new(list,
                                  waiting_json(r, &rows[i], rows[i].created_ms, open_ms));
    }
}

void api_deliveries(void *owner, const struct http_request *req, const char *const *args,
                    struct http_reply *reply)
{
    enum { DELIVERIES_MAX = 1000 };
    struct reading r;
    struct store_message *rows;
    size_t n;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_messages(r.store, http_arg(req, "state"), DELIVERIES_MAX, r.arena, &rows,
                       &n, &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        if (!http_arg(req, "state") || !strcmp(http_arg(req, "state"), "waiting"))
            put_waiting(&r, list);
        for (size_t i = 0; i < n; i++)
            json_array_append_new(list, message_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}
