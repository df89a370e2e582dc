/* SPDX-License-Identifier: Apache-2.0 */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { EXACT = 15, DAY_SECONDS = 86400, DAYS_MAX = 2958465 /* 9999-12-31 */ };

/* ---- formats ------------------------------------------------------------------------------- */

/* Letters of a format's first part that are not text. */
struct letters {
    bool year, month, day, hour, second, digits, other;
    unsigned zeros;
};

/* Skips "text", \x, _x, *x and [conditions]; elapsed hours [h] are a time. */
static const char *skip_text(const char *p, struct letters *l)
{
    if (*p == '"') {
        const char *end = strchr(p + 1, '"');
        return end ? end : p + strlen(p) - 1;
    }
    if (*p == '[') {
        const char *end = strchr(p, ']');
        l->hour |= strchr("hHmMsS", p[1]) && p[1];
        return end ? end : p + strlen(p) - 1;
    }
    return p[1] ? p + 1 : p;
}

static struct letters letters_of(const char *code)
{
    struct letters l = {0};
    for (const char *p = code; *p && *p != ';'; p++) {
        char c = (char)(*p | 0x20);
        if (strchr("\"[\\_*", *p))
            p = skip_text(p, &l);
        else if (c == 'e' && (p[1] == '+' || p[1] == '-'))
            l.other = true;
        else if (c == 'y' || c == 'e')
            l.year = true;
        else if (c == 'm')
            l.month = true;
        else if (c == 'd')
            l.day = true;
        else if (c == 'h')
            l.hour = true;
        else if (c == 's')
            l.second = true;
        else if (*p == '0')
            l.zeros++;
        else
            l.other |= strchr("#?.,%@/", *p) != NULL;
    }
    return l;
}

uint8_t number_kind_of(const char *code)
{
    if (strncasecmp(code, "General", 7) == 0)
        return NUMBER_PLAIN;
    struct letters l = letters_of(code);
    bool time = l.hour || l.second;
    if (l.zeros > 1 && l.zeros <= NUMBER_PAD_MAX && code[strspn(code, "0")] == '\0')
        return (uint8_t)(NUMBER_PADDED + l.zeros);
    if (l.zeros && !l.second)
        return NUMBER_PLAIN;
    if ((l.year || l.day) && time)
        return NUMBER_DATE_TIME;
    if (time)
        return NUMBER_TIME;
    if (l.year && !l.day)
        return l.month ? NUMBER_MONTH : NUMBER_YEAR;
    return l.year || l.month || l.day ? NUMBER_DATE : NUMBER_PLAIN;
}

/* By number, as they are in a Chinese program from 27 on; where others differ, dates all the same. */
uint8_t number_kind_built_in(unsigned id)
{
    static const uint8_t KINDS[] = {
        [14] = NUMBER_DATE,  [15] = NUMBER_DATE,  [16] = NUMBER_DATE,
        [17] = NUMBER_MONTH, [18] = NUMBER_TIME,  [19] = NUMBER_TIME,
        [20] = NUMBER_TIME,  [21] = NUMBER_TIME,  [22] = NUMBER_DATE_TIME,
        [27] = NUMBER_MONTH, [28] = NUMBER_DATE,  [29] = NUMBER_DATE,
        [30] = NUMBER_DATE,  [31] = NUMBER_DATE,  [32] = NUMBER_TIME,
        [33] = NUMBER_TIME,  [34] = NUMBER_TIME,  [35] = NUMBER_TIME,
        [36] = NUMBER_MONTH, [45] = NUMBER_TIME,  [46] = NUMBER_TIME,
        [47] = NUMBER_TIME,  [50] = NUMBER_MONTH, [51] = NUMBER_DATE,
        [52] = NUMBER_MONTH, [53] = NUMBER_DATE,  [54] = NUMBER_DATE,
        [55] = NUMBER_TIME,  [56] = NUMBER_TIME,  [57] = NUMBER_MONTH,
        [58] = NUMBER_DATE};
    return id < sizeof KINDS ? KINDS[id] : NUMBER_PLAIN;
}

/* ---- dates --------------------------------------------------------------------------------- */

/* Days since 1970-01-01 to a date (Gregorian), by eras of 400 years from March on. */
static void civil(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = days / 146097, of_era = days % 146097;
    int64_t year_of_era =
        (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t from_march = (5 * of_year + 2) / 153;
    *day = (unsigned)(of_year - (153 * from_march + 2) / 5 + 1);
    *month = (unsigned)(from_march < 10 ? from_march + 3 : from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2));
}

static int print_time(int64_t seconds, char *to, size_t size)
{
    return snprintf(to, size, "%02d:%02d:%02d", (int)(seconds / 3600),
                    (int)(seconds / 60 % 60), (int)(seconds % 60));
}

