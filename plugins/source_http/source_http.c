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
#include <sys/stat.h>
#include <unistd.h>

#include "auth.h"

enum { MAX_LINES = OPTIONS_HEADERS + AUTH_LINES + 5 };

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct options *options;
    struct auth auth;
    char secret[OPTIONS_LINE];     /* the line of header_file */
    char proxy_auth[OPTIONS_LINE]; /* of proxy_auth_file */
    char *file;                    /* what body_file held, or NULL */
    struct jh_slice body;          /* to send */
};

struct asked {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
};

/* ---- opening ----------------------------------------------------------------------------- */

static bool given(const char *text)
{
    return text && *text;
}

static int read_secret(struct jh_inst *inst, const char *file, char *buf, size_t size,
                       struct jh_err *err)
{
    int rc = given(file) ? inst->host->secret(inst->ctx, file, buf, size, err) : 0;
    return rc < 0 ? rc : 0;
}

/* libcurl reads it, and asks nobody who else may. */
static int check_key_file(const char *file, struct jh_err *err)
{
    struct stat st;
    if (!given(file))
        return 0;
    if (stat(file, &st))
        return options_fail(err, errno == ENOENT ? JH_ENOENT : JH_EIO, file,
                            strerror(errno));
    if (st.st_mode & (S_IROTH | S_IWOTH))
        return options_fail(err, JH_EREFUSED, file,
                            "holds a key but everybody may read or write it: chmod 600");
    return 0;
}

static int read_body(struct jh_inst *inst, struct jh_err *err)
{
    const char *file = inst->options->body_file;
    if (!given(file))
        return 0;
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    inst->file = fd < 0 ? NULL : malloc(OPTIONS_BODY + 1);
    ssize_t n = inst->file ? read(fd, inst->file, OPTIONS_BODY + 1) : -1;
    int saved = errno;
    if (fd >= 0)
        close(fd);
    if (n < 0)
        return options_fail(err, saved == ENOENT ? JH_ENOENT : JH_EIO, file,
                            strerror(saved));
    if (n > OPTIONS_BODY)
        return options_fail(err, JH_ELIMIT, file, "is larger than 1 MiB");
    inst->body = (struct jh_slice){inst->file, (size_t)n};
    return 0;
}

/* A host of before would go without what it does not know, and not say so. */
static int check_host(const struct jh_inst *inst, struct jh_err *err)
{
    const struct options *o = inst->options;
    const struct jh_host *host = inst->host;
    size_t reach = offsetof(struct jh_host, request_size) + sizeof host->request_size;
    if (!given(o->client_cert_file) && !given(o->proxy))
        return 0;
    if (host->size >= reach && host->request_size >= sizeof(struct jh_http_request))
        return 0;
    return options_fail(err, JH_EVERSION, "",
                        "this junhengd knows neither proxies nor client certificates");
}

static int open_all(struct jh_inst *inst, struct jh_err *err)
{
    const struct options *o = inst->options;
    const char *key =
        given(o->client_key_file) ? o->client_key_file : o->client_cert_file;
    int rc = check_host(inst, err);
    if (!rc)
        rc = read_secret(inst, o->header_file, inst->secret, sizeof inst->secret, err);
    if (!rc && inst->secret[0] && !options_is_header(inst->secret))
        rc = options_fail(err, JH_EINVAL, o->header_file,
                          "must hold one line of the form \"name: value\"");
    if (!rc)
        rc = read_secret(inst, o->proxy_auth_file, inst->proxy_auth,
                         sizeof inst->proxy_auth, err);
    if (!rc && inst->proxy_auth[0] && !strchr(inst->proxy_auth, ':'))
        rc = options_fail(err, JH_EINVAL, o->proxy_auth_file,
                          "must hold one line of the form user:password");
    if (!rc)
        rc = check_key_file(key, err);
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
    explicit_bzero(inst->proxy_auth, sizeof inst->proxy_auth);
    free(inst->file);
    free(inst);
}

static int http_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return options_fail(err, JH_ENOMEM, "", "out of memory");
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

/* What errors call the place: without the query, in which portals carry their keys. */
static void place(const char *url, char *ret, size_t size)
{
    snprintf(ret, size, "%.*s", (int)strcspn(url, "?#"), url);
}

