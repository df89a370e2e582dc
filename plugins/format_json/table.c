/* SPDX-License-Identifier: Apache-2.0 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST = 64 };

void table_done(struct table *table)
{
    for (uint32_t i = 0; i < table->n; i++)
        free(table->columns[i].name);
    free(table->columns);
    free(table->sorted);
    *table = (struct table){.columns = NULL};
}

static int compare(const struct table_column *column, struct jh_slice name)
{
    size_t n = column->len < name.len ? column->len : name.len;
    int order = n ? memcmp(column->name, name.p, n) : 0;
    return order ? order : (column->len > name.len) - (column->len < name.len);
}

/* Where in `sorted` the name is or belongs. */
static uint32_t place_of(const struct table *table, struct jh_slice name)
{
    uint32_t lo = 0, hi = table->n;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (compare(&table->columns[table->sorted[mid]], name) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

bool table_find(struct table *table, struct jh_slice name, uint32_t *ret)
{
    if (!table->n)
        return false;
    if (table->guess >= table->n)
        table->guess = 0;
    uint32_t found = table->guess; /* objects mostly have their keys in one order */
    if (compare(&table->columns[found], name) != 0) {
        uint32_t at = place_of(table, name);
        if (at == table->n || compare(&table->columns[table->sorted[at]], name) != 0)
            return false;
        found = table->sorted[at];
    }
    table->guess = found + 1;
    *ret = found;
    return true;
}

static int grow(struct table *table)
{
    uint32_t cap = table->cap ? table->cap * 2 : FIRST;
    struct table_column *columns = realloc(table->columns, cap * sizeof *columns);
    if (!columns)
        return JH_ENOMEM;
    table->columns = columns;
    uint32_t *sorted = realloc(table->sorted, cap * sizeof *sorted);
    if (!sorted)
        return JH_ENOMEM;
    table->sorted = sorted;
    table->cap = cap;
    return 0;
}

int table_add(struct table *table, struct jh_slice name, uint32_t line, uint32_t col,
              uint32_t *ret)
{
    if (table->n == TABLE_COLUMNS_MAX)
        return JH_ELIMIT;
    int rc = table->n == table->cap ? grow(table) : 0;
    char *copy = rc ? NULL : malloc(name.len + 1);
    if (!copy)
        return JH_ENOMEM;
    memcpy(copy, name.p, name.len);
    copy[name.len] = '\0';
    uint32_t at = place_of(table, name);
    memmove(table->sorted + at + 1, table->sorted + at,
            (table->n - at) * sizeof *table->sorted);
    table->sorted[at] = table->n;
    table->columns[table->n] = (struct table_column){copy, (uint32_t)name.len, line, col};
    *ret = table->n++;
    table->guess = table->n;
    return 0;
}
