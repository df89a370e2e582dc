/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/simulate.h"

#include <string.h>

#include "conf/option.h"
#include "ctl/given.h"
#include "ctl/simulate_set.h"
#include "render/json.h"
#include "render/simulation.h"

enum { SETS_MAX = 1000 };

/* All that a run stands on. */
struct run {
    struct given_asked asked;
    const char *set[SETS_MAX]; /* as written */
    size_t n_set;
    bool solve;
    const char *indicator, *stage, *county;
    struct given given;
    struct simulate_set *cells; /* the same, understood */
    int only;                   /* index of the indicator; -1 = all */
    struct simulation_county *counties;
    size_t n;
};

/* ---- the command line ------------------------------------------------------------------ */

static const struct option OPTIONS[] = {
    GIVEN_OPTIONS,
    {"set", required_argument, NULL, '='},
    {"solve", no_argument, NULL, 'x'},
    {"indicator", required_argument, NULL, 'i'},
    {"stage", required_argument, NULL, 't'},
    {"county", required_argument, NULL, 'y'},
    {NULL, 0, NULL, 0},
};

static int ask_own(void *arg, int option)
{
    struct run *run = arg;
    switch (option) {
    case '=':
        if (run->n_set == SETS_MAX)
            return command_usage("simulate", "--set: more than %d", SETS_MAX);
        run->set[run->n_set++] = optarg;
        return 0;
    case 'x':
        run->solve = true;
        return 0;
    case 'i':
        run->indicator = optarg;
        return 0;
    case 't':
        run->stage = optarg;
        return 0;
    default:
        run->county = optarg;
        return 0;
    }
}

static int ask(struct run *run, int argc, char **argv)
{
    int status = given_ask(&run->asked, argc, argv, OPTIONS, ask_own, run);
    if (status)
        return status;
    if (!run->n_set && !run->solve)
        return command_usage("simulate", "neither --set nor --solve is given");
    if (!run->solve && (run->indicator || run->stage || run->county))
        return command_usage("simulate",
                             "--indicator, --stage and --county go with --solve");
    if (run->stage && stage_of(run->stage, strlen(run->stage)) < 0)
        return command_usage(
            "simulate", "--stage: expected primary or junior, got \"%s\"", run->stage);
    return 0;
}

/* ---- what is meant ------------------------------------------------------------------------- */

static int refuse(const char *option, const char *what, const char *mean)
{
    struct jh_err err;
    err_set(&err, JH_EINVAL, "%s: unknown: \"%s\"%s", option, what, mean);
    return command_fail(COMMAND_REFUSED, &err);
}

static int read_indicator(struct run *run)
{
    const struct standard *st = run->given.standard;
    const char *ids[STANDARD_INDICATORS_MAX];
    char mean[OPTION_MEAN];
    run->only = -1;
    if (!run->indicator)
        return 0;
    run->only = standard_indicator(st, run->indicator);
    for (size_t k = 0; k < st->n_indicators; k++)
        ids[k] = st->indicators[k].id;
    if (run->only >= 0)
        return 0;
    return refuse("--indicator", run->indicator,
                  option_mean(run->indicator, ids, st->n_indicators, mean));
}

static int read_county(const struct run *run)
{
    const struct intake_result *now = &run->given.input.now;
    char mean[OPTION_MEAN];
    if (!run->county)
        return 0;
    const char **codes = arena_array(run->given.arena, now->n, sizeof *codes);
    if (!codes)
        return given_no_memory();
    for (size_t i = 0; i < now->n; i++) {
        codes[i] = now->datasets[i]->county_code;
        if (strcmp(codes[i], run->county) == 0)
            return 0;
    }
    return refuse("--county", run->county, option_mean(run->county, codes, now->n, mean));
}

static int read_sets(struct run *run)
{
    run->cells = arena_array(run->given.arena, run->n_set, sizeof *run->cells);
    int status = run->cells ? 0 : given_no_memory();
    for (size_t i = 0; !status && i < run->n_set; i++)
        status = simulate_set_read(&run->given, run->set[i], &run->cells[i]);
    return status;
}

/* ---- one county ---------------------------------------------------------------------------- */

/* Its cells, in the order they were given. */
static int own_cells(struct run *run, size_t county, struct simulation_county *c)
{
    struct simulate_cell *set = arena_array(run->given.arena, run->n_set, sizeof *set);
    if (!set)
        return given_no_memory();
    for (size_t i = 0; i < run->n_set; i++)
        if (run->cells[i].county == county)
            set[c->n_set++] = run->cells[i].cell;
    c->set = set;
    return 0;
}

static int evaluate_after(struct run *run, const struct dataset *data,
                          const struct eval_options *options, struct simulation_county *c)
{
    struct arena *arena = run->given.arena;
    struct county_result *after = arena_alloc(arena, sizeof *after);
    struct dataset *changed = arena_alloc(arena, sizeof *changed);
    c->after = c->before;
    if (!c->n_set)
        return 0;
    if (!after || !changed || simulate(data, c->set, c->n_set, arena, changed) ||
        eval_county(run->given.standard, changed, options, arena, after))
        return given_no_memory();
    c->after = after;
    return 0;
}

/* Of a figure: when it fails, or when it was asked for. */
static bool wanted(const struct run *run, const struct simulation_county *c, size_t stage,
                   size_t indicator)
{
    const struct stage_result *s = &c->after->stages[stage];
    enum cv_applies applies = run->given.standard->applies;
    if (run->only >= 0)
        return (size_t)run->only == indicator;
    bool own = applies == CV_EACH || applies == CV_BOTH;
    bool composite = applies == CV_COMPOSITE || applies == CV_BOTH;
    return (own && s->figures[indicator].outcome != OUTCOME_PASS) ||
           (composite && s->composite.outcome != OUTCOME_PASS);
}

