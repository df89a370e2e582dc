/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a standard's file may hold: one option table a map and the struct it fills. Kept apart
 * from standard.c, which turns them into a struct standard, so that docs/config.md can be made
 * from the same tables. Constants; any thread.
 */
#pragma once

#include <stdint.h>

#include <junheng/plugin.h>

#include "model/field.h"
#include "model/item.h"

/* A table and the keys beside it that are maps or lists of maps, with functions of their own. */
struct standard_keys {
    const struct jh_option *options;
    const char *const *parts; /* may be NULL */
};

struct standard_top {
    const char *standard, *title, *document, *kind_title, *implies, *effective;
    const char *coverage, *vanished_max;
    int series;
};
enum { SERIES_YEARLY, SERIES_MONTHLY };

struct standard_rounding {
    int64_t value, cv;
    int compare;
};
enum { COMPARE_FORM, COMPARE_RAW };

struct standard_population {
    int campus;
    struct jh_list owners;
};
enum { CAMPUS_SEPARATE, CAMPUS_MERGE };

struct standard_exclude {
    int64_t pupils_below;
    const char *reason;
};

struct standard_filter {
    int64_t pupils_from, pupils_below, built_until, largest_class_below;
    bool boarding, dense_centre;
    const char *migrant_share_above;
};

struct standard_relaxation {
    const char *id, *clause, *until, *indicator, *numerator, *item;
};

struct standard_duty {
    int64_t years_after_certification;
};

struct standard_figure {
    const char *id, *title, *numerator, *unit, *clause;
    int64_t per;
    bool split;
    struct jh_list departments;
};

struct standard_minima {
    const char *stage[STAGE_COUNT];
};

struct standard_school_rule {
    int64_t at_least;
    const char *floor, *clause;
};

struct standard_cv_rule {
    int applies_to;
    const char *stage[STAGE_COUNT], *clause;
};

struct standard_item {
    const char *id, *title, *clause;
    int level;
    struct jh_list departments, inputs;
};

struct standard_item_rule {
    int each, population, none;
    const char *value, *limit[RULE_COMPARES], *unit;
    int64_t digits;
};
enum { WHO_STANDARD, WHO_ALL };
enum { NONE_UNKNOWN, NONE_PASS };

struct standard_n_of {
    int64_t n;
    const char *floor;
};

struct standard_score {
    struct jh_list items;
    const char *pass;
};

extern const struct standard_keys STANDARD_TOP, STANDARD_ROUNDING, STANDARD_POPULATION,
    STANDARD_EXCLUDE, STANDARD_FILTER, STANDARD_FIGURE, STANDARD_MINIMA,
    STANDARD_SCHOOL_RULE, STANDARD_CV_RULE, STANDARD_ITEM, STANDARD_ITEM_RULE,
    STANDARD_N_OF, STANDARD_SCORE, STANDARD_RELAXATION, STANDARD_DUTY;
