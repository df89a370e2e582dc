/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forms of item rules with what they make of missing data, schools whose membership is in
 * doubt, campuses; and what holds for every item: the order of schools does not matter, a cell
 * that is taken away never makes anything pass.
 */
#include <math.h>
#include <string.h>

#include "eval/county.h"
#include "tap/tap.h"

/* ---- rules that the shipped standards do not use ----------------------------------------- */

static const struct standard *with_rule(const char *rule, struct arena *arena)
{
    return county_standard_of(
        arena_fmt(arena,
                  "standard: s\nindicators: [{id: x, numerator: books}]\n"
                  "cv_rule: {applies_to: each, primary: 0.5, junior: 0.5}\n"
                  "items: [{id: A, inputs: [a, b, c], rule: %s}]\n",
                  rule),
        arena);
}

static void forms(struct arena *arena)
{
    static const struct {
        const char *rule;
        double a, b, c;
        const char *want;
    } CASES[] = {
#define N_OF                                                                                \
    "{n_of: {n: 2, floor: 0.85, of: [{value: a, at_least: 10}, {value: b, at_least: 2.3}, " \
    "{value: c, at_least: 4.5}]}}"
        {N_OF, 10, 2.3, 4.5, "pass"},
        {N_OF, 10, 2.3, 3.825, "pass"},
        {N_OF, 10, 2.3, 3.8249, "fail"},
        {N_OF, 10, 1.955, 4.5, "pass"},
        {N_OF, 10, 1.955, 4.4, "fail"},
        {N_OF, 10, 2.3, NAN, "unknown"},
        {N_OF, 8.4, NAN, NAN, "fail"},
        {N_OF, 8.5, 2, NAN, "fail"},
        {N_OF, 8.5, NAN, NAN, "unknown"},
#define NO_FLOOR "{n_of: {n: 1, of: [{value: a, above: 1}, {value: b, below: 1}]}}"
        {NO_FLOOR, 2, NAN, 0, "pass"},
        {NO_FLOOR, 1, 1, 0, "fail"},
        {NO_FLOOR, 1, NAN, 0, "unknown"},
#define ANY "{any_of: [{value: a, at_most: 1}, {value: b, at_least: c}]}"
        {ANY, 1, NAN, NAN, "pass"},
        {ANY, 1.1, 2, 2, "pass"},
        {ANY, 1.1, 2, 2.1, "fail"},
        {ANY, 1.1, NAN, 2, "unknown"},
#define KNOWN "{known_of: [{value: a, at_most: 1}, {value: b, at_most: 1}]}"
        {KNOWN, NAN, NAN, 0, "unknown"},
        {KNOWN, 1, NAN, 0, "pass"},
        {KNOWN, 1, 2, 0, "fail"},
        {"{value: ceil(a / b) * c - (a - b), at_least: 0}", 10, 3, 1.75, "pass"},
        {"{value: ceil(a / b) * c - (a - b), at_least: 0}", 9, 3, 1.75, "fail"},
        {"{value: a / (b - b), at_least: 0}", 1, 1, 1, "unknown"},
        {"{value: a, at_least: 0.3}", 0.1 + 0.2, 0, 0, "pass"},
        {"{value: a, above: 0.3}", 0.1 + 0.2, 0, 0, "fail"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct county r;
        const double v[] = {CASES[i].a, CASES[i].b, CASES[i].c};
        static const char *const IDS[] = {"A.a", "A.b", "A.c"};
        county_init(&r, with_rule(CASES[i].rule, arena));
        make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN);
        for (int k = 0; k < 3; k++)
            if (!isnan(v[k]))
                county_number(&r, IDS[k], v[k]);
        county_is(&r, "A", CASES[i].want, CASES[i].rule);
        county_done(&r);
    }
}

/* A school whose membership is in doubt is neither a fail nor in the way of a pass. */
static void doubt(struct arena *arena)
{
    struct county r;
    county_init(&r, with_rule("{each: school, where: {setting: urban}, value: books, "
                              "at_least: 100}",
                              arena));
    make_set(&r.m, make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN), FIELD_books, 99);
    make_set(&r.m, make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN), FIELD_books, 100);
    r.m.schools[1].setting = SETTING_URBAN;
    county_is(&r, "A", "unknown", "99 books of a school that may be urban");
    make_set(&r.m, 0, FIELD_books, 100);
    county_is(&r, "A", "pass", "100 are enough either way");
    make_missing(&r.m, 1, FIELD_pupils_primary, MISSING_BAD);
    county_is(&r, "A", "unknown", "a school whose pupils are unreadable may not count");
    county_done(&r);
}

