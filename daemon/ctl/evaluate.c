/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/evaluate.h"

#include "ctl/given.h"
#include "ctl/local.h"
#include "ctl/spool.h"
#include "ctl/stream.h"
#include "render/json.h"
#include "render/report.h"

enum { SCRATCH_MAX = 0x7fffffff, PIECE_MAX = 64 << 20 };

/* All that a run stands on. */
struct run {
    struct given_asked asked;
    const char *lua;
    bool explain;
    struct given given;
    struct local local; /* with --lua */
};

/* ---- the command line ------------------------------------------------------------------ */

static const struct option OPTIONS[] = {
    GIVEN_OPTIONS,
    {"lua", required_argument, NULL, 'l'},
    {"explain", no_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static int ask_own(void *arg, int option)
{
    struct run *run = arg;
    if (option == 'l')
        run->lua = optarg;
    else
        run->explain = true;
    return 0;
}

/* ---- local indicators ---------------------------------------------------------------------- */

/* The helper is forked while we are small. */
static int load_local(struct run *run)
{
    struct local_options options = {
        .paths = &run->lua, .n_paths = 1, .standards_dir = run->asked.standards_dir};
    if (!run->lua)
        return 0;
    int status = local_start(&run->local, COMMAND_REFUSED);
    if (!status)
        status = local_load(&run->local, &options, run->given.arena, COMMAND_REFUSED);
    return status;
}

static int run_local(struct run *run)
{
    if (!run->lua)
        return 0;
    return local_run(&run->local, &run->given.input, run->given.arena, COMMAND_REFUSED);
}

static const struct json_local *list_local(struct run *run)
{
    struct json_local *list = arena_array(run->given.arena, run->local.n, sizeof *list);
    for (size_t i = 0; list && i < run->local.n; i++) {
        const struct script_verdict *v = &run->local.verdicts[i];
        const struct school *school = local_school(&run->given.input, v);
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

/* ---- printing ------------------------------------------------------------------------------ */

static int write_json(struct run *run)
{
    struct given *g = &run->given;
    const struct intake_result *now = &g->input.now;
    struct county_result *results = arena_array(g->arena, now->n, sizeof *results);
    struct county_result *before =
        arena_array(g->arena, run->explain ? now->n : 0, sizeof *before);
    if (!results || !before)
        return given_no_memory();
    for (size_t i = 0; i < now->n; i++) {
        int status = given_evaluate(g, now->datasets[i], g->arena, &results[i]);
        if (!status && run->explain)
            status = given_evaluate_before(g, now->datasets[i], g->arena, &before[i]);
        if (status)
            return status;
    }
    struct json_evaluation e = {.standard = g->standard,
                                .round = now->round,
                                .data_sha256 = g->input.sha256,
                                .counties = results,
                                .n = now->n,
                                .local = list_local(run),
                                .n_local = run->local.n,
                                .rejected = now->rejected,
                                .n_rejected = now->n_rejected,
                                .findings = now->findings,
                                .n_findings = now->n_findings,
                                .files = g->input.names,
                                .n_files = g->input.n_names,
                                .reports = run->asked.counties ? &g->reports : NULL,
                                .explain = run->explain,
                                .before = run->explain ? before : NULL};
    return given_json(g, e.local ? json_evaluation(&e) : NULL);
}

/* In text, behind an empty line. */
static int write_county(struct run *run, const struct dataset *data,
                        struct arena *scratch, struct buf *out)
{
    struct given *g = &run->given;
    struct county_result result, before = {0};
    bool text = g->asked->format == GIVEN_TEXT;
    int status = given_evaluate(g, data, scratch, &result);
    if (!status && text && run->explain)
        status = given_evaluate_before(g, data, scratch, &before);
    if (status)
        return status;
    if (!text) {
        report_csv(&result, out);
        return 0;
    }
    buf_char(out, '\n');
    report_text(&result, g->messages, out);
    if (run->explain)
        report_explain(&result, &before, g->messages, out);
    return 0;
}

/* Counties as lines, as they come; in the order of their codes when they are printed. */
struct lines {
    struct run *run;
    struct arena *scratch; /* of one county at a time */
    struct spool spool;
};

static int lines_init(struct lines *l, struct run *run)
{
    *l = (struct lines){.run = run, .scratch = arena_new(SCRATCH_MAX)};
    spool_init(&l->spool, PIECE_MAX);
    if (!l->scratch)
        return given_no_memory();
    return run->asked.format == GIVEN_TEXT ? given_messages(&run->given) : 0;
}

static void lines_done(struct lines *l)
{
    spool_done(&l->spool);
    arena_free(l->scratch);
}

static int lines_failed(int rc)
{
    struct jh_err err;
    err_set(&err, rc, "output cannot be spooled: %s", err_name(rc));
    return command_fail(COMMAND_REFUSED, &err);
}

static int lines_add(struct lines *l, const struct dataset *data)
{
    arena_reset(l->scratch);
    int status = write_county(l->run, data, l->scratch, &l->spool.now);
    int rc = status ? 0 : spool_add(&l->spool, data->county_code);
    return rc ? lines_failed(rc) : status;
}

static int lines_print(struct lines *l)
{
    struct given *g = &l->run->given;
    bool text = g->asked->format == GIVEN_TEXT;
    given_tell_rejected(g);
    if (!text)
        report_csv_head(&g->out);
    fputs(buf_text(&g->out), stdout);
    buf_clear(&g->out);
    int rc = spool_print(&l->spool, text, stdout);
    if (rc)
        return lines_failed(rc);
    if (!l->run->local.n || !text)
        return 0;
    buf_char(&g->out, '\n');
    local_print(&l->run->local, &g->input, &g->out);
    return given_print(g);
}

static int write_lines(struct run *run)
{
    const struct intake_result *now = &run->given.input.now;
    struct lines lines;
    int status = lines_init(&lines, run);
    for (size_t i = 0; !status && i < now->n; i++)
        status = lines_add(&lines, now->datasets[i]);
    if (!status)
        status = lines_print(&lines);
    lines_done(&lines);
    return status;
}

static int stream_county(void *arg, const struct dataset *data)
{
    return lines_add(arg, data) ? JH_ECANCELED : 0;
}

/* The quick way, which holds one county at a time. Not taken: nothing is printed. */
static int write_streamed(struct run *run, bool *ret_taken)
{
    struct given *g = &run->given;
    struct input_options options = given_input(g);
    struct lines lines;
    options.findings = g->asked->format == GIVEN_TEXT;
    int status = lines_init(&lines, run);
    *ret_taken = !status && stream_read(&options, run->asked.files, run->asked.n_files,
                                        stream_county, &lines, &g->input) == 0;
    if (*ret_taken)
        status = given_reports_fit(g);
    if (*ret_taken && !status)
        status = lines_print(&lines);
    lines_done(&lines);
    return status;
}

static int write_out(struct run *run)
{
    if (run->asked.format != GIVEN_JSON)
        return write_lines(run);
    int status = write_json(run);
    return status ? status : given_print(&run->given);
}

int evaluate_run(int argc, char **argv)
{
    struct run run = {.asked = {.command = "evaluate"}};
    int status = given_ask(&run.asked, argc, argv, OPTIONS, ask_own, &run);
    if (status)
        return status;
    status = given_init(&run.given, &run.asked);
    if (!status)
        status = load_local(&run);
    if (!status)
        status = given_rules(&run.given);
    bool streamed = false;
    if (!status && !run.lua && run.asked.format != GIVEN_JSON)
        status = write_streamed(&run, &streamed);
    if (!status && !streamed)
        status = given_read(&run.given);
    if (!status && !streamed)
        status = run_local(&run);
    if (!status && !streamed)
        status = write_out(&run);
    local_done(&run.local);
    given_done(&run.given);
    return status;
}
