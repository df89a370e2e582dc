/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/evaluate.h"

#include "ctl/given.h"
#include "ctl/local.h"
#include "render/json.h"
#include "render/report.h"

enum { SCRATCH_MAX = 0x7fffffff };

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
    {"counties", required_argument, NULL, 'C'},
    {"lua", required_argument, NULL, 'l'},
    {"explain", no_argument, NULL, 'e'},
    {NULL, 0, NULL, 0},
};

static int ask_own(void *arg, int option)
{
    struct run *run = arg;
    if (option == 'C')
        return command_usage("evaluate", "--counties: items are not judged yet");
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
                                .explain = run->explain,
                                .before = run->explain ? before : NULL};
    json_t *json = e.local ? json_evaluation(&e) : NULL;
    if (!json)
        return given_no_memory();
    json_dump(json, &g->out);
    buf_char(&g->out, '\n');
    json_decref(json);
    return 0;
}

static int write_county(struct run *run, const struct dataset *data,
                        struct arena *scratch)
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
        report_csv(&result, &g->out);
        return 0;
    }
    if (g->out.len)
        buf_char(&g->out, '\n');
    report_text(&result, g->messages, &g->out);
    if (run->explain)
        report_explain(&result, &before, g->messages, &g->out);
    return 0;
}

static int write_lines(struct run *run)
{
    struct given *g = &run->given;
    bool text = g->asked->format == GIVEN_TEXT;
    struct arena *scratch = arena_new(SCRATCH_MAX); /* one county at a time */
    int status = scratch ? 0 : given_no_memory();
    if (!status && text)
        status = given_messages(g);
    if (!text)
        report_csv_head(&g->out);
    for (size_t i = 0; !status && i < g->input.now.n; i++) {
        arena_reset(scratch);
        status = write_county(run, g->input.now.datasets[i], scratch);
    }
    arena_free(scratch);
    if (run->local.n && text) {
        buf_char(&g->out, '\n');
        local_print(&run->local, &g->input, &g->out);
    }
    return status;
}

static int write_out(struct run *run)
{
    bool json = run->asked.format == GIVEN_JSON;
    if (!json)
        given_tell_rejected(&run->given);
    int status = json ? write_json(run) : write_lines(run);
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
        status = given_read(&run.given);
    if (!status)
        status = run_local(&run);
    if (!status)
        status = write_out(&run);
    local_done(&run.local);
    given_done(&run.given);
    return status;
}
