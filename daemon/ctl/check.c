/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/standard.h"
#include "ctl/command.h"
#include "ctl/configured.h"
#include "ctl/sample.h"
#include "render/message.h"
#include "script/script.h"

enum { ERRORS_MAX = 500, ARENA_BYTES = 64 << 20 };

/* ---- check --------------------------------------------------------------------------------- */

struct checking {
    struct configured conf;
    size_t tests, indicators, messages;
};

/* A script that fails its own tests would raise false alarms: the reload is not to happen. */
static void run_tests(struct checking *c, const struct script_set *set)
{
    c->indicators = script_set_count(set);
    for (size_t i = 0; i < script_set_count(set); i++) {
        const struct script_info *info = script_set_info(set, i);
        struct jh_err err = {0};
        FILE *quiet = fopen("/dev/null", "we");
        int failures =
            quiet ? script_test(c->conf.host, info->file, quiet, &err) : JH_EIO;
        if (quiet)
            fclose(quiet);
        c->tests += info->n_tests;
        if (failures < 0)
            errs_add(&c->conf.errs, ERR_ERROR, &err);
        else if (failures > 0)
            errs_at(&c->conf.errs, ERR_ERROR, info->file, 0, 0,
                    "%d of its own tests fail (see: junhengctl lua test %s)", failures,
                    info->file);
    }
}

static void check_all(struct checking *c, const char *path)
{
    configured_open(&c->conf, path);
    const struct config *config = c->conf.config;
    struct messages *messages = messages_load(NULL, &c->conf.errs);
    if (config)
        configured_scripts(&c->conf);
    if (c->conf.scripts)
        run_tests(c, c->conf.scripts);
    if (config && messages)
        c->messages = sample_messages(config, messages, &c->conf.errs);
    if (config && !c->conf.errs.errors)
        printf("%s: ok: %zu sources, %zu standards, %zu local indicators (%zu tests), "
               "%zu channels, %zu offices, %zu sample messages\n",
               config->file, config->n_sources, config->n_standards, c->indicators,
               c->tests, config->n_channels, config->routes.n_offices, c->messages);
    messages_free(messages);
}

int check_run(int argc, char **argv)
{
    const char *path = NULL;
    struct checking c = {0};
    if (argc == 3 && (!strcmp(argv[1], "-c") || !strcmp(argv[1], "--config")))
        path = argv[2];
    else if (argc == 2 && argv[1][0] != '-')
        path = argv[1];
    else if (argc != 1)
        return command_usage("check", "unexpected argument \"%s\"", argv[1]);
    check_all(&c, path);
    errs_print(stderr, COMMAND_PROGRAM, &c.conf.errs);
    bool failed = c.conf.errs.errors > 0;
    configured_close(&c.conf);
    return failed ? COMMAND_FAILED : COMMAND_OK;
}

/* ---- standards ------------------------------------------------------------------------------ */

static int list(const char *dir, struct arena *arena, struct errs *errs)
{
    const char *const *ids = standard_list(dir, arena, errs);
    for (; ids && *ids; ids++) {
        const struct standard *st = standard_find(*ids, dir, arena, errs);
        if (st)
            printf("%-16s %s  %s\n", st->id, st->title, st->document);
    }
    return errs->errors ? COMMAND_FAILED : COMMAND_OK;
}

static int show(const char *what, const char *dir, struct arena *arena, struct errs *errs)
{
    const struct standard *st = standard_find(what, dir, arena, errs);
    char *text = NULL;
    if (!st || standard_print(st, &text))
        return COMMAND_FAILED;
    fputs(text, stdout);
    free(text);
    return COMMAND_OK;
}

int check_standards(int argc, char **argv)
{
    const char *dir = NULL, *words[2] = {NULL};
    int n = 0, status;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--standards-dir") == 0 && i + 1 < argc)
            dir = argv[++i];
        else if (n < 2 && argv[i][0] != '-')
            words[n++] = argv[i];
        else
            return command_usage("standards", "unexpected argument \"%s\"", argv[i]);
    }
    bool wants_list = n == 0 || (n == 1 && !strcmp(words[0], "list"));
    if (!wants_list && (n != 2 || strcmp(words[0], "show") != 0))
        return command_usage("standards", "expected list, or show and an id");
    struct arena *arena = arena_new(ARENA_BYTES);
    struct errs errs;
    errs_init(&errs, ERRORS_MAX);
    if (!arena)
        status = COMMAND_FAILED;
    else
        status = wants_list ? list(dir, arena, &errs) : show(words[1], dir, arena, &errs);
    errs_print(stderr, COMMAND_PROGRAM, &errs);
    errs_done(&errs);
    arena_free(arena);
    return status;
}
