/* SPDX-License-Identifier: Apache-2.0 */
/* Titles: what certifications there are, what became of them, and what people decide. */
#include "api/standings.h"

#include <string.h>

enum { ARENA_BYTES = 256 << 20, WORDS_MAX = 1000 };

/* ---- reading ------------------------------------------------------------------------------- */

/* What comes next, as a word. */
static const char *next_of(const struct standing *s)
{
    static const char *const NEXT[STANDING_STATES] = {
        [STANDING_NONE] = "none",
        [STANDING_CERTIFIED] = "first_round",
        [STANDING_MONITORED] = "next_round",
        [STANDING_WARNED] = "rectify_or_wait",
        [STANDING_ORDERED] = "restore_when_met",
        [STANDING_PROPOSED] = "revoke_rectify_or_restore",
        [STANDING_REVOKED] = "restore_or_certify"};
    return NEXT[s->state];
}

static json_t *deadline_json(const struct standing *s)
{
    return *s->deadline ? json_string(s->deadline) : json_null();
}

json_t *standing_json(const struct store_standing *row)
{
    return json_pack("{s:s s:o s:o s:s s:s s:o s:o s:o s:o}", "state",
                     standing_state_id(row->standing.state), "since",
                     api_stamp(row->standing.since_ms), "deadline",
                     deadline_json(&row->standing), "next", next_of(&row->standing),
                     "act", row->act, "at", api_stamp(row->at_ms), "by",
                     api_text(row->by), "document", api_text(row->document), "reason",
                     api_text(row->reason));
}

json_t *standings_find(const struct store_standing *rows, size_t n, const char *county,
                       const char *standard)
{
    size_t low = 0, high = n;
    while (low < high) { /* by county, then standard */
        size_t at = low + (high - low) / 2;
        int order = strcmp(rows[at].county, county);
        order = order ? order : strcmp(rows[at].standard, standard);
        if (!order)
            return standing_json(&rows[at]);
        if (order < 0)
            low = at + 1;
        else
            high = at;
    }
    return json_null();
}

void standing_put(struct reading *r, const struct store_alert *alert, json_t *object)
{
    const struct alert *a = &alert->alert;
    struct store_standing row;
    if (*a->county && *a->standard &&
        !store_standing_get(r->store, a->county, a->standard, r->arena, &row, &r->err))
        json_object_set_new(object, "standing", standing_json(&row));
}

static json_t *act_json(const struct store_standing *row)
{
    return json_pack("{s:s s:s s:s s:o s:o s:o s:o s:o}", "act", row->act, "from",
                     standing_state_id(row->from), "to",
                     standing_state_id(row->standing.state), "at", api_stamp(row->at_ms),
                     "deadline", deadline_json(&row->standing), "by", api_text(row->by),
                     "document", api_text(row->document), "reason",
                     api_text(row->reason));
}

static json_t *baseline_json(const struct store_baseline *b)
{
    char round[ROUND_TEXT];
    json_t *figures = json_loads(b->figures, 0, NULL);
    round_print(b->round, round);
    return json_pack("{s:s s:o s:o}", "round", round, "frozen_at", api_stamp(b->at_ms),
                     "stages", figures ? figures : json_null());
}

/* With its history, and what it is compared with. */
static int whole_json(struct reading *r, const struct store_standing *row,
                      const struct store_standing *acts, size_t n, json_t **ret)
{
    struct store_baseline baseline;
    json_t *history = json_array(), *map = standing_json(row);
    int rc = store_baseline_get(r->store, row->county, row->standard, r->arena, &baseline,
                                &r->err);
    for (size_t i = 0; i < n; i++)
        if (strcmp(acts[i].standard, row->standard) == 0)
            json_array_append_new(history, act_json(&acts[i]));
    json_object_set_new(map, "county", json_string(row->county));
    json_object_set_new(map, "standard", json_string(row->standard));
    json_object_set_new(map, "baseline", rc ? json_null() : baseline_json(&baseline));
    json_object_set_new(map, "history", history);
    *ret = map;
    return rc == JH_ENOENT ? 0 : rc;
}

static int list_json(struct reading *r, const char *county, json_t *list)
{
    struct store_standing *rows, *acts = NULL;
    size_t n, n_acts = 0;
    int rc = store_standings(r->store, county, r->arena, &rows, &n, &r->err);
    if (!rc && county)
        rc = store_standing_acts(r->store, county, r->arena, &acts, &n_acts, &r->err);
    for (size_t i = 0; !rc && i < n; i++) {
        json_t *map;
        rc = whole_json(r, &rows[i], acts, n_acts, &map);
        json_array_append_new(list, map);
    }
    return rc;
}

