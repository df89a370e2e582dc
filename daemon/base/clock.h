/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way to ask for the time, so that tests can turn it. clock_real() is the system's;
 * clock_file() reads milliseconds since 1970 from a small file at every call, so a test of
 * the whole daemon turns its clock by writing that file. Passed down, never global. Any thread.
 */
#pragma once

#include <stdint.h>

struct clock {
    int64_t (*wall_ms)(const struct clock *clock); /* since 1970, UTC: for stamps */
    int64_t (*mono_ms)(const struct clock *clock); /* never goes back: for intervals */
    int fd;                                        /* of clock_file(), else -1 */
    int64_t fixed_ms;                              /* of clock_fixed() */
};

struct clock clock_real(void);
/* Both clocks stand at ms until the caller changes fixed_ms. */
struct clock clock_fixed(int64_t ms);
/* Both clocks show what the file holds. JH_EIO if it cannot be opened. */
int clock_file(const char *path, struct clock *ret);
void clock_done(struct clock *clock);

static inline int64_t clock_wall(const struct clock *clock)
{
    return clock->wall_ms(clock);
}

static inline int64_t clock_mono(const struct clock *clock)
{
    return clock->mono_ms(clock);
}
