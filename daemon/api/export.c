/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the level above reads: the rounds in force, and the rows of one, some counties a page.
 * Rows are read while the pipeline is held, so that they and the verdicts beside them are of
 * one moment. Worker threads.
 */
#include <string.h>

#include "api/parts.h"
#include "daemon_bodies.h"
#include "digest/digest.h"
#include "render/json.h"
#include "render/rows.h"
#include "story/export.h"

enum { PAGE_COUNTIES = 64, PAGE_FULL = 32 << 20, PAGE_MAX = 256 << 20 };

/* ---- the index --------------------------------------------------------------------------- */

static json_t *county_json(const struct export_county *c)
{
    json_t *verdicts = json_array();
    for (size_t i = 0; i < c->n_verdicts; i++) {
        const struct store_verdict *v = &c->verdicts[i];
        json_array_append_new(verdicts,
                              json_pack("{s:s s:s s:s s:b s:i}", "standard", v->standard,
                                        "standard_sha256", v->standard_sha256, "verdict",
                                        outcome_id(v->outcome), "complete", v->complete,
                                        "revision", v->revision));
    }
    const char *sha256 = c->n_verdicts ? c->verdicts[0].data_sha256 : NULL;
    return json_pack("{s:s s:s s:b s:o s:o}", "code", c->code, "name", c->name,
                     "retracted", export_retracted(c), "data_sha256", api_text(sha256),
                     "verdicts", verdicts);
}

static json_t *round_json(const struct export_round *round)
{
    char text[ROUND_TEXT];
    json_t *counties = json_array(), *reported = json_array();
    round_print(round->round, text);
    for (size_t i = 0; i < round->n; i++)
        json_array_append_new(counties, county_json(&round->counties[i]));
    for (size_t i = 0; i < round->n_reported; i++)
        json_array_append_new(reported, json_string(round->reported[i]));
    const char *sha256 = round->reported_sha256;
    return json_pack("{s:s s:s s:o s:{s:o s:o}}", "round", text, "sha256", round->sha256,
                     "counties", counties, "county_data", "sha256",
                     api_text(*sha256 ? sha256 : NULL), "counties", reported);
}

static int rounds_json(struct reading *r, json_t **ret)
{
    struct round *rounds;
    size_t n;
    int rc = store_rounds_known(r->store, r->arena, &rounds, &n, &r->err);
    json_t *list = json_array();
    for (size_t i = 0; !rc && i < n; i++) {
        struct export_round round;
        rc = export_round(r->config, r->store, rounds[i], r->arena, &round, &r->err);
        if (!rc)
            json_array_append_new(list, round_json(&round));
    }
    if (rc)
        json_decref(list);
    else
        *ret = json_pack("{s:o}", "rounds", list);
    return rc;
}

void api_export(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    struct reading r;
    json_t *index;
    (void)req, (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (rounds_json(&r, &index))
        reading_failed(&r, reply);
    else
        api_data(reply, index);
    reading_done(&r);
}

/* ---- a round ----------------------------------------------------------------------------- */

/* What is asked for, and what is made of it. */
struct page {
    struct reading *r;
    struct round round;
    const char *county, *prefix, *after; /* "" = all */
    bool reported;                       /* county data, not schools */
    struct export_round state;
    struct gathered gathered;
    const char *codes[PAGE_COUNTIES];
    size_t n;
    const char *next;       /* the page behind this one is asked for after it; or NULL */
    struct buf heads, rows; /* "counties":[…], and the rows themselves */
};

static bool wanted(const struct page *p, const char *code)
{
    return (!*p->county || strcmp(p->county, code) == 0) &&
           strncmp(code, p->prefix, strlen(p->prefix)) == 0 && strcmp(code, p->after) > 0;
}

static const char *code_at(const struct page *p, size_t i)
{
    return p->reported ? p->state.reported[i] : p->state.counties[i].code;
}

static void choose(struct page *p)
{
    size_t all = p->reported ? p->state.n_reported : p->state.n;
    for (size_t i = 0; i < all; i++) {
        bool gone = !p->reported && export_retracted(&p->state.counties[i]);
        if (gone || !wanted(p, code_at(p, i)))
            continue;
        if (p->n == PAGE_COUNTIES) {
            p->next = p->codes[p->n - 1];
            return;
        }
        p->codes[p->n++] = code_at(p, i);
    }
}

static int read_page(struct page *p, const struct gather *g)
{
    const struct follow which = {p->round, p->codes, p->n};
    if (!p->n)
        return 0;
    if (p->reported)
        return reported_read(g, p->round, p->codes, p->n, &p->gathered.reported,
                             &p->r->err);
    int rc = gather_round(g, &which, &p->gathered, &p->r->err);
    return rc == JH_ENOENT ? 0 : rc; /* today's sources read nothing of it: no rows */
}

static const struct export_county *county_of(const struct page *p, const char *code)
{
    for (size_t i = 0; i < p->state.n; i++)
        if (strcmp(p->state.counties[i].code, code) == 0)
            return &p->state.counties[i];
    return NULL;
}

static int revision_of(const struct page *p, const char *code)
{
    const struct export_county *c = p->reported ? NULL : county_of(p, code);
    if (c)
        return c->revision;
    for (size_t i = 0; i < p->state.n_reported; i++)
        if (strcmp(p->state.reported[i], code) == 0)
            return p->state.revisions[i];
    return 0;
}

static int put_rows(struct page *p, const struct gather *g, const char *code,
                    size_t *ret_n)
{
    const struct county_data *data =
        p->reported ? reported_find(&p->gathered.reported, code) : NULL;
    *ret_n = 0;
    if (!p->reported)
        return export_rows(g, &p->gathered, county_of(p, code), &p->rows, ret_n,
                           &p->r->err);
    if (data)
        rows_reported(&p->rows, p->round, data, ret_n);
    return 0;
}

/* The hash is of the rows as they stand in the answer, with the commas between them. */
static int put_county(struct page *p, const struct gather *g, size_t i)
{
    char hex[SHA256_HEX];
    size_t from, n, before = p->rows.len;
    if (before)
        buf_char(&p->rows, ',');
    from = p->rows.len;
    int rc = put_rows(p, g, p->codes[i], &n);
    if (rc)
        return rc;
    if (p->rows.failed)
        return err_set(&p->r->err, JH_ELIMIT, "county %s does not fit into an answer",
                       p->codes[i]);
    sha256_hex(buf_text(&p->rows) + from, p->rows.len - from, hex);
    if (!n)
        p->rows.len = before;
    buf_str(&p->heads, i ? ",{\"code\":" : "{\"code\":");
    buf_json(&p->heads, p->codes[i]);
    buf_fmt(&p->heads, ",\"rows\":%zu,\"revision\":%d,\"sha256\":\"%s\"}", n,
            revision_of(p, p->codes[i]), hex);
    return 0;
}

static int put_counties(struct page *p, const struct gather *g)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < p->n; i++) {
        rc = put_county(p, g, i);
        if (!rc && p->rows.len > PAGE_FULL && i + 1 < p->n) {
            p->next = p->codes[i];
            break;
        }
    }
    return rc;
}

