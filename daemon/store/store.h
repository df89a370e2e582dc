/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What must not be lost: sources' state, archived bodies, verdict history, certifications,
 * alerts with their transitions, local verdicts, the outbox. One SQLite database (WAL,
 * synchronous=FULL). A struct store is one connection and belongs to one thread at a time:
 * the writer thread has the only writing one, readers open their own read-only ones.
 *
 * The schema carries its version in user_version; a newer one is refused, an older one is
 * migrated. Texts that functions return live in the arena given. Functions return 0, JH_ENOENT
 * where that makes sense, or JH_EIO with err filled (also for a full disk).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "alert/alert.h"
#include "base/arena.h"
#include "base/err.h"
#include "model/round.h"

struct store;

enum store_mode { STORE_WRITE, STORE_READ };

/* JH_EBUSY: somebody has it open for writing already. */
int store_open(const char *path, enum store_mode mode, struct store **ret,
               struct jh_err *err);
void store_close(struct store *store);

/* Everything between begin and commit is one transaction (BEGIN IMMEDIATE). */
int store_begin(struct store *store, struct jh_err *err);
int store_commit(struct store *store, struct jh_err *err);
void store_rollback(struct store *store);
/* Runs fn inside of one: kept when it returns 0, else as if nothing had been. */
int store_within(struct store *store, int (*fn)(struct store *store, void *arg),
                 void *arg, struct jh_err *err);
/* Part of a transaction that is kept or not kept as a whole, whatever becomes of the others. */
int store_apart(struct store *store, int (*fn)(struct store *store, void *arg), void *arg,
                struct jh_err *err);
/* False inside of store_within() too, when SQLite has ended it: a full disk. */
bool store_is_within(const struct store *store);

/* Why what was written last could not be: the disk is full, or fails. "" as soon as it can. */
const char *store_trouble(const struct store *store);
/* Writes something that leaves no trace, to find that out; as writer_post() wants it. */
int store_probe(struct store *store, void *arg);

/* The newest time that a record of a commit has; 0: there is none. */
int store_newest_ms(struct store *s, int64_t *ret_ms, struct jh_err *err);

/* ---- sources ---------------------------------------------------------------------------- */

struct store_source {
    const char *name;
    const char *tuple; /* hash of (body, mapping, standards, scripts) last committed */
    const char *etag, *last_modified;
    int64_t ok_ms;            /* last success (also unchanged), 0 = never */
    int64_t try_ms;           /* last attempt */
    int64_t failing_since_ms; /* 0 = not failing */
    int failures;             /* in a row */
    const char *error;        /* last failure in words, "" */
    int64_t wait_ms;          /* planned from the last attempt to the next */
    int64_t failed_ms; /* such waits since it first failed, summed up: no clock's leap */
};

int store_source_put(struct store *s, const struct store_source *src, struct jh_err *err);
int store_source_get(struct store *s, const char *name, struct arena *arena,
                     struct store_source *ret, struct jh_err *err);
/* Names of those that ever delivered schools that were committed, sorted. */
int store_sources_heard(struct store *s, struct arena *arena, const char ***ret,
                        size_t *ret_n, struct jh_err *err);

/* ---- archive: bodies and submissions ---------------------------------------------------- */

enum store_holds { STORE_SCHOOL, STORE_COUNTY, STORE_ANY };

struct store_submission {
    int64_t id;
    enum store_holds holds; /* rows of schools, or what counties report beside them */
    const char *source, *part, *name, *url, *type; /* type: Content-Type */
    const char *sha256;                            /* of the body */
    const char *tuple;
    struct round round;
    int revision; /* of (source, part, round), from 1 */
    int64_t received_ms;
    bool current;         /* not superseded by a later one of the same source and round */
    int64_t retracted_ms; /* 0 = not; a retracted one is never current */
    const char *retracted_by, *retracted_reason;
    const char *review;          /* "" (or NULL) as it came, "reviewed", "returned" */
    const char *const *counties; /* codes in it, sorted */
    size_t n_counties;
};

