/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/simulate.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

/* The column becomes our own copy; one that was absent has nothing in it. */
static double *own_column(struct dataset *ds, const struct dataset *from,
                          enum field field, struct arena *arena)
{
    if (ds->col[field] && ds->col[field] != from->col[field])
        return (double *)(uintptr_t)ds->col[field]; /* copied for an earlier cell */
    double *values = arena_array(arena, ds->n, sizeof *values);
    for (size_t i = 0; values && i < ds->n; i++)
        values[i] = from->col[field] ? from->col[field][i] : NAN;
    ds->col[field] = values;
    return values;
}

static bool was_set(const struct dataset *ds, const struct missing *m)
{
    return !isnan(ds->col[m->field][m->school]);
}

/* Cells that were missing and are not any more have no entry. */
static int forget_missing(struct dataset *ds, struct arena *arena)
{
    struct missing *left = arena_array(arena, ds->n_missing, sizeof *left);
    size_t n = 0;
    if (!left)
        return JH_ENOMEM;
    for (size_t i = 0; i < ds->n_missing; i++) {
        const struct missing *m = &ds->missing[i];
        if (!ds->col[m->field] || !was_set(ds, m))
            left[n++] = *m;
    }
    ds->missing = left;
    ds->n_missing = n;
    return 0;
}

int simulate(const struct dataset *data, const struct simulate_cell *cells, size_t n,
             struct arena *arena, struct dataset *ret)
{
    struct dataset out = *data;
    bool filled = false;
    for (size_t i = 0; i < n; i++) {
        filled |= isnan(dataset_value(data, cells[i].field, cells[i].row));
        double *values = own_column(&out, data, cells[i].field, arena);
        if (!values)
            return JH_ENOMEM;
        values[cells[i].row] = cells[i].value;
    }
    int rc = filled && out.n_missing ? forget_missing(&out, arena) : 0;
    if (!rc)
        *ret = out;
    return rc;
}
