/* SPDX-License-Identifier: Apache-2.0 */
#include "story/retract.h"

#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "story/alarm.h"
#include "story/assess.h"
#include "story/await.h"
#include "story/commit.h"
#include "story/follow.h"
#include "story/review.h"

enum { RETRACT_BYTES = 1 << 30, WORDS_BYTES = 1 << 30 };

/* A county that was in what is retracted. */
struct lost {
    const char *code;
    bool done; /* judged by what is left of the round */
    bool gone; /* nothing is left of it */
};

struct work {
    struct retract *r;
    struct store *store;
    struct gather g; /* reads what the transaction has written */
    struct lost *lost;
    size_t n;
    struct map *by_code;
};

/* ---- what is taken back ------------------------------------------------------------------- */

static int add_counties(struct work *w, const struct store_submission *sub)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < sub->n_counties; i++) {
        const char *code = sub->counties[i];
        int64_t at;
        rc = map_add(w->by_code, code, strlen(code), (int64_t)w->n, &at);
        if (!rc && at == (int64_t)w->n)
            w->lost[w->n++] = (struct lost){.code = code};
    }
    return rc;
}

static bool is_meant(const struct retract *r, const struct store_submission *sub)
{
    return strcmp(sub->source, r->source) == 0 &&
           (!r->name || strcmp(sub->name, r->name) == 0) &&
           (!r->sha256 || strncmp(sub->sha256, r->sha256, strlen(r->sha256)) == 0) &&
           (!r->returned || r->name || review_lacks(r->config, sub));
}

static int take_back(struct work *w, const struct store_submission *sub)
{
    struct retract *r = w->r;
    int rc = store_submission_retract(w->store, sub, r->by, r->reason, r->now_ms, r->err);
    if (!rc && r->returned)
        rc = store_submission_review(w->store, sub, "returned", r->by, r->reason,
                                     r->now_ms, r->err);
    r->retracted++;
    if (rc || r->whole)
        return rc;
    rc = store_submission_restore(w->store, sub, r->err);
    r->restored += rc == 0;
    return rc == JH_ENOENT ? 0 : rc;
}

static int take_all_back(struct work *w)
{
    struct retract *r = w->r;
    struct store_submission *subs;
    size_t n, counties = 0;
    int rc = store_submissions_of(w->store, STORE_ANY, r->round, w->g.arena, &subs, &n,
                                  r->err);
    if (rc)
        return rc;
    for (size_t i = 0; i < n; i++)
        counties += is_meant(r, &subs[i]) ? subs[i].n_counties : 0;
    w->lost = arena_array(w->g.arena, counties + 1, sizeof *w->lost);
    if (!w->lost)
        return err_set(r->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++) {
        if (!is_meant(r, &subs[i]))
            continue;
        rc = take_back(w, &subs[i]);
        if (!rc && add_counties(w, &subs[i]))
            rc = err_set(r->err, JH_ENOMEM, "out of memory");
    }
    char round[ROUND_TEXT];
    round_print(r->round, round);
    if (!rc && !r->retracted)
        return err_set(r->err, JH_ENOENT,
                       "nothing of source %s%s%s is in force%s in round %s", r->source,
                       r->name ? ", file " : "", r->name ? r->name : "",
                       r->returned && !r->name ? " and waits for a review" : "", round);
    return rc;
}

/* ---- judging what is left ----------------------------------------------------------------- */

/* Every county in what was gathered; `retracted` is for alerts that stand on that round. */
static int judge_gathered(struct work *w, const struct gathered *gathered,
                          struct round retracted)
{
    struct retract *r = w->r;
    struct assessed assessed = {0};
    int rc = assess(&w->g, gathered, r->scripts, r->set, &assessed, r->err);
    if (rc)
        return rc;
    struct commit commit = {.config = r->config,
                            .scripts = r->set,
                            .scripts_sha256 = r->set ? script_set_sha256(r->set) : "",
                            .await = w->g.await,
                            .gathered = gathered,
                            .assessed = &assessed,
                            .arena = w->g.arena,
                            .now_ms = r->now_ms,
                            .retracted = retracted,
                            .err = r->err};
    rc = commit_within(w->store, &commit);
    r->pass += commit.pass;
    r->fail += commit.fail;
    r->unknown += commit.unknown;
    r->transitions += commit.transitions;
    return rc;
}

