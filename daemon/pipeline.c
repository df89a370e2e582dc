/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The main story, told once. A source was due (1) and delivered bytes; then, here:
 *
 *   2 bytes        nothing new?  the same (body, mapping, standards, scripts): stop
 *   3 rows         the format plugin reads cells          \
 *   4 dataset      rows become counties, joined with the   > story/gather
 *                  other parts of their round             /
 *   5 evaluation   standards and local indicators           story/assess
 *   6 difference   against the history                    \
 *   7 alert        the pure step of alert/                 > story/commit, story/alarm
 *   8 commit       all of it and the outbox, at once      /
 *
 * and the notifiers send what was committed (9), and write down what came of it (10).
 */
#include "pipeline.h"

#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "pipeline_work.h"
#include "story/retract.h"

/* Rounds that are judged again. */
struct rounds {
    struct round *list;
    size_t n;
};

enum { JOB_BYTES = 1 << 30, WORDS_BYTES = 1 << 29 };

int pipeline_new(const struct pipeline_parts *parts, struct pipeline **ret,
                 struct jh_err *err)
{
    struct pipeline *p = calloc(1, sizeof *p);
    if (!p)
        return err_set(err, JH_ENOMEM, "out of memory");
    p->parts = *parts;
    *ret = p;
    return 0;
}

void pipeline_free(struct pipeline *p)
{
    if (!p)
        return;
    pipeline_forget(p);
    config_unref(p->config);
    script_set_unref(p->scripts);
    free(p);
}

void pipeline_forget(struct pipeline *p)
{
    await_unref(p->await);
    p->await = NULL;
    p->known = false;
}

void pipeline_configure(struct pipeline *p, const struct config *config,
                        struct script_set *scripts)
{
    const struct config *old_config = p->config;
    struct script_set *old_scripts = p->scripts;
    if (config != old_config || scripts != old_scripts)
        pipeline_settle(p);
    if (config != old_config)
        pipeline_forget(p);
    p->config = config_ref(config);
    p->scripts = scripts ? script_set_ref(scripts) : NULL;
    config_unref(old_config);
    script_set_unref(old_scripts);
}

const struct config *pipeline_config(const struct pipeline *p)
{
    return p->config;
}

static const char *scripts_sha256(const struct pipeline *p)
{
    return p->scripts ? script_set_sha256(p->scripts) : "";
}

/* Step 2: was the last committed body of this source and name the same, read the same way? */
static int unchanged(const struct pipeline *p, const struct gather *g,
                     const struct gather_body *body, bool *ret, struct jh_err *err)
{
    struct store_submission last;
    char tuple[65];
    int rc = store_submission_last(g->reader, body->source->name, body->name, g->arena,
                                   &last, err);
    if (rc && rc != JH_ENOENT)
        return rc;
    commit_tuple(p->config, scripts_sha256(p), g->await, body->source, body->sha256,
                 tuple);
    *ret = rc == 0 && !last.retracted_ms && strcmp(last.tuple, tuple) == 0;
    return 0;
}

static void report_lost(struct pipeline_report *report, const struct jh_err *lost,
                        const char *then)
{
    if (lost->code && report->n_first < PIPELINE_FIRST)
        err_at(&report->first[report->n_first++], lost->code, lost->file, lost->line,
               lost->col, "%s; %s", lost->text, then);
}

static void report_rejected(struct pipeline_report *report, const struct rejected *r,
                            const char *file)
{
    if (report->n_first < PIPELINE_FIRST)
        err_at(&report->first[report->n_first++], JH_EINVAL, file, r->line, r->col,
               "%s: \"%s\" %s%s", r->column, r->value, r->reason,
               r->row ? "; row dropped" : "");
}

static void report_data(const struct gathered *gathered, struct pipeline_report *report)
{
    const struct intake_result *now = &gathered->now;
    report->round = gathered->round;
    report->counties += now->n;
    report->rejected += now->rejected_total;
    report->findings += now->n_findings;
    for (size_t i = 0; i < now->n; i++)
        report->schools += now->datasets[i]->n;
    report_lost(report, &gathered->before_lost,
                "its counties are compared with what else there is");
    report_lost(report, &gathered->reported.lost, "items are judged without it");
    for (size_t i = 0; i < now->n_rejected; i++) {
        const struct rejected *r = &now->rejected[i];
        report_rejected(report, r,
                        r->file < gathered->n_parts ? gathered->parts[r->file].name : "");
    }
}

/* What the standards in use show of the data, and of what counties report. */
static void report_judged(const struct assessed *assessed, struct pipeline_report *report)
{
    size_t n = assess_findings(assessed);
    report->judged_findings += n;
    report->findings += n;
}

