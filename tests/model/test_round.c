/* SPDX-License-Identifier: Apache-2.0 */
/* A round read wrongly compares a county with the wrong year. */
#include "tap/tap.h"

#include <string.h>

#include "model/round.h"

static void reads(const char *text, const char *want)
{
    struct round round;
    char printed[ROUND_TEXT] = "refused";
    if (round_parse(text, strlen(text), &round) == 0)
        round_print(round, printed);
    ok(strcmp(printed, want) == 0, "\"%s\" is %s (got %s)", text, want, printed);
}

static void test_cmp(void)
{
    struct round y2024 = {2024, 0}, y2025 = {2025, 0}, oct = {2024, 10}, nov = {2024, 11};
    is_int(round_cmp(y2024, y2025), -1, "years in order");
    is_int(round_cmp(nov, oct), 1, "months in order");
    is_int(round_cmp(oct, oct), 0, "equal");
    ok(!round_same_series(y2024, oct) && round_same_series(oct, nov), "two series");
    is_int(round_cmp(y2025, oct), -1, "the yearly series stands before the monthly");
    is_int(round_reference(y2025).month, 9, "a school year is counted on 1 September");
    is_int(round_reference(oct).month, 10, "a month on its first day");
    ok(round_is_future(y2025, (struct date){2025, 8, 31}), "the day before is too early");
    ok(!round_is_future(y2025, (struct date){2025, 9, 1}), "the day itself is not");
}

int main(void)
{
    reads("2025", "2025");
    reads("2025年", "2025");
    reads("2025学年", "2025");
    reads("2025-10", "2025-10");
    reads("2025-01", "2025-01");
    reads("2025-2026学年", "2025");
    reads("2025-2026", "2025");
    reads("2024—2025", "2024");
    reads("2024–2025学年度", "2024");
    reads("2024~2025", "2024");
    const char *bad[] = {"",          "25",        "2025-13",   "2025-00",  "2025-1",
                         "2024-2026", "2025-2024", "20251",     "2025 ",    "2025-",
                         "1025",      "2025年10",  "2025-10年", "99999999", "2025x2026"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        reads(bad[i], "refused");
    test_cmp();
    return done_testing();
}
