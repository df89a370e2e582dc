/* SPDX-License-Identifier: Apache-2.0 */
/* Datasets of one intake share memory: it must live exactly as long as the last of them. */
#include "tap/tap.h"

#include <math.h>
#include <stdlib.h>

#include "model/dataset_pool.h"

static const struct school SCHOOLS[] = {
    {.code = "21", .campus = "", .stage = STAGE_PRIMARY},
    {.code = "21", .campus = "", .stage = STAGE_JUNIOR},
    {.code = "21", .campus = "east", .stage = STAGE_NONE},
    {.code = "3", .campus = "", .stage = STAGE_NONE},
};

static const struct missing MISSING[] = {
    {.school = 0, .field = FIELD_books, .reason = "a"},
    {.school = 0, .field = FIELD_teachers_primary, .reason = "b"},
    {.school = 2, .field = FIELD_computers, .reason = "c"},
};

static void test_find(void)
{
    double books[] = {1, 2, NAN, 4};
    struct dataset ds = {.n = 4, .schools = SCHOOLS, .n_missing = 3, .missing = MISSING};
    ds.col[FIELD_books] = books;
    is_int(dataset_find(&ds, "21", "", STAGE_JUNIOR), 1, "by the whole key");
    is_int(dataset_find(&ds, "21", "east", STAGE_NONE), 2, "a campus");
    is_int(dataset_find(&ds, "3", "", STAGE_NONE), 3, "bytewise: 21 before 3");
    is_int(dataset_find(&ds, "21", "", STAGE_NONE), -1, "no such row");
    is_int(dataset_find(&ds, "", "", STAGE_NONE), -1, "before the first");
    is_dbl(dataset_value(&ds, FIELD_books, 1), 2, 0, "a value");
    is_dbl(dataset_value(&ds, FIELD_computers, 1), NAN, 0, "of an absent column");
    is_str(dataset_missing(&ds, 0, FIELD_teachers_primary)->reason, "b",
           "why it is missing");
    is_str(dataset_missing(&ds, 2, FIELD_computers)->reason, "c", "the last entry");
    ok(!dataset_missing(&ds, 1, FIELD_books), "not missing");
}

/* The sanitizers watch this one: nothing freed too early, nothing left. */
static void test_life(void)
{
    struct arena *arena = arena_new(1 << 20);
    void **blocks = arena_array(arena, 1, sizeof *blocks);
    int *shared = malloc(sizeof *shared);
    if (!shared)
        bail("memory");
    *shared = 42;
    blocks[0] = shared;
    struct dataset_pool *pool = dataset_pool_new(arena, blocks, 1);
    struct dataset *a = dataset_pool_add(pool), *b = dataset_pool_add(pool);
    dataset_pool_unref(pool);
    a->n = 1;
    dataset_ref(a);
    dataset_unref(a);
    dataset_unref(a);
    is_int(*shared, 42, "the second dataset still holds the memory");
    dataset_unref(b);
    dataset_unref(NULL);
}

int main(void)
{
    test_find();
    test_life();
    return done_testing();
}