/* Keeps the zstd-packed body under its hash; a second time is no error. */
int store_body_put(struct store *s, const char *sha256, const void *packed, size_t n,
                   size_t raw_size, struct jh_err *err);
/* *ret is malloc'ed. */
int store_body_get(struct store *s, const char *sha256, void **ret, size_t *ret_n,
                   size_t *ret_raw, struct jh_err *err);
/* Fills id and revision; supersedes the source's earlier one of its kind, round and name. */
int store_submission_put(struct store *s, struct store_submission *sub,
                         struct jh_err *err);
/* The last one of a source under this name, whatever its round; JH_ENOENT. */
int store_submission_last(struct store *s, const char *source, const char *name,
                          struct arena *arena, struct store_submission *ret,
                          struct jh_err *err);
/* It was evaluated again, as another part or under another tuple; "" = it is to be. */
int store_submission_retuple(struct store *s, int64_t id, const char *part,
                             const char *tuple, struct jh_err *err);
/* What of it could not be used, as JSON; "" for nothing. */
int store_submission_reject(struct store *s, int64_t id, const char *rejected,
                            struct jh_err *err);
int store_submission_rejected(struct store *s, int64_t id, struct arena *arena,
                              const char **ret, struct jh_err *err);
/* A person takes it back: it stays, marked, and is not in force. */
int store_submission_retract(struct store *s, const struct store_submission *sub,
                             const char *by, const char *reason, int64_t at_ms,
                             struct jh_err *err);
/* The one it had superseded is in force again; JH_ENOENT when there is none. */
int store_submission_restore(struct store *s, const struct store_submission *sub,
                             struct jh_err *err);
/* Was this body retracted, as data of this round? JH_ENOENT. */
int store_submission_retracted(struct store *s, const char *source, struct round round,
                               const char *sha256, struct arena *arena,
                               struct store_submission *ret, struct jh_err *err);
/*
 * Whether the same bytes have been reviewed before, as data of the same source and round:
 * "reviewed" or "".
 */
int store_submission_review_of(struct store *s, const struct store_submission *sub,
                               const char **ret, struct jh_err *err);
/* A person has looked at it: act is "reviewed" or "returned". Kept for ever. */
int store_submission_review(struct store *s, const struct store_submission *sub,
                            const char *act, const char *by, const char *reason,
                            int64_t at_ms, struct jh_err *err);

struct store_review {
    struct store_submission sub;
    const char *by, *reason; /* of the last act; NULL: none */
    int64_t at_ms;           /* 0 */
};

/* Newest first: those in force that nobody has looked at, or all that ever came. */
int store_reviews(struct store *s, bool all, size_t max, struct arena *arena,
                  struct store_review **ret, size_t *ret_n, struct jh_err *err);
/* Those that nothing newer of the same source and name has followed, newest first. */
int store_retractions(struct store *s, struct arena *arena, struct store_submission **ret,
                      size_t *ret_n, struct jh_err *err);
/* Current ones of a round (year 0: of all rounds) that hold schools, ordered by id. */
int store_submissions(struct store *s, struct round round, struct arena *arena,
                      struct store_submission **ret, size_t *ret_n, struct jh_err *err);
/* The same of what they hold. */
int store_submissions_of(struct store *s, enum store_holds holds, struct round round,
                         struct arena *arena, struct store_submission **ret,
                         size_t *ret_n, struct jh_err *err);
/* All that ever came and was not retracted, current or not, ordered by id. */
int store_submissions_ever(struct store *s, struct arena *arena,
                           struct store_submission **ret, size_t *ret_n,
                           struct jh_err *err);
/* The current ones of a source's newest round, ordered by id; n 0: it has no data in force. */
int store_submissions_newest(struct store *s, const char *source, struct arena *arena,
                             struct store_submission **ret, size_t *ret_n,
                             struct jh_err *err);
