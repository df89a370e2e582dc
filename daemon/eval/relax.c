/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/relax.h"

#include <junheng/plugin.h>

#include "eval/filter.h"

/* The day from which a county certified then may no longer rely on it; year 0 = none. */
static struct date duty_day(const struct relaxation *r, struct date certified)
{
    if (!r->duty_years || !certified.year)
        return (struct date){0};
    return date_add_months(certified, 12 * r->duty_years);
}

static bool ended(struct date end, struct date day)
{
    return end.year && date_cmp(day, end) >= 0;
}

void relax_init(struct relax *relax, const struct standard *st, const struct dataset *ds,
                struct date certified)
{
    struct date day = round_reference(ds->round);
    *relax = (struct relax){st, ds, certified, 0};
    for (size_t i = 0; i < st->n_relaxations; i++) {
        const struct relaxation *r = &st->relaxations[i];
        if (!ended(r->until, day) && !ended(duty_day(r, certified), day))
            relax->in_force |= UINT32_C(1) << i;
    }
}

bool relax_holds(const struct relax *relax, size_t i, size_t begin, size_t end)
{
    const struct school_filter *where = relax->standard->relaxations[i].where;
    if (!(relax->in_force >> i & 1))
        return false;
    enum filter_match m = relax->standard->campus_merge
                              ? filter_matches_rows(where, relax->data, begin, end)
                              : filter_matches(where, relax->data, begin);
    return m == FILTER_YES;
}

int relax_duties(const struct relax *relax, const struct relaxed *relied, size_t n,
                 struct arena *arena, const struct duty **ret, size_t *ret_n)
{
    const struct standard *st = relax->standard;
    struct duty *duties = arena_array(arena, st->n_relaxations, sizeof *duties);
    size_t n_duties = 0;
    if (!duties)
        return JH_ENOMEM;
    for (size_t i = 0; i < st->n_relaxations; i++) {
        const struct relaxation *r = &st->relaxations[i];
        struct date until = duty_day(r, relax->certified);
        bool used = false;
        for (size_t k = 0; k < n; k++)
            used |= relied[k].relaxation == r;
        if (used && until.year)
            duties[n_duties++] = (struct duty){r, until};
    }
    *ret = duties;
    *ret_n = n_duties;
    return 0;
}
