/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/eval.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/complete.h"
#include "eval/figures.h"
#include "eval/school_rule.h"
#include "eval/units.h"

/* A value as the form prints it against an exact limit: -1, 0, 1. */
static int compare_printed(double v, struct decimal limit, unsigned digits)
{
    double scaled = num_round_scaled(v, digits);
    if (fabs(scaled) < 9e15)
        return decimal_cmp((struct decimal){(int64_t)scaled, digits}, limit);
    return scaled > 0 ? 1 : -1;
}

bool eval_within(double v, struct decimal limit, unsigned digits, bool raw,
                 bool *ret_borderline)
{
    bool printed = compare_printed(v, limit, digits) <= 0;
    bool exact = v <= decimal_double(limit) + 1e-12;
    *ret_borderline = printed != exact;
    return raw ? exact : printed;
}

bool eval_reaches(double v, struct decimal least, unsigned digits, bool raw,
                  bool *ret_borderline)
{
    bool printed = compare_printed(v, least, digits) >= 0;
    bool exact = v >= decimal_double(least) - 1e-12;
    *ret_borderline = printed != exact;
    return raw ? exact : printed;
}

/* One county under evaluation. */
struct job {
    const struct eval_options *options;
    struct arena *arena;
    struct county_result *out;
    struct relax relax;
};

static enum outcome stage_outcome(const struct stage_result *s, const struct standard *st,
                                  bool complete)
{
    if (!s->n_units)
        return s->expected ? OUTCOME_UNKNOWN : OUTCOME_NONE;
    enum outcome outcome = s->composite.outcome;
    for (size_t k = 0; k < st->n_indicators; k++)
        outcome = outcome_join(outcome, s->figures[k].outcome);
    for (size_t i = 0; i < s->n_units; i++)
        outcome = outcome_join(outcome, s->units[i].outcome);
    return outcome == OUTCOME_PASS && !complete ? OUTCOME_UNKNOWN : outcome;
}

static int stage_compute(struct job *job, const struct units *units,
                         struct stage_result *s)
{
    const struct county_result *out = job->out;
    struct school_rule rule;
    int rc = school_rule_init(&rule, out->standard, s->stage);
    for (size_t i = 0; !rc && i < units->n; i++)
        school_rule_apply(&rule, &units->list[i]);
    if (rc)
        return rc;
    s->n_units = units->n;
    s->units = units->list;
    s->pupils = units->pupils;
    s->single_school = units->n == 1;
    /* rows without a round before them: nobody knows what an absent part would have held */
    bool blind = out->why.parts_absent && !job->options->previous;
    struct figures_input in = {
        .standard = out->standard,
        .units = units,
        .stage = s->stage,
        .complete = out->complete,
        .boundless = out->why.rows_dropped || out->why.doubts || units->unclear || blind,
        .vanished = out->complete ? 0 : out->why.vanished_pupils[s->stage]};
    rc = figures_compute(&in, job->arena, s);
    if (rc)
        return rc;
    s->outcome = stage_outcome(s, out->standard, out->complete && !units->unclear);
    return 0;
}

static int excluded_join(struct job *job, const struct units *units)
{
    struct county_result *out = job->out;
    size_t n = 0;
    for (size_t i = 0; i < out->n_stages; i++)
        n += units[i].n_excluded;
    struct excluded *all = arena_array(job->arena, n, sizeof *all);
    if (!all)
        return JH_ENOMEM;
    for (size_t i = 0; i < out->n_stages; i++) {
        if (units[i].n_excluded)
            memcpy(all + out->n_excluded, units[i].excluded,
                   units[i].n_excluded * sizeof *all);
        out->n_excluded += units[i].n_excluded;
    }
    out->excluded = all;
    return 0;
}

static int relaxed_add(struct job *job, const struct relaxed *more, size_t n)
{
    struct county_result *out = job->out;
    struct relaxed *all = arena_array(job->arena, out->n_relaxed + n, sizeof *all);
    if (!all)
        return JH_ENOMEM;
    for (size_t i = 0; i < out->n_relaxed; i++)
        all[i] = out->relaxed[i];
    for (size_t i = 0; i < n; i++)
        all[out->n_relaxed++] = more[i];
    out->relaxed = all;
    return 0;
}

static int findings_join(struct job *job, const struct units *units)
{
    struct county_result *out = job->out;
    size_t n = 0;
    for (size_t i = 0; i < out->n_stages; i++)
        n += units[i].n_findings;
    struct finding *all = arena_array(job->arena, n, sizeof *all);
    if (!all)
        return JH_ENOMEM;
    for (size_t i = 0; i < out->n_stages; i++)
        for (size_t k = 0; k < units[i].n_findings; k++)
            all[out->n_findings++] = units[i].findings[k];
    out->findings = all;
    return 0;
}

static int county_compute(struct job *job)
{
    struct county_result *out = job->out;
    struct units units[STAGE_COUNT] = {0};
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        if (!out->standard->has_stage[stage])
            continue;
        struct stage_result *s = &out->stages[out->n_stages];
        struct units *u = &units[out->n_stages++];
        struct population p;
        s->stage = stage;
        s->expected = !job->options->stages || (job->options->stages >> stage & 1);
        population_init(&p, out->standard, out->data, job->options->own_owners, stage);
        int rc = units_build(&p, &job->relax, job->arena, u);
        if (!rc)
            rc = stage_compute(job, u, s);
        if (!rc && u->n_relaxed)
            rc = relaxed_add(job, u->relaxed, u->n_relaxed);
        if (rc)
            return rc;
        out->outcome = outcome_join(out->outcome, s->outcome);
    }
    int rc = excluded_join(job, units);
    return rc ? rc : findings_join(job, units);
}

static int items_compute(struct job *job)
{
    struct county_result *out = job->out;
    const struct standard *st = out->standard;
    const struct items_options options = {.county = job->options->county,
                                          .own_owners = job->options->own_owners,
                                          .complete = out->complete,
                                          .relax = &job->relax};
    int rc = 0;
    if (!job->options->figures_only)
        rc = items_judge(st, out->data, &options, job->arena, &out->items);
    else if (st->n_items)
        out->items.outcome = OUTCOME_UNKNOWN;
    if (!rc && out->items.n_relaxed)
        rc = relaxed_add(job, out->items.relaxed, out->items.n_relaxed);
    if (rc)
        return rc;
    bool stages = !st->monitor || st->monitor & MONITOR_STAGES;
    if (out->items.outcome != OUTCOME_NONE)
        out->certifiable = outcome_join(out->outcome, out->items.outcome);
    out->monitored = stages ? out->outcome : OUTCOME_NONE;
    if (st->monitor & MONITOR_ITEMS)
        out->monitored = outcome_join(out->monitored, out->items.outcome);
    return 0;
}

int eval_county(const struct standard *st, const struct dataset *data,
                const struct eval_options *options, struct arena *arena,
                struct county_result *ret)
{
    static const struct eval_options none = {0};
    if (!options)
        options = &none;
    struct county_result out = {.data = data, .standard = st, .change = options->change};
    out.why = complete_check(st, data, options);
    out.complete = complete_is(&out.why);
    struct job job = {.options = options, .arena = arena, .out = &out};
    relax_init(&job.relax, st, data, options->certified);
    int rc = county_compute(&job);
    if (!rc)
        rc = items_compute(&job);
    if (!rc)
        rc = relax_duties(&job.relax, out.relaxed, out.n_relaxed, arena, &out.duties,
                          &out.n_duties);
    if (!rc)
        *ret = out;
    return rc;
}
