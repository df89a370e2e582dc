/* SPDX-License-Identifier: Apache-2.0 */
#include "base/num.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

__extension__ typedef __int128 wide;

static const double POWER[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                               1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                               1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const int64_t IPOWER[] = {1,      10,      100,      1000,      10000,
                                 100000, 1000000, 10000000, 100000000, 1000000000};

int decimal_parse(const char *p, size_t len, struct decimal *ret)
{
    struct decimal d = {0};
    const char *end = p + len;
    bool neg = len && *p == '-';
    p += neg;
    bool point = false, digit = false;
    for (; p < end; p++) {
        if (*p == '.' && !point && digit) {
            point = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return JH_EINVAL;
        digit = true;
        if (point && d.scale == 9)
            return JH_ELIMIT;
        d.scale += point;
        if (__builtin_mul_overflow(d.n, (int64_t)10, &d.n) ||
            __builtin_add_overflow(d.n, (int64_t)(*p - '0'), &d.n))
            return JH_ELIMIT;
    }
    if (!digit || end[-1] == '.')
        return JH_EINVAL;
    if (neg)
        d.n = -d.n;
    *ret = d;
    return 0;
}

double decimal_double(struct decimal d)
{
    return (double)d.n / POWER[d.scale];
}

int decimal_cmp(struct decimal a, struct decimal b)
{
    wide x = (wide)a.n * IPOWER[b.scale], y = (wide)b.n * IPOWER[a.scale];
    return x < y ? -1 : x > y;
}

int decimal_mul(struct decimal a, struct decimal b, struct decimal *ret)
{
    struct decimal d = {0, a.scale + b.scale};
    if (d.scale > 9 || __builtin_mul_overflow(a.n, b.n, &d.n))
        return JH_ELIMIT;
    *ret = d;
    return 0;
}

void decimal_print(struct decimal d, char text[NUM_TEXT])
{
    while (d.scale && d.n % 10 == 0) {
        d.n /= 10;
        d.scale--;
    }
    uint64_t n = d.n < 0 ? -(uint64_t)d.n : (uint64_t)d.n;
    uint64_t one = (uint64_t)IPOWER[d.scale];
    if (d.scale)
        snprintf(text, NUM_TEXT, "%s%" PRIu64 ".%0*" PRIu64, d.n < 0 ? "-" : "", n / one,
                 (int)d.scale, n % one);
    else
        snprintf(text, NUM_TEXT, "%s%" PRIu64, d.n < 0 ? "-" : "", n);
}

double num_round_scaled(double v, unsigned digits)
{
    return floor(v * POWER[digits] + 0.5 + 1e-9);
}

double num_round(double v, unsigned digits)
{
    return num_round_scaled(v, digits) / POWER[digits];
}

void num_fixed(double v, unsigned digits, char text[NUM_TEXT])
{
    if (!isfinite(v) || fabs(v) > 1e15) {
        snprintf(text, NUM_TEXT, "-");
        return;
    }
    double scaled = num_round_scaled(fabs(v), digits);
    double whole = floor(scaled / POWER[digits]);
    double part = scaled - whole * POWER[digits];
    const char *sign = v < 0 && scaled > 0 ? "-" : "";
    if (digits)
        snprintf(text, NUM_TEXT, "%s%" PRIu64 ".%0*" PRIu64, sign, (uint64_t)whole,
                 (int)digits, (uint64_t)part);
    else
        snprintf(text, NUM_TEXT, "%s%" PRIu64, sign, (uint64_t)whole);
}

/*
 * Up to 15 digits and 22 decimals are exact in one division (both operands are exact
 * doubles, IEEE division rounds correctly); longer ones, which no form has, go by strtod.
 */
int num_parse(const char *p, size_t len, double *ret)
{
    uint64_t n = 0;
    unsigned digits = 0, decimals = 0;
    bool point = false, any = false;
    for (size_t i = 0; i < len; i++) {
        if (p[i] == '.' && !point && any) {
            point = true;
            continue;
        }
        if (p[i] < '0' || p[i] > '9')
            return JH_EINVAL;
        any = true;
        decimals += point;
        if (n || p[i] != '0')
            digits++;
        if (digits <= 18)
            n = n * 10 + (uint64_t)(p[i] - '0');
    }
    if (!any || p[len - 1] == '.')
        return JH_EINVAL;
    double v;
    if (digits <= 15 && decimals <= 22) {
        v = (double)n / POWER[decimals];
    } else {
        char text[64];
        if (len >= sizeof text)
            return JH_ELIMIT;
        memcpy(text, p, len);
        text[len] = '\0';
        v = strtod(text, NULL);
    }
    if (v > 1e12)
        return JH_ELIMIT;
    *ret = v;
    return 0;
}

int num_parse_int(const char *p, size_t len, int64_t min, int64_t max, int64_t *ret)
{
    bool neg = len && *p == '-';
    if (neg) {
        p++;
        len--;
    }
    if (!len)
        return JH_EINVAL;
    int64_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (p[i] < '0' || p[i] > '9')
            return JH_EINVAL;
        /* Counted downwards, because only the negative side holds INT64_MIN. */
        if (__builtin_mul_overflow(n, (int64_t)10, &n) ||
            __builtin_sub_overflow(n, (int64_t)(p[i] - '0'), &n))
            return JH_ELIMIT;
    }
    if (!neg && n == INT64_MIN)
        return JH_ELIMIT;
    n = neg ? n : -n;
    if (n < min || n > max)
        return JH_ELIMIT;
    *ret = n;
    return 0;
}
