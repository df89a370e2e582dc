/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do: certify, decertify, retract, poll, reload. Only over the control socket; every act of
 * a person carries `by`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "api/known.h"
#include "base/date.h"
#include "render/json.h"

enum { CERTS_MAX = 100000, TEXT_MAX_BYTES = 1000, ERRORS_MAX = 200 };

/* ---- certifications ------------------------------------------------------------------------- */

/* The request as it is read; strings belong to `body`. */
struct certify {
    struct daemon *d;
    json_t *body;
    const char *by, *reason;
    struct store_cert *certs;
    size_t n, implied;
    const struct config *config;
    struct script_set *set;
    bool remove;
    json_t *warnings; /* a list, or NULL */
};

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text && *text && strlen(text) <= TEXT_MAX_BYTES ? text : NULL;
}

static const struct standard *standard_named(const struct config *config, const char *id)
{
    for (size_t i = 0; i < config->n_standards; i++)
        if (strcmp(config->standards[i]->id, id) == 0)
            return config->standards[i];
    return NULL;
}

/* What is wrong with which key of which certification. */
static json_t *item_json(size_t i, const char *key, const char *text)
{
    return json_pack("{s:I s:s s:s}", "index", (json_int_t)i, "key", key, "message",
                     text);
}

/* 400 with all items; the message is the first. Takes the list over. */
static void bad_items(struct http_reply *reply, json_t *items)
{
    const json_t *first = json_array_get(items, 0);
    json_t *object =
        json_pack("{s:{s:s s:o s:O}}", "error", "code", "invalid", "message",
                  json_sprintf("certifications[%d]: %s: %s",
                               (int)json_integer_value(json_object_get(first, "index")),
                               json_string_value(json_object_get(first, "key")),
                               json_string_value(json_object_get(first, "message"))),
                  "items", items);
    char *text = object ? json_text(object, HTTP_BODY_MAX) : NULL;
    json_decref(object);
    json_decref(items);
    if (text)
        *reply = (struct http_reply){
            .status = 400, .type = "application/json", .body = text, .len = strlen(text)};
    else
        http_error(reply, 500, "memory", "out of memory");
}

static int bad(struct http_reply *reply, size_t i, const char *key, const char *what)
{
    bad_items(reply, json_pack("[o]", item_json(i, key, what)));
    return JH_EINVAL;
}

/* Cohort and baseline have defaults: the year of the date, and the round before the cohort. */
static int read_dates(const json_t *item, struct certification *cert, size_t i,
                      struct http_reply *reply)
{
    const char *date = text_of(item, "date"), *baseline = text_of(item, "baseline");
    const json_t *cohort = json_object_get(item, "cohort");
    if (!date || date_parse(date, strlen(date), &cert->date))
        return bad(reply, i, "date", "expected a date such as 2013-12-31");
    cert->cohort = cert->date.year;
    if (json_is_integer(cohort))
        cert->cohort = (int)json_integer_value(cohort);
    else if (cohort && !json_is_null(cohort))
        return bad(reply, i, "cohort", "expected a year such as 2013");
    if (cert->cohort < 1990 || cert->cohort > 2200)
        return bad(reply, i, "cohort", "expected a year from 1990 to 2200");
    cert->baseline = (struct round){(int16_t)(cert->cohort - 1), 0};
    if (baseline && round_parse(baseline, strlen(baseline), &cert->baseline))
        return bad(reply, i, "baseline", "expected a round such as 2012");
    return 0;
}

static int read_one(struct certify *c, const json_t *item, size_t i,
                    struct http_reply *reply)
{
    const char *county = text_of(item, "county"), *standard = text_of(item, "standard");
    struct store_cert cert = {.by = c->by,
                              .reason = c->reason ? c->reason : "",
                              .at_ms = clock_wall(&c->d->stamps.clock)};
    if (!county)
        return bad(reply, i, "county", "a county code is needed");
    if (!standard)
        return bad(reply, i, "standard", "an id is needed");
    if (!c->remove && !standard_named(c->config, standard))
        return bad(reply, i, "standard", "not among standards.use of the configuration");
    cert.cert.county = county;
    cert.cert.standard = standard;
    cert.cert.document = text_of(item, "document");
    if (!c->remove && read_dates(item, &cert.cert, i, reply))
        return JH_EINVAL;
    c->certs[c->n++] = cert;
    return 0;
}

