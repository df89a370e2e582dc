/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A source that has never been heard from keeps the counties of the other parts incomplete
 * (gather_absent). What a part waits for is therefore one of the things its verdicts rest on:
 * when such a source speaks for the first time, or is taken out of the configuration, they are
 * stale, whatever happens to the daemon in between. All of it lives in the arena of the job.
 */
#pragma once

#include "conf/config.h"
#include "store/store.h"

struct await;

/* As the store is now: before the job's own commit. *ret is NULL when there is one part only. */
int await_load(const struct config *config, struct store *reader, struct arena *arena,
               const struct await **ret, struct jh_err *err);
/* A hash of what the part waits for; "" when it waits for nothing. */
const char *await_hash(const struct await *await, const char *part);
/* Does something wait for this source's first word? */
bool await_source(const struct await *await, const char *source);
