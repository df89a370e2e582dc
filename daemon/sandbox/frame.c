/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/frame.h"

#include <math.h>
#include <string.h>

#include <lauxlib.h>

#include "sandbox/env.h"
#include "sandbox/reduce.h"

static const char FRAME[] = "junheng.dataset"; /* metatable */
static const char FIELDS[] = "junheng.fields"; /* name -> 2 * enum field + staged */

struct frame *frame_check(lua_State *lua, int arg)
{
    return luaL_checkudata(lua, arg, FRAME);
}

size_t frame_count(const struct frame *frame)
{
    return frame->view.units[frame->stage].n;
}

const char *frame_school_name(const struct frame *frame, size_t unit)
{
    const struct pack_school *s = view_school(&frame->view, frame->stage, unit);
    const char *name = frame->view.base + s->name;
    return *name ? name : frame->view.base + s->code;
}

/* ---- columns --------------------------------------------------------------------------------- */

static bool find_column(lua_State *lua, const struct frame *frame, int arg,
                        struct view_column *ret)
{
    lua_getfield(lua, LUA_REGISTRYINDEX, FIELDS);
    lua_pushvalue(lua, arg);
    bool known = lua_rawget(lua, -2) == LUA_TNUMBER;
    lua_Integer code = lua_tointeger(lua, -1);
    lua_pop(lua, 2);
    if (known) {
        *ret = view_field(&frame->view, frame->stage, (enum field)(code / 2), code & 1);
        return true;
    }
    size_t len;
    const char *name = lua_tolstring(lua, arg, &len);
    return view_header(&frame->view, name, len, ret);
}

struct view_column frame_column(lua_State *lua, const struct frame *frame, int arg)
{
    struct view_column col = {0};
    luaL_checktype(lua, arg, LUA_TSTRING);
    if (!find_column(lua, frame, arg, &col))
        luaL_error(lua,
                   "no field and no column of this file is called '%s' (if some files "
                   "lack it, name it in needs)",
                   lua_tostring(lua, arg));
    return col;
}

/* Makes the plain table: missing cells are nil. */
static void push_values(lua_State *lua, const struct frame *frame,
                        const struct view_column *col)
{
    size_t n = frame_count(frame);
    lua_createtable(lua, (int)n, 0);
    for (size_t i = 0; i < n; i++) {
        double v = view_amount(&frame->view, frame->stage, col, i);
        if (isnan(v))
            continue;
        lua_pushnumber(lua, v);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

/* d:column(f): made once, then kept in the frame's user value. nil: absent. */
static int frame_table(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    luaL_checktype(lua, 2, LUA_TSTRING);
    lua_settop(lua, 2);
    lua_getiuservalue(lua, 1, 1);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, 3) != LUA_TNIL)
        return 1;
    struct view_column col = frame_column(lua, frame, 2);
    if (!col.values)
        return 1; /* the nil */
    push_values(lua, frame, &col);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, -2);
    lua_rawset(lua, 3);
    return 1;
}

/* d.name: a method, else the column. Upvalue: the methods. */
static int frame_index(lua_State *lua)
{
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    return frame_table(lua);
}

/* ---- single values --------------------------------------------------------------------------- */

static int frame_method_count(lua_State *lua)
{
    lua_pushinteger(lua, (lua_Integer)frame_count(frame_check(lua, 1)));
    return 1;
}

static size_t check_unit(lua_State *lua, const struct frame *frame, int arg)
{
    lua_Integer i = luaL_checkinteger(lua, arg);
    size_t n = frame_count(frame);
    if (i < 1 || (size_t)i > n)
        luaL_error(lua, "there is no school %d: this stage has %d", (int)i, (int)n);
    return (size_t)i - 1;
}

static int frame_value(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    size_t unit = check_unit(lua, frame, 2);
    struct view_column col = frame_column(lua, frame, 3);
    double v = view_amount(&frame->view, frame->stage, &col, unit);
    if (isnan(v))
        lua_pushnil(lua);
    else
        lua_pushnumber(lua, v);
    return 1;
}

static void set_text(lua_State *lua, const char *key, const char *text)
{
    if (!text || !*text)
        return;
    lua_pushstring(lua, text);
    lua_setfield(lua, -2, key);
}

static void set_flag(lua_State *lua, const char *key, int flag)
{
    if (flag < 0)
        return;
    lua_pushboolean(lua, flag);
    lua_setfield(lua, -2, key);
}

