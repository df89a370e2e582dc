/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/rollup.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

/* ---- one county ---------------------------------------------------------------------------- */

static const struct figure *figure_of(const struct stage_result *s, size_t k, size_t n)
{
    return k < n ? &s->figures[k] : &s->composite;
}

static int note_stage(const struct stage_result *s, const struct stage_result *t,
                      size_t n, struct arena *arena, struct rollup_county_stage *ret)
{
    struct rollup_cell *cells = arena_array(arena, n + 1, sizeof *cells);
    if (!cells)
        return JH_ENOMEM;
    for (size_t k = 0; k <= n; k++) {
        const struct figure *f = figure_of(s, k, n), *g = t ? figure_of(t, k, n) : NULL;
        cells[k] = (struct rollup_cell){.outcome = f->outcome,
                                        .before = g ? g->outcome : OUTCOME_NONE,
                                        .cv = f->cv,
                                        .bound = f->bound,
                                        .mean = k < n ? f->mean : NAN,
                                        .cv_before = g ? g->cv : NAN,
                                        .mean_before = g && k < n ? g->mean : NAN};
    }
    *ret = (struct rollup_county_stage){.there = s->expected || s->n_units,
                                        .outcome = s->outcome,
                                        .before = t ? t->outcome : OUTCOME_NONE,
                                        .schools = s->n_units,
                                        .pupils = s->pupils,
                                        .pupils_before = t ? t->pupils : 0,
                                        .cells = cells};
    return 0;
}

int rollup_note(const struct county_result *now, const struct county_result *before,
                struct arena *arena, struct rollup_county *ret)
{
    bool compared = before && before->data && before->data->n;
    struct rollup_county out = {.code = arena_str(arena, now->data->county_code),
                                .name = arena_str(arena, now->data->county_name),
                                .has_data = now->data->n > 0,
                                .compared = compared,
                                .outcome = now->outcome,
                                .before = compared ? before->outcome : OUTCOME_NONE,
                                .items = now->items.outcome,
                                .certifiable = now->certifiable};
    int rc = out.code && out.name ? 0 : JH_ENOMEM;
    for (size_t i = 0; i < now->n_stages && !rc; i++)
        rc = note_stage(&now->stages[i], compared ? &before->stages[i] : NULL,
                        now->standard->n_indicators, arena,
                        &out.stages[now->stages[i].stage]);
    if (!rc)
        *ret = out;
    return rc;
}

/* ---- counting ------------------------------------------------------------------------------ */

static void count(struct rollup_count *c, enum outcome now, enum outcome before,
                  bool compared)
{
    bool passed = before == OUTCOME_PASS, failed = before == OUTCOME_FAIL;
    c->counties++;
    c->outcomes[now]++;
    if (!compared)
        return;
    c->compared++;
    c->to_fail += passed && now == OUTCOME_FAIL;
    c->to_pass += failed && now == OUTCOME_PASS;
    c->to_unknown += (passed || failed) && now == OUTCOME_UNKNOWN;
}

static void count_county(const struct rollup_county *c, struct rollup *out)
{
    out->with_data += c->has_data;
    count(&out->verdict, c->outcome, c->before, c->compared);
    count(&out->items, c->items, OUTCOME_NONE, false);
    count(&out->certifiable, c->certifiable, OUTCOME_NONE, false);
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        const struct rollup_county_stage *s = &c->stages[stage];
        if (!s->there)
            continue;
        count(&out->stages[stage].verdict, s->outcome, s->before, c->compared);
        out->stages[stage].schools += s->schools;
        out->stages[stage].pupils += s->pupils;
    }
}

/* ---- one figure ---------------------------------------------------------------------------- */

/* A county's place among the others: by its CV, or by the least that it can be. */
struct point {
    double cv, pupils;
    const struct rollup_county *county;
};

/* The higher first, then by code. */
static int by_cv(const void *a, const void *b)
{
    const struct point *x = a, *y = b;
    int order = (x->cv < y->cv) - (x->cv > y->cv);
    return order ? order : strcmp(x->county->code, y->county->code);
}

/* points: n, the higher first. */
static double quantile(const struct point *points, size_t n, double share, bool weighted)
{
    double all = 0, reached = 0;
    for (size_t i = 0; i < n; i++)
        all += weighted ? points[i].pupils : 1;
    for (size_t i = n; i-- > 0;) {
        reached += weighted ? points[i].pupils : 1;
        if (reached >= share * all * (1 - 1e-12))
            return points[i].cv;
    }
    return n ? points[0].cv : NAN;
}

static void spread(const struct point *points, size_t n, struct rollup_spread *ret)
{
    double sum = 0, weighted = 0;
    for (size_t i = 0; i < n; i++) {
        sum += points[i].cv;
        weighted += points[i].cv * points[i].pupils;
        ret->pupils += points[i].pupils;
    }
    ret->counties = n;
    ret->mean = n ? sum / (double)n : NAN;
    ret->weighted_mean = n ? weighted / ret->pupils : NAN;
    ret->min = n ? points[n - 1].cv : NAN;
    ret->max = n ? points[0].cv : NAN;
    for (int i = 0; i < 3; i++) {
        ret->quartiles[i] = quantile(points, n, 0.25 * (i + 1), false);
        ret->weighted_quartiles[i] = quantile(points, n, 0.25 * (i + 1), true);
    }
}

