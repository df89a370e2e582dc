/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of one round, county by county and piece by piece, so that a nation takes little more
 * memory than its largest county. Only for files that allow it, and it is found out by
 * trying: where it fails, input_read() reads them again, tells what is wrong or does without.
 * What it gives is what input_read() would give. Blocks; one thread, and another in which
 * counties are judged meanwhile.
 */
#pragma once

#include "ctl/input.h"

/*
 * Calls `county` for each county, in the order of the files, one at a time and in a thread of
 * its own: what it touches is nobody else's until this returns. `ret` holds what else there is
 * to know: names and now.rejected, no datasets, the digest if it is asked for. Any code:
 * forget what came.
 */
int stream_read(const struct input_options *options, char *const *files, size_t n,
                intake_county_fn *county, void *arg, struct input *ret);
