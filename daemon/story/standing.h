/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What becomes of a county's title (alert/standing.h): people's decisions with all that follows
 * from them, and what the program sees after each judgement and each day. Each change is kept
 * with its entry in the journal. On the store's thread.
 */
#pragma once

#include "store/standing.h"
#include "story/alarm.h"

/* A person orders, revokes or restores. */
struct standing_work {
    const struct config *config;
    struct arena *arena;
    int64_t now_ms;
    const char *county, *standard;
    enum standing_event event;
    const char *deadline; /* of an order: "2025-06" */
    const char *document, *by, *reason;
    /* out */
    struct store_standing row; /* as it is afterwards */
    unsigned follows;
    struct store_cert cert; /* the title that it is about */
    size_t transitions;
    struct jh_err *err;
};

/* In a transaction of its own, as writer_call() wants it; JH_ENOENT, JH_EREFUSED. */
int standing_decide(struct store *store, void *arg);

/* A certification was given or taken by a person. In the caller's transaction. */
int standing_certified(struct store *store, const struct store_cert *cert, bool taken,
                       struct arena *arena, struct jh_err *err);
/* Its alerts were judged, or a day has begun: what is seen of it now. cert NULL: no title. */
int standing_look(struct store *store, const struct alarm *alarm, const char *county,
                  const char *standard, const struct store_cert *cert);
/* All certified counties, with their duties. */
int standing_look_all(struct store *store, const struct alarm *alarm);
