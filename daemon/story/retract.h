/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A person takes back what a source delivered for a round and should never have been accepted.
 * It stays in the archive, marked; what it had superseded is in force again, its counties are
 * judged by what is left, and alerts follow, all in one transaction: evaluation happens inside
 * of it, on the store's thread, which alone sees what is not committed yet.
 */
#pragma once

#include "script/script.h"
#include "story/gather.h"

struct retract {
    const struct config *config;
    struct loader *loader;
    struct script_host *scripts; /* may be NULL, as the set */
    struct script_set *set;
    const char *source;
    const char *name; /* of one file; NULL: all of the source's in the round */
    /*
     * A review sends it back (story/review.h): without a name only what waits for one; sha256:
     * how the hash of the body begins that was looked at, or NULL.
     */
    bool returned;
    const char *sha256;
    struct round round;
    const char *by, *reason;
    bool whole; /* what it had superseded does not come back either */
    int64_t now_ms;
    /* out */
    size_t retracted, restored; /* submissions */
    size_t counties, gone;      /* in them; of these without data of the round now */
    size_t pass, fail, unknown; /* verdicts that were made */
    size_t transitions;
    struct jh_err *err;
};

/* As writer_call() wants it. JH_ENOENT: nothing of that source, round and name is in force. */
int retract_all(struct store *store, void *arg);
/* Refuses (fills err, JH_EREFUSED) a body that was retracted as data of this round; else 0. */
int retract_check(struct store *reader, const struct gather_body *body,
                  struct round round, struct arena *arena, struct jh_err *err);
