/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Silences: which one keeps a message back, and what becomes of what was kept back when it
 * ends. On the store's thread; each function but the first is a transaction of its own.
 */
#pragma once

#include "alert/route.h"
#include "conf/config.h"
#include "render/message.h"
#include "store/people.h"

/* The silence in force that matches, or 0. */
int silence_of(struct store *store, const struct route_subject *subject, int64_t now_ms,
               struct arena *arena, int64_t *ret, struct jh_err *err);

struct silence_work {
    const struct config *config;
    const struct messages *messages; /* of silence_tick() */
    struct arena *arena;
    int64_t now_ms;
    struct store_silence silence;     /* given: what is asked for; after: with its id */
    const char *by, *reason;          /* of silence_stop() */
    size_t released, ended, reminded; /* counted up */
    struct jh_err *err;
};

/* As writer_call() wants them; arg is a struct silence_work. */
int silence_start(struct store *store, void *arg);
int silence_stop(struct store *store, void *arg);
/* Ends those whose time is over, and reminds of those that end within a week. */
int silence_tick(struct store *store, void *arg);
