/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that is another junheng: the level above takes over the rows in force of the level
 * below, a county a body, and what was taken back there is taken back here. It remembers which
 * rounds it has delivered as they are, so long as all of it was accepted. Loop thread; pages
 * are read in a worker.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pull.h"
#include "transport.h"

enum { TOKEN = 3072, LINE = 4096 };

enum what { WHAT_SCHOOLS, WHAT_COUNTY_DATA };

struct options {
    char *url, *token_file, *prefix;
    int what;
    struct transport_options way;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct options *options;
    struct transport way;
    char token[TOKEN];
    char url[PULL_URL / 2]; /* of the index */
    struct pull_known known;
};

/* One poll. */
struct poll {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
    struct pull pull;
    char *etag; /* of the index */
    char *text; /* the answer that is being read */
    size_t len;
    struct jh_err err;
};

/* ---- opening ----------------------------------------------------------------------------- */

static int check(const void *conf, struct jh_err *err)
{
    static const char PLAIN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789-._";
    const struct options *o = conf;
    const char *wrong = transport_wrong_url(o->url);
    if (!wrong && strpbrk(o->url, "?#"))
        wrong = "url is that of a junheng, without a query";
    if (!wrong && strlen(o->url) > PULL_URL / 4)
        wrong = "url is too long";
    if (!wrong)
        wrong = transport_wrong(&o->way, o->url);
    if (!wrong && transport_given(o->token_file) && transport_has_user(o->url))
        wrong = "url holds a user, and token_file says another: leave one out";
    if (!wrong && o->prefix &&
        (strspn(o->prefix, PLAIN) != strlen(o->prefix) || strlen(o->prefix) > 64))
        wrong = "prefix is the beginning of county codes, such as 3401";
    return wrong ? transport_fail(err, JH_EINVAL, "", wrong) : 0;
}

static void close_inst(struct jh_inst *inst)
{
    if (!inst)
        return;
    transport_close(&inst->way);
    explicit_bzero(inst->token, sizeof inst->token);
    free(inst->known.list);
    free(inst);
}

static int open_inst(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret, struct jh_err *err)
{
    const struct options *o = conf;
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return transport_fail(err, JH_ENOMEM, "", "out of memory");
    inst->host = host;
    inst->ctx = ctx;
    inst->options = o;
    size_t len = strlen(o->url);
    while (len && o->url[len - 1] == '/')
        len--;
    snprintf(inst->url, sizeof inst->url, "%.*s/api/v1/export", (int)len, o->url);
    int rc = transport_open(&inst->way, host, ctx, &o->way, err);
    if (!rc)
        rc = transport_secret(host, ctx, o->token_file, inst->token, sizeof inst->token,
                              err);
    if (rc)
        close_inst(inst);
    else
        *ret = inst;
    return rc;
}

/* ---- the end of a poll ------------------------------------------------------------------- */

static void poll_free(struct poll *poll)
{
    pull_done(&poll->pull);
    free(poll->etag);
    free(poll->text);
    free(poll);
}

static void fail(struct poll *poll, int code, const char *url, const char *text)
{
    struct jh_inst *inst = poll->inst;
    struct jh_err err;
    char where[sizeof err.file];
    transport_place(url, where, sizeof where);
    transport_fail(&err, code, where, text);
    inst->host->fetch_done(inst->ctx, poll->fetch, JH_FAILED, NULL, 0, &err);
    poll_free(poll);
}

/* What the index says of rounds is delivered now; settled() forgets it when it was for nothing. */
static void remember(struct poll *poll)
{
    struct pull_known *known = &poll->inst->known;
    free(known->list);
    *known = (struct pull_known){poll->pull.rounds, poll->pull.n_rounds};
    poll->pull.rounds = NULL;
}

static void settled(struct jh_inst *inst, const struct jh_settled *what)
{
    if (what->outcome != JH_ACCEPTED)
        inst->known.n = 0;
}

/* Texts of a body that the blob points to. */
struct words {
    char name[PULL_ROUND + PULL_CODE + 8], url[PULL_URL];
};

