/* SPDX-License-Identifier: Apache-2.0 */
/* What the csv plugin does to many bytes at once must be what is done byte by byte: the check
 * for UTF-8, and the search for stops, here as machines without SSE2 do it. */
#include "tap/tap.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "shared/utf8.h"

#undef __SSE2__
#include "format_csv/stops.h"

enum { ROUNDS = 60000, LENGTH_MAX = 300 };

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A character of one to four bytes, two in three of them Chinese. */
static size_t character(uint64_t *r, unsigned char *p)
{
    uint32_t pick = next(r) % 100, c = 0x4E00 + (uint32_t)(next(r) % 20000);
    if (pick < 25) {
        p[0] = (unsigned char)(next(r) % 0x80);
        return 1;
    }
    if (pick < 32) {
        p[0] = (unsigned char)(0xC2 + next(r) % 0x1E);
        p[1] = (unsigned char)(0x80 | next(r) % 64);
        return 2;
    }
    if (pick > 95) { /* the first and last that need four bytes */
        memcpy(p, pick % 2 ? "\xF0\x90\x80\x80" : "\xF4\x8F\xBF\xBF", 4);
        return 4;
    }
    if (pick > 90)
        c = pick % 2 ? 0x800 : 0xD7FF;
    p[0] = (unsigned char)(0xE0 | c >> 12);
    p[1] = (unsigned char)(0x80 | (c >> 6 & 63));
    p[2] = (unsigned char)(0x80 | (c & 63));
    return 3;
}

static size_t text_of(uint64_t *r, unsigned char *p)
{
    size_t n = next(r) % LENGTH_MAX, at = 0;
    bool ascii = next(r) % 4 == 0;
    while (at < n) {
        if (ascii && next(r) % 32)
            p[at++] = (unsigned char)(' ' + next(r) % 64);
        else
            at += character(r, p + at);
    }
    for (uint64_t i = next(r) % 3; i && at && next(r) % 2; i--)
        p[next(r) % at] = (unsigned char)next(r);
    return at;
}

static void check_utf8(void)
{
    uint64_t r = 88172645463325252;
    size_t good = 0, bad = 0, wrong = 0;
    for (int i = 0; i < ROUNDS; i++) {
        unsigned char text[LENGTH_MAX + 4];
        size_t n = text_of(&r, text);
        unsigned char *exact = malloc(n + 1); /* reading further is an error ASan sees */
        if (!exact)
            bail("out of memory");
        memcpy(exact, text, n);
        size_t want = utf8_check((const char *)exact, n);
        wrong += utf8_end(exact, n) != want;
        good += want == n;
        bad += want < n;
        free(exact);
    }
    is_int((long long)wrong, 0, "UTF-8 is checked as it is character by character");
    ok(good > ROUNDS / 4 && bad > ROUNDS / 8, "among %zu good and %zu bad texts", good,
       bad);
}

static void check_stops(char delimiter)
{
    uint64_t r = 88172645463325252;
    size_t wrong = 0;
    for (int i = 0; i < ROUNDS / 8; i++) {
        unsigned char text[LENGTH_MAX + 4];
        size_t n = text_of(&r, text);
        struct stops s = {.end = (const char *)text + n, .delimiter = delimiter};
        stops_seek(&s, (const char *)text);
        for (size_t k = 0; k < n; k++)
            if (text[k] <= '"' || text[k] == (unsigned char)delimiter)
                wrong += stops_next(&s) != (const char *)text + k;
        wrong += stops_next(&s) != s.end;
    }
    is_int((long long)wrong, 0, "every stop is found, and nothing else");
}

int main(void)
{
    check_utf8();
    check_stops(',');
    check_stops(';');
    check_stops('\t');
    return done_testing();
}
