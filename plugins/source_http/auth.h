/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks: the header lines that prove it to the portal. The secret is read when the source is
 * opened (a reload reads it anew), kept here only, wiped when it is closed, and in no error.
 *
 * auth: hmac signs, each on a line of its own, without a line end behind the last:
 *   the method, the path with its query, the date as sent, the SHA-256 of the body in hex.
 * Loop thread.
 */
#pragma once

#include "options.h"

enum { AUTH_LINES = 4, AUTH_SECRET = 3072 };

struct auth {
    const struct options *options;
    char secret[AUTH_SECRET]; /* "" with auth: none */
};

struct auth_lines {
    char text[AUTH_LINES][OPTIONS_LINE];
    size_t n;
};

int auth_open(struct auth *auth, const struct jh_host *host, struct jh_ctx *ctx,
              const struct options *options, struct jh_err *err);
void auth_close(struct auth *auth);
/* The lines for one request. JH_ENOMEM. */
int auth_sign(const struct auth *auth, const char *url, struct jh_slice body,
              int64_t now_ms, struct auth_lines *ret);
