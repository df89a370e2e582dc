/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration is accepted whole or refused with every mistake at its place: what is
 * accepted and fails later is a county nobody watches. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/config.h"
#include "conf/option.h"
#include "conf/said.h"

/* ---- plugins as the loader would give them ---------------------------------------------- */

struct web_conf {
    const char *url, *ca_file;
    bool fast;
};

static const struct jh_option WEB[] = {
    {"url", JH_STRING, offsetof(struct web_conf, url), NULL, 0, 0, NULL, true, "what"},
    {"ca_file", JH_STRING, offsetof(struct web_conf, ca_file), NULL, 0, 0, NULL, false,
     "ca"},
    {"fast", JH_BOOL, offsetof(struct web_conf, fast), "true", 0, 0, NULL, false, "fast"},
    {0}};

static int web_check(const void *conf, struct jh_err *err)
{
    const struct web_conf *web = conf;
    if (!strncmp(web->url, "http", 4))
        return 0;
    err->code = JH_EINVAL;
    strncpy(err->text, "url: must begin with http", sizeof err->text - 1);
    return JH_EINVAL;
}

struct csv_conf {
    int64_t skip;
};

static const struct jh_option CSV[] = {
    {"skip", JH_INT, offsetof(struct csv_conf, skip), "0", 0, 9, NULL, false, "rows"},
    {0}};

struct spool_conf {
    const char *path;
};

static const struct jh_option SPOOL[] = {{"path", JH_STRING,
                                          offsetof(struct spool_conf, path), NULL, 0, 0,
                                          NULL, true, "folder"},
                                         {0}};

static const struct jh_plugin PLUGINS[] = {
    {.kind = JH_SOURCE,
     .name = "web",
     .options = WEB,
     .conf_size = sizeof(struct web_conf),
     .check = web_check},
    {.kind = JH_FORMAT,
     .name = "csv",
     .version = "1",
     .options = CSV,
     .conf_size = sizeof(struct csv_conf)},
    {.kind = JH_NOTIFIER,
     .name = "spool",
     .options = SPOOL,
     .conf_size = sizeof(struct spool_conf)},
};

static const struct jh_plugin *find(void *arg, enum jh_kind kind, const char *name,
                                    struct jh_err *err)
{
    (void)arg;
    for (size_t i = 0; i < sizeof PLUGINS / sizeof *PLUGINS; i++)
        if (PLUGINS[i].kind == (uint32_t)kind && !strcmp(PLUGINS[i].name, name))
            return &PLUGINS[i];
    err_set(err, JH_ENOENT, "there is no plugin \"%s\"", name);
    return NULL;
}

/* ---- a folder for files ------------------------------------------------------------------ */

struct place {
    char dir[32], file[64], csv[64];
    struct arena *arena;
};

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        bail(path);
    fputs(text, file);
    fclose(file);
}

/* What was said, with the folder left out. */
static const char *words(const struct place *place, const struct errs *errs)
{
    const char *all = said(errs, place->arena);
    char *out = arena_alloc(place->arena, strlen(all) + 1);
    size_t n = 0, len = strlen(place->dir);
    while (*all) {
        if (!strncmp(all, place->dir, len) && all[len] == '/')
            all += len + 1;
        else
            out[n++] = *all++;
    }
    return out;
}

static const struct config *load(const struct place *place, const char *text,
                                 const char **ret_said)
{
    static const struct config_plugins FINDER = {.find = find};
    struct errs errs;
    errs_init(&errs, 100);
    write_file(place->file, text);
    const struct config *config = config_load(place->file, &FINDER, &errs);
    *ret_said = words(place, &errs);
    errs_done(&errs);
    return config;
}

/* ---- what is refused --------------------------------------------------------------------- */

#define CH "channels: [{name: spool, plugin: spool, path: out}]\n"
#define OF "offices: [{id: p, level: province, channels: [spool]}]\n"
#define TOLD CH OF
#define SRC(text) TOLD "sources: [{name: a, plugin: web, url: \"http://x/\", " text "}]\n"
#define ROUTE(text) TOLD "routes: [" text "]\n"

struct bad {
    const char *text, *want;
};