static void unknown_county(const struct known *k, size_t i, const char *code,
                           json_t *items)
{
    char near[512], text[TEXT_MAX_BYTES + 700];
    known_near(k, code, near, sizeof near);
    if (known_division(k, code))
        snprintf(text, sizeof text,
                 "%s is no county: others lie in it by the divisions file, and it is "
                 "counties that are certified",
                 code);
    else
        snprintf(text, sizeof text,
                 "%s is not in the divisions file, and no data have come for it%s%s%s",
                 code, *near ? "; did you mean " : "", near, *near ? "?" : "");
    json_array_append_new(items, item_json(i, "county", text));
}

/*
 * A slip in a code, or a city's, would be certified, and never judged. Without a divisions file nobody can
 * tell it from a county of which data are still to come: that is a warning.
 */
static int check_counties(struct certify *c, struct reading *r, struct http_reply *reply)
{
    struct known *k;
    json_t *items = json_array();
    int rc = known_load(r, &k);
    if (rc) {
        json_decref(items);
        reading_failed(r, reply);
        return rc;
    }
    size_t unknown = 0, no_data = 0;
    const char *first = "";
    c->warnings = json_array();
    for (size_t i = 0; i < c->n && unknown < ERRORS_MAX; i++) {
        const char *code = c->certs[i].cert.county;
        if (known_data(k, code) || known_county(k, code))
            continue;
        if (known_has_divisions(k)) {
            unknown++;
            unknown_county(k, i, code, items);
        } else if (!no_data++) {
            first = code;
        }
    }
    if (no_data == 1)
        json_array_append_new(
            c->warnings, json_sprintf("county %s: no data are known of it yet", first));
    else if (no_data)
        json_array_append_new(
            c->warnings, json_sprintf("no data are known yet of %zu of these counties, "
                                      "such as %s",
                                      no_data, first));
    known_free(k);
    if (unknown) {
        bad_items(reply, items);
        return JH_EINVAL;
    }
    json_decref(items);
    return 0;
}

static int check_certify(struct certify *c, struct http_reply *reply)
{
    struct reading r;
    if (c->remove)
        return 0;
    if (reading_init(&r, c->d, reply))
        return JH_EIO;
    int rc = check_counties(c, &r, reply);
    reading_done(&r);
    return rc;
}

static bool listed(const struct certify *c, const char *county, const char *standard)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->certs[i].cert.county, county) &&
            !strcmp(c->certs[i].cert.standard, standard))
            return true;
    return false;
}

/* A county certified for quality stays monitored for basic balance too. */
static int add_implied(struct certify *c)
{
    struct arena *arena = arena_new(16 << 20);
    struct store *store = NULL;
    size_t given = c->n;
    int rc = arena ? store_open(c->d->store_path, STORE_READ, &store, NULL) : JH_ENOMEM;
    for (size_t i = 0; !rc && i < given; i++) {
        const struct standard *st = standard_named(c->config, c->certs[i].cert.standard);
        struct store_cert known;
        if (!*st->implies || !standard_named(c->config, st->implies) ||
            listed(c, c->certs[i].cert.county, st->implies) ||
            store_cert_get(store, c->certs[i].cert.county, st->implies, arena, &known,
                           NULL) != JH_ENOENT)
            continue;
        c->certs[c->n] = c->certs[i];
        c->certs[c->n++].cert.standard = st->implies;
        c->implied++;
    }
    store_close(store);
    arena_free(arena);
    return rc;
}

