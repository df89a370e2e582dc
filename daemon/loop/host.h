/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host side of the plugin ABI: one struct jh_host for all, one struct jh_ctx per instance
 * that says where fetch_done and delivered go. The owner of the context keeps it until
 * host_idle() says that no transfer or work of the instance is under way. Loop thread, but
 * for secret(), which any thread may call.
 */
#pragma once

#include "loop/transfer.h"

struct jh_ctx {
    struct loop *loop;
    struct transfers *transfers;
    const char *name;             /* of the source or channel, for the log */
    struct transfers_rules rules; /* of its transfers; they outlive the instance */
    void (*fetch_done)(struct jh_ctx *ctx, struct jh_fetch *fetch, enum jh_fetched what,
                       const struct jh_blob *bodies, size_t n, const struct jh_err *err);
    void (*delivered)(struct jh_ctx *ctx, const struct jh_message *message,
                      const struct jh_delivery_result *result);
    void *owner;
    size_t http_pending, work_pending; /* the host's own: what is under way */
};

const struct jh_host *host_vtable(void);

static inline bool host_idle(const struct jh_ctx *ctx)
{
    return !ctx->http_pending && !ctx->work_pending;
}
