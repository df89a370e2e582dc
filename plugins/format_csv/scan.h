/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CSV scanner: RFC 4180 without leniency, because a guess about a quote is a guess about
 * every figure behind it. Lines end in LF or CRLF; blank lines are skipped but counted; every
 * row has as many cells as the first of several, which is the header; a line of one cell (a
 * title, a note) may stand anywhere, and below the header it gets empty cells. Cells point into the text, or into a scratch buffer
 * where a doubled quote had to be undone, and live for the call of `row`. Pure; any thread.
 */
#pragma once

#include "text.h"

enum { SCAN_COLUMNS_MAX = 4096 };

struct scan_conf {
    char delimiter;
    size_t max_cell; /* bytes */
};

/* Hands over a row; anything but 0 stops the scan and is its result. */
typedef int scan_row_fn(void *arg, const struct jh_row *row);

/* Where bytes come from, in order: how many were read, 0 at the end, or a negative code. */
struct scan_source {
    int64_t (*read)(void *arg, void *buf, size_t n);
    void *arg;
};

/*
 * The same rows from UTF-8 that comes piece by piece. Where it ends with a code, the rows
 * so far are to be forgotten and the whole text is to be scanned: that tells why.
 */
int scan_stream(const struct scan_source *source, const struct scan_conf *conf,
                scan_row_fn *row, void *arg);

int scan_rows(const struct text *text, const struct scan_conf *conf, scan_row_fn *row,
              void *arg, struct jh_err *err);
