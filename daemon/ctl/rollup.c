/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/rollup.h"

#include <stdlib.h>
#include <string.h>

#include "conf/region.h"
#include "ctl/given.h"
#include "ctl/stream.h"
#include "eval/rollup.h"
#include "render/json.h"
#include "render/regions.h"

enum { SCRATCH_MAX = 0x7fffffff, COUNTIES_MAX = 100000 };

enum depth { NATION, PROVINCE, PREFECTURE, DEPTHS };
static const char *const LEVELS[] = {"nation", "province", "prefecture"};

/* A county and what it lies in. */
struct placed {
    const struct rollup_county *county;
    struct region_place place;
};

/* All that a run stands on. */
struct run {
    struct given_asked asked;
    int level; /* -1 = all */
    struct given given;
    struct config divisions; /* nothing else of it */
    struct arena *scratch;   /* of one county at a time */
    struct placed *counties; /* malloc'ed */
    size_t n, cap;
    struct region *regions;
    size_t n_regions;
};

/* ---- the command line ------------------------------------------------------------------ */

static const struct option OPTIONS[] = {
    GIVEN_OPTIONS,
    {"level", required_argument, NULL, 'L'},
    {NULL, 0, NULL, 0},
};

static int ask_own(void *arg, int option)
{
    struct run *run = arg;
    (void)option; /* there is only one */
    for (int i = 0; i < DEPTHS; i++) {
        if (strcmp(optarg, LEVELS[i]) == 0) {
            run->level = i;
            return 0;
        }
    }
    return command_usage(
        "rollup", "--level: expected prefecture, province or nation, got \"%s\"", optarg);
}

/* ---- counties ---------------------------------------------------------------------------- */

static int make_room(struct run *run)
{
    struct jh_err err;
    if (run->n < run->cap)
        return 0;
    if (run->n >= COUNTIES_MAX) {
        err_set(&err, JH_ELIMIT, "more than %d counties", COUNTIES_MAX);
        return command_fail(COMMAND_REFUSED, &err);
    }
    size_t cap = run->cap ? run->cap * 2 : 256;
    void *p = realloc(run->counties, cap * sizeof *run->counties);
    if (!p)
        return given_no_memory();
    run->counties = p;
    run->cap = cap;
    return 0;
}

/* One county, judged and boiled down; its rows are not needed any more. */
static int add_county(struct run *run, const struct dataset *data)
{
    struct given *g = &run->given;
    struct county_result now, before;
    struct rollup_county *county = arena_alloc(g->arena, sizeof *county);
    if (!county)
        return given_no_memory();
    int status = make_room(run);
    arena_reset(run->scratch);
    if (!status)
        status = given_evaluate(g, data, run->scratch, &now);
    if (!status)
        status = given_evaluate_before(g, data, run->scratch, &before);
    if (status)
        return status;
    struct placed placed = {.county = county};
    if (rollup_note(&now, &before, g->arena, county) ||
        region_find(&run->divisions, county->code, g->arena, &placed.place))
        return given_no_memory();
    run->counties[run->n++] = placed;
    return 0;
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct placed *)a)->county->code,
                  ((const struct placed *)b)->county->code);
}

/* In order of code, for add_absent(); returns how many there are. */
static size_t sort(struct run *run)
{
    if (run->n)
        qsort(run->counties, run->n, sizeof *run->counties, by_code);
    return run->n;
}

/* A county of which the round has no rows is unknown, not gone. known: so many are sorted. */
static int add_absent(struct run *run, size_t known, const char *code, const char *name)
{
    const struct rollup_county county = {.code = code};
    const struct placed key = {.county = &county};
    const struct dataset nothing = {
        .round = run->given.input.now.round, .county_code = code, .county_name = name};
    if (known && bsearch(&key, run->counties, known, sizeof key, by_code))
        return 0;
    return add_county(run, &nothing);
}

/* A code that went into others since `then` (NULL: ever) is there in them, each once. */
static int add_heirs(struct run *run, size_t *known, const char *code, const char *name,
                     const struct dataset *then)
{
    struct given *g = &run->given;
    struct entity_codes heirs;
    struct date day = round_reference(g->input.now.round);
    int status = 0;
    int rc = then ? entity_heirs(&g->changes, code,
                                 entity_after(&g->changes, round_reference(then->round)),
                                 day, g->arena, &heirs)
                  : entity_now(&g->changes, code, day, g->arena, &heirs);
    if (rc)
        return given_no_memory();
    for (size_t i = 0; i < heirs.n && !status; i++) {
        const struct division *d = config_division(&run->divisions, heirs.list[i]);
        bool same = strcmp(heirs.list[i], code) == 0;
        if (!same)
            *known = sort(run);
        status = add_absent(run, *known, heirs.list[i], same ? name : d ? d->name : "");
    }
    if (heirs.n != 1)
        *known = sort(run);
    return status;
}

/* Those of older rounds, of the divisions file, and those that only report of themselves. */
static int add_all_absent(struct run *run)
{
    const struct previous *before = &run->given.input.before;
    const struct config *divisions = &run->divisions;
    const struct county_intake_result *reports = &run->given.reports;
    int status = 0;
    size_t known = sort(run);
    for (size_t i = 0; i < before->n && !status; i++)
        status = add_heirs(run, &known, before->datasets[i]->county_code,
                           before->datasets[i]->county_name, before->datasets[i]);
    known = sort(run);
    for (size_t i = 0; i < divisions->n_divisions && !status; i++)
        if (region_is_county(&divisions->divisions[i]))
            status = add_heirs(run, &known, divisions->divisions[i].code,
                               divisions->divisions[i].name, NULL);
    known = sort(run);
    for (size_t i = 0; i < reports->n && !status; i++)
        status = add_heirs(run, &known, reports->list[i]->county_code, "", NULL);
    return status;
}

