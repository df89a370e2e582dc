/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows from changed data: a county's next newer round was compared with them, so it is
 * to be judged again. Marked in the transaction that keeps the change; a daemon that dies
 * before it comes to that finds those rounds stale when it starts. On the store's thread.
 */
#pragma once

#include "conf/config.h"
#include "store/store.h"

/* Counties of a round, by code; none named: all of them. */
struct follow {
    struct round round;
    const char *const *counties;
    size_t n;
};

struct follow_list {
    struct follow *list; /* oldest first */
    size_t n;
};

/*
 * Marks stale, per county, the submissions of its next round newer than `from` that today's
 * sources can read; with `itself` also those of `from`, where it still holds the county: for
 * what was taken out of it. *ret: what was marked; in the arena.
 */
int follow_mark(struct store *store, const struct config *config,
                const struct follow *from, bool itself, struct arena *arena,
                struct follow_list *ret, struct jh_err *err);