static int make_page(struct page *p)
{
    struct reading *r = p->r;
    const struct gather g = {.config = r->config,
                             .loader = r->d->loader,
                             .reader = r->store,
                             .arena = r->arena,
                             .words = r->arena};
    (void)bodies_pipeline_lock(r->d);
    int rc = export_round(r->config, r->store, p->round, r->arena, &p->state, &r->err);
    if (!rc) {
        choose(p);
        rc = read_page(p, &g);
    }
    if (!rc)
        rc = put_counties(p, &g);
    bodies_pipeline_unlock(r->d);
    return rc;
}

static void reply_page(struct page *p, struct http_reply *reply)
{
    char round[ROUND_TEXT];
    struct buf out;
    round_print(p->round, round);
    buf_init(&out, (size_t)PAGE_MAX + PAGE_FULL);
    buf_fmt(&out, "{\"round\":\"%s\",\"sha256\":\"%s\",\"counties\":[", round,
            p->reported ? p->state.reported_sha256 : p->state.sha256);
    buf_add(&out, buf_text(&p->heads), p->heads.len);
    buf_str(&out, "],\"next\":");
    if (p->next)
        buf_json(&out, p->next);
    else
        buf_str(&out, "null");
    buf_str(&out, p->reported ? ",\"values\":[" : ",\"schools\":[");
    buf_add(&out, buf_text(&p->rows), p->rows.len);
    buf_str(&out, "]}");
    reply->len = out.len;
    reply->body = p->heads.failed ? NULL : buf_take(&out);
    if (reply->body) {
        reply->status = 200;
        reply->type = "application/json";
    } else {
        http_error(reply, 500, "memory", "the answer does not fit");
    }
    buf_done(&out);
}

static const char *arg(const struct http_request *req, const char *name)
{
    const char *value = http_arg(req, name);
    return value ? value : "";
}

void api_export_round(void *owner, const struct http_request *req,
                      const char *const *args, struct http_reply *reply)
{
    struct reading r;
    struct page page = {.r = &r,
                        .county = arg(req, "county"),
                        .prefix = arg(req, "prefix"),
                        .after = arg(req, "after"),
                        .reported = strcmp(arg(req, "holds"), "county") == 0};
    if (round_parse(args[0], strlen(args[0]), &page.round)) {
        http_error(reply, 404, "not_found", "no round is called %s", args[0]);
        return;
    }
    if (reading_init(&r, owner, reply))
        return;
    buf_init(&page.heads, PAGE_FULL);
    buf_init(&page.rows, PAGE_MAX);
    if (make_page(&page))
        reading_failed(&r, reply);
    else if (!page.state.n && !page.state.n_reported)
        http_error(reply, 404, "not_found", "there is nothing of round %s", args[0]);
    else
        reply_page(&page, reply);
    buf_done(&page.heads);
    buf_done(&page.rows);
    gathered_done(&page.gathered);
    reading_done(&r);
}
