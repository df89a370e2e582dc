/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers as this field writes them, without the locale: exact decimals for limits and
 * floors (4.5 * 0.85 is 3.8249999... in binary), doubles for amounts, half-up rounding.
 * Pure; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { NUM_TEXT = 40 }; /* room for any printed number */

/* n / 10^scale, exactly. */
struct decimal {
    int64_t n;
    unsigned scale; /* 0..9 */
};

/* "0.65" -> {65, 2}. Digits with at most one point; a minus allowed; at most 9 decimals. */
int decimal_parse(const char *p, size_t len, struct decimal *ret);
double decimal_double(struct decimal d);
/* -1, 0, 1 */
int decimal_cmp(struct decimal a, struct decimal b);
/* a * b; scales add up, so keep them small. JH_ELIMIT on overflow. */
int decimal_mul(struct decimal a, struct decimal b, struct decimal *ret);
/* Shortest text: 3.825, 65, 0.5. */
void decimal_print(struct decimal d, char text[NUM_TEXT]);

/* floor(v * 10^digits + 0.5 + 1e-9), half up as the forms do (docs/standards.md 2). */
double num_round_scaled(double v, unsigned digits);
/* The same divided by 10^digits: a value as the form prints it. */
double num_round(double v, unsigned digits);
/* Fixed decimals, half up: num_fixed(0.70123, 3) -> "0.701"; "-" for NaN. */
void num_fixed(double v, unsigned digits, char text[NUM_TEXT]);
/* Shortest text that reads back as v; "null" for NaN and infinities. */
void num_print(double v, char text[NUM_TEXT]);
/* The whole text is a non-negative decimal number of at most 10^12; correctly rounded. */
int num_parse(const char *p, size_t len, double *ret);
/* The whole text is an integer within [min, max]. */
int num_parse_int(const char *p, size_t len, int64_t min, int64_t max, int64_t *ret);
