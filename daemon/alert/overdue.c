/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/overdue.h"

#include <junheng/plugin.h>

struct date overdue_day(struct overdue_due due, struct round round)
{
    struct date from = round_reference(round);
    struct date day = {from.year, (int8_t)due.month, 1};
    if (due.month < from.month)
        day.year++;
    int last = date_days_in_month(day.year, day.month);
    day.day = (int8_t)(due.day < last ? due.day : last);
    return day;
}

static struct round round_of(struct overdue_due due, struct date today)
{
    struct round round = {today.year, 0};
    while (date_cmp(overdue_day(due, round), today) >= 0)
        round.year--;
    return round;
}

struct round overdue_round(const struct overdue_due *dues, size_t n, struct date today)
{
    struct round all = {0};
    for (size_t i = 0; i < n; i++) {
        struct round one = round_of(dues[i], today);
        if (!all.year || one.year < all.year)
            all = one;
    }
    return all;
}

int overdue_judge(struct round due, struct round complete, struct arena *arena,
                  struct judgement *ret)
{
    bool late = !complete.year || round_cmp(complete, due) < 0;
    char text[ROUND_TEXT];
    const char **key = arena_array(arena, 1, sizeof *key);
    round_print(due, text);
    if (!key || !(*key = arena_fmt(arena, "round/%s", text)))
        return JH_ENOMEM;
    *ret = (struct judgement){.round = late ? due : complete,
                              .outcome = late ? OUTCOME_FAIL : OUTCOME_PASS,
                              .complete = true,
                              .failing = key,
                              .n_failing = late};
    return 0;
}
