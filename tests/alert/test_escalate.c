/* SPDX-License-Identifier: Apache-2.0 */
/* Why: what nobody looks after must reach somebody above, and never be kept back by a mistake. */
#include <string.h>

#include "alert/escalate.h"
#include "alert/silence.h"
#include "tap/tap.h"

static const struct workdays WEEKS = {NULL, 0};

/* 10:00 in Shanghai. */
static int64_t at(int16_t year, int8_t month, int8_t day)
{
    return date_to_ms((struct date){year, month, day}) + 10 * 3600 * 1000;
}

static void test_due(void)
{
    struct escalation e = {.told_ms = at(2025, 3, 3)}; /* a Monday */
    ok(!escalation_due(&e, &WEEKS, 5, at(2025, 3, 10)),
       "the fifth working day is theirs");
    ok(escalation_due(&e, &WEEKS, 5, at(2025, 3, 11)), "after it, it goes up");
    ok(!escalation_due(&e, &WEEKS, 0, at(2030, 1, 1)), "0 is never");
    e.escalated_ms = at(2025, 3, 11);
    ok(!escalation_due(&e, &WEEKS, 5, at(2025, 3, 18)), "the next level has as long");
    ok(escalation_due(&e, &WEEKS, 5, at(2025, 3, 19)), "then it goes further up");

    struct escalation held = {.told_ms = at(2025, 3, 3), .acknowledged = true};
    ok(!escalation_due(&held, &WEEKS, 5, at(2026, 3, 3)),
       "what somebody has in hand does not");
    held.month_end_ms = date_to_ms((struct date){2025, 7, 1});
    ok(!escalation_due(&held, &WEEKS, 5, at(2025, 6, 30)),
       "nor before the month they named is over");
    ok(escalation_due(&held, &WEEKS, 5, at(2025, 7, 1)), "then it does, at once");
    held.escalated_ms = at(2025, 7, 1);
    ok(!escalation_due(&held, &WEEKS, 5, at(2025, 7, 2)), "once");
    held.acknowledged = false;
    held.told_ms = at(2025, 7, 1); /* it expired on that day */
    ok(!escalation_due(&held, &WEEKS, 5, at(2025, 7, 8)),
       "and from there by working days");
    ok(escalation_due(&held, &WEEKS, 5, at(2025, 7, 9)), "again");
}

static void test_level(void)
{
    static const char *const C[] = {"340103"}, *const P[] = {"34"}, *const Q[] = {"35"};
    const struct office offices[] = {
        {.id = "county", .level = LEVEL_COUNTY, .covers = C, .n_covers = 1},
        {.id = "other", .level = LEVEL_CITY, .covers = Q, .n_covers = 1},
        {.id = "province", .level = LEVEL_PROVINCE, .covers = P, .n_covers = 1},
        {.id = "nation", .level = LEVEL_NATION}};
    const struct route_table table = {.offices = offices, .n_offices = 4};
    const struct route_subject subject = {.county = "340103"};
    bool told[4] = {true, false, false, false};
    is_int(escalation_level(&table, &subject, told), LEVEL_PROVINCE,
           "a level without an office that covers the county is passed over");
    told[2] = true;
    is_int(escalation_level(&table, &subject, told), LEVEL_NATION, "then the nation");
    told[3] = true;
    is_int(escalation_level(&table, &subject, told), -1, "nobody is above it");
    memset(told, 0, sizeof told);
    is_int(escalation_level(&table, &subject, told), LEVEL_PROVINCE,
           "told to nobody, it goes to the level above the county's");
}

static void test_silence(void)
{
    static const char *const division[] = {"34", "3401"};
    const struct route_subject s = {.kind = "slip",
                                    .severity = "critical",
                                    .standard = "basic-2012",
                                    .county = "ZONE7",
                                    .division = division,
                                    .n_division = 2};
    ok(silence_matches(&(struct silence_match){.county = "ZONE7"}, &s), "by county");
    ok(!silence_matches(&(struct silence_match){.county = "ZONE"}, &s),
       "a county is no prefix");
    ok(silence_matches(&(struct silence_match){.region = "3401"}, &s),
       "by a region above it");
    ok(!silence_matches(&(struct silence_match){.region = "35"}, &s), "not by another");
    ok(silence_matches(&(struct silence_match){.kind = "slip", .region = "34"}, &s),
       "by two");
    ok(!silence_matches(&(struct silence_match){.kind = "warning", .region = "34"}, &s),
       "both must hold");
}

int main(void)
{
    test_due();
    test_level();
    test_silence();
    return done_testing();
}
