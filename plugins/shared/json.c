/* SPDX-License-Identifier: Apache-2.0 */
#include "json.h"

#include <stdlib.h>
#include <string.h>

struct at {
    const char *p, *end;
};

static void skip_blanks(struct at *at)
{
    while (at->p < at->end && strchr(" \t\r\n", *at->p) && *at->p)
        at->p++;
}

static char peek(struct at *at)
{
    skip_blanks(at);
    return at->p < at->end ? *at->p : '\0';
}

/* At its opening quote; ends behind the closing one. */
static bool skip_string(struct at *at)
{
    for (at->p++; at->p < at->end; at->p++) {
        if (*at->p == '"')
            return at->p++;
        if (*at->p == '\\')
            at->p++;
    }
    return false;
}

static bool skip_scalar(struct at *at)
{
    const char *from = at->p;
    while (at->p < at->end && *at->p && !strchr(" \t\r\n,:\"[]{}", *at->p))
        at->p++;
    return at->p > from;
}

/* Any value, however deep; which values and names may stand where is the format's business. */
static bool skip_value(struct at *at)
{
    char open[JSON_DEPTH];
    size_t depth = 0;
    do {
        char c = peek(at);
        if (c == '{' || c == '[') {
            if (depth == JSON_DEPTH)
                return false;
            open[depth++] = c;
            at->p++;
        } else if (c == '}' || c == ']') {
            if (!depth || open[--depth] != (c == '}' ? '{' : '['))
                return false;
            at->p++;
        } else if ((c == ',' || c == ':') && depth) {
            at->p++;
        } else if (!(c == '"' ? skip_string(at) : skip_scalar(at))) {
            return false;
        }
    } while (depth);
    return true;
}

bool json_whole(struct jh_slice text)
{
    struct at at = {text.p, text.p + text.len};
    return text.len && skip_value(&at) && peek(&at) == '\0' && at.p == at.end;
}

/* At an object: to the value of that name. */
static bool enter(struct at *at, const char *name, size_t len)
{
    if (peek(at) != '{')
        return false;
    at->p++;
    while (peek(at) == '"') {
        const char *key = at->p + 1;
        if (!skip_string(at))
            return false;
        bool same = (size_t)(at->p - 1 - key) == len && !memcmp(key, name, len);
        if (peek(at) != ':')
            return false;
        at->p++;
        if (same)
            return true;
        if (!skip_value(at))
            return false;
        if (peek(at) == ',')
            at->p++;
    }
    return false;
}

bool json_find(struct jh_slice text, const char *path, struct jh_slice *ret)
{
    struct at at = {text.p, text.p + text.len};
    for (size_t len; *path; path += len + (path[len] == '.')) {
        len = strcspn(path, ".");
        if (!enter(&at, path, len))
            return false;
    }
    skip_blanks(&at);
    const char *from = at.p;
    if (!skip_value(&at))
        return false;
    *ret = (struct jh_slice){from, (size_t)(at.p - from)};
    return true;
}

bool json_items(struct jh_slice value, struct jh_slice *ret, int64_t *ret_n)
{
    if (value.len < 2 || *value.p != '[')
        return false;
    struct at at = {value.p + 1, value.p + value.len - 1};
    skip_blanks(&at);
    const char *from = at.p;
    int64_t n = 0;
    while (at.p < at.end) {
        if (!skip_value(&at))
            return false;
        n++;
        if (peek(&at) == ',' && at.p++ && at.p < at.end)
            continue;
        if (at.p < at.end)
            return false;
    }
    *ret = (struct jh_slice){from, (size_t)(at.end - from)};
    *ret_n = n;
    return true;
}

bool json_next(struct jh_slice *items, struct jh_slice *ret)
{
    struct at at = {items->p, items->p + items->len};
    if (!peek(&at))
        return false;
    const char *from = at.p;
    if (!skip_value(&at))
        return false;
    *ret = (struct jh_slice){from, (size_t)(at.p - from)};
    if (peek(&at) == ',')
        at.p++;
    *items = (struct jh_slice){at.p, (size_t)(at.end - at.p)};
    return true;
}

/* \/ is what URLs are full of; \u0026 is written for & by some; others are no part of either. */
static bool unescape(const char **p, const char *end, char *ret)
{
    static const char FROM[] = "\"\\/", HEX[] = "0123456789abcdef";
    if (++*p >= end)
        return false;
    if (strchr(FROM, **p) && **p) {
        *ret = **p;
        return true;
    }
    if (**p != 'u' || end - *p < 5)
        return false;
    unsigned code = 0;
    for (int i = 1; i <= 4; i++) {
        const char *digit = (*p)[i] ? strchr(HEX, (*p)[i] | 0x20) : NULL;
        if (!digit)
            return false;
        code = code * 16 + (unsigned)(digit - HEX);
    }
    *p += 4;
    *ret = (char)code;
    return code >= ' ' && code < 0x7F;
}

bool json_text(struct jh_slice value, char *ret, size_t size)
{
    const char *p = value.p, *end = value.p + value.len;
    size_t n = 0;
    if (value.len == 4 && !memcmp(value.p, "null", 4))
        end = p;
    else if (!value.len || strchr("[{tf", *value.p))
        return false;
    if (p < end && *p == '"') {
        p++;
        end--;
    }
    for (; p < end; p++) {
        char c = *p;
        if (n + 1 >= size || (c == '\\' && !unescape(&p, end, &c)) ||
            (unsigned char)c < ' ' || c == 0x7F)
            return false;
        ret[n++] = c;
    }
    ret[n] = '\0';
    return true;
}
