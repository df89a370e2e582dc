/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/evaluate.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/config.h"
#include "conf/standard.h"
#include "ctl/command.h"
#include "ctl/local.h"
#include "render/json.h"
#include "render/report.h"

enum { ARENA_MAX = 0x7fffffff, OUTPUT_MAX = 0x7fffffff, ERRORS_MAX = 100, TOLD_MAX = 20 };
enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_CSV };

/* What the command line asks for. */
struct asked {
    const char *standard, *standards_dir, *columns, *divisions, *lua;
    struct round round;
    enum format format;
    bool explain;
    char **files;
    size_t n_files;
};

/* All that a run stands on; evaluate_done() lets go of it. */
struct run {
    const struct asked *asked;
    struct arena *arena; /* configuration and results */
    struct errs errs;
    const struct standard *standard;
    struct alias_table *aliases;
    const struct mapping *mapping;
    const struct division *divisions; /* sorted by code */
    size_t n_divisions;
    struct loader *loader;
    struct input input;
    struct local local; /* with --lua */
    struct messages *messages;
    struct buf out; /* spooled: printed only when all went well */
};

/* ---- the command line ------------------------------------------------------------------ */

static int ask_format(struct asked *a, const char *word)
{
    static const char *const words[] = {"text", "json", "csv"};
    for (int i = 0; i < 3; i++) {
        if (strcmp(word, words[i]) == 0) {
            a->format = (enum format)i;
            return 0;
        }
    }
    return command_usage("evaluate", "--format: expected text, json or csv, got \"%s\"",
                         word);
}

static int ask_round(struct asked *a, const char *text)
{
    if (round_parse(text, strlen(text), &a->round) == 0)
        return 0;
    return command_usage("evaluate", "--round: expected 2025 or 2025-10, got \"%s\"",
                         text);
}

static const struct option OPTIONS[] = {
    {"standard", required_argument, NULL, 's'},
    {"standards-dir", required_argument, NULL, 'S'},
    {"round", required_argument, NULL, 'r'},
    {"counties", required_argument, NULL, 'C'},
    {"divisions", required_argument, NULL, 'd'},
    {"columns", required_argument, NULL, 'c'},
    {"lua", required_argument, NULL, 'l'},
    {"format", required_argument, NULL, 'f'},
    {"explain", no_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static int ask_option(struct asked *a, int option, char **argv)
{
    switch (option) {
    case 's':
        a->standard = optarg;
        return 0;
    case 'S':
        a->standards_dir = optarg;
        return 0;
    case 'r':
        return ask_round(a, optarg);
    case 'C':
        return command_usage("evaluate", "--counties: items are not judged yet");
    case 'd':
        a->divisions = optarg;
        return 0;
    case 'c':
        a->columns = optarg;
        return 0;
    case 'l':
        a->lua = optarg;
        return 0;
    case 'f':
        return ask_format(a, optarg);
    case 'e':
        a->explain = true;
        return 0;
    case ':':
        return command_usage("evaluate", "%s wants a value", argv[optind - 1]);
    default:
        return command_usage("evaluate", "unknown option %s", argv[optind - 1]);
    }
}

static int ask(struct asked *a, int argc, char **argv)
{
    optind = 0; /* main() has read nothing with getopt, but a test may have */
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":", OPTIONS, NULL)) != -1;) {
        int status = ask_option(a, c, argv);
        if (status)
            return status;
    }
    a->files = argv + optind;
    a->n_files = (size_t)(argc - optind);
    if (!a->standard)
        return command_usage("evaluate", "--standard is missing");
    if (!a->n_files)
        return command_usage("evaluate", "no file given (- is standard input)");
    return 0;
}

/* ---- reading ----------------------------------------------------------------------------- */

static int no_memory(void)
{
    struct jh_err err;
    err_set(&err, JH_ENOMEM, "out of memory");
    return command_fail(COMMAND_REFUSED, &err);
}