static const struct bad BAD[] = {
    {TOLD "stat_dir: x\n",
     "c.yaml:3:1: unknown key \"stat_dir\" (did you mean \"state_dir\"?)"},
    {TOLD "timezone: UTC\n",
     "c.yaml:3:11: timezone: expected Asia/Shanghai, got \"UTC\""},
    {TOLD "alerts: {warning: {regions: {\"34\": {margin: x}}}}\n",
     "c.yaml:3:45: alerts.warning.regions.34.margin: expected a decimal such as 0.03, got "
     "\"x\""},
    {TOLD "alerts: {data_overdue: {standards: {none: {enabled: false}}}}\n",
     "c.yaml:3:37: alerts.data_overdue.standards.none: no standard in use has this id"},
    {TOLD "alerts: {data_quality: {min_severity: loud}, operators: [q]}\n",
     "c.yaml:3:39: alerts.data_quality.min_severity: expected notice or warning, got "
     "\"loud\"\n"
     "c.yaml:3:58: alerts.operators[0]: there is no office \"q\""},
    {TOLD "alerts: {source_failed: {after: soon, polls: 0}}\n",
     "c.yaml:3:33: alerts.source_failed.after: expected a duration such as 30s, 5m, 6h, "
     "got \"soon\"\n"
     "c.yaml:3:46: alerts.source_failed.polls: expected 1 to 1000000, got \"0\""},
    {TOLD "alerts: {local: {severity: grave}}\n",
     "c.yaml:3:28: alerts.local.severity: expected script, notice, warning or critical, got "
     "\"grave\""},
    {SRC("owner: nobody"), "c.yaml:3: source a: owner: there is no office \"nobody\""},
    {TOLD "alerts: {slip: {recovery: 0.02}}\n",
     "c.yaml:3:27: alerts.slip.recovery: only 0 is supported yet"},
    {TOLD "alerts: {slip: {for: 0}}\n",
     "c.yaml:3:22: alerts.slip.for: expected 1 to 10, got \"0\""},
    {TOLD "alerts: {group_wait: 2h}\n",
     "c.yaml:3:22: alerts.group_wait: expected 0s to 1h, got \"2h\""},
    {TOLD "http: {listen: 8420}\n",
     "c.yaml:3:16: http.listen: expected an address and a port such as 127.0.0.1:8420, got "
     "\"8420\""},
    {TOLD "http: {listen: \"127.0.0.1:84200\"}\n",
     "c.yaml:3:16: http.listen: expected an address and a port such as 127.0.0.1:8420, got "
     "\"127.0.0.1:84200\""},
    {TOLD "log: {level: loud, format: xml}\n",
     "c.yaml:3:14: log.level: expected debug, info, warn or error, got \"loud\"\n"
     "c.yaml:3:28: log.format: expected text or json, got \"xml\""},
    {TOLD "checks: {tenfould: block}\n",
     "c.yaml:3:10: checks: unknown key \"tenfould\" (did you mean \"tenfold\"?)"},
    {TOLD "checks: {tenfold: refuse}\n",
     "c.yaml:3:19: checks.tenfold: expected report, block or off, got \"refuse\""},
    {TOLD "log: text\n", "c.yaml:3:6: log: expected a map, got text"},
    {TOLD "standards: {use: [basic-2021]}\n",
     "c.yaml:3:19: standards.use[0]: no standard \"basic-2021\" (did you mean "
     "\"basic-2012\"?)"},
    {TOLD "standards: {use: []}\n", "c.yaml:3:18: standards.use: nothing to judge by"},
    {TOLD "standards: {use: [basic-2012, basic-2012]}\n",
     "c.yaml:3:31: standards.use[1]: \"basic-2012\" is there twice"},
    {TOLD "standards: {use: [own.yaml]}\n",
     "c.yaml:3:19: standards.use[0]: own.yaml: No such file or directory"},
    {TOLD "lua: {wall: 5, memory: 1KiB}\n",
     "c.yaml:3:13: lua.wall: expected a duration such as 30s, 5m, 6h, got \"5\"\n"
     "c.yaml:3:24: lua.memory: expected 1MiB to 1GiB, got \"1KiB\""},
    {TOLD "lua: {params: {gap: 0.4}}\n",
     "c.yaml:3:21: lua.params.gap: expected a map, got \"0.4\""},
    {TOLD "divisions: none.csv\n",
     "c.yaml:3:12: divisions: none.csv: No such file or directory"},
    {TOLD "sources: {name: a}\n", "c.yaml:3:10: sources: expected a list, got a map"},
    {TOLD "sources: [{name: a}]\n", "c.yaml:3:11: sources[0]: \"plugin\" is missing"},
    {TOLD "sources: [a]\n", "c.yaml:3:11: sources[0]: expected a map, got text"},
    {TOLD "sources: [{name: a, plugin: ftp, whatever: 1}]\n",
     "c.yaml:3:29: sources[0].plugin: there is no plugin \"ftp\""},
    {TOLD "sources: [{name: a, plugin: web}]\n",
     "c.yaml:3:11: sources[0]: \"url\" is missing"},
    {TOLD "sources: [{name: a, plugin: web, url: \"ftp://x\"}]\n",
     "c.yaml:3:11: sources[0]: url: must begin with http"},
    {SRC("interval: 60x"),
     "c.yaml:3:62: sources[0].interval: expected a duration such as "
     "30s, 5m, 6h, got \"60x\""},
    {SRC("interval: 99999999999s"),
     "c.yaml:3:62: sources[0].interval: expected 100ms to 31d, got \"99999999999s\""},
    {SRC("formt: csv"),
     "c.yaml:3:52: sources[0]: unknown key \"formt\" (did you mean \"format\"?)"},
    {SRC("urll: x"),
     "c.yaml:3:52: sources[0]: unknown key \"urll\" (did you mean \"url\"?)"},
    {SRC("format: xlsx"), "c.yaml:3:60: sources[0].format: there is no plugin \"xlsx\""},
    {SRC("format_options: {skip: 10}"),
     "c.yaml:3:75: sources[0].format_options.skip: expected 0 to 9, got \"10\""},
    {SRC("format_options: {skp: 1}"),
     "c.yaml:3:69: sources[0].format_options: unknown key "
     "\"skp\" (did you mean \"skip\"?)"},
    {SRC("holds: city"),
     "c.yaml:3:59: sources[0].holds: expected school or county, got \"city\""},
    {SRC("holds: county, part: one"),
     "c.yaml:3:73: sources[0].part: is of schools only: no round waits for county data "
     "(holds: county); remove it"},
    {SRC("covers: [\"99\"], holds: county"),
     "c.yaml:3:60: sources[0].covers: is of schools only: no round waits for county data "
     "(holds: county); remove it"},
    {SRC("holds: county, columns: {vale: x}"),
     "c.yaml:3:77: sources[0].columns: unknown field \"vale\" of county data (did you mean "
     "\"value\"?)"},
    {SRC("holds: county, columns: {value: {column: x, add: 1}}"),
     "c.yaml:3:101: sources[0].columns.value.add: is not for county data, whose rows say "
     "their unit"},
    {SRC("holds: county, columns: {value: [x, y]}"),
     "c.yaml:3:84: sources[0].columns.value: a column of county data is one header"},
    {SRC("holds: county, defaults: {kind: primary}"),
     "c.yaml:3:78: sources[0].defaults: unknown field \"kind\" of county data"},
    {SRC("review: perhaps"),
     "c.yaml:3:60: sources[0].review: expected none or required, got \"perhaps\""},
    {SRC("max_bytes: 64MB"),
     "c.yaml:3:63: sources[0].max_bytes: expected a size such as 4096, "
     "64KiB, 256MiB, got \"64MB\""},
    {SRC("backoff_max: 1h"),
     "c.yaml:3:65: sources[0].backoff_max: shorter than interval"},
    {SRC("covers: []"),
     "c.yaml:3:60: sources[0].covers: an empty list: leave it out for all"},
    {SRC("allow: [10.0.0.0/8, 10.0.0.1/8], deny: [x]"),
     "c.yaml:3:72: sources[0].allow[1]: \"10.0.0.1/8\" has bits behind its /8: is it a typing "
     "error?\n"
     "c.yaml:3:92: sources[0].deny[0]: expected a network such as 10.0.0.0/8 or fd00::/8, or "
     "one address, got \"x\""},
    {TOLD "addresses: {allow: []}\n",
     "c.yaml:3:20: addresses.allow: an empty list: leave it out"},
    {SRC("covers: \"34\""), "c.yaml:3:60: sources[0].covers: expected a list, got text"},
    {SRC("due: {month: 2, day: 30}"),
     "c.yaml:3:73: sources[0].due.day: month 2 has 28 days"},
    {SRC("due: {month: 13}"),
     "c.yaml:3:65: sources[0].due.month: expected 1 to 12, got \"13\"\n"
     "c.yaml:3:57: sources[0].due: \"day\" is missing"},
    {SRC("round: x"),
     "c.yaml:3:59: sources[0].round: expected a round such as 2025 or 2025-10, "
     "or {from, match}, got \"x\""},
    {SRC("round: {from: path, match: '(\\d+'}"),
     "c.yaml:3:79: sources[0].round.match: missing closing parenthesis (at byte 5)"},
    {SRC("round: {from: name, match: x}"),
     "c.yaml:3:66: sources[0].round.from: expected url or path, got \"name\""},
    {SRC("columns: {pupils_primry: x}"),
     "c.yaml:3:62: sources[0].columns: unknown field \"pupils_primry\" (did you mean "
     "\"pupils_primary\"?)"},
    {SRC("profile: nobody"), "c.yaml:3:61: sources[0].profile: there is no \"nobody\""},
    {SRC("name: b"), "c.yaml:3:52: \"name\" is there twice: first on line 3"},
    {TOLD
     "sources:\n- {name: a, plugin: web, url: http}\n- {name: a, plugin: web, url: http}\n",
     "c.yaml:5:10: sources[1].name: \"a\" is a name already: first in c.yaml:4"},
    {TOLD "sources: [{name: a b, plugin: web, url: http}]\n",
     "c.yaml:3:18: sources[0].name: expected at most 64 bytes without blanks, slashes and "
     "quotes, got \"a b\""},
    {TOLD "profiles: {m: {columns: [x]}}\n",
     "c.yaml:3:25: profiles.m.columns: expected a map, got a list"},
    {TOLD "profiles: {m: {name: x}}\n",
     "c.yaml:3:16: profiles.m: \"name\" belongs to a source"},
    {TOLD "profiles: {m: {interval: 1x}}\nsources:\n"
          "- {name: a, plugin: web, url: http, profile: m}\n"
          "- {name: b, plugin: web, url: http, profile: m}\n",
     "c.yaml:3:26: sources[0].interval: expected a duration such as 30s, 5m, 6h, got \"1x\""},
    {OF "channels: [{name: spool, plugin: spool}]\n",
     "c.yaml:2:12: channels[0]: \"path\" is missing"},
    {OF "channels: [{name: spool, plugin: mail}]\n",
     "c.yaml:2:34: channels[0].plugin: there is no plugin \"mail\""},
    {OF "channels: [{name: spool, plugin: spool, path: x, retry_min: 2h}]\n",
     "c.yaml:2:12: channels[0]: retry_max is shorter than retry_min"},
    {CH "offices: [{id: p, level: province, channels: [spol]}]\n",
     "c.yaml:2:47: offices[0].channels[0]: there is no channel \"spol\" (did you mean "
     "\"spool\"?)\nwarning: c.yaml:1:12: channels[0]: no office uses it"},
    {CH "offices: [{id: p, level: province}]\n",
     "c.yaml:2:11: offices[0]: \"channels\" is missing\n"
     "warning: c.yaml:1:12: channels[0]: no office uses it"},
    {CH "offices: [{id: p, level: province, channels: []}]\n",
     "c.yaml:2:46: offices[0].channels: an office without a channel is never told\n"
     "warning: c.yaml:1:12: channels[0]: no office uses it"},
    {CH "offices: [{id: p, level: state, channels: [spool]}]\n",
     "c.yaml:2:26: offices[0].level: expected county, city, province or nation, got \"state\""},
    {CH "offices: [{id: city, level: province, channels: [spool]}]\n",
     "c.yaml:2:16: offices[0].id: \"city\" is the name of another level: routes could not tell "
     "them apart"},
    {ROUTE("{to: [q]}"),
     "c.yaml:3:16: routes[0].to[0]: \"q\" is neither a level nor an office"},
    {ROUTE("{to: []}"), "c.yaml:3:15: routes[0].to: an empty list"},
    {ROUTE("{match: {kind: slip}}"), "c.yaml:3:10: routes[0]: \"to\" is missing"},
    {ROUTE("{match: {kind: slid}, to: [p]}"),
     "c.yaml:3:25: routes[0].match.kind: expected any, slip, warning, decline, duty, local, "
     "data_overdue, data_quality, source_failed, script_broken or delivery_dead, got \"slid\""},
    {ROUTE("{match: {standard: basic-2013}, to: [p]}"),
     "c.yaml:3:29: routes[0].match.standard: \"basic-2013\" is not among standards.use (did "
     "you mean \"basic-2012\"?)"},
    {"control_socket: /a23456789/b23456789/c23456789/d23456789/e23456789/f23456789/g23456789/"
     "h23456789/i23456789/j23456789/k2345678\n" TOLD,
     "c.yaml:1:17: control_socket: longer than the 107 bytes a socket's path may have: "
     "/a23456789/b23456789/c23456789/d23456789/e23456789/f23456789/g23456789/h23456789/"
     "i23456789/j23456789/k2345678"},
};

