/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of its own for a format that is linked in: fills its configuration from words, parses
 * bytes and writes the rows down as text, cells as [line:col:text], one row a line. Test
 * programs only; main thread.
 */
#pragma once

#include <stddef.h>

#include <junheng/plugin.h>

/*
 * The rows, malloc'ed; or "file:line:col: text" of the refusal, behind `!` where rows had been
 * handed over. `name` is what the file is called; `options` as "rows=a.b ignore=x,y", or NULL.
 */
char *format_host_parse(const char *name, const char *bytes, size_t n,
                        const char *options);
/* How many rows there are, without keeping them; -1 where they are refused. */
long format_host_count(const char *name, const char *bytes, size_t n,
                       const char *options);
