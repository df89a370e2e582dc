/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/school_rule.h"

#include <math.h>

int school_rule_init(struct school_rule *rule, const struct standard *st,
                     enum stage stage)
{
    *rule = (struct school_rule){.standard = st, .stage = stage};
    for (size_t k = 0; k < st->n_indicators; k++) {
        const struct indicator *ind = &st->indicators[k];
        if (!ind->has_min[stage])
            continue;
        rule->of++;
        int rc = 0;
        if (st->has_school_rule)
            rc = decimal_mul(ind->min[stage], st->floor, &rule->floor[k]);
        if (rc)
            return rc;
    }
    return 0;
}

static bool reaches(const struct standard *st, double v, struct decimal least)
{
    bool borderline;
    return eval_reaches(v, least, st->rounding.value, st->rounding.raw, &borderline);
}

/* Proven: one value under its floor, or more misses than the rule forgives. */
static enum outcome outcome_for(const struct school_rule *rule, int met, int missing,
                                bool under_floor)
{
    if (under_floor || met + missing < rule->standard->at_least)
        return OUTCOME_FAIL;
    return missing ? OUTCOME_UNKNOWN : OUTCOME_PASS;
}

void school_rule_apply(const struct school_rule *rule, struct unit *unit)
{
    const struct standard *st = rule->standard;
    int met = 0, missing = 0;
    bool under_floor = false;
    if (!rule->of) /* no indicator has a minimum: nothing to judge */
        return;
    for (size_t k = 0; k < st->n_indicators; k++) {
        const struct indicator *ind = &st->indicators[k];
        if (!ind->has_min[rule->stage])
            continue;
        double v = unit->value[k];
        if (isnan(v)) {
            missing++;
        } else if (reaches(st, v, ind->min[rule->stage])) {
            met++;
        } else {
            unit->below |= UINT32_C(1) << k;
            under_floor |= st->has_school_rule && !reaches(st, v, rule->floor[k]);
        }
    }
    bool ruled = st->has_school_rule;
    unit->met = ruled ? met : -1;
    unit->of = ruled ? rule->of : -1;
    unit->outcome = ruled ? outcome_for(rule, met, missing, under_floor) : OUTCOME_NONE;
}
