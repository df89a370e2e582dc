/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a county's slip says already: an indicator that fails for schools of a stage is not told
 * of while the county's slip fires in that stage. It keeps messages back and touches no alert.
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct alert;

/* Do these slips of its county hold back what `local` tells: all stages of its schools? */
bool inhibit_holds(const struct alert *const *slips, size_t n, const struct alert *local);
