/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shortest text that reads back as the same double. What reports print lies between
 * 0.0001 and 10^15; there v * 10^k with 17 digits before its point is an integer of at most
 * 102 bits over a power of two, so all that follows is exact. The rest goes by the C library.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

__extension__ typedef unsigned __int128 wide;

enum { DIGITS = 17, FRACTION_BITS = 52, BIAS = 1075 };
static const uint64_t LEAST = UINT64_C(10000000000000000); /* of 17 digits */

static const uint64_t FIVE[] = {1,     5,     25,     125,     625,     3125,
                                15625, 78125, 390625, 1953125, 9765625, 48828125};

/* v * 10^k = n / 2^shift; its neighbours lie gap / 2^shift away. */
struct scaled {
    wide n;
    uint64_t gap;
    int shift;
    int exponent; /* of the first digit */
    bool even;    /* halfway to a neighbour still reads back as v */
};

static bool scale(double v, struct scaled *s)
{
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    uint64_t one = UINT64_C(1) << FRACTION_BITS, fraction = bits & (one - 1);
    int e = (int)(bits >> FRACTION_BITS) - BIAS; /* v = (one + fraction) * 2^e */
    if (!fraction)
        return false; /* a power of two: its neighbours are not equally far */
    s->exponent = (e + FRACTION_BITS) * 1233 >> 12; /* by log10(2): right, or one less */
    for (int tries = 0; tries < 2; tries++, s->exponent++) {
        int k = DIGITS - 1 - s->exponent;
        s->gap = k > 11 ? FIVE[11] * FIVE[k - 11] : FIVE[k];
        s->n = (wide)(one + fraction) * s->gap;
        s->shift = -e - k;
        if (s->n >> s->shift < 10 * LEAST)
            break;
    }
    s->even = fraction % 2 == 0;
    return true;
}

/* In units of `unit` (10^0, 10^1, ...), half to even as printf rounds. */
static inline uint64_t rounded(const struct scaled *s, uint64_t unit)
{
    wide half = ((wide)unit << s->shift) / 2;
    uint64_t whole = (uint64_t)(s->n >> s->shift), q = whole / unit;
    wide rest = s->n - ((wide)(q * unit) << s->shift);
    return q + (rest > half || (rest == half && q % 2));
}

static inline bool reads_back(const struct scaled *s, uint64_t q, uint64_t unit)
{
    wide there = (wide)(q * unit) << s->shift;
    wide off = (there > s->n ? there - s->n : s->n - there) * 2;
    return off < s->gap || (off == s->gap && s->even);
}

/* The digits of q, two at a time; how many. */
static int digits_of(uint64_t q, char digits[DIGITS + 3])
{
    static const char PAIRS[] = "00010203040506070809101112131415161718192021222324"
                                "25262728293031323334353637383940414243444546474849"
                                "50515253545556575859606162636465666768697071727374"
                                "75767778798081828384858687888990919293949596979899";
    char all[DIGITS + 3], *p = all + sizeof all;
    for (; q >= 10; q /= 100)
        memcpy(p -= 2, PAIRS + q % 100 * 2, 2);
    if (q)
        *--p = (char)('0' + q);
    size_t n = (size_t)(all + sizeof all - p);
    memcpy(digits, p, n);
    return (int)n;
}

/* The digits of q * 10^(exponent - digits + 1), without zeros behind the last. */
static void lay_out(uint64_t q, int exponent, char *text)
{
    char digits[DIGITS + 3];
    int n, whole = exponent + 1; /* so many stand before the point */
    while (q % 10 == 0)
        q /= 10;
    n = digits_of(q, digits);
    if (whole <= 0) {
        memcpy(text, "0.000", 5);
        text += 2 - whole;
        whole = 0;
    }
    for (int i = 0; i < whole; i++)
        *text++ = i < n ? digits[i] : '0';
    if (whole && whole < n)
        *text++ = '.';
    for (int i = whole; i < n; i++)
        *text++ = digits[i];
    *text = '\0';
}

static bool quick(double v, char *text)
{
    struct scaled s;
    if (!(v >= 1e-4 && v < 1e15) || !scale(v, &s))
        return false;
    uint64_t unit = 100, q = rounded(&s, 100);
    if (!reads_back(&s, q, 100))
        q = rounded(&s, unit = 10);
    if (unit == 10 && !reads_back(&s, q, 10))
        q = rounded(&s, unit = 1);
    lay_out(q, s.exponent + (q * unit == 10 * LEAST), text);
    return true;
}

/* The program never calls setlocale(), so the C functions below read and write points. */
void num_print(double v, char text[NUM_TEXT])
{
    bool neg = v < 0;
    text[0] = '-';
    if (quick(neg ? -v : v, text + neg))
        return;
    if (!isfinite(v)) {
        snprintf(text, NUM_TEXT, "null");
        return;
    }
    for (int digits = 15; digits <= DIGITS; digits++) {
        snprintf(text, NUM_TEXT, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            break;
    }
}
