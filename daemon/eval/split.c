/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/split.h"

#include <math.h>

/* 1 : 1.1 : 1.32 in hundredths, so that whole pupils give exact weights. */
static const double WEIGHT[] = {100, 110, 132};

double split_weigh(const double pupils[SPLIT_PARTS], enum stage stage)
{
    double all = 0, mine = WEIGHT[stage] * pupils[stage];
    for (int part = 0; part < SPLIT_PARTS; part++)
        all += WEIGHT[part] * pupils[part];
    if (mine == all)
        return mine > 0; /* nearly every school is of one stage */
    return all > 0 ? mine / all : 0;
}

static bool needs_senior(const struct school *school)
{
    return school->kind == KIND_COMPLETE_SECONDARY || school->kind == KIND_TWELVE_YEAR;
}

enum field split_pupils(const struct dataset *ds, size_t i, double ret[SPLIT_PARTS])
{
    static const enum field part[] = {FIELD_pupils_primary, FIELD_pupils_junior,
                                      FIELD_pupils_senior};
    enum field unknown = FIELD_NONE;
    for (int k = 0; k < SPLIT_PARTS; k++) {
        double v = dataset_value(ds, part[k], i);
        ret[k] = isnan(v) ? 0 : v;
        if (!isnan(v))
            continue;
        const struct missing *why = dataset_missing(ds, i, part[k]);
        bool needed = part[k] == FIELD_pupils_senior && needs_senior(&ds->schools[i]);
        if (needed || (why && why->why != MISSING_EMPTY))
            unknown = part[k];
    }
    return unknown;
}

double split_share(const struct dataset *ds, size_t i, enum stage stage)
{
    enum stage only = (enum stage)ds->schools[i].stage;
    if (only != STAGE_NONE)
        return only == stage;
    double pupils[SPLIT_PARTS];
    return split_pupils(ds, i, pupils) == FIELD_NONE ? split_weigh(pupils, stage) : NAN;
}
