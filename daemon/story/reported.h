/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What counties report beside their schools: the bodies of sources that hold county data. Those
 * of one round are joined; of two that say the same of one county the later is refused. They
 * never make a round complete or incomplete, and what cannot be read of them keeps no school
 * from being judged. Blocking; the pipeline's thread.
 */
#pragma once

#include "model/county_intake.h"
#include "store/store.h"

struct gather;
struct gather_body;

/* The county data of a round that the archive has. */
struct reported {
    struct county_intake_result *results; /* one per submission */
    struct store_submission *subs;
    size_t n_subs;
    const struct county_data **list; /* joined; by county */
    size_t n;
    struct jh_err lost; /* why some could not be read; or code 0 */
};

/* Those that tell of one of these counties (sorted); NULL: all of the round. */
int reported_read(const struct gather *g, struct round round, const char *const *counties,
                  size_t n, struct reported *ret, struct jh_err *err);
/* A zeroed one is fine. */
void reported_done(struct reported *reported);
/* NULL: it reports nothing. */
const struct county_data *reported_find(const struct reported *reported,
                                        const char *county);

/* A new body. */
struct reported_body {
    struct store_submission sub; /* id 0 */
    struct county_intake_result data;
    const char *const *touched; /* counties in it or in the one it supersedes, sorted */
    size_t n_touched;
};

/* A refusal leaves *ret untouched: no round, one to come, what another source has reported. */
int reported_body(const struct gather *g, const struct gather_body *body,
                  struct reported_body *ret, struct jh_err *err);
void reported_body_done(struct reported_body *body);
