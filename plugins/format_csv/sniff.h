/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What separates the cells of a text: comma, semicolon or tab, told by its first lines. A guess
 * that is wrong leaves a header that nobody knows, and the file is refused. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { SNIFF_BYTES = 64 << 10 }; /* so much of the text is looked at */

/*
 * Of the first line, outside of quotes, in which one of them stands at least twice, else at all:
 * the one that stands there most often, the comma if as many. Without any, the comma; but 0
 * where enumeration commas (U+3001) stand in its place.
 */
char sniff_delimiter(struct jh_slice text);
