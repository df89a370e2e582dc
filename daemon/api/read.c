/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "api/behind.h"
#include "api/ended.h"
#include "api/reviews.h"
#include "api/standings.h"
#include "base/date.h"
#include "render/json.h"
#include "store/people.h"

/* Null where there is none: a channel is dead in no round. */
static json_t *round_json(struct round round)
{
    char text[ROUND_TEXT];
    if (!round.year)
        return json_null();
    round_print(round, text);
    return json_string(text);
}

static json_t *parsed(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    return value ? value : json_null();
}

static const char *nonempty(const char *text)
{
    return text && *text ? text : NULL;
}

/* ---- sources ---------------------------------------------------------------------------------- */

static const char *source_state(const struct poll_state *s)
{
    return s->failures ? "failing" : s->ok_ms ? "ok" : "waiting";
}

/* What a person took back of it, as long as nothing newer has come in its place. */
static json_t *retractions_json(const char *source, const struct store_submission *subs,
                                size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        if (strcmp(subs[i].source, source) == 0)
            json_array_append_new(
                list,
                json_pack("{s:o s:s s:o s:s s:s s:s s:b}", "round",
                          round_json(subs[i].round), "name", subs[i].name, "at",
                          api_stamp(subs[i].retracted_ms), "by", subs[i].retracted_by,
                          "reason", subs[i].retracted_reason, "sha256", subs[i].sha256,
                          "returned", strcmp(subs[i].review, "returned") == 0));
    return list;
}

static json_t *review_json(const struct reading *r, const struct reviews *reviews,
                           const char *source)
{
    const struct source_conf *conf = config_source(r->config, source);
    return json_pack("{s:b s:I}", "required", conf && conf->review, "waiting",
                     (json_int_t)reviews_waiting(reviews, source));
}

static json_t *source_json(const struct poll_state *s, json_t *retracted, json_t *review)
{
    return json_pack("{s:s s:s s:i s:o s:b s:o s:o s:o s:o s:I s:I s:I s:I s:o s:o}",
                     "name", s->name, "state", source_state(s), "failures", s->failures,
                     "error", api_text(nonempty(s->error)), "in_flight", s->in_flight,
                     "last_ok", api_stamp(s->ok_ms), "last_try", api_stamp(s->try_ms),
                     "failing_since", api_stamp(s->failing_since_ms), "next",
                     api_stamp(s->next_ms), "polls", (json_int_t)s->polls, "failed",
                     (json_int_t)s->failed, "unchanged", (json_int_t)s->unchanged,
                     "bytes", (json_int_t)s->bytes, "retracted", retracted, "review",
                     review);
}

void api_sources(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct reading r;
    struct api_states states;
    struct store_submission *subs;
    struct reviews *reviews = NULL;
    size_t n;
    (void)req, (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (api_states(&r, &states) ||
        store_retractions(r.store, r.arena, &subs, &n, &r.err) ||
        reviews_load(&r, &reviews)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < states.n_sources; i++) {
            const char *name = states.sources[i].name;
            json_array_append_new(list, source_json(&states.sources[i],
                                                    retractions_json(name, subs, n),
                                                    review_json(&r, reviews, name)));
        }
        api_data(reply, list);
    }
    reviews_free(reviews);
    reading_done(&r);
}

/* ---- counties ----------------------------------------------------------------------------------- */

static int is_certified(const struct store_cert *certs, size_t n,
                        const struct store_verdict *v)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(certs[i].cert.county, v->county) &&
            !strcmp(certs[i].cert.standard, v->standard))
            return 1;
    return 0;
}

/* What lists of counties are made of. */
struct counties {
    struct store_verdict *rows; /* the newest of each county and standard, by code */
    size_t n;
    struct store_cert *certs;
    size_t n_certs;
    struct store_standing *standings;
    size_t n_standings;
    struct behind *behind;
    struct reviews *reviews;
};

/* all: also those that are judged under another code now. */
static int counties_load(struct reading *r, bool all, struct counties *c)
{
    *c = (struct counties){0};
    int rc = store_counties(r->store, r->arena, &c->rows, &c->n, &r->err);
    if (!rc && !all && r->config->changes.n)
        rc = ended_drop(r, c->rows, &c->n);
    if (!rc)
        rc = store_certs(r->store, NULL, r->arena, &c->certs, &c->n_certs, &r->err);
    if (!rc)
        rc = store_standings(r->store, NULL, r->arena, &c->standings, &c->n_standings,
                             &r->err);
    if (!rc)
        rc = behind_load(r, &c->behind);
    return rc ? rc : reviews_load(r, &c->reviews);
}

static void counties_done(struct counties *c)
{
    behind_free(c->behind);
    reviews_free(c->reviews);
}

