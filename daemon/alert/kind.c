/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/kind.h"

#include <stddef.h>
#include <string.h>

enum {
    N = 1 << SEVERITY_NOTICE,
    W = 1 << SEVERITY_WARNING,
    C = 1 << SEVERITY_CRITICAL,
    ANY = N | W | C
};

static const struct alert_kind_info KINDS[ALERT_KINDS] = {
    [KIND_SLIP] = {"slip", ABOUT_COUNTY, SEVERITY_CRITICAL, C | W, true, true, false},
    [KIND_WARNING] = {"warning", ABOUT_COUNTY, SEVERITY_WARNING, W, true, true, false},
    [KIND_DECLINE] = {"decline", ABOUT_COUNTY, SEVERITY_NOTICE, N, true, true, false},
    [KIND_DUTY] = {"duty", ABOUT_COUNTY, SEVERITY_NOTICE, C | N, false, false, false},
    [KIND_LOCAL] = {"local", ABOUT_COUNTY, SEVERITY_NOTICE, ANY, false, true, false},
    [KIND_DATA_OVERDUE] = {"data_overdue", ABOUT_COUNTY, SEVERITY_WARNING, W, true, false,
                           true},
    [KIND_DATA_QUALITY] = {"data_quality", ABOUT_SOURCE, SEVERITY_WARNING, W, false,
                           false, true},
    [KIND_SOURCE_FAILED] = {"source_failed", ABOUT_SOURCE, SEVERITY_WARNING, W, false,
                            false, false, true},
    [KIND_SCRIPT_BROKEN] = {"script_broken", ABOUT_SCRIPT, SEVERITY_WARNING, W, false,
                            false, false, true},
    [KIND_DELIVERY_DEAD] = {"delivery_dead", ABOUT_CHANNEL, SEVERITY_WARNING, W, false,
                            false, false, true},
};

static const char *const SEVERITIES[] = {NULL, "notice", "warning", "critical"};

const struct alert_kind_info *alert_kind_info(enum alert_kind kind)
{
    return &KINDS[kind];
}

int alert_kind_of(const char *id)
{
    for (int i = 0; i < ALERT_KINDS; i++)
        if (strcmp(KINDS[i].id, id) == 0)
            return i;
    return -1;
}

const char *severity_id(enum severity severity)
{
    return SEVERITIES[severity];
}

int severity_of(const char *id)
{
    for (int i = SEVERITY_NOTICE; i <= SEVERITY_CRITICAL; i++)
        if (strcmp(SEVERITIES[i], id) == 0)
            return i;
    return -1;
}
