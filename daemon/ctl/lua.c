/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/lua.h"

#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "ctl/command.h"
#include "ctl/input.h"
#include "plugin/loader.h"
#include "render/table.h"
#include "script/script.h"

enum { ERRORS_MAX = 1000, ARENA_MAX = 1 << 30, OUTPUT_MAX = 1 << 30, PARAMS_MAX = 256 };

const char LUA_USAGE[] =
    "check|test|run PATH... [OPTION]...\n"
    "  check PATH...        are these indicators (files or folders) right?\n"
    "  test FILE...         runs their own tests; TAP\n"
    "  run PATH FILE...     runs them over files of school data, as evaluate reads them\n"
    "  --round ROUND        run: 2025 or 2025-10; default: the newest in the files\n"
    "  --columns FILE       run: what your columns mean: YAML with columns and defaults\n"
    "  --standards-dir DIR  run, check: for `population = ID`\n"
    "  --param ID.NAME=V    run, check: a parameter as junheng.yaml would set it\n"
    "  --format FORMAT      run: text (default) or json\n";

struct asked {
    const char *columns, *standards_dir;
    bool json;
    struct round round;
    struct script_param params[PARAMS_MAX];
    size_t n_params;
    char **paths;
    size_t n_paths;
};

/* All that a command stands on; work_done() lets go of it. */
struct work {
    const struct asked *asked;
    struct arena *arena;
    struct errs errs;
    struct script_host *host;
    struct script_set *set;
    const struct standard **standards;
    size_t n_standards;
    struct alias_table *aliases;
    struct loader *loader;
    struct input input;
};

/* ---- the command line ---------------------------------------------------------------------- */

static bool is_number(const char *text)
{
    double v;
    text += *text == '-';
    return num_parse(text, strlen(text), &v) == 0;
}

/* "ID.NAME=VALUE" is taken apart where it stands. */
static int ask_param(struct asked *a, char *text)
{
    char *dot = strchr(text, '.'), *eq = dot ? strchr(dot, '=') : NULL;
    if (!eq)
        return command_usage("lua", "--param: expected ID.NAME=VALUE, got \"%s\"", text);
    if (a->n_params == PARAMS_MAX)
        return command_usage("lua", "--param: at most %d", PARAMS_MAX);
    *dot = *eq = 0;
    a->params[a->n_params++] =
        (struct script_param){text, dot + 1, eq + 1, is_number(eq + 1)};
    return 0;
}

static int ask_format(struct asked *a, const char *word)
{
    a->json = strcmp(word, "json") == 0;
    if (a->json || strcmp(word, "text") == 0)
        return 0;
    return command_usage("lua", "--format: expected text or json, got \"%s\"", word);
}

static int ask_option(struct asked *a, int option, char **argv)
{
    switch (option) {
    case 'r':
        if (round_parse(optarg, strlen(optarg), &a->round) == 0)
            return 0;
        return command_usage("lua", "--round: expected 2025 or 2025-10, got \"%s\"",
                             optarg);
    case 'c':
        a->columns = optarg;
        return 0;
    case 'S':
        a->standards_dir = optarg;
        return 0;
    case 'p':
        return ask_param(a, optarg);
    case 'f':
        return ask_format(a, optarg);
    case ':':
        return command_usage("lua", "%s wants a value", argv[optind - 1]);
    default:
        return command_usage("lua", "unknown option %s", argv[optind - 1]);
    }
}

static int ask(struct asked *a, int argc, char **argv)
{
    static const struct option options[] = {
        {"round", required_argument, NULL, 'r'},
        {"columns", required_argument, NULL, 'c'},
        {"standards-dir", required_argument, NULL, 'S'},
        {"param", required_argument, NULL, 'p'},
        {"format", required_argument, NULL, 'f'},
        {NULL, 0, NULL, 0}};
    optind = 0;
    opterr = 0;
    for (int c; (c = getopt_long(argc, argv, ":", options, NULL)) != -1;) {
        int status = ask_option(a, c, argv);
        if (status)
            return status;
    }
    a->paths = argv + optind;
    a->n_paths = (size_t)(argc - optind);
    return 0;
}

/* ---- starting and loading -------------------------------------------------------------------- */

static int start(struct work *w)
{
    char helper[4096];
    struct jh_err err = {0};
    w->arena = arena_new(ARENA_MAX);
    if (!w->arena) {
        err_set(&err, JH_ENOMEM, "out of memory");
        return command_fail(COMMAND_FAILED, &err);
    }
    if (loader_helper(helper, sizeof helper, &err) < 0 ||
        script_start(helper, NULL, &w->host, &err) < 0)
        return command_fail(COMMAND_FAILED, &err);
    return 0;
}

