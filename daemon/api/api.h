/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon answers over HTTP: the routes of docs/http.md and their handlers. Handlers
 * that read the store run in worker threads with a read-only connection of their own; what
 * belongs to the loop is asked for through daemon->calls. The owner of every handler is the
 * struct daemon.
 */
#pragma once

#include "http/http.h"

/* Ends with a NULL method; static. */
const struct http_route *api_routes(void);
