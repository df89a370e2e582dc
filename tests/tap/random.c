/* SPDX-License-Identifier: Apache-2.0 */
#include "tap/random.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

uint64_t random_seed(uint64_t otherwise)
{
    const char *word = getenv("JUNHENG_SEED");
    uint64_t seed = word && *word ? strtoull(word, NULL, 10) : otherwise;
    printf("# JUNHENG_SEED=%" PRIu64 "\n", seed);
    fflush(stdout); /* who is stopped by a time limit has told it */
    return seed ? seed : 1;
}

/* xorshift64* */
uint64_t random_next(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545F4914F6CDD1Dull;
}

int random_below(uint64_t *state, int n)
{
    return (int)((random_next(state) >> 33) % (uint64_t)n);
}

/* Set, but empty, where it is not. */
bool random_long(void)
{
    const char *word = getenv("JUNHENG_LONG");
    return word && *word;
}