/* Of those of store_submissions_of() the ones that hold one of these counties. */
int store_submissions_holding(struct store *s, enum store_holds holds, struct round round,
                              const char *const *counties, size_t n, struct arena *arena,
                              struct store_submission **ret, size_t *ret_n,
                              struct jh_err *err);
/*
 * County data of a round: those that tell of one of these counties, and all of the source,
 * unless it is NULL.
 */
int store_submissions_reported(struct store *s, struct round round,
                               const char *const *counties, size_t n, const char *source,
                               struct arena *arena, struct store_submission **ret,
                               size_t *ret_n, struct jh_err *err);
/*
 * Of a round those that hold one of these counties, or share one with one that does, and so
 * on; and all of the source, unless it is NULL.
 */
int store_submissions_near(struct store *s, struct round round,
                           const char *const *counties, size_t n, const char *source,
                           struct arena *arena, struct store_submission **ret,
                           size_t *ret_n, struct jh_err *err);
/* Rounds in which a current submission of schools holds one of these counties, oldest first,
 * of one series. */
int store_rounds(struct store *s, bool monthly, const char *const *counties, size_t n,
                 struct arena *arena, struct round **ret, size_t *ret_n,
                 struct jh_err *err);

/* ---- verdict history --------------------------------------------------------------------- */

struct store_verdict {
    struct round round;
    const char *county, *county_name, *standard;
    const char *stage; /* "primary", "junior"; "" = the county's own verdict */
    int revision;      /* of the county's round, from 1 */
    enum outcome outcome;
    bool complete;
    double composite; /* NaN = null */
    double pupils;
    int schools;
    const char *figures;     /* JSON object {ID: cv|null}; "{}" for the county row */
    const char *failing;     /* JSON list of keys, county row; "[]" else */
    const char *data_sha256; /* of the submitted bytes */
    const char
        *county_sha256; /* of this county's dataset: revision grows when it changes */
    const char *standard_sha256;
    int64_t at_ms;
    bool retracted; /* the county's data of the round were; only history shows it */
};

/* The newest revision of the county row, also a retracted one; JH_ENOENT. */
int store_verdict_get(struct store *s, struct round round, const char *county,
                      const char *standard, const char *stage, struct arena *arena,
                      struct store_verdict *ret, struct jh_err *err);
/*
 * Writes a county row and after it its stage rows (same round, county, standard, revision,
 * name, hashes and time); many counties may follow one another. A revision that is there
 * already is replaced as a whole.
 */
int store_verdict_put(struct store *s, const struct store_verdict *rows, size_t n,
                      struct jh_err *err);
/* Newest round of a series with a county row; JH_ENOENT. */
int store_verdict_newest(struct store *s, const char *county, const char *standard,
                         bool monthly, struct arena *arena, struct store_verdict *ret,
                         struct jh_err *err);
/* The newest round of a series that is there as a whole; JH_ENOENT. */
int store_verdict_complete(struct store *s, const char *county, const char *standard,
                           bool monthly, struct round *ret, struct jh_err *err);
/* The county has no data of the round any more: it is not its newest, whatever was judged. */
int store_verdict_retract(struct store *s, struct round round, const char *county,
                          int64_t at_ms, struct jh_err *err);
/* Newest revision per round of one county, oldest first; standard NULL = all. */
int store_history(struct store *s, const char *county, const char *standard,
                  struct arena *arena, struct store_verdict **ret, size_t *ret_n,
                  struct jh_err *err);
/* The newest county row per county and standard, by code. */
int store_counties(struct store *s, struct arena *arena, struct store_verdict **ret,
                   size_t *ret_n, struct jh_err *err);
/* The counties' own of a round, newest revisions, retracted ones too, by county and standard. */
int store_verdicts(struct store *s, struct round round, struct arena *arena,
                   struct store_verdict **ret, size_t *ret_n, struct jh_err *err);
/* Rounds of which anything ever came, in force or not, oldest first. */
int store_rounds_known(struct store *s, struct arena *arena, struct round **ret,
                       size_t *ret_n, struct jh_err *err);
