/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A list of objects as rows. The text is read twice: first for the names of all columns, in
 * the order in which they first appear, then for the rows, so that no value is lost whatever
 * row its name turns up in. Memory does not grow with the text: cells point into it, or into
 * a buffer of one row where escapes had to be undone. Pure; any thread.
 */
#pragma once

#include <junheng/plugin.h>

enum { ROWS_STEPS_MAX = 8, ROWS_DEPTH_MAX = 32, ROWS_NAME_MAX = 256 };

struct rows_conf {
    struct jh_slice steps[ROWS_STEPS_MAX]; /* names that lead to the list */
    unsigned n_steps;
    bool usual; /* not said: the list may also stand at the top */
    struct jh_list ignore;
    size_t max_cell; /* bytes */
};

/* The header first, then a row for each object; host->row may stop it. */
int rows_read(const struct rows_conf *conf, const struct jh_blob *blob,
              const struct jh_host *host, struct jh_ctx *ctx, struct jh_err *err);
