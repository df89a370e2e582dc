/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Commands that look at a running daemon: status, sources, counties, history, alerts,
 * deliveries.
 */
#include "ctl/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/kind.h"
#include "client/client.h"
#include "ctl/command.h"
#include "ctl/remote.h"
#include "ctl/standing.h"
#include "ctl/tend.h"
#include "render/table.h"

enum { CELL = 256 };

static long long whole(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

/* "2018-02-01T09:03:11+08:00" -> "2018-02-01 09:03"; "-" for null. */
static const char *moment(const json_t *object, const char *key, char buf[CELL])
{
    const char *stamp = remote_text(object, key);
    if (strlen(stamp) >= 16)
        snprintf(buf, CELL, "%.10s %.5s", stamp, stamp + 11);
    else
        snprintf(buf, CELL, "-");
    return buf;
}

/* ---- status ------------------------------------------------------------------------------- */

static void print_sources_line(const json_t *sources)
{
    const json_t *item;
    size_t i;
    char next[CELL], since[CELL];
    printf("sources    %lld ok   %lld failing   %lld waiting\n", whole(sources, "ok"),
           whole(sources, "failing"), whole(sources, "waiting"));
    json_array_foreach(json_object_get(sources, "failures"), i, item)
        printf("           %s: %s since %s, next try %s\n", remote_text(item, "name"),
               remote_text(item, "error"), moment(item, "since", since),
               moment(item, "next", next));
}

static void print_scripts_line(const json_t *lua)
{
    printf("lua        %lld indicators   %lld broken verdicts%s\n",
           whole(lua, "indicators"), whole(lua, "broken"),
           json_is_true(json_object_get(lua, "behind")) ? "   some rounds wait for them"
                                                        : "");
    if (*remote_text(lua, "error"))
        printf("           cannot run: %s\n", remote_text(lua, "error"));
}

/* Nothing while it is right. */
static void print_clock_line(const json_t *clock)
{
    const json_t *plausible = json_object_get(clock, "plausible");
    if (json_is_false(plausible))
        puts("clock      wrong: it shows a time before the program was built; nothing is "
             "recorded until it is right");
    else if (whole(clock, "behind_s"))
        printf("clock      set back: %lld s behind the newest record\n",
               whole(clock, "behind_s"));
}

/* Nothing while it can be written. */
static void print_store_line(const json_t *store)
{
    char since[CELL];
    if (json_is_false(json_object_get(store, "writable")))
        printf("store      cannot be written since %s: %s\n",
               moment(store, "since", since), remote_text(store, "error"));
}

/* Slips always, of the others those that there are: "data overdue 1". */
static void print_alerts_line(const json_t *alerts)
{
    const json_t *slip = json_object_get(alerts, "slip");
    printf("alerts     slip %lld (%lld new, %lld stale)", whole(slip, "open"),
           whole(slip, "new"), whole(slip, "stale"));
    for (int i = KIND_SLIP + 1; i < ALERT_KINDS; i++) {
        char name[CELL];
        const char *id = alert_kind_info((enum alert_kind)i)->id;
        const json_t *kind = json_object_get(alerts, id);
        if (!whole(kind, "open"))
            continue;
        snprintf(name, sizeof name, "%s", id);
        for (char *p = name; *p; p++)
            *p = *p == '_' ? ' ' : *p;
        printf("   %s %lld", name, whole(kind, "open"));
        if (whole(kind, "new"))
            printf(" (%lld new)", whole(kind, "new"));
    }
    putchar('\n');
}

static void print_status(const json_t *s)
{
    char buf[CELL];
    const json_t *config = json_object_get(s, "config");
    const json_t *counties = json_object_get(s, "counties");
    const json_t *sent = json_object_get(s, "deliveries");
    const char *error = remote_text(config, "error");
    long long up = whole(s, "uptime_s");
    printf("junhengd %s  up %lldd %02lld:%02lld  config %s (%s, loaded %s)\n",
           remote_text(s, "version"), up / 86400, up / 3600 % 24, up / 60 % 60,
           remote_text(config, "file"), *error ? "the last reload was refused" : "ok",
           moment(config, "loaded_at", buf));
    if (*error)
        printf("           %s\n", error);
    print_sources_line(json_object_get(s, "sources"));
    printf("counties   %lld   pass %lld   fail %lld   unknown %lld",
           whole(counties, "total"), whole(counties, "pass"), whole(counties, "fail"),
           whole(counties, "unknown"));
    if (whole(counties, "behind"))
        printf("   %lld of them behind: not in the newest round",
               whole(counties, "behind"));
    putchar('\n');
    print_alerts_line(json_object_get(s, "alerts"));
    if (whole(json_object_get(s, "silences"), "in_force"))
        printf("silences   %lld in force, %lld messages kept back\n",
               whole(json_object_get(s, "silences"), "in_force"),
               whole(json_object_get(s, "silences"), "withheld"));
    if (whole(json_object_get(s, "reviews"), "waiting"))
        printf("reviews    %lld submissions wait (see junhengctl review)\n",
               whole(json_object_get(s, "reviews"), "waiting"));
    if (whole(json_object_get(s, "findings"), "blocking"))
        printf("findings   %lld block (see junhengctl findings list)\n",
               whole(json_object_get(s, "findings"), "blocking"));
    printf("deliveries %lld queued   %lld dead",
           whole(sent, "queued") + whole(sent, "waiting"), whole(sent, "dead"));
    if (*remote_text(sent, "last_at"))
        printf("   last sent %s to %s (%s)", moment(sent, "last_at", buf),
               remote_text(sent, "last_office"), remote_text(sent, "last_channel"));
    putchar('\n');
    print_scripts_line(json_object_get(s, "lua"));
    print_clock_line(json_object_get(s, "clock"));
    print_store_line(json_object_get(s, "store"));
}

/* ---- lists --------------------------------------------------------------------------------------- */

/* "2052, 2025-10": the rounds that a person took back. */
static const char *retracted_rounds(const json_t *source, char buf[CELL])
{
    const json_t *item;
    size_t i, len = 0;
    buf[0] = '\0';
    json_array_foreach(json_object_get(source, "retracted"), i, item)
    {
        bool returned = json_is_true(json_object_get(item, "returned"));
        int n = snprintf(buf + len, CELL - len, "%s%s%s", i ? ", " : "",
                         remote_text(item, "round"), returned ? " (returned)" : "");
        len += n > 0 && (size_t)n < CELL - len ? (size_t)n : 0;
    }
    return buf;
}

static void print_sources(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_LEFT,  TABLE_LEFT,
                                             TABLE_LEFT, TABLE_RIGHT, TABLE_RIGHT,
                                             TABLE_LEFT, TABLE_LEFT};
    struct table *t = table_new(8, ALIGN);
    const json_t *s;
    size_t i;
    table_row(t, (const char *[]){"SOURCE", "STATE", "LAST OK", "NEXT", "POLLS",
                                  "FAILURES", "RETRACTED", "ERROR"});
    json_array_foreach(list, i, s)
    {
        char ok[CELL], next[CELL], polls[CELL], failures[CELL], back[CELL];
        table_row(t,
                  (const char *[]){remote_text(s, "name"), remote_text(s, "state"),
                                   moment(s, "last_ok", ok), moment(s, "next", next),
                                   remote_number(s, "polls", polls, CELL),
                                   remote_number(s, "failures", failures, CELL),
                                   retracted_rounds(s, back), remote_text(s, "error")});
    }
    remote_print_table(t);
}

