/* SPDX-License-Identifier: Apache-2.0 */
/* The journal: putting entries, the first one, reading them. */
#include <string.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "store/entry.h"
#include "store/query.h"

enum { ENTRY_BYTES = 64 << 10 };

/* ---- the text of an entry ------------------------------------------------------------------ */

void entry_start(struct entry *e, const char *kind)
{
    e->kind = kind;
    buf_init(&e->text, ENTRY_BYTES);
    buf_char(&e->text, '{');
}

static void put_key(struct entry *e, const char *key)
{
    char last = e->text.len ? e->text.p[e->text.len - 1] : '{';
    if (last != '{')
        buf_char(&e->text, ',');
    buf_json(&e->text, key);
    buf_char(&e->text, ':');
}

/* A file's name may be anything; what is no UTF-8 is shown byte by byte. */
static void put_bytes(struct buf *text, const char *value)
{
    buf_char(text, '"');
    for (const char *p = value; *p; p++)
        buf_fmt(text, "\\u%04x", (unsigned char)*p);
    buf_char(text, '"');
}

void entry_text(struct entry *e, const char *key, const char *value)
{
    put_key(e, key);
    if (!value)
        buf_str(&e->text, "null");
    else if (utf8_check(value, strlen(value)) == strlen(value))
        buf_json(&e->text, value);
    else
        put_bytes(&e->text, value);
}

void entry_int(struct entry *e, const char *key, int64_t value)
{
    put_key(e, key);
    buf_fmt(&e->text, "%lld", (long long)value);
}

void entry_round(struct entry *e, const char *key, struct round round)
{
    char text[ROUND_TEXT];
    round_print(round, text);
    entry_text(e, key, text);
}

void entry_says(struct entry *e)
{
    buf_str(&e->text, ENTRY_SAYS);
}

const char *entry_end(struct entry *e)
{
    const char *says = strstr(buf_text(&e->text), ENTRY_SAYS);
    buf_str(&e->text, says ? "}}" : "}");
    return e->text.failed ? NULL : buf_text(&e->text);
}

void entry_done(struct entry *e)
{
    buf_done(&e->text);
}

int entry_put(struct entry *e, struct store *s, int64_t at_ms, struct jh_err *err)
{
    const char *body = entry_end(e);
    int r = body ? store_journal_put(s, at_ms, e->kind, body, err)
                 : err_set(err, JH_ELIMIT,
                           "an entry of the journal of more than %d bytes", ENTRY_BYTES);
    entry_done(e);
    return r;
}

/* ---- putting it ---------------------------------------------------------------------------- */

static const char FIRST_PREV[] =
    "0000000000000000000000000000000000000000000000000000000000000000";

/* docs/journal.md: five lines. No kind and no body has a line break in it. */
int journal_hash(const struct store_entry *e, char hex[SHA256_HEX])
{
    struct buf text;

    buf_init(&text, 2 * ENTRY_BYTES);
    buf_fmt(&text, "%lld\n%lld\n", (long long)e->seq, (long long)e->at_ms);
    buf_str(&text, e->kind);
    buf_char(&text, '\n');
    buf_str(&text, e->body);
    buf_char(&text, '\n');
    buf_str(&text, e->prev);
    buf_char(&text, '\n');
    if (!text.failed)
        sha256_hex(text.p, text.len, hex);
    int r = text.failed ? JH_ELIMIT : 0;
    buf_done(&text);
    return r;
}

static int last_entry(struct store *s, int64_t *ret_seq, char ret_sha256[SHA256_HEX],
                      struct jh_err *err)
{
    struct query q;

    query_start(&q, s, "SELECT seq, sha256 FROM journal ORDER BY seq DESC LIMIT 1", err);
    *ret_seq = 0;
    snprintf(ret_sha256, SHA256_HEX, "%s", FIRST_PREV);
    if (query_row(&q)) {
        *ret_seq = query_int(&q);
        snprintf(ret_sha256, SHA256_HEX, "%s",
                 (const char *)sqlite3_column_text(q.stmt, q.column));
    }
    return query_done(&q);
}

static int insert(struct store *s, const struct store_entry *e, struct jh_err *err)
{
    struct query q;

    query_start(&q, s,
                "INSERT INTO journal(seq, at_ms, kind, body, prev_sha256, sha256)"
                " VALUES (?,?,?,?,?,?)",
                err);
    query_put(&q, "iitttt", e->seq, e->at_ms, e->kind, e->body, e->prev, e->sha256);
    return query_run(&q);
}

