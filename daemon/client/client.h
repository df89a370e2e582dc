/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small blocking HTTP client for junhengctl: the daemon's control socket, and a file behind a
 * URL that somebody wants to look at. The one user of libcurl outside loop/. One thread.
 */
#pragma once

#include "base/err.h"

struct client_reply {
    int status;
    char *body; /* malloc'ed, terminated */
    size_t len;
};

/* method "GET" or "POST"; path with query; body NULL = none. JH_EIO: not reachable. */
int client_call(const char *socket_path, const char *method, const char *path,
                const char *body, size_t len, int64_t timeout_ms,
                struct client_reply *ret, struct jh_err *err);
/*
 * A body from the outside: http or https, certificates checked, five redirects at most, no proxy of the
 * environment. JH_EIO, JH_ETIMEOUT, JH_ELIMIT past max bytes; any status but 200 is an error.
 */
int client_fetch(const char *url, size_t max, int64_t timeout_ms,
                 struct client_reply *ret, struct jh_err *err);
void client_reply_done(struct client_reply *reply);
/* Percent-encodes a path segment or query value; malloc'ed. */
char *client_escape(const char *text);