static json_t *verdict_json(const struct counties *c, const struct store_verdict *v)
{
    bool behind = behind_is(c->behind, v->county, v->round);
    struct round newest = behind_newest(c->behind, v->round.month != 0);
    return json_pack(
        "{s:s s:o s:o s:b s:i s:s s:b s:o s:b s:o s:o s:o s:i s:s s:o}", "standard",
        v->standard, "round", round_json(v->round), "newest_round",
        newest.year ? round_json(newest) : json_null(), "behind", behind, "revision",
        v->revision, "verdict", outcome_id(v->outcome), "complete", v->complete, "review",
        api_text(reviews_of(c->reviews, v->county, v->round)), "certified",
        is_certified(c->certs, c->n_certs, v), "standing",
        standings_find(c->standings, c->n_standings, v->county, v->standard), "failing",
        parsed(v->failing), "pupils", json_number(v->pupils), "schools", v->schools,
        "data_sha256", v->data_sha256, "at", api_stamp(v->at_ms));
}

/* Null where the newest round has not been judged for its items, which is no verdict. */
static int put_items(struct reading *r, const struct store_verdict *v, bool whole,
                     json_t *standard)
{
    struct store_items items;
    int rc = store_items_get(r->store, v->round, v->county, v->standard, whole, r->arena,
                             &items, &r->err);
    if (rc && rc != JH_ENOENT)
        return rc;
    json_object_set_new(standard, "items_verdict",
                        rc ? json_null() : json_string(outcome_id(items.outcome)));
    json_object_set_new(standard, "certifiable",
                        rc ? json_null() : json_string(outcome_id(items.certifiable)));
    if (whole)
        json_object_set_new(standard, "items", rc ? json_null() : parsed(items.items));
    return 0;
}

/*
 * One object per county; its verdict joins those over all standards. `items`: with all of their
 * items, which makes it long.
 */
static int counties_json(struct reading *r, const struct counties *c, bool items,
                         json_t **ret)
{
    int rc = 0;
    json_t *list = json_array(), *county = NULL;
    enum outcome joined = OUTCOME_NONE;
    for (size_t i = 0; !rc && i < c->n; i++) {
        const struct store_verdict *row = &c->rows[i];
        if (!i || strcmp(row->county, c->rows[i - 1].county) != 0) {
            county =
                json_pack("{s:s s:s s:s s:b s:[]}", "code", row->county, "name",
                          row->county_name, "verdict", "none", "behind", 0, "standards");
            json_array_append_new(list, county);
            joined = OUTCOME_NONE;
        }
        joined = outcome_join(joined, row->outcome);
        json_object_set_new(county, "verdict", json_string(outcome_id(joined)));
        if (behind_is(c->behind, row->county, row->round))
            json_object_set_new(county, "behind", json_true());
        json_t *standard = verdict_json(c, row);
        rc = put_items(r, row, items, standard);
        json_array_append_new(json_object_get(county, "standards"), standard);
    }
    if (rc)
        json_decref(list);
    else
        *ret = list;
    return rc;
}

void api_counties(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    struct reading r;
    struct counties c;
    json_t *list;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    const char *verdict = http_arg(req, "verdict"), *standard = http_arg(req, "standard");
    int rc = counties_load(&r, false, &c);
    if (!rc) {
        size_t kept = 0;
        for (size_t i = 0; i < c.n; i++)
            if ((!verdict || !strcmp(verdict, outcome_id(c.rows[i].outcome))) &&
                (!standard || !strcmp(standard, c.rows[i].standard)))
                c.rows[kept++] = c.rows[i];
        c.n = kept;
        rc = counties_json(&r, &c, http_arg(req, "items") != NULL, &list);
    }
    if (rc)
        reading_failed(&r, reply);
    else
        api_data(reply, list);
    counties_done(&c);
    reading_done(&r);
}

static json_t *history_json(const struct store_verdict *v)
{
    return json_pack(
        "{s:s s:o s:i s:s s:s s:s s:b s:b s:o s:o s:i s:o s:s s:o}", "county", v->county,
        "round", round_json(v->round), "revision", v->revision, "standard", v->standard,
        "stage", v->stage, "verdict", outcome_id(v->outcome), "complete", v->complete,
        "retracted", v->retracted, "composite", json_number(v->composite), "indicators",
        parsed(v->figures), "schools", v->schools, "pupils", json_number(v->pupils),
        "data_sha256", v->data_sha256, "at", api_stamp(v->at_ms));
}

