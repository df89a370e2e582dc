/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept, in one transaction: the body and its submission, verdict history, local
 * verdicts, alerts with their transitions, and an outbox row for every office and channel that
 * is to be told. Nothing is sent that was not kept first. Runs on the store's thread.
 */
#pragma once

#include "story/assess.h"
#include "story/await.h"
#include "story/follow.h"

struct commit {
    const struct config *config;
    const struct script_set *scripts; /* NULL: none */
    const char *scripts_sha256;
    const struct await *await;
    const struct gather_body *body; /* NULL: a round evaluated again from the archive */
    const struct reported_body *reported; /* of commit_reported(): what the body holds */
    const struct gathered *gathered;
    const struct assessed *assessed;
    struct arena *arena;
    int64_t now_ms;
    void *packed; /* the body for the archive: commit_pack() */
    size_t n_packed;
    struct round retracted; /* what led here: alerts may stand on it; year 0: nothing */
    /* out */
    size_t pass, fail, unknown, transitions;
    const char **changed; /* counties whose data are not what the history knows */
    size_t n_changed;
    struct follow_list rest;  /* what is left of this round without the counties gone, and
                                 others of it whose schools may be among these */
    struct follow_list newer; /* rounds that were compared with what has changed */
    struct jh_err *err;
};

/*
 * Packs the body, which takes as long as judging it: before the commit, in the pipeline's
 * thread. Its bytes are not needed after that.
 */
int commit_pack(struct commit *c);
void commit_done(struct commit *c); /* what it has packed */
/* As writer_call() wants it; arg is a struct commit. */
int commit_all(struct store *store, void *arg);
/*
 * Several in one transaction, each kept or not kept by itself. A failure of the whole leaves
 * nothing of any of them, and says nothing of what each would have come to alone.
 */
struct commit_several {
    struct commit *const *list;
    int *results; /* out: of each */
    size_t n;
};
int commit_several(struct store *store, void *arg);
/*
 * Keeps a body of county data, and marks the counties it touches in `rest`: they are to be
 * judged again. As commit_all(); needs neither `gathered` nor `assessed`.
 */
int commit_reported(struct store *store, void *arg);
/* The same as commit_all() inside of a transaction of the caller's. */
int commit_within(struct store *store, void *arg);

/*
 * Hash of what a verdict over this body rests on: (body, mapping, standards, scripts), and what
 * its part still waits for.
 */
void commit_tuple(const struct config *config, const char *scripts_sha256,
                  const struct await *await, const struct source_conf *source,
                  const char *body_sha256, char hex[65]);

/* A certification given or taken away, without its consequences for alerts. */
struct commit_certs {
    const struct store_cert *certs;
    size_t n;
    bool remove;
    struct jh_err *err;
};
int commit_certs(struct store *store, void *arg);

/*
 * Ends the open alert of a county that is not certified any more and that no evaluation can
 * reach (its source is gone): struct commit with `county` and `standard` in `lost`.
 */
struct commit_lost {
    const struct config *config;
    const char *county, *standard;
    struct arena *arena;
    int64_t now_ms;
    size_t transitions;
    struct jh_err *err;
};
int commit_lost(struct store *store, void *arg);

/* What became of the last message of a channel: 1 delivered, -1 dead, 0 not known. */
struct commit_channel {
    const char *name;
    int last;
};

/* What falls due as time goes by, without any data: commit_due() as writer_call() wants it. */
struct commit_due {
    const struct config *config;
    const struct script_set *scripts;
    const struct commit_channel *channels; /* all that are configured */
    size_t n_channels;
    bool only_channels; /* of all that there is to look at */
    struct arena *arena;
    int64_t now_ms;
    size_t transitions;
    size_t dead; /* out: channels whose alert is open */
    struct jh_err *err;
};
int commit_due(struct store *store, void *arg);

/* How a poll went, as the next start shall know it, and whether somebody must be told. */
struct commit_poll {
    const char *source;
    const char *etag, *last_modified; /* NULL: keep what is there */
    const char *error;                /* "" */
    int64_t at_ms, wait_ms;           /* when, and how long until the next */
    int failures;                     /* in a row; 0: it went well */
    bool refused;                     /* its body was */
};
struct commit_polls {
    const struct config *config;
    struct arena *arena;
    const struct commit_poll *polls;
    size_t n;
    int64_t now_ms;
    size_t transitions;
    struct jh_err *err;
};
/* As writer_call() wants it; arg is a struct commit_polls. */
int commit_polls(struct store *store, void *arg);

/* A person's word that a finding is right as it is; its county is to be judged again: `rest`. */
struct commit_accept {
    const struct config *config;
    struct store_finding finding; /* with by, reason and accepted_ms */
    struct arena *arena;
    struct follow_list rest;
    struct jh_err *err;
};
int commit_accept(struct store *store, void *arg);
