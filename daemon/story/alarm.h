/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a county's judgement to its alert: takes the pure step of alert/, writes the alert, the
 * transition with its evidence, and who is to be told. Inside commit's transaction, on the
 * store's thread.
 */
#pragma once

#include "eval/judge.h"
#include "store/store.h"
#include "story/assess.h"

struct alarm {
    const struct config *config;
    const struct assessed_county *county;
    const struct county_result *result;
    const struct judgement *judgement; /* with its revision */
    struct round retracted; /* the counties have no data of it any more; year 0: none */
    struct arena *arena;
    int64_t now_ms;
    size_t *transitions; /* counted up */
    struct jh_err *err;
};

/* After a round was judged; an older round than the county's newest changes nothing. */
int alarm_judged(struct store *store, const struct alarm *alarm);
/* The county has lost the data of `retracted`, and no others can be judged in their place. */
int alarm_retracted(struct store *store, const struct alarm *alarm, const char *county,
                    const char *standard);
/* Counties that were abolished by now: their open alerts end. */
int alarm_abolished(struct store *store, const struct alarm *alarm);
/*
 * Tells the alert's last transition to those its routes name and to whom it had gone up before,
 * or to the offices that have a flag, in the order of the table.
 */
int alarm_tell(struct store *store, const struct alarm *alarm, const struct alert *alert,
               const bool *offices);
/* The county is not certified any more and cannot be judged: only its open alert ends. */
int alarm_lost(struct store *store, const struct alarm *alarm, const char *county,
               const char *standard);