/* Counties of which anything ever came in this round, in force or not, by code. */
int store_counties_ever(struct store *s, struct round round, struct arena *arena,
                        const char ***ret, size_t *ret_n, struct jh_err *err);

/* Local (Lua) verdicts of a county's round: replaced as a whole. */
struct store_local {
    const char *indicator, *stage,
        *school; /* "" for county scope, else its code, or CODE/CAMPUS */
    enum outcome outcome;
    double value;     /* NaN = none */
    const char *text; /* what the script said, or file:line of its failure */
    const char *script_sha256;
};

int store_local_put(struct store *s, struct round round, const char *county,
                    const struct store_local *rows, size_t n, struct jh_err *err);
int store_local_get(struct store *s, struct round round, const char *county,
                    struct arena *arena, struct store_local **ret, size_t *ret_n,
                    struct jh_err *err);

/* An answer of an indicator that it had to be denied, in data that are in force. */
struct store_broken {
    struct round round;
    const char *county, *stage, *text;
};

/* Of one indicator, in data of these sources: newest rounds first, at most max. */
int store_local_broken(struct store *s, const char *indicator, const char *const *sources,
                       size_t n_sources, size_t max, struct arena *arena,
                       struct store_broken **ret, size_t *ret_n, struct jh_err *err);

/* What became of a standard's items in the newest round of a county. */
struct store_items {
    struct round round;
    const char *county, *standard;
    enum outcome outcome, certifiable; /* NONE: the standard asks for no items */
    const char *items;                 /* JSON list of docs/http.md */
};

/* Keeps it unless that of a newer round is there. */
int store_items_put(struct store *s, const struct store_items *items, struct jh_err *err);
/* JH_ENOENT: not judged, or of another round. Without `whole` items is NULL. */
int store_items_get(struct store *s, struct round round, const char *county,
                    const char *standard, bool whole, struct arena *arena,
                    struct store_items *ret, struct jh_err *err);

/* ---- certifications ----------------------------------------------------------------------- */

struct store_cert {
    struct certification cert;
    const char *by, *reason;
    int64_t at_ms;
};

int store_cert_put(struct store *s, const struct store_cert *cert, struct jh_err *err);
/* The same, of a county that has come of certified ones; nobody has said it. */
int store_cert_inherit(struct store *s, const struct store_cert *cert,
                       struct jh_err *err);
/* When somebody took it away, and nobody has given it since; JH_ENOENT. */
int store_cert_taken(struct store *s, const char *county, const char *standard,
                     int64_t *ret_ms, struct jh_err *err);
int store_cert_delete(struct store *s, const char *county, const char *standard,
                      const char *by, const char *reason, int64_t at_ms,
                      struct jh_err *err);
int store_cert_get(struct store *s, const char *county, const char *standard,
                   struct arena *arena, struct store_cert *ret, struct jh_err *err);
/* standard NULL = all; by county code. */
int store_certs(struct store *s, const char *standard, struct arena *arena,
                struct store_cert **ret, size_t *ret_n, struct jh_err *err);

/* ---- alerts ---------------------------------------------------------------------------------- */

struct store_alert {
    struct alert alert;
    const char
        *evidence; /* JSON object of docs/alerts.md, section 5, of the last transition */
    int64_t opened_ms, updated_ms, resolved_ms; /* resolved 0 = open */
};

struct store_transition {
    const char *alert; /* id */
    int n;
    const char *from, *to; /* ids; an extension reads firing -> extended */
    struct round round;
    const char *cause; /* NULL */
    int64_t at_ms;
    const char *by;       /* NULL: the program */
    const char *evidence; /* JSON at that moment: what its message says */
};

/* The open alert of this name, or JH_ENOENT. */
int store_alert_named(struct store *s, const struct alert_name *name, struct arena *arena,
                      struct store_alert *ret, struct jh_err *err);
/* The same without an indicator; `kind` is the id of one. */
int store_alert_open(struct store *s, const char *kind, const char *subject,
                     const char *standard, struct arena *arena, struct store_alert *ret,
                     struct jh_err *err);