/* A county that nobody knows is most likely a slip of the pen. */
static void report_unknown(const struct config *config, const struct reported_body *body,
                           struct pipeline_report *report)
{
    for (size_t i = 0; config->n_divisions && i < body->sub.n_counties; i++) {
        const char *county = body->sub.counties[i];
        if (config_division(config, county))
            continue;
        report->findings++;
        if (report->n_first < PIPELINE_FIRST)
            err_at(&report->first[report->n_first++], JH_ENOENT, body->sub.name, 0, 0,
                   "county %s is not in the divisions file; its data wait for schools",
                   county);
    }
}

static void report_county_data(const struct config *config,
                               const struct reported_body *body,
                               struct pipeline_report *report)
{
    report->round = body->sub.round;
    report->counties = body->sub.n_counties;
    report->rejected = body->data.n_rejected;
    for (size_t i = 0; i < body->data.n_rejected; i++)
        report_rejected(report, &body->data.rejected[i], body->sub.name);
    report_unknown(config, body, report);
}

/* Step 5, and all that the commit needs. */
static int judge_turn(struct pipeline *p, struct turn *t)
{
    int rc =
        assess(&t->g, &t->gathered, p->parts.scripts, p->scripts, &t->assessed, t->err);
    if (rc)
        return rc;
    t->commit = (struct commit){.config = p->config,
                                .scripts = p->scripts,
                                .scripts_sha256 = scripts_sha256(p),
                                .await = t->g.await,
                                .body = t->body.source ? &t->body : NULL,
                                .gathered = &t->gathered,
                                .assessed = &t->assessed,
                                .arena = t->g.arena,
                                .now_ms = clock_wall(p->parts.clock),
                                .err = t->err};
    return commit_pack(&t->commit);
}

/* What was judged and kept. */
static void report_kept(struct pipeline *p, struct turn *t)
{
    struct pipeline_report *report = &t->report;
    const struct assessed *assessed = &t->assessed;
    if (t->body.source && t->g.await && await_silent(t->g.await, t->body.source))
        pipeline_forget(p);
    report_data(&t->gathered, report);
    report_judged(assessed, report);
    report->broken += assessed->broken;
    report->lapse = assessed->lapse;
    report->scripts_ran = !assessed->lapse.code && p->scripts && assessed->n &&
                          script_set_count(p->scripts);
    report->pass += t->commit.pass;
    report->fail += t->commit.fail;
    report->unknown += t->commit.unknown;
    report->transitions += t->commit.transitions;
}

void pipeline_end(const struct gather *g)
{
    await_unref(g->await);
    arena_free(g->arena);
    arena_free(g->words);
}

static int know_silent(struct pipeline *p, struct jh_err *err)
{
    int rc = p->known ? 0 : await_load(p->config, p->parts.reader, &p->await, err);
    p->known = !rc;
    return rc;
}

static int begin(struct pipeline *p, struct gather *g, struct jh_err *err)
{
    *g = (struct gather){.config = p->config,
                         .loader = p->parts.loader,
                         .reader = p->parts.reader,
                         .today = date_of_ms(clock_wall(p->parts.clock)),
                         .arena = arena_new(JOB_BYTES),
                         .words = arena_new(WORDS_BYTES)};
    int rc = g->arena && g->words ? know_silent(p, err)
                                  : err_set(err, JH_ENOMEM, "out of memory");
    g->await = rc ? NULL : await_ref(p->await);
    if (rc)
        pipeline_end(g);
    return rc;
}

int pipeline_begin(struct pipeline *p, struct gather *g, struct jh_err *err)
{
    pipeline_settle(p);
    return begin(p, g, err);
}

int turn_begin(struct pipeline *p, struct turn *t)
{
    return begin(p, &t->g, t->err);
}

void turn_done(struct turn *t)
{
    commit_done(&t->commit);
    gathered_done(&t->gathered);
    pipeline_end(&t->g);
}

static int judge_again(struct pipeline *p, const struct follow *which,
                       const struct rounds *planned, struct pipeline_report *ret,
                       struct jh_err *err);

static bool is_planned(const struct rounds *planned, struct round round)
{
    for (size_t i = 0; i < planned->n; i++)
        if (round_cmp(planned->list[i], round) == 0)
            return true;
    return false;
}

/*
 * Judges again what a commit has marked stale, but for rounds that are planned anyway. What was
 * committed stands whatever becomes of it.
 */
