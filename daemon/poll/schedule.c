/* SPDX-License-Identifier: Apache-2.0 */
#include "poll/schedule.h"

/* FNV-1a over the name and a number, then mixed: a fraction of `range`, evenly spread. */
static int64_t share_of(int64_t range, const char *name, int64_t number)
{
    uint64_t h = 0xCBF29CE484222325ull ^ (uint64_t)number;
    for (const char *p = name; *p; p++)
        h = (h ^ (unsigned char)*p) * 0x100000001B3ull;
    h ^= h >> 33;
    h *= 0xFF51AFD7ED558CCDull;
    h ^= h >> 33;
    return range > 0 ? (int64_t)(h % (uint64_t)range) : 0;
}

static int64_t least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

int64_t schedule_first(const struct schedule *s, size_t n)
{
    if (n <= SCHEDULE_AT_ONCE)
        return 0;
    int64_t spread = least((int64_t)n * 10, SCHEDULE_SPREAD_MS);
    return share_of(least(spread, s->interval_ms), s->name, 0);
}

int64_t schedule_next(const struct schedule *s, int64_t count)
{
    int64_t jitter = least(s->jitter_ms, s->interval_ms / 2);
    if (jitter <= 0)
        return s->interval_ms;
    return s->interval_ms - jitter + share_of(2 * jitter + 1, s->name, count);
}

int64_t schedule_backoff(const struct schedule *s, int failures, int64_t retry_after_ms)
{
    int64_t max = s->backoff_max_ms > 0 ? s->backoff_max_ms : SCHEDULE_BACKOFF_MAX_MS;
    int64_t wait = least(SCHEDULE_BACKOFF_MS, s->interval_ms);
    for (int i = 1; i < failures && wait < max; i++)
        wait *= 2;
    wait = least(wait > retry_after_ms ? wait : retry_after_ms, max);
    return wait > 0 ? wait : 1;
}
