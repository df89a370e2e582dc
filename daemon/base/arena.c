/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024, ALIGN = 16 };

struct block {
    struct block *next;
    size_t size, used;
    _Alignas(ALIGN) unsigned char data[];
};

struct arena {
    struct block *blocks; /* the one in use first */
    size_t total, max;    /* bytes of all blocks; what they may come to */
};

struct arena *arena_new(size_t max_bytes)
{
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena)
        arena->max = max_bytes;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    for (struct block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(arena);
}

void arena_reset(struct arena *arena)
{
    struct block *keep = arena->blocks;
    if (!keep)
        return;
    for (struct block *b = keep->next, *next; b; b = next) {
        next = b->next;
        arena->total -= b->size;
        free(b);
    }
    keep->next = NULL;
    keep->used = 0;
}

static struct block *block_new(struct arena *arena, size_t need)
{
    size_t size = need > BLOCK / 4 ? need : BLOCK;
    if (size > arena->max - arena->total || arena->total > arena->max)
        size = need;
    if (need > arena->max || arena->total > arena->max - need)
        return NULL;
    struct block *b = malloc(sizeof *b + size);
    if (!b)
        return NULL;
    *b = (struct block){.size = size};
    arena->total += size;
    /* a block made for one large thing goes behind, so the small ones keep their room */
    if (arena->blocks && size == need) {
        b->next = arena->blocks->next;
        arena->blocks->next = b;
    } else {
        b->next = arena->blocks;
        arena->blocks = b;
    }
    return b;
}

/* Not zeroed. */
static void *take(struct arena *arena, size_t n)
{
    if (n > SIZE_MAX - ALIGN)
        return NULL;
    n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
    struct block *b = arena->blocks;
    if (!b || b->size - b->used < n) {
        b = block_new(arena, n ? n : ALIGN);
        if (!b)
            return NULL;
    }
    void *p = b->data + b->used;
    b->used += n;
    return p;
}

void *arena_alloc(struct arena *arena, size_t n)
{
    void *p = take(arena, n);
    return p && n ? memset(p, 0, n) : p;
}

void *arena_array(struct arena *arena, size_t n, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(n, size, &bytes))
        return NULL;
    return arena_alloc(arena, bytes);
}

char *arena_strn(struct arena *arena, const char *p, size_t n)
{
    char *copy = n < SIZE_MAX ? take(arena, n + 1) : NULL;
    if (!copy)
        return NULL;
    if (n)
        memcpy(copy, p, n);
    copy[n] = '\0';
    return copy;
}

char *arena_str(struct arena *arena, const char *text)
{
    return arena_strn(arena, text, strlen(text));
}

char *arena_fmt(struct arena *arena, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *text = n < 0 ? NULL : arena_alloc(arena, (size_t)n + 1);
    if (!text)
        return NULL;
    va_start(ap, fmt);
    vsnprintf(text, (size_t)n + 1, fmt, ap);
    va_end(ap);
    return text;
}

size_t arena_used(const struct arena *arena)
{
    size_t used = 0;
    for (const struct block *b = arena->blocks; b; b = b->next)
        used += b->used;
    return used;
}
