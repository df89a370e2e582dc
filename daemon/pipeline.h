/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of junheng, from bytes to committed alerts (steps 2 to 8 of docs/ARCHITECTURE.md).
 * Blocking; a pipeline works on one body at a time, in a worker thread. The daemon runs it
 * behind the loop, junhengctl replays through the same code.
 */
#pragma once

#include "conf/config.h"
#include "plugin/loader.h"
#include "script/script.h"
#include "story/gather.h"
#include "story/retract.h"
#include "story/review.h"
#include "story/standing.h"

struct pipeline;

enum { PIPELINE_FIRST = 5 };

/* Everything a pipeline stands on. The caller keeps it alive; nothing here is global. */
struct pipeline_parts {
    const struct clock *clock;
    struct loader *loader;
    struct script_host *scripts; /* may be NULL: no local indicators */
    struct store *reader;        /* read-only connection of this pipeline's own */
    /* runs fn in the store's thread with the writing connection, and waits */
    int (*write)(void *arg, int (*fn)(struct store *store, void *fn_arg), void *fn_arg);
    void *write_arg;
};

/* What became of it. */
struct pipeline_report {
    bool unchanged;   /* body, mapping, standards and scripts equal the last committed */
    bool retracted;   /* a person took these bytes back: nothing was done; first[0] */
    bool first_heard; /* others waited for this source: now they are stale */
    struct round round;
    size_t counties, schools;   /* in the body, or judged */
    size_t rejected, findings;  /* dropped rows and refused cells; notes on the data */
    size_t judged_findings;     /* of them those that only judging shows, by standard */
    size_t pass, fail, unknown; /* county verdicts over all standards */
    size_t transitions;         /* committed: there is something to send */
    size_t broken;              /* script verdicts */
    bool scripts_ran;           /* there are some, and all that could be judged was */
    struct jh_err lapse; /* code 0, or why scripts did not run: the round is stale */
    size_t again; /* counties of other rounds that were judged again because of it */
    struct jh_err failed; /* why some of those could not be: they are stale; or code 0 */
    struct jh_err first[PIPELINE_FIRST]; /* the first rejected, with their places */
    size_t n_first;
    char sha256[65]; /* of the body */
};

int pipeline_new(const struct pipeline_parts *parts, struct pipeline **ret,
                 struct jh_err *err);
void pipeline_free(struct pipeline *p);
/* Between bodies only. Takes references. */
void pipeline_configure(struct pipeline *p, const struct config *config,
                        struct script_set *scripts);

/*
 * One body from a source, all the way to the commit. A refusal changes nothing. The next newer
 * round of its counties, which was compared with what it changes, is judged again at once, and
 * so are the schools of a round that county data have come for; when that fails the body is
 * kept all the same, and the report says why.
 */
int pipeline_run(struct pipeline *p, struct gather_body *body,
                 struct pipeline_report *ret, struct jh_err *err);
/*
 * The same for one of many: short bodies that have nothing to do with one another are kept in
 * one transaction, which costs less than one each. *ret_rc, *ret and *err are filled when
 * pipeline_settle() has returned, at the latest; until then they and all of the body but its
 * bytes must live. Whatever else is asked of the pipeline settles first.
 */
void pipeline_offer(struct pipeline *p, const struct gather_body *body, int *ret_rc,
                    struct pipeline_report *ret, struct jh_err *err);
void pipeline_settle(struct pipeline *p);
/* The one it works by; the pipeline's. */
const struct config *pipeline_config(const struct pipeline *p);
/*
 * Evaluates a round again from the archive; county NULL = all. JH_ENOENT when the archive has
 * nothing of it that today's sources can read.
 */
int pipeline_again(struct pipeline *p, struct round round, const char *county,
                   struct pipeline_report *ret, struct jh_err *err);
/*
 * Rounds in the archive that were last evaluated under other mappings, standards or scripts
 * than today's, or when a source was still silent, oldest first: what is to be evaluated again.
 * malloc'ed.
 */
int pipeline_stale(struct pipeline *p, struct round **ret, size_t *ret_n,
                   struct jh_err *err);
/*
 * Evaluates all that is stale. A round that today's mapping cannot read any more keeps its
 * verdicts and stays stale; the others go on: the first error is returned, one that may pass
 * before a refusal, and *ret says what was done (it is set also then, unless nothing could be
 * looked up).
 */
int pipeline_refresh(struct pipeline *p, struct pipeline_report *ret, struct jh_err *err);
/*
 * Gives certifications (or takes them away) and judges the newest round of those counties at
 * once, so that one that fails already fires now. ret sums up over the rounds judged.
 */
int pipeline_certify(struct pipeline *p, const struct store_cert *certs, size_t n,
                     bool remove, struct pipeline_report *ret, struct jh_err *err);
/*
 * A person orders rectification, revokes a title, or restores it (county, standard, event,
 * deadline, document, by, reason and arena are the caller's to fill; `row` tells how it stands
 * then). Where the title comes or goes, the county's newest round is judged at once.
 * JH_ENOENT, JH_EREFUSED.
 */
int pipeline_standing(struct pipeline *p, struct standing_work *work,
                      struct pipeline_report *ret, struct jh_err *err);
/*
 * Takes back what a source delivered for a round (source, name, round, by and reason are the
 * caller's to fill, and what came of it is in there). Newer rounds become stale by it: refresh.
 */
int pipeline_retract(struct pipeline *p, struct retract *retract, struct jh_err *err);
/*
 * What a source delivered has been reviewed (source, name, sha256, round, by and reason are the
 * caller's to fill; `reviewed` tells how many submissions): its counties are judged again at
 * once, and alerts that waited for it end. JH_ENOENT, JH_EEXIST, JH_EREFUSED.
 */
int pipeline_review(struct pipeline *p, struct review_accept *review,
                    struct pipeline_report *ret, struct jh_err *err);
/*
 * A finding is right as it is, says a person: it neither blocks nor is told of any more, as long as its
 * figures stand. Its county is judged again at once; `again` and `failed` tell what came of it.
 * JH_ENOENT, JH_EEXIST.
 */
int pipeline_accept(struct pipeline *p, const char *id, const char *by,
                    const char *reason, struct pipeline_report *ret, struct jh_err *err);
