/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/lua.h"

#include <getopt.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "ctl/command.h"
#include "ctl/local.h"
#include "render/json.h"

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
    struct local local;
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

/* ---- check --------------------------------------------------------------------------------- */

static void work_done(struct work *w)
{
    input_done(&w->input);
    loader_free(w->loader);
    alias_free(w->aliases);
    local_done(&w->local);
    errs_done(&w->errs);
    arena_free(w->arena);
}

static int load(struct work *w, size_t n_paths, int status)
{
    const struct asked *a = w->asked;
    struct local_options options = {.paths = (const char *const *)a->paths,
                                    .n_paths = n_paths,
                                    .params = a->params,
                                    .n_params = a->n_params,
                                    .standards_dir = a->standards_dir};
    return local_load(&w->local, &options, w->arena, status);
}

static int check(struct work *w)
{
    int status = load(w, w->asked->n_paths, COMMAND_FAILED);
    for (size_t i = 0; !status && i < script_set_count(w->local.set); i++) {
        const struct script_info *info = script_set_info(w->local.set, i);
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
    int failed = script_test(w->local.host, path, to, &err);
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

static void print_json(const struct work *w)
{
    json_t *all = json_array();
    for (size_t i = 0; i < w->local.n; i++) {
        const struct script_verdict *v = &w->local.verdicts[i];
        const struct school *school = local_school(&w->input, v);
        json_t *value = isnan(v->value) ? json_null() : json_real(v->value);
        json_array_append_new(
            all, json_pack("{s:s, s:s, s:s, s:s*, s:s*, s:s, s:o, s:s}", "id",
                           v->indicator, "county", v->county, "stage", stage_id(v->stage),
                           "school", school ? school->code : NULL, "campus",
                           school ? school->campus : NULL, "verdict",
                           outcome_id(v->outcome), "value", value, "text", v->text));
    }
    json_t *root = json_pack("{s:o}", "local", all);
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    json_dump(root, &out);
    puts(buf_text(&out));
    buf_done(&out);
    json_decref(root);
}

static void print_text(const struct work *w)
{
    struct buf out;
    buf_init(&out, OUTPUT_MAX);
    local_print(&w->local, &w->input, &out);
    fputs(buf_text(&out), stdout);
    buf_done(&out);
}

static int run(struct work *w)
{
    int status = load(w, 1, COMMAND_REFUSED);
    if (!status)
        status = read_data(w);
    if (!status)
        status = local_run(&w->local, &w->input, w->arena, COMMAND_REFUSED);
    if (!status)
        (w->asked->json ? print_json : print_text)(w);
    return status;
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
    struct work w = {.asked = asked, .arena = arena_new(ARENA_MAX)};
    errs_init(&w.errs, ERRORS_MAX);
    int status = asked && w.arena ? ask(asked, argc - 1, argv + 1) : COMMAND_FAILED;
    if (!status && asked->n_paths < acts[i].paths)
        status = command_usage("lua", "%s: a file is missing", argv[1]);
    if (!status)
        status = local_start(&w.local, COMMAND_FAILED);
    if (!status)
        status = acts[i].run(&w);
    work_done(&w);
    free(asked);
    return status;
}
