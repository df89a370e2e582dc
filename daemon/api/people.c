/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with alerts: take one in hand, give it to somebody, say something; silences. */
#include <stdio.h>
#include <string.h>

#include "api/parts.h"
#include "base/num.h"
#include "conf/config_keys.h"
#include "daemon_tend.h"

enum { WORDS_MAX = 1000, ARENA_BYTES = 64 << 20, LONGEST_DAYS = 1096 };

static const char *words(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text && *text && strlen(text) <= WORDS_MAX ? text : NULL;
}

/* NULL, and told, when it is no JSON or does not say who asks. */
static json_t *read_body(const struct http_request *req, struct http_reply *reply)
{
    json_error_t error;
    json_t *body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    if (!body)
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
    else if (!words(body, "by"))
        http_error(reply, 400, "invalid", "by: whose word is this?");
    else
        return body;
    json_decref(body);
    return NULL;
}

static void failed(struct http_reply *reply, int rc, const struct jh_err *err)
{
    const char *text = err->text[0] ? err->text : err_name(rc);
    if (rc == JH_ENOENT)
        http_error(reply, 404, "not_found", "%s", text);
    else if (rc == JH_EREFUSED || rc == JH_EINVAL)
        http_error(reply, 409, "refused", "%s", text);
    else
        api_not_kept(reply, rc, text);
}

/* "90d" or the last day, as the first moment after it. */
static int read_until(const struct daemon *d, const char *text, int64_t most_days,
                      int64_t *ret)
{
    struct date day = {0}, today = date_of_ms(clock_wall(&d->clock));
    size_t n = strlen(text);
    int64_t days;
    if (n > 1 && text[n - 1] == 'd' && !num_parse_int(text, n - 1, 1, most_days, &days))
        day = date_add_days(today, (int)days);
    else if (date_parse(text, n, &day) || date_cmp(day, today) < 0 ||
             date_cmp(day, date_add_days(today, (int)most_days)) > 0)
        return JH_EINVAL;
    *ret = date_to_ms(date_add_days(day, 1));
    return 0;
}

/* ---- one alert ------------------------------------------------------------------------------- */

static int read_ack(const struct daemon *d, const json_t *body, struct store_act *act,
                    struct http_reply *reply)
{
    const char *expires = words(body, "expires");
    int64_t end;
    act->unit = words(body, "unit");
    act->plan = words(body, "plan");
    act->month = words(body, "month");
    if (act->month &&
        (tend_month_end(act->month, &end) || end <= clock_wall(&d->clock))) {
        http_error(reply, 400, "invalid",
                   "month: expected one that is not over, such as 2025-06");
        return JH_EINVAL;
    }
    if (expires && read_until(d, expires, LONGEST_DAYS, &act->expires_ms)) {
        http_error(reply, 400, "invalid",
                   "expires: expected days such as 90d or a date, within %d days",
                   LONGEST_DAYS);
        return JH_EINVAL;
    }
    return 0;
}

static int read_act(const struct daemon *d, const json_t *body, struct store_act *act,
                    struct http_reply *reply)
{
    bool says = act->act == ACT_COMMENT, gives = act->act == ACT_ASSIGN;
    const char *text = words(body, says ? "text" : "reason");
    act->by = words(body, "by");
    act->text = text ? text : "";
    act->to = gives ? words(body, "to") : NULL;
    if (!text && !gives) {
        http_error(reply, 400, "invalid", "%s",
                   says ? "text: what is to be said?" : "reason: it is kept for good");
        return JH_EINVAL;
    }
    if (gives && !act->to) {
        http_error(reply, 400, "invalid", "to: who is to look after it?");
        return JH_EINVAL;
    }
    return act->act == ACT_ACKNOWLEDGE ? read_ack(d, body, act, reply) : 0;
}

static json_t *tended_json(const struct tend *t)
{
    const struct alert *a = &t->alert.alert;
    return json_pack("{s:s s:s s:i s:o}", "alert", a->id, "state",
                     alert_state_id(a->state), "transition", a->transition, "expires",
                     api_stamp(t->act.expires_ms));
}

static void tend(struct daemon *d, const struct http_request *req, const char *id,
                 enum store_act_kind act, struct http_reply *reply)
{
    struct jh_err err = {0};
    struct tend t = {.id = id, .act = {.act = act}, .err = &err};
    json_t *body = read_body(req, reply);
    if (!body)
        return;
    if (!read_act(d, body, &t.act, reply)) {
        t.arena = arena_new(ARENA_BYTES);
        int rc = t.arena ? daemon_tend(d, &t) : err_set(&err, JH_ENOMEM, "out of memory");
        if (rc)
            failed(reply, rc, &err);
        else
            api_data(reply, tended_json(&t));
        arena_free(t.arena);
    }
    json_decref(body);
}

void api_ack(void *owner, const struct http_request *req, const char *const *args,
             struct http_reply *reply)
{
    tend(owner, req, args[0], ACT_ACKNOWLEDGE, reply);
}

void api_assign(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    tend(owner, req, args[0], ACT_ASSIGN, reply);
}

void api_comment(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    tend(owner, req, args[0], ACT_COMMENT, reply);
}

/* ---- silences ---------------------------------------------------------------------------------- */

