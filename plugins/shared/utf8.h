/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Is this UTF-8 (RFC 3629)? Sixteen bytes at a time as long as they are ASCII or plain two- and
 * three-byte sequences, which is what Chinese is; the rest character by character. Vectors
 * of the compiler, so any machine will do. Pure; any thread.
 */
#pragma once

#include <stddef.h>

/* Length of the valid sequence at p, or 0. n >= 1. */
size_t utf8_sequence(const unsigned char *p, size_t n);
/* Offset of the first byte that is not UTF-8, or n. */
size_t utf8_end(const unsigned char *p, size_t n);
