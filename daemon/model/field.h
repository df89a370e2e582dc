/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The data fields of docs/data.md section 4. Numeric ones are columns of a dataset; a staged
 * family has one column for primary and one for junior, side by side. English ids are here;
 * the headers people write (aliases) are data, in etc/fields.yaml, see alias.h. Pure.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum stage { STAGE_PRIMARY, STAGE_JUNIOR, STAGE_COUNT, STAGE_NONE = STAGE_COUNT };

enum kind {
    KIND_PRIMARY,
    KIND_JUNIOR,
    KIND_NINE_YEAR,
    KIND_TWELVE_YEAR,
    KIND_COMPLETE_SECONDARY,
    KIND_TEACHING_POINT,
    KIND_SPECIAL,
    KIND_VOCATIONAL,
    KIND_SENIOR,
    KIND_OTHER,
    KIND_COUNT
};

enum setting { SETTING_UNKNOWN, SETTING_URBAN, SETTING_TOWN, SETTING_RURAL };

enum { OWNER_COUNT = 10, OWNER_DEFAULT = 7 }; /* 1..10; empty reads as 7 */

/* Columns that hold text or a word, in the order of struct school. */
enum text_field {
    TEXT_ROUND,
    TEXT_COUNTY_CODE,
    TEXT_COUNTY_NAME,
    TEXT_SCHOOL_CODE,
    TEXT_SCHOOL_NAME,
    TEXT_CAMPUS,
    TEXT_STAGE,
    TEXT_PARENT_CODE,
    TEXT_KIND,
    TEXT_OWNER,
    TEXT_SETTING,
    TEXT_BUILT_YEAR,
    TEXT_BOARDING,
    TEXT_DENSE_CENTRE,
    TEXT_COUNT
};

/* Laid out by hand: clang-format would step each X further in. */
/* clang-format off */
#define FIELD_SINGLE(X)                                                                  \
    X(pupils_preschool) X(pupils_senior) X(teaching_area) X(indoor_sports_area)          \
    X(sports_ground_area) X(other_onsite_sports_area) X(leased_sports_area)              \
    X(equipment_value) X(multimedia_classrooms) X(computers) X(books) X(music_rooms)     \
    X(art_rooms) X(music_room_min_area) X(art_room_min_area) X(unsafe_area)              \
    X(public_funds_budget) X(training_funds)

#define FIELD_STAGED(X)                                                                  \
    X(pupils) X(migrant_pupils) X(catchment_pupils) X(pupils_disabled) X(staff)          \
    X(teachers) X(certified_teachers) X(teachers_360h) X(above_qual_teachers)            \
    X(backbone_teachers) X(pe_arts_teachers) X(visiting_pe_arts_teachers)                \
    X(mid_title_teachers) X(classes) X(largest_class) X(classes_46) X(classes_51)        \
    X(classes_56) X(classes_66) X(dropouts) X(graduates)

enum field {
#define X(id) FIELD_##id,
    FIELD_SINGLE(X)
#undef X
#define X(id) FIELD_##id##_primary, FIELD_##id##_junior, /* primary + stage = the column */
    FIELD_STAGED(X)
#undef X
    FIELD_COUNT,
    FIELD_NONE = FIELD_COUNT
};
/* clang-format on */

/* "teachers_primary"; valid for every enum field < FIELD_COUNT. */
const char *field_id(enum field field);
/* By full id ("teachers_primary", "books"); FIELD_NONE if there is none. */
enum field field_of(const char *id, size_t len);
/* By family or single id ("teachers", "books"): the primary column of a staged family. */
enum field field_family(const char *id, size_t len, bool *ret_staged);
/* Is it one of a staged family? ret_stage, ret_primary may be NULL. */
bool field_staged(enum field field, enum stage *ret_stage, enum field *ret_primary);
/* "teachers" for teachers_primary and teachers_junior; else the id itself. */
const char *field_family_id(enum field field);

/* What a field's figures measure: a unit of one kind cannot stand for another's. */
enum field_unit { UNIT_COUNT, UNIT_MONEY, UNIT_AREA, UNIT_KINDS, UNIT_NONE = UNIT_KINDS };
enum field_unit field_unit(enum field field);
const char *field_unit_id(enum field_unit unit); /* "count" "money" "area" */

const char *text_field_id(enum text_field field);
int text_field_of(const char *id, size_t len); /* -1 if there is none */

const char *stage_id(enum stage stage);   /* "primary" | "junior" */
int stage_of(const char *id, size_t len); /* -1 if unknown */
const char *kind_id(enum kind kind);      /* "nine_year" */
int kind_of(const char *id, size_t len);
const char *setting_id(enum setting setting); /* "urban", "" for unknown */
int setting_of(const char *id, size_t len);

/* Must this stage's pupils be given for a school of this kind? (docs/data.md section 4) */
bool kind_needs_pupils(enum kind kind, enum stage stage);
/* May a school of this kind have pupils of the stage at all? */
bool kind_may_have(enum kind kind, enum stage stage);
