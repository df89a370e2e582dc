/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <junheng/plugin.h>

struct slot {
    const char *key; /* NULL = free */
    size_t len;
    uint64_t hash;
    int64_t value;
};

struct map {
    struct slot *slots;
    size_t n, mask; /* slots are a power of two, at most half full */
    uint64_t seed;  /* random, so that a file cannot be made to collide */
};

uint64_t map_hash(const struct map *map, const char *key, size_t len)
{
    uint64_t h = map->seed ^ len;
    const size_t whole = len;
    while (len >= 8) {
        uint64_t w;
        memcpy(&w, key, 8);
        h = (h ^ w) * 0x9E3779B97F4A7C15ull;
        h ^= h >> 32;
        key += 8;
        len -= 8;
    }
    uint64_t w = 0;
    if (whole < 8)
        memcpy(&w, key, len);
    else /* the last eight again: quicker than to copy as many as there are */
        memcpy(&w, key + len - 8, 8);
    h = (h ^ w) * 0xD6E8FEB86659FD93ull;
    h ^= h >> 29;
    h *= 0x9E3779B97F4A7C15ull;
    return h ^ h >> 32;
}

struct map *map_new(size_t expected)
{
    struct map *map = calloc(1, sizeof *map);
    size_t size = 16;
    while (size < expected * 2)
        size *= 2;
    if (!map || !(map->slots = calloc(size, sizeof *map->slots))) {
        free(map);
        return NULL;
    }
    map->mask = size - 1;
    if (getrandom(&map->seed, sizeof map->seed, GRND_NONBLOCK) < 0)
        map->seed = (uint64_t)(uintptr_t)map;
    return map;
}

void map_free(struct map *map)
{
    if (!map)
        return;
    free(map->slots);
    free(map);
}

static struct slot *find(const struct map *map, const char *key, size_t len,
                         uint64_t hash)
{
    for (size_t i = hash & map->mask;; i = (i + 1) & map->mask) {
        struct slot *s = &map->slots[i];
        if (!s->key ||
            (s->hash == hash && s->len == len && memcmp(s->key, key, len) == 0))
            return s;
    }
}

int64_t map_get(const struct map *map, const char *key, size_t len)
{
    const struct slot *s = find(map, key, len, map_hash(map, key, len));
    return s->key ? s->value : MAP_NONE;
}

static int grow(struct map *map)
{
    struct map bigger = {.mask = map->mask * 2 + 1, .seed = map->seed, .n = map->n};
    bigger.slots = calloc(bigger.mask + 1, sizeof *bigger.slots);
    if (!bigger.slots)
        return JH_ENOMEM;
    for (size_t i = 0; i <= map->mask; i++) {
        const struct slot *s = &map->slots[i];
        if (s->key)
            *find(&bigger, s->key, s->len, s->hash) = *s;
    }
    free(map->slots);
    *map = bigger;
    return 0;
}

int map_add(struct map *map, const char *key, size_t len, int64_t value, int64_t *ret)
{
    if ((map->n + 1) * 2 > map->mask + 1) {
        int rc = grow(map);
        if (rc)
            return rc;
    }
    uint64_t hash = map_hash(map, key, len);
    struct slot *s = find(map, key, len, hash);
    if (!s->key) {
        *s = (struct slot){key, len, hash, value};
        map->n++;
    }
    *ret = s->value;
    return 0;
}

size_t map_count(const struct map *map)
{
    return map->n;
}
