/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/route.h"

#include <stdbool.h>
#include <string.h>

#include <junheng/plugin.h>

static const char *const LEVELS[LEVEL_COUNT] = {"county", "city", "province", "nation"};

const char *level_id(enum level level)
{
    return LEVELS[level];
}

int level_of(const char *word)
{
    for (int i = 0; i < LEVEL_COUNT; i++) {
        if (strcmp(word, LEVELS[i]) == 0)
            return i;
    }
    return -1;
}

static bool begins(const char *text, const char *prefix)
{
    return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

int office_covers(const struct office *office, const struct route_subject *subject)
{
    if (!office->n_covers)
        return 1;
    for (size_t i = 0; i < office->n_covers; i++) {
        if (begins(subject->county, office->covers[i]))
            return 1;
        for (size_t k = 0; k < subject->n_division; k++) {
            if (begins(subject->division[k], office->covers[i]))
                return 1;
        }
    }
    return 0;
}

/* What is wanted of a subject: any value, or this one. */
static bool wants(const char *wanted, const char *is)
{
    return !wanted || (is && strcmp(wanted, is) == 0);
}

static bool route_matches(const struct route *route, const struct route_subject *subject)
{
    return wants(route->kind, subject->kind) &&
           wants(route->severity, subject->severity) &&
           wants(route->standard, subject->standard);
}

/* Marks the covering offices of the level, or of the next one up that has any. */
static bool choose_level(const struct route_table *table,
                         const struct route_subject *subject, enum level level,
                         bool *chosen)
{
    bool any = false;
    for (; level < LEVEL_COUNT && !any; level++) {
        for (size_t i = 0; i < table->n_offices; i++) {
            const struct office *office = &table->offices[i];
            if (office->level == level && office_covers(office, subject))
                any = chosen[i] = true;
        }
    }
    return any;
}

/* An office named by its id is told of what it covers, and of nothing else. */
static bool choose_office(const struct route_table *table,
                          const struct route_subject *subject, const char *id,
                          bool *chosen)
{
    bool any = false;
    for (size_t i = 0; i < table->n_offices; i++) {
        const struct office *office = &table->offices[i];
        if (strcmp(office->id, id) == 0 && office_covers(office, subject))
            any = chosen[i] = true;
    }
    return any;
}

static bool choose(const struct route_table *table, const struct route_subject *subject,
                   const struct route *route, bool *chosen)
{
    bool any = false;
    for (size_t i = 0; i < route->n_to; i++) {
        int level = level_of(route->to[i]);
        any |= level >= 0 ? choose_level(table, subject, (enum level)level, chosen)
                          : choose_office(table, subject, route->to[i], chosen);
    }
    return any;
}

int route_offices(const struct route_table *table, const struct route_subject *subject,
                  struct arena *arena, size_t **ret, size_t *ret_n)
{
    bool *chosen = arena_array(arena, table->n_offices, sizeof *chosen);
    size_t *list = arena_array(arena, table->n_offices, sizeof *list);
    if (!chosen || !list)
        return JH_ENOMEM;
    bool any = false;
    for (size_t i = 0; i < table->n_routes; i++) {
        if (route_matches(&table->routes[i], subject))
            any |= choose(table, subject, &table->routes[i], chosen);
    }
    if (!any)
        choose_level(table, subject, LEVEL_COUNTY, chosen);
    size_t n = 0;
    for (size_t i = 0; i < table->n_offices; i++) {
        if (chosen[i])
            list[n++] = i;
    }
    *ret = list;
    *ret_n = n;
    return 0;
}
