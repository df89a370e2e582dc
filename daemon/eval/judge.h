/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county's result boiled down to what alerts compare and history keeps: the outcome, whether
 * the round was complete, and the sorted keys of what fails ("primary/composite",
 * "junior/teaching_area_per_pupil", "primary/school_rule", and where items are monitored
 * "items/ZF4" or "items/score"). Pure.
 */
#pragma once

#include "eval/eval.h"

enum { JUDGEMENT_KEY = 80 };

struct judgement {
    struct round round;
    int revision;
    enum outcome outcome;
    bool complete;
    const char *const *failing; /* sorted bytewise */
    size_t n_failing;
    bool only_school_rule; /* all failing keys are school rules */
};

/* Boils down; strings live in the arena. Revision is the caller's to fill. */
int judge(const struct county_result *result, struct arena *arena, struct judgement *ret);
/* (round, revision) order. */
int judge_cmp(const struct judgement *a, const struct judgement *b);
