/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/given.h"

#include <stdlib.h>
#include <string.h>

#include "conf/county_words.h"
#include "conf/standard.h"
#include "ctl/reports.h"
#include "render/json.h"

enum { ARENA_MAX = 0x7fffffff, OUTPUT_MAX = 0x7fffffff, ERRORS_MAX = 100, TOLD_MAX = 20 };

/* ---- the command line ------------------------------------------------------------------ */

static int ask_format(struct given_asked *a, const char *word)
{
    static const char *const words[] = {"text", "json", "csv"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            a->format = (enum given_format)i;
            return 0;
        }
    }
    return command_usage(a->command, "--format: expected text, json or csv, got \"%s\"",
                         word);
}

static int ask_round(struct given_asked *a, const char *text)
{
    if (round_parse(text, strlen(text), &a->round) == 0)
        return 0;
    return command_usage(a->command, "--round: expected 2025 or 2025-10, got \"%s\"",
                         text);
}

/* Reads a shared option; ret_taken is false for any other. */
static int ask_shared(struct given_asked *a, int option, bool *ret_taken)
{
    *ret_taken = true;
    switch (option) {
    case 's':
        a->standard = optarg;
        return 0;
    case 'S':
        a->standards_dir = optarg;
        return 0;
    case 'r':
        return ask_round(a, optarg);
    case 'd':
        if (a->n_divisions == GIVEN_DIVISIONS_MAX)
            return command_usage(a->command, "--divisions: more than %d files",
                                 GIVEN_DIVISIONS_MAX);
        a->divisions[a->n_divisions++] = optarg;
        return 0;
    case 'D':
        a->division_changes = optarg;
        return 0;
    case 'C':
        a->counties = optarg;
        return 0;
    case 'N':
        a->counties_member = optarg;
        return 0;
    case 'H':
        a->counties_sheet = optarg;
        return 0;
    case 'K':
        a->closed = optarg;
        return 0;
    case 'c':
        a->columns = optarg;
        return 0;
    case 'F':
        a->input_format = optarg;
        return 0;
    case 'T':
        a->sheet = optarg;
        return 0;
    case 'm':
        a->member = optarg;
        return 0;
    case 'f':
        return ask_format(a, optarg);
    default:
        *ret_taken = false;
        return 0;
    }
}

int given_ask_files(struct given_asked *a, int argc, char **argv,
                    const struct option *options, int (*own)(void *arg, int option),
                    void *arg)
{
    optind = 0; /* main() has read nothing with getopt, but a test may have */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        if (c == ':')
            return command_usage(a->command, "%s wants a value", argv[optind - 1]);
        if (c == '?')
            return command_usage(a->command, "unknown option %s", argv[optind - 1]);
        bool taken;
        int status = ask_shared(a, c, &taken);
        if (!taken && own)
            status = own(arg, c);
        if (status)
            return status;
    }
    a->files = argv + optind;
    a->n_files = (size_t)(argc - optind);
    if (!a->n_files)
        return command_usage(a->command, "no file given (- is standard input)");
    return 0;
}

int given_ask(struct given_asked *a, int argc, char **argv, const struct option *options,
              int (*own)(void *arg, int option), void *arg)
{
    int status = given_ask_files(a, argc, argv, options, own, arg);
    if (!status && !a->standard)
        status = command_usage(a->command, "--standard is missing");
    return status;
}

/* ---- reading ----------------------------------------------------------------------------- */

int given_no_memory(void)
{
    struct jh_err err;
    err_set(&err, JH_ENOMEM, "out of memory");
    return command_fail(COMMAND_REFUSED, &err);
}

int given_init(struct given *g, const struct given_asked *asked)
{
    *g = (struct given){.asked = asked, .arena = arena_new(ARENA_MAX)};
    if (!g->arena)
        return given_no_memory();
    errs_init(&g->errs, ERRORS_MAX);
    buf_init(&g->out, OUTPUT_MAX);
    return 0;
}

