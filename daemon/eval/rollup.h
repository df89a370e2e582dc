/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Many counties as one region: how many keep which limit, how the figures are spread over them,
 * what changed since each county's own round before. A county of which nothing is known counts
 * as unknown and is never left out. Each is boiled down first, so that a nation takes the memory
 * of its counties and not of its schools. Sums go in the order of codes, whatever order counties
 * are given in. Pure; what it makes lives in the arena. Any thread.
 */
#pragma once

#include "base/arena.h"
#include "eval/eval.h"

enum { ROLLUP_OUTCOMES = OUTCOME_BROKEN + 1, ROLLUP_WORST = 5 };

/* One figure of one county; NaN = not known. */
struct rollup_cell {
    enum outcome outcome, before;
    double cv, bound, mean; /* bound: the CV is proven to be no less */
    double cv_before, mean_before;
};

/* A county boiled down: what a region needs of it. Texts are copies. */
struct rollup_county {
    const char *code, *name;
    bool has_data; /* the round has schools of it */
    bool compared; /* a round before has */
    enum outcome outcome, before, items, certifiable;
    struct rollup_county_stage {
        bool there; /* the county has the stage, or should have it */
        enum outcome outcome, before;
        size_t schools;
        double pupils, pupils_before;
        struct rollup_cell *cells; /* one per indicator, then the composite */
    } stages[STAGE_COUNT];
};

/* Verdicts of counties, and how they turned. What was or is unknown has not crossed. */
struct rollup_count {
    size_t counties, outcomes[ROLLUP_OUTCOMES];
    size_t compared; /* of them; the three below are among these */
    size_t to_fail, to_pass, to_unknown;
};

/*
 * CVs of the counties that have one. A quartile is the least CV that a quarter, half or three
 * quarters of the counties (weighted: of their pupils) do not exceed: always a county's own.
 */
struct rollup_spread {
    size_t counties;
    double pupils;
    double mean, weighted_mean, min, max;
    double quartiles[3], weighted_quartiles[3];
};

/* Of the counties with a CV in both rounds; differences are now - before. */
struct rollup_change {
    size_t counties, rose, fell;
    double before, now;         /* plain means of the CVs */
    double mean, weighted_mean; /* of the differences, weighted by the pupils of now */
};

/* How well provided, not how evenly: the mean per pupil over all schools. */
struct rollup_provision {
    size_t counties;
    double mean;
    size_t compared; /* of these two, for which both rounds tell it */
    double before, now;
};

struct rollup_figure {
    struct rollup_count count;
    struct rollup_spread cv;
    struct rollup_change change;
    struct rollup_provision provision; /* of an indicator; the composite has none */
    const struct rollup_county *worst[ROLLUP_WORST]; /* the highest CV, or bound, first */
    size_t n_worst;
};

struct rollup {
    size_t with_data;
    struct rollup_count verdict, items, certifiable;
    const struct rollup_county *const *counties; /* by code */
    size_t n;
    struct rollup_stage {
        struct rollup_count verdict; /* of the counties that have the stage */
        size_t schools;
        double pupils;
        struct rollup_figure *figures; /* one per indicator, then the composite */
    } stages[STAGE_COUNT];
};

/*
 * One county; `before` is its round before, judged by the same standard, NULL or without data =
 * none. A county without data is one of a dataset without schools. JH_ENOMEM.
 */
int rollup_note(const struct county_result *now, const struct county_result *before,
                struct arena *arena, struct rollup_county *ret);
/* The region of these counties, each given once. JH_ENOMEM. */
int rollup_join(const struct standard *st, const struct rollup_county *const *counties,
                size_t n, struct arena *arena, struct rollup *ret);
