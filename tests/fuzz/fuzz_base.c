/* SPDX-License-Identifier: Apache-2.0 */
/* What reads text in base/: whatever comes in, what is accepted reads back as the same. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/num.h"
#include "base/utf8.h"
#include "fuzz/target.h"

static void numbers(const char *p, size_t n)
{
    char text[NUM_TEXT];
    struct decimal d, d2;
    if (decimal_parse(p, n, &d) == 0) {
        decimal_print(d, text);
        HOLDS(decimal_parse(text, strlen(text), &d2) == 0);
        HOLDS(decimal_cmp(d, d2) == 0);
    }
    double v, v2;
    if (num_parse(p, n, &v) == 0) {
        num_print(v, text);
        HOLDS(strtod(text, NULL) == v);
        HOLDS(v < 1e-6 || strchr(text, 'e') ||
              (num_parse(text, strlen(text), &v2) == 0 && v2 == v));
    }
    int64_t i;
    if (num_parse_int(p, n, -1000, INT64_MAX, &i) == 0)
        HOLDS(i >= -1000);
}

static void dates(const char *p, size_t n)
{
    char text[DATE_TEXT];
    struct date d, d2;
    if (date_parse(p, n, &d) == 0) {
        date_print(d, text);
        HOLDS(date_parse(text, strlen(text), &d2) == 0 && date_cmp(d, d2) == 0);
    }
    int64_t ms, ms2;
    if (date_parse_stamp(p, n, &ms) == 0) {
        date_stamp(ms, text);
        HOLDS(date_parse_stamp(text, strlen(text), &ms2) == 0 && ms2 / 1000 == ms / 1000);
    }
}

static void texts(const char *p, size_t n)
{
    size_t good = utf8_check(p, n);
    HOLDS(good <= n);
    size_t count = 0;
    for (const char *at = p; at < p + good; count++) {
        char out[4];
        const char *before = at;
        size_t len = utf8_put(out, utf8_next(&at, p + good));
        HOLDS(at > before && len == (size_t)(at - before) &&
              memcmp(out, before, len) == 0);
    }
    HOLDS(utf8_count(p, good) == count && utf8_width(p, good) <= 2 * count);
    for (size_t max = 0; max <= good && max < 64; max++) {
        size_t cut = utf8_cut(p, good, max);
        HOLDS(cut <= max && utf8_check(p, cut) == cut && max - cut < 4);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *p = (const char *)data;
    numbers(p, size);
    dates(p, size);
    texts(p, size);
    return 0;
}