/* A table; what is not given is nil. */
static int frame_school(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    size_t unit = check_unit(lua, frame, 2);
    const struct pack_school *s = view_school(&frame->view, frame->stage, unit);
    const char *base = frame->view.base;
    lua_createtable(lua, 0, 10);
    lua_pushstring(lua, base + s->campus);
    lua_setfield(lua, -2, "campus"); /* "" has a meaning: the only one */
    set_text(lua, "code", base + s->code);
    set_text(lua, "name", base + s->name);
    set_text(lua, "parent_code", base + s->parent);
    set_text(lua, "kind", s->kind < KIND_COUNT ? kind_id((enum kind)s->kind) : "");
    set_text(lua, "setting", setting_id((enum setting)s->setting));
    lua_pushinteger(lua, s->owner);
    lua_setfield(lua, -2, "owner");
    if (s->built_year) {
        lua_pushinteger(lua, s->built_year);
        lua_setfield(lua, -2, "built_year");
    }
    set_flag(lua, "boarding", s->boarding);
    set_flag(lua, "dense_centre", s->dense_centre);
    return 1;
}

static int frame_round(lua_State *lua)
{
    lua_pushstring(lua, frame_check(lua, 1)->view.round);
    return 1;
}

static int frame_stage(lua_State *lua)
{
    lua_pushstring(lua, stage_id(frame_check(lua, 1)->stage));
    return 1;
}

/* code, name */
static int frame_county(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    lua_pushstring(lua, frame->view.code);
    lua_pushstring(lua, frame->view.name);
    return 2;
}

/* The same frame every time, in the second user value. */
static int frame_previous(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    if (lua_getiuservalue(lua, 1, 2) != LUA_TNIL || !frame->has_before)
        return 1;
    frame_push(lua, &frame->before, NULL, frame->stage);
    lua_pushvalue(lua, -1);
    lua_setiuservalue(lua, 1, 2);
    return 1;
}

/* County data (not per school) do not reach scripts yet: never there. */
static int frame_item(lua_State *lua)
{
    frame_check(lua, 1);
    luaL_checkstring(lua, 2);
    lua_pushnil(lua);
    return 1;
}

static int frame_tostring(lua_State *lua)
{
    const struct frame *frame = frame_check(lua, 1);
    lua_pushfstring(lua, "dataset %s %s %s", frame->view.code, frame->view.round,
                    stage_id(frame->stage));
    return 1;
}

static int refuse(lua_State *lua)
{
    return luaL_error(lua, "the dataset is read-only");
}

/* ---- making ---------------------------------------------------------------------------------- */

static void make_fields(lua_State *lua)
{
    lua_newtable(lua);
    for (int f = 0; f < FIELD_COUNT; f++) {
        enum field family = (enum field)f;
        bool staged = field_staged((enum field)f, NULL, &family);
        lua_pushinteger(lua, 2 * (lua_Integer)family + staged);
        lua_setfield(lua, -2, field_family_id((enum field)f));
    }
    lua_setfield(lua, LUA_REGISTRYINDEX, FIELDS);
}

void frame_open(lua_State *lua)
{
    static const luaL_Reg methods[] = {
        {"count", frame_method_count}, {"value", frame_value},
        {"school", frame_school},      {"column", frame_table},
        {"round", frame_round},        {"stage", frame_stage},
        {"county", frame_county},      {"previous", frame_previous},
        {"item", frame_item},          {NULL, NULL}};
    make_fields(lua);
    luaL_newmetatable(lua, FRAME);
    lua_newtable(lua);
    luaL_setfuncs(lua, methods, 0);
    reduce_open(lua);
    lua_pushcclosure(lua, frame_index, 1);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, refuse);
    lua_setfield(lua, -2, "__newindex");
    lua_pushcfunction(lua, frame_tostring);
    lua_setfield(lua, -2, "__tostring");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 1);
}

void frame_push(lua_State *lua, const struct view *view, const struct view *before,
                enum stage stage)
{
    struct frame *frame = lua_newuserdatauv(lua, sizeof *frame, 2);
    *frame = (struct frame){.view = *view, .has_before = before != NULL, .stage = stage};
    if (before)
        frame->before = *before;
    luaL_setmetatable(lua, FRAME);
    lua_newtable(lua);
    lua_setiuservalue(lua, -2, 1);
}
