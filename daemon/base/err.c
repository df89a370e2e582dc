/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#undef err_set /* what the analyzer sees in their place */
#undef err_at

static int fill(struct jh_err *err, int code, const char *file, unsigned line,
                unsigned col, const char *fmt, va_list ap)
{
    if (!err)
        return code;
    err->code = code;
    err->line = line;
    err->col = col;
    snprintf(err->file, sizeof err->file, "%s", file ? file : "");
    err->file[utf8_cut(err->file, strlen(err->file), sizeof err->file - 1)] = '\0';
    vsnprintf(err->text, sizeof err->text, fmt, ap);
    err->text[utf8_cut(err->text, strlen(err->text), sizeof err->text - 1)] = '\0';
    return code;
}

int err_set(struct jh_err *err, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, NULL, 0, 0, fmt, ap);
    va_end(ap);
    return code;
}

int err_at(struct jh_err *err, int code, const char *file, unsigned line, unsigned col,
           const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    fill(err, code, file, line, col, fmt, ap);
    va_end(ap);
    return code;
}

void err_format(const struct jh_err *err, char *buf, size_t size)
{
    const char *text = err->text[0] ? err->text : err_name(err->code);
    int n = 0;
    if (err->file[0])
        n = snprintf(buf, size, "%s:", err->file);
    if (err->line && n >= 0 && (size_t)n < size)
        n += snprintf(buf + n, size - (size_t)n, "%u:", err->line);
    if (err->line && err->col && n >= 0 && (size_t)n < size)
        n += snprintf(buf + n, size - (size_t)n, "%u:", err->col);
    if (n >= 0 && (size_t)n < size)
        snprintf(buf + n, size - (size_t)n, "%s%s", n ? " " : "", text);
    buf[utf8_cut(buf, strlen(buf), size - 1)] = '\0';
}

void err_print(FILE *to, const char *program, const struct jh_err *err)
{
    char line[1200];
    err_format(err, line, sizeof line);
    fprintf(to, "%s: %s\n", program, line);
}

const char *err_name(int code)
{
    switch (code) {
    case JH_OK:
        return "success";
    case JH_EINVAL:
        return "invalid input";
    case JH_ENOMEM:
        return "out of memory";
    case JH_ELIMIT:
        return "over a limit";
    case JH_EIO:
        return "input/output error";
    case JH_ENOENT:
        return "no such thing";
    case JH_EEXIST:
        return "exists already";
    case JH_EBUSY:
        return "busy";
    case JH_ETIMEOUT:
        return "timed out";
    case JH_EVERSION:
        return "made for another version";
    case JH_EREFUSED:
        return "refused";
    case JH_ECANCELED:
        return "canceled";
    default:
        return "unknown error";
    }
}

void errs_init(struct errs *errs, size_t max)
{
    *errs = (struct errs){.max = max};
}

void errs_done(struct errs *errs)
{
    free(errs->items);
    *errs = (struct errs){0};
}

static struct errs_item *errs_next(struct errs *errs, enum err_kind kind)
{
    if (kind == ERR_ERROR)
        errs->errors++;
    else
        errs->warnings++;
    if (errs->n == errs->cap && errs->n < errs->max) {
        size_t cap = errs->cap ? errs->cap * 2 : 8;
        struct errs_item *items = realloc(errs->items, cap * sizeof *items);
        if (items) {
            errs->items = items;
            errs->cap = cap;
        }
    }
    if (errs->n == errs->cap || errs->n >= errs->max) {
        errs->dropped++;
        return NULL;
    }
    errs->items[errs->n].kind = kind;
    return &errs->items[errs->n++];
}

void errs_at(struct errs *errs, enum err_kind kind, const char *file, unsigned line,
             unsigned col, const char *fmt, ...)
{
    struct errs_item *item = errs_next(errs, kind);
    if (!item)
        return;
    va_list ap;
    va_start(ap, fmt);
    fill(&item->err, JH_EINVAL, file, line, col, fmt, ap);
    va_end(ap);
}

void errs_add(struct errs *errs, enum err_kind kind, const struct jh_err *err)
{
    struct errs_item *item = errs_next(errs, kind);
    if (item)
        item->err = *err;
}

void errs_print(FILE *to, const char *program, const struct errs *errs)
{
    for (size_t i = 0; i < errs->n; i++) {
        char line[1200];
        err_format(&errs->items[i].err, line, sizeof line);
        fprintf(to, "%s: %s%s\n", program,
                errs->items[i].kind == ERR_WARNING ? "warning: " : "", line);
    }
    if (errs->dropped)
        fprintf(to, "%s: and %zu more\n", program, errs->dropped);
}

int errs_first(const struct errs *errs, struct jh_err *err)
{
    if (!errs->errors)
        return 0;
    for (size_t i = 0; i < errs->n; i++) {
        if (errs->items[i].kind != ERR_ERROR)
            continue;
        if (err)
            *err = errs->items[i].err;
        return errs->items[i].err.code ? errs->items[i].err.code : JH_EINVAL;
    }
    return err_set(err, JH_EINVAL, "too many errors");
}
