/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of standard_print(): each appends one section as YAML that reads back as the same.
 * Private to conf/. Pure.
 */
#pragma once

#include "base/buf.h"
#include "model/standard.h"

/* "key: value\n", quoted where it must be. */
void standard_print_text(struct buf *to, const char *key, const char *value);
/* "    departments: [...]\n"; nothing where there are none. */
void standard_print_departments(struct buf *to, const char *names);
/* "{kind: [primary]}", or a list of such maps. */
void standard_print_where(struct buf *to, const struct school_filter *filter);
/* "    numerator: a - b\n" */
void standard_print_numerator(struct buf *to, const struct indicator *ind);
/* "{value: …}", or evidence. */
void standard_print_rule(struct buf *to, const struct item_rule *rule);
void standard_print_relaxations(struct buf *to, const struct standard *st);
/* items, veto, precondition, score, monitor. */
void standard_print_items(struct buf *to, const struct standard *st);
