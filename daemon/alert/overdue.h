/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When data are late: `due: {month, day}` of a source is the day by which data of a yearly round
 * should be complete, the first such day from the round's reference date (1 September) on. The
 * day itself is still in time. Civil dates only, no clock. Pure; any thread.
 */
#pragma once

#include <stddef.h>

#include "base/arena.h"
#include "eval/judge.h"
#include "model/round.h"

struct overdue_due {
    int month, day;
};

/* The day of a yearly round; where the month is too short, its last. */
struct date overdue_day(struct overdue_due due, struct round round);
/* The newest round that is due by all of these; year 0: no day is given. */
struct round overdue_round(const struct overdue_due *dues, size_t n, struct date today);
/*
 * A fail until the round that is due, or a newer one, is completely evaluated. `complete` is the
 * newest round that is (year 0: none). The key says which round is missed. JH_ENOMEM.
 */
int overdue_judge(struct round due, struct round complete, struct arena *arena,
                  struct judgement *ret);
