/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "story/commit.h"

enum {
    NOTES_MS = 200, /* so many polls are one transaction, and not one each */
    NOTES_BYTES = 256 << 20
};

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

/* ---- in the store --------------------------------------------------------------------------- */

/* What was noted since the last time, in order. */
struct noted {
    struct noted *next;
    struct source_note what; /* texts are its own */
};

/* What one visit of the store's thread keeps. */
struct flush {
    struct daemon *d;
    const struct config *config;
    struct noted *noted;
    struct commit_poll *polls;
    struct commit_polls commit;
    struct jh_err err;
};

/* The store's thread. */
static int write_notes(struct store *store, void *arg)
{
    struct flush *flush = arg;
    return commit_polls(store, &flush->commit);
}

static void noted_free(struct noted *noted)
{
    free((char *)noted->what.name);
    free((char *)noted->what.error);
    free((char *)noted->what.etag);
    free((char *)noted->what.last_modified);
    free(noted);
}

static void flush_free(struct flush *flush)
{
    for (struct noted *noted = flush->noted, *next; noted; noted = next) {
        next = noted->next;
        noted_free(noted);
    }
    arena_free(flush->commit.arena);
    config_unref(flush->config);
    free(flush->polls);
    free(flush);
}

/* The next poll notes more, whatever came of these. */
static void notes_written(void *arg, int result)
{
    struct flush *flush = arg;
    struct daemon *d = flush->d;
    if (result)
        log_event(&d->log, LOG_ERROR, "sources.not_noted", LOG_S("text", flush->err.text),
                  LOG_S("then", "noted again after the next polls"));
    d->counts.transitions += (int64_t)flush->commit.transitions;
    if (flush->commit.transitions && !d->stopping)
        notify_wake(d->notify);
    flush_free(flush);
}

static void list_polls(struct flush *flush)
{
    for (const struct noted *noted = flush->noted; noted; noted = noted->next) {
        const struct source_note *what = &noted->what;
        flush->polls[flush->commit.n++] =
            (struct commit_poll){.source = what->name,
                                 .etag = what->etag,
                                 .last_modified = what->last_modified,
                                 .error = what->error,
                                 .at_ms = what->at_ms,
                                 .wait_ms = what->wait_ms,
                                 .failures = what->failures,
                                 .refused = what->refused};
    }
}

/* Takes the notes over; NULL without memory, and then they are lost. */
static struct flush *flush_new(struct daemon *d, struct noted *all)
{
    struct flush *flush = calloc(1, sizeof *flush);
    size_t n = 0;
    if (!flush)
        return NULL;
    for (const struct noted *noted = all; noted; noted = noted->next)
        n++;
    *flush = (struct flush){.d = d,
                            .config = config_ref(d->config),
                            .noted = all,
                            .polls = calloc(n + 1, sizeof *flush->polls)};
    flush->commit = (struct commit_polls){.config = flush->config,
                                          .arena = arena_new(NOTES_BYTES),
                                          .polls = flush->polls,
                                          .now_ms = clock_wall(&d->stamps.clock),
                                          .err = &flush->err};
    if (flush->polls && flush->commit.arena) {
        list_polls(flush);
        return flush;
    }
    flush_free(flush);
    return NULL;
}

void sources_flush(struct daemon *d)
{
    struct noted *all = d->noted;
    if (!all)
        return;
    d->noted = NULL;
    d->noted_end = &d->noted;
    struct flush *flush = flush_new(d, all);
    if (flush && writer_post(d->writer, write_notes, notes_written, flush))
        flush_free(flush);
}

static void on_notes(void *arg)
{
    sources_flush(arg);
}

/* The first of a batch sets the timer; where there is none, nothing waits for it. */
static void flush_soon(struct daemon *d)
{
    if (d->notes_timer)
        loop_timer_again(d->notes_timer, NOTES_MS, 0);
    else
        d->notes_timer = loop_timer_start(&d->loop, NOTES_MS, 0, on_notes, d);
    if (!d->notes_timer)
        sources_flush(d);
}

void sources_note(struct daemon *d, const struct source_note *what)
{
    struct noted *noted = malloc(sizeof *noted);
    if (!noted)
        return;
    *noted = (struct noted){
        .what = {.name = copy(what->name),
                 .error = copy(what->error),
                 .etag = what->etag ? copy(what->etag) : NULL,
                 .last_modified = what->etag ? copy(what->last_modified) : NULL,
                 .at_ms = what->at_ms,
                 .wait_ms = what->wait_ms,
                 .failures = what->failures,
                 .refused = what->refused}};
    bool first = !d->noted;
    if (first)
        d->noted_end = &d->noted;
    *d->noted_end = noted;
    d->noted_end = &noted->next;
    if (first)
        flush_soon(d);
}

