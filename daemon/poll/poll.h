/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Polling of sources: when each is due (interval with jitter; after a failure back-off that
 * doubles up to a maximum and resets on success), one poll in flight per source, a dead-line on
 * each. Delivers bodies and failures to the daemon through callbacks. Loop thread.
 */
#pragma once

#include "conf/config.h"
#include "loop/host.h"
#include "plugin/loader.h"

struct poll;

/* What happened to one poll. bodies live for the call. */
struct poll_result {
    const struct source_conf *source;
    enum jh_fetched what;
    const struct jh_blob *bodies;
    size_t n;
    const struct jh_err *err; /* when failed */
    int64_t at_ms, took_ms;
    int attempt;     /* failures in a row, this one included; 0 when it went well */
    int64_t next_ms; /* wall clock */
    int64_t retry_after_ms; /* what the peer asked for after a failure; 0 = nothing */
};

/* Runtime state of a source, for status. */
struct poll_state {
    const char *name, *error;
    int failures;
    int code; /* of the last failure; 0: none, or one from before a restart */
    bool in_flight;
    int64_t ok_ms, try_ms, failing_since_ms, next_ms;
    int64_t polls, failed, unchanged, bytes;
};

struct poll_hooks {
    void (*result)(void *arg, const struct poll_result *result);
    /* validators of the last committed body, "" if none; fills and returns 0 */
    int (*validators)(void *arg, const char *source, const char **ret_etag,
                      const char **ret_last_modified);
    /* how many bytes of bodies may still come, and how many where none wait; a poll begins
     * when what it may bring fits in, or when nothing waits at all. NULL: any number */
    int64_t (*room)(void *arg, int64_t *ret_most);
    void *arg;
};

int poll_new(struct loop *loop, struct transfers *transfers, struct loader *loader,
             const struct poll_hooks *hooks, struct poll **ret, struct jh_err *err);
/*
 * Takes the sources of a snapshot (holds a reference): opens new instances before closing old
 * ones; unchanged sources keep their timing. On failure the old set stays.
 */
int poll_configure(struct poll *p, const struct config *config, struct jh_err *err);
/* What the store remembers of a source from before a restart. */
void poll_restore(struct poll *p, const char *source, int64_t ok_ms, int failures,
                  int64_t failing_since_ms, const char *error);
/* Poll now; JH_ENOENT, JH_EBUSY when one is in flight. */
int poll_now(struct poll *p, const char *source);
/* All of them now; returns how many: those in flight, and those of a closing table, are not. */
size_t poll_all(struct poll *p);
/* What became of a body is told to a plugin that wants to know; a source that is gone: nobody. */
void poll_settled(struct poll *p, const char *source, const struct jh_settled *what);
/* The body of the last poll could not be used: counts as a failure with this text. */
void poll_refused(struct poll *p, const char *source, const struct jh_err *err);
/* There was no room for what the last poll brought: it comes again when there is. */
void poll_later(struct poll *p, const char *source);
/* There is room again: polls that waited for it begin. */
void poll_wake(struct poll *p);
/* The same of one source; JH_ENOENT. */
int poll_state(const struct poll *p, const char *source, struct poll_state *ret);
/* Fills at most max, returns how many there are. */
size_t poll_states(const struct poll *p, struct poll_state *states, size_t max);
/* No new polls; done is called when none is in flight. */
void poll_close(struct poll *p, void (*done)(void *arg), void *arg);
