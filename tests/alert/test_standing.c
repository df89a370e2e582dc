/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a title is taken by people, never by a program, and what they ordered must not be lost in
 * silence. Every state with every event.
 */
#include <stdio.h>
#include <string.h>

#include "alert/standing.h"
#include "base/date.h"
#include "tap/tap.h"

static const struct standing_policy TWO = {.propose_after = 2};

/* 10:00 in Shanghai. */
static int64_t at(int16_t year, int8_t month, int8_t day)
{
    return date_to_ms((struct date){year, month, day}) + 10 * 3600 * 1000;
}

static struct standing in(enum standing_state state)
{
    struct standing s = {.state = state, .since_ms = 7};
    if (state == STANDING_ORDERED) {
        snprintf(s.deadline, sizeof s.deadline, "2025-06");
        s.deadline_ms = at(2025, 7, 1);
        s.answered = 1;
    }
    return s;
}

static const struct standing_seen WELL = {.judged = true};
static const struct standing_seen SLIPPED = {
    .judged = true, .slipped = true, .rounds_failing = 1};

static struct standing_result step(struct standing from, enum standing_event event,
                                   struct standing_seen seen, int64_t now_ms)
{
    const struct standing_change change = {.event = event,
                                           .deadline = "2026-02",
                                           .deadline_ms =
                                               date_to_ms((struct date){2026, 3, 1}),
                                           .seen = seen};
    return standing_step(&from, &change, &TWO, now_ms);
}

/* What comes of each state by each event while a slip of one round is open; "-": refused. */
static void test_table(void)
{
    static const char *const TO[STANDING_STATES][STANDING_EVENTS] = {
        /*                     certify          decertify        rectify          revoke     restore      see */
        [STANDING_NONE] = {"warned", "-", "-", "-", "-", "not_certified"},
        [STANDING_CERTIFIED] = {"warned", "not_certified", "rectification", "revoked",
                                "-", "warned"},
        [STANDING_MONITORED] = {"warned", "not_certified", "rectification", "revoked",
                                "-", "warned"},
        [STANDING_WARNED] = {"warned", "not_certified", "rectification", "revoked", "-",
                             "warned"},
        [STANDING_ORDERED] = {"rectification", "not_certified", "rectification",
                              "revoked", "warned", "rectification"},
        [STANDING_PROPOSED] = {"warned", "not_certified", "rectification", "revoked",
                               "warned", "warned"},
        [STANDING_REVOKED] = {"warned", "-", "-", "-", "warned", "revoked"}};
    for (int s = 0; s < STANDING_STATES; s++)
        for (int e = 0; e < STANDING_EVENTS; e++) {
            char name[100];
            struct standing_result r =
                step(in((enum standing_state)s), (enum standing_event)e, SLIPPED,
                     at(2025, 3, 1));
            snprintf(name, sizeof name, "%s: %s",
                     standing_state_id((enum standing_state)s),
                     standing_event_id((enum standing_event)e));
            is_str(r.refused ? "-" : standing_state_id(r.standing.state), TO[s][e], name);
            if (r.refused)
                ok(!r.changed && !r.follows && (int)r.standing.state == s,
                   "%s: what is refused changes nothing", name);
        }
}

/* Only a person's event leads to a revocation, whatever is seen and however long it lasts. */
static void test_never_revoked(void)
{
    bool revoked = false;
    for (int s = 0; s < STANDING_REVOKED; s++)
        for (int rounds = 0; rounds < 20; rounds++) {
            const struct standing_seen seen = {true, rounds > 0, rounds > 1, rounds};
            revoked |=
                step(in((enum standing_state)s), STANDING_SEE, seen, at(2099, 1, 1))
                    .standing.state == STANDING_REVOKED;
        }
    ok(!revoked, "the program revokes nothing");
}

