/* SPDX-License-Identifier: Apache-2.0 */
/* Days are those of Shanghai whatever the machine is set to, months are months and not 30 days,
 * and every day that there is comes after the one before it. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "tap/tap.h"

static struct date day_of(const char *text)
{
    struct date d = {0};
    date_parse(text, strlen(text), &d);
    return d;
}

static void is_date(struct date got, const char *want, const char *name)
{
    char text[DATE_TEXT];
    date_print(got, text);
    is_str(text, want, name);
}

static void check_months(void)
{
    is_date(date_add_months(day_of("2023-01-31"), 1), "2023-02-28",
            "the end of January + 1");
    is_date(date_add_months(day_of("2024-01-31"), 1), "2024-02-29", "in a leap year");
    is_date(date_add_months(day_of("2024-02-29"), 12), "2025-02-28",
            "a leap day + a year");
    is_date(date_add_months(day_of("2024-02-29"), 48), "2028-02-29", "+ four years");
    is_date(date_add_months(day_of("2023-08-31"), 1), "2023-09-30",
            "the end of August + 1");
    is_date(date_add_months(day_of("2023-10-31"), 4), "2024-02-29",
            "over the end of a year");
    is_date(date_add_months(day_of("2023-12-31"), -1), "2023-11-30", "a month back");
    is_date(date_add_months(day_of("2024-01-15"), -1), "2023-12-15",
            "into the year before");
    is_date(date_add_months(day_of("2024-03-31"), -1), "2024-02-29", "from March back");
    is_date(date_add_months(day_of("2100-01-31"), 1), "2100-02-28",
            "2100 is no leap year");
}

static void check_days(void)
{
    is_date(date_add_days(day_of("2023-12-31"), 1), "2024-01-01", "New Year");
    is_date(date_add_days(day_of("2024-02-28"), 1), "2024-02-29", "a leap day");
    is_date(date_add_days(day_of("2024-03-01"), -1), "2024-02-29", "and back");
    is_date(date_add_days(day_of("2000-02-28"), 366), "2001-02-28", "a leap year long");
}

/* Each day of 400 years, by three ways that know nothing of each other. */
static void check_calendar(void)
{
    struct date d = day_of("1970-01-01");
    int64_t ms = date_to_ms(d);
    int wrong = 0;
    for (int i = 0; i < 146097; i++) {
        time_t s = (time_t)(ms / 1000) + 8 * 3600;
        struct tm tm;
        gmtime_r(&s, &tm);
        struct date next = date_add_days(d, 1);
        wrong += tm.tm_year + 1900 != d.year || tm.tm_mon + 1 != d.month ||
                 tm.tm_mday != d.day || date_cmp(date_of_ms(ms), d) != 0 ||
                 date_cmp(d, next) >= 0 || date_to_ms(next) <= ms;
        d = next;
        ms = date_to_ms(d);
    }
    is_int(wrong, 0, "400 years of days, as the C library counts them");
}

static void check_zone(void)
{
    char text[DATE_TEXT];
    int64_t ms;
    is_int(date_parse_stamp("2023-11-05T00:30:00+08:00", 25, &ms), 0, "a stamp");
    setenv("TZ", "America/New_York", 1); /* whose clocks are set back on that day */
    tzset();
    date_stamp(ms, text);
    is_str(text, "2023-11-05T00:30:00+08:00", "is the same in any zone of the machine");
    is_date(date_of_ms(ms), "2023-11-05", "so is its day");
    is_date(date_of_ms(ms - 31 * 60 * 1000), "2023-11-04", "which begins at midnight");
    is_int(date_to_ms(day_of("2023-11-06")) - date_to_ms(day_of("2023-11-05")),
           INT64_C(24) * 3600 * 1000, "and has 24 hours");
    is_int(date_parse_stamp("2023-11-04T16:30:00Z", 20, &ms), 0, "the same in UTC");
    date_stamp(ms, text);
    is_str(text, "2023-11-05T00:30:00+08:00", "is told in Shanghai's time");
}

int main(void)
{
    check_months();
    check_days();
    check_calendar();
    check_zone();
    return done_testing();
}
