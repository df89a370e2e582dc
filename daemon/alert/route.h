/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who is told: routes by kind, severity and standard to offices by level or id, by the rules
 * of docs/alerts.md section 4. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alert/window.h"
#include "base/arena.h"

enum level { LEVEL_COUNTY, LEVEL_CITY, LEVEL_PROVINCE, LEVEL_NATION, LEVEL_COUNT };

const char *level_id(enum level level);
int level_of(const char *word);

struct office {
    const char *id, *name;
    enum level level;
    const char *const *covers; /* code prefixes; n 0 = all */
    size_t n_covers;
    const char *const *channels; /* channel names */
    size_t n_channels;
    struct window window; /* when it may be told */
};

struct route {
    const char *kind, *severity, *standard; /* NULL = any */
    const char *const *to;                  /* levels or office ids */
    size_t n_to;
    const char *file; /* where it stands, for people */
    unsigned line;
};

struct route_table {
    const struct office *offices;
    size_t n_offices;
    const struct route *routes;
    size_t n_routes;
};

/* A code, also one that many counties' begin with, and those above it. */
struct route_place {
    const char *code;
    const char *const *division; /* province, city */
    size_t n_division;
};

struct route_subject {
    const char *kind, *severity, *standard; /* may be NULL */
    const char *county;          /* code; NULL or "": it is none, but lies in `places` */
    const char *const *division; /* codes above it (province, city), n of them */
    size_t n_division;
    const struct route_place *places; /* all that a source covers; n 0 = everything */
    size_t n_places;
    const char *const *owners; /* offices told whatever routes say; n 0: by the kind */
    size_t n_owners;
};

/* The office of this id, or NULL. */
const struct office *route_office(const struct route_table *table, const char *id);
/* The first moment from `ms` on at which it may be told of something so severe. */
int64_t office_open_at(const struct office *office, const struct workdays *calendar,
                       const char *severity, int64_t ms);

/* Does the office cover the county (by its code or one of its divisions'), or all places? */
int office_covers(const struct office *office, const struct route_subject *subject);

/* Why an office is told: the first entry of a route that chose it. */
struct route_reason {
    bool told;
    int route;      /* -1: none reached an office, so the lowest that covers the county */
    const char *to; /* of the route; NULL without */
    bool up;        /* that level has no office here, this one is the next up */
};

/* A reason per office, in table order; arena holds the list. */
int route_reasons(const struct route_table *table, const struct route_subject *subject,
                  struct arena *arena, const struct route_reason **ret);
/* Indexes of the offices to tell, each once, in table order; arena holds the list. */
int route_offices(const struct route_table *table, const struct route_subject *subject,
                  struct arena *arena, size_t **ret, size_t *ret_n);