/* All open ones of a kind, by subject. */
int store_alerts_open_of(struct store *s, enum alert_kind kind, struct arena *arena,
                         struct store_alert **ret, size_t *ret_n, struct jh_err *err);
/* Of these the ones about one subject, by standard and indicator. */
int store_alerts_open_about(struct store *s, enum alert_kind kind, const char *subject,
                            struct arena *arena, struct store_alert **ret, size_t *ret_n,
                            struct jh_err *err);
int store_alert_get(struct store *s, const char *id, struct arena *arena,
                    struct store_alert *ret,
                    struct jh_err *err); /* id or unique prefix */
/* Inserts or replaces; a county that got another code takes its alert along. */
int store_alert_put(struct store *s, const struct store_alert *alert, struct jh_err *err);
int store_transition_put(struct store *s, const struct store_transition *t,
                         struct jh_err *err);
int store_transitions(struct store *s, const char *alert, struct arena *arena,
                      struct store_transition **ret, size_t *ret_n, struct jh_err *err);
int store_transition_get(struct store *s, const char *alert, int n, struct arena *arena,
                         struct store_transition *ret, struct jh_err *err);
/* state NULL = all, "open" = not resolved; county NULL = all. Newest first. */
int store_alerts(struct store *s, const char *state, const char *county,
                 struct arena *arena, struct store_alert **ret, size_t *ret_n,
                 struct jh_err *err);

/* ---- outbox ---------------------------------------------------------------------------------- */

/* What a check found in the newest data of a round, and a person's word on it. */
struct store_finding {
    const char *id; /* hex; other figures make another finding */
    struct round round;
    const char *county, *source, *file; /* "" where it is of no row */
    const char *code, *severity, *school, *campus;
    const char *field, *value; /* may be NULL */
    int64_t line;
    const char *text, *policy;
    const char *by, *reason; /* NULL: not accepted */
    int64_t accepted_ms;     /* 0 */
};

/* In the place of what there was of the county's round. In a transaction of the caller's. */
int store_findings_put(struct store *s, struct round round, const char *county,
                       const struct store_finding *rows, size_t n, struct jh_err *err);
/* Newest rounds first; county NULL = all. */
int store_findings(struct store *s, const char *county, size_t max, struct arena *arena,
                   struct store_finding **ret, size_t *ret_n, struct jh_err *err);
/* Of a round, in rows of the source; or of these counties, in no row. */
int store_findings_round(struct store *s, struct round round, const char *source,
                         const char *const *counties, size_t n, struct arena *arena,
                         struct store_finding **ret, size_t *ret_n, struct jh_err *err);
/* JH_ENOENT. */
int store_finding_get(struct store *s, const char *id, struct arena *arena,
                      struct store_finding *ret, struct jh_err *err);
/* Kept for ever. JH_EEXIST when somebody has accepted it before. */
int store_finding_accept(struct store *s, const struct store_finding *f,
                         struct jh_err *err);
/* All that was ever accepted, oldest first: id, by, reason and accepted_ms alone are set. */
int store_findings_words(struct store *s, struct arena *arena, struct store_finding **ret,
                         size_t *ret_n, struct jh_err *err);
/* How many block, in the newest data of all rounds. */
int store_findings_blocking(struct store *s, int64_t *ret, struct jh_err *err);
/* Ids of the round, sorted. */
int store_findings_accepted(struct store *s, struct round round, struct arena *arena,
                            const char ***ret, size_t *ret_n, struct jh_err *err);

/*
 * A row says: this transition is to be told to this office over this channel. Rows wait for
 * group_wait, then those of one group are frozen into a message with a key, in a transaction,
 * before the first send; a frozen message never changes its members.
 */
struct store_outbox {
    int64_t id;
    const char *alert;
    int transition;
    const char *office, *channel;
    const char
        *group; /* office, province, standard, kind, round: rows that go together */
    int64_t created_ms;
    int64_t silenced; /* the silence that keeps it back, STORE_INHIBITED, or 0 */
};

