/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/obligation.h"

#include <string.h>

#include <junheng/plugin.h>

static bool is_told(const struct obligation *o, const char *key)
{
    for (size_t i = 0; i < o->n_told; i++)
        if (strcmp(o->told[i], key) == 0)
            return true;
    return false;
}

int obligation_judge(const struct obligation *o, struct date today, struct round round,
                     struct arena *arena, struct judgement *ret,
                     enum severity *ret_severity)
{
    char day[DATE_TEXT];
    const char **keys = arena_array(arena, 2, sizeof *keys);
    date_print(o->last, day);
    if (!keys || !(keys[0] = arena_fmt(arena, "due/%s", day)) ||
        !(keys[1] = arena_fmt(arena, "overdue/%s", day)))
        return JH_ENOMEM;
    bool near = date_cmp(today, date_add_months(o->last, -(int)o->months)) >= 0;
    bool over = date_cmp(today, o->last) > 0 || is_told(o, keys[1]);
    bool fails = near || over || is_told(o, keys[0]);
    *ret_severity = over ? SEVERITY_CRITICAL : SEVERITY_NOTICE;
    *ret = (struct judgement){.round = round,
                              .outcome = fails ? OUTCOME_FAIL : OUTCOME_PASS,
                              .complete = true,
                              .failing = keys,
                              .n_failing = fails ? 1 + over : 0};
    return 0;
}

struct judgement obligation_done(struct round round)
{
    return (struct judgement){.round = round, .outcome = OUTCOME_PASS, .complete = true};
}
