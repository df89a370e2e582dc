/* SPDX-License-Identifier: Apache-2.0 */
/* Why: a school that is recorded as closed is not missed; a record of another year, county or
 * school must not excuse one that has gone missing. */
#include "model/closed.h"

#include <stdlib.h>

#include "tap/tap.h"

enum { NONE = -1 };

static struct closed_school list[] = {
    {"20", "", {2019, 0}, "", ""},
    {"20", "990102", {2021, 0}, "", ""},
    {"3", "990101", {2020, 0}, "", ""},
    {"10", "", {2020, 3}, "", ""},
};

/* The index of what is found, in the order of the list. */
static int find(const char *school, const char *county, struct round then,
                struct round now)
{
    const struct closed_list closed = {list, sizeof list / sizeof *list};
    const struct closed_school *c = closed_between(&closed, school, county, then, now);
    return c ? (int)(c - list) : NONE;
}

int main(void)
{
    const struct round y2018 = {2018, 0}, y2019 = {2019, 0}, y2020 = {2020, 0},
                       y2021 = {2021, 0}, m2 = {2020, 2}, m4 = {2020, 4};
    qsort(list, sizeof list / sizeof *list, sizeof *list, closed_order);
    is_str(list[0].school, "10", "ordered by code, bytewise");
    is_int(find("20", "990101", y2018, y2019), 1, "closed in the round that misses it");
    is_int(find("20", "990101", y2018, y2021), 1, "or in one that nobody delivered");
    is_int(find("20", "990101", y2019, y2020), NONE,
           "not where it was there after it is said to have closed");
    is_int(find("20", "990101", (struct round){2017, 0}, y2018), NONE,
           "nor before it closes");
    is_int(find("20", "990102", y2020, y2021), 2, "a record for the county");
    is_int(find("20", "990101", y2020, y2021), NONE, "is for that county alone");
    is_int(find("3", "990101", y2019, y2020), 3, "one county's");
    is_int(find("3", "990102", y2019, y2020), NONE, "is not another's");
    is_int(find("2", "990101", y2018, y2021), NONE, "nor another school's");
    is_int(find("10", "990101", m2, m4), 0, "a month lies between months");
    is_int(find("10", "990101", y2019, y2020), 0, "and in a year");
    ok(!closed_between(NULL, "20", "990101", y2018, y2019), "no list, no school");
    return done_testing();
}