static void follow(struct pipeline *p, const struct follow_list *marked,
                   const struct rounds *planned, struct pipeline_report *report)
{
    for (size_t i = 0; i < marked->n; i++) {
        struct pipeline_report one = {0};
        struct jh_err why = {0};
        if (is_planned(planned, marked->list[i].round))
            continue;
        int rc = judge_again(p, &marked->list[i], planned, &one, &why);
        if (rc && !why.code)
            err_set(&why, rc, "%s", err_name(rc));
        report->again += one.counties + one.again;
        report->broken += one.broken;
        report->transitions += one.transitions;
        report->judged_findings += one.judged_findings;
        if (one.lapse.code)
            report->lapse = one.lapse;
        if (!report->failed.code)
            report->failed = rc ? why : one.failed;
    }
}

void pipeline_follow(struct pipeline *p, const struct follow_list *marked,
                     struct pipeline_report *report)
{
    static const struct rounds none = {0};
    follow(p, marked, &none, report);
}

/* The same bytes again, of a round that a person took back: no fault of the source, no news. */
static int was_retracted(const struct gather *g, const struct gather_body *body,
                         struct round round, struct pipeline_report *report,
                         struct jh_err *err)
{
    struct jh_err why = {0};
    int rc = retract_check(g->reader, body, round, g->arena, &why);
    if (rc == JH_EREFUSED) {
        report->retracted = true;
        report->round = round;
        report->first[report->n_first++] = why;
        return 0;
    }
    if (rc && err)
        *err = why;
    return rc;
}

int turn_known(struct pipeline *p, struct turn *t, bool *ret)
{
    struct gather_body *body = &t->body;
    sha256_hex(body->bytes, body->n, body->sha256);
    memcpy(t->report.sha256, body->sha256, sizeof t->report.sha256);
    t->report.first_heard = t->g.await && await_silent(t->g.await, body->source);
    int rc = unchanged(p, &t->g, body, &t->report.unchanged, t->err);
    *ret = t->report.unchanged;
    return rc;
}

int turn_judge(struct pipeline *p, struct turn *t, bool *ret)
{
    int rc = gather_body(&t->g, &t->body, &t->gathered, t->err);
    if (!rc)
        rc = was_retracted(&t->g, &t->body, t->gathered.round, &t->report, t->err);
    *ret = t->report.retracted;
    return rc || *ret ? rc : judge_turn(p, t);
}

void turn_kept(struct pipeline *p, struct turn *t)
{
    report_kept(p, t);
    pipeline_follow(p, &t->commit.rest, &t->report); /* its counties are of `gathered` */
    pipeline_follow(p, &t->commit.newer, &t->report);
}

/* Steps 3 to 8 of rows of schools, and what follows from them. */
static int run_schools(struct pipeline *p, struct turn *t)
{
    bool done = false;
    int rc = turn_judge(p, t, &done);
    if (rc || done)
        return rc;
    rc = p->parts.write(p->parts.write_arg, commit_all, &t->commit);
    if (!rc)
        turn_kept(p, t);
    return rc;
}

/* County data are kept first; then the counties they touch are judged again with them. */
static int keep_county_data(struct pipeline *p, struct turn *t,
                            const struct reported_body *reported)
{
    t->commit = (struct commit){.config = p->config,
                                .scripts = p->scripts,
                                .scripts_sha256 = scripts_sha256(p),
                                .await = t->g.await,
                                .body = &t->body,
                                .reported = reported,
                                .arena = t->g.arena,
                                .now_ms = clock_wall(p->parts.clock),
                                .err = t->err};
    int rc = commit_pack(&t->commit);
    if (!rc)
        rc = p->parts.write(p->parts.write_arg, commit_reported, &t->commit);
    if (rc)
        return rc;
    report_county_data(p->config, reported, &t->report);
    pipeline_follow(p, &t->commit.rest, &t->report);
    t->report.findings += t->report.judged_findings; /* what it says wrongly shows now */
    return 0;
}

static int run_county_data(struct pipeline *p, struct turn *t)
{
    struct reported_body reported = {0};
    int rc = reported_body(&t->g, &t->body, &reported, t->err);
    if (!rc)
        rc = was_retracted(&t->g, &t->body, reported.sub.round, &t->report, t->err);
    if (!rc && !t->report.retracted)
        rc = keep_county_data(p, t, &reported);
    reported_body_done(&reported);
    return rc;
}

int pipeline_run(struct pipeline *p, struct gather_body *body,
                 struct pipeline_report *ret, struct jh_err *err)
{
    struct turn t = {.body = *body, .err = err};
    bool done = false;
    int rc = pipeline_begin(p, &t.g, err);
    if (rc)
        return rc;
    rc = turn_known(p, &t, &done);
    memcpy(body->sha256, t.body.sha256, sizeof body->sha256);
    if (!rc && !done)
        rc = body->source->county ? run_county_data(p, &t) : run_schools(p, &t);
    turn_done(&t);
    if (!rc)
        *ret = t.report;
    return rc;
}

