/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two stores side by side, as what was and what would be: verdicts of every county, standard,
 * round and stage, and every alert there has been, with who was told. Used by replay. Main thread.
 */
#pragma once

#include <jansson.h>

#include "base/buf.h"
#include "store/store.h"

enum { COMPARE_LISTED_MAX = 1000 };

struct compare_verdict {
    const char *county, *county_name, *standard, *stage;
    struct round round;
    const char *was, *is; /* words with the figure; NULL: not there */
};

enum compare_change { COMPARE_NEW, COMPARE_RESOLVED, COMPARE_CHANGED };

/* What one transition told, by each of the two; "nobody", "province over spool, …". */
struct compare_told {
    const char *what; /* "firing 2021" */
    const char *was, *is;
};

struct compare_alert {
    const char *kind, *county, *county_name, *standard;
    struct round since;
    enum compare_change change;
    const char *was, *is;            /* "firing, 2022"; NULL: there was none */
    const struct compare_told *told; /* where it differs */
    size_t n_told;
};

struct compare {
    size_t same, differ; /* verdicts; those that differ are listed up to a maximum */
    struct compare_verdict verdicts[COMPARE_LISTED_MAX];
    size_t n_verdicts;
    /* alerts: "3 new, 1 resolved, 12 unchanged" */
    size_t opened, ended, changed, unchanged;
    struct compare_alert alerts[COMPARE_LISTED_MAX];
    size_t n_alerts;
};

/* Alerts alone; what is in *ret beside them stays. compare_alert.c */
int compare_alerts(struct store *was, struct store *is, struct arena *arena,
                   struct compare *ret, struct jh_err *err);
const char *compare_change_id(enum compare_change change);
/* Texts live in the arena. */
int compare_stores(struct store *was, struct store *is, struct arena *arena,
                   struct compare *ret, struct jh_err *err);
void compare_text(const struct compare *c, struct buf *out);
/* {"verdicts":{"same","differ","list"},"alerts":{"new","resolved","changed","unchanged",
 * "list"}} */
json_t *compare_json(const struct compare *c);
