/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/moment.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"

#include <junheng/plugin.h>

enum { STEP_MAX = 100000, YEAR_MAX = 9000 };

struct unit {
    const char *name;
    int months, days;
    int64_t ms;
};

static const struct unit UNITS[] = {
    {"s", 0, 0, 1000}, {"m", 0, 0, 60000}, {"h", 0, 0, 3600000}, {"d", 0, 1, 0},
    {"w", 0, 7, 0},    {"mo", 1, 0, 0},    {"y", 12, 0, 0},      {0}};

static int later(const char *text, int64_t from_ms, int64_t *ret_ms)
{
    size_t digits = strspn(text, "0123456789");
    const struct unit *u = UNITS;
    int64_t n;
    while (u->name && strcmp(u->name, text + digits) != 0)
        u++;
    if (!u->name || !digits || num_parse_int(text, digits, 0, STEP_MAX, &n))
        return JH_EINVAL;
    struct date day = date_of_ms(from_ms);
    int64_t time_of_day = from_ms - date_to_ms(day);
    if (u->months && n * u->months / 12 > YEAR_MAX - day.year)
        return JH_EINVAL;
    day = date_add_months(day, (int)n * u->months);
    day = date_add_days(day, (int)n * u->days);
    *ret_ms = date_to_ms(day) + time_of_day + n * u->ms;
    return 0;
}

int moment_parse(const char *text, int64_t from_ms, int64_t *ret_ms)
{
    static const char REST[] = "T00:00:00+08:00";
    char stamp[DATE_TEXT];
    size_t len = strlen(text);
    if (*text == '+')
        return later(text + 1, from_ms, ret_ms);
    const char *rest = len == 10   ? REST
                       : len == 16 ? REST + 6
                       : len == 19 ? REST + 9
                                   : "";
    if (len + strlen(rest) >= sizeof stamp)
        return JH_EINVAL;
    snprintf(stamp, sizeof stamp, "%s%s", text, rest);
    return date_parse_stamp(stamp, strlen(stamp), ret_ms);
}
