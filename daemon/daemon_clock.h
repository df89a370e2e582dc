/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keeps a clock that is wrong out of the records: before the build's date nothing is committed
 * or sent, polls go on and what they bring is fetched again; set back, stamps stand still until
 * it has caught up. Either is told once, and when it is over. Loop thread but for what says
 * otherwise.
 */
#pragma once

#include "daemon.h"

/* By the newest stamp in the store, and from then on by itself. */
int clock_start(struct daemon *d, int64_t built_ms, struct jh_err *err);
/* May what a source brought be kept? If not, the source is asked again when it may. */
bool clock_takes(struct daemon *d, const char *source);
/* As pipeline_parts.write, arg is the daemon: JH_EBUSY while nothing may be. Any thread. */
int clock_write(void *arg, int (*fn)(struct store *store, void *fn_arg), void *fn_arg);
/* JH_EBUSY, with words for a person, while nothing may be written down. Any thread. */
int clock_refuses(const struct daemon *d, struct jh_err *err);