static void work_done(struct work *w)
{
    input_done(&w->input);
    loader_free(w->loader);
    alias_free(w->aliases);
    script_set_unref(w->set);
    script_stop(w->host);
    errs_done(&w->errs);
    arena_free(w->arena);
}

/* Every standard that can be found may be the population of a script. */
static void find_standards(struct work *w)
{
    const char *dir = w->asked->standards_dir;
    const char *const *ids = standard_list(dir, w->arena, &w->errs);
    size_t n = 0;
    while (ids && ids[n])
        n++;
    w->standards = arena_array(w->arena, n, sizeof *w->standards);
    for (size_t i = 0; w->standards && i < n; i++) {
        const struct standard *st = standard_find(ids[i], dir, w->arena, &w->errs);
        if (st)
            w->standards[w->n_standards++] = st;
    }
}

static int load(struct work *w, size_t n_paths, int status)
{
    const struct asked *a = w->asked;
    find_standards(w);
    w->set = script_set_load(w->host, (const char *const *)a->paths, n_paths, a->params,
                             a->n_params, w->standards, w->n_standards, &w->errs);
    errs_print(stderr, COMMAND_PROGRAM, &w->errs);
    return w->set && !w->errs.errors ? 0 : status;
}

/* ---- check ----------------------------------------------------------------------------------- */

static int check(struct work *w)
{
    int status = load(w, w->asked->n_paths, COMMAND_FAILED);
    for (size_t i = 0; !status && i < script_set_count(w->set); i++) {
        const struct script_info *info = script_set_info(w->set, i);
        printf("%s: ok: %s, %zu tests\n", info->file, info->id, info->n_tests);
    }
    return status;
}

/* ---- test ------------------------------------------------------------------------------------ */

/* The lines of one file's TAP with numbers that go on; its plan is left out. */
static void print_numbered(const char *text, size_t *n)
{
    for (const char *line = text, *end; *line; line = end) {
        end = line + strcspn(line, "\n");
        end += *end == '\n';
        bool good = strncmp(line, "ok ", 3) == 0, bad = strncmp(line, "not ok ", 7) == 0;
        if (good || bad) {
            const char *rest = line + (good ? 3 : 7);
            rest += strspn(rest, "0123456789");
            printf("%sok %zu%.*s", bad ? "not " : "", ++*n, (int)(end - rest), rest);
        } else if (strncmp(line, "1..", 3) != 0) {
            printf("%.*s", (int)(end - line), line);
        }
    }
}

static int test_file(struct work *w, const char *path, size_t *n)
{
    struct jh_err err = {0};
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to) {
        err_set(&err, JH_ENOMEM, "out of memory");
        return command_fail(COMMAND_FAILED, &err);
    }
    int failed = script_test(w->host, path, to, &err);
    size_t before = *n;
    fclose(to);
    print_numbered(text, n);
    free(text);
    if (failed < 0)
        return command_fail(COMMAND_FAILED, &err);
    if (*n == before)
        printf("ok %zu # SKIP %s has no tests\n", ++*n, path);
    return failed ? COMMAND_FAILED : 0;
}

static int test(struct work *w)
{
    size_t n = 0;
    int status = 0;
    for (size_t i = 0; i < w->asked->n_paths; i++)
        if (test_file(w, w->asked->paths[i], &n))
            status = COMMAND_FAILED;
    printf("1..%zu\n", n);
    return status;
}

/* ---- run ------------------------------------------------------------------------------------- */

static int read_data(struct work *w)
{
    const struct asked *a = w->asked;
    struct jh_err err = {0};
    const struct mapping *mapping = NULL;
    w->aliases = alias_load(&w->errs);
    if (a->columns)
        mapping = mapping_load(a->columns, w->arena, &w->errs);
    errs_print(stderr, COMMAND_PROGRAM, &w->errs);
    if (!w->aliases || w->errs.errors)
        return COMMAND_REFUSED;
    w->loader = loader_new(NULL);
    struct input_options options = {.aliases = w->aliases,
                                    .mapping = mapping,
                                    .loader = w->loader,
                                    .round = a->round};
    if (!w->loader) {
        err_set(&err, JH_ENOMEM, "out of memory");
        return command_fail(COMMAND_REFUSED, &err);
    }
    if (input_read(&options, a->paths + 1, a->n_paths - 1, &w->input, &err) < 0)
        return command_fail(COMMAND_REFUSED, &err);
    return 0;
}

