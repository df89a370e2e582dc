/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reads the expressions of item rules: + - * / and brackets over decimals, names, ceil(…) and
 * sum(field), into a postfix program of model/item.h. Total and small: a text of at most
 * EXPR_TEXT_MAX bytes, no variables, no loops. Everything lives in the reader's arena.
 */
#pragma once

#include "conf/standard_read.h"
#include "model/item.h"

/* What names may stand for. */
struct expression_names {
    const struct item *item; /* its inputs */
    bool school;             /* and the fields of the school that is judged */
};

/* False, with what is wrong and where told. */
bool expression_read(struct standard_reader *r, const struct yaml_node *node,
                     const char *path, const struct expression_names *names,
                     struct expr *ret);
