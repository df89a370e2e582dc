/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One unit test of rules while it runs: the trial it happens in, the letters that went out, and
 * what was not as expected. Used by the verbs and the claims of test files. Main thread.
 */
#pragma once

#include "base/buf.h"
#include "conf/option.h"
#include "ctl/letters.h"

enum { SCENE_WRONG_MAX = 256 * 1024 };

struct scene {
    struct trial trial;
    const struct config *config;
    const struct script_set *scripts;
    struct arena *arena;
    struct letters letters;
    size_t told;      /* letters that an expectation has seen */
    struct buf wrong; /* lines of TAP comment */
    size_t failures;
};

/* What a test file is read with. A verb or claim tells of mistakes in errs, with their place. */
struct scene_reader {
    const struct config *config;
    const char *dir; /* of the test file; paths in it start there */
    struct arena *arena;
    struct errs *errs;
};

int scene_open(struct scene *s, const struct configured *c,
               const struct messages *messages, struct arena *arena, struct jh_err *err);
void scene_close(struct scene *s);
/*
 * Time passes: letters go out when they are due, and each new day brings what it brings in the
 * daemon: acknowledgements and silences that end, what goes up, what has become due.
 */
int scene_pass(struct scene *s, int64_t ms, struct jh_err *err);

/* An expectation that does not hold, by the place where it stands. */
void scene_wrong(struct scene *s, const struct yaml_node *at, const char *fmt, ...)
    PRINTF(3, 4);
/* Belongs to it: lines of text, indented. */
void scene_show(struct scene *s, const char *title, const char *text);
/* Compares two texts; NULL for `want` is not asked for. `what` names it; true if as wanted. */
bool scene_equal(struct scene *s, const struct yaml_node *map, const char *what,
                 const char *want, const char *got);

/* Names of things of the configuration, checked where they are read; NULL is not there. */
void scene_source(const struct scene_reader *r, const struct yaml_node *map,
                  const char *path, const char *name);
void scene_standard(const struct scene_reader *r, const struct yaml_node *map,
                    const char *path, const char *id);
void scene_office(const struct scene_reader *r, const struct yaml_node *map,
                  const char *path, const char *id);
void scene_channel(const struct scene_reader *r, const struct yaml_node *map,
                   const char *path, const char *name);
/* Empty text: year 0. */
struct round scene_round(const struct scene_reader *r, const struct yaml_node *map,
                         const char *path, const char *text);