static struct lost *lost_of(const struct work *w, const char *code)
{
    int64_t at = map_get(w->by_code, code, strlen(code));
    return at == MAP_NONE ? NULL : &w->lost[at];
}

/* A county and all that share a submission with it, in the round; or it is gone from there. */
static int judge_rest(struct work *w, struct lost *county)
{
    struct gathered gathered = {0};
    const struct follow which = {w->r->round, &county->code, 1};
    int rc = gather_round(&w->g, &which, &gathered, w->r->err);
    if (rc && rc != JH_ENOENT)
        return rc;
    if (!rc)
        rc = judge_gathered(w, &gathered, (struct round){0});
    else
        rc = 0;
    for (size_t i = 0; i < gathered.now.n; i++) {
        struct lost *other = lost_of(w, gathered.now.datasets[i]->county_code);
        if (other)
            other->done = true;
    }
    gathered_done(&gathered);
    county->gone = !county->done;
    return rc;
}

static int judge_round(struct work *w)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < w->n; i++)
        if (!w->lost[i].done)
            rc = judge_rest(w, &w->lost[i]);
    for (size_t i = 0; !rc && i < w->n; i++) {
        if (!w->lost[i].gone)
            continue;
        w->r->gone++;
        rc = store_verdict_retract(w->store, w->r->round, w->lost[i].code, w->r->now_ms,
                                   w->r->err);
    }
    return rc;
}

/* ---- counties that have lost the round ---------------------------------------------------- */

/* 0: an indicator has failed for the county; JH_ENOENT. */
static int open_local(struct work *w, const char *county)
{
    struct store_alert *list;
    size_t n;
    int rc = store_alerts_open_about(w->store, KIND_LOCAL, county, w->g.arena, &list, &n,
                                     w->r->err);
    return rc || n ? rc : JH_ENOENT;
}

/* The newest round left by a standard, if somebody minds: certified, or with an open alert. */
static int newest_left(struct work *w, const char *county, const char *standard,
                       struct round *ret)
{
    struct arena *arena = w->g.arena;
    struct store_verdict newest;
    struct store_cert cert;
    struct store_alert alert;
    *ret = (struct round){0};
    int rc = store_cert_get(w->store, county, standard, arena, &cert, w->r->err);
    if (rc == JH_ENOENT)
        rc = store_alert_open(w->store, "slip", county, standard, arena, &alert,
                              w->r->err);
    if (rc == JH_ENOENT)
        rc = open_local(w, county);
    if (!rc)
        rc = store_verdict_newest(w->store, county, standard, w->r->round.month != 0,
                                  arena, &newest, w->r->err);
    if (!rc && round_cmp(newest.round, w->r->round) < 0)
        *ret = newest.round;
    return rc == JH_ENOENT ? 0 : rc;
}

/*
 * Judges it again by that round. What today's sources cannot read leaves the alert as it is,
 * which alarm_retracted() then sees to.
 */
static int judge_older(struct work *w, const char *county, struct round round)
{
    struct gathered gathered = {0};
    struct jh_err why;
    const struct follow which = {round, &county, 1};
    int rc = gather_round(&w->g, &which, &gathered, &why);
    if (rc == JH_ENOMEM && w->r->err)
        *w->r->err = why;
    if (rc)
        return rc == JH_ENOMEM ? rc : 0;
    rc = judge_gathered(w, &gathered, w->r->round);
    gathered_done(&gathered);
    return rc;
}

