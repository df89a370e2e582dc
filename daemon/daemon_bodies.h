/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a poll's answer to a committed evaluation and back: copies bodies into queue jobs, runs
 * the pipeline on each, and tells poll, notify, log and metrics what came of it. Loop thread.
 */
#pragma once

#include "daemon.h"

/* The hook of poll/: a poll has ended. arg is the daemon. */
void bodies_polled(void *arg, const struct poll_result *result);
/* The other hook: how many bytes of bodies may still come, and how many where none wait. */
int64_t bodies_room(void *arg, int64_t *ret_most);
/* Evaluates again what a reload (or an upgrade) made stale. */
void bodies_refresh(struct daemon *d);
/* Did the scripts run? What was committed without them is evaluated again, soon. */
void bodies_scripts(struct daemon *d, const struct pipeline_report *report);
/* Rounds that could not be judged again keep their verdicts: told, and tried later. */
void bodies_failed(struct daemon *d, const struct pipeline_report *report);
/* The queue is empty: what became complete is looked at again. */
void bodies_idle(void *arg);
/* Takes the pipeline and gives it today's snapshot; any thread but the loop's. */
struct pipeline *bodies_pipeline_lock(struct daemon *d);
void bodies_pipeline_unlock(struct daemon *d);
/* Some bodies have been looked at: what of them waits for others is kept. In a worker. */
void bodies_ended(void *arg);
