/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule every school must meet by itself: at least 6 of 7 indicators at their minimum and
 * none below 85 % of it (docs/standards.md 6). Prepared once per stage, then applied to each
 * unit. Private to eval/; pure.
 */
#pragma once

#include "eval/eval.h"

struct school_rule {
    const struct standard *standard;
    enum stage stage;
    struct decimal floor[STANDARD_INDICATORS_MAX]; /* floor x school_min, exactly */
    int of;                                        /* indicators with a minimum */
};

/* JH_ELIMIT when a floor cannot be kept exactly. */
int school_rule_init(struct school_rule *rule, const struct standard *st,
                     enum stage stage);
/* Fills outcome, met, of and below from the unit's values. */
void school_rule_apply(const struct school_rule *rule, struct unit *unit);
