/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8: validity, cutting, and how wide text stands on a terminal. Works on slices
 * (pointer and length), which need no final zero byte. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset of the first byte that is not valid UTF-8 (RFC 3629), or n if all is valid. */
size_t utf8_check(const char *p, size_t n);
/* Largest length <= max that does not end inside a code point; n if n <= max and whole. */
size_t utf8_cut(const char *p, size_t n, size_t max);
/* Next code point of valid text; *p moves on. */
uint32_t utf8_next(const char **p, const char *end);
/* Number of code points of valid text. */
size_t utf8_count(const char *p, size_t n);
/* Terminal columns of valid text: East Asian wide and full-width characters are two. */
size_t utf8_width(const char *p, size_t n);
/* Writes 1-4 bytes, returns how many. */
size_t utf8_put(char *out, uint32_t cp);