/* Right, and yet told. */
static const struct bad WARNED[] = {
    {TOLD "http: {listen: \"0.0.0.0:8420\"}\n",
     "warning: c.yaml:3:16: http.listen: \"0.0.0.0:8420\" is not a loopback address: whoever "
     "reaches it reads everything"},
    {TOLD "standards: {use: [quality-2017]}\n",
     "warning: c.yaml:3:19: standards.use: quality-2017 implies basic-2012, which is not in "
     "use: its counties are not watched for that"},
    {"", "warning: c.yaml:1:1: no offices: nobody is told of any alert"},
    {ROUTE("{to: [nation]}"),
     "warning: c.yaml:3:16: routes[0].to[0]: there is no office at the level nation or above"},
    {ROUTE("{match: {kind: slip, severity: notice}, to: [city]}"),
     "warning: c.yaml:3:18: routes[0].match: matches nothing: a slip is never notice"},
};

static void check_bad(const struct place *place, const struct bad *bad, bool refused)
{
    const char *got;
    const struct config *config = load(place, bad->text, &got);
    is_str(got, bad->want,
           arena_fmt(place->arena, "%.*s", (int)strcspn(bad->want, "\n"), bad->want));
    ok(!config == refused, "%s", refused ? "refused" : "accepted");
    config_unref(config);
}

