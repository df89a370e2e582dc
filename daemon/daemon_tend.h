/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people do with alerts between the rounds, and what the passing of days does: a tick at
 * start, after a reload and on each new day of Shanghai. The first functions are for handlers,
 * from worker threads; the others for the loop.
 */
#pragma once

#include "daemon.h"
#include "story/silence.h"
#include "story/tend.h"

/* config and now_ms are filled in here; the arena is the caller's. */
int daemon_tend(struct daemon *d, struct tend *tend);
int daemon_silence(struct daemon *d, struct silence_work *work, bool stop);

/* Looks what time has brought; failure is logged and tried again. */
void tend_now(struct daemon *d);
void tend_start(struct daemon *d);
