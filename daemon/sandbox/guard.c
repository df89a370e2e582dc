/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/guard.h"

#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "sandbox/env.h"

/* ---- pcall, xpcall ------------------------------------------------------------------------- */

/* The end of a call goes through every pcall; other errors are the script's to handle. */
static void pass_end_on(lua_State *lua)
{
    if (env_of(lua)->end == ENV_NONE)
        return;
    lua_pushlightuserdata(lua, env_of(lua));
    lua_error(lua);
}

static int guard_pcall(lua_State *lua)
{
    luaL_checkany(lua, 1);
    int status = lua_pcall(lua, lua_gettop(lua) - 1, LUA_MULTRET, 0);
    if (status != LUA_OK) {
        pass_end_on(lua);
        lua_pushboolean(lua, 0);
        lua_insert(lua, -2);
        return 2;
    }
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    return lua_gettop(lua);
}

static int handle(lua_State *lua)
{
    if (lua_islightuserdata(lua, 1))
        return 1;
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, 1, 1);
    return 1;
}

static int guard_xpcall(lua_State *lua)
{
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    int n = lua_gettop(lua);
    lua_pushvalue(lua, 2);
    lua_pushcclosure(lua, handle, 1);
    lua_replace(lua, 2); /* f, handler, arguments … */
    lua_pushvalue(lua, 1);
    lua_insert(lua, 3); /* f, handler, f, arguments … */
    int status = lua_pcall(lua, n - 2, LUA_MULTRET, 2);
    if (status != LUA_OK) {
        pass_end_on(lua);
        lua_pushboolean(lua, 0);
        lua_insert(lua, -2);
        return 2;
    }
    lua_pushboolean(lua, 1);
    lua_replace(lua, 2);
    return lua_gettop(lua) - 1;
}

/* ---- metatables ---------------------------------------------------------------------------- */

/* Hooks are off in finalizers: one that loops could only be killed. */
static int guard_setmetatable(lua_State *lua)
{
    int type = lua_type(lua, 2);
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_argexpected(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
        return luaL_error(lua, "cannot change a protected metatable");
    if (type == LUA_TTABLE) {
        lua_pushliteral(lua, "__gc");
        if (lua_rawget(lua, 2) != LUA_TNIL)
            return luaL_error(lua, "finalizers (__gc) are not allowed");
    }
    lua_settop(lua, 2);
    lua_setmetatable(lua, 1);
    return 1;
}

static int guard_getmetatable(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (lua_type(lua, 1) != LUA_TTABLE || !lua_getmetatable(lua, 1)) {
        lua_pushnil(lua);
        return 1;
    }
    luaL_getmetafield(lua, 1, "__metatable");
    return 1;
}

/* ---- pairs, next: the same order in every run ------------------------------------------------- */

/* Numbers first, ascending, then texts bytewise. Others keep the order of the table. */
static int rank(lua_State *lua, int i)
{
    int type = lua_type(lua, i);
    return type == LUA_TNUMBER ? 0 : type == LUA_TSTRING ? 1 : 2;
}

static int key_before(lua_State *lua)
{
    int a = rank(lua, 1), b = rank(lua, 2);
    int before = a != b ? a < b : a < 2 && lua_compare(lua, 1, 2, LUA_OPLT);
    lua_pushboolean(lua, before);
    return 1;
}

/* Pushes an array of the keys of the table at index 1, in order; table.sort does the work. */
static lua_Integer push_keys(lua_State *lua)
{
    lua_Integer n = 0;
    lua_newtable(lua);
    int keys = lua_gettop(lua);
    lua_pushnil(lua);
    while (lua_next(lua, 1)) {
        lua_pop(lua, 1);
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, keys, ++n);
    }
    lua_pushvalue(lua, lua_upvalueindex(1)); /* table.sort */
    lua_pushvalue(lua, keys);
    lua_pushcfunction(lua, key_before);
    lua_call(lua, 2, 0);
    return n;
}

/* Upvalues: the keys, how many were given. Arguments: the table, the last key. */
static int step(lua_State *lua)
{
    lua_Integer i = lua_tointeger(lua, lua_upvalueindex(2));
    for (;;) {
        lua_settop(lua, 1);
        if (lua_rawgeti(lua, lua_upvalueindex(1), ++i) == LUA_TNIL)
            return 1;
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, 1) == LUA_TNIL)
            continue; /* removed since */
        lua_pushinteger(lua, i);
        lua_replace(lua, lua_upvalueindex(2));
        return 2;
    }
}

static int guard_pairs(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(lua, 1);
        lua_call(lua, 1, 3);
        return 3;
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 1);
    push_keys(lua);
    lua_pushinteger(lua, 0);
    lua_pushcclosure(lua, step, 2);
    lua_pushvalue(lua, 1);
    lua_pushnil(lua);
    return 3;
}

/* For the question whether a table is empty; going on would show an order of chance. */
static int guard_next(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (!lua_isnoneornil(lua, 2))
        return luaL_error(lua, "next(t, key) has no fixed order: use pairs");
    lua_settop(lua, 1);
    lua_pushnil(lua);
    return lua_next(lua, 1) ? 2 : (lua_pushnil(lua), 1);
}

/* ---- texts without addresses ----------------------------------------------------------------- */

static bool shows_address(lua_State *lua, int i)
{
    switch (lua_type(lua, i)) {
    case LUA_TTABLE:
    case LUA_TUSERDATA:
        if (luaL_getmetafield(lua, i, "__tostring") != LUA_TNIL) {
            lua_pop(lua, 1);
            return false;
        }
        return true;
    case LUA_TFUNCTION:
    case LUA_TTHREAD:
    case LUA_TLIGHTUSERDATA:
        return true;
    default:
        return false;
    }
}

static int guard_tostring(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (shows_address(lua, 1))
        lua_pushstring(lua, luaL_typename(lua, 1));
    else
        luaL_tolstring(lua, 1, NULL);
    return 1;
}

/* Upvalue: the library's own format. */
static int guard_format(lua_State *lua)
{
    const char *f = luaL_checkstring(lua, 1);
    while ((f = strchr(f, '%')) != NULL) {
        f += 1 + strspn(f + 1, "-+ #0123456789.");
        if (*f == 'p')
            return luaL_error(lua, "%%p is not allowed");
        f += *f != 0;
    }
    int n = lua_gettop(lua);
    for (int i = 2; i <= n; i++)
        if (shows_address(lua, i)) {
            lua_pushstring(lua, luaL_typename(lua, i));
            lua_replace(lua, i);
        }
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, n, LUA_MULTRET);
    return lua_gettop(lua);
}

void guard_open(lua_State *lua)
{
    static const luaL_Reg functions[] = {{"pcall", guard_pcall},
                                         {"xpcall", guard_xpcall},
                                         {"setmetatable", guard_setmetatable},
                                         {"getmetatable", guard_getmetatable},
                                         {"next", guard_next},
                                         {"tostring", guard_tostring},
                                         {NULL, NULL}};
    luaL_setfuncs(lua, functions, 0);
    lua_getfield(lua, -1, "table");
    lua_getfield(lua, -1, "sort");
    lua_pushcclosure(lua, guard_pairs, 1);
    lua_setfield(lua, -3, "pairs");
    lua_pop(lua, 1);
    lua_getfield(lua, -1, "string");
    lua_getfield(lua, -1, "format");
    lua_pushcclosure(lua, guard_format, 1);
    lua_setfield(lua, -2, "format");
    lua_pop(lua, 1);
}