/* ---- divisions --------------------------------------------------------------------------- */

static const struct bad DIVISIONS[] = {
    {"code,name,parent\n34,P,\n34,Q,\n",
     "d.csv:3:1: code \"34\" is there twice: first on line 2"},
    {"code,name,parent\n34,P,3\n",
     "d.csv:2:6: no division has the code of its parent, \"3\""},
    {"code,name,parent\n1,A,2\n2,B,1\n",
     "d.csv:2:1: it lies in itself: its parents lead back to \"1\"\n"
     "d.csv:3:1: it lies in itself: its parents lead back to \"2\""},
    {"code,name,parent\n1,A,1\n",
     "d.csv:2:1: it lies in itself: its parents lead back to \"1\""},
    {"code,nmae\n", "d.csv:1:6: unknown column \"nmae\" (did you mean \"name\"?)"},
    {"code,code\n", "d.csv:1:6: a column is there twice: \"code\""},
    {"name\nx\n", "d.csv:1: the first row must name the columns code and name"},
    {"", "d.csv:1: the first row must name the columns code and name"},
    {"code,name\n,A\n", "d.csv:2:1: no code"},
    {"code,name\n1,\"A\n", "d.csv:2:3: a quote that is not closed"},
    {"code,name,stages\n1,A,primary;senior\n",
     "d.csv:2:5: expected stages (primary, junior), got \"primary;senior\""},
    {"code,name,own_owners\n1,A,5 11\n",
     "d.csv:2:5: expected owners (1 to 10), got \"5 11\""},
    {"code,name\n1,\xff\n",
     "c.yaml:3:12: divisions: d.csv: not UTF-8: save the file as UTF-8"},
};

