/* SPDX-License-Identifier: Apache-2.0 */
#include "model/cell.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/num.h"

enum { EXACT_DIGITS = 15, NUMBER_MAX = 48 };

/* Marks for missing beside the empty cell; the second column of forms writes them wide. */
static const char *const MARKS[] = {
    "-", "/", "null", "\xE2\x80\x94" /* em dash */, "\xEF\xBC\x8D", "\xEF\xBC\x8F"};

static bool ascii_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool wide_blank(const char *p)
{
    return memcmp(p, "\xE3\x80\x80", 3) == 0;
}

struct jh_slice cell_trim_ends(const char *p, size_t len)
{
    const char *end = p + len;
    while (p < end) {
        if (ascii_blank(*p))
            p++;
        else if (end - p >= 3 && wide_blank(p))
            p += 3;
        else
            break;
    }
    while (end > p) {
        if (ascii_blank(end[-1]))
            end--;
        else if (end - p >= 3 && wide_blank(end - 3))
            end -= 3;
        else
            break;
    }
    return (struct jh_slice){p, (size_t)(end - p)};
}

struct jh_slice cell_text_short(struct jh_slice cell)
{
    if (strchr("-/nN\xE2\xEF", cell.p[0]))
        for (size_t i = 0; i < sizeof MARKS / sizeof *MARKS; i++)
            if (cell.len == strlen(MARKS[i]) &&
                strncasecmp(cell.p, MARKS[i], cell.len) == 0)
                cell.len = 0;
    return cell;
}

bool cell_is_error_word(struct jh_slice cell)
{
    static const char *const ERRORS[] = {"#N/A",    "#REF!",   "#VALUE!",
                                         "#DIV/0!", "#NAME?",  "#NULL!",
                                         "#NUM!",   "#SPILL!", "#GETTING_DATA"};
    for (size_t i = 0; i < sizeof ERRORS / sizeof *ERRORS; i++)
        if (cell.len == strlen(ERRORS[i]) && memcmp(cell.p, ERRORS[i], cell.len) == 0)
            return true;
    return false;
}

/* Full-width digits, point, comma, minus and percent sign to ASCII. -1: too long or foreign. */
static int to_ascii(struct jh_slice cell, char out[NUMBER_MAX])
{
    int n = 0;
    for (size_t i = 0; i < cell.len; i++) {
        unsigned char c = (unsigned char)cell.p[i];
        bool wide = c == 0xEF && i + 2 < cell.len && (unsigned char)cell.p[i + 1] == 0xBC;
        if (wide) { /* U+FF00 + x is 0xEF 0xBC 0x80 + x, and ASCII 0x20 + x */
            c = (unsigned char)(cell.p[i + 2] - 0x80 + 0x20);
            i += 2;
        }
        if (c >= 0x80 || n == NUMBER_MAX)
            return -1;
        out[n++] = (char)c;
    }
    return n;
}

/* Takes the commas out of 1,234,567.8; false where they do not group in threes. */
static bool ungroup(char *p, int *n)
{
    int out = 0, group = 0;
    bool grouped = false, point = false;
    for (int i = 0; i < *n; i++) {
        if (p[i] == ',') {
            if (point || group == 0 || group > 3 || (grouped && group != 3))
                return false;
            grouped = true;
            group = 0;
            continue;
        }
        if (p[i] == '.') {
            if (grouped && group != 3)
                return false;
            point = true;
        }
        group += !point;
        p[out++] = p[i];
    }
    if (grouped && group != 3)
        return false;
    *n = out;
    return true;
}

/* Whole factors are multiplied in before the point is, so that 12.34 * 10000 is 123400. */
static int scaled(const char *p, int n, double factor, double *ret)
{
    double power = 1;
    uint64_t v = 0;
    int digits = 0;
    bool point = false;
    int rc = num_parse(p, (size_t)n, ret);
    if (rc || factor == 1)
        return rc;
    for (int i = 0; i < n; i++) {
        if (p[i] == '.') {
            point = true;
            continue;
        }
        v = v * 10 + (uint64_t)(p[i] - '0');
        power *= point ? 10 : 1;
        if (++digits > EXACT_DIGITS)
            break;
    }
    double product = (double)v * factor;
    bool exact = digits <= EXACT_DIGITS && factor == floor(factor) && product < 0x1p53;
    *ret = exact ? product / power : *ret * factor;
    return *ret > 1e12 ? JH_ELIMIT : 0;
}

static const char *why_bad(const char *p, int n)
{
    double v;
    if (n > 1 && p[0] == '-' && num_parse(p + 1, (size_t)n - 1, &v) != JH_EINVAL)
        return "negative";
    if (n > 1 && p[n - 1] == '%' && num_parse(p, (size_t)n - 1, &v) == 0)
        return "a percentage, where an amount belongs";
    return "not a number";
}

static enum cell_what slow_number(const char *p, size_t len, double factor, double *ret,
                                  const char **ret_reason)
{
    char ascii[NUMBER_MAX];
    struct jh_slice cell = cell_text(p, len);
    if (!cell.len)
        return CELL_EMPTY;
    int n = to_ascii(cell, ascii);
    if (n < 0) {
        *ret_reason = "not a number";
        return CELL_BAD;
    }
    if (!ungroup(ascii, &n)) {
        *ret_reason = "not a number: commas must group digits in threes";
        return CELL_BAD;
    }
    int rc = scaled(ascii, n, factor, ret);
    if (rc == 0)
        return CELL_NUMBER;
    *ret = NAN;
    *ret_reason = rc == JH_ELIMIT ? "over 10^12" : why_bad(ascii, n);
    return CELL_BAD;
}

/* Is it whole, and small enough that 12 digits times it may be exact? */
static bool whole(double factor)
{
    return factor >= 1 && factor < 1e9 && (double)(uint32_t)factor == factor;
}

bool cell_scale(uint64_t v, double power, double factor, double *ret)
{
    double product = (double)v * factor;
    if (!whole(factor) || !(product < 0x1p53))
        return false;
    *ret = product / power;
    return *ret <= 1e12;
}

/* Nearly all cells: a few digits, perhaps a point among them. */
static bool plain_number(const char *p, size_t len, double factor, double *ret)
{
    static const double POWER[] = {1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    uint64_t v = 0;
    size_t i = 0, decimals = 0;
    while (i < len && (unsigned char)(p[i] - '0') < 10)
        v = v * 10 + (uint64_t)(p[i++] - '0');
    if (i == len) {
        *ret = (double)v;
        return factor == 1 || cell_scale(v, 1, factor, ret);
    }
    if (i == 0 || p[i] != '.' || len - i > 8 || len - i < 2)
        return false;
    for (i++; i < len && (unsigned char)(p[i] - '0') < 10; decimals++)
        v = v * 10 + (uint64_t)(p[i++] - '0');
    if (factor != 1)
        return i == len && cell_scale(v, POWER[decimals], factor, ret);
    *ret = (double)v / POWER[decimals]; /* both exact, so the quotient is rounded once */
    return i == len;
}

enum cell_what cell_number(const char *p, size_t len, double factor, double *ret,
                           const char **ret_reason)
{
    if (len && len <= 12 && plain_number(p, len, factor, ret))
        return CELL_NUMBER;
    *ret = NAN;
    return len ? slow_number(p, len, factor, ret, ret_reason) : CELL_EMPTY;
}
