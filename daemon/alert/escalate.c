/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/escalate.h"

static bool days_over(const struct workdays *calendar, int64_t since_ms, int days,
                      int64_t now_ms)
{
    struct date last = workday_after(calendar, date_of_ms(since_ms), days);
    return date_cmp(date_of_ms(now_ms), last) > 0;
}

bool escalation_due(const struct escalation *e, const struct workdays *calendar, int days,
                    int64_t now_ms)
{
    bool late = e->month_end_ms && now_ms >= e->month_end_ms;
    bool since_then = e->escalated_ms >= e->month_end_ms && e->escalated_ms;
    int64_t since = e->told_ms > e->escalated_ms ? e->told_ms : e->escalated_ms;
    if (days <= 0)
        return false;
    if (late && !since_then)
        return true;
    if (e->acknowledged && !late)
        return false;
    return days_over(calendar, since, days, now_ms);
}

int escalation_level(const struct route_table *table, const struct route_subject *subject,
                     const bool *told)
{
    int highest = -1, next = -1;
    for (size_t i = 0; i < table->n_offices; i++)
        if (told[i] && (int)table->offices[i].level > highest)
            highest = (int)table->offices[i].level;
    if (highest < 0)
        highest = LEVEL_COUNTY;
    for (size_t i = 0; i < table->n_offices; i++) {
        int level = (int)table->offices[i].level;
        if (level > highest && (next < 0 || level < next) &&
            office_covers(&table->offices[i], subject))
            next = level;
    }
    return next;
}
