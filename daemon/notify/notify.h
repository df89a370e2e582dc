/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery: freezes waiting outbox rows into messages after group_wait (key = SHA-256 of the
 * sorted alert:transition pairs and the channel, fixed in a transaction before the first send),
 * hands them to notifier plugins, retries with back-off, and writes each result down. Survives
 * kill -9 between commit and send: what is queued in the store is sent after the restart, under
 * the same key. Loop thread; store work goes through the writer.
 */
#pragma once

#include "conf/config.h"
#include "loop/host.h"
#include "loop/writer.h"
#include "plugin/loader.h"
#include "render/message.h"

struct notify;

struct notify_stats {
    const char *channel;
    int64_t delivered, failed, dead, last_delivered_ms;
    int last;          /* of this process: 1 delivered, -1 dead, 0 none yet */
    const char *error; /* of the last attempt, "" */
};

struct notify_hooks {
    /* a message was delivered or is dead, for log and metrics */
    void (*done)(void *arg, const struct store_message *message);
    void *arg;
};

int notify_new(struct loop *loop, struct transfers *transfers, struct loader *loader,
               struct writer *writer, const struct notify_hooks *hooks,
               struct notify **ret, struct jh_err *err);
/*
 * Opens the channels of a new configuration, then lets go of the old ones when what they send
 * is done; on failure all stays as it was. Takes a reference to the config; the messages must
 * outlive n. Channels that are gone leave their messages queued, with a warning.
 */
int notify_configure(struct notify *n, const struct config *config,
                     const struct messages *messages, struct jh_err *err);
/* While held nothing is frozen, sent or written down; what is under way goes on. */
void notify_hold(struct notify *n, bool held);
/* Something was committed (or may be waiting): look at the outbox. */
void notify_wake(struct notify *n);
/* Fills at most max, returns how many there are. */
size_t notify_stats(const struct notify *n, struct notify_stats *stats, size_t max);
/* Starts no new sends; done is called when none is under way. What is left stays queued. */
void notify_close(struct notify *n, void (*done)(void *arg), void *arg);
