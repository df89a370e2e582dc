/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

void buf_init(struct buf *buf, size_t max)
{
    *buf = (struct buf){.max = max};
}

void buf_done(struct buf *buf)
{
    free(buf->p);
    *buf = (struct buf){.max = buf->max};
}

void buf_clear(struct buf *buf)
{
    buf->len = 0;
    buf->failed = false;
    if (buf->p)
        buf->p[0] = '\0';
}

static bool reserve(struct buf *buf, size_t n)
{
    if (buf->failed)
        return false;
    if (n > buf->max || buf->len > buf->max - n) {
        buf->failed = true;
        return false;
    }
    if (buf->len + n < buf->cap)
        return true;
    size_t cap = buf->cap ? buf->cap : 64;
    while (cap <= buf->len + n)
        cap *= 2;
    char *p = realloc(buf->p, cap);
    if (!p) {
        buf->failed = true;
        return false;
    }
    buf->p = p;
    buf->cap = cap;
    return true;
}

void buf_add(struct buf *buf, const void *p, size_t n)
{
    if (!n || !reserve(buf, n))
        return;
    memcpy(buf->p + buf->len, p, n);
    buf->len += n;
    buf->p[buf->len] = '\0';
}

void buf_str(struct buf *buf, const char *text)
{
    buf_add(buf, text, strlen(text));
}

void buf_char(struct buf *buf, char c)
{
    if (!reserve(buf, 1))
        return;
    buf->p[buf->len++] = c;
    buf->p[buf->len] = '\0';
}

void buf_fmt(struct buf *buf, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        buf->failed = true;
        return;
    }
    if (!reserve(buf, (size_t)n))
        return;
    va_start(ap, fmt);
    vsnprintf(buf->p + buf->len, (size_t)n + 1, fmt, ap);
    va_end(ap);
    buf->len += (size_t)n;
}

void buf_double(struct buf *buf, double v)
{
    char text[NUM_TEXT];
    num_print(v, text);
    buf_str(buf, text);
}

void buf_json(struct buf *buf, const char *text)
{
    buf_char(buf, '"');
    for (const char *p = text; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '"' || c == '\\')
            buf_fmt(buf, "\\%c", c);
        else if (c == '\n')
            buf_str(buf, "\\n");
        else if (c < 0x20 || c == 0x7F)
            buf_fmt(buf, "\\u%04x", c);
        else
            buf_char(buf, (char)c);
    }
    buf_char(buf, '"');
}

const char *buf_text(const struct buf *buf)
{
    return buf->p ? buf->p : "";
}

char *buf_take(struct buf *buf)
{
    char *p = buf->failed ? NULL : buf->p;
    if (!p && !buf->failed)
        p = calloc(1, 1);
    if (buf->failed)
        free(buf->p);
    *buf = (struct buf){.max = buf->max};
    return p;
}
