/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One county's data against one standard: figures, school rule, stages, verdict. Pure: the same
 * dataset and standard always give the same result, bit for bit. Everything lives in the
 * caller's arena and points into the dataset and the standard. Worker threads.
 */
#pragma once

#include "base/arena.h"
#include "eval/items.h"
#include "eval/outcome.h"
#include "eval/relax.h"
#include "model/closed.h"
#include "model/dataset.h"
#include "model/entity.h"
#include "model/standard.h"

/* A unit: one school at one stage after merging, exclusion and splitting. */
struct unit {
    uint32_t school;      /* index into the dataset (of the first campus when merged) */
    double pupils;        /* P_i, > 0 */
    const double *value;  /* X_i * per, one per indicator; NaN = missing */
    const double *raw;    /* x_i, one per indicator; NaN = missing */
    enum outcome outcome; /* school rule; NONE without one */
    int met, of;          /* -1 without a school rule */
    uint32_t below;       /* bit per indicator under its school_min */
};

struct figure_missing {
    uint32_t school; /* index into the dataset */
    enum field field;
    uint32_t line;      /* 0 when the column is absent */
    const char *reason; /* "empty", "not a number", "column absent", … */
};

/* mean, sd and cv are NaN when undefined or not admitted. */
struct figure {
    double mean, sd, cv;
    double limit;         /* NaN = no limit on this figure */
    enum outcome outcome; /* NONE where not judged */
    bool borderline;
    double bound; /* proven lower bound of the CV with missing cells; NaN if none */
    size_t n_missing;
    const struct figure_missing *missing;
};

struct stage_result {
    enum stage stage;
    enum outcome outcome;
    bool expected;  /* the standard judges the stage and the county has it */
    size_t n_units; /* units with pupils, in order of school code */
    const struct unit *units;
    double pupils;
    struct figure composite;
    const struct figure *figures; /* one per indicator */
    bool single_school;
};

struct excluded {
    uint32_t school;
    enum stage stage;
    const char *rule, *reason;
};

/* Why a round of a county is not complete; complete = none is set. */
struct completeness {
    bool parts_absent;
    size_t rows_dropped;
    size_t doubts; /* findings that block, and concern more than a cell */
    bool vanished; /* more than vanished_max of the last round's enrolment */
    double vanished_pupils[STAGE_COUNT]; /* last enrolment of schools that are gone */
    double vanished_share;
};

struct county_result {
    const struct dataset *data;
    const struct standard *standard;
    enum outcome outcome;
    bool complete;
    struct completeness why;
    struct stage_result stages[STAGE_COUNT]; /* [n_stages) in order of enum stage */
    size_t n_stages;
    const struct excluded *excluded;
    size_t n_excluded;
    const struct finding
        *findings; /* beside those of the dataset: what the standard shows */
    size_t n_findings;
    struct items_result items; /* beside the outcome, never in it */
    enum outcome certifiable;  /* the outcome and the items; NONE without items */
    enum outcome monitored;    /* what a slip is judged by: `monitor` of the standard */
    const struct relaxed *relaxed; /* figures by stage and school, then items */
    size_t n_relaxed;
    const struct duty *duties; /* in the standard's order */
    size_t n_duties;
    const struct entity_change *change; /* of the options */
};

struct eval_options {
    const struct dataset *previous;   /* the county's last round of the series, or NULL */
    const struct closed_list *closed; /* schools that may be gone from it; or NULL */
    uint32_t stages;                  /* bit per stage the county has; 0 = all */
    uint32_t own_owners; /* a county record's list instead of the standard's; 0 */
    const struct county_data *county; /* what it reports beside its schools, or NULL */
    bool figures_only;     /* items are not judged, and unknown: nobody shows them */
    struct date certified; /* by this standard; year 0 = it is not */
    const struct entity_change
        *change; /* that made it of other schools since the last round */
};

/*
 * JH_ENOMEM when the arena is full, JH_ELIMIT when floor x school_min has more than 9 decimals
 * (conf/ refuses such standards); otherwise always a result.
 */
int eval_county(const struct standard *st, const struct dataset *data,
                const struct eval_options *options, struct arena *arena,
                struct county_result *ret);

/* Is v <= limit as the standard compares (rounded by form, or raw)? borderline: they differ. */
bool eval_within(double v, struct decimal limit, unsigned digits, bool raw,
                 bool *ret_borderline);
/* The mirror of it: v >= least. */
bool eval_reaches(double v, struct decimal least, unsigned digits, bool raw,
                  bool *ret_borderline);
