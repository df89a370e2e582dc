/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From bytes to datasets: one body, joined with the other parts of its round from the archive,
 * and what it is compared with. Knows nothing of evaluation. Blocking; the pipeline's thread.
 *
 * A county's round is the union of the current submissions that hold rows of it. Two sources
 * for one part of one county in one round are refused, the later one by name.
 */
#pragma once

#include "conf/config.h"
#include "model/intake.h"
#include "model/previous.h"
#include "plugin/loader.h"
#include "store/store.h"
#include "story/follow.h"
#include "story/reported.h"

/* A body as it came in. */
struct gather_body {
    const struct source_conf *source;
    const char *name, *url, *type, *etag, *last_modified;
    const char *bytes;
    size_t n;
    int64_t received_ms;
    char sha256[65];
};

/* What gathering stands on. */
struct gather {
    const struct config *config;
    const struct await *await; /* what the parts wait for; story/await.h */
    struct loader *loader;
    struct store *reader;
    struct date today;   /* a new body of a later round is refused */
    struct arena *arena; /* of the job: submissions, lists */
    struct arena *words; /* of what scripts say: hostile ones must not fill the other */
    /* Called with the counties of a new body before the store is asked about them; or NULL. */
    void (*meets)(void *arg, const char *const *counties, size_t n);
    void *meets_arg;
};

struct gathered {
    struct round round;
    struct intake_result now; /* the round, all its parts */
    struct previous before;   /* of each county the next older round of its own */
    struct jh_err
        before_lost; /* why some of an older round could not be read; or code 0 */
    struct store_submission *parts; /* submissions joined, in the order they were read; */
    size_t n_parts;                 /* a new body has id 0 */
    struct store_submission
        *ever;     /* of its counties, in any round, to tell which parts */
    size_t n_ever; /* are awaited; read only where there are several */
    const char *
        *gone; /* counties that were in the body before this one, and are not in it */
    size_t n_gone;
    struct reported reported; /* what its counties report beside their schools */
    bool whole;               /* all of the round that the archive has */
};

/* The new body and what the archive has for its counties. A refusal leaves *ret untouched. */
int gather_body(const struct gather *g, const struct gather_body *body,
                struct gathered *ret, struct jh_err *err);
/*
 * A round from the archive alone: the counties named and all that share a submission with
 * them, or every county when none is named. A submission is of the part that its source
 * declares today. JH_ENOENT when the archive has no schools that today's sources can read; a
 * whole round may be of county data alone.
 */
int gather_round(const struct gather *g, const struct follow *which, struct gathered *ret,
                 struct jh_err *err);
void gathered_done(struct gathered *gathered);

/*
 * Parts of a county's round that its sources declare and that are not there: those of sources
 * it has been in before, and of sources never heard from whose `covers` reach it.
 * NULL-terminated list, or NULL when nothing is absent.
 */
int gather_absent(const struct gather *g, const struct gathered *gathered,
                  const char *county, const char *const **ret, struct jh_err *err);

/* Does a submission hold rows of the county? */
bool gather_has_county(const struct store_submission *sub, const char *county);

/* May a source deliver the county, by its `covers`? */
bool gather_covers(const struct source_conf *source, const char *county);

/* SHA-256 of a county's submitted bytes: of the one body, or over the sorted hashes of several. */
void gather_sha256(const struct gathered *gathered, const char *county, char hex[65]);

/* How the source of a body has it read: with the round that its URL or path says. */
int gather_mapping(const struct gather_body *body, struct mapping *ret,
                   struct jh_err *err);
/* The rows of a body, by the format of its source. */
int gather_parse(const struct gather *g, const struct gather_body *body,
                 const struct loader_rows *rows, struct jh_err *err);
/* Hands over an archived body for the call; `use` may refuse it. */
typedef int gather_use_fn(void *arg, const struct gather *g,
                          const struct gather_body *body, struct jh_err *err);
int gather_archived(const struct gather *g, const struct store_submission *sub,
                    gather_use_fn *use, void *arg, struct jh_err *err);
/* Reads one archived submission into an intake. */
int gather_submission(const struct gather *g, struct intake *intake,
                      const struct store_submission *sub, struct jh_err *err);
/* The order of lists of county codes, for qsort() and bsearch(). */
int gather_by_text(const void *a, const void *b);
