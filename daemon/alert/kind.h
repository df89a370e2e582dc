/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of alerts (docs/alerts.md section 1): what each is about, how severe it may be, and
 * what makes its life differ from that of a slip. Constants; any thread.
 */
#pragma once

#include <stdbool.h>

enum alert_kind {
    KIND_SLIP,
    KIND_WARNING,
    KIND_DECLINE,
    KIND_DUTY,
    KIND_LOCAL,
    KIND_DATA_OVERDUE,
    KIND_DATA_QUALITY,
    KIND_SOURCE_FAILED,
    KIND_SCRIPT_BROKEN,
    KIND_DELIVERY_DEAD,
    ALERT_KINDS
};

enum alert_about { ABOUT_COUNTY, ABOUT_SOURCE, ABOUT_SCRIPT, ABOUT_CHANNEL };

enum severity { SEVERITY_NONE, SEVERITY_NOTICE, SEVERITY_WARNING, SEVERITY_CRITICAL };

struct alert_kind_info {
    const char *id;
    enum alert_about about;
    enum severity severity; /* unless the configuration says another */
    unsigned may_be;        /* bits 1 << severity */
    bool certified;         /* only rounds after a certification's baseline count */
    bool by_round;  /* what is newer is told by (round, revision), not by the clock */
    bool to_owner;  /* the lowest office is told beside those of the routes */
    bool operators; /* about this program: for those who look after it */
};

const struct alert_kind_info *alert_kind_info(enum alert_kind kind);
int alert_kind_of(const char *id); /* -1: none */

const char *severity_id(enum severity severity); /* "notice" "warning" "critical", NULL */
int severity_of(const char *id);                 /* -1: none */
