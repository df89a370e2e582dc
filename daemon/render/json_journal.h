/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry of the journal as docs/journal.md shows it, over HTTP and from junhengctl. Pure; the
 * caller owns what it gets. Any thread.
 */
#pragma once

#include <stdint.h>

#include <jansson.h>

/* `body` is the text of a JSON object. */
json_t *json_journal(int64_t seq, int64_t at_ms, const char *kind, const char *body,
                     const char *prev, const char *sha256);
