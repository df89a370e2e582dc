/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes before a slip: a county that passes, but near its limit or on the way to it
 * (`warning`), and one that is worse than when it was certified (`decline`). Definitions are in
 * docs/alerts.md section 1. Pure; everything lives in the caller's arena.
 */
#pragma once

#include "alert/alert.h"
#include "eval/eval.h"

enum warn_code {
    WARN_MARGIN,     /* within the margin of the limit */
    WARN_TREND,      /* the line through the last rounds reaches it soon */
    WARN_BORDERLINE, /* printed and raw value are judged differently */
    WARN_SIZE,       /* classes or the school are over their size (an item) */
    WARN_LARGE,      /* classes of 56 and more, where no item speaks of them */
    WARN_DECLINE     /* worse than the certification's baseline */
};

const char *warn_code_id(enum warn_code code);

/* Figures of another round; NaN = not known. */
struct warn_past {
    struct round round;
    double composite[STAGE_COUNT];
    double cv[STAGE_COUNT][STANDARD_INDICATORS_MAX];
};

struct warn_reason {
    enum warn_code code;
    const char *key;     /* "primary/composite", as in judgements; "items/ZF5" */
    enum stage stage;    /* STAGE_NONE: the county */
    int figure;          /* index of the indicator; -1: the composite, or none */
    double value, limit; /* limit NaN: none */
    double other; /* trend: the value foreseen; decline: the baseline's; else NaN */
};

struct warned {
    struct judgement judgement;
    const struct warn_reason *reasons;
    size_t n;
};

/*
 * `past`: the next older rounds of the series, newest first. `told`: what an open warning has
 * told; what of it cannot be judged now keeps it open. JH_ENOMEM.
 */
int warn_judge(const struct county_result *result, const struct alert_policy *policy,
               const struct warn_past *past, size_t n_past, const struct alert *open,
               struct arena *arena, struct warned *ret);
/* baseline NULL: it is not known, and nothing is said. */
int warn_decline(const struct county_result *result, const struct alert_policy *policy,
                 const struct warn_past *baseline, struct arena *arena,
                 struct warned *ret);
