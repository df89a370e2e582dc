/* SPDX-License-Identifier: Apache-2.0 */
/* A cell is a number, missing, or bad: nothing in between may slip through as 0. */
#include "tap/tap.h"

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/cell.h"

static void number(const char *cell, double factor, double want)
{
    double got = -1;
    const char *reason = "";
    enum cell_what what = cell_number(cell, strlen(cell), factor, &got, &reason);
    ok(what == CELL_NUMBER && got == want, "\"%s\" * %g is %.17g (got %d, %.17g)", cell,
       factor, want, (int)what, got);
}

static void missing(const char *cell)
{
    double got = -1;
    const char *reason = "";
    ok(cell_number(cell, strlen(cell), 1, &got, &reason) == CELL_EMPTY && isnan(got),
       "\"%s\" is missing", cell);
}

static void bad(const char *cell, const char *want)
{
    double got = -1;
    const char *reason = "accepted";
    enum cell_what what = cell_number(cell, strlen(cell), 1, &got, &reason);
    ok(what == CELL_BAD && isnan(got) && strcmp(reason, want) == 0,
       "\"%s\" is bad: %s (got %s)", cell, want, reason);
}

static void test_numbers(void)
{
    number("0", 1, 0);
    number("007", 1, 7);
    number("12.5", 1, 12.5);
    number(" 3 ", 1, 3);
    number("\t3\u3000", 1, 3);
    number("\u3000\u3000 12", 1, 12);
    number("１２３．５", 1, 123.5);
    number("1,234", 1, 1234);
    number("1，234，567.25", 1, 1234567.25);
    number("12,345", 1, 12345);
    number("1000000000000", 1, 1e12);
    number("0.1", 1, 0.1);
    number("12.34", 10000, 123400);
    number("0.07", 10000, 700);
    number("1,234.56", 10000, 12345600);
}

static void test_missing(void)
{
    missing("");
    missing("  \u3000 ");
    missing("-");
    missing(" — ");
    missing("/");
    missing("null");
    missing("NULL");
    missing("－");
    missing("／");
}

static void test_bad(void)
{
    bad("abc", "not a number");
    bad("12O", "not a number");
    bad("NaN", "not a number");
    bad("inf", "not a number");
    bad("1e5", "not a number");
    bad("0x10", "not a number");
    bad("+5", "not a number");
    bad("1.2.3", "not a number");
    bad(".5", "not a number");
    bad("5.", "not a number");
    bad("1 2", "not a number");
    bad("--", "not a number");
    bad("nul", "not a number");
    bad("三", "not a number");
    bad("-5", "negative");
    bad("-0.5", "negative");
    bad("－5", "negative");
    bad("-1,234", "negative");
    bad("45%", "a percentage, where an amount belongs");
    bad("45％", "a percentage, where an amount belongs");
    bad("1000000000001", "over 10^12");
    bad("99999999999999999999", "over 10^12");
    bad("12,34", "not a number: commas must group digits in threes");
    bad("1,2345", "not a number: commas must group digits in threes");
    bad("1234,567", "not a number: commas must group digits in threes");
    bad(",123", "not a number: commas must group digits in threes");
    bad("1.5,000", "not a number: commas must group digits in threes");
}

static void test_text(void)
{
    struct jh_slice cell = cell_text("  中心 小学\u3000", strlen("  中心 小学\u3000"));
    ok(cell.len == strlen("中心 小学") && memcmp(cell.p, "中心 小学", cell.len) == 0,
       "blanks inside stay");
    is_int((long long)cell_text(" / ", 3).len, 0, "a mark is no text");
    is_int((long long)cell_text("//", 2).len, 2, "two marks are");
    is_int((long long)cell_trim("\xE3\x80", 2).len, 2, "half a blank is none");
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Dull;
}

