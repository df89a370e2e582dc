/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server under test on a thread of its own, with a few routes, on loopback and on a unix
 * socket. What the test asks of it between start and stop goes over those sockets only.
 *   GET /hello, GET /empty (no answer), GET /arg?name=…, GET /api/v1/counties/{}/history,
 *   GET /slow (worker, 20 ms), GET /large (worker, 8 MiB), POST /echo (control only),
 *   POST /reload, DELETE /things/{}
 */
#pragma once

#include "http/http.h"

struct server;

/* folder: where the control socket goes. */
struct server *server_start(const char *folder, int64_t deadline_ms);
int server_port(const struct server *s);
const char *server_path(const struct server *s);
/* Begins to stop; server_end() waits for it. Returns what loop_done() said. */
void server_stop(struct server *s);
int server_end(struct server *s);
/* Worker handlers that have begun, any thread. */
int server_slow_begun(struct server *s);
