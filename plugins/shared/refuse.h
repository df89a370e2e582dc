/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How formats write a refusal: a code, a place, and words, cut between characters where they
 * are too long. An err of NULL is fine: nobody wants to know. Pure; any thread.
 */
#pragma once

#include <stdarg.h>

#include <junheng/plugin.h>

/* line and col 0: not known. */
void refuse_va(struct jh_err *err, int code, const char *file, unsigned line,
               unsigned col, const char *fmt, va_list ap)
    __attribute__((format(printf, 6, 0)));
void refuse_at(struct jh_err *err, int code, const char *file, unsigned line,
               unsigned col, const char *fmt, ...) __attribute__((format(printf, 6, 7)));
