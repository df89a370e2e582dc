/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Local indicators, seen from the program that wants their verdicts. The scripts themselves run
 * in junheng-lua, a fork server: one child per script over many counties, with a memory cap, a
 * wall-clock limit a county, seccomp and rlimits. A hostile or broken script costs its own
 * verdicts (`broken`, with file:line where there is one), never more.
 *
 * script_run() blocks and is called from one worker at a time. If the helper itself dies it is
 * started again; what could not be run meanwhile is told apart from what is broken by its own
 * fault, so that it can be run later.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "eval/eval.h"

struct script_host; /* a running helper */

struct script_limits {
    size_t memory_bytes; /* of the Lua allocator; default 16 MiB */
    int64_t wall_ms;     /* for one script over one county; default 500 */
    int broken_max; /* after so many broken counties in a run the script is parked: 3 */
};

struct script_param {
    const char *indicator, *name, *value;
    bool is_number;
};

/* What a script says of itself, read in the sandbox when the set is loaded. */
struct script_info {
    const char *file; /* as given */
    const char *id, *title, *severity;
    bool per_school; /* scope = "school" */
    uint32_t stages; /* bit per enum stage */
    const char *const *needs;
    size_t n_needs, n_tests;
    const char *population; /* standard id or "" */
    char sha256[65];
};

/* One script's answer for a county's stage (and school). */
struct script_verdict {
    const char *indicator; /* id */
    const char *county;
    enum stage stage;
    uint32_t school;      /* index into the dataset when per_school, else UINT32_MAX */
    enum outcome outcome; /* PASS, FAIL, UNKNOWN, BROKEN */
    double value;         /* NaN = none */
    const char *text;     /* words; for BROKEN "file.lua:14: what" */
};

/* A county to run over; previous may be NULL. */
struct script_county {
    const struct dataset *data, *previous;
};

/* helper: path of junheng-lua, which is started. */
int script_start(const char *helper, const struct script_limits *limits,
                 struct script_host **ret, struct jh_err *err);
void script_stop(struct script_host *host);

/* A loaded, immutable set of scripts: sources are read once, here. Reference counted. */
struct script_set;

/*
 * Reads *.lua of the folders (sorted; a path may also be one file), has the helper load each,
 * and collects what they say. Every mistake goes to errs as file:line: text; NULL if there was
 * an error. With no folders the set is empty. `standards` serve `population = ID`; they must
 * outlive the set.
 */
struct script_set *script_set_load(struct script_host *host, const char *const *dirs,
                                   size_t n_dirs, const struct script_param *params,
                                   size_t n_params,
                                   const struct standard *const *standards,
                                   size_t n_standards, struct errs *errs);
struct script_set *script_set_ref(struct script_set *set);
void script_set_unref(struct script_set *set);
size_t script_set_count(const struct script_set *set);
const struct script_info *script_set_info(const struct script_set *set, size_t i);
/* By its id; NULL: there is none, or no set. */
const struct script_info *script_set_find(const struct script_set *set, const char *id);
/* Hash over all sources and parameters, in order. */
const char *script_set_sha256(const struct script_set *set);

/*
 * Runs every script of the set over the counties. Verdicts live in the arena, ordered by
 * script, county, stage, school. A stage without schools has none. What could not be had is
 * BROKEN; a pass of a county whose data are incomplete comes as UNKNOWN.
 *
 * *ret_lapse has code 0, or says why scripts did not run that are not to blame (junheng-lua is
 * gone, no memory): their verdicts are BROKEN too, or missing, and should be had again later.
 * Fails only when there is nothing at all, and then *ret_lapse is set as well.
 */
int script_run(struct script_host *host, struct script_set *set,
               const struct script_county *counties, size_t n, struct arena *arena,
               struct script_verdict **ret, size_t *ret_n, struct jh_err *ret_lapse);

/* A script's own tests, for `junhengctl lua test`: TAP to `to`; number of failures or < 0. */
int script_test(struct script_host *host, const char *file, FILE *to, struct jh_err *err);
