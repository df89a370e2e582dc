/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that gets one document over HTTP or HTTPS, with conditional requests. Limits, TLS
 * and secrets are the host's; this plugin decides what an answer means: 200 is a body, 304 is
 * "nothing has changed", everything else is a failure. Loop thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "auth.h"
#include "pages.h"

enum { MAX_LINES = OPTIONS_HEADERS + AUTH_LINES + 5 };

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct options *options;
    struct auth auth;
    char secret[OPTIONS_LINE]; /* the line of header_file */
    struct transport way;
    char *file;           /* what body_file held, or NULL */
    struct jh_slice body; /* to send */
};

struct asked {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
};

/* ---- opening ----------------------------------------------------------------------------- */

static int read_body(struct jh_inst *inst, struct jh_err *err)
{
    const char *file = inst->options->body_file;
    if (!transport_given(file))
        return 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    inst->file = fd < 0 ? NULL : malloc(OPTIONS_BODY + 1);
    ssize_t n = inst->file ? read(fd, inst->file, OPTIONS_BODY + 1) : -1;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return transport_fail(err, saved == ENOENT ? JH_ENOENT : JH_EIO, file,
                              strerror(saved));
    if (n > OPTIONS_BODY)
        return transport_fail(err, JH_ELIMIT, file, "is larger than 1 MiB");
    inst->body = (struct jh_slice){inst->file, (size_t)n};
    return 0;
}

static int open_all(struct jh_inst *inst, struct jh_err *err)
{
    const struct options *o = inst->options;
    int rc = transport_open(&inst->way, inst->host, inst->ctx, &o->way, err);
    if (!rc)
        rc = transport_secret(inst->host, inst->ctx, o->header_file, inst->secret,
                              sizeof inst->secret, err);
    if (!rc && inst->secret[0] && !options_is_header(inst->secret))
        rc = transport_fail(err, JH_EINVAL, o->header_file,
                            "must hold one line of the form \"name: value\"");
    if (!rc)
        rc = auth_open(&inst->auth, inst->host, inst->ctx, o, err);
    return rc ? rc : read_body(inst, err);
}

static void http_close(struct jh_inst *inst)
{
    if (!inst)
        return;
    auth_close(&inst->auth);
    explicit_bzero(inst->secret, sizeof inst->secret);
    transport_close(&inst->way);
    free(inst->file);
    free(inst);
}

static int http_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return transport_fail(err, JH_ENOMEM, "", "out of memory");
    inst->host = host;
    inst->ctx = ctx;
    inst->options = conf;
    const char *body = inst->options->body;
    inst->body = (struct jh_slice){body, body ? strlen(body) : 0};
    int rc = open_all(inst, err);
    if (rc)
        http_close(inst);
    else
        *ret_inst = inst;
    return rc;
}

/* ---- the answer -------------------------------------------------------------------------- */

/* The last segment of the path, or the host where there is none. */
static void short_name(const char *url, char *ret, size_t size)
{
    char path[2048];
    transport_place(url, path, sizeof path);
    for (size_t n = strlen(path); n && path[n - 1] == '/'; n--)
        path[n - 1] = '\0';
    const char *slash = strrchr(path, '/');
    snprintf(ret, size, "%.*s", (int)size - 1, slash ? slash + 1 : path);
}

static void answer_failed(const struct asked *a, int code, const char *url,
                          const char *text)
{
    struct jh_err err;
    char where[256];
    transport_place(url, where, sizeof where);
    transport_fail(&err, code, where, text);
    a->inst->host->fetch_done(a->inst->ctx, a->fetch, JH_FAILED, NULL, 0, &err);
}

static void answer_body(const struct asked *a, const struct jh_http_response *r)
{
    char name[256];
    short_name(r->url, name, sizeof name);
    struct jh_blob blob = {.size = sizeof blob,
                           .body = r->body,
                           .url = r->url,
                           .name = name,
                           .type = r->type,
                           .etag = r->etag,
                           .last_modified = r->last_modified};
    a->inst->host->fetch_done(a->inst->ctx, a->fetch, JH_FETCHED, &blob, 1, NULL);
}

static void on_response(void *arg, const struct jh_http_response *r)
{
    struct asked *a = arg;
    const struct jh_host *host = a->inst->host;
    bool conditional = a->inst->options->method == OPTIONS_GET &&
                       (a->fetch->etag[0] || a->fetch->last_modified[0]);
    char text[64];
    snprintf(text, sizeof text, "HTTP %d", r->status);
    if (r->code < 0)
        answer_failed(a, r->code, r->url, r->text);
    else if (r->status == 200)
        answer_body(a, r);
    else if (r->status == 304 && conditional)
        host->fetch_done(a->inst->ctx, a->fetch, JH_UNCHANGED, NULL, 0, NULL);
    else {
        transport_retry(a->fetch, r);
        answer_failed(a, transport_code(r->status), r->url, text);
    }
    free(a);
}

/* ---- the question ------------------------------------------------------------------------ */

