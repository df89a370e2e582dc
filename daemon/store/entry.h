/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside of store/: what the journal says of each fact. The same text is made when a fact is
 * written and when it is checked. An entry is started, filled by key in a fixed order, and then
 * put, or ended and read. The connection's thread.
 */
#pragma once

#include "base/buf.h"
#include "store/journal.h"

/* The part of a text up to here says which fact it is; what follows, how it is. */
#define ENTRY_SAYS ",\"is\":{"

struct entry {
    const char *kind;
    struct buf text;
};

void entry_start(struct entry *e, const char *kind);
void entry_text(struct entry *e, const char *key, const char *value); /* NULL is null */
void entry_int(struct entry *e, const char *key, int64_t value);
void entry_round(struct entry *e, const char *key, struct round round);
/* From here on how it is. */
void entry_says(struct entry *e);
/* Closes the text; NULL: too long, or no memory. */
const char *entry_end(struct entry *e);
void entry_done(struct entry *e);
/* Ends it, puts it, lets go of it. */
int entry_put(struct entry *e, struct store *s, int64_t at_ms, struct jh_err *err);

/* The alert's columns of a transition, which say what it is about. */
struct entry_about {
    const char *kind, *county, *standard;
};

void entry_transition(struct entry *e, const struct store_transition *t,
                      const struct entry_about *about);
/* All rows of one revision, in any order. */
void entry_verdict(struct entry *e, const struct store_verdict *rows, size_t n);
/* date NULL: it is taken away. */
void entry_certification(struct entry *e, int64_t id, const char *act,
                         const struct store_cert *cert, const char *date);
void entry_accepted(struct entry *e, const struct store_finding *f);
/* Which one, and what a person says of it. */
void entry_submission(struct entry *e, const struct store_submission *sub, const char *by,
                      const char *reason);

/* SHA-256 of the canonical text of docs/journal.md, over all but e->sha256. */
int journal_hash(const struct store_entry *e, char hex[SHA256_HEX]);
/* A row of seq, at_ms, kind, body, prev_sha256, sha256. */
struct query;
void journal_read(struct query *q, struct arena *arena, struct store_entry *e);
/* The first entry of a database, with what was there before. Does nothing when there is one. */
int journal_begin(struct store *s, struct jh_err *err);

/*
 * Every such fact of the store in order, with its entry's text started but not ended, and when
 * it was. What fn returns ends the walk.
 */
typedef int entry_fn(void *arg, struct entry *e, int64_t at_ms);
int transitions_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int verdicts_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int certs_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int acts_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int accepted_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int standings_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int baselines_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
int reviews_each(struct store *s, entry_fn *fn, void *arg, struct jh_err *err);
