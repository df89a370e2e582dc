/* SPDX-License-Identifier: Apache-2.0
 *
 * A small TAP writer: one process per test file, the plan comes last, the exit status says
 * whether all passed. Main thread only. A test ends with `return done_testing();`.
 */
#pragma once

#include <stdbool.h>

/* One result; returns `cond`, so that what depends on it can be left out. */
bool ok(bool cond, const char *name, ...) __attribute__((format(printf, 2, 3)));

bool is_int(long long got, long long want, const char *name);
bool is_str(const char *got, const char *want, const char *name); /* NULL is a value */
bool is_dbl(double got, double want, double eps, const char *name);

/* Counts `n` results that cannot be had here, and says why. */
void skip(int n, const char *why);

/* Gives up on the whole run: nothing after this would mean anything. */
_Noreturn void bail(const char *why);

int done_testing(void);
