/* SPDX-License-Identifier: Apache-2.0 */
#include "model/doubt.h"

#include <string.h>

static const struct {
    const char *id, *severity, *words;
} DOUBTS[DOUBT_COUNT] = {
    [DOUBT_PART_OVER_WHOLE] =
        {"part_over_whole", "warning",
         "a part is larger than its whole: backbone teachers than "
         "teachers, indoor sports rooms than rooms, a bin of classes "
         "than the one before"},
    [DOUBT_TEACHERS_ZERO] = {"teachers_zero", "warning", "pupils, and not one teacher"},
    [DOUBT_TEACHERS_UNLIKELY] =
        {"teachers_unlikely", "warning",
         "more teachers than pupils, of at least 50, or more than "
         "100 pupils a teacher"},
    [DOUBT_PUPILS_OF_KIND] = {"pupils_of_kind", "warning",
                              "pupils whom a school of this kind should not have"},
    [DOUBT_NO_PUPILS] = {"no_pupils", "notice", "rooms or books, and nobody enrolled"},
    [DOUBT_PRESCHOOL_CLASSES] = {"preschool_classes", "notice",
                                 "children in preschool classes, with whom no rule says "
                                 "how to divide"},
    [DOUBT_CLASSES_UNLIKELY] =
        {"classes_unlikely", "warning",
         "pupils without a class, more classes than pupils, or more "
         "than 120 pupils a class"},
    [DOUBT_CLASS_SIZES] = {"class_sizes", "warning",
                           "the largest class and the classes above a size contradict "
                           "each other, or the classes cannot hold the pupils"},
    [DOUBT_ROOM_WITHOUT_AREA] =
        {"room_without_area", "notice",
         "music or art rooms of no area, or an area without rooms"},
    [DOUBT_UNIT_FACTOR] = {"unit_factor", "warning",
                           "money about 10^4 off the last round, or off what is usual in "
                           "the county: yuan for ten thousand yuan"},
    [DOUBT_TENFOLD] = {"tenfold", "warning", "more than ten times the last round's"},
    [DOUBT_SCHOOL_NEW] = {"school_new", "notice", "not in the last round"},
    [DOUBT_SCHOOL_VANISHED] = {"school_vanished", "notice",
                               "in the last round, and not in this"},
    [DOUBT_COUNTY_SHRUNK] =
        {"county_shrunk", "warning",
         "a fifth less of the county's schools, or of its pupils of a "
         "stage, than in the last round"},
};

static const char *const POLICIES[] = {"report", "block", "off", "accepted"};

const char *doubt_id(enum doubt check)
{
    return DOUBTS[check].id;
}

const char *doubt_severity(enum doubt check)
{
    return DOUBTS[check].severity;
}

const char *doubt_words(enum doubt check)
{
    return DOUBTS[check].words;
}

int doubt_of(const char *id)
{
    for (int i = 0; i < DOUBT_COUNT; i++)
        if (strcmp(DOUBTS[i].id, id) == 0)
            return i;
    return -1;
}

const char *doubt_policy_id(int policy)
{
    return POLICIES[policy];
}
