/* SPDX-License-Identifier: Apache-2.0 */
/* What people decide, from the handlers of api/: the pipeline does it, the loop hears of it. */
#include "daemon.h"
#include "daemon_bodies.h"
#include "daemon_clock.h"
#include "daemon_due.h"

struct certified {
    struct daemon *d;
    const struct pipeline_report *report;
};

/* Also after an error: it may have come after a commit. */
static int certified_on_loop(void *arg)
{
    const struct certified *c = arg;
    bodies_scripts(c->d, c->report);
    bodies_failed(c->d, c->report);
    due_now(c->d);
    notify_wake(c->d->notify);
    return 0;
}

int daemon_certify(struct daemon *d, const struct store_cert *certs, size_t n,
                   bool remove, struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct certified certified = {d, &report};
    if (clock_refuses(d, err))
        return JH_EBUSY;
    struct pipeline *pipeline = bodies_pipeline_lock(d);
    int rc = pipeline_certify(pipeline, certs, n, remove, &report, err);
    bodies_pipeline_unlock(d);
    calls_run(d->calls, certified_on_loop, &certified);
    if (!rc)
        *ret = report;
    return rc;
}

int daemon_standing(struct daemon *d, struct standing_work *work,
                    struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct certified done = {d, &report};
    if (clock_refuses(d, err))
        return JH_EBUSY;
    struct pipeline *pipeline = bodies_pipeline_lock(d);
    int rc = pipeline_standing(pipeline, work, &report, err);
    bodies_pipeline_unlock(d);
    calls_run(d->calls, certified_on_loop, &done);
    if (rc)
        return rc;
    log_event(&d->log, LOG_WARN, "standing.decided", LOG_S("county", work->county),
              LOG_S("standard", work->standard),
              LOG_S("act", standing_event_id(work->event)),
              LOG_S("state", standing_state_id(work->row.standing.state)),
              LOG_S("by", work->by), LOG_S("document", work->document),
              LOG_S("reason", work->reason), LOG_N("transitions", report.transitions));
    *ret = report;
    return 0;
}

int daemon_accept(struct daemon *d, const char *id, const char *by, const char *reason,
                  struct pipeline_report *ret, struct jh_err *err)
{
    struct pipeline_report report = {0};
    struct certified done = {d, &report};
    if (clock_refuses(d, err))
        return JH_EBUSY;
    struct pipeline *pipeline = bodies_pipeline_lock(d);
    int rc = pipeline_accept(pipeline, id, by, reason, &report, err);
    bodies_pipeline_unlock(d);
    if (rc)
        return rc;
    log_event(&d->log, LOG_WARN, "finding.accepted", LOG_S("id", id), LOG_S("by", by),
              LOG_S("reason", reason), LOG_N("counties", report.again),
              LOG_N("transitions", report.transitions));
    calls_run(d->calls, certified_on_loop, &done);
    *ret = report;
    return 0;
}

static int retracted_on_loop(void *arg)
{
    struct daemon *d = arg;
    notify_wake(d->notify);
    bodies_refresh(d); /* newer rounds were compared with what is gone */
    due_now(d);
    return 0;
}

int daemon_retract(struct daemon *d, struct retract *retract, struct jh_err *err)
{
    char round[ROUND_TEXT];
    if (clock_refuses(d, err))
        return JH_EBUSY;
    struct pipeline *pipeline = bodies_pipeline_lock(d);
    int rc = pipeline_retract(pipeline, retract, err);
    bodies_pipeline_unlock(d);
    if (rc)
        return rc;
    round_print(retract->round, round);
    log_event(&d->log, LOG_WARN, retract->returned ? "data.returned" : "data.retracted",
              LOG_S("source", retract->source), LOG_S("round", round),
              LOG_S("by", retract->by), LOG_S("reason", retract->reason),
              LOG_N("submissions", retract->retracted),
              LOG_N("restored", retract->restored), LOG_N("counties", retract->counties),
              LOG_N("gone", retract->gone), LOG_N("transitions", retract->transitions));
    calls_run(d->calls, retracted_on_loop, d);
    return 0;
}

int daemon_review(struct daemon *d, struct review_accept *review,
                  struct pipeline_report *ret, struct jh_err *err)
{
    char round[ROUND_TEXT];
    struct pipeline_report report = {0};
    struct certified done = {d, &report};
    if (clock_refuses(d, err))
        return JH_EBUSY;
    struct pipeline *pipeline = bodies_pipeline_lock(d);
    int rc = pipeline_review(pipeline, review, &report, err);
    bodies_pipeline_unlock(d);
    if (rc)
        return rc;
    round_print(review->round, round);
    log_event(&d->log, LOG_WARN, "data.reviewed", LOG_S("source", review->source),
              LOG_S("round", round), LOG_S("by", review->by),
              LOG_S("reason", review->reason), LOG_N("submissions", review->reviewed),
              LOG_N("counties", report.again), LOG_N("transitions", report.transitions));
    calls_run(d->calls, certified_on_loop, &done);
    *ret = report;
    return 0;
}