/* A verdict of an older round says so itself: nobody shall take it for one of the new. */
static const char *verdict_of(const json_t *v, char buf[CELL])
{
    bool behind = json_is_true(json_object_get(v, "behind"));
    snprintf(buf, CELL, "%s%s%s%s", remote_text(v, "verdict"), behind ? " (of " : "",
             behind ? remote_text(v, "round") : "", behind ? ")" : "");
    return buf;
}

static const char *data_of(const json_t *v, char buf[CELL])
{
    bool waits = strcmp(remote_text(v, "review"), "submitted") == 0;
    snprintf(buf, CELL, "%s%s",
             json_is_true(json_object_get(v, "complete")) ? "complete" : "incomplete",
             waits ? ", not reviewed" : "");
    return buf;
}

static void print_county(struct table *t, const json_t *county, const json_t *v)
{
    char verdict[CELL], data[CELL];
    const char *standing = remote_text(json_object_get(v, "standing"), "state");
    bool certified = json_is_true(json_object_get(v, "certified"));
    bool behind = json_is_true(json_object_get(v, "behind"));
    table_row(t, (const char *[]){remote_text(county, "code"),
                                  remote_text(county, "name"), remote_text(v, "standard"),
                                  remote_text(v, "round"), remote_text(v, "newest_round"),
                                  behind ? "BEHIND" : "", verdict_of(v, verdict),
                                  data_of(v, data), certified ? "yes" : "no", standing});
}

static void print_counties(const json_t *list)
{
    static const enum table_align ALIGN[] = {
        TABLE_LEFT, TABLE_LEFT, TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
        TABLE_LEFT, TABLE_LEFT, TABLE_LEFT, TABLE_LEFT, TABLE_LEFT};
    struct table *t = table_new(10, ALIGN);
    const json_t *county, *v;
    size_t i, k;
    table_row(t, (const char *[]){"CODE", "COUNTY", "STANDARD", "ROUND", "NEWEST", "",
                                  "VERDICT", "DATA", "CERTIFIED", "STANDING"});
    json_array_foreach(list, i, county)
    {
        json_array_foreach(json_object_get(county, "standards"), k, v)
            print_county(t, county, v);
    }
    remote_print_table(t);
}

