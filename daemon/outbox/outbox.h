/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What delivery asks of the store, as one job of the writer thread: results of attempts are
 * written down, groups that have waited long enough become messages, and each idle channel
 * gets the next message it may send. Everything a step points to stays as it is until the
 * step is over. Store thread.
 */
#pragma once

#include "conf/config.h"
#include "render/message.h"
#include "store/store.h"

enum {
    OUTBOX_MEMBERS = 500, /* transitions in one message; more make a second one */
    OUTBOX_MESSAGE_BYTES = 64 << 20, /* of one message in memory */
};

/* A channel that may send: what for. */
struct outbox_slot {
    const char *channel;
    int64_t longest_ms; /* no message waits longer: else its time is of another clock */
    struct arena
        *arena; /* of the message; the receiver of the step frees it. NULL: none due */
    struct store_message message;
};

struct outbox_step {
    /* in */
    const struct config *config;
    const struct messages *messages;
    int64_t now_ms;
    bool only_results; /* we are closing: nothing new */
    const struct store_message *const *results;
    size_t n_results;
    struct outbox_slot *slots;
    size_t n_slots;
    /* out */
    size_t written;    /* results that are in the store */
    size_t frozen;     /* messages made */
    int64_t next_ms;   /* when there is something to do again; INT64_MAX: not known */
    struct jh_err err; /* of the first failure */
    struct jh_err
        render_err; /* a text could not be made: a plain one went out in its place */
};

/* Its name, or the id of one that is no longer configured. Any thread. */
const char *outbox_office_name(const struct config *config, const char *id);
/* 0, or the code of the first failure; what was done before it stays done. */
int outbox_step(struct store *store, struct outbox_step *step);

/* Key of a message: SHA-256 of "alert:transition\n"… sorted, then the channel. JH_ENOMEM. */
int outbox_key(const char *const *pairs, size_t n, const char *channel, char key[65]);
