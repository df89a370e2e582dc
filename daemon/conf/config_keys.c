/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config_keys.h"

#include <stddef.h>

#define AT(type, member) offsetof(struct config_##type, member)
#define TEXT(type, member, def, help)                                                    \
    {                                                                                    \
#member, JH_STRING, AT(type, member), def, 0, 0, NULL, false, help               \
    }
#define NEED(type, member, help)                                                         \
    {                                                                                    \
#member, JH_STRING, AT(type, member), NULL, 0, 0, NULL, true, help               \
    }
#define LIST(type, member, required, help)                                               \
    {                                                                                    \
#member, JH_LIST, AT(type, member), NULL, 0, 0, NULL, required, help             \
    }
#define NUMBER(type, member, def, min, max, help)                                        \
    {                                                                                    \
#member, JH_INT, AT(type, member), def, min, max, NULL, false, help              \
    }
#define TIME(type, member, def, min, max, help)                                          \
    {                                                                                    \
#member, JH_DURATION, AT(type, member), def, min, max, NULL, false, help         \
    }
#define SIZE(type, member, def, min, max, help)                                          \
    {                                                                                    \
#member, JH_SIZE, AT(type, member), def, min, max, NULL, false, help             \
    }
#define WORD(type, member, def, words, help)                                             \
    {                                                                                    \
#member, JH_ENUM, AT(type, member), def, 0, 0, words, false, help                \
    }

enum { SECOND = 1000, HOUR = 3600 * SECOND, DAY = 24 * HOUR };
#define MONTH (INT64_C(31) * DAY)
#define KIB INT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

static const char *const ZONES[] = {"Asia/Shanghai", NULL};
static const char *const LEVELS[] = {"debug", "info", "warn", "error", NULL};
static const char *const FORMATS[] = {"text", "json", NULL};
static const char *const HOLDS[] = {"school", "county", NULL};
static const char *const REVIEWS[] = {"none", "required", NULL};
static const char *const CONTAINERS[] = {"auto", "zip", "gzip", "none",
                                         NULL}; /* enum container_kind */
static const char *const FROM[] = {"url", "path", NULL};
static const char *const OFFICE_LEVELS[] = {"county", "city", "province", "nation", NULL};

const char *const CONFIG_KINDS[] = {"any",           "slip",          "warning",
                                    "decline",       "duty",          "local",
                                    "data_overdue",  "data_quality",  "source_failed",
                                    "script_broken", "delivery_dead", NULL};
const char *const CONFIG_SEVERITIES[] = {"any", "critical", "warning", "notice", NULL};

bool config_kind_may_be(int kind, int severity)
{
    if (!kind || !severity)
        return true;
    int is = severity_of(CONFIG_SEVERITIES[severity]);
    return alert_kind_info((enum alert_kind)(kind - 1))->may_be & 1u << is;
}

static const struct jh_option TOP[] = {
    TEXT(top, state_dir, "/var/lib/junheng", "folder of the database and the archive"),
    TEXT(top, control_socket, "/run/junheng/control.sock",
         "where junhengctl finds junhengd"),
    WORD(top, timezone, "Asia/Shanghai", ZONES, "of all times that people read"),
    TEXT(top, plugin_dir, NULL,
         "folder of the plugins; absent: where they were installed"),
    TEXT(top, helper, NULL, "the program junheng-lua; absent: where it was installed"),
    TEXT(top, division_changes, NULL,
         "CSV file of counties that got other codes, merged, split or were abolished"),
    TEXT(top, closed, NULL,
         "CSV file of schools that have closed, with the first round without each"),
    TEXT(top, calendar, NULL,
         "CSV file of holidays and of weekends that are worked; absent: weekdays only"),
    NUMBER(top, max_transfers, "64", 1, 10000, "transfers at once"),
    SIZE(
        top, max_waiting, "1GiB", 1, 1024 * GIB,
        "bytes of bodies that wait to be evaluated; what does not fit in is fetched later"),
    {0}};
static const char *const TOP_PARTS[] = {
    "http",         "addresses", "standards", "lua",      "profiles",   "sources",
    "alerts",       "checks",    "channels",  "offices",  "routes",     "log",
    "sources_from", "include",   "divisions", "silences", "escalation", NULL};

