/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is looked at in data that can be read: figures that contradict each other, or can hardly
 * be right beside the last round. A check finds and keeps; whoever runs the intake may say
 * of each finding that it blocks: what it doubts is unknown then, never a pass
 * (docs/data.md section 10). Constants; any thread.
 */
#pragma once

#include <stddef.h>

enum doubt {
    DOUBT_PART_OVER_WHOLE,
    DOUBT_TEACHERS_ZERO,
    DOUBT_TEACHERS_UNLIKELY,
    DOUBT_PUPILS_OF_KIND,
    DOUBT_NO_PUPILS,
    DOUBT_PRESCHOOL_CLASSES,
    DOUBT_CLASSES_UNLIKELY,
    DOUBT_CLASS_SIZES,
    DOUBT_ROOM_WITHOUT_AREA,
    DOUBT_UNIT_FACTOR,
    DOUBT_TENFOLD,
    DOUBT_SCHOOL_NEW,
    DOUBT_SCHOOL_VANISHED,
    DOUBT_COUNTY_SHRUNK,
    DOUBT_COUNT
};

/* What becomes of a finding. */
enum doubt_policy {
    DOUBT_REPORT,
    DOUBT_BLOCK,   /* and what it doubts counts as missing */
    DOUBT_OFF,     /* not looked for */
    DOUBT_ACCEPTED /* a person said that it is right as it is */
};

const char *doubt_id(enum doubt check);
const char *doubt_severity(enum doubt check); /* "warning" | "notice" */
/* What it is, in words for documentation. */
const char *doubt_words(enum doubt check);
int doubt_of(const char *id);            /* -1: none */
const char *doubt_policy_id(int policy); /* "report" "block" "off" "accepted" */
