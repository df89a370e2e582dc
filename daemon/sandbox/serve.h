/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server in junheng-lua: takes jobs from the socket, runs each in a forked child, watches
 * its clock, kills it when a task takes too long and goes on behind that task with a new one.
 * It never runs Lua itself, so no script can do anything to it. Single-threaded.
 */
#pragma once

#include "sandbox/jail.h"

/* Until the host closes its side (0) or the socket breaks (JH_EIO, JH_EVERSION). */
int serve(int sock, const struct jail *jail);
