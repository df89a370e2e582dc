/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told: an alert that reaches no office might as well not exist, and one that reaches
 * another province should not have.
 */
#include "alert/route.h"

#include <stdio.h>
#include <string.h>

#include "tap/tap.h"

static const char *const C34[] = {"34"}, *const C35[] = {"35"}, *const C3401[] = {"3401"};
static const char *const C340103[] = {"340103", "340199X"};

static const struct office OFFICES[] = {
    {.id = "moe", .name = "", .level = LEVEL_NATION},
    {.id = "anhui", .name = "", .level = LEVEL_PROVINCE, .covers = C34, .n_covers = 1},
    {.id = "fujian", .name = "", .level = LEVEL_PROVINCE, .covers = C35, .n_covers = 1},
    {.id = "hefei", .name = "", .level = LEVEL_CITY, .covers = C3401, .n_covers = 1},
    {.id = "luyang", .name = "", .level = LEVEL_COUNTY, .covers = C340103, .n_covers = 2},
};

struct want {
    const char *name, *kind, *severity, *county, *offices;
};

static const char *const TO_PROVINCE[] = {"province"}, *const TO_CITY[] = {"city"},
                         *const TO_COUNTY_AND_NATION[] = {"county", "nation"},
                         *const TO_FUJIAN[] = {"fujian"},
                         *const TO_ANHUI[] = {"anhui", "province"};

static const struct route ROUTES[] = {
    {.kind = "slip", .to = TO_PROVINCE, .n_to = 1},
    {.kind = "slip", .severity = "critical", .to = TO_COUNTY_AND_NATION, .n_to = 2},
    {.kind = "decline", .to = TO_CITY, .n_to = 1},
    {.kind = "duty", .to = TO_FUJIAN, .n_to = 1},
    {.kind = "warning", .to = TO_ANHUI, .n_to = 2},
    {.kind = "local", .standard = "quality-2017", .to = TO_PROVINCE, .n_to = 1},
};

static const struct want WANTS[] = {
    {"by level", "slip", "warning", "340103", "anhui "},
    {"all routes that match", "slip", "critical", "340103", "moe anhui luyang "},
    {"a level without an office: the next one up", "slip", "critical", "340204",
     "moe anhui "},
    {"city of its own", "decline", "notice", "340103", "hefei "},
    {"no city office: the province's", "decline", "notice", "350102", "fujian "},
    {"no province either: the nation's", "decline", "notice", "110101", "moe "},
    {"by id", "duty", "notice", "350102", "fujian "},
    {"an id that does not cover it: nobody was reached, the lowest that covers", "duty",
     "notice", "340103", "luyang "},
    {"each once", "warning", "warning", "340103", "anhui "},
    {"no route: the lowest that covers", "data_overdue", "warning", "340111", "hefei "},
    {"a standard that is not said matches no route that wants one", "local", "notice",
     "340103", "luyang "},
};

static const char *reached(const struct route_table *table,
                           const struct route_subject *subject, char *text, size_t size)
{
    struct arena *arena = arena_new(1 << 20);
    size_t *list, n;
    if (!arena || route_offices(table, subject, arena, &list, &n))
        bail("route_offices failed");
    *text = '\0';
    for (size_t i = 0; i < n; i++) {
        size_t at = strlen(text);
        snprintf(text + at, size - at, "%s ", table->offices[list[i]].id);
    }
    arena_free(arena);
    return text;
}

int main(void)
{
    const struct route_table table = {OFFICES, 5, ROUTES, 6};
    char text[200];
    for (size_t i = 0; i < sizeof WANTS / sizeof *WANTS; i++) {
        const struct want *w = &WANTS[i];
        struct route_subject subject = {
            .kind = w->kind, .severity = w->severity, .county = w->county};
        is_str(reached(&table, &subject, text, sizeof text), w->offices, w->name);
    }
    const char *const above[] = {"34", "3401"};
    struct route_subject zone = {
        .kind = "slip", .county = "ZONE1", .division = above, .n_division = 2};
    is_str(reached(&table, &zone, text, sizeof text), "anhui ",
           "a zone without a code of the prefix is covered through its divisions");
    struct route_subject source = {.kind = "source_failed"};
    is_str(reached(&table, &source, text, sizeof text), "moe ",
           "what concerns no county goes to who covers all");
    const char *const operators[] = {"hefei", "anhui"};
    struct route_subject script = {
        .kind = "script_broken", .owners = operators, .n_owners = 2};
    is_str(reached(&table, &script, text, sizeof text), "anhui hefei ",
           "or to those who look after the program, whatever they cover");
    const struct route broken = {.kind = "script_broken", .to = TO_FUJIAN, .n_to = 1};
    const struct route_table own = {OFFICES, 5, &broken, 1};
    is_str(reached(&own, &script, text, sizeof text), "anhui fujian hefei ",
           "beside those that a route of its kind names");
    script.n_owners = 0;
    is_str(reached(&own, &script, text, sizeof text), "fujian ", "or they alone");
    const struct office two[] = {{.id = "low", .level = LEVEL_COUNTY},
                                 {.id = "high", .level = LEVEL_PROVINCE}};
    const struct route_table all = {two, 2, NULL, 0};
    is_str(reached(&all, &source, text, sizeof text), "high ",
           "of two that cover all the higher is told of the program");
    const struct route_table nobody = {OFFICES + 2, 1, NULL, 0};
    is_str(reached(&nobody, &zone, text, sizeof text), "", "nobody covers it: nobody");
    is_int(level_of("province"), LEVEL_PROVINCE, "levels read back");
    is_str(level_id(LEVEL_NATION), "nation", "and forth");
    is_int(level_of("anhui"), -1, "an id is no level");
    return done_testing();
}
