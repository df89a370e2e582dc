/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to UTF-8 text: what the encoding is, whether it holds, and where it does not. Also
 * the one way errors of this plugin are written, with a place found from a pointer into the
 * text. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

#define TEXT_MARK "\xEF\xBB\xBF" /* what some put before UTF-8 */

enum text_encoding { TEXT_AUTO, TEXT_UTF8, TEXT_GB18030, TEXT_GBK, TEXT_GB2312 };

/* A file under way: its name for errors, its text in UTF-8 without a byte order mark. */
struct text {
    const char *name;
    struct jh_slice utf8;
    char *owned; /* converted text, or NULL: utf8 points into the bytes given */
};

/* Refuses what is not text in that encoding. text_done() in every case. */
int text_init(struct text *text, const char *name, struct jh_slice bytes,
              enum text_encoding encoding, struct jh_err *err);
void text_done(struct text *text);

/* Fills err (may be NULL). `at` points into utf8, or is NULL. */
void text_explain(const struct text *text, struct jh_err *err, int code, const char *at,
                  const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* The same as an expression that is the code. */
#define text_fail(text, err, code, ...)                                                  \
    (text_explain((text), (err), (code), __VA_ARGS__), (code))
