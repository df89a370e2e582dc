/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/journal.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/date.h"
#include "base/num.h"
#include "ctl/command.h"
#include "ctl/configured.h"
#include "render/json_journal.h"
#include "render/json_make.h"
#include "store/journal.h"

enum { ARENA_MAX = 64 << 20, PAGE = 10000, PATH_BYTES = 4096 };

struct run {
    const char *conf, *database, *county;
    bool json, verify;
    int64_t since_ms, after;
    struct store_anchor anchor;
    char path[PATH_BYTES];
    struct store *store;
    struct arena *arena;
};

/* ---- the command line ---------------------------------------------------------------------- */

static int anchor_of(const char *text, struct store_anchor *ret)
{
    const char *colon = strchr(text, ':');
    if (!colon || strlen(colon + 1) != SHA256_HEX - 1 ||
        strspn(colon + 1, "0123456789abcdef") != SHA256_HEX - 1 ||
        num_parse_int(text, (size_t)(colon - text), 1, INT64_MAX, &ret->seq))
        return command_usage("journal",
                             "--anchor: expected SEQ:HASH as verify prints it");
    memcpy(ret->sha256, colon + 1, SHA256_HEX);
    return 0;
}

static int take(struct run *run, int c)
{
    struct date day;
    if (c == 'c')
        run->conf = optarg;
    else if (c == 'd')
        run->database = optarg;
    else if (c == 'o')
        run->county = optarg;
    else if (c == 'a')
        return anchor_of(optarg, &run->anchor);
    else if (c == 's') {
        if (date_parse(optarg, strlen(optarg), &day))
            return command_usage("journal", "--since: expected a day such as 2025-03-01");
        run->since_ms = date_to_ms(day);
    } else if (c == 'n') {
        if (num_parse_int(optarg, strlen(optarg), 0, INT64_MAX, &run->after))
            return command_usage("journal", "--after: expected the seq of an entry");
    } else if (strcmp(optarg, "json") != 0 && strcmp(optarg, "text") != 0) {
        return command_usage("journal", "--format: expected text or json");
    }
    run->json |= c == 'f' && *optarg == 'j';
    return 0;
}

static int ask(struct run *run, int argc, char **argv)
{
    static const struct option OPTIONS[] = {{"config", required_argument, NULL, 'c'},
                                            {"database", required_argument, NULL, 'd'},
                                            {"anchor", required_argument, NULL, 'a'},
                                            {"since", required_argument, NULL, 's'},
                                            {"after", required_argument, NULL, 'n'},
                                            {"county", required_argument, NULL, 'o'},
                                            {"format", required_argument, NULL, 'f'},
                                            {NULL, 0, NULL, 0}};
    int status = 0;
    optind = 0;
    opterr = 0;
    for (int c; !status && (c = getopt_long(argc, argv, ":c:", OPTIONS, NULL)) != -1;) {
        if (c == ':')
            return command_usage("journal", "%s wants a value", argv[optind - 1]);
        if (c == '?')
            return command_usage("journal", "unknown option %s", argv[optind - 1]);
        status = take(run, c);
    }
    if (status)
        return status;
    if (optind != argc - 1 ||
        (strcmp(argv[optind], "verify") != 0 && strcmp(argv[optind], "show") != 0))
        return command_usage("journal", "expected verify or show");
    run->verify = argv[optind][0] == 'v';
    if (run->conf && run->database)
        return command_usage("journal", "-c and --database exclude each other");
    return 0;
}

/* ---- the database ---------------------------------------------------------------------------- */

static int find_database(struct run *run)
{
    struct configured c = {0};
    if (run->database) {
        snprintf(run->path, sizeof run->path, "%s", run->database);
        return 0;
    }
    configured_open(&c, run->conf);
    errs_print(stderr, COMMAND_PROGRAM, &c.errs);
    if (c.config)
        snprintf(run->path, sizeof run->path, "%s/junheng.db", c.config->state_dir);
    int status = c.config ? COMMAND_OK : COMMAND_FAILED;
    configured_close(&c);
    return status;
}

/* ---- verify ------------------------------------------------------------------------------------ */

