/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far two headers are apart, for "did you mean". For alias.c; the caller's arrays, pure,
 * any thread.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

enum { ALIAS_DISTANCE_MAX = 64 }; /* code points; longer headers are not compared */

/* The code points of a text, as many as there is room for. */
size_t alias_decode(const char *p, size_t len, uint32_t out[ALIAS_DISTANCE_MAX]);
/* Edit distance in code points, two neighbours swapped counting as one. */
size_t alias_distance(const uint32_t *a, size_t n, const uint32_t *b, size_t m);