void given_done(struct given *g)
{
    if (!g->arena) /* given_init() failed */
        return;
    buf_done(&g->out);
    messages_free(g->messages);
    input_done(&g->input);
    county_intake_result_done(&g->reports);
    loader_free(g->loader);
    alias_free(g->aliases);
    errs_done(&g->errs);
    arena_free(g->arena);
}

static int read_reports(struct given *g)
{
    struct jh_err err = {0};
    const struct county_words *words = county_words_load(g->arena, &g->errs);
    if (!words) {
        errs_print(stderr, COMMAND_PROGRAM, &g->errs);
        return COMMAND_REFUSED;
    }
    const struct reports_from from = {g->asked->counties, g->asked->counties_member,
                                      g->asked->counties_sheet};
    int rc = reports_read(&from, words, g->loader, &g->reports, &err);
    return rc ? command_fail(COMMAND_REFUSED, &err) : 0;
}

/* Which counties there are, and what became of them. */
static void read_divisions(struct given *g)
{
    const struct given_asked *a = g->asked;
    if (a->n_divisions)
        config_divisions_load(a->divisions, a->n_divisions, g->arena, &g->errs,
                              &g->divisions, &g->n_divisions);
    const struct config known = {.divisions = g->divisions,
                                 .n_divisions = g->n_divisions};
    if (a->division_changes)
        config_changes_load(a->division_changes, &known, g->arena, &g->errs, &g->changes);
}

/* The standard, the aliases, the mapping and the counties; every mistake in them is told. */
int given_rules(struct given *g)
{
    const struct given_asked *a = g->asked;
    g->standard = standard_find(a->standard, a->standards_dir, g->arena, &g->errs);
    g->aliases = alias_load(&g->errs);
    if (a->columns)
        g->mapping = mapping_load(a->columns, g->arena, &g->errs);
    read_divisions(g);
    if (a->closed)
        config_closed_load(a->closed, g->aliases, g->arena, &g->errs, &g->closed);
    errs_print(stderr, COMMAND_PROGRAM, &g->errs);
    bool complete = g->standard && g->aliases && (g->mapping || !a->columns);
    if (!complete || g->errs.errors)
        return COMMAND_REFUSED;
    g->loader = loader_new(NULL);
    if (!g->loader)
        return given_no_memory();
    return a->counties ? read_reports(g) : 0;
}

struct input_options given_input(const struct given *g)
{
    return (struct input_options){.aliases = g->aliases,
                                  .mapping = g->mapping,
                                  .closed = &g->closed,
                                  .loader = g->loader,
                                  .format = g->asked->input_format,
                                  .member = g->asked->member,
                                  .sheet = g->asked->sheet,
                                  .round = g->asked->round,
                                  .monthly = g->standard->monthly,
                                  .every = g->asked->every,
                                  .changes = &g->changes};
}

int given_read(struct given *g)
{
    struct jh_err err = {0};
    int status = g->loader ? 0 : given_rules(g);
    if (status)
        return status;
    struct input_options options = given_input(g);
    int rc = input_read(&options, g->asked->files, g->asked->n_files, &g->input, &err);
    if (rc)
        return command_fail(COMMAND_REFUSED, &err);
    return given_reports_fit(g);
}

static bool same_round(const struct given *g, struct round round)
{
    return !g->reports.round.year || round_cmp(g->reports.round, round) == 0;
}

int given_reports_fit(const struct given *g)
{
    struct jh_err err;
    char theirs[ROUND_TEXT], ours[ROUND_TEXT];
    if (same_round(g, g->input.now.round))
        return 0;
    round_print(g->reports.round, theirs);
    round_print(g->input.now.round, ours);
    err_at(&err, JH_EINVAL, g->asked->counties, 0, 0,
           "is of round %s, but the schools are of %s", theirs, ours);
    return command_fail(COMMAND_REFUSED, &err);
}

static void tell(const char *file, const struct rejected *r, const char *what)
{
    struct jh_err err;
    err_at(&err, JH_EINVAL, file, r->line, r->col, "%s: \"%s\": %s; %s", r->column,
           r->value, r->reason, what);
    err_print(stderr, COMMAND_PROGRAM, &err);
}

