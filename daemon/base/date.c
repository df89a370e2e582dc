/* SPDX-License-Identifier: Apache-2.0 */
#include "base/date.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"

#include <junheng/plugin.h>

static const int64_t DAY_MS = 24 * 60 * 60 * 1000, SHANGHAI_MS = 8 * 60 * 60 * 1000;

int date_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static int64_t days_of(struct date d)
{
    int64_t y = d.year - (d.month <= 2), m = d.month;
    int64_t era = (y >= 0 ? y : y - 399) / 400, yoe = y - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

static struct date of_days(int64_t z)
{
    z += 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    int64_t month = mp < 10 ? mp + 3 : mp - 9;
    return (struct date){(int16_t)(yoe + era * 400 + (month <= 2)), (int8_t)month,
                         (int8_t)(doy - (153 * mp + 2) / 5 + 1)};
}

static int digits(const char *p, size_t n, int min, int max, int *ret)
{
    int64_t v;
    if (*p == '-' || num_parse_int(p, n, min, max, &v))
        return JH_EINVAL;
    *ret = (int)v;
    return 0;
}

int date_parse(const char *p, size_t len, struct date *ret)
{
    int y, m, d;
    if (len != 10 || p[4] != '-' || p[7] != '-' || digits(p, 4, 1, 9999, &y) ||
        digits(p + 5, 2, 1, 12, &m) || digits(p + 8, 2, 1, 31, &d) ||
        d > date_days_in_month(y, m))
        return JH_EINVAL;
    *ret = (struct date){(int16_t)y, (int8_t)m, (int8_t)d};
    return 0;
}

void date_print(struct date d, char text[DATE_TEXT])
{
    snprintf(text, DATE_TEXT, "%04d-%02d-%02d", d.year, d.month, d.day);
}

int date_cmp(struct date a, struct date b)
{
    int64_t x = a.year * 10000 + a.month * 100 + a.day;
    int64_t y = b.year * 10000 + b.month * 100 + b.day;
    return x < y ? -1 : x > y;
}

struct date date_add_months(struct date d, int months)
{
    int n = d.year * 12 + d.month - 1 + months;
    int year = n / 12, month = n % 12 + 1;
    int last = date_days_in_month(year, month);
    return (struct date){(int16_t)year, (int8_t)month,
                         (int8_t)(d.day < last ? d.day : last)};
}

struct date date_add_days(struct date d, int days)
{
    return of_days(days_of(d) + days);
}

int date_weekday(struct date d)
{
    int64_t since = (days_of(d) + 3) % 7; /* 1970-01-01 was a Thursday */
    return (int)(since < 0 ? since + 7 : since) + 1;
}

struct date date_of_ms(int64_t ms)
{
    int64_t local = ms + SHANGHAI_MS;
    int64_t days = local / DAY_MS - (local % DAY_MS < 0);
    return of_days(days);
}

int64_t date_to_ms(struct date d)
{
    return days_of(d) * DAY_MS - SHANGHAI_MS;
}

void date_stamp(int64_t ms, char text[DATE_TEXT])
{
    char day[DATE_TEXT], clock[DATE_TEXT];
    date_print(date_of_ms(ms), day);
    date_clock(ms, 1, clock);
    snprintf(text, DATE_TEXT, "%.10sT%.8s+08:00", day, clock);
}

void date_clock(int64_t ms, int with_seconds, char text[DATE_TEXT])
{
    int64_t s = (ms - date_to_ms(date_of_ms(ms))) / 1000;
    int hour = (int)(s / 3600), minute = (int)(s / 60 % 60);
    if (with_seconds)
        snprintf(text, DATE_TEXT, "%02d:%02d:%02d", hour, minute, (int)(s % 60));
    else
        snprintf(text, DATE_TEXT, "%02d:%02d", hour, minute);
}

int date_parse_stamp(const char *p, size_t len, int64_t *ret_ms)
{
    struct date day;
    int h, m, s;
    if (len < 20 || date_parse(p, 10, &day) || p[10] != 'T' || p[13] != ':' ||
        p[16] != ':' || digits(p + 11, 2, 0, 23, &h) || digits(p + 14, 2, 0, 59, &m) ||
        digits(p + 17, 2, 0, 59, &s))
        return JH_EINVAL;
    int64_t ms = date_to_ms(day) + ((int64_t)h * 3600 + m * 60 + s) * 1000;
    if (len == 20 && p[19] == 'Z')
        ms += SHANGHAI_MS;
    else if (len != 25 || memcmp(p + 19, "+08:00", 6) != 0)
        return JH_EINVAL;
    *ret_ms = ms;
    return 0;
}
