/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's end of the wire: one job at a time goes to junheng-lua and comes back as records.
 * Whatever a script writes is copied out of shared memory before it is looked at. Blocks; one
 * thread at a time.
 */
#pragma once

#include <sys/types.h>

#include "script/script.h"
#include "script/wire.h"

struct script_host {
    char *helper;
    int sock; /* -1: junheng-lua is gone; a job tries to start it again */
    pid_t keeper;
    int64_t again_ms; /* not before this time, on the monotonic clock */
    uint32_t last_id;
    struct script_limits limits;
};

/* What is wanted: `body` is everything behind the head that host_job() writes. */
struct host_job {
    enum wire_work work;
    const char *name; /* of the script, as it appears in error messages */
    struct jh_slice source;
    const struct script_param *params;
    size_t n_params;
    uint32_t n_tasks, population, broken_left;
    int batch; /* memory file, or -1 */
};

struct host_stop {
    uint32_t task;
    char text[112];
};

/* What came back. */
struct host_answer {
    char *records;
    size_t len;
    struct host_stop *stops; /* tasks at which the child died, ascending */
    size_t n_stops;
    uint32_t ran; /* tasks from here on did not run: the script was parked */
    struct jh_err
        lost; /* code 0, or why junheng-lua did not do the job: not the script's fault */
};

/* Always answers, be it with ret->lost. */
void host_run(struct script_host *host, const struct host_job *job,
              struct host_answer *ret);
void host_answer_done(struct host_answer *answer);
/* Why the child died at this task, or NULL. */
const char *host_stopped_at(const struct host_answer *answer, uint32_t task);

/* Text of a script made fit for people and JSON: valid UTF-8, no control characters, short. */
char *host_text(struct arena *arena, const char *p, size_t len);
