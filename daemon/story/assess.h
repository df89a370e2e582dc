/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From datasets to verdicts: every standard in use and every local indicator over every county
 * at hand. Results live in the job's arena. Blocking; the pipeline's thread.
 */
#pragma once

#include "eval/eval.h"
#include "script/script.h"
#include "story/gather.h"

struct assessed_county {
    const struct dataset *data, *before; /* before may be NULL */
    char sha256[65];                     /* of the submitted bytes */
    char county_sha256[65];              /* of this county's dataset */
    const char *review; /* review_of_county(): "submitted", "reviewed", or NULL */
    const struct county_result *results; /* one per standard that judges the round */
    size_t n_results;
    struct script_verdict *local; /* this county's, in order of script */
    size_t n_local;
    const struct finding *differs; /* where the level below judged otherwise */
    size_t n_differs;
};

struct assessed {
    struct assessed_county *counties; /* ordered by code */
    size_t n;
    size_t broken; /* script verdicts that are */
    struct jh_err
        lapse; /* code 0, or why scripts did not run that are not to blame: again later */
};

/*
 * scripts or set may be NULL: no local indicators. Whatever happens to scripts costs local
 * verdicts only (BROKEN, or none at all), never those of the standards.
 */
int assess(const struct gather *g, const struct gathered *gathered,
           struct script_host *scripts, struct script_set *set, struct assessed *ret,
           struct jh_err *err);

/* How many findings only judging shows: of standards, and of the level below. */
size_t assess_findings(const struct assessed *assessed);

/* Does a standard judge this round at all (series, effective date)? */
bool assess_judges(const struct standard *standard, struct round round);
