/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Aligned tables for terminals: East Asian characters count as two columns. The table
 * owns copies of its cells and is printed once all rows, and so the widths, are known. Any
 * thread, one at a time.
 */
#pragma once

#include <stdio.h>

#include "base/buf.h"

struct table;

enum table_align { TABLE_LEFT, TABLE_RIGHT };

struct table *table_new(size_t columns, const enum table_align *align);
void table_free(struct table *t);
/* n = columns; NULL is an empty cell. Texts are copied. */
int table_row(struct table *t, const char *const *cells);
/* Two blanks between columns, none at line ends; indent blanks in front. */
void table_print(const struct table *t, unsigned indent, struct buf *out);