/* Under which code it was judged: told where the county had more than one. */
static bool has_moved(const json_t *list)
{
    const json_t *first = json_array_get(list, 0), *v;
    size_t i;
    json_array_foreach(list, i, v)
    {
        if (strcmp(remote_text(v, "county"), remote_text(first, "county")) != 0)
            return true;
    }
    return false;
}

static void print_history(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT,  TABLE_LEFT,  TABLE_LEFT,
                                             TABLE_LEFT,  TABLE_RIGHT, TABLE_LEFT,
                                             TABLE_RIGHT, TABLE_LEFT};
    size_t skip = has_moved(list) ? 0 : 1; /* the column of codes */
    struct table *t = table_new(8 - skip, ALIGN + skip);
    const json_t *v;
    size_t i;
    table_row(t, (const char *[]){"COUNTY", "ROUND", "STANDARD", "STAGE", "REVISION",
                                  "VERDICT", "COMPOSITE", "EVALUATED"} +
                     skip);
    json_array_foreach(list, i, v)
    {
        char revision[CELL], composite[CELL], at[CELL], outcome[CELL];
        bool retracted = json_is_true(json_object_get(v, "retracted"));
        snprintf(outcome, sizeof outcome, "%s%s", remote_text(v, "verdict"),
                 retracted ? " (retracted)" : "");
        table_row(t,
                  (const char *[]){remote_text(v, "county"), remote_text(v, "round"),
                                   remote_text(v, "standard"), remote_text(v, "stage"),
                                   remote_number(v, "revision", revision, CELL), outcome,
                                   remote_number(v, "composite", composite, CELL),
                                   moment(v, "at", at)} +
                      skip);
    }
    remote_print_table(t);
}

static void print_alerts(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT};
    struct table *t = table_new(8, ALIGN);
    const json_t *a;
    size_t i;
    if (!json_array_size(list))
        puts("no alerts");
    else
        table_row(t, (const char *[]){"ID", "KIND", "SEVERITY", "STATE", "CODE", "COUNTY",
                                      "STANDARD", "SINCE"});
    json_array_foreach(list, i, a)
    {
        char state[CELL];
        const json_t *county = json_object_get(a, "county");
        const char *code = remote_text(county, "code");
        bool stale = json_is_true(json_object_get(a, "stale"));
        snprintf(state, sizeof state, "%s%s", remote_text(a, "state"),
                 stale ? " (stale)" : "");
        table_row(t, (const char *[]){remote_text(a, "id"), remote_text(a, "kind"),
                                      remote_text(a, "severity"), state,
                                      *code ? code : remote_text(a, "subject"),
                                      remote_text(county, "name"),
                                      remote_text(a, "standard"),
                                      remote_text(a, "since_round")});
    }
    remote_print_table(t);
}

/* Who has it in hand, and what was said. */
static void print_people(const json_t *a)
{
    const json_t *ack = json_object_get(a, "acknowledged"), *c,
                 *given = json_object_get(a, "assigned");
    char at[CELL];
    size_t i;
    if (json_is_object(ack))
        printf("acknowledged by %s%s%s until %s: %s%s%s\n", remote_text(ack, "by"),
               *remote_text(ack, "unit") ? ", " : "", remote_text(ack, "unit"),
               moment(ack, "expires", at), remote_text(ack, "reason"),
               *remote_text(ack, "plan") ? "; plan: " : "", remote_text(ack, "plan"));
    if (json_is_object(given))
        printf("assigned to %s by %s\n", remote_text(given, "to"),
               remote_text(given, "by"));
    json_array_foreach(json_object_get(a, "comments"), i, c)
        printf("      %s  %s: %s\n", moment(c, "at", at), remote_text(c, "by"),
               remote_text(c, "text"));
}

static void print_alert(const json_t *a)
{
    const json_t *t;
    size_t i;
    printf("%s\n", remote_text(a, "text"));
    json_array_foreach(json_object_get(a, "transitions"), i, t)
    {
        char at[CELL];
        const char *cause = remote_text(t, "cause");
        printf("%4lld  %s  %s -> %s  round %s%s%s\n", whole(t, "n"), moment(t, "at", at),
               remote_text(t, "from"), remote_text(t, "to"), remote_text(t, "round"),
               *cause ? "  " : "", cause);
    }
    standing_print_line(json_object_get(a, "standing"));
    print_people(a);
}