/* ---- in memory ------------------------------------------------------------------------------ */

static struct validators *validators_new(struct daemon *d, const char *source)
{
    struct validators *known = realloc(d->known, (d->n_known + 1) * sizeof *known);
    if (!known)
        return NULL;
    d->known = known;
    known[d->n_known] = (struct validators){
        .source = copy(source), .etag = copy(""), .last_modified = copy("")};
    return &known[d->n_known++];
}

static struct validators *validators_of(struct daemon *d, const char *source)
{
    int64_t at;
    size_t n = strlen(source);
    if (!d->known_names)
        d->known_names = map_new(d->config->n_sources);
    if (!d->known_names)
        return NULL;
    at = map_get(d->known_names, source, n);
    if (at != MAP_NONE)
        return &d->known[at];
    struct validators *v = validators_new(d, source);
    if (v && map_add(d->known_names, v->source, n, (int64_t)d->n_known - 1, &at))
        v = NULL;
    return v;
}

void sources_remember(struct daemon *d, const char *source, const char *etag,
                      const char *last_modified)
{
    struct validators *v = validators_of(d, source);
    if (!v)
        return;
    free(v->etag);
    free(v->last_modified);
    v->etag = copy(etag);
    v->last_modified = copy(last_modified);
}

/* FNV-1a. */
static uint64_t hash_of(const char *text)
{
    uint64_t h = 0xCBF29CE484222325ull;
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001B3ull;
    return h;
}

/* A body that is refused comes again at every poll: an operator is told of it once. */
bool sources_is_news(struct daemon *d, const char *source, const char *text)
{
    struct validators *v = validators_of(d, source);
    uint64_t hash = hash_of(text);
    for (size_t i = 0; v && i < v->n_told; i++)
        if (v->told[i] == hash)
            return false;
    if (v && v->n_told < TOLD_MAX)
        v->told[v->n_told++] = hash;
    return true;
}

/* All bodies of a poll are of use: told, if they were not before. */
void sources_recovered(struct daemon *d, const char *source)
{
    struct validators *v = validators_of(d, source);
    if (v && v->n_told)
        log_event(&d->log, LOG_INFO, "data.recovered", LOG_S("source", source));
    if (v)
        v->n_told = 0;
}

int sources_validators(void *arg, const char *source, const char **ret_etag,
                       const char **ret_last_modified)
{
    const struct validators *v = validators_of(arg, source);
    *ret_etag = v ? v->etag : "";
    *ret_last_modified = v ? v->last_modified : "";
    return 0;
}

void sources_owe(struct daemon *d, const char *source)
{
    struct validators *v = validators_of(d, source);
    if (v)
        v->owed = true;
}

void sources_ask_owed(struct daemon *d)
{
    for (size_t i = 0; i < d->n_known; i++) {
        if (d->known[i].owed && d->poll)
            poll_later(d->poll, d->known[i].source);
        d->known[i].owed = false;
    }
}

int sources_restore(struct daemon *d, struct store *reader, struct jh_err *err)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        return err_set(err, JH_ENOMEM, "out of memory");
    int rc = 0;
    for (size_t i = 0; !rc && i < d->config->n_sources; i++) {
        struct store_source src;
        const char *name = d->config->sources[i].name;
        rc = store_source_get(reader, name, arena, &src, err);
        if (rc == JH_ENOENT) {
            rc = 0;
            continue;
        }
        if (rc)
            break;
        sources_remember(d, name, src.etag, src.last_modified);
        poll_restore(d->poll, name, src.ok_ms, src.failures, src.failing_since_ms,
                     src.error);
    }
    arena_free(arena);
    return rc;
}

void sources_retracted(struct daemon *d, const char *source,
                       const struct pipeline_report *report)
{
    char round[ROUND_TEXT];
    round_print(report->round, round);
    d->counts.transitions += (int64_t)report->transitions;
    d->again = true; /* newer rounds were compared with it */
    log_event(&d->log, LOG_WARN, "data.retracted", LOG_S("source", source),
              LOG_S("round", round), LOG_S("by", "the level below"),
              LOG_N("transitions", report->transitions));
    if (report->transitions)
        notify_wake(d->notify);
}

void sources_done(struct daemon *d)
{
    for (size_t i = 0; i < d->n_known; i++) {
        free(d->known[i].source);
        free(d->known[i].etag);
        free(d->known[i].last_modified);
    }
    free(d->known);
    map_free(d->known_names);
}
