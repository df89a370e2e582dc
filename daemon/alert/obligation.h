/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kind duty: what a county has to have done by a day, told some months before and again when the
 * day is over. Civil dates only, months counted as months, no clock. Pure; any thread.
 */
#pragma once

#include "alert/kind.h"
#include "base/arena.h"
#include "eval/judge.h"

struct obligation {
    struct date last;        /* the last day in time */
    int64_t months;          /* told so long before */
    const char *const *told; /* keys of the open alert, n_told 0: none is open */
    size_t n_told;
};

/*
 * A fail within the months before and from then on: keys say of which day ("due/2025-06-30"),
 * and that it is over ("overdue/2025-06-30"). What was told of a day stays told when the clock
 * is set back. A pass when the day is further off: it was put off. Revision 0; JH_ENOMEM.
 */
int obligation_judge(const struct obligation *o, struct date today, struct round round,
                     struct arena *arena, struct judgement *ret,
                     enum severity *ret_severity);
/* It is done: a pass. */
struct judgement obligation_done(struct round round);
