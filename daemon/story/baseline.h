/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a certified county is compared with: the figures of its baseline round as they were when
 * the county was certified. They are frozen as soon as they are known of a round that is there as a
 * whole, each by itself; what comes of the round later, a correction or a retraction, changes nothing of them, until a person
 * certifies anew. In the caller's transaction, on the store's thread.
 */
#pragma once

#include "story/alarm.h"

/*
 * `live`: what history has of the round, or NULL. *ret_found false: nothing is known. The
 * figures go to *ret.
 */
int baseline_figures(struct store *store, const struct alarm *alarm,
                     const struct store_cert *cert, const struct standard *standard,
                     const struct json_past *live, struct json_past *ret,
                     bool *ret_found);
/* The title was given back under the certification `cert`: it is compared as before. */
int baseline_keep(struct store *store, const struct store_cert *cert, struct arena *arena,
                  struct jh_err *err);
