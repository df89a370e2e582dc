/* SPDX-License-Identifier: Apache-2.0 */
/* A standard that is accepted has limits that can be judged by, and what is printed of it
 * reads back as the same. */
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "fuzz/target.h"

static void check(const struct standard *st)
{
    HOLDS(st->n_indicators >= 1 && st->n_indicators <= STANDARD_INDICATORS_MAX);
    HOLDS(st->coverage > 0 && st->coverage <= 1);
    HOLDS(st->has_stage[STAGE_PRIMARY] || st->has_stage[STAGE_JUNIOR]);
    for (int s = 0; s < STAGE_COUNT; s++)
        HOLDS(!st->has_stage[s] || st->limit[s].n > 0);
    for (size_t i = 0; i < st->n_indicators; i++)
        HOLDS(st->indicators[i].n_terms >= 1 && st->indicators[i].per >= 1);
    for (size_t i = 0; i < st->n_relaxations; i++) {
        const struct relaxation *r = &st->relaxations[i];
        HOLDS(r->where && r->until.year); /* never for everybody, never for ever */
        HOLDS(!r->instead != !r->rule && (r->instead ? r->indicator : r->item) >= 0);
    }
    HOLDS(!st->has_school_rule ||
          (st->at_least >= 1 && (size_t)st->at_least <= st->n_indicators));
}

static void reads_back(const struct standard *st, struct arena *arena)
{
    struct errs errs;
    char *first = NULL, *second = NULL;
    errs_init(&errs, 20);
    HOLDS(standard_print(st, &first) == 0);
    const struct standard *again =
        standard_parse("p", first, strlen(first), arena, &errs);
    HOLDS(again && standard_print(again, &second) == 0);
    HOLDS(!strcmp(first, second));
    free(first);
    free(second);
    errs_done(&errs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    struct errs errs;
    errs_init(&errs, 20);
    if (!arena)
        abort();
    const struct standard *st =
        standard_parse("f", (const char *)data, size, arena, &errs);
    HOLDS(!st == !!errs.errors);
    if (st) {
        check(st);
        reads_back(st, arena);
    }
    errs_done(&errs);
    arena_free(arena);
    return 0;
}
