/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which county codes mean something: those of the divisions file, and those that data have
 * come for. A code that is neither is a slip of the pen. Made for one request by a worker
 * thread; codes live in the arena of the reading, the rest is its own.
 */
#pragma once

#include "api/parts.h"

struct known;

int known_load(struct reading *r, struct known **ret);
void known_free(struct known *k);
bool known_data(const struct known *k, const char *code);
/* Is it one of the divisions file, and no city or province of it? */
bool known_county(const struct known *k, const char *code);
bool known_division(const struct known *k, const char *code);
/* Is there a divisions file at all? */
bool known_has_divisions(const struct known *k);
/* "990121 (Qingshi), 990112": at most three that are nearly so; "" if there are none. */
void known_near(const struct known *k, const char *code, char *ret, size_t size);
