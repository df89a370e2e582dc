/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/complete.h"

#include <string.h>

#include "eval/population.h"

/* Does the row stand for that school's stage? A school divided into campuses, or joined, does. */
static bool stands_for(const struct school *now, const struct school *then,
                       enum stage stage)
{
    bool campus =
        strcmp(now->campus, then->campus) == 0 || !*now->campus || !*then->campus;
    return campus && (now->stage == STAGE_NONE || now->stage == stage);
}

/* Is there no row from `at` on, of those with the school's code, that stands for it? */
static bool vanished(const struct dataset *data, size_t at, const struct school *then,
                     enum stage stage)
{
    for (size_t i = at; i < data->n && strcmp(data->schools[i].code, then->code) == 0;
         i++) {
        if (stands_for(&data->schools[i], then, stage))
            return false;
    }
    return true;
}

/* What the last round had, and what of it is gone. */
struct tally {
    double all, gone;
};

/* at: SIZE_MAX where the school is known to have closed. */
static void check_row(const struct population *p, const struct dataset *data, size_t row,
                      size_t at, struct tally *tally, double *population_gone)
{
    bool unclear = false;
    double pupils = population_pupils(p, row, &unclear);
    tally->all += pupils;
    if (!(pupils > 0) || at == SIZE_MAX ||
        !vanished(data, at, &p->data->schools[row], p->stage))
        return;
    tally->gone += pupils;
    if (!population_excludes(p, row, pupils, NULL))
        *population_gone += pupils;
}

struct completeness complete_check(const struct standard *st, const struct dataset *data,
                                   const struct eval_options *options)
{
    const struct dataset *previous = options->previous;
    struct completeness why = {.parts_absent = !data->parts_complete,
                               .rows_dropped = data->rows_dropped,
                               .doubts = data->doubts};
    struct tally tally = {0};
    struct population p[STAGE_COUNT];
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
        population_init(&p[stage], st, previous, options->own_owners, stage);
    size_t at = 0; /* walks along: both rounds are ordered by code */
    for (size_t row = 0; previous && row < previous->n; row++) {
        const char *code = previous->schools[row].code;
        while (at < data->n && strcmp(data->schools[at].code, code) < 0)
            at++;
        bool closed = closed_between(options->closed, code, data->county_code,
                                     previous->round, data->round);
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
            check_row(&p[stage], data, row, closed ? SIZE_MAX : at, &tally,
                      &why.vanished_pupils[stage]);
    }
    why.vanished_share = tally.all > 0 ? tally.gone / tally.all : 0;
    why.vanished = why.vanished_share > st->vanished_max + 1e-12;
    return why;
}
