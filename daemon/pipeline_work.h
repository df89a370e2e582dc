/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the two halves of the pipeline share: pipeline.c, which takes bodies and judges, and
 * pipeline_acts.c, where people decide. Private to them; the pipeline's thread.
 */
#pragma once

#include "pipeline.h"
#include "story/follow.h"

struct pipeline {
    struct pipeline_parts parts;
    const struct config *config;
    struct script_set *scripts;
};

/* What a job works with; after success it is ended with pipeline_end(). */
int pipeline_begin(struct pipeline *p, struct gather *g, struct jh_err *err);
void pipeline_end(const struct gather *g);
/* Judges again what a commit has marked stale; what was committed stands all the same. */
void pipeline_follow(struct pipeline *p, const struct follow_list *marked,
                     struct pipeline_report *report);
void pipeline_sum_up(struct pipeline_report *to, const struct pipeline_report *report);
/* Sorts rounds and keeps each once; returns how many are left. */
size_t pipeline_rounds(struct round *rounds, size_t n);