/* The standard, the aliases, the mapping and the counties; every mistake in them is told. */
static int read_rules(struct run *run)
{
    const struct asked *a = run->asked;
    run->standard = standard_find(a->standard, a->standards_dir, run->arena, &run->errs);
    run->aliases = alias_load(&run->errs);
    if (a->columns)
        run->mapping = mapping_load(a->columns, run->arena, &run->errs);
    if (a->divisions)
        config_divisions_load(a->divisions, run->arena, &run->errs, &run->divisions,
                              &run->n_divisions);
    errs_print(stderr, COMMAND_PROGRAM, &run->errs);
    bool complete = run->standard && run->aliases && (run->mapping || !a->columns);
    return complete && !run->errs.errors ? 0 : COMMAND_REFUSED;
}

static int read_files(struct run *run)
{
    struct jh_err err = {0};
    run->loader = loader_new(NULL);
    if (!run->loader)
        return no_memory();
    struct input_options options = {.aliases = run->aliases,
                                    .mapping = run->mapping,
                                    .loader = run->loader,
                                    .round = run->asked->round,
                                    .monthly = run->standard->monthly};
    int rc =
        input_read(&options, run->asked->files, run->asked->n_files, &run->input, &err);
    return rc ? command_fail(COMMAND_REFUSED, &err) : 0;
}

/* JSON carries them; for people they go to stderr, the first of them in full. */
static void tell_rejected(const struct run *run)
{
    const struct intake_result *now = &run->input.now;
    for (size_t i = 0; i < now->n_rejected && i < TOLD_MAX; i++) {
        const struct rejected *r = &now->rejected[i];
        struct jh_err err;
        err_at(&err, JH_EINVAL, run->input.names[r->file], r->line, r->col,
               "%s: \"%s\": %s; %s", r->column, r->value, r->reason,
               r->row ? "row dropped, its county cannot pass until it is mended"
                      : "taken as missing");
        err_print(stderr, COMMAND_PROGRAM, &err);
    }
    if (now->rejected_total > TOLD_MAX)
        fprintf(stderr, "%s: and %zu more like these (--format json lists them)\n",
                COMMAND_PROGRAM, now->rejected_total - TOLD_MAX);
}

/* The local indicators of --lua; the helper is forked while we are small. */
static int load_local(struct run *run)
{
    const struct asked *a = run->asked;
    struct local_options options = {
        .paths = &a->lua, .n_paths = 1, .standards_dir = a->standards_dir};
    if (!a->lua)
        return 0;
    int status = local_start(&run->local, COMMAND_REFUSED);
    if (!status)
        status = local_load(&run->local, &options, run->arena, COMMAND_REFUSED);
    return status;
}

static int run_local(struct run *run)
{
    if (!run->asked->lua)
        return 0;
    return local_run(&run->local, &run->input, run->arena, COMMAND_REFUSED);
}

/* ---- evaluating and printing ------------------------------------------------------------- */

static int by_code(const void *code, const void *division)
{
    return strcmp(code, ((const struct division *)division)->code);
}

static int evaluate_county(struct run *run, size_t i, struct county_result *ret)
{
    const struct dataset *data = run->input.now.datasets[i];
    struct eval_options options = {.previous =
                                       input_before(&run->input, data->county_code)};
    const struct division *division = NULL;
    if (run->n_divisions)
        division = bsearch(data->county_code, run->divisions, run->n_divisions,
                           sizeof *division, by_code);
    if (division) {
        options.stages = division->stage_bits;
        options.own_owners = division->owner_bits;
    }
    struct jh_err err;
    int rc = eval_county(run->standard, data, &options, run->arena, ret);
    if (!rc)
        return 0;
    err_set(&err, rc, "%s: %s", data->county_code, err_name(rc));
    return command_fail(COMMAND_REFUSED, &err);
}

