/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a poll's answer to a committed evaluation and back: copies bodies into queue jobs, runs
 * the pipeline on each, and tells poll, notify, log and metrics what came of it. Loop thread.
 */
#pragma once

#include "daemon.h"

/* The hook of poll/: a poll has ended. arg is the daemon. */
void bodies_polled(void *arg, const struct poll_result *result);
/* The other hook: validators of the last committed body. */
int bodies_validators(void *arg, const char *source, const char **ret_etag,
                      const char **ret_last_modified);
/* The third: how many bytes of bodies may still come. */
int64_t bodies_room(void *arg);
/* What the store remembers from before the restart, into poll/ and the validators. */
int bodies_restore(struct daemon *d, struct store *reader, struct jh_err *err);
/* Evaluates again what a reload (or an upgrade) made stale. */
void bodies_refresh(struct daemon *d);
/* Did the scripts run? What was committed without them is evaluated again, soon. */
void bodies_scripts(struct daemon *d, const struct pipeline_report *report);
/* The queue is empty: what became complete is looked at again. */
void bodies_idle(void *arg);
void bodies_done(struct daemon *d);
/* Takes the pipeline and gives it today's snapshot; any thread but the loop's. */
struct pipeline *bodies_pipeline_lock(struct daemon *d);
void bodies_pipeline_unlock(struct daemon *d);
