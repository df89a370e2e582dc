/* SPDX-License-Identifier: Apache-2.0 */
#include "model/closed.h"

#include <string.h>

int closed_order(const void *a, const void *b)
{
    const struct closed_school *x = a, *y = b;
    int order = strcmp(x->school, y->school);
    return order ? order : strcmp(x->county, y->county);
}

/* The first of that school, or where it would stand. */
static size_t find(const struct closed_list *list, const char *school)
{
    size_t lo = 0, hi = list->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (strcmp(list->list[mid].school, school) < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* A year's round stands for its 1 September, whatever the series that is looked at. */
static bool lies_between(struct round closed, struct round then, struct round now)
{
    struct date at = round_reference(closed);
    return date_cmp(round_reference(then), at) < 0 &&
           date_cmp(at, round_reference(now)) <= 0;
}

const struct closed_school *closed_between(const struct closed_list *list,
                                           const char *school, const char *county,
                                           struct round then, struct round now)
{
    for (size_t i = list ? find(list, school) : 0; list && i < list->n; i++) {
        const struct closed_school *c = &list->list[i];
        if (strcmp(c->school, school) != 0)
            break;
        if ((!*c->county || strcmp(c->county, county) == 0) &&
            lies_between(c->round, then, now))
            return c;
    }
    return NULL;
}
