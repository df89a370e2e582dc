/* SPDX-License-Identifier: Apache-2.0 */
/*
 * As much JSON as pages need: where a value stands in a text, by names joined by points, without
 * changing a byte of it (the format plugin judges the values). A text that is cut short or whose
 * brackets do not match is refused as a whole. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { JSON_DEPTH = 64 };

/* Is it one whole value, its brackets and strings closed? */
bool json_whole(struct jh_slice text);
/* Of a whole text: the value as written; false when a name on the way is not there. "" = all. */
bool json_find(struct jh_slice text, const char *path, struct jh_slice *ret);
/* What stands between the brackets of a list, and how many values; false: it is no list. */
bool json_items(struct jh_slice value, struct jh_slice *ret, int64_t *ret_n);
/* Takes the next value off what json_items() gave; false: there is none left. */
bool json_next(struct jh_slice *items, struct jh_slice *ret);
/* A string or number as text; null is "". False for others, or when it does not fit. */
bool json_text(struct jh_slice value, char *ret, size_t size);
