/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a child may still do when a script runs in it: use memory and CPU within limits, and
 * end. No files, no sockets, no processes; any other system call kills it. jail_init() runs
 * once in the server, jail_enter() in each fresh child, for good.
 */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct jail {
    void *filter; /* BPF, made once */
    size_t size;
};

int jail_init(struct jail *jail, struct jh_err *err);
void jail_done(struct jail *jail);
/* Closes every descriptor. 0 or JH_EIO: then the script must not run. */
int jail_enter(const struct jail *jail, size_t memory_bytes, unsigned cpu_seconds);
