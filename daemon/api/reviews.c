/* SPDX-License-Identifier: Apache-2.0 */
/* Reviews: who waits for one, and the word of a person that a submission is right, or not. */
#include "api/reviews.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum { REVIEWS_MAX = 10000, WORDS_MAX = 1000, SHA_MIN = 8 };

/* ---- what waits --------------------------------------------------------------------------- */

struct reviews {
    struct map *counties; /* "county\nround" -> index of `waits` */
    bool *waits;          /* a submission that holds the county's round does */
    const char **sources; /* of each submission that waits */
    size_t n, n_sources;
};

static const char *key_of(struct arena *arena, const char *county, struct round round)
{
    char text[ROUND_TEXT];
    round_print(round, text);
    return arena_fmt(arena, "%s\n%s", county, text);
}

static int add(struct reviews *v, struct reading *r, const struct store_submission *sub)
{
    bool lacks = review_lacks(r->config, sub);
    if (lacks)
        v->sources[v->n_sources++] = sub->source;
    for (size_t i = 0; i < sub->n_counties; i++) {
        int64_t at;
        const char *key = key_of(r->arena, sub->counties[i], sub->round);
        if (!key || map_add(v->counties, key, strlen(key), (int64_t)v->n, &at))
            return JH_ENOMEM;
        v->n += at == (int64_t)v->n;
        v->waits[at] |= lacks;
    }
    return 0;
}

static bool asks(const struct config *config, const char *source)
{
    const struct source_conf *conf = config_source(config, source);
    return conf && conf->review;
}

static int add_all(struct reviews *v, struct reading *r)
{
    struct store_submission *subs;
    size_t n, kept = 0, counties = 0;
    int rc = store_submissions_of(r->store, STORE_ANY, (struct round){0}, r->arena, &subs,
                                  &n, &r->err);
    for (size_t i = 0; !rc && i < n; i++) {
        if (!asks(r->config, subs[i].source))
            continue;
        subs[kept++] = subs[i];
        counties += subs[i].n_counties;
    }
    if (rc)
        return rc;
    v->waits = arena_array(r->arena, counties + 1, sizeof *v->waits);
    v->sources = arena_array(r->arena, kept + 1, sizeof *v->sources);
    for (size_t i = 0; !rc && i < kept; i++)
        rc = v->waits && v->sources ? add(v, r, &subs[i]) : JH_ENOMEM;
    return rc ? err_set(&r->err, rc, "out of memory") : 0;
}

static bool any_asks(const struct config *config)
{
    bool any = false;
    for (size_t i = 0; i < config->n_sources; i++)
        any |= config->sources[i].review;
    return any;
}

int reviews_load(struct reading *r, struct reviews **ret)
{
    struct reviews *v = calloc(1, sizeof *v);
    if (v)
        v->counties = map_new(1024);
    int rc = v && v->counties ? 0 : err_set(&r->err, JH_ENOMEM, "out of memory");
    if (!rc && any_asks(r->config))
        rc = add_all(v, r);
    if (rc)
        reviews_free(v);
    else
        *ret = v;
    return rc;
}

void reviews_free(struct reviews *reviews)
{
    if (!reviews)
        return;
    map_free(reviews->counties);
    free(reviews);
}

const char *reviews_of(const struct reviews *reviews, const char *county,
                       struct round round)
{
    enum { KEY = 1024 };
    char text[ROUND_TEXT], key[KEY];
    round_print(round, text);
    int len = snprintf(key, sizeof key, "%s\n%s", county, text);
    int64_t at =
        len > 0 && len < KEY ? map_get(reviews->counties, key, (size_t)len) : MAP_NONE;
    return at == MAP_NONE ? NULL : reviews->waits[at] ? "submitted" : "reviewed";
}

size_t reviews_waiting(const struct reviews *reviews, const char *source)
{
    size_t n = 0;
    for (size_t i = 0; i < reviews->n_sources; i++)
        n += !source || strcmp(reviews->sources[i], source) == 0;
    return n;
}

/* ---- the list ----------------------------------------------------------------------------- */

static const char *state_of(const struct store_submission *sub)
{
    return sub->review && *sub->review ? sub->review
           : sub->retracted_ms         ? "retracted"
           : sub->current              ? "submitted"
                                       : "superseded";
}

static json_t *review_json(const struct store_review *v)
{
    const struct store_submission *sub = &v->sub;
    char round[ROUND_TEXT];
    round_print(sub->round, round);
    return json_pack("{s:s s:s s:s s:s s:s s:i s:s s:b s:o s:I s:o s:o s:o}", "source",
                     sub->source, "round", round, "file", sub->name, "holds",
                     sub->holds == STORE_COUNTY ? "county" : "school", "sha256",
                     sub->sha256, "revision", sub->revision, "state", state_of(sub),
                     "in_force", sub->current, "received_at", api_stamp(sub->received_ms),
                     "counties", (json_int_t)sub->n_counties, "by", api_text(v->by),
                     "reason", api_text(v->reason), "at", api_stamp(v->at_ms));
}

