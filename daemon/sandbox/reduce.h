/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reductions of a frame: sum, mean, median, quantile, min, max, cv. They see complete columns or
 * end the call as unknown, naming the field and the schools; what has no value (a mean of no
 * schools, a cv of zeros) is unknown too, so that a comparison never meets a number that is not
 * one. Lua C functions; the child's only thread.
 */
#pragma once

#include <lua.h>

/* Adds the methods to the table on top of the stack. */
void reduce_open(lua_State *lua);