static void check_divisions(const struct place *place)
{
    const char *got;
    for (size_t i = 0; i < sizeof DIVISIONS / sizeof *DIVISIONS; i++) {
        write_file(place->csv, DIVISIONS[i].text);
        ok(!load(place, TOLD "divisions: d.csv\n", &got), "divisions %zu", i);
        is_str(got, DIVISIONS[i].want, "told");
    }
    write_file(place->csv, "\xEF\xBB\xBF"
                           "code,name,parent,stages,own_owners\r\n"
                           "34,\"P, \"\"x\"\"\",,,\r\n3401,City,34\r\n\r\n"
                           "340103,Luyang,3401,primary,\"5 ; 7\"\r\nKFQ,Zone,34,,\r\n");
    const struct config *c = load(place, TOLD "divisions: d.csv\n", &got);
    is_str(got, "", "a good divisions file");
    if (!c)
        bail(got);
    const struct division *d = config_division(c, "340103");
    ok(d && !strcmp(d->name, "Luyang") && d->stage_bits == 1u << STAGE_PRIMARY &&
           d->owner_bits == (1u << 5 | 1u << 7),
       "a county with what is particular about it");
    ok(config_division(c, "KFQ")->owner_bits == 0, "and one without");
    is_str(config_division(c, "34")->name, "P, \"x\"", "a quoted name");
    ok(!config_division(c, "99"), "a code that is not there");
    const char *const *above;
    size_t n;
    ok(config_divisions_above(c, "340103", place->arena, &above, &n) == 0 && n == 2 &&
           !strcmp(above[0], "34") && !strcmp(above[1], "3401"),
       "province first");
    ok(config_divisions_above(c, "KFQ", place->arena, &above, &n) == 0 && n == 1 &&
           !strcmp(above[0], "34"),
       "a development zone");
    ok(config_divisions_above(c, "110101", place->arena, &above, &n) == 0 && n == 2 &&
           !strcmp(above[0], "11") && !strcmp(above[1], "1101"),
       "a county that is not in the file, by its digits");
    ok(config_divisions_above(c, "local", place->arena, &above, &n) == 0 && n == 0,
       "a local code that is not in the file");
    config_unref(c);
}

