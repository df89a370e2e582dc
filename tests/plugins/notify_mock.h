/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of our own for one notifier plugin: keeps what it asks for and answers as the test
 * says, so the shared object is driven without daemon, loop or network. Main thread only.
 */
#pragma once

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "tap/tap.h"

struct jh_ctx {
    int64_t now_ms;
    const char *secret;    /* what secret() gives; NULL: cannot be read */
    int http_fails;        /* code with which the next http() fails */
    char headers[16][600]; /* of the last request */
    size_t n_headers;
    struct jh_http_request request;
    char body[4096];
    jh_http_done *http_done;
    int (*work)(void *arg);
    void (*work_done)(void *arg, int result);
    void *arg;
    int delivered; /* how often answered */
    enum jh_delivery what;
    int64_t retry_after_ms;
    char text[1024];
};

static void mock_log(struct jh_ctx *ctx, enum jh_level level, const char *event,
                     const char *text)
{
    (void)ctx;
    (void)level;
    printf("# %s: %s\n", event, text);
}

static int64_t mock_now(struct jh_ctx *ctx)
{
    return ctx->now_ms;
}

static int mock_http(struct jh_ctx *ctx, const struct jh_http_request *request,
                     jh_http_done *done, void *arg)
{
    if (ctx->http_fails)
        return ctx->http_fails;
    ctx->n_headers = 0;
    for (; request->headers[ctx->n_headers]; ctx->n_headers++)
        snprintf(ctx->headers[ctx->n_headers], sizeof(ctx->headers[0]), "%s",
                 request->headers[ctx->n_headers]);
    snprintf(ctx->body, sizeof(ctx->body), "%.*s", (int)request->body.len,
             request->body.p);
    ctx->request = *request;
    ctx->http_done = done;
    ctx->arg = arg;
    return 0;
}

static int mock_work(struct jh_ctx *ctx, int (*fn)(void *arg),
                     void (*done)(void *arg, int result), void *arg)
{
    ctx->work = fn;
    ctx->work_done = done;
    ctx->arg = arg;
    return 0;
}

static int mock_secret(struct jh_ctx *ctx, const char *path, char *buf, size_t size,
                       struct jh_err *err)
{
    (void)path;
    if (!ctx->secret) {
        snprintf(err->text, sizeof(err->text), "no secret");
        return JH_ENOENT;
    }
    return snprintf(buf, size, "%s", ctx->secret);
}

static void mock_delivered(struct jh_ctx *ctx, const struct jh_message *message,
                           const struct jh_delivery_result *result)
{
    (void)message;
    ctx->delivered++;
    ctx->what = result->what;
    ctx->retry_after_ms = result->retry_after_ms;
    snprintf(ctx->text, sizeof(ctx->text), "%s", result->text ? result->text : "");
}

static inline const struct jh_host *mock_host(void)
{
    static const struct jh_host host = {.abi = JH_ABI,
                                        .size = sizeof(host),
                                        .log = mock_log,
                                        .now = mock_now,
                                        .http = mock_http,
                                        .work = mock_work,
                                        .secret = mock_secret,
                                        .delivered = mock_delivered};

    return &host;
}

/* From the build tree, where `make` left it. */
static inline const struct jh_plugin *mock_load(const char *file)
{
    const char *top = getenv("abs_top_builddir");
    char path[4096];

    snprintf(path, sizeof(path), "%s/.libs/%s", top ? top : ".", file);
    void *so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!so)
        bail(dlerror());
    const struct jh_plugin *plugin = dlsym(so, JH_PLUGIN_SYMBOL);
    if (!plugin)
        bail(dlerror());
    ok(plugin->abi == JH_ABI && plugin->size == sizeof(*plugin), "%s has our ABI",
       plugin->name);
    is_int(plugin->kind, JH_NOTIFIER, "it is a notifier");
    return plugin;
}

/* Sets one option of the plugin's configuration, as conf/ would. */
static inline void *mock_option(const struct jh_plugin *plugin, void *conf,
                                const char *name)
{
    for (const struct jh_option *o = plugin->options; o->name; o++)
        if (!strcmp(o->name, name))
            return (char *)conf + o->offset;
    bail("no such option");
}

static inline void mock_set(const struct jh_plugin *plugin, void *conf, const char *name,
                            const char *text)
{
    memcpy(mock_option(plugin, conf, name), &text, sizeof(text));
}
