/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/view.h"

#include <math.h>
#include <string.h>

bool view_check(const char *map, size_t size)
{
    const struct pack_head *head = (const void *)map;
    return size >= sizeof *head && head->magic == PACK_MAGIC && head->size == size;
}

bool view_open(const char *map, size_t county, bool previous, size_t population,
               struct view *ret)
{
    const struct pack_head *head = (const void *)map;
    const struct pack_county *counties = (const void *)(map + head->counties);
    const struct pack_county *c = &counties[2 * county + previous];
    if (county >= head->n_counties || population >= head->n_populations || !c->code)
        return false;
    *ret = (struct view){.base = map,
                         .code = map + c->code,
                         .name = map + c->name,
                         .round = map + c->round,
                         .n_schools = c->n_schools,
                         .schools = (const void *)(map + c->schools),
                         .columns = (const void *)(map + c->columns),
                         .n_columns = c->n_columns};
    for (size_t i = 0; i < c->n_columns; i++)
        if (ret->columns[i].field < FIELD_COUNT)
            ret->col[ret->columns[i].field] =
                (const void *)(map + ret->columns[i].values);
    const struct pack_units *units = (const void *)(map + c->units);
    for (size_t s = 0; s < STAGE_COUNT; s++) {
        const struct pack_units *u = &units[population * STAGE_COUNT + s];
        ret->units[s] = (struct view_units){(const void *)(map + u->list),
                                            (const void *)(map + u->members), u->n};
    }
    return true;
}

/* Smallest and largest things are not amounts: they are neither split nor added up. */
static void fill_rules(enum field field, struct view_column *col)
{
    switch (field) {
    case FIELD_largest_class_primary:
    case FIELD_largest_class_junior:
        col->merge = VIEW_MAX;
        break;
    case FIELD_music_room_min_area:
    case FIELD_art_room_min_area:
        col->merge = VIEW_MIN;
        col->shared = false;
        break;
    case FIELD_pupils_preschool:
    case FIELD_pupils_senior:
        col->shared = false; /* of a stage of their own */
        break;
    default:
        break;
    }
}

bool view_header(const struct view *view, const char *name, size_t len,
                 struct view_column *ret)
{
    for (size_t i = 0; i < view->n_columns; i++) {
        const struct pack_column *c = &view->columns[i];
        const char *header = view->base + c->name;
        if (c->field >= FIELD_COUNT && strlen(header) == len &&
            memcmp(header, name, len) == 0) {
            *ret = (struct view_column){.values = (const void *)(view->base + c->values)};
            return true;
        }
    }
    return false;
}

struct view_column view_field(const struct view *view, enum stage stage,
                              enum field family, bool staged)
{
    enum field field = staged ? family + stage : family;
    struct view_column col = {.values = view->col[field],
                              .staged = staged,
                              .shared = !staged,
                              .merge = VIEW_SUM};
    fill_rules(field, &col);
    return col;
}

static double merge_two(const struct view_column *col, double a, double b)
{
    if (isnan(a) || isnan(b))
        return NAN;
    switch (col->merge) {
    case VIEW_MAX:
        return a > b ? a : b;
    case VIEW_MIN:
        return a < b ? a : b;
    default:
        return a + b;
    }
}

double view_amount(const struct view *view, enum stage stage,
                   const struct view_column *col, size_t unit)
{
    const struct view_units *units = &view->units[stage];
    const struct pack_unit *u = &units->list[unit];
    double sum = NAN;
    bool first = true;
    for (size_t i = u->first; i < (size_t)u->first + u->n; i++) {
        const struct pack_member *m = &units->members[i];
        double v = col->values ? col->values[m->school] : NAN;
        if (!m->counts && (!col->staged || isnan(v)))
            continue; /* a campus without pupils here: its other stages' things */
        if (col->shared)
            v *= m->share;
        sum = first ? v : merge_two(col, sum, v);
        first = false;
    }
    return sum;
}

size_t view_fill(const struct view *view, enum stage stage, const struct view_column *col,
                 double *ret)
{
    const struct view_units *units = &view->units[stage];
    size_t missing = 0;
    for (size_t i = 0; i < units->n; i++) {
        const struct pack_unit *u = &units->list[i];
        const struct pack_member *m = &units->members[u->first];
        bool plain = col->values && u->n == 1 && m->counts;
        if (plain) /* nearly every school */
            ret[i] = col->values[m->school] * (col->shared ? m->share : 1);
        else
            ret[i] = view_amount(view, stage, col, i);
        missing += isnan(ret[i]);
    }
    return missing;
}

const struct pack_school *view_school(const struct view *view, enum stage stage,
                                      size_t unit)
{
    return &view->schools[view->units[stage].list[unit].school];
}
