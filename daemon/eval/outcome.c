/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/outcome.h"

#include <string.h>

static const char *const IDS[] = {"none", "pass", "unknown", "fail", "broken"};

const char *outcome_id(enum outcome outcome)
{
    return IDS[outcome];
}

int outcome_of(const char *id)
{
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        if (strcmp(id, IDS[i]) == 0)
            return (int)i;
    }
    return -1;
}

/* The enum is in order of weight but for `broken`, which tells no more than `unknown`. */
static enum outcome weight(enum outcome outcome)
{
    return outcome == OUTCOME_BROKEN ? OUTCOME_UNKNOWN : outcome;
}

enum outcome outcome_join(enum outcome a, enum outcome b)
{
    a = weight(a);
    b = weight(b);
    return a > b ? a : b;
}
