/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A point in time as people write it: 2022-10-01, 2022-10-01T09:00, or from another one on:
 * +30m, +36h, +7d, +2w, +1mo, +1y. Days, months and years are those of the calendar: the time of
 * day stays, and a month from 31 January is the last of February. Pure.
 */
#pragma once

#include <stdint.h>

/* In Shanghai. `from_ms` is what + counts from; JH_EINVAL. */
int moment_parse(const char *text, int64_t from_ms, int64_t *ret_ms);
