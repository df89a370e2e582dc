/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/window.h"

#include <junheng/plugin.h>

enum { MINUTE_MS = 60 * 1000, STEPS_MAX = WINDOW_LONGEST_DAYS * (WINDOW_QUIET + 1) };

/* "07:30", to "24:00"; -1: none. Moves on behind it. */
static int read_minute(const char **text)
{
    const char *p = *text;
    int digits[4];
    for (int i = 0; i < 5; i++) {
        if (i == 2 ? p[i] != ':' : p[i] < '0' || p[i] > '9')
            return -1;
        if (i != 2)
            digits[i - (i > 2)] = p[i] - '0';
    }
    int hour = digits[0] * 10 + digits[1], minute = digits[2] * 10 + digits[3];
    *text = p + 5;
    return minute > 59 || hour * 60 + minute > WINDOW_DAY_MINUTES ? -1
                                                                  : hour * 60 + minute;
}

int window_span_parse(const char *text, struct window_span *ret)
{
    int from = read_minute(&text);
    if (from < 0 || *text++ != '-')
        return JH_EINVAL;
    int to = read_minute(&text);
    if (to < 0 || *text || to == from || from == WINDOW_DAY_MINUTES)
        return JH_EINVAL;
    *ret = (struct window_span){from, to};
    return 0;
}

static bool holds(const struct window_span *span, int minute)
{
    return span->from < span->to ? minute >= span->from && minute < span->to
                                 : minute >= span->from || minute < span->to;
}

static const struct window_span *quiet_at(const struct window *window, int minute)
{
    for (size_t i = 0; i < window->n_quiet; i++)
        if (holds(&window->quiet[i], minute))
            return &window->quiet[i];
    return NULL;
}

bool window_opens(const struct window *window)
{
    for (int minute = 0; minute < WINDOW_DAY_MINUTES; minute++)
        if (!quiet_at(window, minute))
            return true;
    return false;
}

static int64_t at_minute(struct date day, int minute)
{
    return date_to_ms(day) + (int64_t)minute * MINUTE_MS;
}

/* A calendar without a working day ends the search all the same. */
int64_t window_open_at(const struct window *window, const struct workdays *calendar,
                       int64_t ms)
{
    int64_t at = ms;
    for (int i = 0; i < STEPS_MAX; i++) {
        struct date day = date_of_ms(at), next = date_add_days(day, 1);
        int minute = (int)((at - date_to_ms(day)) / MINUTE_MS);
        const struct window_span *span = quiet_at(window, minute);
        if (window->workdays_only && !workday_is(calendar, day))
            at = date_to_ms(next);
        else if (span)
            at = at_minute(minute < span->to ? day : next, span->to);
        else
            break;
    }
    return at;
}
