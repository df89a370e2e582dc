/* SPDX-License-Identifier: Apache-2.0 */
#include "model/field.h"

#include <string.h>

static const char *const FIELD_ID[FIELD_COUNT] = {
#define X(id) [FIELD_##id] = #id,
    FIELD_SINGLE(X)
#undef X
#define X(id)                                                                            \
    [FIELD_##id##_primary] = #id "_primary", [FIELD_##id##_junior] = #id "_junior",
        FIELD_STAGED(X)
#undef X
};

static const char *const FAMILY_ID[FIELD_COUNT] = {
#define X(id) [FIELD_##id] = #id,
    FIELD_SINGLE(X)
#undef X
#define X(id) [FIELD_##id##_primary] = #id, [FIELD_##id##_junior] = #id,
        FIELD_STAGED(X)
#undef X
};

/* Staged families follow the single fields, primary and junior in turn. */
enum { FIRST_STAGED = FIELD_pupils_primary };

static const char *const TEXT_ID[TEXT_COUNT] = {
    [TEXT_ROUND] = "round",
    [TEXT_COUNTY_CODE] = "county_code",
    [TEXT_COUNTY_NAME] = "county_name",
    [TEXT_SCHOOL_CODE] = "school_code",
    [TEXT_SCHOOL_NAME] = "school_name",
    [TEXT_CAMPUS] = "campus",
    [TEXT_STAGE] = "stage",
    [TEXT_PARENT_CODE] = "parent_code",
    [TEXT_KIND] = "kind",
    [TEXT_OWNER] = "owner",
    [TEXT_SETTING] = "setting",
    [TEXT_BUILT_YEAR] = "built_year",
    [TEXT_BOARDING] = "boarding",
    [TEXT_DENSE_CENTRE] = "dense_centre",
};

static const char *const STAGE_ID[STAGE_COUNT] = {"primary", "junior"};

static const char *const KIND_ID[KIND_COUNT] = {
    [KIND_PRIMARY] = "primary",
    [KIND_JUNIOR] = "junior",
    [KIND_NINE_YEAR] = "nine_year",
    [KIND_TWELVE_YEAR] = "twelve_year",
    [KIND_COMPLETE_SECONDARY] = "complete_secondary",
    [KIND_TEACHING_POINT] = "teaching_point",
    [KIND_SPECIAL] = "special",
    [KIND_VOCATIONAL] = "vocational",
    [KIND_SENIOR] = "senior",
    [KIND_OTHER] = "other",
};

static const char *const SETTING_ID[] = {
    [SETTING_UNKNOWN] = "",
    [SETTING_URBAN] = "urban",
    [SETTING_TOWN] = "town",
    [SETTING_RURAL] = "rural",
};

/* Index of a text in a table, or -1. The tables are short and looked up once per header. */
static int find(const char *const *table, int n, const char *id, size_t len)
{
    for (int i = 0; i < n; i++)
        if (strlen(table[i]) == len && memcmp(table[i], id, len) == 0)
            return i;
    return -1;
}

const char *field_id(enum field field)
{
    return FIELD_ID[field];
}

enum field field_of(const char *id, size_t len)
{
    int i = find(FIELD_ID, FIELD_COUNT, id, len);
    return i < 0 ? FIELD_NONE : (enum field)i;
}

enum field field_family(const char *id, size_t len, bool *ret_staged)
{
    int i = find(FAMILY_ID, FIELD_COUNT, id, len); /* the first is the primary column */
    if (i < 0)
        return FIELD_NONE;
    *ret_staged = i >= FIRST_STAGED;
    return (enum field)i;
}

bool field_staged(enum field field, enum stage *ret_stage, enum field *ret_primary)
{
    if ((int)field < FIRST_STAGED || field >= FIELD_COUNT)
        return false;
    int stage = ((int)field - FIRST_STAGED) % STAGE_COUNT;
    if (ret_stage)
        *ret_stage = (enum stage)stage;
    if (ret_primary)
        *ret_primary = (enum field)((int)field - stage);
    return true;
}

const char *field_family_id(enum field field)
{
    return FAMILY_ID[field];
}

enum field_unit field_unit(enum field field)
{
    switch (field) {
    case FIELD_equipment_value:
    case FIELD_public_funds_budget:
    case FIELD_training_funds:
        return UNIT_MONEY;
    case FIELD_teaching_area:
    case FIELD_indoor_sports_area:
    case FIELD_sports_ground_area:
    case FIELD_other_onsite_sports_area:
    case FIELD_leased_sports_area:
    case FIELD_music_room_min_area:
    case FIELD_art_room_min_area:
    case FIELD_unsafe_area:
        return UNIT_AREA;
    default:
        return UNIT_COUNT;
    }
}

const char *field_unit_id(enum field_unit unit)
{
    static const char *const id[] = {"count", "money", "area", "none"};
    return id[unit];
}

const char *text_field_id(enum text_field field)
{
    return TEXT_ID[field];
}

int text_field_of(const char *id, size_t len)
{
    return find(TEXT_ID, TEXT_COUNT, id, len);
}

const char *stage_id(enum stage stage)
{
    return stage < STAGE_COUNT ? STAGE_ID[stage] : "";
}

int stage_of(const char *id, size_t len)
{
    return find(STAGE_ID, STAGE_COUNT, id, len);
}

const char *kind_id(enum kind kind)
{
    return KIND_ID[kind];
}

int kind_of(const char *id, size_t len)
{
    return find(KIND_ID, KIND_COUNT, id, len);
}

const char *setting_id(enum setting setting)
{
    return SETTING_ID[setting];
}

int setting_of(const char *id, size_t len)
{
    return len ? find(SETTING_ID, SETTING_RURAL + 1, id, len) : -1;
}

bool kind_needs_pupils(enum kind kind, enum stage stage)
{
    switch (kind) {
    case KIND_PRIMARY:
    case KIND_TEACHING_POINT:
        return stage == STAGE_PRIMARY;
    case KIND_JUNIOR:
    case KIND_COMPLETE_SECONDARY:
        return stage == STAGE_JUNIOR;
    case KIND_NINE_YEAR:
    case KIND_TWELVE_YEAR:
        return stage < STAGE_COUNT;
    default:
        return false;
    }
}

bool kind_may_have(enum kind kind, enum stage stage)
{
    return kind == KIND_SPECIAL ? stage < STAGE_COUNT : kind_needs_pupils(kind, stage);
}
