/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How county data come to be, for their intake and for tests that build them by hand: a pool
 * holds the memory of one intake until the last county of it is gone. A county's data are
 * filled by their maker and immutable from the moment they are handed over. Reference counts
 * are atomic; everything else belongs to one thread.
 */
#pragma once

#include "base/arena.h"
#include "model/county_data.h"

struct county_pool;

/* Takes over the arena. One reference, the caller's. NULL: nothing was taken over. */
struct county_pool *county_pool_new(struct arena *arena);
void county_pool_unref(struct county_pool *pool);
/* Zeroed data with one reference, which in turn holds the pool. NULL: no memory. */
struct county_data *county_pool_add(struct county_pool *pool);