int store_journal_put(struct store *s, int64_t at_ms, const char *kind, const char *body,
                      struct jh_err *err)
{
    char prev[SHA256_HEX], hex[SHA256_HEX];
    struct store_entry e = {
        .at_ms = at_ms, .kind = kind, .body = body, .prev = prev, .sha256 = hex};

    if (sqlite3_get_autocommit(s->db))
        return err_set(err, JH_EINVAL, "the journal is written in a transaction only");
    if (strchr(kind, '\n') || strchr(body, '\n'))
        return err_set(err, JH_EINVAL, "an entry of the journal has no line breaks");
    int r = last_entry(s, &e.seq, prev, err);
    if (r)
        return r;
    e.seq++;
    if (journal_hash(&e, hex))
        return err_set(err, JH_ELIMIT, "an entry of the journal is too long");
    return insert(s, &e, err);
}

/* ---- what each fact says -------------------------------------------------------------------- */

void entry_transition(struct entry *e, const struct store_transition *t,
                      const struct entry_about *about)
{
    char hex[SHA256_HEX];
    const char *evidence = t->evidence ? t->evidence : "{}";

    sha256_hex(evidence, strlen(evidence), hex);
    entry_start(e, "transition");
    entry_text(e, "alert", t->alert);
    entry_int(e, "n", t->n);
    entry_text(e, "kind", about->kind);
    entry_text(e, "county", about->county);
    entry_text(e, "standard", about->standard);
    entry_says(e);
    entry_text(e, "from", t->from);
    entry_text(e, "to", t->to);
    entry_round(e, "round", t->round);
    entry_text(e, "cause", t->cause);
    entry_text(e, "by", t->by);
    entry_text(e, "evidence_sha256", hex);
}

static void add_number(struct sha256 *h, double value)
{
    struct buf text;

    buf_init(&text, 64);
    if (value == value) /* null has no text */
        buf_double(&text, value);
    sha256_add_str(h, buf_text(&text));
    buf_done(&text);
}

static void add_row(struct sha256 *h, const struct store_verdict *v)
{
    sha256_add_str(h, v->stage);
    sha256_add_str(h, outcome_id(v->outcome));
    sha256_add_str(h, v->complete ? "complete" : "");
    add_number(h, v->composite);
    add_number(h, v->pupils);
    add_number(h, v->schools);
    sha256_add_str(h, v->figures ? v->figures : "{}");
    sha256_add_str(h, v->failing ? v->failing : "[]");
}

/* Over the rows by stage, the county's own first, in whatever order they come. */
static void hash_rows(const struct store_verdict *rows, size_t n, char hex[SHA256_HEX])
{
    struct sha256 *h = sha256_new();
    const char *done = NULL;

    for (size_t k = 0; k < n; k++) {
        const struct store_verdict *next = NULL;
        for (size_t i = 0; i < n; i++)
            if ((!done || strcmp(rows[i].stage, done) > 0) &&
                (!next || strcmp(rows[i].stage, next->stage) < 0))
                next = &rows[i];
        if (!next)
            break;
        add_row(h, next);
        done = next->stage;
    }
    sha256_end(h, hex);
}

void entry_verdict(struct entry *e, const struct store_verdict *rows, size_t n)
{
    const struct store_verdict *county = rows;
    char hex[SHA256_HEX];

    for (size_t i = 0; i < n; i++)
        if (!*rows[i].stage)
            county = &rows[i];
    hash_rows(rows, n, hex);
    entry_start(e, "verdict");
    entry_text(e, "county", county->county);
    entry_text(e, "standard", county->standard);
    entry_round(e, "round", county->round);
    entry_int(e, "revision", county->revision);
    entry_says(e);
    entry_text(e, "name", county->county_name);
    entry_text(e, "verdict", outcome_id(county->outcome));
    entry_int(e, "complete", county->complete);
    entry_int(e, "retracted", county->retracted);
    entry_int(e, "judged_ms", county->at_ms);
    entry_text(e, "data_sha256", county->data_sha256);
    entry_text(e, "county_sha256", county->county_sha256);
    entry_text(e, "standard_sha256", county->standard_sha256);
    entry_text(e, "rows_sha256", hex);
}

void entry_certification(struct entry *e, int64_t id, const char *act,
                         const struct store_cert *cert, const char *date)
{
    const struct certification *c = &cert->cert;

    entry_start(e, act);
    entry_int(e, "act", id);
    entry_text(e, "county", c->county);
    entry_text(e, "standard", c->standard);
    entry_says(e);
    entry_text(e, "date", date);
    entry_int(e, "cohort", c->cohort);
    entry_text(e, "document", c->document);
    entry_round(e, "baseline_round", c->baseline);
    entry_text(e, "by", cert->by);
    entry_text(e, "reason", cert->reason);
}

