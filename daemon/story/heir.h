/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a county takes over from those it has come of: their certifications, before it is first
 * judged, and their open alerts. A title is the county's and not its code's; where several
 * become one, one title among them is enough to watch it, so that no slip hides behind a merger,
 * and a person may decertify. Reads; what is to be kept goes back to the caller.
 */
#pragma once

#include "conf/config.h"
#include "store/store.h"

/* What looking for an inheritance needs. `day`: of the round in which the county is judged. */
struct heir {
    struct store *store;
    const struct entity_changes *changes;
    const char *county, *standard;
    struct date day;
    struct arena *arena;
    struct jh_err *err;
};

/*
 * The certification that the county has by its predecessors: of several the earliest, under
 * which the most rounds are monitored. JH_ENOENT: none, it has its own, or somebody has taken
 * it away since.
 */
int heir_cert(const struct heir *heir, int64_t now_ms, struct store_cert *ret);

/* Open alerts of what it has come of. */
struct heir_alerts {
    struct store_alert own; /* of its own code, or of one that it had before */
    bool has_own;
    struct store_alert best; /* the gravest of the others, as a new one of this county */
    bool has_best;           /* and it has not been taken over yet */
    const struct entity_change *by; /* by which the county came of those; or NULL */
    struct store_alert *ended; /* those of counties that are no more, to be closed: */
    size_t n_ended;            /* all that came of them have been judged */
};
int heir_alerts(const struct heir *heir, struct heir_alerts *ret);

/* The codes it has come of that are no more: all that came of them have been judged. */
int heir_ended(const struct heir *heir, struct entity_codes *ret);

/* Has another county taken the place of this one, as of a later day? Its alerts are theirs. */
int heir_is_gone(const struct heir *heir, struct date today, bool *ret);