/* ---- what is read ------------------------------------------------------------------------ */

static const char GOOD[] =
    "state_dir: state\n"
    "control_socket: /run/c.sock\n"
    "http: {listen: \"[::1]:0\"}\n"
    "timezone: Asia/Shanghai\n"
    "standards: {use: [quality-2017, basic-2012]}\n"
    "lua: {dirs: [lua, /abs], memory: 32MiB, wall: 1s,\n"
    "      params: {gap: {limit: 0.45, word: \"0.5\"}}}\n"
    "profiles:\n"
    "  ministry: {format: csv, interval: 12h, columns: {books: 图书, computers: 电脑},\n"
    "             defaults: {owner: 7}}\n"
    "sources:\n"
    "  - {name: anhui, plugin: web, url: \"https://x/a.csv\", profile: ministry,\n"
    "     columns: {books: 册数}, covers: [\"34\"], due: {month: 12, day: 31}}\n"
    "  - {name: drop, plugin: web, url: http, ca_file: ca.pem, interval: 200ms,\n"
    "     round: {from: path, match: 'basec_(\\d+)', add: 1911}, part: area}\n"
    "  - {name: fixed, plugin: web, url: http, round: 2025-10, ca_file: \"credential:ca\"}\n"
    "alerts: {slip: {for: 2, recovery: 0}, group_wait: 1s}\n"
    "channels:\n"
    "  - {name: spool, plugin: spool, path: out, give_up: 1d}\n"
    "offices:\n"
    "  - {id: province, name: 省办, level: province, covers: [\"34\"], channels: [spool]}\n"
    "routes: [{match: {kind: slip}, to: [province]}, {match: {severity: notice}, to: [city]}]\n"
    "log: {level: debug, format: json}\n";