void entry_accepted(struct entry *e, const struct store_finding *f)
{
    entry_start(e, "accept");
    entry_text(e, "finding", f->id);
    entry_text(e, "county", f->county);
    entry_says(e);
    entry_round(e, "round", f->round);
    entry_text(e, "code", f->code);
    entry_text(e, "school", f->school);
    entry_text(e, "campus", f->campus);
    entry_text(e, "field", f->field);
    entry_text(e, "value", f->value);
    entry_text(e, "by", f->by);
    entry_text(e, "reason", f->reason);
}

void entry_submission(struct entry *e, const struct store_submission *sub, const char *by,
                      const char *reason)
{
    entry_text(e, "source", sub->source);
    entry_text(e, "name", sub->name);
    entry_round(e, "round", sub->round);
    entry_text(e, "sha256", sub->sha256);
    entry_text(e, "by", by);
    entry_text(e, "reason", reason);
}

/* ---- the first entry ------------------------------------------------------------------------ */

struct before {
    int64_t n;
    struct sha256 *h; /* NULL: only counted */
};

static int add_before(void *arg, struct entry *e, int64_t at_ms)
{
    struct before *before = arg;
    const char *text = entry_end(e);
    char at[32];

    if (!text)
        return JH_ENOMEM;
    before->n++;
    if (!before->h)
        return 0;
    snprintf(at, sizeof at, "%lld", (long long)at_ms);
    sha256_add_str(before->h, at);
    sha256_add_str(before->h, text);
    return 0;
}

static int begin_within(struct store *s, struct jh_err *err)
{
    struct before facts = {.h = sha256_new()}, verdicts = {0};
    const struct clock clock = clock_real();
    char hex[SHA256_HEX];
    struct entry e;

    int r = transitions_each(s, add_before, &facts, err);
    if (!r)
        r = certs_each(s, add_before, &facts, err);
    if (!r)
        r = accepted_each(s, add_before, &facts, err);
    if (!r)
        r = reviews_each(s, add_before, &facts, err);
    if (!r)
        r = acts_each(s, add_before, &facts, err);
    if (!r)
        r = standings_each(s, add_before, &facts, err);
    if (!r)
        r = baselines_each(s, add_before, &facts, err);
    sha256_end(facts.h, hex);
    if (!r)
        r = verdicts_each(s, add_before, &verdicts, err);
    if (r)
        return r;
    entry_start(&e, "begin");
    entry_text(&e, "program", PACKAGE_VERSION);
    entry_int(&e, "facts_before", facts.n);
    entry_text(&e, "facts_sha256", hex);
    entry_int(&e, "verdicts_before", verdicts.n);
    return entry_put(&e, s, clock_wall(&clock), err);
}

int journal_begin(struct store *s, struct jh_err *err)
{
    char sha256[SHA256_HEX];
    int64_t last;

    int r = last_entry(s, &last, sha256, err);
    if (r || last)
        return r;
    r = store_begin(s, err);
    if (r)
        return r;
    r = begin_within(s, err);
    if (!r)
        r = store_commit(s, err);
    if (r)
        store_rollback(s);
    return r;
}

/* ---- reading it ------------------------------------------------------------------------------ */

void journal_read(struct query *q, struct arena *arena, struct store_entry *e)
{
    e->seq = query_int(q);
    e->at_ms = query_int(q);
    e->kind = query_text(q, arena);
    e->body = query_text(q, arena);
    e->prev = query_text(q, arena);
    e->sha256 = query_text(q, arena);
}

int store_journal(struct store *s, int64_t after, int64_t since_ms, const char *county,
                  size_t max, struct arena *arena, struct store_entry **ret,
                  size_t *ret_n, struct jh_err *err)
{
    struct store_entry *list = NULL, *e;
    struct query q;
    size_t n = 0;

    query_start(&q, s,
                "SELECT seq, at_ms, kind, body, prev_sha256, sha256 FROM journal"
                " WHERE seq > ?1 AND at_ms >= ?2"
                " AND (?3 IS NULL OR json_extract(body, '$.county') = ?3)"
                " ORDER BY seq LIMIT ?4",
                err);
    query_put(&q, "iiti", after, since_ms, county, (int64_t)max);
    while (query_row(&q) && (e = query_item(&q, arena, &list, n, sizeof(*e)))) {
        journal_read(&q, arena, e);
        n++;
    }
    int r = query_done(&q);
    if (!r) {
        *ret = list;
        *ret_n = n;
    }
    return r;
}
