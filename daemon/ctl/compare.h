/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two stores side by side, as what was and what would be: verdicts of every county, standard,
 * round and stage, and the alerts that are open. Used by replay. Main thread.
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

struct compare_alert {
    const char *kind, *county, *standard;
    bool was, is; /* open */
};

struct compare {
    size_t same, differ; /* verdicts; those that differ are listed up to a maximum */
    struct compare_verdict verdicts[COMPARE_LISTED_MAX];
    size_t n_verdicts;
    size_t opened, ended, unchanged; /* alerts: "3 new, 1 resolved, 12 unchanged" */
    struct compare_alert alerts[COMPARE_LISTED_MAX];
    size_t n_alerts;
};

/* Texts live in the arena. */
int compare_stores(struct store *was, struct store *is, struct arena *arena,
                   struct compare *ret, struct jh_err *err);
void compare_text(const struct compare *c, struct buf *out);
/* {"verdicts":{"same","differ","list"},"alerts":{"new","resolved","unchanged","list"}} */
json_t *compare_json(const struct compare *c);
