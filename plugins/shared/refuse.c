/* SPDX-License-Identifier: Apache-2.0 */
#include "refuse.h"

#include <stdio.h>
#include <string.h>

/* Copies as much as fits, ending between characters. */
static void copy_text(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (n >= size) {
        n = size - 1;
        while (n && ((unsigned char)from[n] & 0xC0) == 0x80)
            n--;
    }
    memcpy(to, from, n);
    to[n] = '\0';
}

void refuse_va(struct jh_err *err, int code, const char *file, unsigned line,
               unsigned col, const char *fmt, va_list ap)
{
    char words[2 * sizeof err->text];
    if (!err)
        return;
    vsnprintf(words, sizeof words, fmt, ap);
    memset(err, 0, sizeof *err);
    err->code = code;
    err->line = line;
    err->col = col;
    copy_text(err->text, sizeof err->text, words);
    copy_text(err->file, sizeof err->file, file);
}

void refuse_at(struct jh_err *err, int code, const char *file, unsigned line,
               unsigned col, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    refuse_va(err, code, file, line, col, fmt, ap);
    va_end(ap);
}
