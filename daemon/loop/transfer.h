/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP transfers on libcurl's multi handle, driven by the loop: the only place that talks to
 * the network as a client. Bounds everything: time, bytes of the decoded body and of the
 * headers, redirects, transfers at once (others wait in order). Secrets never reach a text or
 * a log. Only http and https, also after a redirect; proxies of the environment are not used,
 * nor .netrc, nor cookies. Loop thread.
 */
#pragma once

#include "base/address.h"
#include "loop/loop.h"

struct transfers;

struct transfers_stats {
    int64_t started, done, failed, bytes;
    size_t running, waiting;
};

/* Where a transfer may connect to; both outlive it, NULL: nothing of it. */
struct transfers_rules {
    const struct address_rules *all; /* of every transfer, and of proxies */
    const struct address_rules *own; /* of this one's portal */
};

enum { TRANSFERS_MAX_WAITING = 100000 };

int transfers_new(struct loop *loop, size_t max_running, struct transfers **ret,
                  struct jh_err *err);
/* Cancels what runs (their callbacks get JH_ECANCELED) and frees itself on the loop. */
void transfers_close(struct transfers *t);
/*
 * As jh_host.http: everything is copied but the rules (NULL: none); `done` is called exactly once, later, also for a
 * request that is wrong (JH_EINVAL with a text). Fails, without calling done, only with
 * JH_ENOMEM, JH_EBUSY (too many wait already) or JH_ECANCELED (closing).
 */
int transfers_start(struct transfers *t, const struct jh_http_request *request,
                    const struct transfers_rules *rules, jh_http_done *done, void *arg);
/*
 * Inside a `done`: the response's body as malloc'ed memory of the caller's, so that hundreds
 * of megabytes need no copy on the loop. NULL when `body` is not where that response's begins:
 * then copy. The response's slice stays readable until `done` returns or the taker frees it.
 */
char *transfers_take_body(struct transfers *t, const char *body);
void transfers_stats(const struct transfers *t, struct transfers_stats *ret);

/* The URL without user and password, cut to size: what may be told and logged. */
void transfer_public_url(const char *url, char *ret, size_t size);
