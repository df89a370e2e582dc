/* SPDX-License-Identifier: Apache-2.0 */
#include "plugins/mock_source.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap/tap.h"

static struct mock *mock_of(struct jh_ctx *ctx)
{
    return (struct mock *)(void *)ctx;
}

static void mock_log(struct jh_ctx *ctx, enum jh_level level, const char *event,
                     const char *text)
{
    struct mock *mock = mock_of(ctx);
    size_t n = strlen(mock->log);
    snprintf(mock->log + n, sizeof mock->log - n, "%d %s %s\n", (int)level, event, text);
}

static int64_t mock_now(struct jh_ctx *ctx)
{
    (void)ctx;
    return 1000;
}

static int mock_http(struct jh_ctx *ctx, const struct jh_http_request *request,
                     jh_http_done *done, void *arg)
{
    struct mock *mock = mock_of(ctx);
    if (mock->http_code)
        return mock->http_code;
    size_t n = 0;
    mock->request = *request;
    mock->http_done = done;
    mock->http_arg = arg;
    snprintf(mock->url, sizeof mock->url, "%s", request->url);
    snprintf(mock->sent, sizeof mock->sent, "%.*s", (int)request->body.len,
             request->body.len ? request->body.p : "");
    mock->headers[0] = '\0';
    for (const char *const *h = request->headers; h && *h && n < sizeof mock->headers;
         h++)
        n += (size_t)snprintf(mock->headers + n, sizeof mock->headers - n, "%s\n", *h);
    return 0;
}

static int mock_work(struct jh_ctx *ctx, int (*fn)(void *arg),
                     void (*done)(void *arg, int result), void *arg)
{
    (void)ctx;
    done(arg, fn(arg));
    return 0;
}

static int mock_secret(struct jh_ctx *ctx, const char *path, char *buf, size_t size,
                       struct jh_err *err)
{
    const struct mock *mock = mock_of(ctx);
    if (!mock->secret) {
        *err = (struct jh_err){.code = JH_EREFUSED, .text = "everybody may read it"};
        snprintf(err->file, sizeof err->file, "%s", path);
        return JH_EREFUSED;
    }
    return snprintf(buf, size, "%s", mock->secret);
}

static void mock_fetch_done(struct jh_ctx *ctx, struct jh_fetch *fetch,
                            enum jh_fetched what, const struct jh_blob *bodies, size_t n,
                            const struct jh_err *err)
{
    struct mock *mock = mock_of(ctx);
    if (fetch != &mock->fetch)
        bail("answered another fetch");
    mock->answers++;
    mock->what = what;
    mock->n = n;
    mock->err = err ? *err : (struct jh_err){0};
    for (size_t i = 0; i < n && i < MOCK_BODIES; i++) {
        const struct jh_blob *b = &bodies[i];
        mock->bodies[i].len = b->body.len;
        if (mock->take && b->give && *b->give == b->body.p)
            mock->taken++;
        snprintf(mock->bodies[i].body, MOCK_TEXT, "%.*s",
                 (int)(b->body.len < MOCK_TEXT ? b->body.len : MOCK_TEXT - 1), b->body.p);
        snprintf(mock->bodies[i].url, MOCK_TEXT, "%s", b->url);
        snprintf(mock->bodies[i].name, 256, "%s", b->name);
        snprintf(mock->bodies[i].type, 64, "%s", b->type);
        snprintf(mock->bodies[i].etag, 128, "%s", b->etag);
        snprintf(mock->bodies[i].modified, 64, "%s", b->last_modified);
        snprintf(mock->bodies[i].retracts, 16, "%s", b->retracts ? b->retracts : "");
        if (mock->take && b->give) {
            free(*b->give);
            *b->give = NULL;
        }
    }
}

static const struct jh_host HOST = {.abi = JH_ABI,
                                    .size = sizeof HOST,
                                    .log = mock_log,
                                    .now = mock_now,
                                    .http = mock_http,
                                    .work = mock_work,
                                    .secret = mock_secret,
                                    .fetch_done = mock_fetch_done,
                                    .request_size = sizeof(struct jh_http_request)};

void mock_load(struct mock *mock, const char *file)
{
    char path[MOCK_TEXT];
    const char *build = getenv("abs_top_builddir");
    *mock = (struct mock){0};
    snprintf(path, sizeof path, "%s/.libs/%s", build ? build : ".", file);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    mock->plugin = so ? dlsym(so, JH_PLUGIN_SYMBOL) : NULL;
    if (!mock->plugin)
        bail(dlerror());
}

int mock_open(struct mock *mock, const void *conf, struct jh_err *err)
{
    return mock->plugin->open(&HOST, (struct jh_ctx *)(void *)mock, conf, &mock->inst,
                              err);
}

static void set_option(const struct jh_option *o, void *conf, const char *value)
{
    char *at = (char *)conf + o->offset;
    int64_t number = value ? strtoll(value, NULL, 10) : 0;
    bool yes = value && strcmp(value, "true") == 0;
    int word = 0;
    while (o->type == JH_ENUM && o->words[word] && strcmp(o->words[word], value) != 0)
        word++;
    if (o->type == JH_ENUM && !o->words[word])
        bail("no such word");
    if (o->type == JH_STRING)
        memcpy(at, &value, sizeof value);
    else if (o->type == JH_BOOL)
        memcpy(at, &yes, sizeof yes);
    else if (o->type == JH_ENUM)
        memcpy(at, &word, sizeof word);
    else if (o->type != JH_LIST)
        memcpy(at, &number, sizeof number);
}

void mock_defaults(const struct mock *mock, void *conf)
{
    memset(conf, 0, mock->plugin->conf_size);
    for (const struct jh_option *o = mock->plugin->options; o->name; o++)
        if (o->def)
            set_option(o, conf, o->def);
}

void mock_set(const struct mock *mock, void *conf, const char *name, const char *value)
{
    for (const struct jh_option *o = mock->plugin->options; o->name; o++)
        if (strcmp(o->name, name) == 0) {
            set_option(o, conf, value);
            return;
        }
    bail("no such option");
}

void mock_close(struct mock *mock)
{
    mock->plugin->close(mock->inst);
    mock->inst = NULL;
}

void mock_fetch(struct mock *mock, const char *etag, const char *last_modified)
{
    const struct jh_source_ops *ops = mock->plugin->ops;
    mock->fetch = (struct jh_fetch){.size = sizeof mock->fetch,
                                    .etag = etag,
                                    .last_modified = last_modified,
                                    .timeout_ms = 30000,
                                    .max_bytes = 1000};
    mock->answers = 0;
    mock->log[0] = '\0';
    ops->fetch(mock->inst, &mock->fetch);
}

static const char *mock_header(const struct jh_http_response *r, const char *name,
                               size_t i)
{
    const struct mock *mock = r->host_data;
    return strcmp(name, "Link") == 0 && i == 0 ? mock->link : NULL;
}

void mock_respond(struct mock *mock, const struct jh_http_response *response)
{
    struct jh_http_response r = *response;
    r.size = sizeof r;
    r.url = r.url ? r.url : "https://stats.example/data/schools.csv?key=s3cret";
    r.type = r.type ? r.type : "";
    r.etag = r.etag ? r.etag : "";
    r.last_modified = r.last_modified ? r.last_modified : "";
    r.text = r.text ? r.text : "";
    r.header = mock_header;
    r.host_data = mock;
    mock->http_done(mock->http_arg, &r);
}
