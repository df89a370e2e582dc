/* SPDX-License-Identifier: Apache-2.0 */
#include "base/workday.h"

enum { SATURDAY = 6 };

/* The first entry that is not before the date. */
static size_t find(const struct workdays *days, struct date date)
{
    size_t low = 0, high = days->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (date_cmp(days->list[middle].date, date) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool workday_is(const struct workdays *days, struct date date)
{
    size_t i = find(days, date);
    if (i < days->n && date_cmp(days->list[i].date, date) == 0)
        return days->list[i].works;
    return date_weekday(date) < SATURDAY;
}

bool workday_knows(const struct workdays *days, int year)
{
    size_t i = find(days, (struct date){(int16_t)year, 1, 1});
    return i < days->n && days->list[i].date.year == year;
}

/* A calendar that knows no working day any more still ends the search: after it come weeks. */
struct date workday_after(const struct workdays *days, struct date date, int n)
{
    while (n > 0) {
        date = date_add_days(date, 1);
        n -= workday_is(days, date);
    }
    return date;
}
