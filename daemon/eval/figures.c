/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/figures.h"

#include <math.h>

#include <junheng/plugin.h>

#include "eval/cv.h"

static const struct figure NOTHING = {NAN,   NAN, NAN, NAN, OUTCOME_NONE,
                                      false, NAN, 0,   NULL};

/* What a verdict rests on: the figure as shown, and the least its CV can be. */
struct proof {
    bool
        admitted; /* the shown cv is on complete inputs, or on as many as `coverage` asks */
    bool whole;   /* nothing at all is missing: the cv is the proof */
    double least; /* NaN = nothing is proven */
};

static void judge_figure(const struct figures_input *in, const struct proof *proof,
                         struct figure *f)
{
    const struct standard *st = in->standard;
    struct decimal limit = st->limit[in->stage];
    unsigned digits = st->rounding.cv;
    bool raw = st->rounding.raw, borderline = false;
    bool over = !isnan(proof->least) &&
                !eval_within(proof->least, limit, digits, raw, &borderline);
    bool within = !isnan(f->cv) && eval_within(f->cv, limit, digits, raw, &borderline);
    f->limit = decimal_double(limit);
    f->borderline = borderline && (over || !isnan(f->cv));
    if (over)
        f->outcome = OUTCOME_FAIL;
    else if (within && proof->admitted && in->complete)
        f->outcome = OUTCOME_PASS;
    else
        f->outcome = OUTCOME_UNKNOWN;
}

/* One indicator. x and pupils are columns of the known and unknown units alike. */
static struct proof figure_compute(const struct figures_input *in, size_t k,
                                   const double *x, const double *pupils,
                                   struct figure *f)
{
    const struct standard *st = in->standard;
    const struct units *u = in->units;
    struct cv cv = cv_weighted(x, pupils, u->n, st->indicators[k].per);
    double all = u->pupils + in->vanished, missing = 0;
    bool cells = !u->missing[k].n && !u->unclear;
    for (size_t i = 0; i < u->n && !cells; i++)
        missing += isnan(x[i]) ? pupils[i] : 0;
    bool enough =
        st->coverage < 1 && !in->boundless && cv.pupils >= st->coverage * all - 1e-9;
    struct proof proof = {cells || enough, cells && !(in->vanished > 0), NAN};
    *f = NOTHING;
    f->missing = u->missing[k].list;
    f->n_missing = u->missing[k].n;
    if (proof.admitted) {
        f->mean = cv.mean;
        f->sd = cv.sd;
        f->cv = cv.cv;
    }
    if (in->boundless)
        return proof;
    if (proof.whole)
        proof.least = cv.cv;
    else
        proof.least = f->bound = cv_lower_bound(x, pupils, u->n, missing + in->vanished);
    return proof;
}

/*
 * The mean of the unrounded CVs, and of what is proven about each. A figure of which nothing
 * is known proves 0: no completion of it could be less. One that is undefined on complete
 * inputs leaves the composite undefined.
 */
static struct proof composite_compute(const struct figures_input *in,
                                      const struct proof *proofs,
                                      const struct stage_result *stage, struct figure *f)
{
    size_t n = in->standard->n_indicators;
    struct proof proof = {n > 0, true, in->boundless || !n ? NAN : 0};
    bool any = false;
    *f = NOTHING;
    f->cv = n ? 0 : NAN;
    for (size_t k = 0; k < n; k++) {
        f->cv += stage->figures[k].cv / (double)n;
        proof.admitted &= proofs[k].admitted;
        proof.whole &= proofs[k].whole;
        any |= !isnan(proofs[k].least);
        bool trivial = isnan(proofs[k].least) && !proofs[k].whole;
        proof.least += trivial ? 0 : proofs[k].least / (double)n;
    }
    if (proof.whole && !isnan(proof.least))
        proof.least = f->cv;
    else if (any)
        f->bound = proof.least;
    else
        proof.least = NAN;
    return proof;
}

int figures_compute(const struct figures_input *in, struct arena *arena,
                    struct stage_result *ret)
{
    const struct units *u = in->units;
    const struct standard *st = in->standard;
    struct figure *figures = arena_array(arena, st->n_indicators, sizeof *figures);
    double *x = arena_array(arena, u->n, sizeof *x);
    double *pupils = arena_array(arena, u->n, sizeof *pupils);
    if (!figures || !x || !pupils)
        return JH_ENOMEM;
    struct proof proofs[STANDARD_INDICATORS_MAX];
    for (size_t i = 0; i < u->n; i++)
        pupils[i] = u->list[i].pupils;
    for (size_t k = 0; k < st->n_indicators; k++) {
        for (size_t i = 0; i < u->n; i++)
            x[i] = u->list[i].raw[k];
        proofs[k] = figure_compute(in, k, x, pupils, &figures[k]);
        if (st->applies == CV_EACH || st->applies == CV_BOTH)
            judge_figure(in, &proofs[k], &figures[k]);
    }
    ret->figures = figures;
    struct proof proof = composite_compute(in, proofs, ret, &ret->composite);
    if (st->applies == CV_COMPOSITE || st->applies == CV_BOTH)
        judge_figure(in, &proof, &ret->composite);
    return 0;
}
