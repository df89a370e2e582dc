/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local indicators for the commands that run them: the helper, the scripts of some folders or
 * files, the standards their populations may name. What it hands out lives in the caller's
 * arena; local_done() stops the helper. Main thread, before any other is made.
 */
#pragma once

#include "base/buf.h"
#include "ctl/input.h"
#include "script/script.h"

struct local {
    struct script_host *host;
    struct script_set *set;
    struct script_verdict *verdicts; /* of local_run() */
    size_t n;
};

struct local_options {
    const char *const *paths;
    size_t n_paths;
    const struct script_param *params;
    size_t n_params;
    const char *standards_dir; /* NULL: the embedded ones */
};

/* The three say on stderr what is wrong and return `status` then, else 0. */
int local_start(struct local *local, int status);
int local_load(struct local *local, const struct local_options *options,
               struct arena *arena, int status);
int local_run(struct local *local, const struct input *input, struct arena *arena,
              int status);
void local_done(struct local *local);

/* The school a verdict is of; NULL for one of the whole stage. */
const struct school *local_school(const struct input *input,
                                  const struct script_verdict *v);
/* All verdicts as an aligned table. */
void local_print(const struct local *local, const struct input *input, struct buf *out);
