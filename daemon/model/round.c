/* SPDX-License-Identifier: Apache-2.0 */
#include "model/round.h"

#include <stdio.h>
#include <string.h>

#include <junheng/plugin.h>

#include "base/utf8.h"

enum { YEAR_MIN = 1900, YEAR_MAX = 2999 };

/* Words that may follow a year: nian, xuenian, xuenian du, niandu; simplified and not. */
static const char *const YEAR_WORDS[] = {
    "\xE5\xB9\xB4",                         /* 年 */
    "\xE5\xAD\xA6\xE5\xB9\xB4",             /* 学年 */
    "\xE5\xAD\xB8\xE5\xB9\xB4",             /* 學年 */
    "\xE5\xAD\xA6\xE5\xB9\xB4\xE5\xBA\xA6", /* 学年度 */
    "\xE5\xAD\xB8\xE5\xB9\xB4\xE5\xBA\xA6", /* 學年度 */
    "\xE5\xB9\xB4\xE5\xBA\xA6",             /* 年度 */
};

static bool year_word(const char *p, const char *end)
{
    for (size_t i = 0; i < sizeof YEAR_WORDS / sizeof *YEAR_WORDS; i++)
        if (strlen(YEAR_WORDS[i]) == (size_t)(end - p) &&
            memcmp(p, YEAR_WORDS[i], (size_t)(end - p)) == 0)
            return true;
    return p == end;
}

/* Exactly n digits; -1 if they are not there. */
static int digits(const char **p, const char *end, int n)
{
    int v = 0;
    if (end - *p < n)
        return -1;
    for (int i = 0; i < n; i++, ++*p) {
        if (**p < '0' || **p > '9')
            return -1;
        v = v * 10 + (**p - '0');
    }
    return v;
}

/* Hyphens and dashes U+2010..U+2015, the minus sign, the wave dash and its like. */
static bool dash(uint32_t c)
{
    return c == '-' || c == '~' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212 ||
           c == 0x301C;
}

int round_parse(const char *p, size_t len, struct round *ret)
{
    const char *end = p + len;
    int year = digits(&p, end, 4);
    if (year < YEAR_MIN || year > YEAR_MAX)
        return JH_EINVAL;
    struct round round = {(int16_t)year, 0};
    if (!year_word(p, end)) {
        if (!dash(utf8_next(&p, end)))
            return JH_EINVAL;
        const char *q = p;
        if (digits(&q, end, 4) == year + 1 && year_word(q, end))
            p = end; /* a school year, named by its autumn */
        else if ((round.month = (int8_t)digits(&p, end, 2)) < 1 || round.month > 12)
            return JH_EINVAL;
        if (p != end)
            return JH_EINVAL;
    }
    *ret = round;
    return 0;
}

void round_print(struct round round, char text[ROUND_TEXT])
{
    if (!round.year)
        text[0] = '\0';
    else if (round.month)
        snprintf(text, ROUND_TEXT, "%d-%02d", round.year, round.month);
    else
        snprintf(text, ROUND_TEXT, "%d", round.year);
}

int round_cmp(struct round a, struct round b)
{
    if (!a.month != !b.month)
        return a.month ? 1 : -1; /* the yearly series first */
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    return a.month < b.month ? -1 : a.month > b.month;
}

bool round_same_series(struct round a, struct round b)
{
    return !a.month == !b.month;
}

struct date round_reference(struct round round)
{
    return (struct date){round.year, round.month ? round.month : 9, 1};
}

bool round_is_future(struct round round, struct date today)
{
    return date_cmp(round_reference(round), today) > 0;
}
