/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of report.h about items: which fail and why, which are not known, the score, and
 * whether the county could be certified. Private to render/. Any thread.
 */
#pragma once

#include "render/report.h"

void report_items(const struct county_result *r, const struct messages *m,
                  struct buf *out);
/* Every item with its clause, its inputs, its evidence and its schools. */
void report_items_explain(const struct county_result *r, const struct messages *m,
                          struct buf *out);