static void merged(struct arena *arena)
{
    struct county r;
    county_init(&r, with_rule("{each: school, all_of: [{value: books, at_least: 100}, "
                              "{value: largest_class, at_most: 45}]}",
                              arena));
    r.m.standard.campus_merge = true;
    for (int i = 0; i < 2; i++) {
        size_t row = make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN);
        r.m.schools[row].code = "1";
        r.m.schools[row].campus = i ? "B" : "A";
        make_set(&r.m, row, FIELD_books, 50);
        make_set(&r.m, row, FIELD_largest_class_primary, i ? 45 : 20);
    }
    county_is(&r, "A", "pass",
              "campuses together: the sum of books, the largest of the classes");
    make_set(&r.m, 1, FIELD_largest_class_primary, 46);
    county_is(&r, "A", "fail", "… of one of them");
    r.m.standard.campus_merge = false;
    county_is(&r, "A", "fail", "each for itself");
    is_int((long long)county_judged(&r, "A")->n_schools, 2, "… both");
    county_done(&r);
}

/* ---- what holds for all ------------------------------------------------------------------ */

static uint32_t next(uint32_t *seed)
{
    return *seed = *seed * 1664525u + 1013904223u;
}

static void fill_random(struct county *r, uint32_t *seed)
{
    static const enum field FIELDS[] = {FIELD_music_rooms,
                                        FIELD_art_rooms,
                                        FIELD_music_room_min_area,
                                        FIELD_art_room_min_area,
                                        FIELD_classes_primary,
                                        FIELD_largest_class_primary,
                                        FIELD_teachers_primary,
                                        FIELD_teachers_360h_primary,
                                        FIELD_certified_teachers_primary,
                                        FIELD_public_funds_budget,
                                        FIELD_training_funds,
                                        FIELD_catchment_pupils_primary};
    static const double GOOD[] = {2, 2, 96, 90, 20, 45, 30, 30, 30, 400000, 20000, 300};
    for (size_t i = 0; i < 5; i++) {
        size_t row = make_school(&r->m, KIND_PRIMARY, 300, NAN, NAN);
        r->m.schools[row].setting = next(seed) % 3 ? SETTING_TOWN : SETTING_RURAL;
        r->m.schools[row].boarding = 0;
        for (size_t k = 0; k < sizeof FIELDS / sizeof *FIELDS; k++) {
            uint32_t dice = next(seed) >> 16;
            double v = dice % 16 == 0 ? GOOD[k] - 1 : GOOD[k];
            make_set(&r->m, row, FIELDS[k], v);
        }
    }
}

static void swap_rows(struct county *r, size_t a, size_t b)
{
    struct school s = r->m.schools[a];
    r->m.schools[a] = r->m.schools[b];
    r->m.schools[b] = s;
    for (int f = 0; f < FIELD_COUNT; f++) {
        double v = r->m.col[f][a];
        r->m.col[f][a] = r->m.col[f][b];
        r->m.col[f][b] = v;
    }
}

static void properties(const struct standard *quality)
{
    uint32_t seed = 20250901;
    size_t changed = 0, passed = 0, hidden = 0, known = 0;
    for (int round = 0; round < 300; round++) {
        struct county r;
        enum outcome before[64];
        county_init(&r, quality);
        r.m.standard.has_stage[STAGE_JUNIOR] = false;
        fill_random(&r, &seed);
        make_eval(&r.m, STAGE_PRIMARY);
        for (size_t i = 0; i < r.m.result.items.n; i++)
            before[i] = r.m.result.items.list[i].outcome;
        swap_rows(&r, next(&seed) % 5, next(&seed) % 5);
        make_eval(&r.m, STAGE_PRIMARY);
        for (size_t i = 0; i < r.m.result.items.n; i++) {
            changed += before[i] != r.m.result.items.list[i].outcome;
            known += before[i] == OUTCOME_PASS || before[i] == OUTCOME_FAIL;
        }
        size_t row = next(&seed) % 5;
        enum field field = (enum field)(next(&seed) % FIELD_COUNT);
        if (r.m.data.col[field] && field != FIELD_pupils_primary)
            make_set(&r.m, row, field, NAN);
        make_eval(&r.m, STAGE_PRIMARY);
        for (size_t i = 0; i < r.m.result.items.n; i++) {
            enum outcome now = r.m.result.items.list[i].outcome;
            passed += now == OUTCOME_PASS && before[i] != OUTCOME_PASS;
            hidden += now == OUTCOME_FAIL && before[i] != OUTCOME_FAIL;
        }
        county_done(&r);
    }
    ok(known > 1000, "items that are judged: %zu", known);
    is_int((long long)changed, 0, "the order of schools changes nothing");
    is_int((long long)passed, 0, "a cell taken away makes nothing pass");
    is_int((long long)hidden, 0, "… nor fail");
}

int main(void)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        bail("no memory");
    forms(arena);
    doubt(arena);
    merged(arena);
    properties(county_standard("quality-2017", arena));
    arena_free(arena);
    return done_testing();
}
