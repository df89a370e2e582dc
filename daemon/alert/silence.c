/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/silence.h"

#include <string.h>

static bool is(const char *wanted, const char *got)
{
    return !wanted || (got && strcmp(wanted, got) == 0);
}

static bool lies_in(const char *region, const struct route_subject *subject)
{
    size_t n = strlen(region);
    if (subject->county && strncmp(subject->county, region, n) == 0)
        return true;
    for (size_t i = 0; i < subject->n_division; i++)
        if (strncmp(subject->division[i], region, n) == 0)
            return true;
    return false;
}

bool silence_matches(const struct silence_match *match,
                     const struct route_subject *subject)
{
    return is(match->county, subject->county) && is(match->kind, subject->kind) &&
           is(match->standard, subject->standard) &&
           is(match->severity, subject->severity) &&
           (!match->region || lies_in(match->region, subject));
}
