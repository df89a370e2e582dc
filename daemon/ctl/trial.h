/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would be: the whole pipeline by a configuration, on a clock that the caller turns and a
 * store in a folder of its own, which is removed afterwards. Nothing is sent. Zero a struct,
 * open it, close it, whatever came of the opening; it stays where it is. Main thread.
 */
#pragma once

#include "ctl/configured.h"
#include "pipeline.h"

enum { TRIAL_PATH = 4096 };

struct trial {
    struct clock clock; /* fixed: turn it by fixed_ms */
    char dir[TRIAL_PATH];
    bool keep; /* the folder stays */
    struct store *writer, *reader;
    struct pipeline *pipeline;
};

/* `state`: the folder, which must not exist and is kept; NULL: one below $TMPDIR or /tmp. */
int trial_open(struct trial *t, const struct configured *c, const char *state,
               struct jh_err *err);
void trial_close(struct trial *t);
