/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the pipeline share: pipeline.c, which takes bodies and judges,
 * pipeline_together.c, which keeps several of them at once, and pipeline_acts.c, where people
 * decide. Private to them; the pipeline's thread.
 */
#pragma once

#include "pipeline.h"
#include "story/assess.h"
#include "story/commit.h"
#include "story/follow.h"

enum { TOGETHER_MOST = 64 };

/* A body, or a round from the archive, on its way to the commit and what follows from it. */
struct turn {
    struct gather g;
    struct gather_body body;
    struct gathered gathered;
    struct assessed assessed;
    struct commit commit;
    struct pipeline_report report;
    struct jh_err *err;
    int *ret_rc; /* of pipeline_offer() */
    struct pipeline_report *ret;
};

struct pipeline {
    struct pipeline_parts parts;
    const struct config *config;
    struct script_set *scripts;
    const struct await
        *await; /* what the parts wait for, if it is `known`: sources that */
    bool known; /* were silent speak seldom */
    struct turn *waiting[TOGETHER_MOST]; /* judged, to be kept together */
    size_t n_waiting;
};

/* What a job works with; after success it is ended with pipeline_end(). What waits is kept. */
int pipeline_begin(struct pipeline *p, struct gather *g, struct jh_err *err);
void pipeline_end(const struct gather *g);
/* A source may have spoken for the first time, or be silent again. */
void pipeline_forget(struct pipeline *p);

/* The steps of a body of schools. Begins without settling; whatever comes of it, turn_done(). */
int turn_begin(struct pipeline *p, struct turn *t);
/* Step 2: *ret: there is nothing to do, as the report says. */
int turn_known(struct pipeline *p, struct turn *t, bool *ret);
/* Steps 3 to 5, ready for the commit; *ret as before. */
int turn_judge(struct pipeline *p, struct turn *t, bool *ret);
/* It was kept: the report, and what is judged again because of it. */
void turn_kept(struct pipeline *p, struct turn *t);
void turn_done(struct turn *t);

/* Judges again what a commit has marked stale; what was committed stands all the same. */
void pipeline_follow(struct pipeline *p, const struct follow_list *marked,
                     struct pipeline_report *report);
void pipeline_sum_up(struct pipeline_report *to, const struct pipeline_report *report);
/* Sorts rounds and keeps each once; returns how many are left. */
size_t pipeline_rounds(struct round *rounds, size_t n);
