/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From what is known of a subject to its alert: takes the pure step of alert/, writes the alert,
 * the transition with its evidence, and who is to be told. What each kind looks at is in the
 * files beside this one (alarm_*.c); all of them come here. Inside of a transaction of the
 * caller's, on the store's thread.
 */
#pragma once

#include <jansson.h>

#include "alert/route.h"
#include "eval/judge.h"
#include "render/json.h"
#include "store/store.h"
#include "story/assess.h"

struct alarm {
    const struct config *config;
    const struct assessed_county *county;
    const struct county_result *result;
    const struct judgement *judgement; /* with its revision */
    const struct script_set *scripts;  /* those of today; NULL: none */
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

/* warning and decline of what was just judged; slipped: its slip has been told. */
int alarm_warn(struct store *store, const struct alarm *alarm,
               const struct store_cert *cert, bool slipped);

/* ---- what the clock raises ------------------------------------------------------------------ */

/* Has the county, by its standard, all data that are due today? */
int alarm_overdue(struct store *store, const struct alarm *alarm, const char *county,
                  const char *standard, const struct store_cert *cert);
/* All certified counties. */
int alarm_overdue_all(struct store *store, const struct alarm *alarm);

/* ---- of local indicators --------------------------------------------------------------------- */

/* What scripts said of the county's newest round, and what is open of those that are gone. */
int alarm_local(struct store *store, const struct alarm *alarm);
/* The code is no more, by `change`. */
int alarm_local_end(struct store *store, const struct alarm *alarm, const char *county,
                    const struct entity_change *change);
/* As alarm_retracted(). */
int alarm_local_retracted(struct store *store, const struct alarm *alarm,
                          const char *county);
/* What is open, in whatever county, of scripts that are gone or kinds that are off. */
int alarm_local_removed(struct store *store, const struct alarm *alarm);

/* ---- of the program's own work: for those who look after it ---------------------------------- */

/* After a poll: by what the store knows of the source now; refused: what it brought was. */
int alarm_source(struct store *store, const struct alarm *alarm, const char *source,
                 bool refused);
/* After scripts have run: `ran` is what they said, in counties; nothing if they could not. */
int alarm_scripts(struct store *store, const struct alarm *alarm,
                  const struct assessed *ran);
/* What has become of a channel: 1 delivered, -1 dead, 0: as the store knows. */
int alarm_channel(struct store *store, const struct alarm *alarm, const char *channel,
                  int last);
/* What is open of sources, scripts and channels that are not configured any more. */
int alarm_gone(struct store *store, const struct alarm *alarm);
/* What the county has to have done by a day, by its standard; cert NULL: it is not certified. */
int alarm_duty(struct store *store, const struct alarm *alarm, const char *county,
               const char *standard, const struct store_cert *cert);
/* The duties that the county's newest data bring, or show to be done; of what was just judged. */
int alarm_duties_seen(struct store *store, const struct alarm *alarm,
                      const struct store_cert *cert);

/* ---- of the data ---------------------------------------------------------------------------- */

/* What is wrong with the newest data of a source, all of it in one alert. */
int alarm_quality(struct store *store, const struct alarm *alarm, const char *source);
/*
 * What could not be used of a file (its index), as alarm_quality() reads it with the submission:
 * malloc'ed, "" for nothing, NULL without memory.
 */
char *alarm_rejected(const struct rejected *list, size_t n, size_t file);

/* ---- for the kinds ------------------------------------------------------------------------ */

/* One alert, and what is known now of what it is about. */
struct alarm_case {
    struct alert_name name;
    const struct store_cert *cert;     /* NULL: the county is not certified */
    const struct judgement *newest;    /* NULL: nothing that the alert does not know */
    enum severity severity;            /* of its fail; NONE: the kind's own */
    bool unwatched, superseded;        /* as alert_input has them */
    bool unreviewed;                   /* the same, beside what alarm->county says */
    const struct alert_policy *policy; /* NULL: the plainest */
    const json_t *details;             /* what a message says of it; NULL: as before */
    const char *county_name;           /* where no result tells it; may be NULL */
    const char *deadline; /* month; NULL: that of the county's order, if any */
    const struct route_place *places; /* of a subject that is no county */
    size_t n_places;
    const char *const *owners; /* ids of offices that answer for the subject; n 0: by */
    size_t n_owners;           /* the kind */
    const json_t *extra;       /* a map: keys that only this kind has; may be NULL */
    const struct store_alert *before; /* what is open; NULL: by its name */
    bool inherited; /* `before` was another county's: a new one begins */
    const struct entity_change *change; /* by this; or what ended the county */
};

/*
 * Takes the step and keeps what comes of it. The evidence is made of alarm->result where there is
 * one. *ret (may be NULL): the state of the alert now.
 */
int alarm_take(struct store *store, const struct alarm *alarm, const struct alarm_case *c,
               enum alert_state *ret);
/* Ends what is open of a county that is no more, by `change`: nobody looks after it. */
int alarm_end(struct store *store, const struct alarm *alarm,
              const struct store_alert *open, const struct entity_change *change);
/* The figures of all rounds of the judged one's series that history has, oldest first. */
int alarm_pasts(struct store *store, const struct alarm *alarm, const char *county,
                const struct standard *standard, struct json_past **ret, size_t *ret_n);
