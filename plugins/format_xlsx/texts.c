/* SPDX-License-Identifier: Apache-2.0 */
#include "texts.h"

#include <stdlib.h>
#include <string.h>

/* ---- a text ------------------------------------------------------------------------------ */

void texts_start(struct texts_one *text, const char *name)
{
    text->aside += strcmp(name, "rPh") == 0;
    text->in_text = strcmp(name, "t") == 0;
}

void texts_end(struct texts_one *text, const char *name)
{
    text->in_text = false;
    text->aside -= text->aside && strcmp(name, "rPh") == 0;
}

bool texts_add(struct texts_one *text, const char *p, size_t n)
{
    if (n > text->max - text->len)
        return false;
    if (n > text->cap - text->len) {
        size_t cap = (text->len + n) * 2;
        char *bytes = realloc(text->p, cap);
        if (!bytes)
            return false;
        text->p = bytes;
        text->cap = cap;
    }
    if (n)
        memcpy(text->p + text->len, p, n);
    text->len += n;
    return true;
}

static int hex(char c)
{
    static const char DIGITS[] = "0123456789ABCDEF";
    const char *at = c ? strchr(DIGITS, c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c) : NULL;
    return at ? (int)(at - DIGITS) : -1;
}

/* The character that _xHHHH_ at p stands for, or -1; only those of one byte are of use. */
static int undone(const char *p, const char *end)
{
    int code = 0;
    if (end - p < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex(p[i]);
        if (digit < 0)
            return -1;
        code = code * 16 + digit;
    }
    return code && code < 0x80 ? code : -1;
}

size_t texts_undo(char *p, size_t n)
{
    char *out = p, *end = p + n;
    while (p < end) {
        int code = *p == '_' ? undone(p, end) : -1;
        *out++ = code < 0 ? *p : (char)code;
        p += code < 0 ? 1 : 7;
    }
    return n - (size_t)(end - out);
}

/* ---- all of them --------------------------------------------------------------------------- */

static int limit(const struct texts *s)
{
    return package_refuse(s->package, JH_ELIMIT, 0, 0,
                          "more than %d shared strings or %d MiB of them", TEXTS_MAX,
                          TEXTS_BYTES_MAX >> 20);
}

static int begin_string(struct texts *s)
{
    if (s->n == TEXTS_MAX)
        return limit(s);
    if (s->n + 1 >= s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 1024;
        uint32_t *start = realloc(s->start, cap * sizeof *start);
        if (!start)
            return package_refuse(s->package, JH_ENOMEM, 0, 0, "out of memory");
        s->start = start;
        s->cap = cap;
    }
    s->start[s->n++] = (uint32_t)s->text.len;
    return 0;
}

static int on_start(void *arg, const char *name, const char *const *attributes)
{
    struct texts *s = arg;
    (void)attributes;
    texts_start(&s->text, name);
    return strcmp(name, "si") == 0 ? begin_string(s) : 0;
}

static int on_end(void *arg, const char *name)
{
    struct texts *s = arg;
    texts_end(&s->text, name);
    if (strcmp(name, "si") == 0 && s->n) {
        size_t start = s->start[s->n - 1];
        if (s->text.len > start)
            s->text.len = start + texts_undo(s->text.p + start, s->text.len - start);
    }
    return 0;
}

static int on_text(void *arg, const char *p, size_t n)
{
    struct texts *s = arg;
    if (!s->text.in_text || s->text.aside)
        return 0;
    return texts_add(&s->text, p, n) ? 0 : limit(s);
}

int texts_read(struct texts *strings, struct package *package, const char *path)
{
    static const struct package_events EVENTS = {on_start, on_end, on_text};
    strings->package = package;
    strings->text.max = TEXTS_BYTES_MAX;
    return package_read(package, path, &EVENTS, strings);
}

void texts_done(struct texts *strings)
{
    free(strings->text.p);
    free(strings->start);
    *strings = (struct texts){.n = 0};
}

bool texts_get(const struct texts *strings, size_t i, struct jh_slice *ret)
{
    if (i >= strings->n)
        return false;
    size_t start = strings->start[i];
    size_t end = i + 1 < strings->n ? strings->start[i + 1] : strings->text.len;
    *ret = (struct jh_slice){end > start ? strings->text.p + start : "", end - start};
    return true;
}
