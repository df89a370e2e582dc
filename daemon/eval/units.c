/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/units.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/split.h"

void population_init(struct population *p, const struct standard *st,
                     const struct dataset *data, uint32_t own_owners, enum stage stage)
{
    *p = (struct population){st, data, st->owners, stage};
    if (st->owners &&
        own_owners) /* a standard that counts every owner goes on doing so */
        p->owners = own_owners;
}

double population_pupils(const struct population *p, size_t row, bool *ret_unclear)
{
    enum stage only = (enum stage)p->data->schools[row].stage;
    if (only != STAGE_NONE && only != p->stage)
        return 0;
    enum field field = FIELD_pupils_primary + p->stage;
    double pupils = dataset_value(p->data, field, row);
    if (!isnan(pupils))
        return pupils;
    const struct missing *why = dataset_missing(p->data, row, field);
    if (why && why->why != MISSING_EMPTY)
        *ret_unclear = true;
    return 0;
}

bool population_excludes(const struct population *p, size_t row, double pupils,
                         struct excluded *ret)
{
    const struct standard *st = p->standard;
    const struct school *school = &p->data->schools[row];
    struct excluded out = {.school = (uint32_t)row, .stage = p->stage};
    for (size_t i = 0; i < st->n_exclude && !out.rule; i++) {
        const struct exclude *e = &st->exclude[i];
        bool kind = !e->kinds || (e->kinds >> school->kind & 1);
        if (kind && (!(e->pupils_below > 0) || pupils < e->pupils_below)) {
            out.rule = e->rule;
            out.reason = e->reason;
        }
    }
    if (!out.rule && p->owners && !(p->owners >> school->owner & 1)) {
        out.rule = "owner";
        out.reason = "run by an owner whose schools are not counted";
    }
    if (out.rule && ret)
        *ret = out;
    return out.rule != NULL;
}

struct population_group population_group(const struct population *p, size_t row)
{
    const struct dataset *ds = p->data;
    struct population_group g = {.begin = row, .end = row, .first = row};
    do {
        bool unclear = false;
        double pupils = population_pupils(p, g.end, &unclear);
        if (!(g.pupils > 0) && (pupils > 0 || (unclear && !g.unclear)))
            g.first = g.end;
        g.pupils += pupils;
        g.unclear |= unclear;
        g.end++;
    } while (p->standard->campus_merge && g.end < ds->n &&
             strcmp(ds->schools[g.end].code, ds->schools[row].code) == 0);
    return g;
}

enum population_fate population_fate(const struct population *p,
                                     const struct population_group *g,
                                     struct excluded *ret)
{
    if (!(g->pupils > 0) && !g->unclear)
        return FATE_NO_PUPILS;
    if (population_excludes(p, g->first, g->pupils, ret))
        return FATE_EXCLUDED;
    return g->pupils > 0 ? FATE_UNIT : FATE_NO_PUPILS;
}

/* What a unit's amounts are read with. */
struct reader {
    const struct population *p;
    struct arena *arena;
    struct units *out;
    const double
        *given[STANDARD_INDICATORS_MAX]; /* columns that hold X_i itself, or NULL */
    bool listing; /* second time over: the missing cells are listed, not counted */
};

static void note_missing(struct reader *r, size_t k, size_t row, enum field field)
{
    size_t n = r->out->missing[k].n++;
    if (!r->listing)
        return;
    const struct dataset *ds = r->p->data;
    struct figure_missing *m = &r->out->missing[k].list[n];
    const struct missing *why = dataset_missing(ds, row, field);
    *m = (struct figure_missing){(uint32_t)row, field, 0, "column absent"};
    if (why) {
        m->line = why->line;
        m->reason = why->reason;
    } else if (ds->col[field]) {
        m->line = ds->schools[row].line;
        m->reason = "empty";
    }
}

struct population_part population_part(const struct population *p,
                                       const struct population_group *g, size_t row)
{
    const struct dataset *ds = p->data;
    enum stage only = (enum stage)ds->schools[row].stage;
    if (only != STAGE_NONE)
        return (struct population_part){only == p->stage, 1, FIELD_NONE};
    double pupils[SPLIT_PARTS];
    enum field unknown = split_pupils(ds, row, pupils);
    bool nobody = pupils[0] + pupils[1] + pupils[2] <= 0;
    for (size_t i = g->begin; nobody && i < g->end; i++) {
        double more[SPLIT_PARTS];
        enum field why = split_pupils(ds, i, more);
        unknown = unknown == FIELD_NONE ? why : unknown;
        for (int k = 0; k < SPLIT_PARTS; k++)
            pupils[k] += more[k];
    }
    struct population_part part = {pupils[p->stage] > 0, split_weigh(pupils, p->stage),
                                   unknown};
    if (unknown != FIELD_NONE)
        part.share = NAN;
    return part;
}

/* A form may give an indicator's value instead of the amounts: of a row with one stage. */
static double given_amount(const struct reader *r, size_t k, size_t row)
{
    const struct population *p = r->p;
    if (!r->given[k])
        return NAN;
    if (p->data->schools[row].stage == STAGE_NONE &&
        split_share(p->data, row, p->stage) != 1)
        return NAN;
    bool unclear = false;
    double pupils = population_pupils(p, row, &unclear);
    return r->given[k][row] * pupils / p->standard->indicators[k].per;
}

