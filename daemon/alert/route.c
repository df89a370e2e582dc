/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/route.h"

#include <string.h>

#include <junheng/plugin.h>

#include "alert/kind.h"

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

static bool covers_place(const struct office *office, const struct route_place *place)
{
    for (size_t i = 0; i < office->n_covers; i++) {
        if (begins(place->code, office->covers[i]))
            return true;
        for (size_t k = 0; k < place->n_division; k++) {
            if (begins(place->division[k], office->covers[i]))
                return true;
        }
    }
    return false;
}

/* Of what is no county all places count; without any, it is everybody's, or nobody's. */
static bool covers_places(const struct office *office,
                          const struct route_subject *subject)
{
    for (size_t i = 0; i < subject->n_places; i++)
        if (!covers_place(office, &subject->places[i]))
            return false;
    return subject->n_places > 0;
}

static bool is_county(const struct route_subject *subject)
{
    return subject->county && *subject->county;
}

int office_covers(const struct office *office, const struct route_subject *subject)
{
    const struct route_place county = {subject->county, subject->division,
                                       subject->n_division};
    if (!office->n_covers)
        return 1;
    return is_county(subject) ? covers_place(office, &county)
                              : covers_places(office, subject);
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

/* What is being decided: who is told, and by which entry of which route. */
struct choice {
    const struct route_table *table;
    const struct route_subject *subject;
    struct route_reason *reasons; /* per office */
    int route;
    const char *to;
};

static void tell(const struct choice *c, size_t office, bool up)
{
    if (!c->reasons[office].told)
        c->reasons[office] = (struct route_reason){true, c->route, c->to, up};
}

/* Tells the covering offices of the level, or of the next one up that has any. */
static bool choose_level(const struct choice *c, enum level wanted)
{
    bool any = false;
    for (enum level level = wanted; level < LEVEL_COUNT && !any; level++) {
        for (size_t i = 0; i < c->table->n_offices; i++) {
            const struct office *office = &c->table->offices[i];
            if (office->level != level || !office_covers(office, c->subject))
                continue;
            tell(c, i, level != wanted);
            any = true;
        }
    }
    return any;
}

/* A script or a channel lies nowhere: who names the kind and an office means that one. */
static bool is_meant(const struct choice *c)
{
    const struct route *route = &c->table->routes[c->route];
    int kind = route->kind ? alert_kind_of(route->kind) : -1;
    enum alert_about about =
        kind < 0 ? ABOUT_COUNTY : alert_kind_info((enum alert_kind)kind)->about;
    return about == ABOUT_SCRIPT || about == ABOUT_CHANNEL;
}

/* An office named by its id is told of what it covers, and of nothing else. */
static bool choose_office(const struct choice *c, const char *id)
{
    bool any = false;
    for (size_t i = 0; i < c->table->n_offices; i++) {
        const struct office *office = &c->table->offices[i];
        if (strcmp(office->id, id) != 0 ||
            (!office_covers(office, c->subject) && !is_meant(c)))
            continue;
        tell(c, i, false);
        any = true;
    }
    return any;
}

static bool choose(struct choice *c, const struct route *route)
{
    bool any = false;
    for (size_t i = 0; i < route->n_to; i++) {
        int level = level_of(route->to[i]);
        c->to = route->to[i];
        any |= level >= 0 ? choose_level(c, (enum level)level)
                          : choose_office(c, route->to[i]);
    }
    return any;
}

/* Offices of the highest level that there is: theirs is what no office covers as a whole. */
static void choose_top(const struct choice *c)
{
    enum level top = LEVEL_COUNTY;
    for (size_t i = 0; i < c->table->n_offices; i++)
        if (c->table->offices[i].level > top)
            top = c->table->offices[i].level;
    for (size_t i = 0; i < c->table->n_offices; i++)
        if (c->table->offices[i].level == top)
            tell(c, i, false);
}

static const struct alert_kind_info *kind_of(const struct route_subject *subject)
{
    int kind = subject->kind ? alert_kind_of(subject->kind) : -1;
    return kind < 0 ? NULL : alert_kind_info((enum alert_kind)kind);
}

/* The covering offices of the highest level that has any. */
static bool choose_highest(const struct choice *c)
{
    bool any = false;
    for (int level = LEVEL_NATION; level >= LEVEL_COUNTY && !any; level--)
        for (size_t i = 0; i < c->table->n_offices; i++) {
            const struct office *office = &c->table->offices[i];
            if ((int)office->level != level || !office_covers(office, c->subject))
                continue;
            tell(c, i, false);
            any = true;
        }
    return any;
}

/* The offices that a subject belongs to, whatever routes say. */
static bool choose_owners(const struct choice *c)
{
    const struct alert_kind_info *kind = kind_of(c->subject);
    bool any = false;
    for (size_t i = 0; i < c->table->n_offices; i++)
        for (size_t k = 0; k < c->subject->n_owners; k++) {
            if (strcmp(c->table->offices[i].id, c->subject->owners[k]) != 0)
                continue;
            tell(c, i, false);
            any = true;
        }
    if (any)
        return true;
    return kind && kind->operators ? choose_highest(c) : choose_level(c, LEVEL_COUNTY);
}

static bool has_owner(const struct route_subject *subject)
{
    const struct alert_kind_info *kind = kind_of(subject);
    return subject->n_owners || (kind && kind->to_owner);
}

int route_reasons(const struct route_table *table, const struct route_subject *subject,
                  struct arena *arena, const struct route_reason **ret)
{
    struct choice c = {.table = table, .subject = subject};
    bool any = false;
    c.reasons = arena_array(arena, table->n_offices, sizeof *c.reasons);
    if (!c.reasons)
        return JH_ENOMEM;
    for (size_t i = 0; i < table->n_routes; i++) {
        c.route = (int)i;
        if (route_matches(&table->routes[i], subject))
            any |= choose(&c, &table->routes[i]);
    }
    c.route = -1;
    c.to = NULL;
    if (!any || has_owner(subject))
        any |= choose_owners(&c);
    if (!any && !is_county(subject))
        choose_top(&c);
    *ret = c.reasons;
    return 0;
}

int route_offices(const struct route_table *table, const struct route_subject *subject,
                  struct arena *arena, size_t **ret, size_t *ret_n)
{
    const struct route_reason *reasons;
    size_t *list = arena_array(arena, table->n_offices, sizeof *list);
    size_t n = 0;
    if (!list || route_reasons(table, subject, arena, &reasons))
        return JH_ENOMEM;
    for (size_t i = 0; i < table->n_offices; i++)
        if (reasons[i].told)
            list[n++] = i;
    *ret = list;
    *ret_n = n;
    return 0;
}

const struct office *route_office(const struct route_table *table, const char *id)
{
    for (size_t i = 0; i < table->n_offices; i++)
        if (strcmp(table->offices[i].id, id) == 0)
            return &table->offices[i];
    return NULL;
}

int64_t office_open_at(const struct office *office, const struct workdays *calendar,
                       const char *severity, int64_t ms)
{
    int is = severity ? severity_of(severity) : -1;
    bool urgent = is > 0 && office->window.urgent >> is & 1;
    return urgent ? ms : window_open_at(&office->window, calendar, ms);
}
