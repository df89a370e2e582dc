/* SPDX-License-Identifier: Apache-2.0 */
/* A county that lands in the wrong region, or is none because of how its code is written, makes
 * two regions wrong: one has it and one misses it. */
#include "conf/region.h"

#include <stdlib.h>
#include <string.h>

#include "tap/tap.h"

/* Sorted by code; `inner` as reading the file sets it. */
static const struct division ROWS[] = {
    {.code = "100000", .name = "n", .parent = "", .inner = true},
    {.code = "34", .name = "p", .parent = "100000", .inner = true},
    {.code = "3401", .name = "c", .parent = "34", .inner = true},
    {.code = "340103", .name = "with a zone", .parent = "3401", .inner = true},
    {.code = "340121", .name = "without a parent", .parent = ""},
    {.code = "340990", .name = "right under its province", .parent = "34"},
    {.code = "440000", .name = "p", .parent = "", .inner = true},
    {.code = "441900", .name = "city without districts", .parent = "440000"},
    {.code = "4509",
     .name = "city, its province is not there",
     .parent = "",
     .inner = true},
    {.code = "LAND", .name = "p", .parent = "", .inner = true},
    {.code = "LAND-A", .name = "c", .parent = "LAND", .inner = true},
    {.code = "ZONE1", .name = "in a city", .parent = "3401"},
    {.code = "ZONE2", .name = "in a county", .parent = "340103"},
    {.code = "ZONE3", .name = "nowhere", .parent = ""},
    {.code = "ZONE4", .name = "in a city of codes of its own", .parent = "LAND-A"},
    {.code = "ZONE5", .name = "in a city alone", .parent = "4509"},
};

static const struct {
    const char *county, *province, *prefecture, *name;
} PLACES[] = {
    {"340103", "34", "3401", "by its parents"},
    {"340121", "34", "3401", "without a parent by its digits"},
    {"340199", "34", "3401", "not in the file: by its digits"},
    {"340990", "34", "",
     "right under its province: no prefecture, whatever its digits say"},
    {"441900", "440000", "441900", "a city without districts is its own prefecture"},
    {"440303", "440000", "4403", "by its digits, as the file writes them"},
    {"450902", "45", "4509", "in neither"},
    {"ZONE1", "34", "3401", "a zone by its parent"},
    {"ZONE2", "34", "3401", "… through a county"},
    {"ZONE3", "", "", "… without one: nowhere"},
    {"ZONE4", "LAND", "LAND-A", "regions with codes of their own"},
    {"ZONE5", "45", "4509", "a city whose province is not in the file"},
    {"3402", "", "", "four digits are no county of GB/T 2260"},
    {"11", "", "", "two neither"},
    {"060103", "", "", "and no province begins with 06"},
    {"340000", "", "", "nor is a province a county"},
};

int main(void)
{
    const struct config config = {.divisions = ROWS,
                                  .n_divisions = sizeof ROWS / sizeof *ROWS};
    struct arena *arena = arena_new(1 << 20);
    if (!arena)
        bail("no memory");
    for (size_t i = 0; i < sizeof PLACES / sizeof *PLACES; i++) {
        struct region_place place;
        is_int(region_find(&config, PLACES[i].county, arena, &place), 0, PLACES[i].name);
        is_str(place.province, PLACES[i].province, "… its province");
        is_str(place.prefecture, PLACES[i].prefecture, "… its prefecture");
    }
    char counties[256] = "";
    for (size_t i = 0; i < config.n_divisions; i++)
        if (region_is_county(&ROWS[i]))
            strncat(strncat(counties, ROWS[i].code, 9), " ", 2);
    is_str(counties, "340103 340121 340990 441900 ZONE1 ZONE2 ZONE3 ZONE4 ZONE5 ",
           "counties");
    arena_free(arena);
    return done_testing();
}
