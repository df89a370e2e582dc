/* SPDX-License-Identifier: Apache-2.0 */
/* Why: nobody is woken for what can wait, and nothing waits for ever. */
#include <stdio.h>
#include <string.h>

#include "alert/kind.h"
#include "alert/route.h"
#include "alert/window.h"
#include "tap/tap.h"

static const struct workdays WEEKS = {NULL, 0};

static void opens(const struct window *w, const struct workdays *days, const char *when,
                  const char *want, const char *name)
{
    char text[DATE_TEXT], stamp[DATE_TEXT];
    int64_t ms;
    snprintf(stamp, sizeof stamp, "%s:00+08:00", when);
    if (date_parse_stamp(stamp, strlen(stamp), &ms))
        bail(when);
    date_stamp(window_open_at(w, days, ms), text);
    text[16] = '\0';
    is_str(text, want, name);
}

static struct window quiet(const char *a, const char *b, bool workdays_only)
{
    struct window w = {.workdays_only = workdays_only};
    if (a && window_span_parse(a, &w.quiet[w.n_quiet++]))
        bail(a);
    if (b && window_span_parse(b, &w.quiet[w.n_quiet++]))
        bail(b);
    return w;
}

static void test_hours(void)
{
    struct window none = {0}, night = quiet("22:00-07:00", NULL, false),
                  noon = quiet("12:00-14:30", "22:00-24:00", false);
    opens(&none, &WEEKS, "2025-03-01T03:00", "2025-03-01T03:00",
          "who asks for nothing is told at any time");
    opens(&night, &WEEKS, "2025-03-03T21:59", "2025-03-03T21:59",
          "the last minute before");
    opens(&night, &WEEKS, "2025-03-03T22:00", "2025-03-04T07:00", "over midnight");
    opens(&night, &WEEKS, "2025-02-28T23:30", "2025-03-01T07:00",
          "over the end of a month");
    opens(&night, &WEEKS, "2025-03-04T06:59", "2025-03-04T07:00",
          "after midnight until the same morning");
    opens(&noon, &WEEKS, "2025-03-03T13:00", "2025-03-03T14:30", "at noon");
    opens(&noon, &WEEKS, "2025-03-03T23:00", "2025-03-04T00:00", "to the end of the day");
}

/* 调休: Sunday the 8th is worked for Monday the 10th. */
static void test_days(void)
{
    static const struct workday LIST[] = {{{2031, 3, 8}, true}, {{2031, 3, 10}, false}};
    static const struct workdays CALENDAR = {LIST, 2};
    struct window days = quiet(NULL, NULL, true), both = quiet("18:00-08:30", NULL, true);
    opens(&days, &WEEKS, "2031-03-07T23:59", "2031-03-07T23:59", "a Friday, to its end");
    opens(&days, &WEEKS, "2031-03-08T00:00", "2031-03-10T00:00",
          "a Saturday waits for Monday");
    opens(&days, &CALENDAR, "2031-03-08T10:00", "2031-03-08T10:00",
          "unless it is worked");
    opens(&days, &CALENDAR, "2031-03-09T10:00", "2031-03-11T00:00",
          "and then the Monday is free");
    opens(&both, &WEEKS, "2031-03-07T18:00", "2031-03-10T08:30",
          "hours and days together");
    opens(&both, &CALENDAR, "2031-03-08T06:00", "2031-03-08T08:30",
          "on a Saturday that is worked, too");
}

static void test_texts(void)
{
    static const char *const WRONG[] = {"",
                                        "22:00",
                                        "22:00-22:00",
                                        "2:00-07:00",
                                        "22:00-25:00",
                                        "22:60-07:00",
                                        "24:00-07:00",
                                        "22:00-07:00 "};
    struct window_span span;
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++)
        ok(window_span_parse(WRONG[i], &span) != 0, "no hours: \"%s\"", WRONG[i]);
    struct window all = quiet("00:00-12:00", "12:00-24:00", false),
                  most = quiet("00:00-12:00", "12:01-24:00", false);
    ok(!window_opens(&all), "one that never opens is known");
    ok(window_opens(&most), "a minute is enough");
}

static void test_urgent(void)
{
    struct office office = {.id = "x", .window = quiet("22:00-07:00", NULL, false)};
    int64_t ms = date_to_ms((struct date){2025, 3, 3});
    office.window.urgent = 1u << SEVERITY_CRITICAL;
    ok(office_open_at(&office, &WEEKS, "critical", ms) == ms, "critical is let through");
    ok(office_open_at(&office, &WEEKS, "warning", ms) > ms, "a warning is not");
    ok(office_open_at(&office, &WEEKS, NULL, ms) > ms, "nor what has none");
}

int main(void)
{
    test_hours();
    test_days();
    test_texts();
    test_urgent();
    return done_testing();
}
