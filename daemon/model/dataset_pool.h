/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How datasets come to be, for intake and for tests that build one by hand. All datasets of
 * one intake share its memory without copying: the pool holds it until the last of them is
 * gone. A dataset is filled by its maker and immutable from the moment it is handed over.
 * Reference counts are atomic; everything else belongs to one thread.
 */
#pragma once

#include "base/arena.h"
#include "model/dataset.h"

struct dataset_pool;

/*
 * Takes over the arena and n blocks of malloc (`blocks` itself lies in the arena). One
 * reference, the caller's. NULL: out of memory, nothing was taken over.
 */
struct dataset_pool *dataset_pool_new(struct arena *arena, void **blocks,
                                      size_t n_blocks);
void dataset_pool_unref(struct dataset_pool *pool);
/* A zeroed dataset with one reference, which in turn holds the pool. NULL: no memory. */
struct dataset *dataset_pool_add(struct dataset_pool *pool);

/* The order of schools in a dataset: code, campus, stage, bytewise. */
int dataset_key_cmp(const struct school *a, const struct school *b);
