/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 for identities (of data, standards, scripts, messages), and zstd for the archive.
 * Outputs belong to the caller. Any thread, each with a struct sha256 of its own.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

enum { SHA256_HEX = 65 };

struct sha256; /* incremental */

struct sha256 *sha256_new(void);
void sha256_add(struct sha256 *h, const void *p, size_t n);
/* Adds the text and a 0 byte, so that a list of texts has one meaning. */
void sha256_add_str(struct sha256 *h, const char *text);
void sha256_end(struct sha256 *h, char hex[SHA256_HEX]); /* frees h */
void sha256_hex(const void *p, size_t n, char hex[SHA256_HEX]);

/* zstd level 1; *ret is malloc'ed. */
int zstd_pack(const void *p, size_t n, void **ret, size_t *ret_n);
/* Refuses more than max bytes (JH_ELIMIT) and damaged input (JH_EINVAL). */
int zstd_unpack(const void *p, size_t n, size_t max, void **ret, size_t *ret_n);
