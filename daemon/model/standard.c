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
