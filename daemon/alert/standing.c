/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/standing.h"

#include <stdio.h>
#include <string.h>

static const char *const STATES[STANDING_STATES] = {
    "not_certified", "certified", "monitored", "warned",
    "rectification", "proposed",  "revoked"};
static const char *const EVENTS[STANDING_EVENTS] = {"certify", "decertify", "rectify",
                                                    "revoke",  "restore",   "see"};

static int find(const char *const *words, int n, const char *word)
{
    for (int i = 0; i < n; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

const char *standing_state_id(enum standing_state state)
{
    return STATES[state];
}

int standing_state_of(const char *id)
{
    return find(STATES, STANDING_STATES, id);
}

const char *standing_event_id(enum standing_event event)
{
    return EVENTS[event];
}

int standing_event_of(const char *id)
{
    return find(EVENTS, STANDING_EVENTS, id);
}

static bool has_title(const struct standing *s)
{
    return s->state != STANDING_NONE && s->state != STANDING_REVOKED;
}

/* ---- what the program sees ------------------------------------------------------------------- */

/*
 * Enough rounds have failed since a person decided last, or the month of the order is over, and
 * the county still does not meet the standard: an order about something else proposes nothing.
 */
static bool proposes(const struct standing *s, const struct standing_seen *seen,
                     const struct standing_policy *policy, int64_t now_ms)
{
    int64_t failed = seen->rounds_failing - s->answered;
    bool rounds = policy->propose_after && failed >= policy->propose_after;
    bool missed = *s->deadline && now_ms >= s->deadline_ms;
    return seen->slipped && (rounds || missed);
}

static void see(struct standing *s, const struct standing_seen *seen,
                const struct standing_policy *policy, int64_t now_ms)
{
    if (!has_title(s))
        return;
    if (s->answered > seen->rounds_failing)
        s->answered = seen->rounds_failing; /* those are over: what comes is new */
    if (proposes(s, seen, policy, now_ms))
        s->state = STANDING_PROPOSED;
    else if (*s->deadline)
        s->state = STANDING_ORDERED;
    else if (seen->slipped || seen->warned)
        s->state = STANDING_WARNED;
    else
        s->state = seen->judged ? STANDING_MONITORED : STANDING_CERTIFIED;
}

/* ---- what people decide ------------------------------------------------------------------------ */

static void end_order(struct standing *s)
{
    *s->deadline = '\0';
    s->deadline_ms = 0;
}

/* A certification that is recorded again, with another document, ends no order. */
static const char *certify(struct standing *s)
{
    if (!has_title(s))
        *s = (struct standing){.state = STANDING_CERTIFIED};
    return NULL;
}

static const char *take(struct standing *s, enum standing_state state)
{
    if (!has_title(s))
        return s->state == STANDING_NONE ? "is not certified" : "is revoked already";
    *s = (struct standing){.state = state};
    return NULL;
}

static const char *order(struct standing *s, const struct standing_change *c,
                         int64_t now_ms)
{
    if (!has_title(s))
        return s->state == STANDING_NONE ? "is not certified"
                                         : "is revoked: there is nothing to put right";
    if (c->deadline_ms <= now_ms)
        return "would have to be put right by a month that is over";
    snprintf(s->deadline, sizeof s->deadline, "%s", c->deadline);
    s->deadline_ms = c->deadline_ms;
    s->answered = c->seen.rounds_failing;
    return NULL;
}

static const char *restore(struct standing *s, const struct standing_change *c)
{
    if (s->state == STANDING_NONE)
        return "is not certified";
    if (s->state != STANDING_REVOKED && s->state != STANDING_PROPOSED && !*s->deadline)
        return "has nothing to be restored from: nothing is ordered, proposed or revoked";
    if (s->state == STANDING_REVOKED)
        *s = (struct standing){.state = STANDING_CERTIFIED};
    end_order(s);
    s->answered = c->seen.rounds_failing;
    return NULL;
}

static const char *decide(struct standing *s, const struct standing_change *c,
                          int64_t now_ms)
{
    switch (c->event) {
    case STANDING_CERTIFY:
        return certify(s);
    case STANDING_DECERTIFY:
        return take(s, STANDING_NONE);
    case STANDING_ORDER:
        return order(s, c, now_ms);
    case STANDING_REVOKE:
        return take(s, STANDING_REVOKED);
    case STANDING_RESTORE:
        return restore(s, c);
    default:
        return NULL;
    }
}

static bool same(const struct standing *a, const struct standing *b)
{
    return a->state == b->state && strcmp(a->deadline, b->deadline) == 0 &&
           a->answered == b->answered;
}

struct standing_result standing_step(const struct standing *old,
                                     const struct standing_change *change,
                                     const struct standing_policy *policy, int64_t now_ms)
{
    struct standing_result r = {.standing = *old};
    struct standing *now = &r.standing;
    r.refused = decide(now, change, now_ms);
    if (r.refused) {
        r.standing = *old;
        return r;
    }
    see(now, &change->seen, policy, now_ms);
    r.changed = !same(old, now);
    now->since_ms = now->state == old->state ? old->since_ms : now_ms;
    if (now->state == STANDING_PROPOSED && old->state != STANDING_PROPOSED)
        r.follows |= STANDING_TELL;
    if (change->event == STANDING_REVOKE)
        r.follows |= STANDING_TAKE_TITLE;
    if (change->event == STANDING_RESTORE && old->state == STANDING_REVOKED)
        r.follows |= STANDING_GIVE_TITLE;
    return r;
}