enum { STORE_INHIBITED = -1 }; /* kept back by a graver alert of the county */

struct store_message {
    const char *key; /* 64 hex */
    const char *office, *channel;
    const char *state; /* "queued" | "delivered" | "dead" */
    const char *severity, *status;
    const char *subject, *text, *json;
    int attempts;
    int64_t created_ms, next_ms, done_ms;
    int64_t waited_ms; /* between its attempts: what they were told to wait, summed up */
    const char *error; /* of the last attempt */
};

int store_outbox_put(struct store *s, const struct store_outbox *row, struct jh_err *err);
/* Rows not frozen yet, ordered by group, channel, alert, transition. */
int store_outbox_waiting(struct store *s, struct arena *arena, struct store_outbox **ret,
                         size_t *ret_n, struct jh_err *err);
/* All rows of an alert, whatever became of them, by transition, office and channel. */
int store_outbox_of(struct store *s, const char *alert, struct arena *arena,
                    struct store_outbox **ret, size_t *ret_n, struct jh_err *err);
/* Makes the message and points the rows (ids) at it. In a transaction of the caller's. */
int store_message_freeze(struct store *s, const struct store_message *message,
                         const int64_t *ids, size_t n, struct jh_err *err);
/* Queued ones with next_ms <= now, oldest first, at most max. */
int store_messages_due(struct store *s, int64_t now_ms, size_t max, struct arena *arena,
                       struct store_message **ret, size_t *ret_n, struct jh_err *err);
/* The oldest such one of a channel, but none that tells of an alert of which an earlier one is
 * still queued there: what happened first arrives first. A next_ms beyond latest_ms was
 * written before the clock was set back: such a one is due too. JH_ENOENT. */
int store_message_due(struct store *s, const char *channel, int64_t now_ms,
                      int64_t latest_ms, struct arena *arena, struct store_message *ret,
                      struct jh_err *err);
/* Earliest next_ms later than now among a channel's queued ones; JH_ENOENT. */
int store_message_next(struct store *s, const char *channel, int64_t now_ms,
                       int64_t *ret_ms, struct jh_err *err);
/* How many are queued, by channel: also channels that are no longer configured. */
struct store_queue {
    const char *channel;
    int64_t queued;
};
int store_queues(struct store *s, struct arena *arena, struct store_queue **ret,
                 size_t *ret_n, struct jh_err *err);
/* Is there a message of this key, in any state? JH_ENOENT. */
int store_message_exists(struct store *s, const char *key, struct jh_err *err);
/* Earliest next_ms of the queued ones; JH_ENOENT when nothing is queued. */
int store_messages_next(struct store *s, int64_t *ret_ms, struct jh_err *err);
/* After an attempt: state, attempts, next_ms, done_ms and error are written. */
int store_message_result(struct store *s, const struct store_message *message,
                         struct jh_err *err);
/* Newest first; state NULL = all. Without text and json. */
int store_messages(struct store *s, const char *state, size_t max, struct arena *arena,
                   struct store_message **ret, size_t *ret_n, struct jh_err *err);

/* What a channel has come to: the last that was delivered, and the dead since then. */
struct store_channel {
    int64_t delivered_ms; /* 0: never */
    int64_t dead;         /* how many since */
    int64_t first_ms, last_ms;
    const char *error; /* of the last, and the office it was for; NULL: none */
    const char *office;
};

int store_channel_get(struct store *s, const char *channel, struct arena *arena,
                      struct store_channel *ret, struct jh_err *err);

struct store_counts {
    int64_t queued, dead, delivered,
        waiting; /* messages; waiting = outbox rows not frozen */
    int64_t alerts_open;
    int64_t silences, withheld; /* not ended; outbox rows that they keep back */
    int64_t last_delivered_ms;
    const char *last_office, *last_channel;
};

int store_counts(struct store *s, struct arena *arena, struct store_counts *ret,
                 struct jh_err *err);
