/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: a small process forked early that starts junheng-lua, waits, and starts it again
 * when it dies. It never reads the socket, so requests survive in it; it tells the host that
 * work was lost with a RESTARTED packet. It ends when junheng-lua ends by itself, which is what
 * happens when the host closes its side.
 */
#pragma once

#include <sys/types.h>

/* Forks; sock becomes descriptor WIRE_FD of the helper. Returns the keeper's pid or < 0. */
pid_t keeper_start(const char *helper, int sock);
