/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/population.h"

#include <math.h>
#include <string.h>

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

/* Keys are unique: of one code there are several rows only where they say campus or stage. */
static bool same_school(const struct school *a, const struct school *b)
{
    bool parts =
        *a->campus || *b->campus || a->stage != STAGE_NONE || b->stage != STAGE_NONE;
    return parts && strcmp(a->code, b->code) == 0;
}

struct population_group population_group(const struct population *p, size_t row)
{
    const struct dataset *ds = p->data;
    struct population_group g = {.begin = row, .end = row + 1, .first = row};
    g.pupils = population_pupils(p, row, &g.unclear);
    if (!p->standard->campus_merge)
        return g;
    for (; g.end < ds->n && same_school(&ds->schools[g.end], &ds->schools[row]);
         g.end++) {
        bool unclear = false;
        double pupils = population_pupils(p, g.end, &unclear);
        if (!(g.pupils > 0) && (pupils > 0 || (unclear && !g.unclear)))
            g.first = g.end;
        g.pupils += pupils;
        g.unclear |= unclear;
    }
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
