/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The older rounds that a round is compared with: of each county the next older one of the
 * series that holds it. Every submission is read at most once, whatever the number of its
 * counties. Blocking; the pipeline's thread.
 */
#pragma once

#include "model/previous.h"
#include "story/gather.h"

/* The round that is to be compared. */
struct before_now {
    struct round round;
    const char *const *counties; /* sorted */
    size_t n;
    const struct intake *intake;          /* holds its rows */
    const struct store_submission *parts; /* that were read into it, a new body first */
    size_t n_parts;
};

/*
 * A submission that today's configuration cannot read is left out, by itself: *ret_lost (code
 * 0: none) says why the first was; a county that loses its last round that way is compared with
 * the one before. A county that has come of others is compared with what those had.
 */
int before_read(const struct gather *g, const struct before_now *now,
                struct previous *ret, struct jh_err *ret_lost, struct jh_err *err);
