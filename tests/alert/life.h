/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random lives of alerts: what befalls one, step by step. A step means the same whatever came
 * before, so that steps can be left out. Plain data; any thread.
 */
#pragma once

#include <stdint.h>

#include "alert/kind.h"
#include "eval/eval.h"

enum { LIFE_STEPS = 24, LIFE_FAILS = 7 /* all bits of what may fail */ };

enum op_kind {
    OP_JUDGED,    /* step: 0 the newest round once more, else so many years later */
    OP_AGAIN,     /* the same data, judged again */
    OP_LATE,      /* step: years before what the alert stands on */
    OP_MONTH,     /* of the monthly series */
    OP_ACK,       /* as story/tend keeps what people and days do */
    OP_EXPIRE,    /* … */
    OP_ESCALATE,  /* … */
    OP_SILENCE,   /* step: which */
    OP_CERTIFY,   /* step: the baseline, counted from the newest round */
    OP_DECERTIFY, /* … */
    OP_UNWATCH,   /* and looked after again */
    OP_GRAVER,    /* and not told by a graver alert any more */
    OP_RETRACT,   /* step: rounds before the newest */
    OP_RESTART,
    OP_KINDS
};

struct op {
    enum op_kind kind;
    int step;
    enum outcome outcome;
    bool incomplete, unreviewed;
    int fails;
};

struct life {
    enum alert_kind kind;
    int for_rounds;
    struct op ops[LIFE_STEPS];
    int n;
};

void life_random(uint64_t *seed, struct life *ret);
/* As TAP comments. */
void life_print(const struct life *life);