static bool rule_wanted(const struct stage_result *s)
{
    for (size_t i = 0; i < s->n_units; i++)
        if (s->units[i].outcome == OUTCOME_FAIL || s->units[i].outcome == OUTCOME_UNKNOWN)
            return true;
    return false;
}

static int solve_stage(struct run *run, struct simulation_county *c, size_t stage,
                       const struct eval_options *options, struct solve_answer *answers)
{
    const struct standard *st = run->given.standard;
    struct solve s = {c->after, options, run->given.arena};
    const struct stage_result *result = &c->after->stages[stage];
    int rc = 0;
    if (run->stage && strcmp(run->stage, stage_id(result->stage)) != 0)
        return 0;
    if (!result->n_units) /* nobody to add to */
        return 0;
    if (rule_wanted(result))
        rc = solve_schools(&s, stage, run->only >= 0 ? UINT32_C(1) << run->only : 0,
                           &answers[c->n_answers++]);
    for (size_t k = 0; !rc && solve_judged(st) && k < st->n_indicators; k++)
        if (wanted(run, c, stage, k))
            rc = solve_figure(&s, stage, k, &answers[c->n_answers++]);
    return rc ? given_no_memory() : 0;
}

/* One plan for all, unless an answer does it alone, or only a part was asked for. */
static int solve_together(struct run *run, struct simulation_county *c,
                          const struct eval_options *options)
{
    struct solve s = {c->after, options, run->given.arena};
    if (run->only >= 0 || run->stage || c->after->outcome == OUTCOME_PASS)
        return 0;
    for (size_t i = 0; i < c->n_answers; i++)
        if (c->answers[i].after && c->answers[i].after->outcome == OUTCOME_PASS)
            return 0;
    struct solve_joint *joint = arena_alloc(run->given.arena, sizeof *joint);
    if (!joint || solve_joint(&s, joint))
        return given_no_memory();
    c->joint = joint;
    return 0;
}

static int solve_county(struct run *run, struct simulation_county *c,
                        const struct eval_options *options)
{
    size_t most = STAGE_COUNT * (run->given.standard->n_indicators + 1);
    struct solve_answer *answers = arena_array(run->given.arena, most, sizeof *answers);
    int status = answers ? 0 : given_no_memory();
    c->answers = answers;
    for (size_t i = 0; !status && i < c->after->n_stages; i++)
        status = solve_stage(run, c, i, options, answers);
    return status || c->n_answers < 2 ? status : solve_together(run, c, options);
}

/* Is the county shown: named, or concerned, or, when nothing was said, not inside? */
static bool concerned(const struct run *run, const struct simulation_county *c)
{
    if (run->county)
        return strcmp(run->county, c->before->data->county_code) == 0;
    return run->n_set ? c->n_set > 0 : c->before->outcome != OUTCOME_PASS;
}

static int do_county(struct run *run, size_t i)
{
    struct given *g = &run->given;
    const struct dataset *data = g->input.now.datasets[i];
    struct eval_options *options = arena_alloc(g->arena, sizeof *options);
    struct county_result *before = arena_alloc(g->arena, sizeof *before);
    struct simulation_county c = {.before = before};
    if (!options || !before)
        return given_no_memory();
    *options = given_options(g, data);
    int status = given_evaluate(g, data, g->arena, before);
    if (!status)
        status = own_cells(run, i, &c);
    if (status || !(concerned(run, &c) || c.n_set))
        return status;
    status = evaluate_after(run, data, options, &c);
    if (!status && run->solve && concerned(run, &c))
        status = solve_county(run, &c, options);
    run->counties[run->n++] = c;
    return status;
}

/* ---- all of them --------------------------------------------------------------------------- */

static int write_out(struct run *run)
{
    struct given *g = &run->given;
    const struct simulation s = {.standard = g->standard,
                                 .round = g->input.now.round,
                                 .data_sha256 = g->input.sha256,
                                 .counties = run->counties,
                                 .n = run->n,
                                 .solve = run->solve};
    if (g->asked->format == GIVEN_CSV) {
        simulation_csv(&s, &g->out);
    } else if (g->asked->format == GIVEN_TEXT) {
        if (given_messages(g))
            return COMMAND_REFUSED;
        simulation_text(&s, g->messages, &g->out);
    } else {
        int status = given_json(g, simulation_json(&s));
        if (status)
            return status;
    }
    return given_print(g);
}

static int do_all(struct run *run)
{
    const struct intake_result *now = &run->given.input.now;
    int status = read_indicator(run);
    if (!status)
        status = read_county(run);
    if (!status)
        status = read_sets(run);
    run->counties = arena_array(run->given.arena, now->n, sizeof *run->counties);
    if (!status && !run->counties)
        status = given_no_memory();
    for (size_t i = 0; !status && i < now->n; i++)
        status = do_county(run, i);
    if (!status && run->asked.format != GIVEN_JSON)
        given_tell_rejected(&run->given);
    return status ? status : write_out(run);
}

int simulate_run(int argc, char **argv)
{
    struct run run = {.asked = {.command = "simulate"}};
    int status = ask(&run, argc, argv);
    if (status)
        return status;
    status = given_init(&run.given, &run.asked);
    if (!status)
        status = given_read(&run.given);
    if (!status)
        status = do_all(&run);
    given_done(&run.given);
    return status;
}
