/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/filter.h"

#include <math.h>
#include <string.h>

static enum filter_match both(enum filter_match a, enum filter_match b)
{
    return a < b ? a : b;
}

static enum filter_match sure(bool yes)
{
    return yes ? FILTER_YES : FILTER_NO;
}

/* ---- what a row says of itself --------------------------------------------------------- */

static enum filter_match flag(int8_t wanted, int8_t is)
{
    if (wanted < 0)
        return FILTER_YES;
    return is < 0 ? FILTER_UNKNOWN : sure(is == wanted);
}

static enum filter_match row_matches(const struct school_filter *f,
                                     const struct school *s)
{
    enum filter_match m = sure((!f->kinds || f->kinds >> s->kind & 1) &&
                               (!f->owners || f->owners >> s->owner & 1));
    if (f->settings)
        m = both(m, s->setting == SETTING_UNKNOWN ? FILTER_UNKNOWN
                                                  : sure(f->settings >> s->setting & 1));
    if (f->built_until)
        m = both(m,
                 s->built_year ? sure(s->built_year <= f->built_until) : FILTER_UNKNOWN);
    m = both(m, flag(f->boarding, s->boarding));
    return both(m, flag(f->dense_centre, s->dense_centre));
}

/* ---- what the rows have together ------------------------------------------------------- */

/* Between the known cells alone and what the missing ones could add. */
struct range {
    double least, most;
};

struct sums {
    struct range pupils, migrants, largest_class;
};

static void add_migrants(struct sums *sums, double v, double pupils)
{
    bool known =
        v <= pupils; /* a part larger than its whole says nothing; nor does NaN */
    sums->migrants.least += known ? v : 0;
    sums->migrants.most += known ? v : pupils;
}

static void add_class(struct sums *sums, double v)
{
    bool known = v > 0; /* pupils sit in classes: 0 says nothing */
    sums->largest_class.least = fmax(sums->largest_class.least, known ? v : 0);
    sums->largest_class.most = fmax(sums->largest_class.most, known ? v : INFINITY);
}

/* A stage of a row. An empty cell of pupils means none, as everywhere; a bad one anything. */
static void add_stage(struct sums *sums, const struct dataset *ds, size_t row,
                      enum stage stage)
{
    enum stage only = (enum stage)ds->schools[row].stage;
    if (only != STAGE_NONE && only != stage)
        return;
    double pupils = dataset_value(ds, FIELD_pupils_primary + stage, row);
    if (isnan(pupils)) {
        const struct missing *why =
            dataset_missing(ds, row, FIELD_pupils_primary + stage);
        pupils = why && why->why != MISSING_EMPTY ? INFINITY : 0;
    }
    if (!(pupils > 0))
        return;
    sums->pupils.least += isinf(pupils) ? 0 : pupils;
    sums->pupils.most += pupils;
    add_migrants(sums, dataset_value(ds, FIELD_migrant_pupils_primary + stage, row),
                 pupils);
    add_class(sums, dataset_value(ds, FIELD_largest_class_primary + stage, row));
}

static struct sums sums_of(const struct dataset *ds, size_t begin, size_t end)
{
    struct sums sums = {0};
    for (size_t row = begin; row < end; row++)
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
            add_stage(&sums, ds, row, stage);
    return sums;
}

static enum filter_match from(double least, struct range r)
{
    return r.least >= least ? FILTER_YES : r.most >= least ? FILTER_UNKNOWN : FILTER_NO;
}

static enum filter_match below(double limit, struct range r)
{
    return r.most < limit ? FILTER_YES : r.least < limit ? FILTER_UNKNOWN : FILTER_NO;
}

/* m / p > n / 10^scale in whole numbers, where the counts are whole: half is not above half. */
static enum filter_match share_above(struct decimal share, const struct sums *sums)
{
    double whole = 1;
    for (unsigned i = 0; i < share.scale; i++)
        whole *= 10;
    double limit = (double)share.n * sums->pupils.most;
    if (isinf(limit) || isnan(limit)) /* who knows how many pupils there are */
        return FILTER_UNKNOWN;
    if (sums->migrants.least * whole > limit)
        return FILTER_YES;
    return sums->migrants.most * whole > limit ? FILTER_UNKNOWN : FILTER_NO;
}

static enum filter_match sums_match(const struct school_filter *f,
                                    const struct sums *sums)
{
    enum filter_match m = FILTER_YES;
    if (f->pupils_from > 0)
        m = both(m, from(f->pupils_from, sums->pupils));
    if (f->pupils_below > 0)
        m = both(m, below(f->pupils_below, sums->pupils));
    if (f->largest_class_below > 0)
        m = both(m, below(f->largest_class_below, sums->largest_class));
    if (f->has_migrant_share)
        m = both(m, share_above(f->migrant_share_above, sums));
    return m;
}

static bool asks_sums(const struct school_filter *f)
{
    return f->pupils_from > 0 || f->pupils_below > 0 || f->largest_class_below > 0 ||
           f->has_migrant_share;
}

enum filter_match filter_matches_rows(const struct school_filter *filter,
                                      const struct dataset *ds, size_t begin, size_t end)
{
    if (!filter)
        return FILTER_YES;
    enum filter_match best = FILTER_NO;
    for (; filter; filter = filter->or_else) {
        enum filter_match m = FILTER_YES;
        for (size_t row = begin; row < end; row++)
            m = both(m, row_matches(filter, &ds->schools[row]));
        if (m > best && asks_sums(filter)) {
            struct sums sums = sums_of(ds, begin, end);
            m = both(m, sums_match(filter, &sums));
        }
        best = m > best ? m : best;
    }
    return best;
}

static bool same_site(const struct school *a, const struct school *b)
{
    return strcmp(a->code, b->code) == 0 && strcmp(a->campus, b->campus) == 0;
}

enum filter_match filter_matches(const struct school_filter *filter,
                                 const struct dataset *ds, size_t school)
{
    const struct school *all = ds->schools;
    size_t begin = school, end = school + 1;
    while (begin > 0 && same_site(&all[begin - 1], &all[school]))
        begin--;
    while (end < ds->n && same_site(&all[end], &all[school]))
        end++;
    return filter_matches_rows(filter, ds, begin, end);
}
