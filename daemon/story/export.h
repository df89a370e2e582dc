/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a daemon hands to the level above: of each round the counties in force, their verdicts,
 * and their rows as they were joined and judged here. Reads only; results live in the arena
 * that the caller names. Blocking; a worker thread that holds the pipeline while it reads rows.
 */
#pragma once

#include "base/buf.h"
#include "story/gather.h"

struct export_county {
    const char *code, *name;
    bool here;                            /* a submission in force holds rows of it */
    const struct store_verdict *verdicts; /* by standard */
    size_t n_verdicts;
    int revision; /* grows with what comes: the same rows again are another body */
};

struct export_round {
    struct round round;
    char sha256
        [65]; /* of what is in force and how it was judged: the same, the same rows */
    struct export_county *counties; /* by code */
    size_t n;
    char reported_sha256[65]; /* "" = no county data */
    const char **reported;    /* counties that report something, by code */
    const int *revisions;     /* of what they report */
    size_t n_reported;
};

/* Counties of which nothing is in force any more are in it, too: they are to be taken back. */
int export_round(const struct config *config, struct store *reader, struct round round,
                 struct arena *arena, struct export_round *ret, struct jh_err *err);
/* Were its data of the round taken back, and nothing put in their place? */
bool export_retracted(const struct export_county *county);
/*
 * The county's rows as it is in `gathered`, with commas between them; *ret_n: how many. The
 * first round of a county that stands for no data at all is one row that will be dropped.
 */
int export_rows(const struct gather *g, const struct gathered *gathered,
                const struct export_county *county, struct buf *to, size_t *ret_n,
                struct jh_err *err);