static int read_certify(struct certify *c, const struct http_request *req,
                        struct http_reply *reply)
{
    json_error_t error;
    c->body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    const json_t *list = json_object_get(c->body, "certifications");
    size_t n = json_array_size(list);
    if (!c->body) {
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
        return JH_EINVAL;
    }
    c->by = text_of(c->body, "by");
    c->reason = text_of(c->body, "reason");
    if (!c->by) {
        http_error(reply, 400, "invalid", "by: whose decision is this?");
        return JH_EINVAL;
    }
    if (!n || n > CERTS_MAX) {
        http_error(reply, 400, "invalid", "certifications: expected a list of 1 to %d",
                   CERTS_MAX);
        return JH_EINVAL;
    }
    c->certs = calloc(n * 2, sizeof *c->certs); /* each may imply another */
    if (!c->certs) {
        http_error(reply, 500, "memory", "out of memory");
        return JH_ENOMEM;
    }
    for (size_t i = 0; i < n; i++)
        if (read_one(c, json_array_get(list, i), i, reply))
            return JH_EINVAL;
    return 0;
}

static json_t *certified_json(const struct certify *c,
                              const struct pipeline_report *report)
{
    json_t *implied = json_array();
    char failed[1200] = "";
    if (report->failed.code)
        err_format(&report->failed, failed, sizeof failed);
    for (size_t i = c->n - c->implied; i < c->n; i++)
        json_array_append_new(implied,
                              json_pack("{s:s s:s}", "county", c->certs[i].cert.county,
                                        "standard", c->certs[i].cert.standard));
    return json_pack(
        "{s:I s:o s:I s:I s:I s:I s:I s:O* s:s*}",
        c->remove ? "decertified" : "certified", (json_int_t)(c->n - c->implied),
        "implied", implied, "judged", (json_int_t)report->counties, "pass",
        (json_int_t)report->pass, "fail", (json_int_t)report->fail, "unknown",
        (json_int_t)report->unknown, "transitions", (json_int_t)report->transitions,
        "warnings", c->warnings, "failed", *failed ? failed : NULL);
}

static void certify(struct daemon *d, const struct http_request *req, bool remove,
                    struct http_reply *reply)
{
    struct certify c = {.d = d, .remove = remove};
    struct pipeline_report report = {0};
    struct jh_err err = {0};
    daemon_snapshot(d, &c.config, &c.set);
    if (!read_certify(&c, req, reply) && !check_certify(&c, reply)) {
        int rc = remove ? 0 : add_implied(&c);
        if (!rc)
            rc = daemon_certify(d, c.certs, c.n, remove, &report, &err);
        if (rc == JH_ENOENT)
            http_error(reply, 404, "not_found", "%s", err.text);
        else if (rc)
            api_not_kept(reply, rc, err.text[0] ? err.text : err_name(rc));
        else
            api_data(reply, certified_json(&c, &report));
    }
    free(c.certs);
    json_decref(c.body);
    json_decref(c.warnings);
    config_unref(c.config);
    script_set_unref(c.set);
}

void api_certify(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    (void)args;
    certify(owner, req, false, reply);
}

void api_decertify(void *owner, const struct http_request *req, const char *const *args,
                   struct http_reply *reply)
{
    (void)args;
    certify(owner, req, true, reply);
}

/* ---- retractions ------------------------------------------------------------------------------ */

/* Texts belong to `body`. */
static int read_retract(const json_t *body, struct retract *retract,
                        struct http_reply *reply)
{
    const char *round = text_of(body, "round");
    retract->source = text_of(body, "source");
    retract->name = text_of(body, "name");
    retract->by = text_of(body, "by");
    retract->reason = text_of(body, "reason");
    const char *lacks = !retract->source   ? "source: which one delivered it?"
                        : !round           ? "round: which one is it, such as 2025?"
                        : !retract->by     ? "by: whose decision is this?"
                        : !retract->reason ? "reason: it is kept with the data for good"
                                           : NULL;
    if (lacks || round_parse(round, strlen(round), &retract->round)) {
        http_error(reply, 400, "invalid", "%s",
                   lacks ? lacks : "round: expected a round such as 2025 or 2025-10");
        return JH_EINVAL;
    }
    return 0;
}

static json_t *retracted_json(const struct retract *r)
{
    char round[ROUND_TEXT];
    round_print(r->round, round);
    return json_pack("{s:s s:s s:I s:I s:I s:I s:I s:I s:I s:I}", "source", r->source,
                     "round", round, "retracted", (json_int_t)r->retracted, "restored",
                     (json_int_t)r->restored, "counties", (json_int_t)r->counties, "gone",
                     (json_int_t)r->gone, "pass", (json_int_t)r->pass, "fail",
                     (json_int_t)r->fail, "unknown", (json_int_t)r->unknown,
                     "transitions", (json_int_t)r->transitions);
}

