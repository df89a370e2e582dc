/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole pipeline in a folder of its own, for tests of pipeline.c: real store, plugins and
 * configuration, a clock that moves on by a day with every body. A struct bench owns all of
 * it. What cannot be set up ends the test. Main thread.
 */
#pragma once

#include "pipeline.h"

enum { BENCH_ANY = 1 << 30 };

struct bench {
    char dir[64];
    struct clock clock;
    struct loader *loader, *formats; /* formats: of the pipeline, NULL: the same */
    struct store *writer, *reader;
    const struct config *config;
    struct pipeline *pipeline;
    struct script_host *scripts; /* NULL: none are run */
    struct arena *arena;
    struct jh_err err;
    struct pipeline_report report;
    int writes_left; /* transactions until the store fails; BENCH_ANY */
};

/* Without a configuration: put its files, then load it. */
void bench_init(struct bench *b);
/* Before the configuration: a pipeline that runs scripts. */
void bench_scripts(struct bench *b);
/* From here on the pipeline finds the format plugins of the bench's own folder: none. */
void bench_forget_formats(struct bench *b);
void bench_done(struct bench *b);
/* As after a restart: store and pipeline are opened anew. */
void bench_reopen(struct bench *b);

/* Writes a file of the bench's folder. */
void bench_put(const struct bench *b, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* A standard that judges books a pupil alone, and junheng.yaml with the sources given. Loaded. */
void bench_books(struct bench *b, const char *sources);
/* What the daemon does when a day begins: the number of transitions. */
int bench_day(struct bench *b, int year, int month, int day);
/* How many rounds are to be judged again. */
size_t bench_stale(struct bench *b);
/* junheng.yaml, as a start or a reload takes it over. */
void bench_load(struct bench *b);
/* A body from a source through the pipeline; b->report or b->err tells what came of it. */
int bench_run(struct bench *b, const char *source, const char *name, const char *text);
