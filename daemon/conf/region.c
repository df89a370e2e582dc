/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/region.h"

#include <string.h>

enum { LEVELS_MAX = 16 };

/* What a code says by itself: GB/T 2260, with the zeros of six digits or without. */
enum form { LOCAL, NATION, PROVINCE, PREFECTURE, COUNTY };

static enum form form_of(const char *code)
{
    size_t len = strlen(code);
    if (strspn(code, "0123456789") != len || (len != 2 && len != 4 && len != 6))
        return LOCAL;
    if (strspn(code, "0") == len || strcmp(code, "100000") == 0)
        return NATION;
    if (code[0] == '0' || strncmp(code, "10", 2) == 0)
        return LOCAL; /* provinces begin with 11 */
    if (strspn(code + 2, "0") == len - 2)
        return PROVINCE;
    return strspn(code + 4, "0") == len - 4 ? PREFECTURE : COUNTY;
}

bool region_is_county(const struct division *d)
{
    enum form form = form_of(d->code);
    bool above = strlen(d->code) < 6 && (form == PROVINCE || form == PREFECTURE);
    return form == COUNTY || (!d->inner && !above && form != NATION);
}

/* The first digits of a code, as the divisions file writes them if it does. */
static const char *by_digits(const struct config *divisions, const char *code, size_t len,
                             struct arena *arena)
{
    const char *digits = arena_strn(arena, code, len);
    char padded[] = "000000";
    memcpy(padded, code, len);
    const struct division *d = config_division(divisions, padded);
    return d ? d->code : digits;
}

/* What lies above, the nearest first; a city without districts is a county and a prefecture. */
static size_t climb(const struct config *divisions, const char *county,
                    const char *chain[LEVELS_MAX])
{
    const struct division *d = config_division(divisions, county);
    size_t n = 0;
    if (d && strlen(county) == 6 && form_of(county) == PREFECTURE)
        chain[n++] = county;
    for (int level = 0; d && *d->parent && level < LEVELS_MAX - 1; level++) {
        enum form form = form_of(d->parent);
        if (form != COUNTY && form != NATION)
            chain[n++] = d->parent;
        d = config_division(divisions, d->parent);
    }
    return n;
}

/* Of the nearest with this form; n where there is none. */
static size_t nearest(const char *const *chain, size_t n, enum form form)
{
    size_t i = 0;
    while (i < n && form_of(chain[i]) != form)
        i++;
    return i;
}

int region_find(const struct config *divisions, const char *county, struct arena *arena,
                struct region_place *ret)
{
    const char *chain[LEVELS_MAX];
    size_t n = climb(divisions, county, chain);
    size_t province = nearest(chain, n, PROVINCE), city = nearest(chain, n, PREFECTURE);
    enum form form = form_of(county);
    struct region_place out = {"", ""};
    if (province < n) {
        out.province = chain[province];
        out.prefecture = province ? chain[province - 1] : "";
    } else if (city < n) {
        out.prefecture = chain[city];
        out.province =
            city + 1 < n ? chain[n - 1] : by_digits(divisions, chain[city], 2, arena);
    } else if (n) {
        out.province = chain[n - 1];
        out.prefecture = n > 1 ? chain[n - 2] : "";
    } else if (strlen(county) == 6 && (form == COUNTY || form == PREFECTURE)) {
        out.province = by_digits(divisions, county, 2, arena);
        out.prefecture = by_digits(divisions, county, 4, arena);
    }
    if (!out.province || !out.prefecture)
        return JH_ENOMEM;
    *ret = out;
    return 0;
}
