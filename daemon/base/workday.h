/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working days: Monday to Friday, but for what a calendar says of single days, as the State
 * Council announces them every autumn (a Sunday that is worked for a free Monday). Days of
 * Shanghai, counted as days. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"

struct workday {
    struct date date;
    bool works; /* else a holiday */
};

/* Sorted by date, each once. n 0: nothing is known but the days of the week. */
struct workdays {
    const struct workday *list;
    size_t n;
};

bool workday_is(const struct workdays *days, struct date date);
/* Has the calendar anything to say about the year? */
bool workday_knows(const struct workdays *days, int year);
/* The n-th working day after a date; n 0 is the date itself. */
struct date workday_after(const struct workdays *days, struct date date, int n);
