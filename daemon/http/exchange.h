/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One request and its reply: the callbacks that MHD makes, in the order begin, handle (headers,
 * body…, end of body, again after a worker), end. Owned by the connection between begin and
 * end. Loop thread; the handler of a worker route runs in a worker while MHD leaves the
 * connection alone.
 */
#pragma once

#include "http/parts.h"

void *exchange_begin(void *listener, const char *target,
                     struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *listener, struct MHD_Connection *connection,
                                const char *url, const char *method, const char *version,
                                const char *upload, size_t *upload_size, void **context);
void exchange_end(void *listener, struct MHD_Connection *connection, void **context,
                  enum MHD_RequestTerminationCode code);

/* http.c: counts a connection in, and watches it. */
void http_conn_opened(struct http *h);
