/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a cell may hold, by the rules of docs/data.md section 3: blanks around it do not
 * count, some marks mean missing (never 0), numbers are plain decimals of at most 10^12.
 * Nothing is kept: results point into what was given. Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <junheng/plugin.h>

/* Without the ASCII and U+3000 blanks around it. */
struct jh_slice cell_trim(const char *p, size_t len);
/* Trimmed; empty where the cell holds one of the marks for missing: - — / null. */
struct jh_slice cell_text(const char *p, size_t len);

enum cell_what { CELL_NUMBER, CELL_EMPTY, CELL_BAD };

/*
 * A number times factor. CELL_EMPTY when it is missing, CELL_BAD with the reason in words
 * when it is none; *ret is NaN then.
 */
enum cell_what cell_number(const char *p, size_t len, double factor, double *ret,
                           const char **ret_reason);
