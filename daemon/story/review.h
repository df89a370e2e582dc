/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a person has looked at what a source delivered (`review: required`). Data that wait
 * for it are judged and shown like others, and may show a slip; they end no alert. Accepting
 * runs on the store's thread; the rest is pure. Returning is a retraction: story/retract.h.
 */
#pragma once

#include "story/follow.h"
#include "story/gather.h"

/* Does its source, today, ask for a review that it has not had? */
bool review_lacks(const struct config *config, const struct store_submission *sub);
/*
 * "submitted" while any of what holds the county's round waits, "reviewed" when all of it that
 * had to has been looked at, NULL: no source of it asks for a review.
 */
const char *review_of_county(const struct config *config, const struct gathered *gathered,
                             const char *county);
bool review_waits(const char *review);

/* A person has looked at what a source delivered for a round, and it is right. */
struct review_accept {
    const struct config *config;
    const char *source;
    const char *name; /* of one file; NULL: all of the source's in the round */
    const char
        *sha256; /* how the hash of the body begins that was looked at; NULL: any */
    struct round round;
    const char *by, *reason;
    int64_t now_ms;
    struct arena *arena;
    /* out */
    size_t reviewed;         /* submissions */
    struct follow_list rest; /* what is to be judged again */
    struct jh_err *err;
};

/*
 * As writer_call() wants it. JH_ENOENT: nothing of that source, round, name and hash is in
 * force; JH_EEXIST: all of it has been reviewed; JH_EREFUSED: the source asks for none.
 */
int review_accept(struct store *store, void *arg);
/* Fills err (JH_EREFUSED) where the source asks for no review; else 0. */
int review_asked(const struct config *config, const char *source, struct jh_err *err);