/* Of the headers, a redirect to another host drops these two; any other secret would go along. */
static int redirects(const struct jh_inst *inst)
{
    const struct options *o = inst->options;
    bool dropped = strncasecmp(inst->secret, "authorization:", 14) == 0 ||
                   strncasecmp(inst->secret, "cookie:", 7) == 0;
    bool signed_here = o->auth == OPTIONS_HMAC || o->method == OPTIONS_POST;
    return signed_here || (inst->secret[0] && !dropped) ? 0 : (int)o->max_redirects;
}

/* What differs from request to request. */
struct question {
    const struct jh_fetch *fetch;
    const char *url;
    int64_t timeout_ms, max_bytes;
};

/* The lines of one request; the texts live in here or in the instance. */
struct lines {
    const char *list[MAX_LINES];
    size_t n;
    struct auth_lines auth;
    char match[OPTIONS_LINE], since[256], type[300];
};

static int make_lines(const struct jh_inst *inst, const struct question *q,
                      struct lines *lines)
{
    const struct options *o = inst->options;
    bool plain = o->method == OPTIONS_GET && o->paging == OPTIONS_PAGING_NONE;
    size_t n = 0;
    for (; n < o->headers.n && n < OPTIONS_HEADERS; n++)
        lines->list[n] = o->headers.items[n];
    if (inst->secret[0])
        lines->list[n++] = inst->secret;
    int rc = auth_sign(&inst->auth, q->url, inst->body, inst->host->now(inst->ctx),
                       &lines->auth);
    for (size_t i = 0; !rc && i < lines->auth.n; i++)
        lines->list[n++] = lines->auth.text[i];
    snprintf(lines->match, sizeof lines->match, "If-None-Match: %s", q->fetch->etag);
    snprintf(lines->since, sizeof lines->since, "If-Modified-Since: %s",
             q->fetch->last_modified);
    if (q->fetch->etag[0] && plain)
        lines->list[n++] = lines->match;
    if (q->fetch->last_modified[0] && plain)
        lines->list[n++] = lines->since;
    snprintf(lines->type, sizeof lines->type, "Content-Type: %s",
             o->content_type ? o->content_type : "");
    if (o->method == OPTIONS_POST && transport_given(o->content_type))
        lines->list[n++] = lines->type;
    lines->list[n] = NULL;
    return rc;
}

static int ask(struct jh_inst *inst, const struct question *q, jh_http_done *done,
               void *arg)
{
    const struct options *o = inst->options;
    struct lines lines;
    int rc = make_lines(inst, q, &lines);
    struct jh_http_request request = {.size = sizeof request,
                                      .method =
                                          o->method == OPTIONS_POST ? "POST" : "GET",
                                      .url = q->url,
                                      .headers = lines.list,
                                      .body = inst->body,
                                      .timeout_ms = q->timeout_ms,
                                      .max_bytes = q->max_bytes,
                                      .max_redirects = redirects(inst)};
    transport_fill(&inst->way, &request);
    if (!rc)
        rc = inst->host->http(inst->ctx, &request, done, arg);
    explicit_bzero(&lines.auth, sizeof lines.auth);
    return rc;
}

static void fetch_one(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct asked refused = {inst, fetch}, *a = malloc(sizeof *a);
    const struct question q = {fetch, inst->options->url, fetch->timeout_ms,
                               fetch->max_bytes};
    int rc = JH_ENOMEM;
    if (a) {
        *a = refused;
        rc = ask(inst, &q, on_response, a);
    }
    if (rc) {
        free(a);
        answer_failed(&refused, rc, "", transport_not_started(rc));
    }
}

/* ---- pages ------------------------------------------------------------------------------- */

/* A poll that asks for one page after the other. */
struct paged {
    struct asked asked;
    struct pages pages;
    int64_t began_ms; /* when the first page was there; 0: it is not yet */
    char *first;      /* its URL, as it may be told */
    struct pages_page page;
    char *body, *url, *links; /* of that page */
    struct jh_err err;
};

static void page_forget(struct paged *paged)
{
    free(paged->body);
    free(paged->url);
    free(paged->links);
    paged->body = paged->url = paged->links = NULL;
}

static void paged_free(struct paged *paged)
{
    page_forget(paged);
    pages_done(&paged->pages);
    free(paged->first);
    free(paged);
}

/* Names the page; one that fails takes the others with it. */
static void paged_fail(struct paged *paged, int code, const char *url, const char *text)
{
    char numbered[sizeof paged->err.text];
    snprintf(numbered, sizeof numbered, "page %lld: %s", (long long)paged->pages.n + 1,
             text);
    answer_failed(&paged->asked, code, url, numbered);
    paged_free(paged);
}

/* How long we have been asked to wait is real time, not the daemon's clock. */
static int64_t real_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void on_page(void *arg, const struct jh_http_response *r);