static void test_proposal(void)
{
    struct standing_seen seen = SLIPPED;
    struct standing_result r =
        step(in(STANDING_CERTIFIED), STANDING_SEE, seen, at(2025, 3, 1));
    is_str(standing_state_id(r.standing.state), "warned", "one failing round");
    seen.rounds_failing = 2;
    r = step(r.standing, STANDING_SEE, seen, at(2026, 3, 1));
    is_str(standing_state_id(r.standing.state), "proposed", "two: it is proposed");
    is_int(r.follows, STANDING_TELL, "and told");
    r = step(r.standing, STANDING_SEE, seen, at(2026, 3, 2));
    ok(!r.changed && !r.follows, "once");
    struct standing_result kept =
        step(r.standing, STANDING_RESTORE, seen, at(2026, 4, 1));
    is_str(standing_state_id(kept.standing.state), "warned", "people decline it");
    kept = step(kept.standing, STANDING_SEE, seen, at(2026, 5, 1));
    is_str(standing_state_id(kept.standing.state), "warned",
           "it is not proposed again for what they knew");
    seen.rounds_failing = 4;
    kept = step(kept.standing, STANDING_SEE, seen, at(2028, 3, 1));
    is_str(standing_state_id(kept.standing.state), "proposed",
           "but after as many rounds more");
    r = step(r.standing, STANDING_SEE, WELL, at(2026, 6, 1));
    is_str(standing_state_id(r.standing.state), "monitored",
           "a pass takes the proposal back");
    r = step(in(STANDING_WARNED), STANDING_SEE,
             (struct standing_seen){true, false, true, 9}, at(2026, 6, 1));
    is_str(standing_state_id(r.standing.state), "warned",
           "without a slip nothing is proposed");
}

static void test_order(void)
{
    struct standing_result r =
        step(in(STANDING_WARNED), STANDING_ORDER, SLIPPED, at(2025, 3, 1));
    is_str(r.standing.deadline, "2026-02", "an order has its month");
    struct standing ordered = r.standing;
    is_str(standing_state_id(
               step(ordered, STANDING_SEE, SLIPPED, at(2026, 2, 28)).standing.state),
           "rectification", "its last day is in time");
    r = step(ordered, STANDING_SEE, SLIPPED, date_to_ms((struct date){2026, 3, 1}));
    is_str(standing_state_id(r.standing.state), "proposed",
           "the first moment after it is not");
    is_str(r.standing.deadline, "2026-02", "the order stands");
    r = step(r.standing, STANDING_SEE, WELL, at(2026, 4, 1));
    is_str(standing_state_id(r.standing.state), "rectification",
           "data that pass take the proposal back, not the order");
    r = step(ordered, STANDING_SEE, WELL, at(2030, 1, 1));
    is_str(standing_state_id(r.standing.state), "rectification",
           "an order about something else proposes nothing");
    is_int(r.standing.answered, 0,
           "and a slip that comes later counts from its beginning");
    r = step(ordered, STANDING_CERTIFY, SLIPPED, at(2025, 4, 1));
    is_str(r.standing.deadline, "2026-02",
           "a certification that is recorded again ends no order");
    r = step(ordered, STANDING_RESTORE, WELL, at(2026, 1, 1));
    is_str(r.standing.deadline, "", "a person's word does");
    ok(step(ordered, STANDING_ORDER, SLIPPED, at(2026, 3, 1)).refused,
       "no order by a month that is over");
}

static void test_title(void)
{
    struct standing_result r =
        step(in(STANDING_ORDERED), STANDING_REVOKE, SLIPPED, at(2025, 3, 1));
    is_int(r.follows, STANDING_TAKE_TITLE, "a revocation takes the title");
    is_str(r.standing.deadline, "", "and ends the order");
    r = step(r.standing, STANDING_RESTORE, (struct standing_seen){0}, at(2025, 3, 1));
    is_int(r.follows, STANDING_GIVE_TITLE, "which can be given back");
    is_str(standing_state_id(r.standing.state), "certified", "as before the first round");
    for (int i = 0; i < STANDING_STATES; i++)
        is_int(standing_state_of(standing_state_id((enum standing_state)i)), i,
               "a state by its word");
    is_int(standing_event_of("resign"), -1, "no such event");
}

int main(void)
{
    test_table();
    test_never_revoked();
    test_proposal();
    test_order();
    test_title();
    return done_testing();
}
