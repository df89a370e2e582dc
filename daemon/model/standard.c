/* SPDX-License-Identifier: Apache-2.0 */
#include "model/standard.h"

#include <string.h>

int standard_indicator(const struct standard *st, const char *id)
{
    for (size_t i = 0; i < st->n_indicators; i++)
        if (strcmp(st->indicators[i].id, id) == 0)
            return (int)i;
    return -1;
}

int standard_item(const struct standard *st, const char *id, size_t len)
{
    for (size_t i = 0; i < st->n_items; i++)
        if (strlen(st->items[i].id) == len && memcmp(st->items[i].id, id, len) == 0)
            return (int)i;
    return -1;
}

const char *rule_compare_id(enum rule_compare compare)
{
    static const char *const IDS[RULE_COMPARES] = {"at_least", "at_most", "below",
                                                   "above"};
    return IDS[compare];
}
