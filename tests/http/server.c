/* SPDX-License-Identifier: Apache-2.0 */
#include "http/server.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "tap/tap.h"

enum { LARGE = 8 * 1024 * 1024 };

struct server {
    struct loop loop;
    struct clock clock;
    struct http *http;
    uv_async_t stop;
    pthread_t thread;
    atomic_int slow_begun;
    char path[256];
    int port, result;
};

/* ---- handlers ----------------------------------------------------------------------------- */

static void answer(struct http_reply *reply, const char *text)
{
    *reply = (struct http_reply){
        .status = 200, .type = "text/plain", .body = strdup(text), .len = strlen(text)};
}

static void hello(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    (void)owner;
    (void)req;
    (void)args;
    answer(reply, "hello");
}

static void nothing(void *owner, const struct http_request *req, const char *const *args,
                    struct http_reply *reply)
{
    (void)owner;
    (void)req;
    (void)args;
    (void)reply;
}

static void arg(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    const char *name = http_arg(req, "name");
    (void)owner;
    (void)args;
    answer(reply, name ? name : "(none)");
}

static void history(void *owner, const struct http_request *req, const char *const *args,
                    struct http_reply *reply)
{
    struct buf out;
    (void)owner;
    buf_init(&out, 1000);
    buf_fmt(&out, "%s|%s|%s", args[0], req->path, args[1] ? args[1] : "-");
    answer(reply, buf_text(&out));
    buf_done(&out);
}

static void slow(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct server *s = owner;
    const struct timespec nap = {0, 20 * 1000 * 1000};
    (void)args;
    atomic_fetch_add(&s->slow_begun, 1);
    nanosleep(&nap, NULL);
    const char *name = http_arg(req, "name");
    answer(reply, name ? name : "slow");
}

static void large(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    char *body = malloc(LARGE);
    (void)owner;
    (void)req;
    (void)args;
    if (!body)
        return;
    memset(body, 'x', LARGE);
    *reply = (struct http_reply){.status = 200,
                                 .type = "text/plain",
                                 .body = body,
                                 .len = LARGE,
                                 .etag = "large-1"};
}

static void echo(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    char *body = malloc(req->body.len + 1);
    (void)owner;
    (void)args;
    if (!body)
        return;
    memcpy(body, req->body.p, req->body.len);
    *reply = (struct http_reply){
        .status = 201, .type = "text/plain", .body = body, .len = req->body.len};
}

static const struct http_route ROUTES[] = {
    {"GET", "/hello", false, false, hello},
    {"POST", "/hello", false, false, hello},
    {"GET", "/empty", false, false, nothing},
    {"GET", "/arg", false, false, arg},
    {"GET", "/api/v1/counties/{}/history", false, false, history},
    {"GET", "/slow", false, true, slow},
    {"GET", "/large", false, true, large},
    {"POST", "/echo", true, true, echo},
    {"POST", "/open", false, false, echo},
    {"DELETE", "/things/{}", true, false, history},
    {NULL, NULL, false, false, NULL},
};

/* ---- the thread --------------------------------------------------------------------------- */

static void on_closed(void *p)
{
    struct server *s = p;
    s->http = NULL;
}

static void on_stop(uv_async_t *async)
{
    struct server *s = async->data;
    http_close(s->http, on_closed, s);
    uv_close((uv_handle_t *)async, NULL);
}

static void *run(void *p)
{
    struct server *s = p;
    uv_run(&s->loop.uv, UV_RUN_DEFAULT);
    s->result = s->http ? -1 : loop_done(&s->loop);
    return NULL;
}

struct server *server_start(const char *folder, int64_t deadline_ms)
{
    struct server *s = calloc(1, sizeof *s);
    struct jh_err err = {0};
    if (!s)
        bail("out of memory");
    s->clock = clock_real();
    snprintf(s->path, sizeof s->path, "%s/control.sock", folder);
    if (loop_init(&s->loop, &s->clock, NULL, &err) ||
        http_new(&s->loop, ROUTES, s, &s->http, &err) ||
        http_listen_tcp(s->http, "127.0.0.1:0", &err) ||
        http_listen_unix(s->http, s->path, &err))
        bail(err.text);
    if (deadline_ms)
        http_set_deadline(s->http, deadline_ms);
    s->port = http_port(s->http);
    uv_async_init(&s->loop.uv, &s->stop, on_stop);
    s->stop.data = s;
    if (pthread_create(&s->thread, NULL, run, s))
        bail("no thread");
    return s;
}

int server_port(const struct server *s)
{
    return s->port;
}

const char *server_path(const struct server *s)
{
    return s->path;
}

int server_slow_begun(struct server *s)
{
    return atomic_load(&s->slow_begun);
}

void server_stop(struct server *s)
{
    uv_async_send(&s->stop);
}

int server_end(struct server *s)
{
    pthread_join(s->thread, NULL);
    int result = s->result;
    free(s);
    return result;
}
