/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/routes.h"

#include <getopt.h>
#include <jansson.h>
#include <string.h>

#include "base/clock.h"
#include "conf/config_keys.h"
#include "ctl/command.h"
#include "ctl/configured.h"
#include "ctl/moment.h"
#include "render/json.h"
#include "render/json_make.h"
#include "render/table.h"

enum { OUT_MAX = 16 << 20, ARENA_MAX = 16 << 20, TEXT_MAX = 512 };

struct run {
    const char *conf, *county, *kind, *severity, *standard, *at;
    int64_t at_ms; /* when it would happen */
    bool json;
    struct configured c;
    struct arena *arena;
    struct buf out;
    json_t *list; /* of what is told, in JSON */
    bool unheard; /* some severity reaches nobody */
};

/* ---- the command line -------------------------------------------------------------------- */

static int word_of(const char *const *words, const char *word)
{
    for (int i = 1; words[i]; i++) /* the first stands for any */
        if (!strcmp(words[i], word))
            return i;
    return -1;
}

/* What is no county's is told without one: a source's, a script's, a channel's. */
static bool is_of_county(const char *kind)
{
    int number = alert_kind_of(kind);
    return number < 0 || !alert_kind_info((enum alert_kind)number)->operators;
}

static int ask(struct run *run, int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"config", required_argument, NULL, 'c'},
                                            {"county", required_argument, NULL, 'y'},
                                            {"kind", required_argument, NULL, 'k'},
                                            {"severity", required_argument, NULL, 'v'},
                                            {"standard", required_argument, NULL, 's'},
                                            {"at", required_argument, NULL, 'a'},
                                            {"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":c:", OPTIONS, NULL)) != -1;) {
        const char **into = c == 'c'   ? &run->conf
                            : c == 'y' ? &run->county
                            : c == 'k' ? &run->kind
                            : c == 'v' ? &run->severity
                            : c == 's' ? &run->standard
                            : c == 'a' ? &run->at
                                       : NULL;
        if (c == ':')
            return command_usage("routes", "%s wants a value", argv[optind - 1]);
        if (c == '?')
            return command_usage("routes", "unknown option %s", argv[optind - 1]);
        if (into)
            *into = optarg;
        else if (!strcmp(optarg, "json") || !strcmp(optarg, "text"))
            run->json = *optarg == 'j';
        else
            return command_usage("routes", "--format: expected text or json");
    }
    if (optind + 1 != argc || strcmp(argv[optind], "test") != 0)
        return command_usage("routes", "expected: test");
    if (!run->county && is_of_county(run->kind))
        return command_usage("routes", "--county is missing");
    if (word_of(CONFIG_KINDS, run->kind) < 0)
        return command_usage("routes", "--kind: there is no kind \"%s\"", run->kind);
    if (run->severity && word_of(CONFIG_SEVERITIES, run->severity) < 0)
        return command_usage("routes",
                             "--severity: expected critical, warning or notice");
    const struct clock clock = clock_real();
    run->at_ms = clock_wall(&clock);
    if (run->at && moment_parse(run->at, run->at_ms, &run->at_ms))
        return command_usage("routes", "--at: expected a time such as 2025-06-01T22:30");
    return 0;
}

/* ---- who and why ---------------------------------------------------------------------------- */

static const char *why(const struct run *run, const struct route_reason *reason,
                       char text[TEXT_MAX])
{
    if (reason->route < 0 && is_of_county(run->kind))
        return "no route reaches an office: the lowest that covers it";
    if (reason->route < 0)
        return run->c.config->n_operators ? "alerts.operators names it"
                                          : "no route reaches an office: the highest";
    const struct route *route = &run->c.config->routes.routes[reason->route];
    snprintf(text, TEXT_MAX, "%s:%u sends it to %s%s", route->file, route->line,
             reason->to,
             reason->up ? ", which has no office here: the next level up" : "");
    return text;
}

static const char *channels_of(const struct office *office, char text[TEXT_MAX])
{
    size_t n = 0;
    *text = '\0';
    for (size_t i = 0; i < office->n_channels && n < TEXT_MAX; i++)
        n += (size_t)snprintf(text + n, TEXT_MAX - n, "%s%s", i ? ", " : "",
                              office->channels[i]);
    return text;
}

/* When it would be sent; "" : at once. */
static const char *sent_at(const struct run *run, const struct office *office,
                           const char *severity, char text[DATE_TEXT])
{
    const struct config *c = run->c.config;
    int64_t at = office_open_at(office, &c->calendar, severity, run->at_ms);
    *text = '\0';
    if (at > run->at_ms)
        date_stamp(at, text);
    return text;
}

