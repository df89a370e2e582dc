/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job as the child does it: run the chunk, then load, run over counties, or test. It writes
 * its results as it goes and ends the process; what it cannot say any more the server says.
 */
#pragma once

#include "sandbox/indicator.h"
#include "sandbox/jail.h"
#include "sandbox/out.h"
#include "script/wire.h"

enum {
    WORK_PARAMS_MAX = 4096,
    WORK_DONE = 0,    /* exit codes of the child */
    WORK_PARKED = 3,  /* too many broken counties: the rest did not run */
    WORK_REFUSED = 4, /* could not be confined */
    WORK_NOMEM = 5,
};

struct work_job {
    enum wire_work work;
    size_t memory_bytes;
    int wall_ms;
    uint32_t broken_left, n_tasks, population;
    const char *name, *source;
    size_t source_len;
    struct indicator_param *params;
    size_t n_params;
};

/* The job's texts point into p, its parameters are malloc'ed. False: not a job. */
bool work_parse(const char *p, size_t len, struct work_job *ret);
void work_job_done(struct work_job *job);

/* Confines the process, does the tasks from `first` on, returns an exit code. In the child. */
int work_run(const struct work_job *job, uint32_t first, const char *batch,
             struct out *out, const struct jail *jail);