/* Ends: what follows from a round is newer, or the same with nothing left to change. */
static int judge_again(struct pipeline *p, const struct follow *which,
                       const struct rounds *planned, struct pipeline_report *ret,
                       struct jh_err *err)
{
    struct turn t = {.err = err};
    int rc = pipeline_begin(p, &t.g, err);
    if (rc)
        return rc;
    rc = gather_round(&t.g, which, &t.gathered, err);
    if (!rc)
        rc = judge_turn(p, &t);
    if (!rc)
        rc = p->parts.write(p->parts.write_arg, commit_all, &t.commit);
    if (!rc) {
        report_kept(p, &t);
        follow(p, &t.commit.newer, planned, &t.report);
    }
    turn_done(&t);
    if (!rc)
        *ret = t.report;
    return rc;
}

int pipeline_again(struct pipeline *p, struct round round, const char *county,
                   struct pipeline_report *ret, struct jh_err *err)
{
    static const struct rounds none = {0};
    struct follow which = {round, &county, county ? 1 : 0};
    return judge_again(p, &which, &none, ret, err);
}

static int by_round(const void *a, const void *b)
{
    return round_cmp(*(const struct round *)a, *(const struct round *)b);
}

size_t pipeline_rounds(struct round *rounds, size_t n)
{
    size_t kept = 0;
    qsort(rounds, n, sizeof *rounds, by_round);
    for (size_t i = 0; i < n; i++)
        if (!kept || round_cmp(rounds[kept - 1], rounds[i]) != 0)
            rounds[kept++] = rounds[i];
    return kept;
}

int pipeline_stale(struct pipeline *p, struct round **ret, size_t *ret_n,
                   struct jh_err *err)
{
    struct gather g;
    struct store_submission *subs;
    struct round *rounds = NULL;
    size_t n, n_rounds = 0;
    int rc = pipeline_begin(p, &g, err);
    if (rc)
        return rc;
    rc = store_submissions_of(g.reader, STORE_ANY, (struct round){0}, g.arena, &subs, &n,
                              err);
    if (!rc && !(rounds = calloc(n + 1, sizeof *rounds)))
        rc = err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n; i++) {
        char tuple[65];
        const struct source_conf *source = follow_reader(p->config, &subs[i]);
        if (!source)
            continue;
        commit_tuple(p->config, scripts_sha256(p), g.await, source, subs[i].sha256,
                     tuple);
        if (strcmp(tuple, subs[i].tuple) != 0)
            rounds[n_rounds++] = subs[i].round;
    }
    pipeline_end(&g);
    if (rc)
        return rc;
    *ret = rounds;
    *ret_n = pipeline_rounds(rounds, n_rounds);
    return 0;
}

void pipeline_sum_up(struct pipeline_report *to, const struct pipeline_report *report)
{
    to->round = report->round;
    to->counties += report->counties;
    to->schools += report->schools;
    to->rejected += report->rejected;
    to->findings += report->findings;
    to->broken += report->broken;
    to->scripts_ran |= report->scripts_ran;
    if (report->lapse.code)
        to->lapse = report->lapse;
    to->pass += report->pass;
    to->fail += report->fail;
    to->unknown += report->unknown;
    to->transitions += report->transitions;
    to->again += report->again;
    if (!to->failed.code)
        to->failed = report->failed;
}

/* Of several errors the one to tell: one that may pass, else what is wrong with the data. */
static int weight(int code)
{
    return code == JH_ENOENT ? 1 : code == JH_EINVAL || code == JH_EREFUSED ? 2 : 3;
}

int pipeline_refresh(struct pipeline *p, struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct rounds stale;
    int first = pipeline_stale(p, &stale.list, &stale.n, err);
    if (first)
        return first;
    for (size_t i = 0; i < stale.n; i++) {
        struct pipeline_report one = {0};
        struct jh_err why = {0};
        struct follow which = {.round = stale.list[i]};
        int rc = judge_again(p, &which, &stale, &one, &why);
        if (!rc)
            pipeline_sum_up(&report, &one);
        if (!rc && one.failed.code) {
            why = one.failed;
            rc = why.code;
        }
        if (!rc || (first && weight(rc) <= weight(first)))
            continue;
        if (err)
            *err = why;
        first = rc;
    }
    free(stale.list);
    *ret = report;
    return first;
}
