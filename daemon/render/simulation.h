/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `junhengctl simulate` prints: counties before and after cells were set, and what it
 * takes to bring them back inside. docs/simulate.md describes the shapes. Appends to the
 * caller's buffer, keeps nothing; JSON is a new reference. Any thread.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "eval/simulate.h"
#include "eval/solve_joint.h"
#include "render/message.h"

struct simulation_county {
    const struct county_result *before;
    const struct county_result *after; /* with `set`; the same as before without any */
    const struct simulate_cell *set;   /* rows of this county */
    size_t n_set;
    const struct solve_answer *answers; /* to `after` */
    size_t n_answers;
    const struct solve_joint
        *joint; /* when no answer is enough for the county; or NULL */
};

struct simulation {
    const struct standard *standard;
    struct round round;
    const char *data_sha256;
    const struct simulation_county *counties;
    size_t n;
    bool solve; /* answers were asked for */
};

json_t *simulation_json(const struct simulation *s);
void simulation_text(const struct simulation *s, const struct messages *m,
                     struct buf *out);
/*
 * Without answers state,county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline; with
 * them a line for each addition, or for each answer without any.
 */
void simulation_csv(const struct simulation *s, struct buf *out);

/* For the three of them: the judged figure an answer is about, before or after it. */
const struct figure *simulation_figure(const struct county_result *r,
                                       const struct solve_answer *a);
/*
 * Does this still fail, or nobody knows: an indicator, behind them the composite, the school
 * rule, and that there are schools at all? Only what is judged.
 */
bool simulation_fails(const struct county_result *r, size_t stage, size_t what);
/* Does the answer break what passed: this figure, or the school rule (indicator = n)? */
bool simulation_breaks(const struct county_result *before, const struct solve_answer *a,
                       size_t stage, size_t indicator);