static void fill(const struct poll *poll, struct pull_body *body, struct words *words,
                 bool last, struct jh_blob *ret)
{
    snprintf(words->name, sizeof words->name, "%s/%s.json", body->round, body->code);
    snprintf(words->url, sizeof words->url, "%s/%s?county=%s", poll->inst->url,
             body->round, body->code);
    *ret = (struct jh_blob){.size = sizeof *ret,
                            .body = {body->text, body->len},
                            .url = words->url,
                            .name = words->name,
                            .type = "application/json",
                            .etag = last ? poll->etag : "",
                            .last_modified = "",
                            .give = body->text ? &body->text : NULL,
                            .retracts = body->text ? NULL : body->round};
}

static void deliver(struct poll *poll)
{
    struct jh_inst *inst = poll->inst;
    size_t n = poll->pull.n_bodies;
    struct jh_blob *blobs = calloc(n + 1, sizeof *blobs);
    struct words *words = calloc(n + 1, sizeof *words);
    if (!blobs || !words) {
        free(blobs);
        free(words);
        fail(poll, JH_ENOMEM, inst->url, "out of memory");
        return;
    }
    for (size_t i = 0; i < n; i++)
        fill(poll, &poll->pull.bodies[i], &words[i], i + 1 == n, &blobs[i]);
    bool asked = poll->fetch->etag[0];
    remember(poll);
    inst->host->fetch_done(inst->ctx, poll->fetch,
                           n       ? JH_FETCHED
                           : asked ? JH_UNCHANGED
                                   : JH_NOTHING,
                           blobs, n, NULL);
    free(blobs);
    free(words);
    poll_free(poll);
}

/* ---- asking ------------------------------------------------------------------------------ */

static int ask(struct poll *poll, const char *url, jh_http_done *done)
{
    const struct jh_inst *inst = poll->inst;
    const char *lines[3];
    char token[LINE], match[LINE];
    size_t n = 0;
    bool index = done && !poll->pull.rounds;
    snprintf(token, sizeof token, "Authorization: Bearer %s", inst->token);
    snprintf(match, sizeof match, "If-None-Match: %s", poll->fetch->etag);
    if (inst->token[0])
        lines[n++] = token;
    if (index && poll->fetch->etag[0])
        lines[n++] = match;
    lines[n] = NULL;
    struct jh_http_request request = {.size = sizeof request,
                                      .method = "GET",
                                      .url = url,
                                      .headers = lines,
                                      .timeout_ms = poll->fetch->timeout_ms,
                                      .max_bytes = poll->fetch->max_bytes -
                                                   (int64_t)poll->pull.bytes};
    transport_fill(&inst->way, &request);
    int rc = request.max_bytes > 0 ? inst->host->http(inst->ctx, &request, done, poll)
                                   : JH_ELIMIT;
    explicit_bzero(token, sizeof token);
    return rc;
}

static bool keep(struct poll *poll, const struct jh_http_response *r)
{
    free(poll->text);
    poll->text = malloc(r->body.len + 1);
    poll->len = r->body.len;
    if (poll->text && r->body.len)
        memcpy(poll->text, r->body.p, r->body.len);
    return poll->text != NULL;
}

/* False: the poll has failed, and is gone. */
static bool good(struct poll *poll, const struct jh_http_response *r)
{
    char text[64];
    snprintf(text, sizeof text, "HTTP %d", r->status);
    if (r->code < 0) {
        fail(poll, r->code, r->url, r->text);
    } else if (r->status != 200) {
        transport_retry(poll->fetch, r);
        fail(poll, transport_code(r->status), r->url, text);
    } else if (!keep(poll, r)) {
        fail(poll, JH_ENOMEM, r->url, "out of memory");
    } else {
        return true;
    }
    return false;
}

static void on_page(void *arg, const struct jh_http_response *r);

static void next(struct poll *poll)
{
    char url[PULL_URL];
    if (!pull_next(&poll->pull, poll->inst->url, url)) {
        deliver(poll);
        return;
    }
    int rc = ask(poll, url, on_page);
    if (rc == JH_ELIMIT)
        fail(poll, rc, url, "what has changed is larger than max_bytes, all together");
    else if (rc)
        fail(poll, rc, url, transport_not_started(rc));
}

