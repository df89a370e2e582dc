/* SPDX-License-Identifier: Apache-2.0 */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { LANES = 16, BLOCK = 64 };

typedef uint8_t lanes __attribute__((vector_size(LANES)));

size_t utf8_sequence(const unsigned char *p, size_t n)
{
    unsigned char b = p[0];
    if (b < 0x80)
        return 1;
    if (b < 0xC2 || b > 0xF4)
        return 0;
    size_t len = b < 0xE0 ? 2 : b < 0xF0 ? 3 : 4;
    if (n < len)
        return 0;
    unsigned char low = b == 0xE0 ? 0xA0 : b == 0xF0 ? 0x90 : 0x80;
    unsigned char high = b == 0xED ? 0x9F : b == 0xF4 ? 0x8F : 0xBF;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < len; i++)
        if ((p[i] & 0xC0) != 0x80)
            return 0;
    return len;
}

static inline lanes load(const unsigned char *p)
{
    lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}

static inline bool any(lanes v)
{
    uint64_t half[2];
    memcpy(half, &v, sizeof half);
    return half[0] | half[1];
}

static inline bool is_ascii(const unsigned char *p)
{
    lanes all = load(p) | load(p + LANES) | load(p + 2 * LANES) | load(p + 3 * LANES);
    return !any(all & 0x80);
}

/*
 * Does each byte continue a sequence exactly where the two before it ask for that? Leads
 * that only some bytes may follow (E0, ED), that ask for three (F0 on) or may not stand
 * anywhere (C0, C1, F5 on) count as no. Reads the two bytes before p.
 */
static inline bool is_plain(const unsigned char *p)
{
    lanes bad = {0};
    for (int i = 0; i < BLOCK; i += LANES) {
        lanes v = load(p + i);
        lanes asked = (lanes)((load(p + i - 1) >= 0xC0) | (load(p + i - 2) >= 0xE0));
        lanes follows = (lanes)((v & 0xC0) == 0x80);
        lanes special =
            (lanes)((v >= 0xF0) | (v == 0xE0) | (v == 0xED) | ((v & 0xFE) == 0xC0));
        bad |= (asked ^ follows) | special;
    }
    return !any(bad);
}

/* Bytes at the end of a plain block that begin a sequence which goes on behind it. */
static inline size_t unfinished(const unsigned char *end)
{
    return end[-1] >= 0xC0 ? 1 : end[-2] >= 0xE0 ? 2 : 0;
}

size_t utf8_end(const unsigned char *p, size_t n)
{
    size_t i = 0; /* between two characters */
    while (i < n) {
        if (n - i >= BLOCK && is_ascii(p + i)) {
            i += BLOCK;
            continue;
        }
        if (n - i >= BLOCK && i >= 2 && is_plain(p + i)) {
            i += BLOCK - unfinished(p + i + BLOCK);
            continue;
        }
        for (size_t until = i + BLOCK; i < until && i < n;) {
            size_t len = utf8_sequence(p + i, n - i);
            if (!len)
                return i;
            i += len;
        }
    }
    return n;
}