void api_standings(void *owner, const struct http_request *req, const char *const *args,
                   struct http_reply *reply)
{
    struct reading r;
    json_t *list = json_array();
    (void)args;
    if (reading_init(&r, owner, reply)) {
        json_decref(list);
        return;
    }
    if (list_json(&r, http_arg(req, "county"), list)) {
        reading_failed(&r, reply);
        json_decref(list);
    } else {
        api_data(reply, list);
    }
    reading_done(&r);
}

/* ---- certifications ------------------------------------------------------------------------- */

static json_t *cert_json(const struct store_cert *c)
{
    char date[DATE_TEXT], round[ROUND_TEXT];
    date_print(c->cert.date, date);
    round_print(c->cert.baseline, round);
    return json_pack("{s:s s:s s:s s:i s:o s:o s:o s:o s:o}", "county", c->cert.county,
                     "standard", c->cert.standard, "date", date, "cohort", c->cert.cohort,
                     "document", api_text(c->cert.document), "baseline_round",
                     json_string(round), "by", api_text(c->by), "reason",
                     api_text(c->reason), "at", api_stamp(c->at_ms));
}

void api_certifications(void *owner, const struct http_request *req,
                        const char *const *args, struct http_reply *reply)
{
    struct reading r;
    struct store_cert *rows;
    size_t n;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_certs(r.store, http_arg(req, "standard"), r.arena, &rows, &n, &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(list, cert_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}

/* ---- deciding -------------------------------------------------------------------------------- */

static const char *words(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text && *text && strlen(text) <= WORDS_MAX ? text : NULL;
}

static int read_act(const json_t *body, struct standing_work *w, struct http_reply *reply)
{
    const char *act = words(body, "act");
    int event = act ? standing_event_of(act) : -1;
    bool order = event == STANDING_ORDER;
    w->county = words(body, "county");
    w->standard = words(body, "standard");
    w->deadline = order ? words(body, "deadline") : NULL;
    w->document = words(body, "document");
    w->by = words(body, "by");
    w->reason = words(body, "reason");
    const char *lacks = !order && event != STANDING_REVOKE && event != STANDING_RESTORE
                            ? "act: expected rectify, revoke or restore"
                        : !w->county   ? "county: a county code is needed"
                        : !w->standard ? "standard: an id is needed"
                        : !w->by       ? "by: whose decision is this?"
                        : !w->reason   ? "reason: it is kept for good"
                        : !w->document ? "document: by which one was it decided?"
                        : order && !w->deadline
                            ? "deadline: expected a month such as 2025-06"
                            : NULL;
    w->event = (enum standing_event)event;
    if (lacks)
        http_error(reply, 400, "invalid", "%s", lacks);
    return lacks ? JH_EINVAL : 0;
}

static json_t *decided_json(const struct standing_work *w,
                            const struct pipeline_report *report)
{
    json_t *map = standing_json(&w->row);
    json_object_set_new(map, "county", json_string(w->county));
    json_object_set_new(map, "standard", json_string(w->standard));
    json_object_set_new(map, "transitions",
                        json_integer((json_int_t)report->transitions));
    return map;
}

static void decide(struct daemon *d, const json_t *body, struct http_reply *reply)
{
    struct jh_err err = {0};
    struct pipeline_report report = {0};
    struct standing_work w = {.err = &err};
    if (read_act(body, &w, reply))
        return;
    w.arena = arena_new(ARENA_BYTES);
    int rc = w.arena ? daemon_standing(d, &w, &report, &err)
                     : err_set(&err, JH_ENOMEM, "out of memory");
    const char *text = err.text[0] ? err.text : err_name(rc);
    if (rc == JH_EINVAL)
        http_error(reply, 400, "invalid", "%s", text);
    else if (rc == JH_EREFUSED)
        http_error(reply, 409, "refused", "%s", text);
    else if (rc)
        http_error(reply, rc == JH_ENOENT ? 404 : 500, "store", "%s", text);
    else
        api_data(reply, decided_json(&w, &report));
    arena_free(w.arena);
}

void api_standing(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    json_error_t error;
    json_t *body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    (void)args;
    if (body)
        decide(owner, body, reply);
    else
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
    json_decref(body);
}
