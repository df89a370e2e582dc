/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon remembers of its sources between polls: how the last committed body was
 * labelled, which refusals an operator has been told of, and, in the store, how the last poll
 * went. Owned by struct daemon; loop thread.
 */
#pragma once

#include "daemon.h"

/* A source's state after a poll, for the next start. */
struct source_note {
    const char *name, *error;
    const char *etag, *last_modified; /* NULL: keep what is there */
    int64_t at_ms, wait_ms;           /* when, and how long until the next */
    int failures;                     /* in a row */
    bool refused; /* what it brought was; else the poll itself failed */
};

/* Copied; written down a moment later, with what else there is by then. */
void sources_note(struct daemon *d, const struct source_note *what);
/* Posts what was noted to the store's thread now: before it is closed. */
void sources_flush(struct daemon *d);
/* All bodies of a poll are committed: what they were labelled with. */
void sources_remember(struct daemon *d, const char *source, const char *etag,
                      const char *last_modified);
/* A body that is refused comes again at every poll: is this text new since it went well? */
bool sources_is_news(struct daemon *d, const char *source, const char *text);
/* All bodies of a poll were of use: logged, if they were not before. */
void sources_recovered(struct daemon *d, const char *source);
/* The hook of poll/: validators of the last committed body. arg is the daemon. */
int sources_validators(void *arg, const char *source, const char **ret_etag,
                       const char **ret_last_modified);
/* What the store remembers from before the restart, into poll/ and the validators. */
int sources_restore(struct daemon *d, struct store *reader, struct jh_err *err);
/* A body of the source was taken back by whoever had sent it: those who were told of it hear so. */
void sources_retracted(struct daemon *d, const char *source,
                       const struct pipeline_report *report);
/* It has something that could not be taken; asked again by the second, all of them. */
void sources_owe(struct daemon *d, const char *source);
void sources_ask_owed(struct daemon *d);
void sources_done(struct daemon *d);
