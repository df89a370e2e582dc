/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What junheng.yaml may hold: one option table a map and the struct it fills. Kept apart from
 * the readers (config*.c) so that docs/config.md is made from the same tables. `parts` are
 * keys whose values are maps or lists with readers of their own. Constants; any thread.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include <junheng/plugin.h>

#include "alert/kind.h"

void config_checks_document(FILE *to); /* a table that is made, of model/doubt.h */

struct config_keys {
    const char *map; /* how the documentation calls it */
    const struct jh_option *options;
    const char *const *parts; /* may be NULL */
};

struct config_top {
    const char *state_dir, *control_socket, *plugin_dir, *helper, *division_changes;
    const char *closed, *calendar;
    int timezone;
    int64_t max_transfers, max_waiting;
};

struct config_http {
    const char *listen;
};

struct config_addresses {
    struct jh_list allow, deny;
};

struct config_standards {
    const char *dir;
    struct jh_list use;
};

struct config_lua {
    struct jh_list dirs;
    int64_t memory, wall;
};

struct config_alerts {
    int64_t group_wait, acknowledged;
    struct jh_list operators;
};

struct config_silences {
    int64_t max;
};

struct config_escalation {
    int64_t critical, warning, notice;
};

enum { CONFIG_DAY_MS = 24 * 3600 * 1000 };

struct config_log {
    int level, format;
};
enum { CONFIG_LOG_TEXT, CONFIG_LOG_JSON };

struct config_source {
    const char *name, *plugin, *profile, *format, *part;
    const char *member, *owner;
    int holds, container, review;
    int64_t interval, timeout, jitter, backoff_max, max_bytes;
    struct jh_list covers, allow, deny;
};

enum { CONFIG_HOLDS_SCHOOL, CONFIG_HOLDS_COUNTY };
enum { CONFIG_REVIEW_NONE, CONFIG_REVIEW_REQUIRED };

struct config_due {
    int64_t month, day;
};

struct config_round {
    int from;
    const char *match;
    int64_t add;
};
enum { CONFIG_ROUND_URL, CONFIG_ROUND_PATH };

struct config_channel {
    const char *name, *plugin;
    int64_t retry_min, retry_max, give_up;
};

struct config_office {
    const char *id, *name;
    int level;
    struct jh_list covers, channels, quiet, urgent;
    bool workdays_only;
};

struct config_route {
    struct jh_list to;
};

struct config_match {
    const char *standard;
    int kind, severity; /* 0: any, else index into the words below */
};

extern const struct config_keys CONFIG_TOP, CONFIG_HTTP, CONFIG_ADDRESSES,
    CONFIG_STANDARDS, CONFIG_LUA, CONFIG_ALERTS, CONFIG_LOG, CONFIG_SOURCE, CONFIG_DUE,
    CONFIG_ROUND, CONFIG_SILENCES, CONFIG_ESCALATION, CONFIG_CHANNEL, CONFIG_OFFICE,
    CONFIG_ROUTE, CONFIG_MATCH;

/* A map a kind. They fill a struct alert_policy. */
extern const struct config_keys CONFIG_ALERT[ALERT_KINDS];

/* Words of routes, "any" first. */
extern const char *const CONFIG_KINDS[], *const CONFIG_SEVERITIES[];
/* May an alert of this kind be so severe? Indexes of the two lists, 0 = any. */
bool config_kind_may_be(int kind, int severity);