static void ask_page(struct paged *paged)
{
    struct jh_fetch *fetch = paged->asked.fetch;
    int64_t spent = paged->began_ms ? real_ms() - paged->began_ms : 0;
    const struct question q = {fetch, paged->pages.next, fetch->timeout_ms - spent,
                               fetch->max_bytes - (int64_t)paged->pages.len};
    char first[LINK_URL];
    int rc = 0;
    snprintf(first, sizeof first, "%s", paged->first ? paged->first : "");
    if (q.timeout_ms <= 0)
        paged_fail(paged, JH_ETIMEOUT, first,
                   "all pages together took longer than timeout");
    else if (q.max_bytes <= 0)
        paged_fail(paged, JH_ELIMIT, first,
                   "all pages together are larger than max_bytes");
    else if ((rc = ask(paged->asked.inst, &q, on_page, paged)))
        paged_fail(paged, rc, first, transport_not_started(rc));
}

static void answer_pages(struct paged *paged)
{
    struct jh_inst *inst = paged->asked.inst;
    struct pages *p = &paged->pages;
    char name[256];
    short_name(paged->first, name, sizeof name);
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {p->body, p->len},
                           .url = paged->first,
                           .name = name,
                           .type = "",
                           .etag = "", /* of one page: it vouches for no other */
                           .last_modified = "",
                           .give = &p->body};
    inst->host->fetch_done(inst->ctx, paged->asked.fetch, JH_FETCHED, &blob, 1, NULL);
    paged_free(paged);
}

/* worker */
static int add_page(void *arg)
{
    struct paged *paged = arg;
    return pages_add(&paged->pages, &paged->page, &paged->err);
}

static void on_added(void *arg, int result)
{
    struct paged *paged = arg;
    char url[LINK_URL];
    snprintf(url, sizeof url, "%s", paged->url);
    if (result) {
        paged_fail(paged, result, url, paged->err.code ? paged->err.text : "canceled");
        return;
    }
    page_forget(paged);
    if (paged->pages.next[0])
        ask_page(paged);
    else
        answer_pages(paged);
}

/* All Link headers as one, as RFC 9110 has it. */
static char *links_of(const struct jh_http_response *r)
{
    size_t size = LINK_URL, n = 0;
    char *all = calloc(1, size);
    const char *line;
    bool knows = r->size >= offsetof(struct jh_http_response, host_data) + sizeof(void *);
    for (size_t i = 0; all && knows && r->header && (line = r->header(r, "Link", i)); i++)
        if (n + strlen(line) + 2 < size)
            n += (size_t)snprintf(all + n, size - n, "%s%s", n ? "," : "", line);
    return all;
}

static bool page_keep(struct paged *paged, const struct jh_http_response *r)
{
    paged->body = malloc(r->body.len + 1);
    paged->url = strdup(r->url);
    paged->links = links_of(r);
    if (!paged->first)
        paged->first = strdup(r->url);
    if (!paged->first || !paged->body || !paged->url || !paged->links)
        return false;
    if (r->body.len)
        memcpy(paged->body, r->body.p, r->body.len);
    paged->page =
        (struct pages_page){{paged->body, r->body.len}, paged->url, paged->links};
    return true;
}

static void on_page(void *arg, const struct jh_http_response *r)
{
    struct paged *paged = arg;
    struct jh_inst *inst = paged->asked.inst;
    char text[64];
    snprintf(text, sizeof text, "HTTP %d", r->status);
    if (!paged->began_ms)
        paged->began_ms = real_ms();
    if (r->code < 0) {
        paged_fail(paged, r->code, r->url, r->text);
    } else if (r->status != 200) {
        transport_retry(paged->asked.fetch, r);
        paged_fail(paged, transport_code(r->status), r->url, text);
    } else if (!page_keep(paged, r) ||
               inst->host->work(inst->ctx, add_page, on_added, paged)) {
        paged_fail(paged, JH_ENOMEM, r->url, "out of memory");
    }
}

static void fetch_pages(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct asked asked = {inst, fetch};
    struct paged *paged = calloc(1, sizeof *paged);
    if (!paged) {
        answer_failed(&asked, JH_ENOMEM, "", "out of memory");
        return;
    }
    paged->asked = asked;
    int rc = pages_init(&paged->pages, inst->options, fetch->max_bytes);
    if (rc)
        paged_fail(paged, rc, "", transport_not_started(rc));
    else
        ask_page(paged);
}

static void fetch_now(struct jh_inst *inst, struct jh_fetch *fetch)
{
    if (inst->options->paging == OPTIONS_PAGING_NONE)
        fetch_one(inst, fetch);
    else
        fetch_pages(inst, fetch);
}

/* ---- what this plugin is ------------------------------------------------------------------ */

static const struct jh_source_ops ops = {.size = sizeof ops, .fetch = fetch_now};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_SOURCE,
    .name = "http",
    .version = PACKAGE_VERSION,
    .summary = "Gets one document over HTTP or HTTPS.",
    .options = options_table,
    .conf_size = sizeof(struct options),
    .check = options_check,
    .open = http_open,
    .close = http_close,
    .ops = &ops,
};
