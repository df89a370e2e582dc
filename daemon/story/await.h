/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which other parts a county waits for goes by the other sources: what they have delivered, and
 * until then what they cover (gather_absent). That is therefore one of the things that verdicts
 * rest on: when a silent source speaks for the first time, or one is added, taken out, or covers
 * other counties, they are stale, whatever happens to the daemon in between. Immutable
 * and reference counted, by one thread; it holds its configuration.
 */
#pragma once

#include "conf/config.h"
#include "store/store.h"

struct await;

/* As the store is now: before the job's own commit. *ret is NULL when there is one part only. */
int await_load(const struct config *config, struct store *reader,
               const struct await **ret, struct jh_err *err);
const struct await *await_ref(const struct await *await); /* NULL is fine */
void await_unref(const struct await *await);
/* A hash of what the part goes together with; "" when that is nothing. */
const char *await_hash(const struct await *await, const char *part);
/* Does something wait for the first word of this source of the configuration? */
bool await_silent(const struct await *await, const struct source_conf *source);
