/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What keeps a message about an alert from the offices: a silence, or a graver alert of the same
 * county that says as much. Neither touches the alert. On the store's thread, in a transaction
 * of the caller's.
 */
#pragma once

#include "conf/config.h"
#include "store/people.h"

struct withhold {
    const struct config *config;
    struct arena *arena;
    int64_t now_ms;
    struct jh_err *err;
};

/* *ret: the silence in force, STORE_INHIBITED, or 0. */
int withhold_of(struct store *store, const struct withhold *w,
                const struct route_subject *subject, const struct alert *alert,
                int64_t *ret);
/* The same of an alert that is in the store, by what it says of itself. */
int withhold_again(struct store *store, const struct withhold *w, const char *alert,
                   int64_t *ret);
/* What a graver alert of the county kept back and does no more: told now, if it still holds. */
int withhold_release(struct store *store, const struct withhold *w, const char *county);