/* The last segment of the path, or the host where there is none. */
static void short_name(const char *url, char *ret, size_t size)
{
    char path[2048];
    place(url, path, sizeof path);
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
    place(url, where, sizeof where);
    options_fail(&err, code, where, text);
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

/* 408, 425, 429 and 5xx pass by themselves; other statuses want somebody to look. */
static int code_of(int status)
{
    bool passes = status >= 500 || status == 408 || status == 425 || status == 429;
    return passes ? JH_EIO : JH_EREFUSED;
}

/* A host of before has no place for it. */
static bool knows_retry(const struct jh_fetch *fetch)
{
    return fetch->size >= offsetof(struct jh_fetch, retry_after_ms) + sizeof(int64_t);
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
        if (code_of(r->status) == JH_EIO && r->retry_after_ms > 0 &&
            knows_retry(a->fetch))
            a->fetch->retry_after_ms = r->retry_after_ms;
        answer_failed(a, code_of(r->status), r->url, text);
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

/* The lines of one request; the texts live in here or in the instance. */
struct lines {
    const char *list[MAX_LINES];
    size_t n;
    struct auth_lines auth;
    char match[OPTIONS_LINE], since[256], type[300];
};

static int make_lines(const struct jh_inst *inst, const struct jh_fetch *fetch,
                      struct lines *lines)
{
    const struct options *o = inst->options;
    bool post = o->method == OPTIONS_POST;
    size_t n = 0;
    for (; n < o->headers.n && n < OPTIONS_HEADERS; n++)
        lines->list[n] = o->headers.items[n];
    if (inst->secret[0])
        lines->list[n++] = inst->secret;
    int rc = auth_sign(&inst->auth, o->url, inst->body, inst->host->now(inst->ctx),
                       &lines->auth);
    for (size_t i = 0; !rc && i < lines->auth.n; i++)
        lines->list[n++] = lines->auth.text[i];
    snprintf(lines->match, sizeof lines->match, "If-None-Match: %s", fetch->etag);
    snprintf(lines->since, sizeof lines->since, "If-Modified-Since: %s",
             fetch->last_modified);
    if (fetch->etag[0] && !post)
        lines->list[n++] = lines->match;
    if (fetch->last_modified[0] && !post)
        lines->list[n++] = lines->since;
    snprintf(lines->type, sizeof lines->type, "Content-Type: %s",
             o->content_type ? o->content_type : "");
    if (post && given(o->content_type))
        lines->list[n++] = lines->type;
    lines->list[n] = NULL;
    return rc;
}

static int ask(struct jh_inst *inst, struct jh_fetch *fetch, struct asked *a)
{
    const struct options *o = inst->options;
    struct lines lines;
    int rc = make_lines(inst, fetch, &lines);
    const struct jh_http_request request = {
        .size = sizeof request,
        .method = o->method == OPTIONS_POST ? "POST" : "GET",
        .url = o->url,
        .headers = lines.list,
        .body = inst->body,
        .timeout_ms = fetch->timeout_ms,
        .connect_timeout_ms = o->connect_timeout,
        .max_bytes = fetch->max_bytes,
        .ca_file = o->ca_file,
        .accept_compressed = o->accept_compressed,
        .max_redirects = redirects(inst),
        .client_cert_file = o->client_cert_file,
        .client_key_file = o->client_key_file,
        .proxy = given(o->proxy) ? o->proxy : NULL,
        .proxy_auth = inst->proxy_auth[0] ? inst->proxy_auth : NULL};
    if (!rc)
        rc = inst->host->http(inst->ctx, &request, on_response, a);
    explicit_bzero(&lines.auth, sizeof lines.auth);
    return rc;
}

static void fetch_now(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct asked refused = {inst, fetch}, *a = malloc(sizeof *a);
    int rc = JH_ENOMEM;
    if (a) {
        *a = refused;
        rc = ask(inst, fetch, a);
    }
    if (rc) {
        free(a);
        answer_failed(&refused, rc, "",
                      rc == JH_EBUSY ? "too many transfers wait already"
                                     : "the transfer could not be started");
    }
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
