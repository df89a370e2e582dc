/* SPDX-License-Identifier: Apache-2.0 */
/* Thousands of sources must not hit a portal in one second, nor a dead one for ever. */
#include <stdio.h>

#include "poll/schedule.h"
#include "tap/tap.h"

static const int64_t HOUR = 3600 * 1000;

static void first(void)
{
    char name[32];
    struct schedule s = {name, 6 * HOUR, 0, HOUR};
    int64_t least = INT64_MAX, most = -1, halves[2] = {0, 0};
    name[0] = '\0';
    is_int(schedule_first(&s, 100), 0, "a hundred start at once");
    for (int i = 0; i < 3000; i++) {
        snprintf(name, sizeof name, "county-%d", i);
        int64_t wait = schedule_first(&s, 3000);
        halves[wait >= 15000]++;
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
    }
    ok(least >= 0 && most < 30000, "3,000 start within 30 s: %lld .. %lld",
       (long long)least, (long long)most);
    ok(halves[0] > 1300 && halves[1] > 1300, "evenly: %lld and %lld",
       (long long)halves[0], (long long)halves[1]);
    s.interval_ms = 1000;
    ok(schedule_first(&s, 3000) < 1000, "never later than the interval");
    s.interval_ms = 6 * HOUR;
    ok(schedule_first(&s, 1000000) < SCHEDULE_SPREAD_MS, "never later than a minute");
}

static void next(void)
{
    struct schedule s = {"anhui", HOUR, 60000, HOUR}, t = s;
    int64_t least = INT64_MAX, most = -1, sum = 0;
    for (int i = 0; i < 1000; i++) {
        int64_t wait = schedule_next(&s, i);
        least = wait < least ? wait : least;
        most = wait > most ? wait : most;
        sum += wait;
    }
    ok(least >= HOUR - 60000 && most <= HOUR + 60000, "interval less and plus jitter");
    ok(most - least > 100000, "and all of it is used");
    ok(sum / 1000 > HOUR - 6000 && sum / 1000 < HOUR + 6000, "the mean is the interval");
    is_int(schedule_next(&s, 7), schedule_next(&s, 7), "the same every time");
    t.name = "fujian";
    ok(schedule_next(&s, 7) != schedule_next(&t, 7), "another source, another moment");
    s.jitter_ms = 0;
    is_int(schedule_next(&s, 7), HOUR, "without jitter exactly the interval");
    s.jitter_ms = 10 * HOUR;
    for (int i = 0; i < 100; i++)
        least = schedule_next(&s, i) < least ? schedule_next(&s, i) : least;
    ok(least >= HOUR / 2, "too large a jitter does not make it poll all the time");
}

static void backoff(void)
{
    struct schedule s = {"anhui", 6 * HOUR, 60000, 10 * 60000};
    static const int64_t waits[] = {30, 60, 120, 240, 480, 600, 600};
    for (int i = 0; i < 7; i++)
        is_int(schedule_backoff(&s, i + 1, 0), waits[i] * 1000,
               "doubles up to the maximum");
    is_int(schedule_backoff(&s, 1000000, 0), 600000, "and stays there");
    is_int(schedule_backoff(&s, 1, 45000), 45000, "a source may ask for a longer wait");
    is_int(schedule_backoff(&s, 1, 1000), 30000, "not for a shorter one");
    is_int(schedule_backoff(&s, 1, 7 * HOUR), 600000, "nor for one beyond the maximum");
    s.interval_ms = 5000;
    is_int(schedule_backoff(&s, 1, 0), 5000, "a short interval is a short first wait");
    s.backoff_max_ms = 0;
    is_int(schedule_backoff(&s, 1000, 0), HOUR, "an hour at most where nothing is said");
    s.backoff_max_ms = 1000;
    is_int(schedule_backoff(&s, 1, 0), 1000, "a maximum below the first wait wins");
    s.interval_ms = 0;
    is_int(schedule_backoff(&s, 3, 0), 1, "never without any wait");
}

int main(void)
{
    first();
    next();
    backoff();
    return done_testing();
}