static const struct jh_option HTTP[] = {
    TEXT(http, listen, "127.0.0.1:8420", "address and port"), {0}};

static const struct jh_option ADDRESSES[] = {
    LIST(addresses, allow, false,
         "networks such as 10.0.0.0/8 that transfers may connect to; absent: any"),
    LIST(addresses, deny, false, "networks that they may not connect to"),
    {0}};

static const struct jh_option STANDARDS[] = {
    TEXT(standards, dir, NULL, "folder of the files; absent: those in the program"),
    LIST(standards, use, false,
         "ids, in the order of reports; absent: basic-2012, quality-2017"),
    {0}};

static const struct jh_option LUA[] = {
    LIST(lua, dirs, false, "folders of local indicators (*.lua)"),
    SIZE(lua, memory, "16MiB", MIB, GIB, "memory of one script"),
    TIME(lua, wall, "500ms", 10, 60 * SECOND, "time of one script over all counties"),
    {0}};
static const char *const LUA_PARTS[] = {"params", NULL};

static const struct jh_option ALERTS[] = {
    TIME(alerts, group_wait, "60s", 0, HOUR,
         "how long a message waits for more of its kind"),
    TIME(alerts, acknowledged, "90d", DAY, 36 * MONTH,
         "how long an acknowledgement stands that names no month; in whole days"),
    LIST(alerts, operators, false,
         "ids of offices that are told of failing sources, broken scripts and dead "
         "channels, beside those of routes; absent: the highest that cover all"),
    {0}};
static const char *const ALERTS_PARTS[] = {"slip",
                                           "warning",
                                           "decline",
                                           "duty",
                                           "local",
                                           "data_overdue",
                                           "data_quality",
                                           "source_failed",
                                           "script_broken",
                                           "delivery_dead",
                                           NULL};

static const struct jh_option SILENCES[] = {
    TIME(silences, max, "90d", DAY, 12 * MONTH,
         "the longest that a silence may last; in whole days"),
    {0}};

static const struct jh_option ESCALATION[] = {
    NUMBER(escalation, critical, "0", 0, 250,
           "working days until what nobody has acknowledged is told to the next level "
           "up; 0: never"),
    NUMBER(escalation, warning, "0", 0, 250, "the same of warnings"),
    NUMBER(escalation, notice, "0", 0, 250, "the same of notices"),
    {0}};

static const struct jh_option LOG[] = {
    WORD(log, level, "info", LEVELS, "the least that is logged"),
    WORD(log, format, "text", FORMATS, "lines for people or for machines"),
    {0}};

static const struct jh_option SOURCE[] = {
    NEED(source, name, "its name in reports and commands"),
    NEED(source, plugin, "what fetches it, e.g. http or file"),
    TEXT(source, profile, NULL, "entry of profiles whose keys stand in for absent ones"),
    TEXT(source, format, "csv", "plugin that makes rows of bytes"),
    WORD(source, holds, "school", HOLDS,
         "rows of schools, or what counties report beside them (items)"),
    WORD(source, container, "auto", CONTAINERS,
         "what bodies are packed in; auto: by their first bytes (xlsx is none)"),
    TEXT(source, member, NULL,
         "which members of a zip are wanted, as *.csv; absent: all, if of one kind"),
    TEXT(source, part, "all", "part of a round that it delivers; of schools only"),
    WORD(source, review, "none", REVIEWS,
         "required: what it delivers ends no alert until a person has reviewed it"),
    TIME(source, interval, "6h", 100, MONTH, "time between polls"),
    TIME(source, timeout, "30s", 100, HOUR, "longest time of one poll"),
    TIME(source, jitter, NULL, 0, DAY,
         "random delay of a poll at most; absent: interval / 10"),
    TIME(source, backoff_max, "1d", 100, MONTH,
         "longest time between polls while they fail; never less than interval"),
    SIZE(source, max_bytes, "256MiB", KIB, 4 * GIB, "largest body, decompressed"),
    LIST(source, covers, false,
         "prefixes of the codes it delivers; absent: all counties; of schools only"),
    TEXT(
        source, owner, NULL,
        "id of the office that answers for its data; absent: the lowest that covers them"),
    LIST(source, allow, false,
         "networks such as 10.20.0.0/16 that its transfers may connect to, beside "
         "addresses; absent: any; not with a proxy"),
    LIST(source, deny, false, "networks that they may not connect to; not with a proxy"),
    {0}};
