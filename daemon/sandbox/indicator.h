/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a script hands over with jh.indicator { … }: reading and checking the table, and the
 * answers that jh.verdict, jh.unknown and so on make. Every mistake is told, with the line where
 * its key stands. Lives in the child; the strings belong to the Lua state.
 */
#pragma once

#include <stdint.h>

#include "eval/eval.h"
#include "sandbox/env.h"

enum { INDICATOR_ID_MAX = 64, INDICATOR_NEEDS_MAX = 32, INDICATOR_TESTS_MAX = 1000 };

struct indicator_param {
    const char *indicator, *name, *value;
    bool is_number;
};

struct indicator_script {
    const char *id, *title, *severity, *population;
    bool per_school;
    uint32_t stages; /* bit per enum stage */
    struct {
        const char *name;
        enum field family; /* FIELD_NONE: a header */
        bool staged;
    } needs[INDICATOR_NEEDS_MAX];
    size_t n_needs;
    uint32_t n_tests;
    int evaluate, params, tests; /* references in the registry */
};

/* Tells one mistake; line 0 = not known. */
struct indicator_sink {
    void (*mistake)(void *arg, unsigned line, const char *text);
    void *arg;
};

/* Adds `jh` to what scripts see. */
void indicator_open(lua_State *lua);
/*
 * Takes the chunk's result off the stack and reads it, with the parameters of the configuration
 * put over its own. False if there was a mistake. `source` serves to find lines.
 */
bool indicator_read(struct env *env, const char *source,
                    const struct indicator_param *params, size_t n_params,
                    const struct indicator_sink *sink, struct indicator_script *ret);
/* Pushes a fresh copy of the parameters, so that no call can leave anything to the next. */
void indicator_push_params(lua_State *lua, const struct indicator_script *script);

struct indicator_answer {
    enum outcome outcome;
    double value; /* NaN = none */
    const char *text;
};

/* Reads what evaluate() returned (on top, stays there). False: env->text says what is wrong. */
bool indicator_answer(struct env *env, struct indicator_answer *ret);
