/* SPDX-License-Identifier: Apache-2.0 */
/* Printed numbers are found by arithmetic of our own: it must agree with the C library, digit
 * for digit, on every sort of double. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "tap/tap.h"

enum { EACH = 40000 };

/* The fewest of 15 to 17 digits that read back. */
static void by_printf(double v, char text[NUM_TEXT])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, NUM_TEXT, "%.*g", digits, v);
        if (strtod(text, NULL) == v)
            return;
    }
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static double any_bits(uint64_t *r)
{
    uint64_t bits = next(r);
    double v;
    memcpy(&v, &bits, sizeof v);
    return isfinite(v) ? v : 1;
}

static double any_size(uint64_t *r)
{
    return ldexp((double)(next(r) >> 11), (int)(next(r) % 70) - 80);
}

static double of_decimals(uint64_t *r)
{
    return (double)(next(r) % 1000000000) / pow(10, (double)(next(r) % 10));
}

static double whole(uint64_t *r)
{
    return (double)(next(r) >> (next(r) % 64));
}

static double beside_power(uint64_t *r)
{
    double power = next(r) % 2 ? pow(10, (double)(next(r) % 24) - 6)
                               : ldexp(1, (int)(next(r) % 70) - 18);
    return nextafter(power, next(r) % 2 ? 0 : INFINITY);
}

static double power(uint64_t *r)
{
    return next(r) % 2 ? pow(10, (double)(next(r) % 24) - 6)
                       : ldexp(1, (int)(next(r) % 70) - 18);
}

static void agrees(const char *sort, double (*make)(uint64_t *r))
{
    uint64_t r = 88172645463325252;
    char ours[NUM_TEXT], theirs[NUM_TEXT];
    for (int i = 0; i < EACH; i++) {
        double v = next(&r) % 4 ? make(&r) : -make(&r);
        num_print(v, ours);
        by_printf(v, theirs);
        if (strcmp(ours, theirs) == 0)
            continue;
        ok(false, "%s: %a is printed as %s, not %s", sort, v, ours, theirs);
        return;
    }
    ok(true, "%s: as the C library prints them", sort);
}

static void prints(double v, const char *text)
{
    char ours[NUM_TEXT];
    num_print(v, ours);
    is_str(ours, text, text);
}

int main(void)
{
    agrees("doubles of any bits", any_bits);
    agrees("doubles of any size", any_size);
    agrees("decimals", of_decimals);
    agrees("whole numbers", whole);
    agrees("neighbours of powers", beside_power);
    agrees("powers of two and ten", power);
    prints(0, "0");
    prints(0.65, "0.65");
    prints(-0.1, "-0.1");
    prints(0.1 + 0.2, "0.30000000000000004");
    prints(100, "100");
    prints(0.0001, "0.0001");
    prints(0.00001, "1e-05");
    prints(999999999999999.9, "999999999999999.9");
    prints(NAN, "null");
    prints(INFINITY, "null");
    return done_testing();
}
