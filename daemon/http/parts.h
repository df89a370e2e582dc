/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of http/ share: the server, its listeners (one MHD daemon each) and their
 * connections. A connection's entry exists from accept to close and knows since when it has
 * kept us waiting. Loop thread.
 */
#pragma once

#include <microhttpd.h>

#include "http/http.h"

enum {
    HTTP_CONNECTIONS_MAX = 512,
    HTTP_PER_IP_MAX = 128,
    HTTP_HEADERS_MAX = 32 * 1024 /* of one connection, request line included */
};

struct conn {
    struct listener *listener;
    struct conn *prev, *next;
    int fd;
    uint64_t since;           /* uv_now() when the present wait began */
    bool in_request, running; /* running: a handler works, nobody keeps us waiting */
};

struct listener {
    struct http *h;
    struct listener *next;
    struct MHD_Daemon *mhd;
    uv_poll_t poll;   /* on MHD's epoll */
    uv_timer_t timer; /* when MHD asks to be run without an event */
    unsigned open_handles;
    struct conn *conns;
    bool control;
    int port;
    char *path; /* of a unix socket, to be removed at the end */
};

struct http {
    struct loop *loop;
    const struct http_route *routes;
    void *owner;
    struct listener *listeners;
    uv_timer_t sweep; /* runs while there are connections */
    bool sweep_closed;
    size_t n_conns;
    int64_t deadline_ms;
    bool closing;
    void (*done)(void *arg);
    void *done_arg;
};
