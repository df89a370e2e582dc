/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `--set SCHOOL[/CAMPUS].FIELD=VALUE`: which cell of which county is meant. What is ambiguous
 * or unknown is refused with what there is. Results point into the given's arena. One thread.
 */
#pragma once

#include "ctl/given.h"
#include "eval/simulate.h"

struct simulate_set {
    size_t county; /* index into given->input.now.datasets */
    struct simulate_cell cell;
};

/* 0, or COMMAND_REFUSED or COMMAND_USAGE after saying why. */
int simulate_set_read(struct given *g, const char *text, struct simulate_set *ret);