static const struct dataset *dataset_of(const struct work *w, const char *county)
{
    for (size_t i = 0; i < w->input.now.n; i++)
        if (strcmp(w->input.now.datasets[i]->county_code, county) == 0)
            return w->input.now.datasets[i];
    return NULL;
}

/* NULL for a verdict of the whole stage. */
static const struct school *school_of(const struct work *w,
                                      const struct script_verdict *v)
{
    const struct dataset *ds = dataset_of(w, v->county);
    return ds && v->school < ds->n ? &ds->schools[v->school] : NULL;
}

static void print_json(const struct work *w, const struct script_verdict *list, size_t n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct script_verdict *v = &list[i];
        const struct school *school = school_of(w, v);
        json_t *value = isnan(v->value) ? json_null() : json_real(v->value);
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s, s:o, s:s}", "id",
                           v->indicator, "county", v->county, "stage", stage_id(v->stage),
                           "school", school ? school->code : NULL, "campus",
                           school ? school->campus : NULL, "verdict",
                           outcome_id(v->outcome), "value", value, "text", v->text));
    }
    json_t *root = json_pack("{s:o}", "local", all);
    json_dumpf(root, stdout, JSON_COMPACT | JSON_REAL_PRECISION(17));
    putchar('\n');
    json_decref(root);
}

static void print_text(const struct work *w, const struct script_verdict *list, size_t n)
{
    static const enum table_align align[] = {TABLE_LEFT, TABLE_LEFT, TABLE_LEFT,
                                             TABLE_LEFT, TABLE_LEFT, TABLE_RIGHT,
                                             TABLE_LEFT};
    struct table *table = table_new(7, align);
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    for (size_t i = 0; table && i < n; i++) {
        const struct script_verdict *v = &list[i];
        const struct school *school = school_of(w, v);
        char value[NUM_TEXT];
        num_fixed(v->value, 3, value);
        const char *cells[] = {
            v->county,    stage_id(v->stage),     school ? school->code : NULL,
            v->indicator, outcome_id(v->outcome), value,
            v->text};
        table_row(table, cells);
    }
    if (table)
        table_print(table, 0, &out);
    fputs(buf_text(&out), stdout);
    buf_done(&out);
    table_free(table);
}

static int run_over(struct work *w)
{
    size_t n = w->input.now.n, n_verdicts = 0;
    struct script_county *counties = arena_array(w->arena, n, sizeof *counties);
    struct script_verdict *verdicts = NULL;
    struct jh_err err = {0};
    for (size_t i = 0; counties && i < n; i++) {
        const struct dataset *ds = w->input.now.datasets[i];
        counties[i] =
            (struct script_county){ds, input_before(&w->input, ds->county_code)};
    }
    if (!counties) {
        err_set(&err, JH_ENOMEM, "out of memory");
        return command_fail(COMMAND_REFUSED, &err);
    }
    if (script_run(w->host, w->set, counties, n, w->arena, &verdicts, &n_verdicts, &err) <
        0)
        return command_fail(COMMAND_REFUSED, &err);
    if (w->asked->json)
        print_json(w, verdicts, n_verdicts);
    else
        print_text(w, verdicts, n_verdicts);
    return COMMAND_OK;
}

static int run(struct work *w)
{
    int status = load(w, 1, COMMAND_REFUSED);
    if (!status)
        status = read_data(w);
    return status ? status : run_over(w);
}

/* ---- which --------------------------------------------------------------------------------- */

int lua_command(int argc, char **argv)
{
    static const struct {
        const char *name;
        size_t paths; /* at least */
        int (*run)(struct work *);
    } acts[] = {{"check", 1, check}, {"test", 1, test}, {"run", 2, run}};
    size_t i = 0, n = sizeof acts / sizeof *acts;
    while (i < n && (argc < 2 || strcmp(argv[1], acts[i].name) != 0))
        i++;
    if (i == n)
        return command_usage("lua", "expected check, test or run%s%s",
                             argc < 2 ? "" : ", got ", argc < 2 ? "" : argv[1]);
    struct asked *asked = calloc(1, sizeof *asked);
    struct work w = {.asked = asked};
    errs_init(&w.errs, ERRORS_MAX);
    int status = asked ? ask(asked, argc - 1, argv + 1) : COMMAND_FAILED;
    if (!status && asked->n_paths < acts[i].paths)
        status = command_usage("lua", "%s: a file is missing", argv[1]);
    if (!status)
        status = start(&w);
    if (!status)
        status = acts[i].run(&w);
    work_done(&w);
    free(asked);
    return status;
}
