/* SPDX-License-Identifier: Apache-2.0 */
/* Is the journal whole, and does the store say what the journal says? Reads one snapshot. */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/map.h"
#include "store/entry.h"
#include "store/query.h"

enum { KEYS_BYTES = 1 << 30 };

/* The last that the journal says of a fact. */
struct known {
    int64_t seq;
    bool found; /* in the store */
};

struct verify {
    struct store *s;
    const struct store_anchor *anchor;
    struct store_journal_report *r;
    struct arena *arena;
    struct map *by_key; /* "kind\nidentity" -> index of known */
    struct known *known;
    size_t n, cap;
    struct sha256 *before; /* over facts without an entry, as the first entry has them */
    int64_t facts_before, verdicts_before;
    bool verdicts; /* those are walked */
    int64_t *count;
    struct jh_err *err;
};

static int wrong(struct verify *v, int64_t seq, const char *fmt, ...) PRINTF(3, 4);

/* The first thing that is wrong is the one that is told. */
static int wrong(struct verify *v, int64_t seq, const char *fmt, ...)
{
    va_list args;

    if (!v->r->sound)
        return JH_EINVAL;
    v->r->sound = false;
    v->r->broken = seq;
    va_start(args, fmt);
    vsnprintf(v->r->why, sizeof v->r->why, fmt, args);
    va_end(args);
    return JH_EINVAL;
}

/* ---- the chain ------------------------------------------------------------------------------- */

/* "kind\n{identity": what an entry is about. NULL where it is about nothing in the store. */
static const char *key_of(struct arena *arena, const char *kind, const char *body)
{
    static const char *const FACTS[] = {
        "transition", "verdict",     "certify", "inherit", "decertify", "accept",
        "review",     "acknowledge", "assign",  "comment", "standing",  "baseline"};
    const char *says = strstr(body, ENTRY_SAYS);

    for (size_t i = 0; says && i < sizeof FACTS / sizeof *FACTS; i++)
        if (strcmp(kind, FACTS[i]) == 0)
            return arena_fmt(arena, "%s\n%.*s", kind, (int)(says - body), body);
    return NULL;
}

static int remember(struct verify *v, const struct store_entry *e)
{
    const char *key = key_of(v->arena, e->kind, e->body);
    int64_t at;

    if (!key)
        return 0;
    if (v->n == v->cap) {
        struct known *grown =
            realloc(v->known, (v->cap ? v->cap * 2 : 1024) * sizeof *grown);
        if (!grown)
            return err_set(v->err, JH_ENOMEM, "out of memory");
        v->known = grown;
        v->cap = v->cap ? v->cap * 2 : 1024;
    }
    if (map_add(v->by_key, key, strlen(key), (int64_t)v->n, &at))
        return err_set(v->err, JH_ENOMEM, "out of memory");
    if (at == (int64_t)v->n)
        v->n++;
    v->known[at] = (struct known){.seq = e->seq};
    return 0;
}

static int check_anchor(struct verify *v, const struct store_entry *e)
{
    if (!v->anchor || e->seq != v->anchor->seq ||
        strcmp(e->sha256, v->anchor->sha256) == 0)
        return 0;
    return wrong(v, e->seq,
                 "its hash is not that of the anchor: the chain was made anew");
}

static int check_entry(struct verify *v, const struct store_entry *e)
{
    char hex[SHA256_HEX];
    const struct store_anchor *last = &v->r->last;

    if (e->seq != last->seq + 1)
        return wrong(v, last->seq + 1, "it is missing: after %lld comes %lld",
                     (long long)last->seq, (long long)e->seq);
    if (last->seq && strcmp(e->prev, last->sha256) != 0)
        return wrong(v, e->seq, "it does not follow on the entry before it");
    if (!last->seq &&
        (strspn(e->prev, "0") != SHA256_HEX - 1 || strcmp(e->kind, "begin") != 0))
        return wrong(v, e->seq, "it is not a beginning");
    if (journal_hash(e, hex) || strcmp(hex, e->sha256) != 0)
        return wrong(v, e->seq, "it was changed: its text does not have its hash");
    return check_anchor(v, e);
}

