/* SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"

#include <string.h>

/* Length of the valid sequence at p, or 0. Ranges of the second byte as in RFC 3629. */
static size_t sequence(const unsigned char *p, size_t n)
{
    unsigned char b = p[0];
    if (b < 0x80)
        return 1;
    if (b < 0xC2 || b > 0xF4)
        return 0;
    size_t len = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    unsigned char lo = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    unsigned char hi = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < lo || p[1] > hi)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

size_t utf8_check(const char *text, size_t n)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t i = 0;
    while (i < n) {
        /* eight ASCII bytes at a time: most of a statistics file is digits and commas */
        uint64_t word;
        while (i + 8 <= n && (memcpy(&word, p + i, 8), !(word & 0x8080808080808080ull)))
            i += 8;
        if (i == n)
            break;
        size_t len = sequence(p + i, n - i);
        if (!len)
            return i;
        i += len;
    }
    return n;
}

size_t utf8_cut(const char *p, size_t n, size_t max)
{
    size_t end = n < max ? n : max;
    size_t start = end;
    /* step back over at most three continuation bytes to the lead of the last character */
    while (start > 0 && end - start < 4 && ((unsigned char)p[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return end;
    if (sequence((const unsigned char *)p + start - 1, end - start + 1) ==
        end - start + 1)
        return end;
    unsigned char lead = (unsigned char)p[start - 1];
    return lead < 0x80 ? start : start - 1;
}

uint32_t utf8_next(const char **p, const char *end)
{
    const unsigned char *s = (const unsigned char *)*p;
    size_t len = sequence(s, (size_t)(end - *p));
    *p += len ? len : 1;
    switch (len) {
    case 1:
        return s[0];
    case 2:
        return (s[0] & 0x1Fu) << 6 | (s[1] & 0x3Fu);
    case 3:
        return (s[0] & 0x0Fu) << 12 | (s[1] & 0x3Fu) << 6 | (s[2] & 0x3Fu);
    case 4:
        return (s[0] & 0x07u) << 18 | (s[1] & 0x3Fu) << 12 | (s[2] & 0x3Fu) << 6 |
               (s[3] & 0x3Fu);
    default:
        return 0xFFFD;
    }
}

size_t utf8_count(const char *p, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += ((unsigned char)p[i] & 0xC0) != 0x80;
    return count;
}

/* Wide and full-width blocks of Unicode's East Asian Width, as ranges. */
static bool is_wide(uint32_t c)
{
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0x303E) ||
           (c >= 0x3041 && c <= 0x33FF) || (c >= 0x3400 && c <= 0x4DBF) ||
           (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0xA000 && c <= 0xA4CF) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
           (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
           (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

size_t utf8_width(const char *p, size_t n)
{
    size_t width = 0;
    for (const char *end = p + n; p < end;) {
        uint32_t c = utf8_next(&p, end);
        bool combining = (c >= 0x0300 && c <= 0x036F) || c == 0x200B || c == 0xFEFF;
        width += combining ? 0 : is_wide(c) ? 2 : 1;
    }
    return width;
}

size_t utf8_put(char *out, uint32_t cp)
{
    if (cp < 0x80) {
        out[0] = (char)cp;
        return 1;
    }
    if (cp < 0x800) {
        out[0] = (char)(0xC0 | cp >> 6);
        out[1] = (char)(0x80 | (cp & 0x3F));
        return 2;
    }
    if (cp < 0x10000) {
        out[0] = (char)(0xE0 | cp >> 12);
        out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
        out[2] = (char)(0x80 | (cp & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | cp >> 18);
    out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
    out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
    out[3] = (char)(0x80 | (cp & 0x3F));
    return 4;
}
