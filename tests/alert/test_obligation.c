/* SPDX-License-Identifier: Apache-2.0 */
/* Why: who has to act by a day must hear of it in time, and of its end, by months as people count. */
#include <string.h>

#include "alert/obligation.h"
#include "base/arena.h"
#include "tap/tap.h"

static struct arena *arena;
static enum severity severity;

static struct judgement judged(struct date last, struct date today,
                               const char *const *told, size_t n)
{
    struct judgement j;
    const struct obligation o = {.last = last, .months = 3, .told = told, .n_told = n};
    if (obligation_judge(&o, today, (struct round){2025, 0}, arena, &j, &severity))
        bail("out of memory");
    return j;
}

static const char *outcome(struct date last, struct date today)
{
    return outcome_id(judged(last, today, NULL, 0).outcome);
}

int main(void)
{
    static const struct date MAY = {2025, 5, 31}, JUNE = {2025, 6, 30};
    static const char *const TOLD[] = {"due/2025-05-31"};
    static const char *const OVER[] = {"due/2025-05-31", "overdue/2025-05-31"};
    arena = arena_new(1 << 20);
    is_str(outcome(MAY, (struct date){2025, 2, 27}), "pass", "more than three months");
    is_str(outcome(MAY, (struct date){2025, 2, 28}), "fail",
           "from the last of February on");
    is_str(outcome((struct date){2024, 5, 31}, (struct date){2024, 2, 28}), "pass",
           "in a leap year");
    is_str(outcome((struct date){2024, 5, 31}, (struct date){2024, 2, 29}), "fail",
           "a day later");
    is_str(outcome((struct date){2025, 2, 28}, (struct date){2024, 11, 28}), "fail",
           "over the turn of the year");
    struct judgement j = judged(MAY, MAY, NULL, 0);
    is_int(severity, SEVERITY_NOTICE, "its last day is in time");
    is_int((long long)j.n_failing, 1, "one thing to say");
    is_str(j.failing[0], "due/2025-05-31", "by which day");
    j = judged(MAY, (struct date){2025, 6, 1}, TOLD, 1);
    is_int(severity, SEVERITY_CRITICAL, "the day after is not");
    is_str(j.failing[1], "overdue/2025-05-31", "which is told");
    j = judged(MAY, (struct date){2025, 1, 1}, TOLD, 1);
    is_str(outcome_id(j.outcome), "fail", "a clock that is set back ends nothing");
    j = judged(MAY, (struct date){2025, 1, 1}, OVER, 2);
    is_int(severity, SEVERITY_CRITICAL, "nor makes it milder");
    j = judged((struct date){2026, 5, 31}, (struct date){2025, 6, 1}, OVER, 2);
    is_str(outcome_id(j.outcome), "pass", "what was put off by a year is over for now");
    j = judged(JUNE, (struct date){2025, 6, 1}, OVER, 2);
    is_str(j.failing[0], "due/2025-06-30", "put off by a month it is told anew");
    is_int((long long)j.n_failing, 1, "as not overdue");
    arena_free(arena);
    return done_testing();
}
