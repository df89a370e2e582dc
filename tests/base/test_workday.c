/* SPDX-License-Identifier: Apache-2.0 */
/* Why: "within five working days" is a promise that people count by the calendar on their wall. */
#include "base/workday.h"
#include "tap/tap.h"

/* The National Day of 2025 as the State Council announced it, and New Year's Day of 2026. */
static const struct workday DAYS[] = {
    {{2025, 9, 28}, true}, /* a Sunday that is worked */
    {{2025, 10, 1}, false}, {{2025, 10, 2}, false}, {{2025, 10, 3}, false},
    {{2025, 10, 6}, false}, {{2025, 10, 7}, false}, {{2025, 10, 8}, false},
    {{2025, 10, 11}, true}, /* a Saturday */
    {{2026, 1, 1}, false},  {{2026, 1, 2}, false},  {{2026, 1, 4}, true},
};
static const struct workdays CALENDAR = {DAYS, sizeof DAYS / sizeof *DAYS};
static const struct workdays NONE = {NULL, 0};

static void after(const struct workdays *days, struct date from, int n, const char *want,
                  const char *name)
{
    char text[DATE_TEXT];
    date_print(workday_after(days, from, n), text);
    is_str(text, want, name);
}

static void test_days(void)
{
    is_int(date_weekday((struct date){1970, 1, 1}), 4, "1970 began with a Thursday");
    is_int(date_weekday((struct date){2024, 2, 29}), 4, "a leap day has its weekday");
    is_int(date_weekday((struct date){1969, 12, 28}), 7, "so has a day before 1970");
    ok(workday_is(&NONE, (struct date){2025, 10, 1}),
       "without a calendar a Wednesday is worked");
    ok(!workday_is(&NONE, (struct date){2025, 9, 28}), "and a Sunday is not");
    ok(!workday_is(&CALENDAR, (struct date){2025, 10, 1}), "with one a holiday is not");
    ok(workday_is(&CALENDAR, (struct date){2025, 9, 28}),
       "and a Sunday that is worked for it is");
    ok(!workday_is(&CALENDAR, (struct date){2025, 10, 4}),
       "a weekend within a holiday needs no entry");
    ok(workday_knows(&CALENDAR, 2025) && workday_knows(&CALENDAR, 2026),
       "it knows its years");
    ok(!workday_knows(&CALENDAR, 2024) && !workday_knows(&CALENDAR, 2027) &&
           !workday_knows(&NONE, 2025),
       "and says of which it knows nothing");
}

static void test_after(void)
{
    after(&NONE, (struct date){2025, 1, 31}, 1, "2025-02-03", "a month ends on a Friday");
    after(&NONE, (struct date){2024, 2, 28}, 1, "2024-02-29", "a leap day is counted");
    after(&NONE, (struct date){2025, 12, 31}, 2, "2026-01-02", "a year ends");
    after(&CALENDAR, (struct date){2025, 12, 31}, 1, "2026-01-04",
          "by the calendar on a Sunday that is worked");
    after(&CALENDAR, (struct date){2025, 9, 30}, 1, "2025-10-09",
          "after the holiday comes a Thursday");
    after(&CALENDAR, (struct date){2025, 9, 30}, 3, "2025-10-11",
          "then a Saturday that is worked");
    after(&CALENDAR, (struct date){2025, 9, 26}, 1, "2025-09-28",
          "before it a Sunday that is worked");
    after(&CALENDAR, (struct date){2025, 10, 4}, 0, "2025-10-04",
          "none is the day itself");
    after(&NONE, (struct date){2025, 1, 1}, 250, "2025-12-17", "fifty weeks");
}

int main(void)
{
    test_days();
    test_after();
    return done_testing();
}