static void tell_reports(const struct county_intake_result *reports)
{
    for (size_t i = 0; i < reports->n_rejected && i < TOLD_MAX; i++) {
        const struct rejected *r = &reports->rejected[i];
        tell(reports->files[r->file], r, r->row ? "row dropped" : "taken as missing");
    }
    if (reports->n_rejected > TOLD_MAX)
        fprintf(stderr, "%s: and %zu more like these (--format json lists them)\n",
                COMMAND_PROGRAM, reports->n_rejected - TOLD_MAX);
}

void given_tell_rejected(const struct given *g)
{
    const struct intake_result *now = &g->input.now;
    for (size_t i = 0; i < now->n_rejected && i < TOLD_MAX; i++) {
        const struct rejected *r = &now->rejected[i];
        tell(g->input.names[r->file], r,
             r->row ? "row dropped, its county cannot pass until it is mended"
                    : "taken as missing");
    }
    if (now->rejected_total > TOLD_MAX)
        fprintf(stderr, "%s: and %zu more like these (--format json lists them)\n",
                COMMAND_PROGRAM, now->rejected_total - TOLD_MAX);
    tell_reports(&g->reports);
}

int given_messages(struct given *g)
{
    if (!g->messages)
        g->messages = messages_load(NULL, &g->errs);
    return g->messages ? 0 : given_no_memory();
}

/* ---- evaluating and printing ------------------------------------------------------------- */

static int by_code(const void *code, const void *division)
{
    return strcmp(code, ((const struct division *)division)->code);
}

/* What the county's record says of it. */
static struct eval_options options_of(const struct given *g, const char *county)
{
    struct eval_options options = {0};
    const struct division *division = NULL;
    if (g->n_divisions)
        division =
            bsearch(county, g->divisions, g->n_divisions, sizeof *division, by_code);
    if (division) {
        options.stages = division->stage_bits;
        options.own_owners = division->owner_bits;
    }
    return options;
}

static int evaluate(const struct given *g, const struct dataset *data,
                    const struct eval_options *options, struct arena *arena,
                    struct county_result *ret)
{
    struct jh_err err;
    int rc = eval_county(g->standard, data, options, arena, ret);
    if (!rc)
        return 0;
    err_set(&err, rc, "%s: %s", data->county_code, err_name(rc));
    return command_fail(COMMAND_REFUSED, &err);
}

struct eval_options given_options(struct given *g, const struct dataset *data)
{
    struct eval_options options = options_of(g, data->county_code);
    options.previous = input_before(&g->input, data->county_code);
    options.closed = &g->closed;
    options.change =
        entity_mark(&g->changes, data->county_code,
                    options.previous ? options.previous->round : entity_last(data->round),
                    data->round);
    if (same_round(g, data->round)) /* else all is refused, when all is read */
        options.county = county_intake_find(&g->reports, data->county_code);
    return options;
}

int given_evaluate(struct given *g, const struct dataset *data, struct arena *arena,
                   struct county_result *ret)
{
    struct eval_options options = given_options(g, data);
    options.figures_only = g->asked->format == GIVEN_CSV;
    return evaluate(g, data, &options, arena, ret);
}

int given_evaluate_before(struct given *g, const struct dataset *data,
                          struct arena *arena, struct county_result *ret)
{
    const struct dataset *before = input_before(&g->input, data->county_code);
    struct eval_options options = options_of(g, data->county_code);
    if (before)
        return evaluate(g, before, &options, arena, ret);
    *ret = (struct county_result){.standard = g->standard};
    return 0;
}

int given_print(struct given *g)
{
    if (g->out.failed)
        return given_no_memory();
    fwrite(g->out.p, 1, g->out.len, stdout); /* main() looks whether it went out */
    return COMMAND_OK;
}

int given_json(struct given *g, json_t *json)
{
    if (!json)
        return given_no_memory();
    json_dump(json, &g->out);
    buf_char(&g->out, '\n');
    json_decref(json);
    return COMMAND_OK;
}
