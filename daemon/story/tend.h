/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people and time do to an alert, beside what its data say: somebody takes it in hand,
 * that ends, and it goes up a level when nobody does. Each is a numbered transition with its
 * entry in the journal. On the store's thread, each in a transaction of its own.
 */
#pragma once

#include "conf/config.h"
#include "store/people.h"
#include "story/alarm.h"

struct tend {
    const struct config *config;
    struct arena *arena;
    int64_t now_ms;
    const char *id; /* of the alert, or a unique beginning of it */
    struct store_act
        act; /* act, by, text, to, unit, plan, month, expires_ms: 0 = default */
    /* out */
    struct store_alert alert; /* as it is afterwards */
    struct jh_err *err;
};

/* Acknowledge, assign or comment, as writer_call() wants it; JH_ENOENT, JH_EREFUSED. */
int tend_alert(struct store *store, void *arg);

/* The first moment after "2025-06"; JH_EINVAL when that is no month. */
int tend_month_end(const char *month, int64_t *ret_ms);

/*
 * Revocation is proposed because of this slip: a transition `proposed`, told as the alert is.
 * In the caller's transaction.
 */
int tend_propose(struct store *store, const struct alarm *alarm, struct store_alert *slip,
                 json_t *proposal);

struct tend_tick {
    const struct config *config;
    struct arena *arena;
    int64_t now_ms;
    size_t expired, escalated; /* counted up */
    struct jh_err *err;
};

/* Acknowledgements that are over, and what goes up; arg is a struct tend_tick. */
int tend_tick(struct store *store, void *arg);
