/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The part of report.h about what looks wrong in a county's data: how often, by kind, and the
 * first few with their places. Private to render/. Any thread.
 */
#pragma once

#include "render/report.h"

/* Nothing, where nothing was found. */
void report_findings(const struct county_result *r, const struct messages *m,
                     struct buf *out);
