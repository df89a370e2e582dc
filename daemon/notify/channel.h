/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One configured channel: an open notifier plugin and the message it is sending, at most one at
 * a time. What an attempt means for the message (delivered, again later, dead) is decided here.
 * Loop thread.
 */
#pragma once

#include "conf/config.h"
#include "loop/host.h"
#include "plugin/loader.h"
#include "store/store.h"

struct notify;

/* What is counted of a channel, by name: lives on over reloads. */
struct channel_tally {
    char *name;
    int64_t delivered, failed, dead, last_delivered_ms;
    int last; /* what became of the last message: 1 delivered, -1 dead, 0 none yet */
    char error[512]; /* of the last attempt */
    struct channel_tally *next;
};

enum channel_state {
    CHANNEL_IDLE,
    CHANNEL_SENDING, /* the plugin has the message */
    CHANNEL_SETTLING /* it has answered; the result is not in the store yet */
};

struct channel {
    struct notify *notify;
    struct channel_tally *tally;
    const struct config *config; /* a reference: conf is inside */
    const struct channel_conf *conf;
    const struct jh_plugin *plugin;
    struct jh_inst *inst;
    struct jh_ctx ctx;
    bool
        retired; /* no longer configured like this: sends nothing more, closes when idle */
    enum channel_state state;
    struct arena *arena; /* of the message */
    struct store_message stored;
    struct jh_message message;
    int64_t paused_until_ms; /* the receiver asked us to wait */
    struct channel *next;
};

/* Opens the plugin. ctx->delivered and the rest of ctx come from the caller. */
int channel_open(const struct config *config, const struct channel_conf *conf,
                 struct loader *loader, const struct jh_ctx *ctx, struct channel **ret,
                 struct jh_err *err);
/* Only when it is idle, and so is its host side. NULL is fine. */
void channel_close(struct channel *ch);
/* Did the receiver ask us to wait? */
bool channel_paused(const struct channel *ch, int64_t now_ms);
/* No message of the channel waits longer than this for its next attempt. */
int64_t channel_longest_wait(const struct channel *ch);
/* Hands a message over, with the arena it lives in. The answer comes to ctx->delivered. */
void channel_send(struct channel *ch, const struct store_message *message,
                  struct arena *arena);
/* What the answer makes of the message: `stored` is then what the store shall hold. */
void channel_judge(struct channel *ch, const struct jh_delivery_result *result,
                   int64_t now_ms);
/* The result is written (or will not be): idle again, the message forgotten. */
void channel_settle(struct channel *ch);
