/* SPDX-License-Identifier: Apache-2.0 */
/* Time in tests of rules goes by the calendar: a month later is a month later, at the same time of
 * day, and what is no time is refused. */
#include "ctl/moment.h"

#include <string.h>

#include "base/date.h"
#include "tap/tap.h"

static void later(const char *from, const char *text, const char *want)
{
    int64_t ms = 0, at = 0;
    char stamp[DATE_TEXT] = "refused";
    date_parse_stamp(from, strlen(from), &ms);
    if (!moment_parse(text, ms, &at))
        date_stamp(at, stamp);
    is_str(stamp, want, text);
}

int main(void)
{
    static const char *const JANUARY = "2023-01-31T09:30:00+08:00";
    later(JANUARY, "2022-10-01", "2022-10-01T00:00:00+08:00");
    later(JANUARY, "2022-10-01T09:00", "2022-10-01T09:00:00+08:00");
    later(JANUARY, "2022-10-01T09:00:07", "2022-10-01T09:00:07+08:00");
    later(JANUARY, "2022-10-01T01:00:00Z", "2022-10-01T09:00:00+08:00");
    later(JANUARY, "+0d", "2023-01-31T09:30:00+08:00");
    later(JANUARY, "+90s", "2023-01-31T09:31:30+08:00");
    later(JANUARY, "+30m", "2023-01-31T10:00:00+08:00");
    later(JANUARY, "+15h", "2023-02-01T00:30:00+08:00");
    later(JANUARY, "+1d", "2023-02-01T09:30:00+08:00");
    later(JANUARY, "+2w", "2023-02-14T09:30:00+08:00");
    later(JANUARY, "+1mo", "2023-02-28T09:30:00+08:00");
    later(JANUARY, "+13mo", "2024-02-29T09:30:00+08:00");
    later(JANUARY, "+1y", "2024-01-31T09:30:00+08:00");
    for (const char *const *wrong =
             (const char *const[]){"", "+", "+1", "+d", "+1 d", "-1d", "+1dd", "+1.5d",
                                   "2023-02-29", "2022-10-01T24:00", "2022-10-01 09:00",
                                   "2022-10-1", "+999999999999d", "+99999y", "now", 0};
         *wrong; wrong++)
        later(JANUARY, *wrong, "refused");
    return done_testing();
}
