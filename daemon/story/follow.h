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

enum follow_reach {
    FOLLOW_NEWER, /* of each county the next newer round */
    FOLLOW_REST,  /* or the round itself where it still holds the county */
    FOLLOW_ITSELF /* the round alone: what is judged beside its schools has changed */
};

/*
 * Marks stale, per county, the submissions of schools that today's sources can read in the
 * rounds that `from` reaches. *ret: what was marked; in the arena.
 */
int follow_mark(struct store *store, const struct config *config,
                const struct follow *from, enum follow_reach reach, struct arena *arena,
                struct follow_list *ret, struct jh_err *err);

/* The source that reads an archived submission today; NULL: none holds such data any more. */
const struct source_conf *follow_reader(const struct config *config,
                                        const struct store_submission *sub);
