/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of an alert once more, as docs/alerts.md tells it, to be compared with alert/alert.c:
 * years for rounds, bits for what fails, nothing shared with the program. Pure.
 */
#pragma once

#include <stdbool.h>

enum model_state { MODEL_NONE, MODEL_PENDING, MODEL_FIRING, MODEL_TAKEN };
enum model_end { MODEL_LASTS, MODEL_PASSED, MODEL_CORRECTED, MODEL_LEFT, MODEL_GRAVER };

/* What a judgement proves: that it fails, that it passes, or nothing. */
enum model_proof { PROVES_NOTHING, PROVES_PASS, PROVES_FAIL };

struct model_judged {
    int year, revision;
    enum model_proof proof;
    int fails;   /* bits */
    int gravity; /* of the fail, larger is worse */
};

struct model_case {
    bool of_certified; /* only rounds after `baseline` are anybody's business */
    bool by_round;     /* else each judgement is newer than the last */
    int for_rounds;
    bool watched; /* somebody looks after it; of_certified: it is certified */
    int baseline;
    bool told_by_graver;
    const struct model_judged *newest; /* NULL: nothing is known */
    int retracted;                     /* year of which the data are gone; 0 */
};

struct model {
    enum model_state state;
    bool stale;
    int year, revision; /* what it stands on */
    bool any;           /* that is gone: whatever is judged next counts */
    int since, rounds, told, gravity;
    int n; /* transitions */
};

/* At most one transition; n 0: none. */
struct model_said {
    int n, year, added;
    enum model_state from, to; /* to MODEL_NONE: ended */
    enum model_end end;
    bool extended;
};

struct model_said model_step(struct model *m, const struct model_case *c);
