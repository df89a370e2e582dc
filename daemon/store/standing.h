/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What became of counties' titles: every change of a standing is a row, for ever, and the newest
 * row is how it stands now. Beside it the figures of the certification's baseline, as they were
 * when the county was certified, and the dated duties that its data bring. All of it is in the
 * journal; in a transaction of the caller's. A connection's thread.
 */
#pragma once

#include "alert/standing.h"
#include "store/store.h"

struct store_standing {
    int64_t id;
    const char *county, *standard;
    const char *act; /* what led here: an event's id, or "inherit" */
    enum standing_state from;
    struct standing standing;
    const char *document, *by, *reason; /* NULL: nobody decided, the program saw it */
    int64_t at_ms;
};

/* Fills the id. */
int store_standing_put(struct store *s, struct store_standing *row, struct jh_err *err);
/* How it is now; JH_ENOENT: nothing was ever recorded. */
int store_standing_get(struct store *s, const char *county, const char *standard,
                       struct arena *arena, struct store_standing *ret,
                       struct jh_err *err);
/* How all are now, by county and standard; county NULL = all. */
int store_standings(struct store *s, const char *county, struct arena *arena,
                    struct store_standing **ret, size_t *ret_n, struct jh_err *err);
/* All that was recorded of a county, oldest first. */
int store_standing_acts(struct store *s, const char *county, struct arena *arena,
                        struct store_standing **ret, size_t *ret_n, struct jh_err *err);

/* The certification that was last given, also one that was taken since; JH_ENOENT. */
int store_cert_last(struct store *s, const char *county, const char *standard,
                    struct arena *arena, struct store_cert *ret, struct jh_err *err);

/* The baseline's figures, of the certification that was recorded at cert_ms. */
struct store_baseline {
    const char *county, *standard;
    struct round round;
    int64_t cert_ms;
    const char *figures; /* {"primary":{"composite":x,"figures":{ID:cv}},…} */
    int64_t at_ms;
};

/* Takes the place of an earlier certification's. */
int store_baseline_put(struct store *s, const struct store_baseline *b,
                       struct jh_err *err);
int store_baseline_get(struct store *s, const char *county, const char *standard,
                       struct arena *arena, struct store_baseline *ret,
                       struct jh_err *err);

/* What a county has to put right by a day, because its newest data rely on it. */
struct store_duty {
    const char *county, *standard, *duty; /* id of a relaxation */
    const char *until;                    /* "2027-09-12": the last day */
    struct round round;                   /* newest that relied on it */
    const char *county_name;
};

int store_duty_put(struct store *s, const struct store_duty *duty, struct jh_err *err);
/* duty NULL: all of the county by the standard. */
int store_duty_delete(struct store *s, const char *county, const char *standard,
                      const char *duty, struct jh_err *err);
/* county and standard NULL: all. */
int store_duties(struct store *s, const char *county, const char *standard,
                 struct arena *arena, struct store_duty **ret, size_t *ret_n,
                 struct jh_err *err);
