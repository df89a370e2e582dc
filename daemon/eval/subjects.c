/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/subjects.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

/* ---- who there is ---------------------------------------------------------------------- */

static bool same_school(const struct standard *st, const struct school *a,
                        const struct school *b)
{
    return strcmp(a->code, b->code) == 0 &&
           (st->campus_merge || strcmp(a->campus, b->campus) == 0);
}

/* Adds what the rows are at one stage. */
static void look_at_stage(const struct population *p, bool everybody, struct subject *s)
{
    for (size_t row = s->begin; row < s->end;) {
        struct population_group g = population_group(p, row);
        enum population_fate fate = population_fate(p, &g, NULL);
        bool counts = everybody ? g.pupils > 0 : fate == FATE_UNIT;
        if (counts && !s->stages)
            s->first = (uint32_t)g.first;
        s->stages |= counts ? UINT32_C(1) << p->stage : 0;
        s->unclear |= g.unclear && (everybody || fate != FATE_EXCLUDED);
        row = g.end;
    }
}

int subjects_build(const struct standard *st, const struct dataset *ds,
                   uint32_t own_owners, bool everybody, struct arena *arena,
                   struct subjects *ret)
{
    struct population p[STAGE_COUNT];
    struct subject *list = arena_array(arena, ds->n, sizeof *list);
    size_t n = 0;
    if (!list)
        return JH_ENOMEM;
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
        population_init(&p[stage], st, ds, own_owners, stage);
    for (size_t row = 0; row < ds->n;) {
        struct subject s = {.begin = (uint32_t)row, .first = (uint32_t)row};
        do
            row++;
        while (row < ds->n && same_school(st, &ds->schools[row], &ds->schools[s.begin]));
        s.end = (uint32_t)row;
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
            if (everybody || st->has_stage[stage])
                look_at_stage(&p[stage], everybody, &s);
        if (everybody || s.stages || s.unclear)
            list[n++] = s;
    }
    *ret = (struct subjects){list, n};
    return 0;
}

/* ---- what they have -------------------------------------------------------------------- */

enum gather { GATHER_SUM, GATHER_MOST, GATHER_LEAST };

static enum gather gather_of(enum field field)
{
    switch (field) {
    case FIELD_largest_class_primary:
    case FIELD_largest_class_junior:
        return GATHER_MOST;
    case FIELD_music_room_min_area:
    case FIELD_art_room_min_area:
        return GATHER_LEAST;
    default:
        return GATHER_SUM;
    }
}

/* Two unknowns, or one, are unknown. */
static double gather(enum gather how, double a, double b)
{
    if (isnan(a) || isnan(b))
        return NAN;
    return how == GATHER_SUM ? a + b : how == GATHER_MOST ? fmax(a, b) : fmin(a, b);
}

struct total {
    enum gather how;
    bool any;
    double v;
};

/* Pupils sit in classes, and rooms have an area: 0 says nothing about either. */
static void total_add(struct total *t, double v)
{
    if (t->how != GATHER_SUM && !(v > 0))
        v = NAN;
    t->v = t->any ? gather(t->how, t->v, v) : v;
    t->any = true;
}

/* Pupils of a row at a stage: an empty cell is none, a bad one unknown. */
static double row_pupils(const struct dataset *ds, size_t row, enum stage stage)
{
    enum field field = FIELD_pupils_primary + stage;
    double v = dataset_value(ds, field, row);
    if (!isnan(v))
        return v;
    const struct missing *why = dataset_missing(ds, row, field);
    return why && why->why != MISSING_EMPTY ? NAN : 0;
}

/* A column of one stage, over the rows that may have it. */
static void add_stage(const struct dataset *ds, const struct subject *s, enum field field,
                      enum stage stage, struct total *t)
{
    bool pupils = field == FIELD_pupils_primary + stage;
    for (size_t row = s->begin; row < s->end; row++) {
        enum stage only = (enum stage)ds->schools[row].stage;
        if (only != STAGE_NONE && only != stage)
            continue;
        double enrolled = row_pupils(ds, row, stage);
        double v = pupils ? enrolled : dataset_value(ds, field, row);
        bool none = !(enrolled > 0) && !isnan(enrolled) && isnan(v);
        if (!none) /* nobody enrolled and nothing said: it has nothing of it */
            total_add(t, v);
    }
}

static bool lacks(const struct dataset *ds, enum field field)
{
    bool pupils = field == FIELD_pupils_primary || field == FIELD_pupils_junior;
    return !pupils && !ds->col[field]; /* without a column of pupils there are none */
}

static void add_family(const struct dataset *ds, const struct subject *s, uint32_t stages,
                       enum field family, struct total *t, bool *absent)
{
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        if (!(stages >> stage & 1))
            continue;
        *absent |= lacks(ds, family + stage);
        add_stage(ds, s, family + stage, stage, t);
    }
}

double subject_value(const struct dataset *ds, const struct subject *s, uint32_t stages,
                     const struct expr_op *op, bool *absent)
{
    struct total t = {gather_of(op->field), false, 0};
    enum stage stage;
    if (op->family) {
        add_family(ds, s, stages, op->field, &t, absent);
        bool pupils = op->field == FIELD_pupils_primary;
        return t.any || pupils ? t.v : NAN;
    }
    *absent |= lacks(ds, op->field);
    if (field_staged(op->field, &stage, NULL)) {
        add_stage(ds, s, op->field, stage, &t);
        return t.any ? t.v : 0; /* it has no such stage */
    }
    for (size_t row = s->begin; row < s->end; row++)
        total_add(&t, dataset_value(ds, op->field, row));
    return t.v;
}
