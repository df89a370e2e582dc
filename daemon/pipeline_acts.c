/* SPDX-License-Identifier: Apache-2.0 */
/* What people decide: each is kept first, then what it concerns is judged at once. */
#include "pipeline_work.h"
#include "story/commit.h"

/* The newest rounds in which these counties have been judged, each once. */
static int newest_rounds(struct pipeline *p, const struct store_cert *certs, size_t n,
                         struct arena *arena, struct round *rounds, size_t *ret_n,
                         struct jh_err *err)
{
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        struct store_verdict newest;
        int rc = store_verdict_newest(
            p->parts.reader, certs[i].cert.county, certs[i].cert.standard,
            certs[i].cert.baseline.month != 0, arena, &newest, err);
        if (rc && rc != JH_ENOENT)
            return rc;
        if (!rc)
            rounds[found++] = newest.round;
    }
    *ret_n = pipeline_rounds(rounds, found);
    return 0;
}

/* What the archive cannot judge any more: an alert without a certification ends all the same. */
static int end_lost(struct pipeline *p, const struct store_cert *certs, size_t n,
                    struct arena *arena, struct pipeline_report *report,
                    struct jh_err *err)
{
    for (size_t i = 0; i < n; i++) {
        struct commit_lost lost = {.config = p->config,
                                   .county = certs[i].cert.county,
                                   .standard = certs[i].cert.standard,
                                   .arena = arena,
                                   .now_ms = clock_wall(p->parts.clock),
                                   .err = err};
        int rc = p->parts.write(p->parts.write_arg, commit_lost, &lost);
        if (rc)
            return rc;
        report->transitions += lost.transitions;
    }
    return 0;
}

/* Titles have changed: the newest rounds of their counties are judged at once. */
static int judge_titles(struct pipeline *p, const struct store_cert *certs, size_t n,
                        bool removed, struct arena *arena, struct pipeline_report *report,
                        struct jh_err *err)
{
    struct round *rounds = arena_array(arena, n, sizeof *rounds);
    size_t n_rounds = 0;
    int rc = rounds ? newest_rounds(p, certs, n, arena, rounds, &n_rounds, err)
                    : err_set(err, JH_ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < n_rounds; i++) {
        struct pipeline_report one = {0};
        rc =
            pipeline_again(p, rounds[i], n == 1 ? certs[0].cert.county : NULL, &one, err);
        rc = rc == JH_ENOENT ? 0 : rc;
        pipeline_sum_up(report, &one);
    }
    return rc || !removed ? rc : end_lost(p, certs, n, arena, report, err);
}

int pipeline_certify(struct pipeline *p, const struct store_cert *certs, size_t n,
                     bool remove, struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct commit_certs commit = {certs, n, remove, err};
    struct gather g;
    int rc = pipeline_begin(p, &g, err);
    if (rc)
        return rc;
    rc = p->parts.write(p->parts.write_arg, commit_certs, &commit);
    if (!rc)
        rc = judge_titles(p, certs, n, remove, g.arena, &report, err);
    pipeline_end(&g);
    if (!rc)
        *ret = report;
    return rc;
}

int pipeline_standing(struct pipeline *p, struct standing_work *work,
                      struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct gather g;
    int rc = pipeline_begin(p, &g, err);
    if (rc)
        return rc;
    work->config = p->config;
    work->now_ms = clock_wall(p->parts.clock);
    work->err = err;
    rc = p->parts.write(p->parts.write_arg, standing_decide, work);
    report.transitions = work->transitions;
    bool taken = work->follows & STANDING_TAKE_TITLE;
    if (!rc && (taken || work->follows & STANDING_GIVE_TITLE))
        rc = judge_titles(p, &work->cert, 1, taken, g.arena, &report, err);
    pipeline_end(&g);
    if (!rc)
        *ret = report;
    return rc;
}

int pipeline_retract(struct pipeline *p, struct retract *retract, struct jh_err *err)
{
    int rc = retract->returned ? review_asked(p->config, retract->source, err) : 0;
    if (rc)
        return rc;
    retract->config = p->config;
    retract->loader = p->parts.loader;
    retract->scripts = p->parts.scripts;
    retract->set = p->scripts;
    retract->now_ms = clock_wall(p->parts.clock);
    retract->err = err;
    pipeline_settle(p);
    pipeline_forget(p);
    return p->parts.write(p->parts.write_arg, retract_all, retract);
}

int pipeline_accept(struct pipeline *p, const char *id, const char *by,
                    const char *reason, struct pipeline_report *ret, struct jh_err *err)
{
    struct gather g;
    int rc = pipeline_begin(p, &g, err);
    if (rc)
        return rc;
    struct commit_accept accept = {.config = p->config, .arena = g.arena, .err = err};
    rc = store_finding_get(p->parts.reader, id, g.arena, &accept.finding, err);
    if (rc == JH_ENOENT)
        err_set(err, rc, "no finding has the id %s: see junhengctl findings list", id);
    accept.finding.by = by;
    accept.finding.reason = reason;
    accept.finding.accepted_ms = clock_wall(p->parts.clock);
    if (!rc)
        rc = p->parts.write(p->parts.write_arg, commit_accept, &accept);
    if (!rc) {
        *ret = (struct pipeline_report){0};
        pipeline_follow(p, &accept.rest, ret);
    }
    pipeline_end(&g);
    return rc;
}

int pipeline_review(struct pipeline *p, struct review_accept *review,
                    struct pipeline_report *ret, struct jh_err *err)
{
    struct gather g;
    int rc = pipeline_begin(p, &g, err);
    if (rc)
        return rc;
    review->config = p->config;
    review->now_ms = clock_wall(p->parts.clock);
    review->arena = g.arena;
    review->err = err;
    rc = p->parts.write(p->parts.write_arg, review_accept, review);
    if (!rc) {
        *ret = (struct pipeline_report){0};
        pipeline_follow(p, &review->rest, ret);
    }
    pipeline_end(&g);
    return rc;
}
