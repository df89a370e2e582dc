/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper: junheng-lua's first process, which runs the fork server as its child and starts
 * it again when it dies (sandbox/keep.c). It is spawned, not forked: that may be done at any
 * time, also by a process with threads. One thread at a time.
 */
#pragma once

#include <sys/types.h>

/*
 * In a session of its own; sock becomes descriptor WIRE_FD. Returns its pid or < 0. It ends
 * when the other end of sock is closed.
 */
pid_t keeper_start(const char *helper, int sock);
/* Waits for its end, which the closed socket brings about; kills all of them if it does not. */
void keeper_stop(pid_t keeper);
/* At once, with all that it has started. */
void keeper_kill(pid_t keeper);
