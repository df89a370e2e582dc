/* SPDX-License-Identifier: Apache-2.0 */
#include "http/http.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "http/exchange.h"
#include "http/listener.h"

enum { SWEEP_MS = 1000, ERROR_MAX = 4096 };

/* ---- dead-lines --------------------------------------------------------------------------- */

/*
 * MHD's own time-out starts anew with every byte, so a client that drips one a second stays
 * for ever, and a few hundred of them lock everybody out. Ours counts the whole wait. Shutting
 * the socket down is all that may be done to a connection from outside MHD: it then sees the
 * end of it and cleans up.
 */
static void shut(struct conn *c)
{
    shutdown(c->fd, SHUT_RDWR);
}

static void on_sweep(uv_timer_t *timer)
{
    struct http *h = timer->data;
    uint64_t now = uv_now(&h->loop->uv);
    for (struct listener *l = h->listeners; l; l = l->next)
        for (struct conn *c = l->conns; c; c = c->next)
            if (!c->running && now - c->since >= (uint64_t)h->deadline_ms)
                shut(c);
    if (h->n_conns == 0)
        uv_timer_stop(timer);
}

void http_conn_opened(struct http *h)
{
    uint64_t every =
        h->deadline_ms < 4 * SWEEP_MS ? (uint64_t)h->deadline_ms / 4 : SWEEP_MS;
    h->n_conns++;
    if (!uv_is_active((uv_handle_t *)&h->sweep))
        uv_timer_start(&h->sweep, on_sweep, every + 1, every + 1);
}

void http_set_deadline(struct http *h, int64_t ms)
{
    h->deadline_ms = ms;
}

size_t http_connections(const struct http *h)
{
    return h->n_conns;
}

/* ---- start -------------------------------------------------------------------------------- */

int http_new(struct loop *loop, const struct http_route *routes, void *owner,
             struct http **ret, struct jh_err *err)
{
    struct http *h = calloc(1, sizeof *h);
    if (!h)
        return err_set(err, JH_ENOMEM, "out of memory");
    h->loop = loop;
    h->routes = routes;
    h->owner = owner;
    h->deadline_ms = HTTP_DEADLINE_MS;
    uv_timer_init(&loop->uv, &h->sweep);
    h->sweep.data = h;
    *ret = h;
    return 0;
}

int http_listen_tcp(struct http *h, const char *address, struct jh_err *err)
{
    int fd = -1, rc = listener_tcp(address, &fd, err);
    return rc ? rc : listener_start(h, fd, false, err);
}

int http_listen_unix(struct http *h, const char *path, struct jh_err *err)
{
    int fd = -1, rc = listener_unix(path, &fd, err);
    if (!rc)
        rc = listener_start(h, fd, true, err);
    if (rc)
        return rc;
    h->listeners->path = strdup(path); /* without it the file is left behind, no more */
    return 0;
}

int http_port(const struct http *h)
{
    for (const struct listener *l = h->listeners; l; l = l->next)
        if (l->port)
            return l->port;
    return 0;
}

/* ---- end ---------------------------------------------------------------------------------- */

static void on_sweep_closed(uv_handle_t *handle)
{
    struct http *h = handle->data;
    h->sweep_closed = true;
    http_settle(h);
}

/*
 * Closing waits for three things in turn: the connections (MHD aborts when it is stopped with
 * a suspended one), the listeners, the sweep timer. Each ending comes by here.
 */
void http_settle(struct http *h)
{
    if (!h->closing || h->n_conns)
        return;
    if (h->listeners) {
        for (struct listener *l = h->listeners; l; l = l->next)
            listener_close(l);
        return;
    }
    if (!h->sweep_closed) {
        if (!uv_is_closing((uv_handle_t *)&h->sweep))
            uv_close((uv_handle_t *)&h->sweep, on_sweep_closed);
        return;
    }
    void (*done)(void *arg) = h->done;
    void *arg = h->done_arg;
    free(h);
    if (done)
        done(arg);
}

/* Connections that wait for a request are ended; those in one get their reply first. */
void http_close(struct http *h, void (*done)(void *arg), void *arg)
{
    h->closing = true;
    h->done = done;
    h->done_arg = arg;
    for (struct listener *l = h->listeners; l; l = l->next) {
        listener_quiesce(l);
        for (struct conn *c = l->conns; c; c = c->next)
            if (!c->in_request)
                shut(c);
    }
    http_settle(h);
}

/* ---- errors ------------------------------------------------------------------------------- */

void http_error(struct http_reply *reply, int status, const char *code, const char *fmt,
                ...)
{
    char text[1024];
    struct buf out;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    text[utf8_cut(text, strlen(text), sizeof text - 1)] = '\0';
    buf_init(&out, ERROR_MAX);
    buf_str(&out, "{\"error\":{\"code\":");
    buf_json(&out, code);
    buf_str(&out, ",\"message\":");
    buf_json(&out, text);
    buf_str(&out, "}}\n");
    size_t len = out.len;
    char *body = buf_take(&out);
    *reply = (struct http_reply){.status = status,
                                 .type = "application/json",
                                 .body = body,
                                 .len = body ? len : 0};
}
