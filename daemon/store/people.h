/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do with alerts: they take one in hand, give it to somebody, say something of it,
 * or have it kept from the offices for a while (a silence). Nothing of it is ever deleted, all
 * of it is in the journal; in a transaction of the caller's. A connection's thread.
 */
#pragma once

#include "store/store.h"

enum store_act_kind { ACT_ACKNOWLEDGE, ACT_ASSIGN, ACT_COMMENT };

struct store_act {
    int64_t id;
    enum store_act_kind act;
    const char *alert;
    int64_t at_ms;
    const char *by, *text;                /* the reason, or what is said; "" */
    const char *to, *unit, *plan, *month; /* NULL; month "2025-06" */
    int64_t expires_ms;                   /* of an acknowledgement, else 0 */
};

/* Fills the id. */
int store_act_put(struct store *s, struct store_act *act, struct jh_err *err);
/* Of one alert, oldest first. */
int store_acts(struct store *s, const char *alert, struct arena *arena,
               struct store_act **ret, size_t *ret_n, struct jh_err *err);

struct store_silence {
    int64_t id;
    const char *county, *kind, *standard, *severity, *region; /* NULL: any */
    int64_t until_ms;                 /* the first moment after it */
    const char *by, *reason, *office; /* office: the author's, NULL = none given */
    int64_t created_ms, reminded_ms;  /* reminded 0 = not yet */
    int64_t ended_ms;                 /* 0 = not ended */
    const char *ended_by, *ended_reason;
};

/* Fills the id. */
int store_silence_put(struct store *s, struct store_silence *silence, struct jh_err *err);
/* ended: also those that are over. By id. */
int store_silences(struct store *s, bool ended, struct arena *arena,
                   struct store_silence **ret, size_t *ret_n, struct jh_err *err);
/* by NULL: its time is over. JH_ENOENT where there is no such one, or it has ended. */
int store_silence_end(struct store *s, int64_t id, const char *by, const char *reason,
                      int64_t at_ms, struct jh_err *err);
int store_silence_reminded(struct store *s, int64_t id, int64_t at_ms,
                           struct jh_err *err);

/*
 * What a silence kept back and is worth telling still: of each alert, office and channel the
 * last transition, if the alert is open or the office had been told of it before.
 */
int store_outbox_withheld(struct store *s, int64_t silence, struct arena *arena,
                          struct store_outbox **ret, size_t *ret_n, struct jh_err *err);
/* The same of what a graver alert of the county kept back. */
int store_outbox_inhibited(struct store *s, const char *county, struct arena *arena,
                           struct store_outbox **ret, size_t *ret_n, struct jh_err *err);
/* To be told after all (silence 0), or kept back by another one. */
int store_outbox_release(struct store *s, int64_t row, int64_t silence, int64_t now_ms,
                         struct jh_err *err);
/* Ids of offices that were told of an alert; escalated: only those it was escalated to. */
int store_outbox_offices(struct store *s, const char *alert, bool escalated,
                         struct arena *arena, const char ***ret, size_t *ret_n,
                         struct jh_err *err);
