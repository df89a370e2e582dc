/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host of its own for the csv plugin: opens an instance with given options, parses bytes
 * and writes the rows down as text, cells as [line:col:text], one row a line. Test programs
 * only; main thread.
 */
#pragma once

#include <stddef.h>

#include <junheng/plugin.h>

/* The rows, malloc'ed; or "file:line:col: text" of the refusal. */
char *csv_host_parse(const char *bytes, size_t n, const char *encoding,
                     const char *delimiter, int64_t max_cell);
/*
 * The same with cells as plain <text>, no places. The body comes `piece` bytes at a time, or
 * at once if that is 0; a refusal of pieces is told without words.
 */
char *csv_host_cells(const char *bytes, size_t n, size_t piece);
