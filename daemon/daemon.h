/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: owns the loop and everything on it. Bodies that polls deliver wait in a queue
 * and go through the pipeline one after the other in a worker thread; the loop itself never
 * computes, reads the store or waits.
 *
 * Threads: the loop thread owns all but what is marked. `lock` guards the snapshot (config,
 * scripts), `pipeline_lock` the pipeline; the first is held for moments only.
 */
#pragma once

#include "base/stamps.h"
#include "conf/config.h"
#include "http/http.h"
#include "loop/call.h"
#include "loop/loop.h"
#include "loop/queue.h"
#include "loop/transfer.h"
#include "loop/writer.h"
#include "notify/notify.h"
#include "pipeline.h"
#include "plugin/loader.h"
#include "poll/poll.h"
#include "render/message.h"
#include "script/script.h"

enum { TOLD_MAX = 64 };

/*
 * What is remembered of a source: what its last committed body was labelled with, and which
 * refusals were told since then, each by a hash of its text.
 */
struct validators {
    char *source, *etag, *last_modified;
    uint64_t told[TOLD_MAX];
    size_t n_told;
    bool owed; /* it brought what could not be written down */
};

/* When alerts that the clock raises are looked at: daemon_due.c; loop thread. */
struct due {
    struct loop_timer *timer;
    struct date day; /* of the last look; year 0: there was none */
    bool wanted, running;
    bool channels; /* a message has died, or may have shown that a channel lives again */
    size_t dead;   /* channels whose alert is open, by the last look */
    int64_t first_ms, not_before_ms; /* of the loop's time */
};

/* What /metrics and status count; loop thread. */
struct daemon_counts {
    int64_t evaluated, unchanged, refused, retracted, deferred; /* bodies */
    int64_t body_ms; /* when the last one was done with */
    int64_t transitions, script_broken, script_lapses;
    int64_t delivered, dead; /* messages */
    int64_t reloads, reload_failures;
    int64_t clock_lost, clock_set_back; /* how often */
    int64_t store_lost;                 /* the same */
};

struct daemon {
    struct clock clock;
    struct stamps stamps; /* by it: for records */
    struct log log;
    struct loop loop;
    const char *config_path;
    char *store_path;
    struct script_limits limits; /* of the helper, since the start */
    struct messages *messages;   /* immutable */
    struct loader *loader;
    struct script_host *scripts; /* used under pipeline_lock */

    uv_mutex_t lock;
    const struct config *config; /* under lock */
    struct script_set *set;      /* under lock */

    uv_mutex_t pipeline_lock;
    struct pipeline *pipeline;
    struct store *reader; /* the pipeline's */

    struct transfers *transfers;
    struct writer *writer;
    struct calls *calls;
    struct poll *poll; /* NULL once it has been stopped */
    struct notify *notify;
    struct http *http;
    uv_poll_t signals; /* on signal_fd */
    int signal_fd;
    struct loop_timer *watchdog, *clock_timer;
    bool clock_wrong;        /* nothing is committed */
    int64_t clock_behind_ms; /* the newest record */
    char store_error[800];   /* why nothing can be written; "" when it can */
    int64_t store_failing_ms;
    struct loop_timer *probe; /* looks whether it can again */

    struct queue *queue;       /* bodies on their way through the pipeline */
    int64_t waiting_bytes;     /* of all in it */
    int64_t waiting_most;      /* since the start */
    bool again;                /* something became stale: look when the queue is empty */
    struct loop_timer *minute; /* looks for a new day */
    int64_t ticked_day;        /* the last one that was looked at, as 20250131 */
    struct loop_timer *retry;  /* of what could not be evaluated again, or NULL */
    int64_t retry_ms;          /* its next pause */
    bool lapsed;               /* something was committed without its scripts */
    char script_error[800];    /* why scripts cannot run; "" when they can */
    struct due due;
    struct validators *known; /* ETag and such of the last committed bodies */
    size_t n_known;
    struct map *known_names;          /* of their sources -> index */
    struct noted *noted, **noted_end; /* of polls, not yet given to the store */
    struct loop_timer *notes_timer;
    bool stopping, http_closed;
    bool reloading, reload_wanted; /* by a signal: one at a time, once more after it */
    int64_t started_ms, loaded_ms;
    char reload_error[1200]; /* of the last reload; "" when it went well */
    struct daemon_counts counts;
};

struct daemon_options {
    const char *config_path;
    const char *clock_file; /* NULL: the system's clock */
    int64_t built_ms;       /* no clock that is right shows less */
    const struct http_route *routes;
};

/* Starts everything up to READY. On failure all errors were printed and nothing is left. */
int daemon_start(struct daemon *d, const struct daemon_options *options);
/* Until SIGTERM or SIGINT; then drains. Returns what uv_loop_close() says. */
int daemon_run(struct daemon *d);

/* ---- for the handlers of api.c, from worker threads ------------------------------------- */

/* References to today's snapshot; either pointer may be NULL. */
void daemon_snapshot(struct daemon *d, const struct config **ret_config,
                     struct script_set **ret_set);
/* Reads the configuration anew and takes it over, or keeps the old one: errors in errs. */
int daemon_reload(struct daemon *d, struct errs *errs);
/* A person accepts a finding, and its county is judged again: pipeline_accept(). */
int daemon_accept(struct daemon *d, const char *id, const char *by, const char *reason,
                  struct pipeline_report *ret, struct jh_err *err);
/* Gives or takes certifications and judges at once. */
int daemon_certify(struct daemon *d, const struct store_cert *certs, size_t n,
                   bool remove, struct pipeline_report *ret, struct jh_err *err);
/* What becomes of a title, by a person's word: pipeline_standing(). */
int daemon_standing(struct daemon *d, struct standing_work *work,
                    struct pipeline_report *ret, struct jh_err *err);
/* What a source delivered has been reviewed, and its counties are judged: pipeline_review(). */
int daemon_review(struct daemon *d, struct review_accept *review,
                  struct pipeline_report *ret, struct jh_err *err);
/*
 * Takes back what a source delivered for a round, or sends it back (`returned`), and judges by
 * what is left.
 */
int daemon_retract(struct daemon *d, struct retract *retract, struct jh_err *err);