void api_retract(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct retract retract = {0};
    struct jh_err err = {0};
    json_error_t error;
    json_t *body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    (void)args;
    if (!body) {
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
    } else if (!read_retract(body, &retract, reply)) {
        int rc = daemon_retract(owner, &retract, &err);
        char text[1200], said[1300];
        err_format(&err, text, sizeof text);
        snprintf(said, sizeof said, "nothing was retracted: %s",
                 err.text[0] ? text : err_name(rc));
        if (rc == JH_ENOENT)
            http_error(reply, 404, "not_found", "%s", text);
        else if (rc)
            api_not_kept(reply, rc, said);
        else
            api_data(reply, retracted_json(&retract));
    }
    json_decref(body);
}

/* ---- poll and reload ---------------------------------------------------------------------------- */

struct poll_ask {
    struct daemon *d;
    const char *source;
};

static int poll_on_loop(void *arg)
{
    const struct poll_ask *ask = arg;
    return poll_now(ask->d->poll, ask->source);
}

void api_poll(void *owner, const struct http_request *req, const char *const *args,
              struct http_reply *reply)
{
    struct daemon *d = owner;
    struct poll_ask ask = {d, args[0]};
    (void)req;
    int rc = calls_run(d->calls, poll_on_loop, &ask);
    if (rc == JH_ENOENT)
        http_error(reply, 404, "not_found", "no source is called %s", args[0]);
    else if (rc == JH_EBUSY)
        http_error(reply, 409, "busy", "source %s is being polled already", args[0]);
    else if (rc)
        http_error(reply, 503, "unavailable", "%s", err_name(rc));
    else
        api_data(reply, json_pack("{s:s s:b}", "source", args[0], "started", 1));
}

struct poll_all_ask {
    struct daemon *d;
    size_t started, sources;
};

static int poll_all_on_loop(void *arg)
{
    struct poll_all_ask *ask = arg;
    ask->started = poll_all(ask->d->poll);
    ask->sources = poll_states(ask->d->poll, NULL, 0);
    return 0;
}

void api_poll_all(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    struct daemon *d = owner;
    struct poll_all_ask ask = {.d = d};
    (void)req, (void)args;
    int rc = calls_run(d->calls, poll_all_on_loop, &ask);
    if (rc)
        http_error(reply, 503, "unavailable", "%s", err_name(rc));
    else
        api_data(reply, json_pack("{s:I s:I}", "started", (json_int_t)ask.started, "busy",
                                  (json_int_t)(ask.sources - ask.started)));
}

static json_t *errs_json(const struct errs *errs, enum err_kind kind)
{
    json_t *list = json_array();
    for (size_t i = 0; i < errs->n; i++) {
        char text[1200];
        if (errs->items[i].kind != kind)
            continue;
        err_format(&errs->items[i].err, text, sizeof text);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static void reload_refused(struct http_reply *reply, const struct errs *errs)
{
    json_t *object = json_pack("{s:{s:s s:s s:o}}", "error", "code", "config", "message",
                               "the configuration has errors; the old one stays in force",
                               "errors", errs_json(errs, ERR_ERROR));
    char *text = object ? json_text(object, HTTP_BODY_MAX) : NULL;
    json_decref(object);
    if (!text) {
        http_error(reply, 500, "memory", "out of memory");
        return;
    }
    *reply = (struct http_reply){
        .status = 422, .type = "application/json", .body = text, .len = strlen(text)};
}

void api_reload(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    struct errs errs;
    (void)req, (void)args;
    errs_init(&errs, ERRORS_MAX);
    if (daemon_reload(owner, &errs))
        reload_refused(reply, &errs);
    else
        api_data(reply, json_pack("{s:b s:o}", "reloaded", 1, "warnings",
                                  errs_json(&errs, ERR_WARNING)));
    errs_done(&errs);
}
