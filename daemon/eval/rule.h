/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges one item's rule for one county (docs/standards.md 10). fail > unknown > pass: one
 * school that is proven to fail is a fail, whatever else is missing; a pass needs every school
 * known and the round complete. Private to eval/; pure, results in the caller's arena.
 */
#pragma once

#include "base/arena.h"
#include "eval/items.h"
#include "eval/subjects.h"
#include "model/county_data.h"

/* What rules are judged on; the same for all items of a county. */
struct rule_ground {
    const struct standard *standard;
    const struct dataset *data;
    const struct county_data *county; /* may be NULL */
    uint32_t own_owners;
    bool complete; /* the round is: no school is missing from it */
    struct arena *arena;
    struct subjects who[2]; /* of the standard, everybody; made when first needed */
    bool has_who[2];
    const struct relax *relax; /* may be NULL */
    struct relaxed *relaxed;   /* those relied on */
    size_t n_relaxed, cap_relaxed;
    bool failed; /* out of memory */
};

/* An item under judgement. */
struct rule_case {
    struct rule_ground *ground;
    const struct item *item;
    const double *inputs;        /* NaN = unknown */
    const bool *reported;        /* is there anything of the input in the county data? */
    double given;                /* the item's own number; NaN = none */
    struct item_school *schools; /* that fail or are unknown */
    size_t n_schools, cap_schools;
};

struct rule_answer {
    enum outcome outcome;       /* NONE: it does not concern the school */
    double value, limit;        /* of the comparison that decided; NaN = none */
    const struct item_rule *by; /* that comparison, or NULL */
    bool borderline;
    bool absent;   /* what it needs is missing altogether: a report may stand in for it */
    bool doubtful; /* a pass, if it concerns the school at all */
    bool nobody;   /* no school is concerned */
};

/* The rule as a whole. Look at ground->failed afterwards. */
struct rule_answer rule_judge(struct rule_case *c, const struct item_rule *rule);
