/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `junhengctl lua check|test|run`: local indicators without a daemon, in the same sandbox as
 * under one. Main thread; starts junheng-lua and stops it again.
 */
#pragma once

extern const char LUA_USAGE[];

int lua_command(int argc, char **argv);
