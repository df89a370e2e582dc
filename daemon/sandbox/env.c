/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/env.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lualib.h>

#include "base/utf8.h"
#include "sandbox/guard.h"

static void *allocate(void *arg, void *p, size_t old, size_t size)
{
    struct env *env = arg;
    if (!p)
        old = 0; /* then it tells the type */
    if (size == 0) {
        free(p);
        env->used -= old;
        return NULL;
    }
    if (size > old && size - old > env->max - env->used)
        return NULL;
    void *q = realloc(p, size);
    if (q)
        env->used += size - old;
    return q;
}

struct env *env_of(lua_State *lua)
{
    struct env *env;
    memcpy(&env, lua_getextraspace(lua), sizeof env);
    return env;
}

/* ---- what is there ------------------------------------------------------------------------- */

/* Copies the named functions of the library on top of the stack into a table below it. */
static void keep(lua_State *lua, const char *const *names)
{
    for (; *names; names++) {
        lua_getfield(lua, -1, *names);
        lua_setfield(lua, -3, *names);
    }
}

static void open_base(lua_State *lua)
{
    static const char *const kept[] = {"assert",   "error",  "ipairs",   "select",
                                       "tonumber", "type",   "rawget",   "rawequal",
                                       "rawlen",   "rawset", "_VERSION", NULL};
    luaopen_base(lua); /* leaves its table, which is the globals */
    lua_newtable(lua);
    lua_insert(lua, -2);
    keep(lua, kept);
    lua_pop(lua, 1);
}

/* A whole library but for what is named. */
static void open_library(lua_State *lua, const char *name, lua_CFunction open,
                         const char *const *removed)
{
    luaL_requiref(lua, name, open, 0);
    for (; *removed; removed++) {
        lua_pushnil(lua);
        lua_setfield(lua, -2, *removed);
    }
    lua_setfield(lua, -2, name);
}

/* The string library as methods of texts, whose metatable nobody can reach. */
static void close_strings(lua_State *lua)
{
    lua_pushliteral(lua, "");
    lua_getmetatable(lua, -1);
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 2);
}

static int refuse_global(lua_State *lua)
{
    const char *name = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
    return luaL_error(lua, "assignment to the global '%s': use a local", name);
}

/* Puts a table before the allowed functions that cannot be assigned to; leaves it. */
static void push_globals(lua_State *lua)
{
    lua_newtable(lua);
    lua_createtable(lua, 0, 3);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse_global);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
}

/* Makes the state's environment; it stays in the registry under ENV_GLOBALS. */
static const char ENV_GLOBALS[] = "junheng.globals";

static int build(lua_State *lua)
{
    static const char *const no_dump[] = {"dump", NULL};
    static const char *const no_chance[] = {"random", "randomseed", NULL};
    static const char *const nothing[] = {NULL};
    open_base(lua);
    open_library(lua, "string", luaopen_string, no_dump);
    open_library(lua, "math", luaopen_math, no_chance);
    open_library(lua, "table", luaopen_table, nothing);
    open_library(lua, "utf8", luaopen_utf8, nothing);
    close_strings(lua);
    guard_open(lua);
    lua_pushvalue(lua, -1);
    lua_setfield(lua, LUA_REGISTRYINDEX, ENV_LIBRARY);
    push_globals(lua);
    lua_setfield(lua, LUA_REGISTRYINDEX, ENV_GLOBALS);
    return 0;
}

bool env_init(struct env *env, const char *name, size_t max_bytes, int wall_ms)
{
    *env = (struct env){.max = max_bytes, .name = name, .wall_ms = wall_ms};
    env->lua = lua_newstate(allocate, env);
    if (!env->lua)
        return false;
    memcpy(lua_getextraspace(env->lua), &env, sizeof env);
    lua_pushcfunction(env->lua, build);
    return lua_pcall(env->lua, 0, 0, 0) == LUA_OK;
}

/* ---- ending a call over the script's head -------------------------------------------------- */

