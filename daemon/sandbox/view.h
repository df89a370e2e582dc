/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One county round as a script's child sees it: pointers into the mapped batch (pack.h), or
 * into memory made from the rows of a script's own test. Cheap to make, nothing is copied.
 * What it points into outlives it. The child's only thread.
 */
#pragma once

#include "script/pack.h"

struct view_units {
    const struct pack_unit *list;
    const struct pack_member *members;
    size_t n;
};

struct view {
    const char *base; /* what offsets of the schools count from */
    const char *code, *name, *round;
    size_t n_schools;
    const struct pack_school *schools;
    const double *col[FIELD_COUNT];
    const struct pack_column *columns; /* all of them, for those without a field */
    size_t n_columns;
    struct view_units units[STAGE_COUNT];
};

/* Is this mapping a batch that we can read? */
bool view_check(const char *map, size_t size);
/* The county's round, or the one before it. False: there is none. */
bool view_open(const char *map, size_t county, bool previous, size_t population,
               struct view *ret);

/* A column of amounts: by a field, or by a header that no field has. */
struct view_column {
    const double *values; /* one per school; NULL = absent */
    bool staged, shared;  /* per stage; split between the stages of a combined school */
    enum { VIEW_SUM, VIEW_MAX, VIEW_MIN } merge; /* of several campuses */
};

/* The column of a field; a staged family is named by its primary column. */
struct view_column view_field(const struct view *view, enum stage stage,
                              enum field family, bool staged);
/* A column that no field has, by its header. False: not in this county's data. */
bool view_header(const struct view *view, const char *name, size_t len,
                 struct view_column *ret);
/* The unit's amount, split and merged; NaN = missing. */
double view_amount(const struct view *view, enum stage stage,
                   const struct view_column *col, size_t unit);
/* All units' amounts; returns how many are missing. */
size_t view_fill(const struct view *view, enum stage stage, const struct view_column *col,
                 double *ret);
const struct pack_school *view_school(const struct view *view, enum stage stage,
                                      size_t unit);
