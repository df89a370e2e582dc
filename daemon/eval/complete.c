/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/complete.h"

#include <string.h>

#include "eval/units.h"

/* Does the row stand for that school's stage? A school divided into campuses, or joined, does. */
static bool stands_for(const struct school *now, const struct school *then,
                       enum stage stage)
{
    bool campus =
        strcmp(now->campus, then->campus) == 0 || !*now->campus || !*then->campus;
    return campus && (now->stage == STAGE_NONE || now->stage == stage);
}

/* *at walks along: both rounds are ordered by code. */
static bool vanished(const struct dataset *data, const struct school *then,
                     enum stage stage, size_t *at)
{
    while (*at < data->n && strcmp(data->schools[*at].code, then->code) < 0)
        ++*at;
    for (size_t i = *at; i < data->n && strcmp(data->schools[i].code, then->code) == 0;
         i++) {
        if (stands_for(&data->schools[i], then, stage))
            return false;
    }
    return true;
}

struct completeness complete_check(const struct standard *st, const struct dataset *data,
                                   const struct dataset *previous, uint32_t own_owners)
{
    struct completeness why = {.parts_absent = !data->parts_complete,
                               .rows_dropped = data->rows_dropped};
    double gone = 0, all = 0;
    for (enum stage stage = 0; previous && stage < STAGE_COUNT; stage++) {
        struct population p;
        population_init(&p, st, previous, own_owners, stage);
        size_t at = 0;
        for (size_t row = 0; row < previous->n; row++) {
            bool unclear = false;
            double pupils = population_pupils(&p, row, &unclear);
            all += pupils;
            if (!(pupils > 0) || !vanished(data, &previous->schools[row], stage, &at))
                continue;
            gone += pupils;
            if (!population_excludes(&p, row, pupils, NULL))
                why.vanished_pupils[stage] += pupils;
        }
    }
    why.vanished_share = all > 0 ? gone / all : 0;
    why.vanished = why.vanished_share > st->vanished_max + 1e-12;
    return why;
}