/* x of one row; NaN when something is missing, which is then noted. */
static double row_amount(struct reader *r, size_t k, size_t row,
                         struct population_part part)
{
    const struct indicator *ind = &r->p->standard->indicators[k];
    double x = 0;
    bool shared = false;
    for (size_t t = 0; t < ind->n_terms; t++) {
        bool staged = ind->terms[t].staged;
        enum field field = ind->terms[t].field + (staged ? r->p->stage : 0);
        double v = dataset_value(r->p->data, field, row);
        if (!part.counts && (!staged || isnan(v)))
            continue; /* its other stages' things */
        shared |= !staged;
        x += ind->terms[t].sign * v * (staged || !ind->split ? 1 : part.share);
    }
    if (!isnan(x))
        return x;
    double given = part.counts ? given_amount(r, k, row) : NAN;
    if (!isnan(given))
        return given;
    for (size_t t = 0; t < ind->n_terms; t++) {
        enum field field = ind->terms[t].field + (ind->terms[t].staged ? r->p->stage : 0);
        if (isnan(dataset_value(r->p->data, field, row)))
            note_missing(r, k, row, field);
    }
    if (shared && ind->split && isnan(part.share))
        note_missing(r, k, row, part.unknown);
    return NAN;
}

/* Adds one group's rows to the unit's amounts. */
static void unit_read(struct reader *r, const struct population_group *g, double *raw)
{
    size_t n = r->p->standard->n_indicators;
    for (size_t row = g->begin; row < g->end; row++) {
        struct population_part part = population_part(r->p, g, row);
        for (size_t k = 0; k < n; k++)
            raw[k] += row_amount(r, k, row, part);
    }
}

static int unit_make(struct reader *r, const struct population_group *g,
                     struct unit *unit)
{
    size_t n = r->p->standard->n_indicators;
    double *raw = arena_array(r->arena, 2 * n, sizeof *raw);
    if (!raw)
        return JH_ENOMEM;
    unit_read(r, g, raw);
    double *value = raw + n;
    for (size_t k = 0; k < n; k++) /* whole amounts: one rounding, in the division */
        value[k] = raw[k] * r->p->standard->indicators[k].per / g->pupils;
    *unit = (struct unit){.school = (uint32_t)g->first,
                          .pupils = g->pupils,
                          .value = value,
                          .raw = raw,
                          .met = -1,
                          .of = -1};
    return 0;
}

static int units_alloc(const struct population *p, struct arena *arena, struct units *ret)
{
    size_t units = 0, excluded = 0;
    for (size_t row = 0; row < p->data->n;) {
        struct population_group g = population_group(p, row);
        enum population_fate fate = population_fate(p, &g, NULL);
        units += fate == FATE_UNIT;
        excluded += fate == FATE_EXCLUDED;
        row = g.end;
    }
    ret->list = arena_array(arena, units, sizeof *ret->list);
    ret->excluded = arena_array(arena, excluded, sizeof *ret->excluded);
    return ret->list && ret->excluded ? 0 : JH_ENOMEM;
}

/* Once more over the units that lack something: by now it is known how much there is to list. */
static int units_list_missing(struct reader *r)
{
    struct units *u = r->out;
    size_t n = r->p->standard->n_indicators, all = 0;
    for (size_t k = 0; k < n; k++) {
        u->missing[k].list =
            arena_array(r->arena, u->missing[k].n, sizeof *u->missing[k].list);
        if (!u->missing[k].list)
            return JH_ENOMEM;
        all += u->missing[k].n;
        u->missing[k].n = 0;
    }
    r->listing = true;
    double scratch[STANDARD_INDICATORS_MAX];
    for (size_t row = 0; all && row < r->p->data->n;) {
        struct population_group g = population_group(r->p, row);
        if (population_fate(r->p, &g, NULL) == FATE_UNIT)
            unit_read(r, &g, memset(scratch, 0, sizeof scratch));
        row = g.end;
    }
    return 0;
}

static void find_given(struct reader *r)
{
    const struct standard *st = r->p->standard;
    const struct dataset *ds = r->p->data;
    for (size_t i = 0; i < ds->n_extra; i++) {
        for (size_t k = 0; k < st->n_indicators; k++) {
            if (strcmp(ds->extra[i].header, st->indicators[k].id) == 0 ||
                strcmp(ds->extra[i].header, st->indicators[k].title) == 0)
                r->given[k] = ds->extra[i].values;
        }
    }
}

int units_build(const struct population *p, struct arena *arena, struct units *ret)
{
    struct units u = {0};
    struct reader r = {.p = p, .arena = arena, .out = &u};
    int rc = units_alloc(p, arena, &u);
    if (rc)
        return rc;
    find_given(&r);
    for (size_t row = 0; row < p->data->n;) {
        struct population_group g = population_group(p, row);
        enum population_fate fate = population_fate(p, &g, &u.excluded[u.n_excluded]);
        u.n_excluded += fate == FATE_EXCLUDED;
        u.unclear |= fate != FATE_EXCLUDED && g.unclear;
        row = g.end;
        if (fate != FATE_UNIT)
            continue;
        rc = unit_make(&r, &g, &u.list[u.n]);
        if (rc)
            return rc;
        u.pupils += u.list[u.n++].pupils;
    }
    rc = units_list_missing(&r);
    if (!rc)
        *ret = u;
    return rc;
}
