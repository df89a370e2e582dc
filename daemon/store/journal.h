/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal: what was judged, told and done by people, in the order in which it was, for ever.
 * Each entry carries the SHA-256 of itself and of the one before it (docs/journal.md), so that
 * one that is changed, taken out or put in is found. It is written in the transaction of what it
 * records: neither is there without the other. A connection's thread.
 */
#pragma once

#include "digest/digest.h"
#include "store/store.h"

struct store_entry {
    int64_t seq, at_ms;
    const char *kind;
    const char *body; /* a JSON object */
    const char *prev, *sha256;
};

/* In a transaction of the caller's, the one of what is recorded: JH_EINVAL outside of any. */
int store_journal_put(struct store *s, int64_t at_ms, const char *kind, const char *body,
                      struct jh_err *err);

/* Entries after a number and from a moment on; county NULL = all. Oldest first, at most max. */
int store_journal(struct store *s, int64_t after, int64_t since_ms, const char *county,
                  size_t max, struct arena *arena, struct store_entry **ret,
                  size_t *ret_n, struct jh_err *err);

/* An entry that was written down elsewhere; seq 0: none. */
struct store_anchor {
    int64_t seq;
    char sha256[SHA256_HEX];
};

struct store_journal_report {
    bool sound;
    int64_t entries;
    struct store_anchor last;            /* worth writing down elsewhere */
    int64_t transitions, verdicts, acts; /* found in the store, each with its entry */
    int64_t older;                       /* from before the journal began */
    int64_t broken;                      /* seq of the first entry that is wrong, or 0 */
    char why[600];                       /* not sound: what is wrong */
};

/*
 * Checks the chain, that the anchor is in it, and that every transition, verdict, certification,
 * review and acceptance in the store has its entry and says the same. Returns an error only where it
 * could not look.
 */
int store_journal_verify(struct store *s, const struct store_anchor *anchor,
                         struct store_journal_report *ret, struct jh_err *err);
