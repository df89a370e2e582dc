/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"

enum { NOTES_MS = 200 }; /* so many polls are one transaction, and not one each */

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

static int put_note(struct store *store, const struct source_note *note,
                    struct arena *arena)
{
    struct store_source src = {0};
    int rc = store_source_get(store, note->name, arena, &src, NULL);
    if (rc == JH_ENOENT)
        src = (struct store_source){
            .name = note->name, .tuple = "", .etag = "", .last_modified = ""};
    else if (rc)
        return rc;
    src.try_ms = note->at_ms;
    src.error = note->error;
    if (!note->failures)
        src.ok_ms = note->at_ms;
    if (!src.failures && note->failures)
        src.failing_since_ms = note->at_ms;
    if (!note->failures)
        src.failing_since_ms = 0;
    src.failures = note->failures;
    if (note->etag) {
        src.etag = note->etag;
        src.last_modified = note->last_modified;
    }
    return store_source_put(store, &src, NULL);
}

/* The store's thread. */
static int write_notes(struct store *store, void *arg)
{
    const struct noted *noted = arg;
    struct arena *arena = arena_new(1 << 20);
    int rc = arena ? store_begin(store, NULL) : JH_ENOMEM;
    if (rc)
        goto out;
    for (; !rc && noted; noted = noted->next) {
        rc = put_note(store, &noted->what, arena);
        arena_reset(arena);
    }
    if (rc)
        store_rollback(store);
    else
        rc = store_commit(store, NULL);
out:
    arena_free(arena);
    return rc;
}

static void noted_free(struct noted *noted)
{
    free((char *)noted->what.name);
    free((char *)noted->what.error);
    free((char *)noted->what.etag);
    free((char *)noted->what.last_modified);
    free(noted);
}

static void notes_written(void *arg, int result)
{
    (void)result; /* the next poll notes more */
    for (struct noted *noted = arg, *next; noted; noted = next) {
        next = noted->next;
        noted_free(noted);
    }
}

void sources_flush(struct daemon *d)
{
    struct noted *all = d->noted;
    if (!all)
        return;
    d->noted = NULL;
    d->noted_end = &d->noted;
    if (writer_post(d->writer, write_notes, notes_written, all))
        notes_written(all, 0);
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
                 .failures = what->failures}};
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