static void add_text(struct run *run, const struct route_reason *reasons,
                     const char *severity)
{
    static const enum table_align ALIGN[5] = {TABLE_LEFT};
    const struct route_table *routes = &run->c.config->routes;
    struct table *t = table_new(5, ALIGN);
    size_t told = 0;
    for (size_t i = 0; t && i < routes->n_offices; i++) {
        const struct office *office = &routes->offices[i];
        char channels[TEXT_MAX], text[TEXT_MAX], at[DATE_TEXT], sent[TEXT_MAX] = "";
        const char *cells[] = {office->id, level_id(office->level),
                               channels_of(office, channels), NULL, sent};
        if (!reasons[i].told)
            continue;
        cells[3] = why(run, &reasons[i], text);
        if (*sent_at(run, office, severity, at))
            snprintf(sent, sizeof sent, "would be sent at %.10s %.5s", at, at + 11);
        table_row(t, cells);
        told++;
    }
    buf_fmt(&run->out, "%s, %s: %zu offices%s\n", run->kind, severity, told,
            told ? "" : ": nobody is told");
    if (t)
        table_print(t, 2, &run->out);
    table_free(t);
}

static void add_json(struct run *run, const struct route_reason *reasons,
                     const char *severity)
{
    const struct route_table *routes = &run->c.config->routes;
    json_t *told = json_array();
    for (size_t i = 0; i < routes->n_offices; i++) {
        const struct office *office = &routes->offices[i];
        char text[TEXT_MAX], at[DATE_TEXT];
        if (!reasons[i].told)
            continue;
        sent_at(run, office, severity, at);
        json_t *map = json_put(json_object(), "office", json_words(office->id));
        map = json_put(map, "name", json_words(office->name));
        map = json_put(map, "level", json_words(level_id(office->level)));
        map = json_put(map, "channels",
                       json_words_list(office->channels, office->n_channels));
        map = json_put(map, "because", json_words(why(run, &reasons[i], text)));
        map = json_put(map, "waits_until", json_maybe(*at ? at : NULL));
        told = json_add(told, map);
    }
    json_t *item = json_put(json_object(), "kind", json_words(run->kind));
    item = json_put(item, "severity", json_words(severity));
    run->list = json_add(run->list, json_put(item, "offices", told));
}

static int decide(struct run *run, const struct route_subject *subject)
{
    const struct route_reason *reasons;
    if (route_reasons(&run->c.config->routes, subject, run->arena, &reasons))
        return JH_ENOMEM;
    bool heard = false;
    for (size_t i = 0; i < run->c.config->routes.n_offices; i++)
        heard |= reasons[i].told;
    run->unheard |= !heard;
    if (run->json)
        add_json(run, reasons, subject->severity);
    else
        add_text(run, reasons, subject->severity);
    return 0;
}

static void tell_place(struct run *run, const struct route_subject *subject)
{
    const struct division *d = config_division(run->c.config, run->county);
    buf_fmt(&run->out, "%s%s%s", run->county, d ? " " : "", d ? d->name : "");
    for (size_t i = subject->n_division; i > 0; i--) {
        const char *code = subject->division[i - 1];
        const struct division *up = config_division(run->c.config, code);
        buf_fmt(&run->out, " < %s%s%s", code, up ? " " : "", up ? up->name : "");
    }
    buf_fmt(&run->out, "%s\n",
            run->c.config->n_divisions && !d ? " (not in the divisions file)" : "");
}

/* Once for each severity that the kind may have, or for the one asked for. */
static int decide_all(struct run *run)
{
    bool of_county = is_of_county(run->kind);
    const struct config *config = run->c.config;
    struct route_subject subject = {.kind = run->kind, .standard = run->standard};
    int kind = word_of(CONFIG_KINDS, run->kind);
    int rc = 0;
    if (of_county) {
        subject.county = run->county;
        rc = config_divisions_above(config, run->county, run->arena, &subject.division,
                                    &subject.n_division);
    } else {
        subject.owners = config->operators;
        subject.n_owners = config->n_operators;
    }
    if (!rc && !run->json && of_county)
        tell_place(run, &subject);
    for (int i = 1; !rc && CONFIG_SEVERITIES[i]; i++) {
        subject.severity = CONFIG_SEVERITIES[i];
        if (run->severity ? !strcmp(run->severity, subject.severity)
                          : config_kind_may_be(kind, i))
            rc = decide(run, &subject);
    }
    return rc;
}

static int show(struct run *run)
{
    int rc = decide_all(run);
    if (!rc && run->json) {
        json_t *data = json_put(json_object(), "data", json_incref(run->list));
        rc = data ? json_dump(data, &run->out) : JH_ENOMEM;
        json_decref(data);
        buf_char(&run->out, '\n');
    }
    if (rc || run->out.failed) {
        struct jh_err err;
        err_set(&err, JH_ENOMEM, "out of memory");
        return command_fail(COMMAND_FAILED, &err);
    }
    fputs(buf_text(&run->out), stdout);
    return run->unheard ? COMMAND_FAILED : COMMAND_OK;
}

int routes_run(int argc, char **argv)
{
    struct run run = {.kind = "slip"};
    int status = ask(&run, argc, argv);
    if (status)
        return status;
    run.arena = arena_new(ARENA_MAX);
    run.list = json_array();
    buf_init(&run.out, OUT_MAX);
    configured_open(&run.c, run.conf);
    errs_print(stderr, COMMAND_PROGRAM, &run.c.errs);
    status = run.c.config && run.arena ? show(&run) : COMMAND_FAILED;
    json_decref(run.list);
    buf_done(&run.out);
    configured_close(&run.c);
    arena_free(run.arena);
    return status;
}