static const char *const SOURCE_PARTS[] = {
    "columns", "defaults", "format_options", "round", "due", "checks", NULL};

static const struct jh_option DUE[] = {
    {"month", JH_INT, AT(due, month), NULL, 1, 12, NULL, true, "month of the year"},
    {"day", JH_INT, AT(due, day), NULL, 1, 31, NULL, true, "day of the month"},
    {0}};

static const struct jh_option ROUND[] = {
    {"from", JH_ENUM, AT(round, from), NULL, 0, 0, FROM, true, "what is looked at"},
    {"match", JH_STRING, AT(round, match), NULL, 0, 0, NULL, true,
     "regular expression (PCRE2); its first group is the round"},
    NUMBER(round, add, "0", -3000, 3000, "added to the year, e.g. 1911"),
    {0}};

static const struct jh_option CHANNEL[] = {
    NEED(channel, name, "its name in reports"),
    NEED(channel, plugin, "what delivers, e.g. webhook or spool"),
    TIME(channel, retry_min, "30s", 100, DAY, "wait after the first failure; it doubles"),
    TIME(channel, retry_max, "1h", 100, MONTH, "longest wait between attempts"),
    TIME(channel, give_up, "7d", SECOND, 12 * MONTH,
         "a message is dead when the waits between its attempts come to this"),
    {0}};

static const struct jh_option OFFICE[] = {
    NEED(office, id, "its id in routes"),
    TEXT(office, name, NULL, "what people call it; absent: the id"),
    {"level", JH_ENUM, AT(office, level), NULL, 0, 0, OFFICE_LEVELS, true, "its level"},
    LIST(office, covers, false,
         "prefixes of the codes it answers for; absent: all counties"),
    LIST(office, channels, true, "names of channels"),
    LIST(
        office, quiet, false,
        "hours of Shanghai in which it is not told, such as 22:00-07:00; what is to be told "
        "waits until they are over"),
    {"workdays_only", JH_BOOL, AT(office, workdays_only), "false", 0, 0, NULL, false,
     "true: it is told on working days alone, by the calendar"},
    LIST(office, urgent, false,
         "severities that are told at any time, such as critical; absent: none"),
    {0}};

static const struct jh_option ROUTE[] = {
    LIST(route, to, true, "levels (county, city, province, nation) or ids of offices"),
    {0}};
static const char *const ROUTE_PARTS[] = {"match", NULL};

static const struct jh_option MATCH[] = {
    WORD(match, kind, "any", CONFIG_KINDS, "kind of alert"),
    WORD(match, severity, "any", CONFIG_SEVERITIES, "its severity"),
    TEXT(match, standard, NULL, "id of a standard in use; absent: any"),
    {0}};

const struct config_keys CONFIG_TOP = {"", TOP, TOP_PARTS};
const struct config_keys CONFIG_HTTP = {"http", HTTP, NULL};
const struct config_keys CONFIG_ADDRESSES = {"addresses", ADDRESSES, NULL};
const struct config_keys CONFIG_STANDARDS = {"standards", STANDARDS, NULL};
const struct config_keys CONFIG_LUA = {"lua", LUA, LUA_PARTS};
const struct config_keys CONFIG_ALERTS = {"alerts", ALERTS, ALERTS_PARTS};
const struct config_keys CONFIG_SILENCES = {"silences", SILENCES, NULL};
const struct config_keys CONFIG_ESCALATION = {"escalation", ESCALATION, NULL};
const struct config_keys CONFIG_LOG = {"log", LOG, NULL};
const struct config_keys CONFIG_SOURCE = {"sources[]", SOURCE, SOURCE_PARTS};
const struct config_keys CONFIG_DUE = {"sources[].due", DUE, NULL};
const struct config_keys CONFIG_ROUND = {"sources[].round", ROUND, NULL};
const struct config_keys CONFIG_CHANNEL = {"channels[]", CHANNEL, NULL};
const struct config_keys CONFIG_OFFICE = {"offices[]", OFFICE, NULL};
const struct config_keys CONFIG_ROUTE = {"routes[]", ROUTE, ROUTE_PARTS};
const struct config_keys CONFIG_MATCH = {"routes[].match", MATCH, NULL};
