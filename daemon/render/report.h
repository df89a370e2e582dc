/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `junhengctl evaluate` prints besides JSON: the text form for people, in
 * Chinese, and csv. Appends to the caller's buffer, keeps nothing. Any thread.
 */
#pragma once

#include "base/buf.h"
#include "render/json.h"
#include "render/message.h"

/* county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline; null = empty field. */
void report_csv_head(struct buf *out);
/* A cell, quoted only where RFC 4180 asks for it. */
void report_csv_text(const char *text, struct buf *out);
void report_csv(const struct county_result *result, struct buf *out);
/* The table for people, one county. */
void report_text(const struct county_result *result, const struct messages *m,
                 struct buf *out);
/*
 * Behind it, what `--explain` asks for: per figure what changed since `before` (NULL or no data
 * = no such round), who weighs most, who is below the line and what is missing there.
 */
void report_explain(const struct county_result *result,
                    const struct county_result *before, const struct messages *m,
                    struct buf *out);
