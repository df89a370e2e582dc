/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hash table from byte strings to small integers (indexes into the caller's own arrays).
 * Keys are not copied: they must outlive the map. One thread at a time.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct map;

enum { MAP_NONE = -1 };

struct map *map_new(size_t expected);
void map_free(struct map *map);
/* The value, or MAP_NONE. */
int64_t map_get(const struct map *map, const char *key, size_t len);
/* Adds key -> value unless the key is there: *ret is the value now stored, so a duplicate
 * shows as *ret != value. JH_ENOMEM. */
int map_add(struct map *map, const char *key, size_t len, int64_t value, int64_t *ret);
size_t map_count(const struct map *map);
/* The map's own seeded hash, for a table that keeps its keys elsewhere. */
uint64_t map_hash(const struct map *map, const char *key, size_t len);