/* 0: not a date, such as the 29th of February 1900 that spreadsheets believe in. */
static int print_date(double v, uint8_t kind, bool from_1904, char *to)
{
    int64_t seconds = llround((v - floor(v)) * DAY_SECONDS);
    int64_t days = (int64_t)floor(v) + seconds / DAY_SECONDS;
    int year, n;
    unsigned month, day;
    seconds %= DAY_SECONDS;
    if (kind == NUMBER_TIME)
        return days ? 0 : print_time(seconds, to, NUMBER_TEXT);
    if (!from_1904 && (days < 1 || days == 60))
        return 0;
    civil(days - (from_1904 ? 24107 : days < 60 ? 25568 : 25569), &year, &month, &day);
    if (kind == NUMBER_YEAR)
        return snprintf(to, NUMBER_TEXT, "%04d", year);
    if (kind == NUMBER_MONTH)
        return snprintf(to, NUMBER_TEXT, "%04d-%02u", year, month);
    n = snprintf(to, NUMBER_TEXT, "%04d-%02u-%02u", year, month, day);
    if (kind != NUMBER_DATE_TIME || !seconds)
        return n;
    to[n++] = ' ';
    return n + print_time(seconds, to + n, (size_t)(NUMBER_TEXT - n));
}

/* ---- decimals ------------------------------------------------------------------------------ */

static bool is_decimal(struct jh_slice raw)
{
    size_t digits = 0;
    for (size_t i = 0; i < raw.len; i++) {
        if (!strchr("0123456789+-.eE", raw.p[i]) || !raw.p[i])
            return false;
        digits += raw.p[i] >= '0' && raw.p[i] <= '9';
    }
    return digits > 0;
}

/* As written, where nothing but digits is there and no more than a spreadsheet holds. */
static bool is_plain(struct jh_slice raw)
{
    return raw.len <= EXACT + 1 && !memchr(raw.p, 'E', raw.len) &&
           !memchr(raw.p, 'e', raw.len) && !memchr(raw.p, '+', raw.len);
}

/* Like 0.10000000000000001: the 15 digits that people see, without an exponent. */
static int print_decimal(double v, char *to)
{
    int n = snprintf(to, NUMBER_TEXT, "%.*g", EXACT, v);
    const char *e = strchr(to, 'e');
    if (!e)
        return n;
    int digits = 0;
    for (const char *p = to; p < e; p++)
        digits += *p >= '0' && *p <= '9';
    int places = digits - 1 - (int)strtol(e + 1, NULL, 10);
    return places > 40 ? 0
                       : snprintf(to, NUMBER_TEXT, "%.*f", places < 0 ? 0 : places, v);
}

static int print_padded(double v, unsigned digits, char *to)
{
    return v >= 0 && v == floor(v)
               ? snprintf(to, NUMBER_TEXT, "%0*lld", (int)digits, (long long)v)
               : 0;
}

size_t number_print(struct jh_slice raw, uint8_t kind, bool from_1904,
                    char text[NUMBER_TEXT])
{
    char copy[NUMBER_TEXT], *end = copy;
    int n = 0;
    memcpy(copy, raw.p, raw.len);
    copy[raw.len] = '\0';
    double v = is_decimal(raw) ? strtod(copy, &end) : NAN;
    bool number = !isnan(v) && !*end && fabs(v) < 1e15;
    if (number && kind >= NUMBER_YEAR && kind <= NUMBER_TIME && v >= 0 && v <= DAYS_MAX)
        n = print_date(v, kind, from_1904, text);
    else if (number && kind > NUMBER_PADDED)
        n = print_padded(v, kind - NUMBER_PADDED, text);
    if (!n && number && !is_plain(raw))
        n = print_decimal(v, text);
    if (n)
        return (size_t)n;
    memcpy(text, copy, raw.len + 1); /* no number at all, or one whose digits are lost */
    return raw.len;
}

/* Is the text made so? 0 stands for any digit. */
static bool is_like(struct jh_slice raw, const char *pattern)
{
    size_t n = strlen(pattern);
    for (size_t i = 0; i < n && raw.len >= n; i++)
        if (pattern[i] == '0' ? raw.p[i] < '0' || raw.p[i] > '9' : raw.p[i] != pattern[i])
            return false;
    return raw.len >= n;
}

size_t number_iso(struct jh_slice raw, uint8_t kind, char text[NUMBER_TEXT])
{
    size_t n = raw.len < NUMBER_TEXT ? raw.len : NUMBER_TEXT - 1;
    bool date = is_like(raw, "0000-00-00");
    bool time = date && is_like(raw, "0000-00-00T00:00:00");
    memcpy(text, raw.p, n);
    if (date && kind == NUMBER_YEAR)
        n = 4;
    else if (date && kind == NUMBER_MONTH)
        n = 7;
    else if (time && (kind == NUMBER_DATE || strncmp(raw.p + 11, "00:00:00", 8) == 0))
        n = 10;
    else if (time && kind == NUMBER_TIME)
        memmove(text, text + 11, n = 8);
    else if (time)
        n = 19;
    if (n == 19)
        text[10] = ' ';
    text[n] = '\0';
    return n;
}