static void on_read(void *arg, int result)
{
    struct poll *poll = arg;
    if (result)
        fail(poll, result, poll->inst->url, poll->err.code ? poll->err.text : "canceled");
    else
        next(poll);
}

/* worker */
static int read_page(void *arg)
{
    struct poll *poll = arg;
    return pull_page(&poll->pull, (struct jh_slice){poll->text, poll->len}, &poll->err);
}

/* worker */
static int read_index(void *arg)
{
    struct poll *poll = arg;
    return pull_index(&poll->pull, (struct jh_slice){poll->text, poll->len}, &poll->err);
}

static void read_it(struct poll *poll, int (*reader)(void *arg))
{
    int rc = poll->inst->host->work(poll->inst->ctx, reader, on_read, poll);
    if (rc)
        fail(poll, rc, poll->inst->url, "too much work waits already");
}

static void on_page(void *arg, const struct jh_http_response *r)
{
    if (good(arg, r))
        read_it(arg, read_page);
}

static void on_index(void *arg, const struct jh_http_response *r)
{
    struct poll *poll = arg;
    struct jh_inst *inst = poll->inst;
    if (r->code == 0 && r->status == 304 && poll->fetch->etag[0]) {
        inst->host->fetch_done(inst->ctx, poll->fetch, JH_UNCHANGED, NULL, 0, NULL);
        poll_free(poll);
    } else if (good(poll, r)) {
        poll->etag = strdup(r->etag);
        if (poll->etag)
            read_it(poll, read_index);
        else
            fail(poll, JH_ENOMEM, r->url, "out of memory");
    }
}

static void fetch(struct jh_inst *inst, struct jh_fetch *fetch)
{
    static const struct jh_err none = {.code = JH_ENOMEM, .text = "out of memory"};
    const struct options *o = inst->options;
    struct poll *poll = calloc(1, sizeof *poll);
    if (!poll) {
        inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, &none);
        return;
    }
    if (!fetch->etag[0]) /* something was refused, or nothing was ever taken: all of it */
        inst->known.n = 0;
    poll->inst = inst;
    poll->fetch = fetch;
    poll->pull = (struct pull){.reported = o->what == WHAT_COUNTY_DATA,
                               .prefix = o->prefix ? o->prefix : "",
                               .known = &inst->known};
    int rc = ask(poll, inst->url, on_index);
    if (rc)
        fail(poll, rc, inst->url, transport_not_started(rc));
}

/* ---- what this plugin is ------------------------------------------------------------------ */

static const char *const WHATS[] = {"schools", "county_data", NULL};

/* clang-format off */
static const struct jh_option OPTIONS[] = {
    {.name = "url", .type = JH_STRING, .offset = offsetof(struct options, url), .required = true,
     .help = "Where the other junheng answers, such as https://county.example:8420."},
    {.name = "export", .type = JH_ENUM, .offset = offsetof(struct options, what), .def = "schools", .words = WHATS,
     .help = "What to take over: rows of schools, or what counties report (with holds: county)."},
    {.name = "prefix", .type = JH_STRING, .offset = offsetof(struct options, prefix),
     .help = "Only counties whose codes begin so."},
    {.name = "token_file", .type = JH_STRING, .offset = offsetof(struct options, token_file),
     .help = "File with a bearer token for a proxy in front of it; not readable by all."},
    TRANSPORT_OPTIONS(struct options, way),
    {0}};
/* clang-format on */

static const struct jh_source_ops ops = {
    .size = sizeof ops, .fetch = fetch, .settled = settled};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_SOURCE,
    .name = "junheng",
    .version = PACKAGE_VERSION,
    .summary = "Takes over what another junheng, of the level below, has in force.",
    .options = OPTIONS,
    .conf_size = sizeof(struct options),
    .check = check,
    .open = open_inst,
    .close = close_inst,
    .ops = &ops,
};
