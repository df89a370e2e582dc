/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Lua a script lives in: an allow-list of the standard library, text chunks only, a cap on
 * memory, no finalizers, no clock, no chance, and an order of pairs() that is the same in every
 * run. A script may catch its own errors, but not the two that end a call for good: "unknown"
 * and "took too long". One state per child; never closed, the child just ends.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include <lua.h>

#include "script/wire.h"

/* Why a call was ended over the script's head. */
enum env_end { ENV_NONE, ENV_UNKNOWN, ENV_LATE };

struct env {
    lua_State *lua;
    size_t used, max; /* bytes of the allocator */
    const char *name; /* of the script, in its error messages */
    enum env_end end;
    volatile int late; /* set by the timer's signal */
    int wall_ms;
    char text[WIRE_TEXT_MAX]; /* what the end or the error says */
};

/* False: out of memory. */
bool env_init(struct env *env, const char *name, size_t max_bytes, int wall_ms);
/* Loads the chunk and runs it; leaves its one result on the stack. False: env->text says why. */
bool env_load(struct env *env, const char *source, size_t len);
/*
 * Calls the function below n arguments. True: n_results are on the stack. False: env->text and
 * env->end say why.
 */
bool env_call(struct env *env, int n_args, int n_results);
/* Ends the running call as unknown, whatever pcall the script has around it. */
int env_unknown(lua_State *lua, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* Async-signal-safe: the running call ends with an error that names its line. */
void env_interrupt(struct env *env);
/* The environment a state belongs to. */
struct env *env_of(lua_State *lua);