/* A county that has two CVs to compare. */
static void note_change(struct rollup_change *c, const struct rollup_cell *cell,
                        double pupils, double *all)
{
    double by = cell->cv - cell->cv_before;
    if (isnan(by))
        return;
    c->counties++;
    c->rose += by > 0;
    c->fell += by < 0;
    c->before += cell->cv_before;
    c->now += cell->cv;
    c->mean += by;
    c->weighted_mean += by * pupils;
    *all += pupils;
}

static void end_change(struct rollup_change *c, double pupils)
{
    double n = c->counties ? (double)c->counties : NAN;
    c->before /= n;
    c->now /= n;
    c->mean /= n;
    c->weighted_mean /= c->counties ? pupils : NAN;
}

/* Means weigh by pupils; of `now` and `before` each by those of its round. */
struct means {
    double sum, pupils;
};

static void add_mean(struct means *m, double mean, double pupils)
{
    m->sum += mean * pupils;
    m->pupils += pupils;
}

static void note_provision(const struct rollup_county_stage *s,
                           const struct rollup_cell *cell, struct rollup_provision *l,
                           struct means m[3])
{
    if (isnan(cell->mean))
        return;
    l->counties++;
    add_mean(&m[0], cell->mean, s->pupils);
    if (isnan(cell->mean_before))
        return;
    l->compared++;
    add_mean(&m[1], cell->mean_before, s->pupils_before);
    add_mean(&m[2], cell->mean, s->pupils);
}

static void end_provision(struct rollup_provision *l, const struct means m[3])
{
    l->mean = m[0].sum / m[0].pupils; /* NaN of none */
    l->before = m[1].sum / m[1].pupils;
    l->now = m[2].sum / m[2].pupils;
}

/* Room for a point of each county. */
struct points {
    struct point *known, *ranked; /* with a CV; with that or a bound */
    size_t n_known, n_ranked;
};

static void note_points(const struct rollup_county *c,
                        const struct rollup_county_stage *s,
                        const struct rollup_cell *cell, struct points *p)
{
    if (!isnan(cell->cv)) {
        p->known[p->n_known++] = (struct point){cell->cv, s->pupils, c};
        p->ranked[p->n_ranked++] = (struct point){cell->cv, s->pupils, c};
    } else if (cell->bound > 0) {
        p->ranked[p->n_ranked++] = (struct point){cell->bound, s->pupils, c};
    }
}

static void join_figure(const struct rollup *r, enum stage stage, size_t k,
                        struct points *points, struct rollup_figure *f)
{
    double compared = 0;
    struct means means[3] = {{0}};
    points->n_known = points->n_ranked = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct rollup_county *c = r->counties[i];
        const struct rollup_county_stage *s = &c->stages[stage];
        if (!s->there)
            continue;
        const struct rollup_cell *cell = &s->cells[k];
        count(&f->count, cell->outcome, cell->before, c->compared);
        note_points(c, s, cell, points);
        note_change(&f->change, cell, s->pupils, &compared);
        note_provision(s, cell, &f->provision, means);
    }
    qsort(points->known, points->n_known, sizeof *points->known, by_cv);
    qsort(points->ranked, points->n_ranked, sizeof *points->ranked, by_cv);
    spread(points->known, points->n_known, &f->cv);
    end_change(&f->change, compared);
    end_provision(&f->provision, means);
    while (f->n_worst < points->n_ranked && f->n_worst < ROLLUP_WORST) {
        f->worst[f->n_worst] = points->ranked[f->n_worst].county;
        f->n_worst++;
    }
}

/* ---- a region ------------------------------------------------------------------------------ */

static int by_code(const void *a, const void *b)
{
    const struct rollup_county *const *x = a, *const *y = b;
    return strcmp((*x)->code, (*y)->code);
}

int rollup_join(const struct standard *st, const struct rollup_county *const *counties,
                size_t n, struct arena *arena, struct rollup *ret)
{
    struct points points = {.known = arena_array(arena, n, sizeof *points.known),
                            .ranked = arena_array(arena, n, sizeof *points.ranked)};
    const struct rollup_county **list = arena_array(arena, n, sizeof *list);
    struct rollup out = {.counties = list, .n = n};
    if (!points.known || !points.ranked || !list)
        return JH_ENOMEM;
    for (size_t i = 0; i < n; i++)
        list[i] = counties[i];
    qsort(list, n, sizeof *list, by_code);
    for (size_t i = 0; i < n; i++)
        count_county(list[i], &out);
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        size_t figures = st->has_stage[stage] ? st->n_indicators + 1 : 0;
        struct rollup_figure *all = arena_array(arena, figures, sizeof *all);
        if (!all)
            return JH_ENOMEM;
        for (size_t k = 0; k < figures; k++)
            join_figure(&out, stage, k, &points, &all[k]);
        out.stages[stage].figures = all;
    }
    *ret = out;
    return 0;
}