static void check_sources(const struct place *place, const struct config *c)
{
    const struct source_conf *s = config_source(c, "anhui");
    if (!ok(s && c->n_sources == 3, "sources"))
        return;
    const struct web_conf *web = s->plugin_conf;
    is_str(web->url, "https://x/a.csv", "a plugin's option");
    ok(web->fast && !web->ca_file, "and its defaults");
    is_int(s->interval_ms, 12 * 3600 * 1000, "from the profile");
    is_int(s->jitter_ms, s->interval_ms / 10, "jitter follows the interval");
    is_int(s->backoff_max_ms, 86400000, "back-off");
    ok(s->mapping.n_columns == 2 && !strcmp(s->mapping.columns[0].columns[0], "册数") &&
           !strcmp(s->mapping.columns[1].target, "computers") &&
           s->mapping.n_defaults == 1,
       "columns over the profile's");
    ok(s->n_covers == 1 && s->due_month == 12 && s->due_day == 31, "covers, due");
    is_int(s->line, 12, "line");
    const struct source_conf *drop = config_source(c, "drop");
    is_str(((const struct web_conf *)drop->plugin_conf)->ca_file,
           arena_fmt(place->arena, "%s/ca.pem", c->dir),
           "a file beside the configuration");
    ok(drop->round_rule && !drop->mapping.round.year, "a rule for rounds");
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    const struct web_conf *other = config_source(c, "fixed")->plugin_conf;
    is_str(
        other->ca_file,
        arena_fmt(place->arena, "%s/ca", dir ? dir : "/run/credentials/junheng.service"),
        "a credential that systemd passes on");
    const struct round fixed = config_source(c, "fixed")->mapping.round;
    ok(fixed.year == 2025 && fixed.month == 10, "a fixed round");
    ok(strlen(s->sha256) == 64 && strcmp(s->sha256, drop->sha256) != 0, "hashes");
    ok(!config_source(c, "none"), "a source that is not there");
}

static void check_rounds(const struct config *c)
{
    const struct round_rule *rule = config_source(c, "drop")->round_rule;
    struct jh_err err = {0};
    struct round round;
    ok(round_rule_apply(rule, "/srv/drop/basec_110.csv", &round, &err) == 0 &&
           round.year == 2021 && round.month == 0,
       "110 + 1911");
    ok(round_rule_apply(rule, "https://basec_99.example/basec_103.csv?basec_1=2", &round,
                        &err) == 0 &&
           round.year == 2014,
       "of a URL only the path is looked at");
    ok(round_rule_apply(rule, "/srv/other.csv", &round, &err) == 0 && round.year == 0,
       "no match, no round");
    ok(round_rule_apply(rule, "/basec_9999.csv", &round, &err) == JH_EINVAL, "no year");
    is_str(err.text, "\"9999\" is no round (round.match)", "is told");
}

/* A pattern that backtracks for ever is stopped. */
static void check_limits(const struct place *place)
{
    const char *got;
    struct jh_err err = {0};
    struct round round;
    const struct config *c =
        load(place, SRC("round: {from: url, match: '^(a+)+$'}"), &got);
    is_str(got, "", "a bad pattern that is a pattern");
    if (!c)
        return;
    ok(round_rule_apply(c->sources[0].round_rule,
                        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", &round,
                        &err) == JH_EINVAL,
       "is stopped");
    is_str(err.text, "round.match: match limit exceeded", "and told");
    config_unref(c);
}

static void check_good(const struct place *place)
{
    const char *got;
    const struct config *c = load(place, GOOD, &got);
    is_str(got, "", "a good file");
    if (!c)
        bail(got);
    is_str(c->state_dir, arena_fmt(place->arena, "%s/state", c->dir), "a relative path");
    is_str(c->control_socket, "/run/c.sock", "an absolute one");
    is_str(c->http_listen, "[::1]:0", "an address");
    ok(c->n_standards == 2 && !strcmp(c->standards[0]->id, "quality-2017") &&
           strlen(c->standards_sha256) == 64,
       "standards in their order");
    ok(c->lua.n_dirs == 2 && !strcmp(c->lua.dirs[1], "/abs") && c->lua.wall_ms == 1000 &&
           c->lua.memory_bytes == 32 << 20,
       "lua");
    ok(c->lua.n_params == 2 && c->lua.params[0].is_number &&
           !c->lua.params[1].is_number && !strcmp(c->lua.params[0].value, "0.45"),
       "parameters of indicators");
    check_sources(place, c);
    check_rounds(c);
    ok(c->policies[KIND_SLIP].for_rounds == 2 && c->group_wait_ms == 1000, "alerts");
    ok(c->n_channels == 1 && c->channels[0].give_up_ms == 86400000, "channels");
    const struct office *office = &c->routes.offices[0];
    ok(office->level == LEVEL_PROVINCE && !strcmp(office->name, "省办") &&
           office->n_covers == 1 && !strcmp(office->channels[0], "spool"),
       "offices");
    ok(c->routes.n_routes == 2 && !strcmp(c->routes.routes[0].kind, "slip") &&
           !c->routes.routes[0].severity && !strcmp(c->routes.routes[1].to[0], "city"),
       "routes");
    ok(c->log.level == LOG_DEBUG && c->log.json, "log");
    const struct config *again = config_ref(c);
    config_unref(c);
    is_str(again->log.json ? "json" : "text", "json", "alive while somebody holds it");
    config_unref(again);
    config_unref(NULL);
}

