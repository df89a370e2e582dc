/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which route a request goes to, and the decoding of its target. Decoding is done segment by
 * segment, so that %2F is never a separator; %00, other control characters and what is not
 * UTF-8 are refused. Pure; any thread.
 */
#pragma once

#include "http/http.h"

enum { MATCH_ARGS_MAX = 4, MATCH_PATH_MAX = 4096 };

struct match {
    const struct http_route *route; /* NULL: see status */
    int status;                     /* 400, 404 or 405 without a route */
    char allow[32];                 /* methods of the path, for 405 */
    char path[MATCH_PATH_MAX];      /* decoded */
    char decoded[MATCH_PATH_MAX];   /* the {} segments, one after the other */
    const char *args[MATCH_ARGS_MAX + 1];
};

/* target: as it stood in the request line, query included. HEAD goes where GET does. */
void match_route(const struct http_route *routes, const char *method, const char *target,
                 struct match *ret);