static void print_json(json_t *data)
{
    json_t *object = json_put(json_object(), "data", data);
    if (object)
        json_dumpf(object, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(object);
}

static void verified_json(const struct store_journal_report *r)
{
    json_t *last =
        json_pack("{s:I s:s}", "seq", (json_int_t)r->last.seq, "sha256", r->last.sha256);
    print_json(json_pack("{s:b s:I s:I s:I s:I s:I s:o s:o s:o}", "sound", r->sound,
                         "entries", (json_int_t)r->entries, "transitions",
                         (json_int_t)r->transitions, "verdicts", (json_int_t)r->verdicts,
                         "acts", (json_int_t)r->acts, "older", (json_int_t)r->older,
                         "last", last, "broken",
                         r->broken ? json_integer(r->broken) : json_null(), "why",
                         r->sound ? json_null() : json_string(r->why)));
}

static void verified_text(const struct store_journal_report *r, const char *path)
{
    if (!r->sound && r->broken)
        printf("%s: entry %lld: %s\n", path, (long long)r->broken, r->why);
    else if (!r->sound)
        printf("%s: %s\n", path, r->why);
    else
        printf("sound: %lld entries; %lld transitions, %lld verdicts, %lld acts have "
               "theirs, %lld are older than the journal\n",
               (long long)r->entries, (long long)r->transitions, (long long)r->verdicts,
               (long long)r->acts, (long long)r->older);
    if (r->sound)
        printf("anchor: %lld:%s\n", (long long)r->last.seq, r->last.sha256);
}

static int verify(struct run *run, struct jh_err *err)
{
    struct store_journal_report report;
    int rc = store_journal_verify(run->store, &run->anchor, &report, err);
    if (rc)
        return command_fail(COMMAND_FAILED, err);
    if (run->json)
        verified_json(&report);
    else
        verified_text(&report, run->path);
    return report.sound ? COMMAND_OK : COMMAND_FAILED;
}

/* ---- show -------------------------------------------------------------------------------------- */

static void print_entry(const struct store_entry *e)
{
    char at[DATE_TEXT];
    date_stamp(e->at_ms, at);
    printf("%8lld  %.10s %.8s  %-17s %s\n", (long long)e->seq, at, at + 11, e->kind,
           e->body);
}

static void print_entries(const struct run *run, const struct store_entry *rows, size_t n,
                          bool first)
{
    for (size_t i = 0; i < n; i++) {
        const struct store_entry *e = &rows[i];
        if (!run->json) {
            print_entry(e);
            continue;
        }
        json_t *object =
            json_journal(e->seq, e->at_ms, e->kind, e->body, e->prev, e->sha256);
        fputs(first && !i ? "" : ",\n", stdout);
        if (object)
            json_dumpf(object, stdout, JSON_COMPACT);
        json_decref(object);
    }
}

/* In pages, so that a long journal is not held in memory as a whole. */
static int show(struct run *run, struct jh_err *err)
{
    struct store_entry *rows;
    size_t n = PAGE;
    bool first = true;
    int rc = store_begin(run->store, err);
    fputs(run->json && !rc ? "{\"data\":[" : "", stdout);
    while (!rc && n == PAGE) {
        rc = store_journal(run->store, run->after, run->since_ms, run->county, PAGE,
                           run->arena, &rows, &n, err);
        if (rc)
            break;
        print_entries(run, rows, n, first);
        run->after = n ? rows[n - 1].seq : run->after;
        first &= !n;
        arena_reset(run->arena);
    }
    fputs(run->json && !rc ? "]}\n" : "", stdout);
    store_rollback(run->store);
    return rc ? command_fail(COMMAND_FAILED, err) : COMMAND_OK;
}

int journal_run(int argc, char **argv)
{
    struct run run = {.since_ms = INT64_MIN};
    struct jh_err err = {0};
    int status = ask(&run, argc, argv);
    if (!status)
        status = find_database(&run);
    if (status)
        return status;
    run.arena = arena_new(ARENA_MAX);
    int rc = run.arena ? store_open(run.path, STORE_READ, &run.store, &err)
                       : err_set(&err, JH_ENOMEM, "out of memory");
    if (rc)
        status = command_fail(COMMAND_FAILED, &err);
    else
        status = run.verify ? verify(&run, &err) : show(&run, &err);
    store_close(run.store);
    arena_free(run.arena);
    return status;
}
