/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/life.h"

#include <stdio.h>

#include "tap/random.h"

static const char *const OPS[] = {
    "judged",   "again",   "late",      "month",   "acknowledged", "expired", "escalated",
    "silenced", "certify", "decertify", "unwatch", "graver",       "retract", "restart"};

static const enum alert_kind WALKED[] = {
    KIND_SLIP, KIND_SLIP, KIND_WARNING, KIND_LOCAL, KIND_DATA_OVERDUE, KIND_DATA_QUALITY};

/* Of a hundred. */
static const int OFTEN[OP_KINDS] = {46, 4, 5, 2, 7, 3, 3, 3, 4, 3, 2, 3, 8, 7};

static enum op_kind random_kind(uint64_t *seed)
{
    int at = random_below(seed, 100), kind = 0;
    while (kind < OP_RESTART && at >= OFTEN[kind])
        at -= OFTEN[kind++];
    return (enum op_kind)kind;
}

static struct op random_op(uint64_t *seed)
{
    static const enum outcome any[] = {OUTCOME_PASS, OUTCOME_FAIL, OUTCOME_FAIL,
                                       OUTCOME_UNKNOWN, OUTCOME_BROKEN};
    struct op op = {.kind = random_kind(seed), .step = random_below(seed, 4)};
    op.outcome = any[random_below(seed, 5)];
    op.incomplete = random_below(seed, 4) == 0 || op.outcome == OUTCOME_UNKNOWN;
    op.unreviewed = random_below(seed, 5) == 0;
    op.fails = op.outcome == OUTCOME_FAIL ? 1 + random_below(seed, LIFE_FAILS) : 0;
    return op;
}

void life_random(uint64_t *seed, struct life *ret)
{
    ret->kind = WALKED[random_below(seed, sizeof WALKED / sizeof *WALKED)];
    ret->for_rounds = random_below(seed, 3) ? 1 : 2 + random_below(seed, 2);
    ret->n = LIFE_STEPS;
    for (int i = 0; i < LIFE_STEPS; i++)
        ret->ops[i] = random_op(seed);
}

void life_print(const struct life *life)
{
    printf("# %s, for: %d\n", alert_kind_info(life->kind)->id, life->for_rounds);
    for (int i = 0; i < life->n; i++) {
        const struct op *op = &life->ops[i];
        printf("#   %s %d", OPS[op->kind], op->step);
        if (op->kind == OP_JUDGED || op->kind == OP_LATE || op->kind == OP_MONTH)
            printf(" %s%s%s %d", outcome_id(op->outcome),
                   op->incomplete ? " incomplete" : "",
                   op->unreviewed ? " unreviewed" : "", op->fails);
        printf("\n");
    }
}
