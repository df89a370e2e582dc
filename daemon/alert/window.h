/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an office may be disturbed: not in its quiet hours, and if it says so on working days
 * alone. Days and hours are those of Shanghai. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/workday.h"

enum {
    WINDOW_QUIET = 8,         /* spans at most */
    WINDOW_LONGEST_DAYS = 60, /* no window stays closed longer, whatever the calendar */
    WINDOW_DAY_MINUTES = 24 * 60
};

/* From one minute of the day to before another; over midnight where that is the earlier one. */
struct window_span {
    int from, to;
};

struct window {
    struct window_span quiet[WINDOW_QUIET];
    size_t n_quiet;
    bool workdays_only;
    unsigned urgent; /* bits 1 << severity: these are let through at any time */
};

/* "22:00-07:00", each from 00:00 to 24:00; JH_EINVAL, also where it is no time at all. */
int window_span_parse(const char *text, struct window_span *ret);
/* Is there a minute in which it is open? */
bool window_opens(const struct window *window);
/* The first moment from `ms` on in which it is open: `ms` itself, if it is. */
int64_t window_open_at(const struct window *window, const struct workdays *calendar,
                       int64_t ms);
