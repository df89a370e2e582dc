/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that gets one document over HTTP or HTTPS, with conditional requests. Limits, TLS
 * and secrets are the host's; this plugin decides what an answer means: 200 is a body, 304 is
 * "nothing has changed", everything else is a failure. Loop thread.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <junheng/plugin.h>

enum { MAX_HEADERS = 32, MAX_LINE = 4096, EXTRA_HEADERS = 4 };

struct http_conf {
    char *url, *ca_file, *header_file;
    struct jh_list headers;
    int64_t connect_timeout, max_redirects;
    bool accept_compressed;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct http_conf *conf;
    char secret[MAX_LINE]; /* the line of header_file */
};

struct asked {
    struct jh_inst *inst;
    struct jh_fetch *fetch;
};

static int fail(struct jh_err *err, int code, const char *file, const char *text)
{
    if (err) {
        *err = (struct jh_err){.code = code};
        snprintf(err->file, sizeof err->file, "%s", file);
        snprintf(err->text, sizeof err->text, "%s", text);
    }
    return code;
}

/* ---- configuration ----------------------------------------------------------------------- */

static bool has_control(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7F)
            return true;
    return false;
}

static bool is_header(const char *line)
{
    size_t name = strcspn(line, ": \t");
    return name > 0 && line[name] == ':' && !has_control(line) && strlen(line) < MAX_LINE;
}

static int check(const void *conf_, struct jh_err *err)
{
    const struct http_conf *conf = conf_;
    const char *url = conf->url ? conf->url : "";
    const char *host = strncasecmp(url, "http://", 7) == 0    ? url + 7
                       : strncasecmp(url, "https://", 8) == 0 ? url + 8
                                                              : NULL;
    if (!host)
        return fail(err, JH_EINVAL, "", "url must begin with http:// or https://");
    if (!*host || strchr("/?#:", *host))
        return fail(err, JH_EINVAL, "", "url names no host");
    if (has_control(url) || strchr(url, ' '))
        return fail(err, JH_EINVAL, "",
                    "url holds a space or a control character: write %20");
    if (conf->headers.n > MAX_HEADERS)
        return fail(err, JH_ELIMIT, "", "headers: more than 32");
    for (size_t i = 0; i < conf->headers.n; i++)
        if (!is_header(conf->headers.items[i]))
            return fail(err, JH_EINVAL, "",
                        "headers: each must be of the form \"name: value\"");
    return 0;
}

static int http_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                     struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return fail(err, JH_ENOMEM, "", "out of memory");
    inst->host = host;
    inst->ctx = ctx;
    inst->conf = conf;
    const char *file = inst->conf->header_file;
    if (file && *file) {
        int rc = host->secret(ctx, file, inst->secret, sizeof inst->secret, err);
        if (rc >= 0 && !is_header(inst->secret))
            rc = fail(err, JH_EINVAL, file,
                      "must hold one line of the form \"name: value\"");
        if (rc < 0) {
            free(inst);
            return rc;
        }
    }
    *ret_inst = inst;
    return 0;
}

static void http_close(struct jh_inst *inst)
{
    if (inst)
        explicit_bzero(inst->secret, sizeof inst->secret);
    free(inst);
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
    fail(&err, code, where, text);
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
    bool conditional = a->fetch->etag[0] || a->fetch->last_modified[0];
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
    bool dropped = strncasecmp(inst->secret, "authorization:", 14) == 0 ||
                   strncasecmp(inst->secret, "cookie:", 7) == 0;
    return inst->secret[0] && !dropped ? 0 : (int)inst->conf->max_redirects;
}

static void fetch_now(struct jh_inst *inst, struct jh_fetch *fetch)
{
    const struct http_conf *conf = inst->conf;
    const char *headers[MAX_HEADERS + EXTRA_HEADERS];
    char match[MAX_LINE], since[256];
    size_t n = 0;
    for (; n < conf->headers.n && n < MAX_HEADERS; n++)
        headers[n] = conf->headers.items[n];
    if (inst->secret[0])
        headers[n++] = inst->secret;
    snprintf(match, sizeof match, "If-None-Match: %s", fetch->etag);
    snprintf(since, sizeof since, "If-Modified-Since: %s", fetch->last_modified);
    if (fetch->etag[0])
        headers[n++] = match;
    if (fetch->last_modified[0])
        headers[n++] = since;
    headers[n] = NULL;
    const struct jh_http_request request = {.size = sizeof request,
                                            .method = "GET",
                                            .url = conf->url,
                                            .headers = headers,
                                            .timeout_ms = fetch->timeout_ms,
                                            .connect_timeout_ms = conf->connect_timeout,
                                            .max_bytes = fetch->max_bytes,
                                            .ca_file = conf->ca_file,
                                            .accept_compressed = conf->accept_compressed,
                                            .max_redirects = redirects(inst)};
    struct asked *a = malloc(sizeof *a);
    struct asked refused = {inst, fetch};
    int rc = JH_ENOMEM;
    if (a) {
        *a = refused;
        rc = inst->host->http(inst->ctx, &request, on_response, a);
    }
    if (rc) {
        free(a);
        answer_failed(&refused, rc, "",
                      rc == JH_EBUSY ? "too many transfers wait already"
                                     : "the transfer could not be started");
    }
}

/* ---- what this plugin is ------------------------------------------------------------------ */

#define AT(field) offsetof(struct http_conf, field)

static const struct jh_option options[] = {
    {.name = "url",
     .type = JH_STRING,
     .offset = AT(url),
     .required = true,
     .help = "What to get, http:// or https://."},
    {.name = "headers",
     .type = JH_LIST,
     .offset = AT(headers),
     .help = "Header lines to send, each \"name: value\"; a redirect takes them along."},
    {.name = "header_file",
     .type = JH_STRING,
     .offset = AT(header_file),
     .help =
         "File with one more header line, such as an Authorization; not readable by all."},
    {.name = "ca_file",
     .type = JH_STRING,
     .offset = AT(ca_file),
     .help = "Certificates to trust instead of the system's, in one PEM file."},
    {.name = "connect_timeout",
     .type = JH_DURATION,
     .offset = AT(connect_timeout),
     .def = "15s",
     .min = 1,
     .max = 3600 * 1000,
     .help = "How long to wait for a connection."},
    {.name = "max_redirects",
     .type = JH_INT,
     .offset = AT(max_redirects),
     .def = "3",
     .min = 0,
     .max = 20,
     .help = "How many redirects to follow."},
    {.name = "accept_compressed",
     .type = JH_BOOL,
     .offset = AT(accept_compressed),
     .def = "true",
     .help = "Ask for a gzip body; max_bytes counts what it becomes."},
    {0}};

static const struct jh_source_ops ops = {.size = sizeof ops, .fetch = fetch_now};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {
    .abi = JH_ABI,
    .size = sizeof junheng_plugin,
    .kind = JH_SOURCE,
    .name = "http",
    .version = PACKAGE_VERSION,
    .summary = "Gets one document over HTTP or HTTPS.",
    .options = options,
    .conf_size = sizeof(struct http_conf),
    .check = check,
    .open = http_open,
    .close = http_close,
    .ops = &ops,
};