static int64_t number_of(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static int check_chain(struct verify *v)
{
    struct arena *arena = arena_new(1 << 20);
    struct query q;
    int r = arena ? 0 : err_set(v->err, JH_ENOMEM, "out of memory");

    query_start(&q, v->s,
                "SELECT seq, at_ms, kind, body, prev_sha256, sha256 FROM journal"
                " ORDER BY seq",
                v->err);
    while (!r && query_row(&q)) {
        struct store_entry e;
        journal_read(&q, arena, &e);
        r = q.result ? q.result : check_entry(v, &e);
        if (!r)
            r = remember(v, &e);
        v->r->last.seq = r ? v->r->last.seq : e.seq;
        if (!r)
            snprintf(v->r->last.sha256, SHA256_HEX, "%s", e.sha256);
        v->r->entries += !r;
        arena_reset(arena);
    }
    int rq = query_done(&q);
    arena_free(arena);
    if (r || rq)
        return rq ? rq : r;
    if (!v->r->entries)
        return wrong(v, 1, "the journal is empty");
    if (v->anchor && v->anchor->seq > v->r->last.seq)
        return wrong(v, v->r->last.seq + 1,
                     "the anchor is of entry %lld: the end is gone",
                     (long long)v->anchor->seq);
    return 0;
}

/* ---- the store ------------------------------------------------------------------------------- */

/* Does the last entry of the fact say what the store says? */
static int compare(struct verify *v, struct known *known, const char *text, int64_t at_ms)
{
    struct query q;
    bool same = false;

    /* A verdict's own time stands in its text: it may have been retracted later. */
    query_start(&q, v->s,
                "SELECT 1 FROM journal WHERE seq = ? AND body = ?"
                " AND (at_ms = ? OR kind = 'verdict')",
                v->err);
    query_put(&q, "iti", known->seq, text, at_ms);
    same = query_row(&q);
    int r = query_done(&q);
    known->found = true;
    if (r || same)
        return r;
    return wrong(v, known->seq, "the store says something else: %.400s", text);
}

static int check_fact(void *arg, struct entry *e, int64_t at_ms)
{
    struct verify *v = arg;
    const char *text = entry_end(e);
    char at[32];

    if (!text)
        return err_set(v->err, JH_ENOMEM, "out of memory");
    const char *key = key_of(v->arena, e->kind, text);
    int64_t i = key ? map_get(v->by_key, key, strlen(key)) : MAP_NONE;
    ++*v->count;
    if (i != MAP_NONE)
        return compare(v, &v->known[i], text, at_ms);
    v->r->older++;
    if (v->verdicts) {
        if (--v->verdicts_before < 0)
            return wrong(v, 0, "a verdict without an entry: %.400s", text);
        return 0;
    }
    if (--v->facts_before < 0)
        return wrong(v, 0, "no entry was ever made of %.400s", text);
    snprintf(at, sizeof at, "%lld", (long long)at_ms);
    sha256_add_str(v->before, at);
    sha256_add_str(v->before, text);
    return 0;
}

/* What the first entry says of the time before it. */
static int read_begin(struct verify *v, char facts_sha256[SHA256_HEX])
{
    struct query q;
    json_t *body = NULL;

    query_start(&q, v->s, "SELECT body FROM journal WHERE seq = 1", v->err);
    if (query_row(&q)) {
        const char *text = query_text(&q, v->arena);
        body = text ? json_loads(text, 0, NULL) : NULL;
    }
    int r = query_done(&q);
    const char *hex = json_string_value(json_object_get(body, "facts_sha256"));
    v->facts_before = number_of(body, "facts_before");
    v->verdicts_before = number_of(body, "verdicts_before");
    snprintf(facts_sha256, SHA256_HEX, "%s", hex ? hex : "");
    json_decref(body);
    return r;
}

static int check_facts(struct verify *v)
{
    char want[SHA256_HEX], got[SHA256_HEX];
    int r = read_begin(v, want);

    v->before = sha256_new();
    v->count = &v->r->transitions;
    if (!r)
        r = transitions_each(v->s, check_fact, v, v->err);
    v->count = &v->r->acts;
    if (!r)
        r = certs_each(v->s, check_fact, v, v->err);
    if (!r)
        r = accepted_each(v->s, check_fact, v, v->err);
    if (!r)
        r = reviews_each(v->s, check_fact, v, v->err);
    if (!r)
        r = acts_each(v->s, check_fact, v, v->err);
    if (!r)
        r = standings_each(v->s, check_fact, v, v->err);
    if (!r)
        r = baselines_each(v->s, check_fact, v, v->err);
    sha256_end(v->before, got);
    if (!r && (v->facts_before || strcmp(want, got) != 0))
        r = wrong(v, 1, "what was there before the journal is not what it says of it");
    v->count = &v->r->verdicts;
    v->verdicts = true;
    return r ? r : verdicts_each(v->s, check_fact, v, v->err);
}

/* And nothing that the journal knows is gone from the store. */
static int check_found(struct verify *v)
{
    int64_t gone = 0;

    for (size_t i = 0; i < v->n; i++)
        if (!v->known[i].found && (!gone || v->known[i].seq < gone))
            gone = v->known[i].seq;
    return gone ? wrong(v, gone, "what it records is not in the store any more") : 0;
}

/* An alert is where its last transition took it. */
static int check_states(struct verify *v)
{
    struct query q;
    int r = 0;

    query_start(&q, v->s,
                "SELECT a.id, a.state FROM alert a LEFT JOIN transition t"
                " ON t.alert = a.id AND t.n = a.transition"
                " WHERE a.state IS NOT CASE t.\"to\" WHEN 'extended' THEN 'firing'"
                "  WHEN 'expired' THEN 'firing' WHEN 'escalated' THEN t.\"from\""
                "  WHEN 'proposed' THEN t.\"from\""
                "  ELSE t.\"to\" END OR a.open IS NOT (a.state IN ('pending', 'firing',"
                "  'acknowledged')) OR EXISTS (SELECT 1 FROM transition n"
                "  WHERE n.alert = a.id AND n.n > a.transition) LIMIT 1",
                v->err);
    if (query_row(&q)) {
        const char *id = query_text(&q, v->arena), *state = query_text(&q, v->arena);
        if (id && state)
            r = wrong(v, 0, "alert %s is %s, which no transition says", id, state);
    }
    int rq = query_done(&q);
    return rq ? rq : r;
}

/* And of the county that it was last said to be of: its code may have changed. */
static int check_counties(struct verify *v)
{
    struct query q;
    int r = 0;

    query_start(
        &q, v->s,
        "SELECT a.id, a.county FROM alert a JOIN"
        " (SELECT json_extract(body, '$.alert') AS alert,"
        "  json_extract(body, '$.county') AS county,"
        "  max(seq) FROM journal WHERE kind IN ('transition', 'move')"
        "  GROUP BY 1) j ON j.alert = a.id WHERE j.county IS NOT a.county LIMIT 1",
        v->err);
    if (query_row(&q)) {
        const char *id = query_text(&q, v->arena), *county = query_text(&q, v->arena);
        if (id && county)
            r = wrong(v, 0, "alert %s is of county %s, which no entry says", id, county);
    }
    int rq = query_done(&q);
    return rq ? rq : r;
}

/* ---- all together ---------------------------------------------------------------------------- */

static int verify(struct verify *v)
{
    int r = check_chain(v);

    if (!r)
        r = check_facts(v);
    if (!r)
        r = check_found(v);
    if (!r)
        r = check_states(v);
    return r ? r : check_counties(v);
}

int store_journal_verify(struct store *s, const struct store_anchor *anchor,
                         struct store_journal_report *ret, struct jh_err *err)
{
    struct store_journal_report report = {.sound = true};
    struct verify v = {.s = s,
                       .anchor = anchor && anchor->seq ? anchor : NULL,
                       .r = &report,
                       .arena = arena_new(KEYS_BYTES),
                       .by_key = map_new(1 << 16),
                       .err = err};

    int r = v.arena && v.by_key ? store_begin(s, err)
                                : err_set(err, JH_ENOMEM, "out of memory");
    if (!r) {
        r = verify(&v);
        store_rollback(s);
    }
    arena_free(v.arena);
    map_free(v.by_key);
    free(v.known);
    if (r && report.sound)
        return r;
    *ret = report;
    return 0;
}
