/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listening sockets and the MHD daemon behind each, driven from the loop by uv_poll on MHD's
 * epoll. A listener belongs to its server from listener_start() to the end of
 * listener_close(), which is asynchronous. Loop thread.
 */
#pragma once

#include "http/parts.h"

/* Takes fd over, also on failure. */
int listener_start(struct http *h, int fd, bool control, struct jh_err *err);
/* Lets MHD do what is due; afterwards the server may be gone (see http_settle). */
void listener_drive(struct listener *l);
/* No new connections from now on. */
void listener_quiesce(struct listener *l);
/* No connection may be left. Frees itself on the loop, then calls http_settle(). */
void listener_close(struct listener *l);

/* An opened, bound, listening socket in *ret. */
int listener_tcp(const char *address, int *ret, struct jh_err *err);
int listener_unix(const char *path, int *ret, struct jh_err *err);

/* http.c: goes on with closing if nothing stands in the way any more. */
void http_settle(struct http *h);
