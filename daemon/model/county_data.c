/* SPDX-License-Identifier: Apache-2.0 */
#include "model/county_data.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "model/county_pool.h"

/* Memory of all that one intake made. */
struct county_pool {
    atomic_size_t refs;
    struct arena *arena;
};

struct owned {
    struct county_data data; /* first: it is found again from its pointer */
    struct county_pool *pool;
};

struct county_pool *county_pool_new(struct arena *arena)
{
    struct county_pool *pool = malloc(sizeof *pool);
    if (!pool)
        return NULL;
    pool->arena = arena;
    atomic_init(&pool->refs, 1);
    return pool;
}

void county_pool_unref(struct county_pool *pool)
{
    if (!pool || atomic_fetch_sub_explicit(&pool->refs, 1, memory_order_acq_rel) != 1)
        return;
    arena_free(pool->arena);
    free(pool);
}

struct county_data *county_pool_add(struct county_pool *pool)
{
    struct owned *owned = arena_alloc(pool->arena, sizeof *owned);
    if (!owned)
        return NULL;
    owned->pool = pool;
    atomic_fetch_add_explicit(&pool->refs, 1, memory_order_relaxed);
    return &owned->data;
}

const struct county_data *county_data_ref(const struct county_data *data)
{
    struct owned *owned = (struct owned *)(uintptr_t)data;
    atomic_fetch_add_explicit(&owned->pool->refs, 1, memory_order_relaxed);
    return data;
}

void county_data_unref(const struct county_data *data)
{
    struct owned *owned = (struct owned *)(uintptr_t)data;
    if (owned)
        county_pool_unref(owned->pool);
}

/* "item" or "item.input" against a name: <0, 0, >0. */
static int compare_name(const char *item, const char *input, const char *name)
{
    size_t len = strlen(item);
    int d = strncmp(item, name, len);
    if (d || !input)
        return d ? d : -(int)(unsigned char)name[len];
    return name[len] == '.' ? strcmp(input, name + len + 1)
                            : (int)'.' - (int)(unsigned char)name[len];
}

const struct county_value *county_data_find(const struct county_data *data,
                                            const char *item, const char *input)
{
    size_t low = 0, high = data ? data->n : 0;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int d = compare_name(item, input, data->values[mid].item);
        if (d == 0)
            return &data->values[mid];
        if (d < 0)
            high = mid;
        else
            low = mid + 1;
    }
    return NULL;
}

const char *county_what_id(enum county_what what)
{
    static const char *const IDS[] = {"number",  "met",    "unmet",
                                      "present", "absent", "unreadable"};
    return IDS[what];
}
