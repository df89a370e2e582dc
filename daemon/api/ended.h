/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counties whose code has ended, as of today: where to look for them, and where they must not
 * count beside what came of them. For one request, by a worker thread; what is made lives in the
 * arena of the reading. Failures are told in its err.
 */
#pragma once

#include "api/parts.h"

/* Leaves out counties that are judged under another code now: they would count twice. */
int ended_drop(struct reading *r, struct store_verdict *rows, size_t *n);
/* Says of a county whose code has ended by what, and who its successors are. */
int ended_put(struct reading *r, const char *code, json_t *county);
/* History of the county and of what it has come of; each row says whose it is. */
int ended_history(struct reading *r, const char *county, const char *standard,
                  struct store_verdict **ret, size_t *ret_n);
