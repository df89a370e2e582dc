/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a daemon would have sent: the steps of the outbox on a trial's clock, grouped and worded
 * as it does, over channels that deliver at once and of which nothing leaves the process. The
 * letters live in the arena given. Main thread.
 */
#pragma once

#include "ctl/trial.h"
#include "render/message.h"

enum { LETTERS_MAX = 100000 };

struct letter {
    const char *office, *channel, *severity, *status, *subject, *text;
};

struct letters {
    struct trial *trial;
    const struct config *config;
    const struct messages *messages;
    struct arena *arena;
    struct letter *list; /* in the order they went out */
    size_t n, cap;
};

/* Lets the clock run on to a moment, and out goes what is due on the way. */
int letters_until(struct letters *l, int64_t ms, struct jh_err *err);
/* Lets the clock run on until no group waits any more. */
int letters_all(struct letters *l, struct jh_err *err);
