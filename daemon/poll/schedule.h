/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a source is polled next: pure functions of its settings, its name and how often it has
 * failed in a row. Chance is a hash of the name, so that two runs do the same and thousands
 * of sources still do not all come due in the same second. Any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum {
    SCHEDULE_BACKOFF_MS = 30 * 1000,          /* first wait after a failure */
    SCHEDULE_BACKOFF_MAX_MS = 60 * 60 * 1000, /* where nothing is configured */
    SCHEDULE_SPREAD_MS = 60 * 1000,           /* of the first polls, at most */
    SCHEDULE_AT_ONCE = 100                    /* so many need no spreading */
};

struct schedule {
    const char *name;
    int64_t interval_ms, jitter_ms, backoff_max_ms;
};

/* Wait before the very first poll, where n sources start together. */
int64_t schedule_first(const struct schedule *s, size_t n);
/* Wait after poll number `count` went well: interval - jitter ... interval + jitter. */
int64_t schedule_next(const struct schedule *s, int64_t count);
/*
 * Wait after the failures-th failure in a row: doubles up to a maximum. retry_after_ms is what
 * the source asked for (0: nothing): not less than that, up to the same maximum.
 */
int64_t schedule_backoff(const struct schedule *s, int failures, int64_t retry_after_ms);
