/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an alert of whatever kind, as a pure function: state, newest judgement,
 * certification and policy in; new state and at most one transition out. No I/O, no clock. The
 * store keeps what comes out; nothing is sent that was not kept first.
 *
 * Rules (docs/alerts.md sections 1 and 2): of kinds about a certified county only rounds after
 * the baseline count, and only the newest; a proven fail fires, also in an incomplete round;
 * only an affirmative pass of a complete round with a newer (round, revision) resolves, and
 * none of data that wait for a person's review; of kinds that the clock or the daemon's own
 * work raises, each judgement is newer than the last;
 * unknown and broken neither open nor close: they mark an open alert stale. When the data of
 * a round are retracted, an alert that stood on them alone ends if what is left passes, and
 * otherwise waits, stale, for whatever is judged next.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alert/kind.h"
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

enum alert_cause {
    CAUSE_NONE,
    CAUSE_PASSED,
    CAUSE_CORRECTED,
    CAUSE_NOT_MONITORED,
    CAUSE_SUPERSEDED /* by a graver one of another kind, which tells the same and more */
};

const char *alert_cause_id(enum alert_cause cause); /* NULL for none, "passed", … */
int alert_cause_of(const char *id);

struct certification {
    const char *county, *standard;
    struct date date;
    int cohort;
    const char *document; /* NULL = none given */
    struct round baseline;
};

/* What an alert is about: of each there is at most one that is open. */
struct alert_name {
    enum alert_kind kind;
    const char *subject;   /* code of a county, name of a source, script or channel */
    const char *standard;  /* "" where the kind has none, as the next */
    const char *indicator; /* id of a local one */
};

struct alert {
    char id[33];      /* hex; made by the caller when a transition opens it */
    const char *kind; /* id */
    const char *subject, *standard, *indicator;
    const char *county;   /* the subject where it is one, else "" */
    const char *severity; /* id */
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

/* How a kind is judged: as the configuration says, for a standard and a region. */
struct alert_policy {
    int64_t for_rounds;    /* rounds in a row that must fail before it fires; 0 is 1 */
    int64_t propose_after; /* slip: failing rounds after which revocation is proposed */
    bool enabled;
    const char *margin;   /* warning: decimal; so near to the limit */
    int64_t rounds_back;  /* warning: k, rounds before the newest that make the trend */
    int64_t rounds_ahead; /* warning: n, within which it reaches the limit */
    const char *decline; /* decline: decimal; worse than the baseline by more than that */
    int64_t months;      /* duty: so long before its day */
    int local_severity;  /* local: enum severity; 0 = as the script says */
    int least;           /* data_quality: 0 = notices too, 1 = warnings only */
    int64_t tries,
        after_ms; /* source_failed: failures in a row, or so long since the first */
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
    struct alert_name name;
    const struct certification *certification; /* NULL: not certified (any more) */
    bool unwatched;  /* nobody looks after the subject, or the kind, any more */
    bool superseded; /* a graver alert tells of it: this one neither opens nor stays */
    const struct judgement *newest; /* newest judgement, or NULL */
    bool unreviewed;        /* a person has still to look at the data that were judged */
    enum severity severity; /* of its fail; NONE: the kind's own */
    struct alert_policy policy;
    struct round
        retracted; /* the county has no data of this round any more; year 0: none */
};

/*
 * Is a transition for people? What was never told of (pending, and its quiet end) is not, nor
 * the end of what a graver alert tells. An acknowledgement is the business of whoever gave it.
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
