/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/test.h"

#include <stdlib.h>
#include <string.h>

#include "ctl/command.h"
#include "ctl/rule_test.h"

enum { FILE_ARENA = 1 << 30, TEST_ARENA = 1 << 30, ERRORS_MAX = 500, KEYS = 2 };

/* All of a run, over all files. */
struct run {
    size_t n, failed; /* lines of TAP */
};

/* One file. */
struct file {
    const char *path, *dir;
    struct arena *arena;
    struct errs errs;
    struct configured c;
    struct messages *messages;
    const struct rule_test *tests;
    size_t n_tests;
};

/* ---- the configuration ------------------------------------------------------------------------- */

/* What a test need not say: who delivers, and one office that is told. */
static const char DEFAULTS[] =
    "sources:\n  - {name: data, plugin: file, path: data, format: csv}\n"
    "channels:\n  - {name: spool, plugin: spool, path: spool}\n"
    "offices:\n  - {id: office, name: office, level: nation, channels: [spool]}\n";

/* The map given, and of the defaults what it does not say. */
static const struct yaml_node *with_defaults(struct file *f, const struct yaml_node *map)
{
    const struct yaml_node *defaults =
        yaml_parse("(built in)", DEFAULTS, strlen(DEFAULTS), f->arena, &f->errs);
    struct yaml_node *both = arena_alloc(f->arena, sizeof *both);
    size_t n = defaults ? defaults->n : 0, given = map ? map->n : 0;
    struct yaml_pair *pairs = arena_array(f->arena, given + n, sizeof *pairs);
    if (!defaults || !both || !pairs)
        return NULL;
    *both = map ? *map : *defaults;
    both->pairs = pairs;
    both->n = 0;
    for (size_t i = 0; i < given; i++)
        pairs[both->n++] = map->pairs[i];
    for (size_t i = 0; i < n; i++)
        if (!map || !yaml_get(map, defaults->pairs[i].key->text))
            pairs[both->n++] = defaults->pairs[i];
    return both;
}

static void open_config(struct file *f, const struct yaml_node *node)
{
    if (node && node->kind == YAML_SCALAR) {
        const char *path = *node->text == '/'
                               ? node->text
                               : arena_fmt(f->arena, "%s/%s", f->dir, node->text);
        configured_open(&f->c, path);
    } else if (!node || node->kind == YAML_MAP) {
        const struct yaml_node *map = with_defaults(f, node);
        if (map)
            configured_read(&f->c, map, f->path);
    } else {
        yaml_error(node, &f->errs, "config: expected a path or a map");
    }
    if (f->c.config)
        configured_scripts(&f->c);
}

/* ---- one file ---------------------------------------------------------------------------------- */

static void check_keys(struct file *f, const struct yaml_node *root)
{
    static const char *const WORDS[KEYS] = {"config", "tests"};
    for (size_t i = 0; i < root->n; i++) {
        const struct yaml_node *key = root->pairs[i].key;
        if (strcmp(key->text, "config") != 0 && strcmp(key->text, "tests") != 0)
            option_unknown(key, "", WORDS, KEYS, &f->errs);
    }
}

static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    return slash == path ? "/" : arena_strn(arena, path, (size_t)(slash - path));
}

static void read_root(struct file *f, const struct yaml_node *root)
{
    if (root->kind != YAML_MAP) {
        yaml_error(root, &f->errs, "expected a map with config and tests");
        return;
    }
    check_keys(f, root);
    open_config(f, yaml_get(root, "config"));
    f->messages = messages_load(NULL, &f->errs);
    if (!f->c.config)
        return;
    struct scene_reader r = {f->c.config, f->dir, f->arena, &f->errs};
    f->tests = rule_test_read(&r, root, &f->n_tests);
}

/* False: it was told what is wrong with it. */
static bool file_open(struct file *f)
{
    f->arena = arena_new(FILE_ARENA);
    errs_init(&f->errs, ERRORS_MAX);
    if (f->arena) {
        f->dir = folder_of(f->arena, f->path);
        const struct yaml_node *root = yaml_load(f->path, f->arena, &f->errs);
        if (root)
            read_root(f, root);
    }
    errs_print(stderr, COMMAND_PROGRAM, &f->c.errs);
    errs_print(stderr, COMMAND_PROGRAM, &f->errs);
    return f->tests && f->messages && !f->errs.errors && !f->c.errs.errors;
}

