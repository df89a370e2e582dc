/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a standard asks of a county beyond its figures: its items, vetoes, preconditions and
 * score, judged on the schools' data and on what the county reports. Everything lives in the
 * caller's arena and points into the standard and the data. Pure; worker threads.
 */
#pragma once

#include "base/arena.h"
#include "eval/outcome.h"
#include "eval/relax.h"
#include "model/county_data.h"
#include "model/standard.h"

struct item_input {
    const char *name; /* without the item's id */
    double value;     /* NaN = unknown */
};

/* A school that fails an item, or of which it is not known. */
struct item_school {
    uint32_t school;  /* index into the dataset */
    enum stage stage; /* STAGE_NONE: the whole school */
    enum outcome outcome;
    double value, limit; /* NaN = none */
};

/* Why the outcome is what it is. */
enum item_reason {
    ITEM_COMPUTED,
    ITEM_REPORTED,     /* as the county says */
    ITEM_MISMATCH,     /* the county says met, its data prove otherwise */
    ITEM_NOT_REPORTED, /* nobody says anything */
    ITEM_NOT_READABLE, /* what is reported is neither met, unmet nor a number it can be */
    ITEM_DATA_MISSING, /* of the county or of some schools */
    ITEM_DATA_ABSENT,  /* of the county and of all schools */
    ITEM_NO_SCHOOL,    /* that it concerns is in the data */
    ITEM_INCOMPLETE,   /* schools are missing from the round */
    ITEM_NO_POINTS,    /* the standard gives none, so they cannot be judged */
    ITEM_REASONS
};

struct item_result {
    const struct item *item;
    enum outcome outcome;
    enum item_reason reason;
    double value, limit;        /* of the comparison that decided; NaN = none */
    const struct item_rule *by; /* that comparison, or NULL */
    bool borderline;
    const struct item_input *inputs; /* as many as the item has */
    const struct county_value
        *given;    /* what the county says of the item itself, or NULL */
    double points; /* of a scored item; NaN = unknown */
    const struct item_school *schools; /* that fail or are unknown, in order */
    size_t n_schools;
};

struct items_score {
    bool there;
    enum outcome outcome;
    double known, missing; /* points; missing could still be reached */
};

struct items_result {
    const struct item_result *list; /* one per item of the standard */
    size_t n;
    enum outcome
        outcome; /* items, vetoes, preconditions, score; NONE: nothing is asked */
    struct items_score score;
    const struct finding *findings;
    size_t n_findings;
    const struct relaxed *relaxed; /* items that a school would not meet without */
    size_t n_relaxed;
};

struct items_options {
    const struct county_data *county; /* NULL: nothing is reported */
    uint32_t own_owners;
    bool complete;             /* the county's round is */
    const struct relax *relax; /* NULL: none is in force */
};

/* JH_ENOMEM when the arena is full. */
int items_judge(const struct standard *st, const struct dataset *data,
                const struct items_options *options, struct arena *arena,
                struct items_result *ret);
const char *item_reason_id(enum item_reason reason); /* "computed", "not_reported", … */
