/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <junheng/plugin.h>

#include "base/num.h"

static int64_t read_clock(clockid_t id)
{
    struct timespec t;
    clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_wall(const struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_REALTIME);
}

static int64_t real_mono(const struct clock *clock)
{
    (void)clock;
    return read_clock(CLOCK_MONOTONIC);
}

struct clock clock_real(void)
{
    return (struct clock){real_wall, real_mono, -1, 0};
}

static int64_t fixed(const struct clock *clock)
{
    return clock->fixed_ms;
}

struct clock clock_fixed(int64_t ms)
{
    return (struct clock){fixed, fixed, -1, ms};
}

static int64_t from_file(const struct clock *clock)
{
    char text[24];
    int64_t ms = 0;
    ssize_t n = pread(clock->fd, text, sizeof text, 0);
    while (n > 0 && (text[n - 1] < '0' || text[n - 1] > '9'))
        n--;
    if (n <= 0 || num_parse_int(text, (size_t)n, 0, INT64_MAX, &ms))
        return clock->fixed_ms; /* being rewritten: the time it had at the start */
    return ms;
}

int clock_file(const char *path, struct clock *ret)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return JH_EIO;
    struct clock c = {from_file, from_file, fd, 0};
    c.fixed_ms = from_file(&c);
    *ret = c;
    return 0;
}

void clock_done(struct clock *clock)
{
    if (clock->fd >= 0)
        close(clock->fd);
    clock->fd = -1;
}
