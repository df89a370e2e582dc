/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an alert, as a pure function: state, newest judgement, certification, policy and
 * time in; new state and at most one transition out. No I/O, no clock. The store keeps what
 * comes out; nothing is sent that was not kept first.
 *
 * Rules (docs/alerts.md sections 1 and 2): only rounds after the baseline
 * are monitored and only the newest counts; a proven fail fires, also in an incomplete round;
 * only an affirmative pass of a complete round with a newer (round, revision) resolves, and
 * none of data that wait for a person's review;
 * unknown and broken neither open nor close: they mark an open alert stale. When the data of
 * a round are retracted, an alert that stood on them alone ends if what is left passes, and
 * otherwise waits, stale, for whatever is judged next.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "eval/judge.h"

enum alert_state {
    ALERT_NONE,
    ALERT_PENDING,
    ALERT_FIRING,
    ALERT_ACKNOWLEDGED,
    ALERT_RESOLVED
};

const char *alert_state_id(enum alert_state state); /* "none" "pending" "firing" … */
int alert_state_of(const char *id);

enum alert_cause { CAUSE_NONE, CAUSE_PASSED, CAUSE_CORRECTED, CAUSE_NOT_MONITORED };

const char *alert_cause_id(enum alert_cause cause); /* NULL for none, "passed", … */
int alert_cause_of(const char *id);

struct certification {
    const char *county, *standard;
    struct date date;
    int cohort;
    const char *document; /* NULL = none given */
    struct round baseline;
};

struct alert {
    char id[33];      /* hex; made by the caller when a transition opens it */
    const char *kind; /* "slip" */
    const char *county, *standard;
    const char *severity; /* "critical" | "warning" */
    enum alert_state state;
    bool stale;         /* the newest round is unknown: kept open, not confirmed */
    struct round round; /* newest round that affected it */
    int revision;       /* -1: that round was retracted, anything monitored is newer */
    struct round since_round; /* first failing round of this alert */
    int transition;           /* number of the last transition, from 1 */
    int rounds_failing;       /* consecutive failing rounds, for `for` */
    enum alert_cause cause;
    const char *const *told; /* sorted keys people have been told of */
    size_t n_told;
};

struct alert_policy {
    int for_rounds; /* >= 1 */
};

struct alert_transition {
    int n;
    enum alert_state from, to;
    bool extended; /* firing -> firing with more */
    enum alert_cause cause;
    struct round round;
    const char *const *added; /* keys that are new with this transition */
    size_t n_added;
};

struct alert_input {
    const struct certification *certification; /* NULL: not certified (any more) */
    const struct judgement *newest;            /* newest judgement, or NULL */
    bool unreviewed; /* a person has still to look at the data that were judged */
    struct alert_policy policy;
    struct round
        retracted; /* the county has no data of this round any more; year 0: none */
};

/*
 * Is a transition for people? What was never told of (pending, and its quiet end) is not. An
 * acknowledgement is the business of whoever gave it.
 */
bool alert_told(const struct alert_transition *what);

/* Is this round monitored under the certification? Same series and after the baseline. */
bool alert_monitored(const struct certification *cert, struct round round);

/*
 * One step. `old` is the open alert (pending, firing, acknowledged) or NULL. *ret is the state
 * afterwards (state NONE: there is and was nothing); *ret_happened tells whether *ret_what is
 * set. Strings of *ret live in the arena.
 */
int alert_step(const struct alert *old, const struct alert_input *in, struct arena *arena,
               struct alert *ret, bool *ret_happened, struct alert_transition *ret_what);
