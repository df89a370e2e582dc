/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growing text buffer with a maximum. After the first failure (too long, no memory) it stays
 * failed and further additions do nothing, so a caller checks once, at the end. The text is
 * always terminated. One thread at a time.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *p; /* NULL while empty: use buf_text() */
    size_t len, cap, max;
    bool failed;
};

void buf_init(struct buf *buf, size_t max);
void buf_done(struct buf *buf);
void buf_clear(struct buf *buf);
void buf_add(struct buf *buf, const void *p, size_t n);
void buf_str(struct buf *buf, const char *text);
void buf_char(struct buf *buf, char c);
void buf_fmt(struct buf *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* 17 significant digits at most, shortest that reads back the same; never the locale. */
void buf_double(struct buf *buf, double v);
/* A JSON string with its quotes; the text must be valid UTF-8. */
void buf_json(struct buf *buf, const char *text);
const char *buf_text(const struct buf *buf);
/* Hands the malloc'ed text over and empties the buffer; NULL if it failed. */
char *buf_take(struct buf *buf);