static void file_close(struct file *f)
{
    messages_free(f->messages);
    configured_close(&f->c);
    errs_done(&f->errs);
    arena_free(f->arena);
}

/* ---- one test ----------------------------------------------------------------------------------- */

/* An act that fails, or a scene that does: with its place, and where the reason stands. */
static int broke(struct scene *s, const struct yaml_node *at, const char *what,
                 const struct jh_err *err)
{
    char text[sizeof err->file + sizeof err->text + 64];
    err_format(err, text, sizeof text);
    scene_wrong(s, at, "%s: %s", what, text);
    return err->code;
}

/* Letters that wait for their group may have taken the clock past a step that follows close. */
static int wait_for(struct scene *s, const struct rule_step *step, struct jh_err *err)
{
    if (step->ms < s->trial.clock.fixed_ms)
        return err_set(err, JH_EINVAL,
                       "the clock is past that: letters before it were waited for "
                       "(alerts.group_wait)");
    return scene_pass(s, step->ms, err);
}

static int take_step(struct scene *s, const struct rule_step *step)
{
    struct jh_err err = {0};
    const struct rule_act *act = &step->act;
    if (wait_for(s, step, &err))
        return broke(s, step->at, "at", &err);
    for (size_t i = 0; i < act->n; i++)
        if (act->verb->run(s, act->maps[i], act->confs[i], &err))
            return broke(s, act->maps[i], act->verb->name, &err);
    for (size_t i = 0; CLAIMS[i]; i++)
        if (step->claims[i].at && CLAIMS[i]->check(s, &step->claims[i], &err))
            return broke(s, step->claims[i].at, CLAIMS[i]->name, &err);
    return 0;
}

static void run_steps(struct scene *s, const struct rule_test *test)
{
    s->trial.clock.fixed_ms = test->steps[0].ms;
    for (size_t i = 0; i < test->n_steps; i++)
        if (take_step(s, &test->steps[i]))
            return;
}

/* A name is one line of TAP, and a # in it would begin a directive. */
static void print_line(struct run *run, bool good, const char *name)
{
    printf("%sok %zu - ", good ? "" : "not ", ++run->n);
    for (const char *p = name; *p; p++)
        if (*p == '#' || *p == '\\')
            printf("\\%c", *p);
        else
            putchar((unsigned char)*p < ' ' ? ' ' : *p);
    putchar('\n');
    run->failed += !good;
}

static void run_test(struct run *run, const struct file *f, const struct rule_test *test)
{
    struct scene s;
    struct jh_err err = {0};
    struct arena *arena = arena_new(TEST_ARENA);
    if (!arena || scene_open(&s, &f->c, f->messages, arena, &err)) {
        if (arena)
            broke(&s, test->at, "cannot begin", &err);
    } else {
        run_steps(&s, test);
    }
    print_line(run, arena && !s.failures, test->name);
    if (arena) {
        fputs(buf_text(&s.wrong), stdout);
        if (s.wrong.failed)
            puts("# and more");
        scene_close(&s);
    }
    fflush(stdout);
    arena_free(arena);
}

static void run_file(struct run *run, const char *path)
{
    struct file f = {.path = path};
    bool good = file_open(&f);
    printf("# %s\n", path);
    if (!good)
        print_line(run, false, path);
    for (size_t i = 0; good && i < f.n_tests; i++)
        run_test(run, &f, &f.tests[i]);
    file_close(&f);
}

int test_run(int argc, char **argv)
{
    struct run run = {0};
    if (argc < 2)
        return command_usage("test", "a file of tests is needed");
    for (int i = 1; i < argc; i++)
        if (argv[i][0] == '-')
            return command_usage("test", "unknown option %s", argv[i]);
    for (int i = 1; i < argc; i++)
        run_file(&run, argv[i]);
    printf("1..%zu\n", run.n);
    return run.failed ? COMMAND_FAILED : COMMAND_OK;
}