static void print_deliveries(const json_t *list)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT, TABLE_RIGHT,
                                             TABLE_LEFT};
    struct table *t = table_new(7, ALIGN);
    const json_t *m;
    size_t i;
    table_row(t, (const char *[]){"KEY", "OFFICE", "CHANNEL", "STATE", "SINCE",
                                  "ATTEMPTS", "SUBJECT"});
    json_array_foreach(list, i, m)
    {
        char key[CELL], at[CELL], attempts[CELL], state[CELL], until[CELL];
        const char *is = remote_text(m, "state");
        snprintf(key, sizeof key, "%.12s", remote_text(m, "key"));
        snprintf(state, sizeof state, "%s", is);
        if (!strcmp(is, "waiting"))
            snprintf(state, sizeof state, "waits until %s", moment(m, "next_at", until));
        table_row(t, (const char *[]){key, remote_text(m, "office"),
                                      remote_text(m, "channel"), state,
                                      moment(m, "created_at", at),
                                      remote_number(m, "attempts", attempts, CELL),
                                      remote_text(m, "subject")});
    }
    remote_print_table(t);
}

/* ---- commands ----------------------------------------------------------------------------------- */

static int show(struct remote *r, const char *path, void (*print)(const json_t *data))
{
    json_t *data;
    int rc = remote_get(r, path, &data);
    return rc ? rc : remote_show(r, data, print);
}

/* A command without arguments of its own. */
static int simple(int argc, char **argv, const char *path,
                  void (*print)(const json_t *data))
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    if (argc != 1)
        return command_usage(argv[0], "unexpected argument");
    return show(&r, path, print);
}

int watch_status(int argc, char **argv)
{
    return simple(argc, argv, "/api/v1/status", print_status);
}

int watch_sources(int argc, char **argv)
{
    return simple(argc, argv, "/api/v1/sources", print_sources);
}

int watch_deliveries(int argc, char **argv)
{
    return simple(argc, argv, "/api/v1/deliveries", print_deliveries);
}

/* path + segment or query value, escaped. */
static int show_with(struct remote *r, const char *before, const char *value,
                     const char *after, void (*print)(const json_t *data))
{
    char path[1024];
    char *escaped = client_escape(value);
    int n = escaped ? snprintf(path, sizeof path, "%s%s%s", before, escaped, after) : -1;
    free(escaped);
    return n > 0 && (size_t)n < sizeof path
               ? show(r, path, print)
               : command_usage("show", "\"%s\" is too long", value);
}

int watch_counties(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    const char *verdict = argc > 0 ? remote_take(&argc, argv, "--verdict") : NULL;
    if (argc != 1)
        return command_usage("counties", "unexpected argument");
    if (verdict)
        return show_with(&r, "/api/v1/counties?verdict=", verdict,
                         r.json ? "&items=1" : "", print_counties);
    return show(&r, r.json ? "/api/v1/counties?items=1" : "/api/v1/counties",
                print_counties);
}

int watch_history(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    if (argc != 2)
        return command_usage("history", "expected one county code");
    return show_with(&r, "/api/v1/counties/", argv[1], "/history", print_history);
}

/* What is asked for as a query: --kind data_overdue --state open. */
static int alerts_path(int *argc, char **argv, char *path, size_t size)
{
    static const char *const ASKED[] = {"state", "kind", "severity", "standard",
                                        "subject"};
    for (size_t i = 0; i < sizeof ASKED / sizeof *ASKED; i++) {
        char option[32];
        size_t at = strlen(path);
        snprintf(option, sizeof option, "--%s", ASKED[i]);
        const char *value = remote_take(argc, argv, option);
        if (value && i == 1 && alert_kind_of(value) < 0)
            return command_usage("alerts", "--kind: there is no kind \"%s\"", value);
        char *escaped = value ? client_escape(value) : NULL;
        int n = escaped ? snprintf(path + at, size - at, "%c%s=%s",
                                   strchr(path, '?') ? '&' : '?', ASKED[i], escaped)
                        : 0;
        free(escaped);
        if (n < 0 || (size_t)n >= size - at)
            return command_usage("alerts", "\"%s\" is too long", value);
    }
    return 0;
}

int watch_alerts(int argc, char **argv)
{
    struct remote r = {0};
    argc = remote_options(&r, argc, argv);
    if (argc >= 3 && tend_is(argv[1]))
        return tend_command(&r, argc, argv);
    char path[1024] = "/api/v1/alerts";
    int rc = argc > 0 ? alerts_path(&argc, argv, path, sizeof path) : 0;
    if (rc)
        return rc;
    if (argc == 3 && strcmp(argv[1], "show") == 0)
        return show_with(&r, "/api/v1/alerts/", argv[2], "", print_alert);
    if (argc == 1 || (argc == 2 && strcmp(argv[1], "list") == 0))
        return show(&r, path, print_alerts);
    return command_usage("alerts",
                         "expected list, or show, ack, assign, comment and an id");
}
