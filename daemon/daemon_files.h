/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of one body: itself, or those that are packed in it, each run through the pipeline
 * as if it had come alone. What became of them belongs to the caller until files_done().
 * Worker threads, with the pipeline locked.
 */
#pragma once

#include <junheng/plugin.h>

#include "base/buf.h"
#include "pipeline.h"

/* What became of one file. */
struct file_outcome {
    int rc;
    bool retracted; /* it was taken back by whoever had sent it */
    struct pipeline_report report;
    struct jh_err err;
};

struct files {
    struct file_outcome *list;
    size_t n; /* 0: there was no memory to say so */
};

/* Room for what becomes of n files; NULL without memory. */
struct file_outcome *files_new(struct files *files, size_t n);
/*
 * Refuses a body that cannot be unpacked as one file. What became of it is known when
 * pipeline_settle() has returned.
 */
void files_run(struct files *files, struct pipeline *pipeline,
               const struct gather_body *body);
/* Takes back what came under the body's name for this round; what is not there is no failure. */
void files_retract(struct files *files, struct pipeline *pipeline,
                   const struct gather_body *body, const char *round);
/* A body is what the worst of its files is: later, refused, accepted. Words for its sender. */
enum jh_outcome files_settled(const struct files *files, struct buf *report);
void files_done(struct files *files);
