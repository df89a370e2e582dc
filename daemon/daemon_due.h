/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What falls due as time goes by: alerts that no data raise. Looked at when a day begins in
 * Shanghai, after a start, when the first polls have been answered, and whenever something was
 * changed that it depends on. By the daemon's clock; the work is the store's thread's. Loop
 * thread.
 */
#pragma once

#include <stdbool.h>

struct daemon;

/* Look again soon; begins with the first call. */
void due_now(struct daemon *d);
/* A message was delivered, or has died: look at channels, where that may be news. */
void due_message(struct daemon *d, bool delivered);
void due_stop(struct daemon *d);
