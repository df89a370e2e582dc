/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `d` of a script: one stage of one county round, read-only, 1-based. Columns become plain
 * Lua tables on first use, because those are read fastest; reductions run in C over the mapped
 * data. A reduction over a missing cell ends the call as unknown. A frame is a Lua object and
 * keeps its view; the memory behind the view outlives the state.
 */
#pragma once

#include <lua.h>

#include "sandbox/view.h"

/* Registers the metatable; once a state. */
void frame_open(lua_State *lua);
/* Pushes a frame; `before` (the round before, or NULL) is what previous() gives. */
void frame_push(lua_State *lua, const struct view *view, const struct view *before,
                enum stage stage);

/* ---- for reduce.c ---------------------------------------------------------------------------- */

struct frame {
    struct view view, before;
    bool has_before;
    enum stage stage;
};

struct frame *frame_check(lua_State *lua, int arg);
size_t frame_count(const struct frame *frame);
/*
 * The column whose name is at arg. `values` NULL: absent here. Raises an error for a name that
 * is neither a field nor a header of this county.
 */
struct view_column frame_column(lua_State *lua, const struct frame *frame, int arg);
/* "Guangming Primary", or the code of a school without a name. */
const char *frame_school_name(const struct frame *frame, size_t unit);
