/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time for what is written down: never before the program was built, and never back. A wall clock
 * that has lost its time must not date a record, so whoever writes asks first whether it is
 * plausible; one that was set back has `clock` show the newest stamp there is until it has
 * caught up. Any thread; it stays where it is.
 */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>

#include "base/clock.h"

enum { STAMPS_SLACK_MS = 5 * 60 * 1000 }; /* a step back that is not worth a word */

struct stamps {
    struct clock clock;       /* for those who stamp */
    const struct clock *wall; /* what it goes by */
    int64_t built_ms;
    _Atomic int64_t newest_ms; /* what was stamped last */
};

void stamps_init(struct stamps *s, const struct clock *wall, int64_t built_ms);
/* Something of that time is in the store. */
void stamps_used(struct stamps *s, int64_t ms);
/* False: nothing is to be written down now. */
bool stamps_plausible(const struct stamps *s);
/* How far the wall clock is behind the newest stamp; 0 within STAMPS_SLACK_MS. */
int64_t stamps_behind_ms(const struct stamps *s);