/* Does it keep back that a certified county has slipped? */
static bool hides_slips(const struct store_silence *x)
{
    return (!x->kind || !strcmp(x->kind, "slip")) &&
           (!x->severity || !strcmp(x->severity, "critical"));
}

static json_t *silence_json(const struct store_silence *x)
{
    char until[DATE_TEXT];
    date_print(date_of_ms(x->until_ms - 1), until);
    json_t *match =
        json_pack("{s:s* s:s* s:s* s:s* s:s*}", "county", x->county, "kind", x->kind,
                  "standard", x->standard, "severity", x->severity, "region", x->region);
    return json_pack("{s:I s:o s:s s:s s:s s:o s:b s:o s:o s:o s:o s:o}", "id",
                     (json_int_t)x->id, "match", match, "until", until, "by", x->by,
                     "reason", x->reason, "office", api_text(x->office),
                     "hides_critical_slips", hides_slips(x), "created_at",
                     api_stamp(x->created_ms), "reminded_at", api_stamp(x->reminded_ms),
                     "ended_at", api_stamp(x->ended_ms), "ended_by",
                     api_text(x->ended_by), "ended_reason", api_text(x->ended_reason));
}

void api_silences(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    struct reading r;
    struct store_silence *rows;
    size_t n;
    const char *all = http_arg(req, "all");
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_silences(r.store, all && *all == '1', r.arena, &rows, &n, &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(list, silence_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}

static bool one_of(const char *word, const char *const *list)
{
    for (size_t i = 1; word && list[i]; i++)
        if (strcmp(word, list[i]) == 0)
            return true;
    return !word;
}

/* What is misspelt would keep back nothing, or the wrong thing. */
static const char *wrong_match(const json_t *match, const struct store_silence *x)
{
    static const char *const KEYS[] = {"county", "kind", "standard", "severity",
                                       "region"};
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)match, key, value)
    {
        bool known = false;
        for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++)
            known |= strcmp(key, KEYS[i]) == 0;
        if (!known || !words(match, key))
            return "match: expected county, kind, standard, severity or region, each with "
                   "a text";
    }
    if (!json_object_size(match))
        return "match: what is to be kept back? Everything is too much";
    if (!one_of(x->kind, CONFIG_KINDS))
        return "match: there is no such kind of alert";
    if (!one_of(x->severity, CONFIG_SEVERITIES))
        return "match: severity: expected critical, warning or notice";
    return NULL;
}

static int read_silence(const struct daemon *d, const json_t *body, int max_days,
                        struct store_silence *x, struct http_reply *reply)
{
    const json_t *match = json_object_get(body, "match");
    const char *until = words(body, "until");
    *x = (struct store_silence){.county = words(match, "county"),
                                .kind = words(match, "kind"),
                                .standard = words(match, "standard"),
                                .severity = words(match, "severity"),
                                .region = words(match, "region"),
                                .by = words(body, "by"),
                                .reason = words(body, "reason"),
                                .office = words(body, "office")};
    const char *wrong = wrong_match(match, x);
    if (!wrong && !x->reason)
        wrong = "reason: it is kept for good";
    if (wrong) {
        http_error(reply, 400, "invalid", "%s", wrong);
        return JH_EINVAL;
    }
    if (until && !read_until(d, until, max_days, &x->until_ms))
        return 0;
    http_error(reply, 400, "invalid",
               "until: expected its last day, or days such as 30d, at most %d days from "
               "today (silences.max)",
               max_days);
    return JH_EINVAL;
}

void api_silence(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct jh_err err = {0};
    struct silence_work w = {.err = &err};
    const struct config *config;
    struct script_set *set;
    json_t *body = read_body(req, reply);
    (void)args;
    if (!body)
        return;
    daemon_snapshot(owner, &config, &set);
    if (!read_silence(owner, body, config->silence_days, &w.silence, reply)) {
        int rc = daemon_silence(owner, &w, false);
        if (rc)
            failed(reply, rc, &err);
        else
            api_data(reply, silence_json(&w.silence));
    }
    config_unref(config);
    script_set_unref(set);
    json_decref(body);
}

static void end_silence(struct daemon *d, const json_t *body, const char *id,
                        struct http_reply *reply)
{
    struct jh_err err = {0};
    struct silence_work w = {
        .by = words(body, "by"), .reason = words(body, "reason"), .err = &err};
    if (!w.reason || num_parse_int(id, strlen(id), 1, INT64_MAX, &w.silence.id)) {
        http_error(reply, 400, "invalid", "%s",
                   w.reason ? "expected the number of a silence"
                            : "reason: it is kept for good");
        return;
    }
    w.arena = arena_new(ARENA_BYTES);
    int rc =
        w.arena ? daemon_silence(d, &w, true) : err_set(&err, JH_ENOMEM, "out of memory");
    if (rc)
        failed(reply, rc, &err);
    else
        api_data(reply, json_pack("{s:I s:I}", "ended", (json_int_t)w.silence.id,
                                  "released", (json_int_t)w.released));
    arena_free(w.arena);
}

void api_silence_end(void *owner, const struct http_request *req, const char *const *args,
                     struct http_reply *reply)
{
    json_t *body = read_body(req, reply);
    if (body)
        end_silence(owner, body, args[0], reply);
    json_decref(body);
}
