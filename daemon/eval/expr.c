/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/expr.h"

#include <math.h>

/* A third of a third times nine is 1 and not a hair more, which would be 2 rooms. */
static double round_up(double v)
{
    double near = nearbyint(v);
    return fabs(v - near) <= 1e-9 ? near : ceil(v);
}

static double apply(enum expr_code code, double a, double b)
{
    switch (code) {
    case EXPR_ADD:
        return a + b;
    case EXPR_SUBTRACT:
        return a - b;
    case EXPR_MULTIPLY:
        return a * b;
    default: /* EXPR_DIVIDE */
        return b < 0 || b > 0 ? a / b : NAN;
    }
}

double expr_eval(const struct expr *e, expr_value *value, void *arg)
{
    double stack[EXPR_DEPTH_MAX] = {0};
    size_t n = 0;
    for (size_t i = 0; i < e->n; i++) {
        const struct expr_op *op = &e->ops[i];
        switch (op->code) {
        case EXPR_NUMBER:
            stack[n++] = op->number;
            break;
        case EXPR_INPUT:
        case EXPR_FIELD:
        case EXPR_SUM:
            stack[n++] = value(arg, op);
            break;
        case EXPR_CEIL:
            stack[n - 1] = round_up(stack[n - 1]);
            break;
        default:
            n--;
            stack[n - 1] = apply(op->code, stack[n - 1], stack[n]);
        }
    }
    return n && isfinite(stack[0]) ? stack[0] : NAN;
}
