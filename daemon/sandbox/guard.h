/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the standard library that a script gets in a version of ours: pcall that cannot
 * catch the end of a call, setmetatable that refuses finalizers, pairs in a fixed order, texts
 * that never show an address. Lua C functions; the child's only thread.
 */
#pragma once

#include <lua.h>

/* The table of what scripts see, in the registry: other parts of ours add to it. */
#define ENV_LIBRARY "junheng.library"

/* Adds the functions to the table on top of the stack, which holds the `string` library. */
void guard_open(lua_State *lua);
