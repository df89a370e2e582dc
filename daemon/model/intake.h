/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in, datasets out: header matching, the mapping of a source (`columns:`, `defaults:`),
 * cell rules, refusals and dropped rows of docs/data.md. One intake takes the files
 * (parts) of one round; each file begins with intake_file() and its header row.
 *
 *   intake_new -> { intake_file, intake_row… , intake_file_end }… -> intake_finish -> datasets
 *
 * A worker's own object: one thread at a time. Refusals come back as JH_EINVAL with
 * file:line:col in err and refuse the whole file; dropped rows and bad cells are kept as
 * `rejected` and `missing` and the intake goes on. A refusal spoils the intake: every later
 * call gives it again, so begin anew without that file.
 */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "model/alias.h"
#include "model/closed.h"
#include "model/dataset.h"

/* One entry of `columns:`. Immutable; owned by the configuration. */
struct mapping_column {
    const char *target; /* English field id, or a free name kept as extra column */
    const char *const *columns;  /* headers to add up (one or more), NULL-terminated */
    double factor;               /* unit: 万元 -> 10000; 0 without one, which is as 1 */
    double add;                  /* e.g. 1911 */
    const char *const *map_from; /* text translation, NULL-terminated, or NULL */
    const char *const *map_to;
    unsigned line, col; /* where it stands, for errors */
};

struct mapping_default {
    const char *target;
    const char *value; /* as a cell would be written */
    unsigned line, col;
};

struct mapping {
    const char *file; /* where it was read, for errors */
    const struct mapping_column *columns;
    size_t n_columns;
    const struct mapping_default *defaults;
    size_t n_defaults;
    struct round
        round; /* fixed, or taken from path or URL by the caller; year 0 = from rows */
};

struct intake_limits {
    size_t max_rows;     /* 0 = 4,000,000 */
    size_t max_columns;  /* 0 = 512 */
    size_t max_bytes;    /* memory of the intake; 0 = 2 GiB */
    size_t max_rejected; /* kept in full, the rest is counted; 0 = 10,000 */
    struct date today;   /* refuses rounds that begin later; year 0 = takes any */
};

struct intake;
struct dataset_pool;

/* A county that is whole. 0, or a code to stop with. */
typedef int intake_county_fn(void *arg, const struct dataset *ds);
/*
 * Several of them, in their order. The list and what it points to live until the call for the
 * next has returned, or another file begins.
 */
typedef int intake_counties_fn(void *arg, const struct dataset *list, size_t n);

struct intake *intake_new(const struct alias_table *aliases,
                          const struct intake_limits *limits);
void intake_free(struct intake *in);

/*
 * Before the first file: the intake shall keep few counties at a time. Rows have to lie county
 * by county; counties are handed over when they come to `rows` rows and a row of the next one
 * comes, the last ones by intake_finish(), which then gives no datasets. The datasets are those that an intake
 * which keeps everything would make of the same rows and no previous round, but without
 * lists of rejected and findings. JH_EBUSY from any call: these rows must be kept and seen
 * together (a county comes back, a code may be there twice, a dropped row may be of any
 * county); what was handed over is to be forgotten. JH_ENOMEM.
 */
int intake_stream(struct intake *in, size_t rows, intake_counties_fn *fn, void *arg);
/* Behind it: the datasets shall have their findings. Those of no county are not told at all. */
void intake_stream_findings(struct intake *in);

/*
 * Before the finish: says of each finding of a check what becomes of it; without it all are
 * reported. Called once a finding; file is the index in the order of intake_file(), 0 with line 0
 * where it is of no row.
 */
typedef enum doubt_policy intake_policy_fn(void *arg, struct round round,
                                           enum doubt check,
                                           const struct finding *finding);
void intake_policy(struct intake *in, intake_policy_fn *fn, void *arg);

/* Before the finish: schools whose absence is no finding. The list outlives the intake. */
void intake_closed(struct intake *in, const struct closed_list *closed);

/* Begins a file. mapping may be NULL. Names are copied. */
int intake_file(struct intake *in, const char *name, const char *sha256, const char *part,
                const struct mapping *mapping, struct jh_err *err);
/* The first row of a file is its header. Fits jh_host.row: returns 0 or a code to stop with. */
int intake_row(struct intake *in, const struct jh_row *row, struct jh_err *err);
/* Checks what only the end can tell (no data rows, …). */
int intake_file_end(struct intake *in, struct jh_err *err);

/*
 * What was read so far: the round and the codes of the counties that have rows, sorted, in
 * `arena`. Refuses data that do not say their round, which only a command line may supply.
 */
int intake_peek(const struct intake *in, struct arena *arena, struct round *ret_round,
                const char *const **ret_counties, size_t *ret_n, struct jh_err *err);

/* Each row that was read: its county and school. Stops at the first that is not 0. */
int intake_places(const struct intake *in,
                  int (*fn)(void *arg, const char *county, const char *school),
                  void *arg);

/* Has a county in the result even if it has no row: without schools, then. Before the finish. */
int intake_expect(struct intake *in, const char *county);

/* What came of it: datasets ordered by county code, one per county that has rows. */
struct intake_result {
    struct round round;              /* year 0: no column, default or mapping told it */
    const struct dataset **datasets; /* dataset_ref() what shall outlive the result */
    size_t n;
    const struct rejected *rejected; /* of all files, in order */
    size_t n_rejected, rejected_total;
    const struct finding *findings;
    size_t n_findings;
    struct arena *arena; /* holds the lists; the pool's */
    struct dataset_pool *pool;
};

/*
 * Ends the intake and hands over the datasets. `previous` (may be NULL, n 0) are the datasets
 * of the round before, ordered by code: they serve the checks against the last round (vanished,
 * new, tenfold) and tell which county a row with a bad county cell belonged to.
 */
int intake_finish(struct intake *in, const struct dataset *const *previous,
                  size_t n_previous, struct intake_result *ret, struct jh_err *err);
/* Gives the datasets back too. A zeroed result is fine. */
void intake_result_done(struct intake_result *result);
