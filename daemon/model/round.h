/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A data round (期): 2025 is the school year counted on 1 September 2025, 2025-10 a month.
 * Yearly and monthly rounds are separate series: "previous" stays within one. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"

struct round {
    int16_t year; /* 0 = none */
    int8_t month; /* 0 = yearly */
};

enum { ROUND_TEXT = 16 };

/* 2025, 2025年, 2025-10, 2025-2026学年 and 2024—2025 (= 2024, any dash); NFKC text. */
int round_parse(const char *p, size_t len, struct round *ret);
void round_print(struct round round, char text[ROUND_TEXT]);
/* -1, 0, 1 by series, then time. */
int round_cmp(struct round a, struct round b);
bool round_same_series(struct round a, struct round b);
/* 1 September of the year, or the first of the month. */
struct date round_reference(struct round round);
/* Is its reference date still to come? */
bool round_is_future(struct round round, struct date today);
