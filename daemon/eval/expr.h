/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Evaluates the expressions of item rules in doubles. NaN is unknown: it spreads, and what is
 * divided by 0 is unknown. Where the values of names come from is the caller's. Private to
 * eval/; pure.
 */
#pragma once

#include "model/item.h"

/* The value of EXPR_INPUT, EXPR_FIELD and EXPR_SUM; NaN = unknown. */
typedef double expr_value(void *arg, const struct expr_op *op);

double expr_eval(const struct expr *e, expr_value *value, void *arg);