/* Property: any decimal reads as strtod reads it, however it is dressed up. */
static void test_dressed(void)
{
    uint64_t seed = 7;
    int wrong = 0;
    for (int i = 0; i < 20000; i++) {
        char plain[64], cell[256], groups[64];
        uint64_t whole = next(&seed) % (i % 2 ? 1000000 : 100000000000);
        int decimals = (int)(next(&seed) % 4);
        snprintf(plain, sizeof plain, "%" PRIu64 "%s%.*s", whole, decimals ? "." : "",
                 decimals, "372");
        size_t n = 0, digits = strcspn(plain, ".");
        bool group = next(&seed) % 2, wide = next(&seed) % 2;
        for (size_t k = 0; plain[k]; k++) {
            if (group && k && k < digits && (digits - k) % 3 == 0)
                groups[n++] = ',';
            groups[n++] = plain[k];
        }
        groups[n] = '\0';
        size_t len =
            (size_t)snprintf(cell, sizeof cell, "%s", next(&seed) % 2 ? " " : "");
        for (size_t k = 0; k < n; k++) {
            const char wide_form[] = {(char)0xEF, (char)0xBC,
                                      (char)(groups[k] - 0x20 + 0x80), 0};
            len += (size_t)snprintf(cell + len, sizeof cell - len, "%.3s",
                                    wide ? wide_form : (char[]){groups[k], 0});
        }
        len += (size_t)snprintf(cell + len, sizeof cell - len, "%s",
                                next(&seed) % 2 ? "\u3000" : "");
        double got = -1;
        const char *reason;
        bool same = cell_number(cell, len, 1, &got, &reason) == CELL_NUMBER &&
                    got == strtod(plain, NULL);
        if (!same && wrong++ < 3)
            printf("# %s: want %s, got %.17g\n", cell, plain, got);
    }
    is_int(wrong, 0, "20000 decimals, grouped, wide and padded");
}

/* Property: bytes at random never become a number unless they begin like one. */
static void test_noise(void)
{
    static const char ALPHABET[] = "0123456789.,-+eE%/ nul\xE2\x80\x94\xEF\xBC\x90";
    uint64_t seed = 11;
    int wrong = 0;
    for (int i = 0; i < 50000; i++) {
        char cell[12], *exact;
        size_t len = next(&seed) % sizeof cell;
        for (size_t k = 0; k < len; k++)
            cell[k] = ALPHABET[next(&seed) % (sizeof ALPHABET - 1)];
        if (!(exact = malloc(len ? len : 1)))
            bail("memory");
        memcpy(exact, cell, len);
        double got = -1;
        const char *reason = NULL;
        enum cell_what what = cell_number(exact, len, 1, &got, &reason);
        struct jh_slice text = cell_trim(exact, len);
        bool begins = text.len && (strchr("0123456789", *text.p) || *text.p == '\xEF');
        wrong += what == CELL_NUMBER ? !(begins && got >= 0 && got <= 1e12) : !isnan(got);
        wrong += what == CELL_BAD && !reason;
        free(exact);
    }
    is_int(wrong, 0, "50000 cells of noise");
}

/* Eight bytes at once must be what one after the other is, whatever stands before the cell. */
static void test_at_once(void)
{
    static const char ALPHABET[] = "00112233445566778899..-,/: x";
    static const double FACTORS[] = {1, 1, 10000, 0.5, 666.6666666666666};
    uint64_t seed = 1;
    int wrong = 0, numbers = 0;
    for (int i = 0; i < 200000; i++) {
        char *body =
            malloc(24); /* of which the cell is the end: no byte behind it is read */
        size_t len = next(&seed) % 13, at = 24 - len;
        if (!body)
            bail("memory");
        for (size_t k = 0; k < 24; k++)
            body[k] = ALPHABET[next(&seed) % (i % 2 ? 20 : sizeof ALPHABET - 1)];
        if (i % 3 == 0 && len > 3)
            body[21] = '.';
        struct jh_row row = {.body = {i % 5 ? body : body + at, i % 5 ? 24 : len}};
        struct jh_cell cell = {.p = body + at, .len = (uint32_t)len, .at = body + at};
        double factor = FACTORS[i % 7 % 5], want = 0, got = 0;
        const char *why = "", *reason = "";
        enum cell_what what = cell_number(cell.p, len, factor, &want, &why);
        wrong += cell_number_of(&row, &cell, factor, &got, &reason) != what ||
                 memcmp(&got, &want, sizeof got) != 0 || strcmp(reason, why) != 0;
        numbers += what == CELL_NUMBER;
        free(body);
    }
    is_int(wrong, 0, "200000 cells read at once as one byte after the other");
    ok(numbers > 50000, "among them %d numbers", numbers);
}

/* A whole factor goes into the digits before the point does. */
static void test_scaled(void)
{
    uint64_t seed = 1;
    int wrong = 0;
    for (int i = 0; i < 50000; i++) {
        char text[16];
        unsigned cents = (unsigned)(next(&seed) % 100000000);
        double got = 0;
        const char *reason;
        snprintf(text, sizeof text, "%u.%02u", cents / 100, cents % 100);
        wrong += cell_number(text, strlen(text), 10000, &got, &reason) != CELL_NUMBER ||
                 got != cents * 100.0;
    }
    is_int(wrong, 0, "50000 amounts in ten thousands are whole");
}

int main(void)
{
    test_numbers();
    test_missing();
    test_bad();
    test_text();
    test_dressed();
    test_noise();
    test_at_once();
    test_scaled();
    return done_testing();
}
