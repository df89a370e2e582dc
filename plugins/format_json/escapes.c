/* SPDX-License-Identifier: Apache-2.0 */
#include "escapes.h"

#include <stdbool.h>
#include <string.h>

static unsigned hex(const char *p)
{
    unsigned v = 0;
    for (int i = 0; i < 4; i++) {
        unsigned c = (unsigned char)p[i];
        v = v * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    return v;
}

static bool is_low(const char *p, const char *end)
{
    return end - p >= 6 && p[0] == '\\' && p[1] == 'u' && hex(p + 2) >= 0xDC00 &&
           hex(p + 2) <= 0xDFFF;
}

const char *escapes_bad(struct jh_slice written, const char **ret_at)
{
    const char *p = written.p, *end = p + written.len;
    while (p < end && (p = memchr(p, '\\', (size_t)(end - p)))) {
        *ret_at = p;
        if (p[1] != 'u' || end - p < 6) {
            p += 2;
            continue;
        }
        unsigned code = hex(p + 2);
        p += 6;
        if (!code)
            return "\\u0000 is no text";
        if (code >= 0xDC00 && code <= 0xDFFF)
            return "the second half of a character (surrogate) without its first";
        if (code >= 0xD800 && code <= 0xDBFF) {
            if (!is_low(p, end))
                return "half a character (surrogate) without its other half";
            p += 6;
        }
    }
    return NULL;
}