static int end_call(lua_State *lua, enum env_end end)
{
    struct env *env = env_of(lua);
    env->end = end;
    lua_pushlightuserdata(lua, env); /* guard_pcall() passes this on */
    return lua_error(lua);
}

int env_unknown(lua_State *lua, const char *fmt, ...)
{
    struct env *env = env_of(lua);
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(env->text, sizeof env->text, fmt, ap);
    va_end(ap);
    env->text[utf8_cut(env->text, strlen(env->text), sizeof env->text - 4)] = 0;
    return end_call(lua, ENV_UNKNOWN);
}

static void on_count(lua_State *lua, lua_Debug *ar)
{
    (void)ar;
    struct env *env = env_of(lua);
    if (!env->late)
        return;
    luaL_where(lua, 0);
    snprintf(env->text, sizeof env->text, "%stook longer than %d ms",
             lua_tostring(lua, -1), env->wall_ms);
    end_call(lua, ENV_LATE);
}

void env_interrupt(struct env *env)
{
    env->late = 1;
    lua_sethook(env->lua, on_count, LUA_MASKCOUNT, 1);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Does the text name a line of the script already? */
static bool has_place(const struct env *env, const char *text)
{
    size_t len = strlen(env->name);
    return strncmp(text, env->name, len) == 0 && text[len] == ':';
}

/* An error that C code raised on behalf of a line of the script gets that line's place. */
static int add_place(lua_State *lua)
{
    lua_Debug ar;
    if (lua_type(lua, 1) != LUA_TSTRING || has_place(env_of(lua), lua_tostring(lua, 1)))
        return 1;
    for (int level = 1; lua_getstack(lua, level, &ar); level++) {
        lua_getinfo(lua, "Sl", &ar);
        if (ar.currentline > 0) {
            lua_pushfstring(lua, "%s:%d: %s", ar.short_src, ar.currentline,
                            lua_tostring(lua, 1));
            return 1;
        }
    }
    return 1;
}

/* Takes the error value off the stack and puts it into words. */
static void describe(struct env *env)
{
    lua_State *lua = env->lua;
    if (env->end == ENV_NONE) {
        size_t len = 0;
        const char *p =
            lua_type(lua, -1) == LUA_TSTRING ? lua_tolstring(lua, -1, &len) : NULL;
        if (p && len > sizeof env->text - 1)
            len = utf8_cut(p, len, sizeof env->text - 1);
        if (p)
            snprintf(env->text, sizeof env->text, "%s%s%.*s",
                     has_place(env, p) ? "" : env->name, has_place(env, p) ? "" : ": ",
                     (int)len, p);
        else
            snprintf(env->text, sizeof env->text, "%s: the error is a %s, not a text",
                     env->name, luaL_typename(lua, -1));
    }
    lua_pop(lua, 1);
}

bool env_call(struct env *env, int n_args, int n_results)
{
    env->end = ENV_NONE;
    int handler = lua_gettop(env->lua) - n_args;
    lua_pushcfunction(env->lua, add_place);
    lua_insert(env->lua, handler);
    int status = lua_pcall(env->lua, n_args, n_results, handler);
    lua_remove(env->lua, handler);
    if (status == LUA_OK && env->end == ENV_NONE)
        return true;
    if (status == LUA_OK) /* a __close handler can hide the end; it holds all the same */
        lua_pop(env->lua, n_results);
    else
        describe(env);
    return false;
}

bool env_load(struct env *env, const char *source, size_t len)
{
    lua_State *lua = env->lua;
    char chunk[300];
    snprintf(chunk, sizeof chunk, "@%s", env->name);
    env->end = ENV_NONE;
    if (luaL_loadbufferx(lua, source, len, chunk, "t") != LUA_OK) {
        describe(env);
        return false;
    }
    lua_getfield(lua, LUA_REGISTRYINDEX, ENV_GLOBALS);
    lua_setupvalue(lua, -2, 1);
    return env_call(env, 0, 1);
}