/* What a new installation starts with. */
static void check_shipped(const struct place *place)
{
    static const struct config_plugins FINDER = {.find = find};
    const char *src = getenv("abs_top_srcdir");
    const char *path = arena_fmt(place->arena, "%s/etc/junheng.yaml", src ? src : ".");
    struct errs errs;
    errs_init(&errs, 100);
    const struct config *config = config_load(path, &FINDER, &errs);
    is_str(said(&errs, place->arena), "", "etc/junheng.yaml");
    ok(config && config->n_sources == 0 && config->n_standards == 2,
       "is usable as it is");
    config_unref(config);
    errs_done(&errs);
}

/* What decides how a body is read changes the hash, what does not leaves it. */
static void check_hash(const struct place *place)
{
    static const char *const SAME[] = {SRC("part: all"), SRC("interval: 1m"),
                                       SRC("checks: {tenfold: report}")};
    static const char *const OTHER[] = {SRC("columns: {books: x}"),
                                        SRC("defaults: {owner: 7}"),
                                        SRC("round: 2025"),
                                        SRC("round: {from: url, match: x}"),
                                        SRC("format_options: {skip: 1}"),
                                        SRC("checks: {tenfold: block}"),
                                        SRC("part: b")};
    char first[65] = "";
    const char *got;
    for (size_t i = 0; i < sizeof SAME / sizeof *SAME; i++) {
        const struct config *c = load(place, SAME[i], &got);
        if (!c)
            bail(got);
        if (i)
            is_str(c->sources[0].sha256, first, "the same hash");
        memcpy(first, c->sources[0].sha256, sizeof first);
        config_unref(c);
    }
    for (size_t i = 0; i < sizeof OTHER / sizeof *OTHER; i++) {
        const struct config *c = load(place, OTHER[i], &got);
        if (!c)
            bail(got);
        ok(strcmp(c->sources[0].sha256, first) != 0, "another hash: %zu", i);
        config_unref(c);
    }
}

/* A source's own word wins over the file's. */
static void check_checks(const struct place *place)
{
    const char *got;
    const struct config *c =
        load(place,
             SRC("checks: {tenfold: off}") "checks: {tenfold: block, school_new: off}\n",
             &got);
    if (!c)
        bail(got);
    const int *policy = c->sources[0].checks.policy;
    is_int(policy[DOUBT_TENFOLD], DOUBT_OFF, "the source's own word");
    is_int(policy[DOUBT_SCHOOL_NEW], DOUBT_OFF, "the file's where it has none");
    is_int(policy[DOUBT_TEACHERS_ZERO], DOUBT_REPORT, "else findings are reported");
    config_unref(c);
}

int main(void)
{
    struct place place = {.dir = "/tmp/junheng-config-XXXXXX",
                          .arena = arena_new(64 * 1024 * 1024)};
    if (!mkdtemp(place.dir))
        bail("no folder");
    snprintf(place.file, sizeof place.file, "%s/c.yaml", place.dir);
    snprintf(place.csv, sizeof place.csv, "%s/d.csv", place.dir);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        check_bad(&place, &BAD[i], true);
    for (size_t i = 0; i < sizeof WARNED / sizeof *WARNED; i++)
        check_bad(&place, &WARNED[i], false);
    check_divisions(&place);
    check_checks(&place);
    check_good(&place);
    check_limits(&place);
    check_hash(&place);
    check_shipped(&place);
    unlink(place.file);
    unlink(place.csv);
    rmdir(place.dir);
    arena_free(place.arena);
    return done_testing();
}