/* Beside sources that ask for a review today, whatever a person has ever said something of. */
static bool is_listed(const struct reading *r, const struct store_review *v, bool all)
{
    return all ? v->at_ms || asks(r->config, v->sub.source)
               : review_lacks(r->config, &v->sub);
}

void api_reviews(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct reading r;
    struct store_review *rows;
    size_t n;
    const char *state = http_arg(req, "state");
    bool all = state && strcmp(state, "all") == 0;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_reviews(r.store, all, REVIEWS_MAX, r.arena, &rows, &n, &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            if (is_listed(&r, &rows[i], all))
                json_array_append_new(list, review_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}

/* ---- acts --------------------------------------------------------------------------------- */

struct asked {
    const char *source, *round_text, *name, *sha256, *act, *by, *reason;
    struct round round;
    bool returned;
};

static const char *words(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text && *text && strlen(text) <= WORDS_MAX ? text : NULL;
}

static const char *what_lacks(struct asked *a)
{
    bool accept = a->act && strcmp(a->act, "accept") == 0;
    a->returned = a->act && strcmp(a->act, "return") == 0;
    return !a->source                ? "source: which one delivered it?"
           : !a->round_text          ? "round: which one is it, such as 2025?"
           : !accept && !a->returned ? "act: expected accept or return"
           : !a->by                  ? "by: whose word is this?"
           : !a->reason              ? "reason: it is kept with the data for good"
           : a->sha256 && strlen(a->sha256) < SHA_MIN
               ? "sha256: expected at least eight of its characters"
           : round_parse(a->round_text, strlen(a->round_text), &a->round)
               ? "round: expected a round such as 2025 or 2025-10"
               : NULL;
}

static void refused(struct http_reply *reply, int rc, const struct jh_err *err)
{
    char text[1200];
    err_format(err, text, sizeof text);
    const char *said = err->text[0] ? text : err_name(rc);
    if (rc == JH_ENOENT)
        http_error(reply, 404, "not_found", "%s", said);
    else if (rc == JH_EEXIST)
        http_error(reply, 409, "exists", "%s", said);
    else if (rc == JH_EREFUSED)
        http_error(reply, 409, "refused", "%s", said);
    else
        api_not_kept(reply, rc, said);
}

static void accept_it(struct daemon *d, const struct asked *a, struct http_reply *reply)
{
    struct review_accept review = {.source = a->source,
                                   .name = a->name,
                                   .sha256 = a->sha256,
                                   .round = a->round,
                                   .by = a->by,
                                   .reason = a->reason};
    struct pipeline_report report = {0};
    struct jh_err err = {0};
    char failed[1200] = "";
    int rc = daemon_review(d, &review, &report, &err);
    if (rc) {
        refused(reply, rc, &err);
        return;
    }
    if (report.failed.code)
        err_format(&report.failed, failed, sizeof failed);
    api_data(reply,
             json_pack("{s:s s:s s:s s:I s:I s:I s:s*}", "source", a->source, "round",
                       a->round_text, "state", "reviewed", "submissions",
                       (json_int_t)review.reviewed, "judged", (json_int_t)report.again,
                       "transitions", (json_int_t)report.transitions, "failed",
                       *failed ? failed : NULL));
}

static void return_it(struct daemon *d, const struct asked *a, struct http_reply *reply)
{
    struct retract retract = {.source = a->source,
                              .name = a->name,
                              .returned = true,
                              .sha256 = a->sha256,
                              .round = a->round,
                              .by = a->by,
                              .reason = a->reason};
    struct jh_err err = {0};
    int rc = daemon_retract(d, &retract, &err);
    if (rc) {
        refused(reply, rc, &err);
        return;
    }
    api_data(reply,
             json_pack("{s:s s:s s:s s:I s:I s:I s:I s:I}", "source", a->source, "round",
                       a->round_text, "state", "returned", "submissions",
                       (json_int_t)retract.retracted, "restored",
                       (json_int_t)retract.restored, "counties",
                       (json_int_t)retract.counties, "gone", (json_int_t)retract.gone,
                       "transitions", (json_int_t)retract.transitions));
}

void api_review(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    json_error_t error;
    json_t *body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    struct asked a = {.source = words(body, "source"),
                      .round_text = words(body, "round"),
                      .name = words(body, "file"),
                      .sha256 = words(body, "sha256"),
                      .act = words(body, "act"),
                      .by = words(body, "by"),
                      .reason = words(body, "reason")};
    const char *lacks = what_lacks(&a);
    (void)args;
    if (!body)
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
    else if (lacks)
        http_error(reply, 400, "invalid", "%s", lacks);
    else
        (a.returned ? return_it : accept_it)(owner, &a, reply);
    json_decref(body);
}