void api_history(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct reading r;
    struct store_verdict *rows;
    size_t n;
    if (reading_init(&r, owner, reply))
        return;
    if (ended_history(&r, args[0], http_arg(req, "standard"), &rows, &n)) {
        reading_failed(&r, reply);
    } else if (!n) {
        http_error(reply, 404, "not_found", "county %s has no history", args[0]);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            if (*rows[i].stage)
                json_array_append_new(list, history_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}

/* ---- alerts ---------------------------------------------------------------------------------------- */

/* The evidence of the last transition, with the state of now. */
static json_t *alert_json(const struct store_alert *a)
{
    json_t *object = parsed(a->evidence);
    if (!json_is_object(object)) {
        json_decref(object);
        object = json_object();
    }
    json_object_set_new(object, "subject", json_string(a->alert.subject));
    json_object_set_new(object, "indicator", api_text(nonempty(a->alert.indicator)));
    json_object_set_new(object, "state", json_string(alert_state_id(a->alert.state)));
    json_object_set_new(object, "stale", json_boolean(a->alert.stale));
    json_object_set_new(object, "opened_at", api_stamp(a->opened_ms));
    json_object_set_new(object, "resolved_at", api_stamp(a->resolved_ms));
    return object;
}

/* What people have said of it, and to whom it was given last. */
static int put_acts(struct reading *r, const struct store_alert *a, json_t *object)
{
    struct store_act *acts;
    size_t n;
    json_t *comments = json_array(), *assigned = json_null();
    int rc = store_acts(r->store, a->alert.id, r->arena, &acts, &n, &r->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct store_act *act = &acts[i];
        if (act->act == ACT_COMMENT)
            json_array_append_new(comments,
                                  json_pack("{s:s s:s s:o}", "by", act->by, "text",
                                            act->text, "at", api_stamp(act->at_ms)));
        else if (act->act == ACT_ASSIGN) {
            json_decref(assigned);
            assigned =
                json_pack("{s:s s:s s:s s:o}", "to", act->to ? act->to : "", "by",
                          act->by, "reason", act->text, "at", api_stamp(act->at_ms));
        }
    }
    json_object_set_new(object, "assigned", assigned);
    json_object_set_new(object, "comments", comments);
    return rc;
}

/* Is it one of those asked for? */
static bool is_asked(const struct http_request *req, const struct alert *a)
{
    const char *const asked[][2] = {{http_arg(req, "kind"), a->kind},
                                    {http_arg(req, "severity"), a->severity},
                                    {http_arg(req, "standard"), a->standard},
                                    {http_arg(req, "subject"), a->subject}};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++)
        if (asked[i][0] && strcmp(asked[i][0], asked[i][1]) != 0)
            return false;
    return true;
}

void api_alerts(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    struct reading r;
    struct store_alert *rows;
    size_t n;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_alerts(r.store, http_arg(req, "state"), http_arg(req, "county"), r.arena,
                     &rows, &n, &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        int rc = 0;
        for (size_t i = 0; !rc && i < n; i++) {
            if (!is_asked(req, &rows[i].alert))
                continue;
            json_t *object = alert_json(&rows[i]);
            rc = put_acts(&r, &rows[i], object);
            json_array_append_new(list, object);
        }
        if (rc) {
            json_decref(list);
            reading_failed(&r, reply);
        } else {
            api_data(reply, list);
        }
    }
    reading_done(&r);
}

static json_t *transition_json(const struct store_transition *t)
{
    return json_pack("{s:i s:s s:s s:o s:o s:o s:o}", "n", t->n, "from", t->from, "to",
                     t->to, "round", round_json(t->round), "cause", api_text(t->cause),
                     "at", api_stamp(t->at_ms), "by", api_text(t->by));
}

static json_t *alert_whole(struct reading *r, const struct store_alert *a)
{
    struct store_transition *rows;
    size_t n;
    char *text;
    json_t *object = alert_json(a), *list = json_array();
    if (!store_transitions(r->store, a->alert.id, r->arena, &rows, &n, &r->err))
        for (size_t i = 0; i < n; i++)
            json_array_append_new(list, transition_json(&rows[i]));
    json_object_set_new(object, "transitions", list);
    put_acts(r, a, object);
    standing_put(r, a, object);
    if (!message_alert_text(r->d->messages, object, &text, &r->err)) {
        json_object_set_new(object, "text", json_string(text));
        free(text);
    }
    return object;
}

void api_alert(void *owner, const struct http_request *req, const char *const *args,
               struct http_reply *reply)
{
    struct reading r;
    struct store_alert alert;
    (void)req;
    if (reading_init(&r, owner, reply))
        return;
    int rc = store_alert_get(r.store, args[0], r.arena, &alert, &r.err);
    if (rc == JH_ENOENT)
        http_error(reply, 404, "not_found", "no alert %s", args[0]);
    else if (rc)
        reading_failed(&r, reply);
    else
        api_data(reply, alert_whole(&r, &alert));
    reading_done(&r);
}

/* One county: newest verdict per standard with its stages, local verdicts, open alerts. */
static int county_details(struct reading *r, const char *code,
                          const struct store_verdict *last, json_t *county)
{
    struct store_verdict *history;
    struct store_local *local;
    struct store_alert *alerts;
    size_t n_history, n_local, n_alerts;
    int rc = store_history(r->store, code, NULL, r->arena, &history, &n_history, &r->err);
    if (!rc)
        rc = store_local_get(r->store, last->round, code, r->arena, &local, &n_local,
                             &r->err);
    if (!rc)
        rc = store_alerts(r->store, "open", code, r->arena, &alerts, &n_alerts, &r->err);
    if (rc)
        return rc;
    json_t *stages = json_array(), *locals = json_array(), *open = json_array();
    for (size_t i = 0; i < n_history; i++)
        if (*history[i].stage && round_cmp(history[i].round, last->round) == 0)
            json_array_append_new(stages, history_json(&history[i]));
    for (size_t i = 0; i < n_local; i++)
        json_array_append_new(
            locals, json_pack("{s:s s:s s:s s:s s:o s:s}", "id", local[i].indicator,
                              "stage", local[i].stage, "school", local[i].school,
                              "verdict", outcome_id(local[i].outcome), "value",
                              json_number(local[i].value), "text", local[i].text));
    for (size_t i = 0; i < n_alerts; i++)
        json_array_append_new(open, alert_json(&alerts[i]));
    json_object_set_new(county, "stages", stages);
    json_object_set_new(county, "local", locals);
    json_object_set_new(county, "alerts", open);
    return 0;
}

void api_county(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    struct reading r;
    struct counties c;
    json_t *list;
    size_t kept = 0;
    (void)req;
    if (reading_init(&r, owner, reply))
        return;
    int rc = counties_load(&r, true, &c);
    for (size_t i = 0; !rc && i < c.n; i++)
        if (strcmp(c.rows[i].county, args[0]) == 0)
            c.rows[kept++] = c.rows[i];
    c.n = kept;
    if (!rc && kept)
        rc = counties_json(&r, &c, true, &list);
    if (!rc && !kept) {
        http_error(reply, 404, "not_found", "county %s has not been evaluated", args[0]);
    } else if (!rc) {
        json_t *county = json_incref(json_array_get(list, 0));
        json_decref(list);
        rc = county_details(&r, args[0], &c.rows[0], county);
        if (!rc)
            rc = ended_put(&r, args[0], county);
        api_data(reply, county);
    }
    if (rc) {
        free(reply->body);
        reading_failed(&r, reply);
    }
    counties_done(&c);
    reading_done(&r);
}

/* ---- standards, indicators -------------------------------------------------------- */

static json_t *standard_json(const struct standard *st)
{
    char effective[DATE_TEXT];
    date_print(st->effective, effective);
    json_t *indicators = json_array();
    for (size_t i = 0; i < st->n_indicators; i++)
        json_array_append_new(indicators,
                              json_pack("{s:s s:s}", "id", st->indicators[i].id, "title",
                                        st->indicators[i].title));
    return json_pack("{s:s s:s s:s s:s s:o s:s}", "id", st->id, "title", st->title,
                     "document", st->document, "effective", effective, "indicators",
                     indicators, "sha256", st->sha256);
}

void api_standards(void *owner, const struct http_request *req, const char *const *args,
                   struct http_reply *reply)
{
    const struct config *config;
    struct script_set *set;
    (void)req, (void)args;
    daemon_snapshot(owner, &config, &set);
    json_t *list = json_array();
    for (size_t i = 0; i < config->n_standards; i++)
        json_array_append_new(list, standard_json(config->standards[i]));
    api_data(reply, list);
    config_unref(config);
    script_set_unref(set);
}

void api_indicators(void *owner, const struct http_request *req, const char *const *args,
                    struct http_reply *reply)
{
    const struct config *config;
    struct script_set *set;
    (void)req, (void)args;
    daemon_snapshot(owner, &config, &set);
    json_t *list = json_array();
    for (size_t i = 0; set && i < script_set_count(set); i++) {
        const struct script_info *info = script_set_info(set, i);
        json_array_append_new(
            list, json_pack("{s:s s:s s:s s:s s:s s:I s:s}", "id", info->id, "title",
                            info->title, "severity", info->severity, "scope",
                            info->per_school ? "school" : "county", "file", info->file,
                            "tests", (json_int_t)info->n_tests, "sha256", info->sha256));
    }
    api_data(reply, list);
    config_unref(config);
    script_set_unref(set);
}
