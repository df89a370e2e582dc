/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an alert that nobody has in hand goes to the next level up: so many working days after
 * it was told, at once when an acknowledgement that named a month is over, and again after as
 * many days. Pure; any thread.
 */
#pragma once

#include <stdint.h>

#include "alert/route.h"
#include "base/workday.h"

struct escalation {
    bool acknowledged;    /* now */
    int64_t told_ms;      /* fired, or came back from an acknowledgement */
    int64_t escalated_ms; /* the last time; 0 = never */
    int64_t
        month_end_ms; /* of the month that the newest acknowledgement named; 0 = none */
};

/* days 0: never. */
bool escalation_due(const struct escalation *e, const struct workdays *calendar, int days,
                    int64_t now_ms);

/*
 * The next level above all that were told which has an office covering the subject, or -1.
 * told: the table's offices, a flag each; without any the lowest counts as told.
 */
int escalation_level(const struct route_table *table, const struct route_subject *subject,
                     const bool *told);
