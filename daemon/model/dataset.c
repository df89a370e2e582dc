/* SPDX-License-Identifier: Apache-2.0 */
#include "model/dataset.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "model/dataset_pool.h"

/* Memory of all datasets that one intake made: an arena and big blocks of malloc. */
struct dataset_pool {
    atomic_size_t refs;
    struct arena *arena;
    void **blocks;
    size_t n_blocks;
};

struct owned {
    struct dataset ds; /* first: a dataset is found again from its pointer */
    atomic_size_t refs;
    struct dataset_pool *pool;
};

struct dataset_pool *dataset_pool_new(struct arena *arena, void **blocks, size_t n_blocks)
{
    struct dataset_pool *pool = malloc(sizeof *pool);
    if (!pool)
        return NULL;
    *pool = (struct dataset_pool){.arena = arena, .blocks = blocks, .n_blocks = n_blocks};
    atomic_init(&pool->refs, 1);
    return pool;
}

void dataset_pool_unref(struct dataset_pool *pool)
{
    if (!pool || atomic_fetch_sub_explicit(&pool->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (size_t i = 0; i < pool->n_blocks; i++)
        free(pool->blocks[i]);
    arena_free(pool->arena); /* `blocks` itself lies in it */
    free(pool);
}

struct dataset *dataset_pool_add(struct dataset_pool *pool)
{
    struct owned *owned = arena_alloc(pool->arena, sizeof *owned);
    if (!owned)
        return NULL;
    atomic_init(&owned->refs, 1);
    owned->pool = pool;
    atomic_fetch_add_explicit(&pool->refs, 1, memory_order_relaxed);
    return &owned->ds;
}

const struct dataset *dataset_ref(const struct dataset *ds)
{
    struct owned *owned = (struct owned *)(uintptr_t)ds;
    atomic_fetch_add_explicit(&owned->refs, 1, memory_order_relaxed);
    return ds;
}

void dataset_unref(const struct dataset *ds)
{
    struct owned *owned = (struct owned *)(uintptr_t)ds;
    if (!owned || atomic_fetch_sub_explicit(&owned->refs, 1, memory_order_acq_rel) != 1)
        return;
    dataset_pool_unref(owned->pool);
}

void dataset_parts_absent(const struct dataset *ds, const char *const *parts)
{
    struct owned *owned = (struct owned *)(uintptr_t)ds;
    owned->ds.parts_complete = false;
    owned->ds.parts_absent = parts;
}

int dataset_key_cmp(const struct school *a, const struct school *b)
{
    int d = strcmp(a->code, b->code);
    if (!d)
        d = strcmp(a->campus, b->campus);
    return d ? d : (int)a->stage - (int)b->stage;
}

ptrdiff_t dataset_find(const struct dataset *ds, const char *code, const char *campus,
                       enum stage stage)
{
    struct school key = {.code = code, .campus = campus, .stage = (uint8_t)stage};
    size_t low = 0, high = ds->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int d = dataset_key_cmp(&key, &ds->schools[mid]);
        if (d == 0)
            return (ptrdiff_t)mid;
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return -1;
}

const struct missing *dataset_missing_find(const struct dataset *ds, size_t school,
                                           enum field f)
{
    size_t low = 0, high = ds->n_missing;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        const struct missing *m = &ds->missing[mid];
        if (m->school == school && m->field == f)
            return m;
        if (m->school > school || (m->school == school && m->field > f))
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}