static const struct json_local *list_local(struct run *run)
{
    struct json_local *list = arena_array(run->arena, run->local.n, sizeof *list);
    for (size_t i = 0; list && i < run->local.n; i++) {
        const struct script_verdict *v = &run->local.verdicts[i];
        const struct school *school = local_school(&run->input, v);
        list[i] = (struct json_local){.county = v->county,
                                      .id = v->indicator,
                                      .stage = stage_id(v->stage),
                                      .school = school ? school->code : NULL,
                                      .verdict = outcome_id(v->outcome),
                                      .text = v->text,
                                      .value = v->value};
    }
    return list;
}

static int write_json(struct run *run)
{
    const struct intake_result *now = &run->input.now;
    struct county_result *results = arena_array(run->arena, now->n, sizeof *results);
    if (!results)
        return no_memory();
    for (size_t i = 0; i < now->n; i++) {
        int status = evaluate_county(run, i, &results[i]);
        if (status)
            return status;
    }
    struct json_evaluation e = {.standard = run->standard,
                                .round = now->round,
                                .data_sha256 = run->input.sha256,
                                .counties = results,
                                .n = now->n,
                                .local = list_local(run),
                                .n_local = run->local.n,
                                .rejected = now->rejected,
                                .n_rejected = now->n_rejected,
                                .findings = now->findings,
                                .n_findings = now->n_findings,
                                .explain = run->asked->explain};
    json_t *json = e.local ? json_evaluation(&e) : NULL;
    if (!json)
        return no_memory();
    json_dump(json, &run->out);
    buf_char(&run->out, '\n');
    json_decref(json);
    return 0;
}

static void write_text(struct run *run, const struct county_result *result)
{
    if (run->out.len)
        buf_char(&run->out, '\n');
    report_text(result, run->messages, &run->out);
}

static int write_lines(struct run *run)
{
    if (run->asked->format == FORMAT_CSV)
        report_csv_head(&run->out);
    else
        run->messages = messages_load(NULL, &run->errs);
    if (run->asked->format == FORMAT_TEXT && !run->messages)
        return no_memory();
    struct arena *scratch = arena_new(ARENA_MAX);
    struct arena *kept = run->arena;
    if (!scratch)
        return no_memory();
    run->arena = scratch; /* one county at a time */
    int status = 0;
    for (size_t i = 0; !status && i < run->input.now.n; i++) {
        struct county_result result;
        arena_reset(scratch);
        status = evaluate_county(run, i, &result);
        if (!status && run->asked->format == FORMAT_CSV)
            report_csv(&result, &run->out);
        else if (!status)
            write_text(run, &result);
    }
    run->arena = kept;
    arena_free(scratch);
    if (run->local.n && run->asked->format == FORMAT_TEXT) {
        buf_char(&run->out, '\n');
        local_print(&run->local, &run->input, &run->out);
    }
    return status;
}

static int write_out(struct run *run)
{
    bool json = run->asked->format == FORMAT_JSON;
    if (!json)
        tell_rejected(run);
    int status = json ? write_json(run) : write_lines(run);
    if (status)
        return status;
    if (run->out.failed)
        return no_memory();
    fwrite(run->out.p, 1, run->out.len, stdout); /* main() looks whether it went out */
    return COMMAND_OK;
}

static void run_done(struct run *run)
{
    buf_done(&run->out);
    messages_free(run->messages);
    input_done(&run->input);
    local_done(&run->local);
    loader_free(run->loader);
    alias_free(run->aliases);
    errs_done(&run->errs);
    arena_free(run->arena);
}

int evaluate_run(int argc, char **argv)
{
    struct asked asked = {0};
    int status = ask(&asked, argc, argv);
    if (status)
        return status;
    struct run run = {.asked = &asked, .arena = arena_new(ARENA_MAX)};
    if (!run.arena)
        return no_memory();
    errs_init(&run.errs, ERRORS_MAX);
    buf_init(&run.out, OUTPUT_MAX);
    status = load_local(&run);
    if (!status)
        status = read_rules(&run);
    if (!status)
        status = read_files(&run);
    if (!status)
        status = run_local(&run);
    if (!status)
        status = write_out(&run);
    run_done(&run);
    return status;
}
