/* SPDX-License-Identifier: Apache-2.0 */
/* Ids and columns must never slip against each other: a number under the wrong name is the
 * worst thing this program can show. */
#include "tap/tap.h"

#include <string.h>

#include "model/field.h"

static void test_ids(void)
{
    bool round_trip = true, families = true;
    for (int f = 0; f < FIELD_COUNT; f++) {
        const char *id = field_id((enum field)f);
        round_trip = round_trip && field_of(id, strlen(id)) == (enum field)f;
        enum stage stage;
        enum field primary;
        if (field_staged((enum field)f, &stage, &primary)) {
            const char *family = field_family_id((enum field)f);
            size_t n = strlen(family);
            families = families && memcmp(id, family, n) == 0 && id[n] == '_' &&
                       strcmp(id + n + 1, stage_id(stage)) == 0 &&
                       primary + stage == (enum field)f;
        } else {
            families = families && strcmp(field_family_id((enum field)f), id) == 0;
        }
    }
    ok(round_trip, "every id finds its own column");
    ok(families, "a staged id is its family and its stage, primary first");
    is_str(field_id(FIELD_teachers_junior), "teachers_junior", "teachers_junior");
    is_int(field_of("teachers", 8), FIELD_NONE, "a family is no column");
    is_int(field_of("books", 4), FIELD_NONE, "nor is the beginning of an id");
}

static void test_families(void)
{
    bool staged = false;
    is_int(field_family("teachers", 8, &staged), FIELD_teachers_primary, "family");
    ok(staged, "teachers is staged");
    is_int(field_family("books", 5, &staged), FIELD_books, "a single field");
    ok(!staged, "books is not staged");
    is_int(field_family("teachers_primary", 16, &staged), FIELD_NONE,
           "a column is no family");
    is_int(field_family("pupils", 6, &staged), FIELD_pupils_primary,
           "pupils is the staged one, not pupils_senior");
    ok(!field_staged(FIELD_pupils_senior, NULL, NULL),
       "senior pupils have no stage here");
}

static void test_words(void)
{
    bool texts = true, kinds = true;
    for (int i = 0; i < TEXT_COUNT; i++) {
        const char *id = text_field_id((enum text_field)i);
        texts = texts && text_field_of(id, strlen(id)) == i;
    }
    for (int i = 0; i < KIND_COUNT; i++) {
        const char *id = kind_id((enum kind)i);
        kinds = kinds && kind_of(id, strlen(id)) == i;
    }
    ok(texts, "text fields");
    ok(kinds, "kinds");
    is_int(stage_of("junior", 6), STAGE_JUNIOR, "stage");
    is_str(stage_id(STAGE_NONE), "", "no stage has no word");
    is_int(setting_of("rural", 5), SETTING_RURAL, "setting");
    is_int(setting_of("", 0), -1, "an empty word is no setting");
}

static void test_pupils(void)
{
    ok(kind_needs_pupils(KIND_NINE_YEAR, STAGE_PRIMARY) &&
           kind_needs_pupils(KIND_NINE_YEAR, STAGE_JUNIOR),
       "a nine-year school needs both");
    ok(!kind_needs_pupils(KIND_COMPLETE_SECONDARY, STAGE_PRIMARY) &&
           kind_needs_pupils(KIND_COMPLETE_SECONDARY, STAGE_JUNIOR),
       "a complete secondary school needs its junior pupils");
    ok(kind_needs_pupils(KIND_TEACHING_POINT, STAGE_PRIMARY), "so does a teaching point");
    ok(!kind_needs_pupils(KIND_SPECIAL, STAGE_PRIMARY) &&
           kind_may_have(KIND_SPECIAL, STAGE_PRIMARY),
       "a special school may have pupils and need not say");
    ok(!kind_may_have(KIND_VOCATIONAL, STAGE_JUNIOR), "a vocational school has none");
}

int main(void)
{
    test_ids();
    test_families();
    test_words();
    test_pupils();
    return done_testing();
}