static int stream_county(void *arg, const struct dataset *data)
{
    return add_county(arg, data) ? JH_ECANCELED : 0;
}

/* The quick way holds one county at a time. Where it is not for these files, all are read. */
static int read_counties(struct run *run)
{
    struct given *g = &run->given;
    const struct intake_result *now = &g->input.now;
    struct input_options options = given_input(g);
    options.digest = true;
    if (stream_read(&options, run->asked.files, run->asked.n_files, stream_county, run,
                    &g->input) == 0)
        return given_reports_fit(g);
    run->n = 0;
    int status = given_read(g);
    for (size_t i = 0; i < now->n && !status; i++)
        status = add_county(run, now->datasets[i]);
    return status;
}

/* ---- regions ------------------------------------------------------------------------------- */

/* What lies in no region comes last. */
static int compare(const char *a, const char *b)
{
    return *a && *b ? strcmp(a, b) : (*a == '\0') - (*b == '\0');
}

static int by_place(const void *a, const void *b)
{
    const struct placed *x = a, *y = b;
    int order = compare(x->place.province, y->place.province);
    return order ? order : compare(x->place.prefecture, y->place.prefecture);
}

/* The counties [begin, end) are one region. */
static int add_region(struct run *run, enum depth level, size_t begin, size_t end)
{
    struct given *g = &run->given;
    const struct region_place *place = &run->counties[begin].place;
    const char *const codes[] = {"", place->province, place->prefecture};
    const struct rollup_county **list;
    if (run->level >= 0 && (enum depth)run->level != level)
        return 0;
    if (!(list = arena_array(g->arena, end - begin, sizeof *list)))
        return given_no_memory();
    for (size_t i = begin; i < end; i++)
        list[i - begin] = run->counties[i].county;
    const struct division *division = config_division(&run->divisions, codes[level]);
    struct region *region = &run->regions[run->n_regions++];
    region->level = LEVELS[level];
    region->code = codes[level];
    region->name = division ? division->name : "";
    region->parent = level == PREFECTURE ? place->province : "";
    int rc = rollup_join(g->standard, list, end - begin, g->arena, &region->rollup);
    return rc ? given_no_memory() : 0;
}

/* Where the counties end that lie in the same province (and prefecture) as the first. */
static size_t end_of(const struct run *run, enum depth level, size_t begin)
{
    const struct region_place *first = &run->counties[begin].place;
    size_t end = begin + 1;
    for (; end < run->n; end++) {
        const struct region_place *place = &run->counties[end].place;
        if (strcmp(first->province, place->province) != 0 ||
            (level == PREFECTURE && strcmp(first->prefecture, place->prefecture) != 0))
            break;
    }
    return end;
}

/* The nation, then each province with its prefectures behind it. */
static int add_regions(struct run *run)
{
    run->regions = arena_array(run->given.arena, 2 * run->n + 1, sizeof *run->regions);
    if (!run->regions)
        return given_no_memory();
    if (!run->n)
        return 0;
    qsort(run->counties, run->n, sizeof *run->counties, by_place);
    int status = add_region(run, NATION, 0, run->n);
    for (size_t begin = 0, end; begin < run->n && !status; begin = end) {
        end = end_of(run, PROVINCE, begin);
        status = add_region(run, PROVINCE, begin, end);
        for (size_t at = begin, to; at < end && !status; at = to) {
            to = end_of(run, PREFECTURE, at);
            status = add_region(run, PREFECTURE, at, to);
        }
    }
    return status;
}

/* ---- all of it ----------------------------------------------------------------------------- */

static int write_out(struct run *run)
{
    struct given *g = &run->given;
    const struct regions regions = {.standard = g->standard,
                                    .round = g->input.now.round,
                                    .data_sha256 = g->input.sha256,
                                    .list = run->regions,
                                    .n = run->n_regions};
    given_tell_rejected(g);
    if (g->asked->format == GIVEN_CSV) {
        regions_csv(&regions, &g->out);
    } else if (g->asked->format == GIVEN_TEXT) {
        if (given_messages(g))
            return COMMAND_REFUSED;
        regions_text(&regions, g->messages, &g->out);
    } else {
        int status = given_json(g, regions_json(&regions));
        if (status)
            return status;
    }
    return given_print(g);
}

static int run_all(struct run *run)
{
    struct given *g = &run->given;
    int status = given_rules(g);
    run->divisions.divisions = g->divisions;
    run->divisions.n_divisions = g->n_divisions;
    if (!status && !(run->scratch = arena_new(SCRATCH_MAX)))
        status = given_no_memory();
    if (!status)
        status = read_counties(run);
    if (!status)
        status = add_all_absent(run);
    if (!status)
        status = add_regions(run);
    return status ? status : write_out(run);
}

int rollup_run(int argc, char **argv)
{
    struct run run = {.asked = {.command = "rollup", .every = true}, .level = -1};
    int status = given_ask(&run.asked, argc, argv, OPTIONS, ask_own, &run);
    if (status)
        return status;
    status = given_init(&run.given, &run.asked);
    if (!status)
        status = run_all(&run);
    free(run.counties);
    arena_free(run.scratch);
    given_done(&run.given);
    return status;
}
