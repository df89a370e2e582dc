/* SPDX-License-Identifier: Apache-2.0 */
/* Why: told a day too early it is a false alarm, and with a month counted wrong it never comes. */
#include "alert/overdue.h"

#include <string.h>

#include "tap/tap.h"

struct want {
    const char *name;
    struct overdue_due dues[2];
    size_t n;
    struct date today;
    int year; /* of the round that is due; 0: none */
};

static const struct want WANTS[] = {
    {"the day itself is in time", {{12, 31}}, 1, {2025, 12, 31}, 2024},
    {"the day after is not", {{12, 31}}, 1, {2026, 1, 1}, 2025},
    {"nor any day until the next", {{12, 31}}, 1, {2026, 12, 31}, 2025},
    {"a day before September is of the next year", {{3, 15}}, 1, {2026, 3, 15}, 2024},
    {"and passes then", {{3, 15}}, 1, {2026, 3, 16}, 2025},
    {"a day in September is of the same", {{9, 30}}, 1, {2025, 10, 1}, 2025},
    {"its first day, too", {{9, 1}}, 1, {2025, 9, 2}, 2025},
    {"February has 28 days", {{2, 30}}, 1, {2026, 2, 28}, 2024},
    {"and then it is March", {{2, 30}}, 1, {2026, 3, 1}, 2025},
    {"or 29", {{2, 29}}, 1, {2028, 2, 29}, 2026},
    {"of two the later counts", {{12, 31}, {3, 31}}, 2, {2026, 1, 1}, 2024},
    {"when it has passed", {{12, 31}, {3, 31}}, 2, {2026, 4, 1}, 2025},
    {"no day, no round", {{0}}, 0, {2026, 4, 1}, 0},
};

static void judged(struct arena *arena)
{
    struct judgement j;
    const struct round due = {2025, 0}, before = {2024, 0}, newer = {2026, 0}, none = {0};
    is_int(overdue_judge(due, before, arena, &j), 0, "a round is missed");
    is_int(j.outcome, OUTCOME_FAIL, "that is late");
    is_str(j.n_failing == 1 ? j.failing[0] : "", "round/2025", "by its name");
    is_int(overdue_judge(due, none, arena, &j), 0, "nothing ever came");
    is_int(j.outcome, OUTCOME_FAIL, "that is late, too");
    is_int(overdue_judge(due, due, arena, &j), 0, "it is complete");
    ok(j.outcome == OUTCOME_PASS && j.complete && j.n_failing == 0, "that is in order");
    is_int(overdue_judge(due, newer, arena, &j), 0, "a newer one is complete");
    ok(j.outcome == OUTCOME_PASS && j.round.year == 2026, "so is that");
}

int main(void)
{
    struct arena *arena = arena_new(1 << 20);
    if (!arena)
        bail("no memory");
    for (size_t i = 0; i < sizeof WANTS / sizeof *WANTS; i++) {
        const struct want *w = &WANTS[i];
        is_int(overdue_round(w->dues, w->n, w->today).year, w->year, w->name);
    }
    judged(arena);
    arena_free(arena);
    return done_testing();
}
