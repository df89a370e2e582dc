/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP server on libmicrohttpd, driven by the loop (external epoll): the control socket and a
 * loopback listener. It knows connections, limits and dead-lines; what is asked is answered by
 * handlers (the daemon's api.c): quick ones on the loop, those that read the store in a worker.
 */
#pragma once

#include "loop/loop.h"

enum { HTTP_BODY_MAX = 16 * 1024 * 1024, HTTP_DEADLINE_MS = 15000 };

struct http_request {
    const char *method, *path; /* path without query, percent-decoded, no NUL */
    struct jh_slice body;
    bool control;              /* came over the control socket: may act */
    const char *if_none_match; /* "" */
    void *internal;
};

/* First value of a query argument, or NULL. */
const char *http_arg(const struct http_request *req, const char *name);

struct http_reply {
    int status;
    const char *type; /* "application/json", … */
    char *body;       /* malloc'ed; taken over */
    size_t len;
    char etag[72]; /* "" = none */
};

/* Where a request goes. */
struct http_route {
    const char *method; /* "GET" | "POST" | "DELETE" */
    const char *path;   /* "/api/v1/counties/{}/history": {} is one segment */
    bool control_only;  /* 403 elsewhere */
    bool worker;        /* run in a worker thread, else on the loop */
    /* args: the {} segments. Fills *reply. */
    void (*handle)(void *owner, const struct http_request *req, const char *const *args,
                   struct http_reply *reply);
};

struct http;

/* routes ends with a NULL method; owner is passed to every handler. */
int http_new(struct loop *loop, const struct http_route *routes, void *owner,
             struct http **ret, struct jh_err *err);
/* "127.0.0.1:8420", "[::1]:8420"; port 0 picks one (http_port). */
int http_listen_tcp(struct http *h, const char *address, struct jh_err *err);
/* Mode 0660; a stale socket file is replaced, a live one refused. */
int http_listen_unix(struct http *h, const char *path, struct jh_err *err);
int http_port(const struct http *h);
/* Instead of HTTP_DEADLINE_MS: how long a request may take to arrive, a reply to be read. */
void http_set_deadline(struct http *h, int64_t ms);
/* Connections that are open now, for /metrics. */
size_t http_connections(const struct http *h);
/* Stops accepting, finishes what runs, then done. */
void http_close(struct http *h, void (*done)(void *arg), void *arg);

/* {"error":{"code":…,"message":…}} with a status; frees nothing, never fails. */
void http_error(struct http_reply *reply, int status, const char *code, const char *fmt,
                ...) PRINTF(4, 5);
