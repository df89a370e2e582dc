/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the poll table, for poll/ only: poll.c has the rules of one poll, and
 * poll_configure.c takes a snapshot over. Sources are owned by the table, instances by their
 * source or the list of old ones. Loop thread.
 */
#pragma once

#include "poll/inst.h"
#include "poll/schedule.h"

enum { POLL_EXPECTED_BYTES = 4 << 20 /* of a source that has not delivered yet */ };

struct source {
    char *name;
    const struct source_conf *conf;
    struct inst *inst;
    struct inst *flying; /* whose answer we wait for: inst, or one from before a reload */
    bool refused;        /* the last body was of no use: ask for it unconditionally */
    bool turned_down; /* … and that is why it fails: as long as nothing better comes */
    bool complained;  /* an outage was logged, and not yet its end */
    int64_t due_ms;   /* loop->clock, monotonic */
    int64_t started_ms, deadline_ms; /* real */
    int64_t count;
    int64_t bytes; /* of its last delivery: what the next one may bring */
    char *error;
    struct {
        int failures;
        int64_t ok_ms, since_ms;
    } before; /* the last poll that looked well */
    struct poll_state state;
};

struct poll {
    struct loop *loop;
    struct transfers *transfers;
    struct loader *loader;
    struct poll_hooks hooks;
    const struct config *config;
    struct source **sources;
    size_t n;
    struct map *by_name;
    struct loop_timer *timer;
    bool armed; /* it fires at armed_ms, real */
    int64_t armed_ms;
    size_t turn; /* where to begin */
    bool held;   /* some are due, but there is no room: they wait for poll_wake() */
    struct inst *old;
    bool closing;
    void (*done)(void *arg);
    void *done_arg;
};

struct source *poll_find(const struct poll *p, const char *name);
struct schedule poll_schedule(const struct source *s);
/* Look at the table in so many milliseconds at the latest. */
void poll_arm(struct poll *p, int64_t wait_ms);
/* Out of use; closed as soon as nothing of it is under way. NULL is fine. */
void poll_retire(struct poll *p, struct inst *inst);
/* Takes a source out and frees it; what it has under way goes on without it. */
void poll_drop(struct poll *p, struct source *s);
/* What instances answer to. */
void poll_fetch_done(struct jh_ctx *ctx, struct jh_fetch *fetch, enum jh_fetched what,
                     const struct jh_blob *bodies, size_t n, const struct jh_err *err);