static int follow_county(struct work *w, const char *county)
{
    const struct config *config = w->r->config;
    struct round judged = {0}, newest;
    int rc = 0;
    for (size_t i = 0; !rc && i < config->n_standards; i++) {
        const char *standard = config->standards[i]->id;
        struct alarm alarm = {.config = config,
                              .retracted = w->r->round,
                              .arena = w->g.arena,
                              .now_ms = w->r->now_ms,
                              .transitions = &w->r->transitions,
                              .err = w->r->err};
        rc = newest_left(w, county, standard, &newest);
        if (!rc && newest.year && (!judged.year || round_cmp(newest, judged) != 0)) {
            rc = judge_older(w, county, newest);
            judged = newest;
        }
        if (!rc)
            rc = alarm_retracted(w->store, &alarm, county, standard);
    }
    return rc;
}

/* ---- all together ------------------------------------------------------------------------- */

/* Newer rounds were compared with what is gone: they are looked at after the commit. */
static int mark_newer(struct work *w)
{
    struct follow_list marked;
    struct follow which = {.round = w->r->round, .n = w->n};
    const char **codes = arena_array(w->g.arena, w->n + 1, sizeof *codes);
    if (!codes)
        return err_set(w->r->err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; i < w->n; i++)
        codes[i] = w->lost[i].code;
    qsort(codes, w->n, sizeof *codes, gather_by_text);
    which.counties = codes;
    return follow_mark(w->store, w->r->config, &which, FOLLOW_NEWER, w->g.arena, &marked,
                       w->r->err);
}

/* What was wrong with what is gone, is. */
static int look_at_quality(struct work *w)
{
    const struct alarm alarm = {.config = w->r->config,
                                .arena = w->g.arena,
                                .now_ms = w->r->now_ms,
                                .transitions = &w->r->transitions,
                                .err = w->r->err};
    return alarm_quality(w->store, &alarm, w->r->source);
}

static int work_through(struct work *w)
{
    struct retract *r = w->r;
    int rc = take_all_back(w);
    if (!rc)
        rc = await_load(r->config, w->store, &w->g.await, r->err);
    if (!rc)
        rc = judge_round(w);
    for (size_t i = 0; !rc && i < w->n; i++)
        if (w->lost[i].gone)
            rc = follow_county(w, w->lost[i].code);
    r->counties = w->n;
    if (!rc)
        rc = look_at_quality(w);
    return rc ? rc : mark_newer(w);
}

int retract_all(struct store *store, void *arg)
{
    struct retract *r = arg;
    struct work w = {.r = r,
                     .store = store,
                     .g = {.config = r->config,
                           .loader = r->loader,
                           .reader = store,
                           .arena = arena_new(RETRACT_BYTES),
                           .words = arena_new(WORDS_BYTES)},
                     .by_code = map_new(4096)};
    int rc = w.g.arena && w.g.words && w.by_code
                 ? store_begin(store, r->err)
                 : err_set(r->err, JH_ENOMEM, "out of memory");
    if (!rc) {
        rc = work_through(&w);
        if (!rc)
            rc = store_commit(store, r->err);
        if (rc)
            store_rollback(store);
    }
    map_free(w.by_code);
    await_unref(w.g.await);
    arena_free(w.g.arena);
    arena_free(w.g.words);
    return rc;
}

int retract_check(struct store *reader, const struct gather_body *body,
                  struct round round, struct arena *arena, struct jh_err *err)
{
    struct store_submission was;
    char text[ROUND_TEXT], at[DATE_TEXT];
    int rc = store_submission_retracted(reader, body->source->name, round, body->sha256,
                                        arena, &was, err);
    if (rc)
        return rc == JH_ENOENT ? 0 : rc;
    round_print(round, text);
    date_stamp(was.retracted_ms, at);
    return err_at(
        err, JH_EREFUSED, body->name, 0, 0,
        "round %s was %s by %s on %.10s%s%s; it stays so until the file changes", text,
        strcmp(was.review, "returned") == 0 ? "returned" : "retracted", was.retracted_by,
        at, *was.retracted_reason ? ": " : "", was.retracted_reason);
}
