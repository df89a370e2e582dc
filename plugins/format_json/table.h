/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The columns of a table in the order in which they first appeared, found by name in
 * logarithmic time whatever the names are. Owns copies of the names until table_done().
 * One thread.
 */
#pragma once

#include <stdbool.h>

#include <junheng/plugin.h>

enum { TABLE_COLUMNS_MAX = 4096 };

struct table_column {
    char *name;
    uint32_t len, line, col; /* where the name stood first */
};

struct table {
    struct table_column *columns;
    uint32_t *sorted; /* indices of columns, by name */
    uint32_t n, cap;
    uint32_t guess; /* the column behind the last one that was found */
};

void table_done(struct table *table);
/* The index of a column, or false. */
bool table_find(struct table *table, struct jh_slice name, uint32_t *ret);
/* Adds one that is not there. JH_ELIMIT, JH_ENOMEM. */
int table_add(struct table *table, struct jh_slice name, uint32_t line, uint32_t col,
              uint32_t *ret);
