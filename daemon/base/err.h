/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Errors with a place. A function that can explain a failure takes `struct jh_err *err` last
 * (NULL allowed) and returns the code that err_set() gave back. `struct errs` collects many,
 * for checks that report everything and not the first. Any thread; no globals.
 */
#pragma once

#include <stdarg.h>
#include <stdio.h>

#include <junheng/plugin.h>

#define PRINTF(f, a) __attribute__((format(printf, f, a)))

/* Fills err (if not NULL) and returns code. Text is cut between code points if too long. */
int err_set(struct jh_err *err, int code, const char *fmt, ...) PRINTF(3, 4);
int err_at(struct jh_err *err, int code, const char *file, unsigned line, unsigned col,
           const char *fmt, ...) PRINTF(6, 7);
#ifdef __clang_analyzer__ /* which sees one file at a time: they return their code, never 0 */
#define err_set(err, code, ...) (err_set(err, code, __VA_ARGS__), (code))
#define err_at(err, code, ...) (err_at(err, code, __VA_ARGS__), (code))
#endif

/* "file:line:col: text", leaving out what is not known. */
void err_print(FILE *to, const char *program, const struct jh_err *err);
/* The same into buf, always terminated. */
void err_format(const struct jh_err *err, char *buf, size_t size);
/* Default words for a code, for callers that got no text. */
const char *err_name(int code);

enum err_kind { ERR_ERROR, ERR_WARNING };

struct errs_item {
    enum err_kind kind;
    struct jh_err err;
};

/* Growing list with a maximum; what does not fit is counted in `dropped`. */
struct errs {
    struct errs_item *items;
    size_t n, max, cap;
    size_t errors, warnings, dropped;
};

void errs_init(struct errs *errs, size_t max);
void errs_done(struct errs *errs);
void errs_at(struct errs *errs, enum err_kind kind, const char *file, unsigned line,
             unsigned col, const char *fmt, ...) PRINTF(6, 7);
void errs_add(struct errs *errs, enum err_kind kind, const struct jh_err *err);
/* Every item, one line each, in order; then how many were dropped. */
void errs_print(FILE *to, const char *program, const struct errs *errs);
/* Copies the first error into err; returns JH_EINVAL if there is any error, else 0. */
int errs_first(const struct errs *errs, struct jh_err *err);
