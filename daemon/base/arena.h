/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arena: many small allocations with one life. Each job and each evaluation has its own and
 * frees it whole. It has a maximum; past it, or out of memory, allocation returns NULL.
 * One thread at a time.
 */
#pragma once

#include <stddef.h>

struct arena;

struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *arena);
/* Forgets everything, keeps the memory for the next round. */
void arena_reset(struct arena *arena);
/* Aligned for any type, zeroed. n == 0 gives a valid pointer. */
void *arena_alloc(struct arena *arena, size_t n);
/* Zeroed array; NULL also when n * size overflows. */
void *arena_array(struct arena *arena, size_t n, size_t size);
/* Terminated copy. */
char *arena_str(struct arena *arena, const char *text);
char *arena_strn(struct arena *arena, const char *p, size_t n);
char *arena_fmt(struct arena *arena, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
size_t arena_used(const struct arena *arena);
