/* SPDX-License-Identifier: Apache-2.0 */
#include "base/stamps.h"

#include <stddef.h>

static const struct stamps *of(const struct clock *clock)
{
    return (const struct stamps *)(const void *)((const char *)clock -
                                                 offsetof(struct stamps, clock));
}

static int64_t newer(const struct clock *clock)
{
    const struct stamps *s = of(clock);
    int64_t wall = clock_wall(s->wall), newest = atomic_load(&s->newest_ms);
    return wall > newest ? wall : newest;
}

static int64_t mono(const struct clock *clock)
{
    return clock_mono(of(clock)->wall);
}

void stamps_init(struct stamps *s, const struct clock *wall, int64_t built_ms)
{
    *s = (struct stamps){
        .clock = {newer, mono, -1, 0}, .wall = wall, .built_ms = built_ms};
}

void stamps_used(struct stamps *s, int64_t ms)
{
    int64_t newest = atomic_load(&s->newest_ms);
    while (ms > newest && !atomic_compare_exchange_weak(&s->newest_ms, &newest, ms))
        ;
}

bool stamps_plausible(const struct stamps *s)
{
    return clock_wall(s->wall) >= s->built_ms;
}

int64_t stamps_behind_ms(const struct stamps *s)
{
    int64_t behind = atomic_load(&s->newest_ms) - clock_wall(s->wall);
    return behind > STAMPS_SLACK_MS ? behind : 0;
}
