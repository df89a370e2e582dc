/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A running junheng-lua, a fresh folder of scripts and counties made in memory, for tests of
 * script/ and sandbox/. A struct rig owns all of it. Main thread.
 */
#pragma once

#include "eval/make.h"
#include "script/script.h"

enum { RIG_COUNTIES = 12 };

struct rig {
    struct script_host *host;
    struct script_set *set;
    struct arena *arena;
    struct errs errs;
    char dir[64];
    struct make counties[RIG_COUNTIES];
    char codes[RIG_COUNTIES][8];
    struct script_county list[RIG_COUNTIES];
    size_t n;
    struct script_verdict *verdicts;
    size_t n_verdicts;
    struct jh_err lapse; /* of the last run */
};

/* Starts the helper that lies in the build folder. limits may be NULL. */
void rig_init(struct rig *rig, const struct script_limits *limits);
void rig_init_with(struct rig *rig, const char *helper,
                   const struct script_limits *limits);
void rig_done(struct rig *rig);
/* Path of junheng-lua. */
const char *rig_helper(char *buf, size_t size);

/* Writes dir/name. */
void rig_write(struct rig *rig, const char *name, const char *source);
/* Writes a script whose evaluate has this body, with this id; more goes into its table. */
void rig_script(struct rig *rig, const char *id, const char *more, const char *body);
/* Loads the folder; false when there were errors. */
bool rig_load(struct rig *rig, const struct script_param *params, size_t n_params,
              const struct standard *const *standards, size_t n_standards);
/* All errors, one line each, the folder's name cut off. */
char *rig_errors(struct rig *rig, char *buf, size_t size);

/* A county of n primary schools with pupils 100, 200, … and as many books. */
struct make *rig_county(struct rig *rig, size_t n);
/* Loads what is written (bails out on errors), runs all scripts over all counties. */
void rig_run(struct rig *rig);
/* The verdict of a county's primary stage. */
const struct script_verdict *rig_verdict(const struct rig *rig, const char *id,
                                         size_t county);
