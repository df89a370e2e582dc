/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The keeper's side of junheng-lua: starts the fork server, waits, and starts it again when it
 * dies. It never reads the socket, so requests survive in it; it tells the host that work was
 * lost with a RESTARTED packet. It ends when the fork server ends by itself, which is what
 * happens when the host closes its side. One thread.
 */
#pragma once

enum { KEEP_SERVE = -1 };

/* Returns KEEP_SERVE in the child that is to be the fork server, else an exit status. */
int keep(void);
