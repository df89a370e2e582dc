/* SPDX-License-Identifier: Apache-2.0 */
#include "sniff.h"

#include <stdbool.h>
#include <string.h>

enum { LINES = 10, CANDIDATES = 3, OFTEN = 2 };

static const char DELIMITERS[CANDIDATES + 1] = ",;\t"; /* in order of preference */

struct counts {
    unsigned n[CANDIDATES];
    unsigned enumeration; /* U+3001, which separates words and never cells */
};

/* Counts in the line at p, whose end it returns; quoted line ends do not end it. */
static const char *count_line(const char *p, const char *end, struct counts *counts)
{
    bool quoted = false;
    *counts = (struct counts){.enumeration = 0};
    for (; p < end && (quoted || *p != '\n'); p++) {
        const char *which = *p ? strchr(DELIMITERS, *p) : NULL;
        quoted ^= *p == '"';
        if (!quoted && which)
            counts->n[which - DELIMITERS]++;
        if (!quoted && end - p >= 3 && memcmp(p, "\xE3\x80\x81", 3) == 0)
            counts->enumeration++;
    }
    return p < end ? p + 1 : end;
}

static unsigned most(const struct counts *counts)
{
    unsigned best = 0;
    for (unsigned i = 1; i < CANDIDATES; i++)
        if (counts->n[i] > counts->n[best])
            best = i;
    return best;
}

char sniff_delimiter(struct jh_slice text)
{
    const char *p = text.p;
    const char *end = p + (text.len < SNIFF_BYTES ? text.len : SNIFF_BYTES);
    char once = '\0';
    unsigned enumerated = 0;
    for (int line = 0; line < LINES && p < end; line++) {
        struct counts counts;
        p = count_line(p, end, &counts);
        unsigned best = most(&counts);
        if (counts.n[best] >= OFTEN)
            return DELIMITERS[best];
        if (counts.n[best] && !once)
            once = DELIMITERS[best];
        enumerated += counts.enumeration >= OFTEN;
    }
    if (once)
        return once;
    return enumerated > 1 ? '\0' : DELIMITERS[0];
}
