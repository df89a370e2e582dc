/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has become of a county's title by one standard: certified, monitored, warned, to be put
 * right by a month, revocation proposed, revoked. State, change, policy and time in; new state
 * and what follows from it out. People certify, order, revoke and restore; the program sees what
 * the data show, and no more than proposes. What a person has ordered, silence does not end:
 * only a person's word does. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum standing_state {
    STANDING_NONE,      /* not certified */
    STANDING_CERTIFIED, /* no round after the baseline has been judged */
    STANDING_MONITORED,
    STANDING_WARNED,   /* a slip or a warning is open */
    STANDING_ORDERED,  /* to be put right by the end of a month */
    STANDING_PROPOSED, /* the program proposes revocation; people decide */
    STANDING_REVOKED,  /* a person's record */
    STANDING_STATES
};

enum standing_event {
    STANDING_CERTIFY,
    STANDING_DECERTIFY,
    STANDING_ORDER, /* rectification by a month */
    STANDING_REVOKE,
    STANDING_RESTORE, /* the order is met, the proposal declined, or the title given back */
    STANDING_SEE,     /* nobody decided anything: look at data and clock */
    STANDING_EVENTS
};

const char *standing_state_id(enum standing_state state); /* "not_certified" … */
int standing_state_of(const char *id);                    /* -1: none */
const char *standing_event_id(enum standing_event event); /* "certify" … */
int standing_event_of(const char *id);

enum { STANDING_MONTH = 8 }; /* "2025-06" */

struct standing {
    enum standing_state state;
    int64_t since_ms;              /* in this state */
    char deadline[STANDING_MONTH]; /* month of an open order; "" = none */
    int64_t deadline_ms;           /* the first moment after it */
    int answered; /* failing rounds that a person knew of when they decided last */
};

/* What the county's data show now, whatever has happened. */
struct standing_seen {
    bool judged;  /* a round after the baseline has been */
    bool slipped; /* a slip is told and open */
    bool warned;  /* a warning is */
    int rounds_failing;
};

struct standing_change {
    enum standing_event event;
    const char *deadline; /* of an order */
    int64_t deadline_ms;
    struct standing_seen seen;
};

struct standing_policy {
    int64_t propose_after; /* failing rounds; 0: only a missed month */
};

/* What follows. */
enum {
    STANDING_TELL = 1,       /* revocation is proposed: people are to be told */
    STANDING_TAKE_TITLE = 2, /* nothing is monitored any more */
    STANDING_GIVE_TITLE = 4, /* as it was before it was taken */
};

struct standing_result {
    struct standing standing;
    bool changed;        /* there is something to keep */
    unsigned follows;    /* bits of the above */
    const char *refused; /* NULL, or why this cannot be done now; nothing has changed */
};

struct standing_result standing_step(const struct standing *old,
                                     const struct standing_change *change,
                                     const struct standing_policy *policy,
                                     int64_t now_ms);
