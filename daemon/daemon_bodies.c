/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_bodies.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "daemon_clock.h"
#include "daemon_files.h"
#include "daemon_sources.h"

enum {
    QUEUE_TEXT = 1200,
    RETRY_MS = 60000,
    RETRY_LAPSE_MS = 1000, /* junheng-lua is started again at once */
    RETRY_MOST_MS = 3600000,
    BODY_BYTES = 1024, /* what a body costs beside its own bytes */
    QUEUE_MANY = 20000 /* so many are enough, be they ever so small */
};

/* The bodies of one poll share one: validators count only when all of them went well. */
struct batch {
    size_t left, failed; /* refused, or not evaluated at all */
    size_t refused, retracted;
    struct jh_err first; /* why the first one was refused */
    char *source, *etag, *last_modified;
    int64_t wait_ms; /* from this poll to the next, if it goes well */
};

struct job {
    struct daemon *d;
    struct batch *batch; /* NULL: evaluate again what is stale */
    char *name, *url, *type, *bytes;
    char *retracts; /* a round, or NULL */
    size_t n;
    int64_t received_ms;
    struct files files; /* out; of the archive it is one */
};

static char *copy(const char *text)
{
    return strdup(text ? text : "");
}

static void job_free(struct job *job)
{
    free(job->name);
    free(job->url);
    free(job->type);
    free(job->retracts);
    free(job->bytes);
    files_done(&job->files);
    free(job);
}

static void batch_free(struct batch *batch)
{
    free(batch->source);
    free(batch->etag);
    free(batch->last_modified);
    free(batch);
}

/* ---- in the worker thread ---------------------------------------------------------------- */

struct pipeline *bodies_pipeline_lock(struct daemon *d)
{
    const struct config *config;
    struct script_set *set;
    uv_mutex_lock(&d->pipeline_lock);
    daemon_snapshot(d, &config, &set);
    pipeline_configure(d->pipeline, config, set);
    config_unref(config);
    script_set_unref(set);
    return d->pipeline;
}

void bodies_pipeline_unlock(struct daemon *d)
{
    uv_mutex_unlock(&d->pipeline_lock);
}

static int run_body(struct job *job, struct pipeline *pipeline)
{
    const struct batch *batch = job->batch;
    const struct config *config = pipeline_config(pipeline);
    struct gather_body body = {.source = config_source(config, batch->source),
                               .name = job->name,
                               .url = job->url,
                               .type = job->type,
                               .etag =
                                   "", /* written down when the whole batch went well */
                               .last_modified = "",
                               .bytes = job->bytes,
                               .n = job->n,
                               .received_ms = job->received_ms};
    if (!body.source)
        return JH_ECANCELED; /* removed by a reload */
    if (job->retracts)
        files_retract(&job->files, pipeline, &body, job->retracts);
    else
        files_run(&job->files, pipeline, &body);
    return 0;
}

static int run_archive(struct job *job, struct pipeline *pipeline)
{
    struct file_outcome *to = files_new(&job->files, 1);
    return to ? pipeline_refresh(pipeline, &to->report, &to->err) : JH_ENOMEM;
}

static int job_run(void *arg)
{
    struct job *job = arg;
    struct pipeline *pipeline = bodies_pipeline_lock(job->d);
    int rc = job->batch ? run_body(job, pipeline) : run_archive(job, pipeline);
    free(job->bytes); /* not on the loop: hundreds of megabytes take their time */
    job->bytes = NULL;
    bodies_pipeline_unlock(job->d);
    return rc;
}

void bodies_ended(void *arg)
{
    struct daemon *d = arg;
    pipeline_settle(bodies_pipeline_lock(d));
    bodies_pipeline_unlock(d);
}

/* ---- back on the loop ------------------------------------------------------------------------ */

static void log_rejected(struct daemon *d, const char *source,
                         const struct pipeline_report *report)
{
    for (size_t i = 0; i < report->n_first; i++) {
        char text[QUEUE_TEXT];
        err_format(&report->first[i], text, sizeof text);
        log_event(&d->log, LOG_WARN, "data.rejected", LOG_S("source", source),
                  LOG_S("text", text));
    }
    if (report->rejected > report->n_first)
        log_event(&d->log, LOG_WARN, "data.rejected", LOG_S("source", source),
                  LOG_N("more", report->rejected - report->n_first));
}

static void log_evaluated(struct daemon *d, const char *source,
                          const struct pipeline_report *r)
{
    char round[ROUND_TEXT];
    round_print(r->round, round);
    log_event(&d->log, LOG_INFO, "round.evaluated", LOG_S("source", source),
              LOG_S("round", round), LOG_N("counties", r->counties),
              LOG_N("schools", r->schools), LOG_N("pass", r->pass),
              LOG_N("fail", r->fail), LOG_N("unknown", r->unknown),
              LOG_N("transitions", r->transitions), LOG_N("rejected", r->rejected),
              LOG_N("findings", r->findings), LOG_N("broken", r->broken),
              LOG_N("again", r->again));
    log_rejected(d, source, r);
}

static void refused(struct daemon *d, struct batch *batch, const struct jh_err *err)
{
    char text[QUEUE_TEXT];
    err_format(err, text, sizeof text);
    d->counts.refused++;
    batch->failed++;
    if (err->code == JH_EIO)
        sources_owe(d, batch->source);
    if (!batch->refused++)
        batch->first = *err;
    log_event(&d->log, sources_is_news(d, batch->source, text) ? LOG_ERROR : LOG_DEBUG,
              "data.refused", LOG_S("source", batch->source), LOG_S("text", text),
              LOG_S("then", "earlier data stay in force"));
}

/* What is wrong with the data stays wrong until a reload; a full disk may have been emptied. */
static bool may_pass(int code)
{
    return code != JH_EINVAL && code != JH_EREFUSED && code != JH_ENOENT;
}

/* Only what is wrong with a body is its source's fault at once: no full disk or queue is. */
static void note_refused(struct daemon *d, const struct batch *batch,
                         const struct jh_err *err, int64_t received_ms)
{
    struct poll_state state;
    char text[QUEUE_TEXT];
    if (poll_state(d->poll, batch->source, &state))
        return;
    err_format(err, text, sizeof text);
    sources_note(d, &(struct source_note){.name = batch->source,
                                          .error = text,
                                          .at_ms = received_ms,
                                          .wait_ms = state.next_ms - received_ms,
                                          .failures = state.failures,
                                          .refused = !may_pass(err->code)});
}

/* One poll, one failure, however many of its bodies were refused: the first one is told. */
static void tell_refused(struct daemon *d, const struct batch *batch, int64_t received_ms)
{
    const struct jh_err *first = &batch->first;
    struct jh_err err = *first;
    if (batch->refused > 1)
        err_at(&err, first->code, first->file, first->line, first->col,
               "%.600s (and %zu more bodies were refused)", first->text,
               batch->refused - 1);
    if (!batch->refused || !d->poll)
        return;
    poll_refused(d->poll, batch->source, &err);
    note_refused(d, batch, &err, received_ms);
}

/* All bodies of the poll have been looked at. */
static void batch_done(struct daemon *d, struct batch *batch, int64_t received_ms)
{
    tell_refused(d, batch, received_ms);
    if (!batch->failed && !batch->retracted)
        sources_recovered(d, batch->source);
    if (!batch->failed) {
        sources_remember(d, batch->source, batch->etag, batch->last_modified);
        sources_note(d, &(struct source_note){.name = batch->source,
                                              .error = "",
                                              .etag = batch->etag,
                                              .last_modified = batch->last_modified,
                                              .at_ms = received_ms,
                                              .wait_ms = batch->wait_ms});
    }
    batch_free(batch);
}

static void committed(struct daemon *d, const char *source,
                      const struct pipeline_report *r)
{
    d->counts.evaluated++;
    d->counts.transitions += (int64_t)r->transitions;
    d->counts.script_broken += (int64_t)r->broken;
    log_evaluated(d, source, r);
    bodies_scripts(d, r);
    if (r->transitions)
        notify_wake(d->notify);
}

static void on_retry(void *arg)
{
    bodies_refresh(arg);
}

/* The pause begins with first_ms and doubles until something went well. */
static void retry_later(struct daemon *d, int64_t first_ms)
{
    if (d->stopping)
        return;
    int64_t wait = d->retry_ms ? d->retry_ms : first_ms;
    d->retry_ms = 2 * wait < RETRY_MOST_MS ? 2 * wait : RETRY_MOST_MS;
    if (d->retry)
        loop_timer_again(d->retry, wait, 0);
    else
        d->retry = loop_timer_start(&d->loop, wait, 0, on_retry, d);
}

static void archive_failed(struct daemon *d, const struct jh_err *err, int code)
{
    char text[QUEUE_TEXT];
    err_format(err, text, sizeof text);
    log_event(&d->log, LOG_ERROR, "archive.failed", LOG_S("text", text),
              LOG_S("then", "its earlier verdicts stand"));
    if (may_pass(code))
        retry_later(d, RETRY_MS);
}

void bodies_failed(struct daemon *d, const struct pipeline_report *report)
{
    if (report->failed.code)
        archive_failed(d, &report->failed, report->failed.code);
}

/* Once when scripts cannot run any more, and once when they can again. */
void bodies_scripts(struct daemon *d, const struct pipeline_report *report)
{
    bool before = d->script_error[0] != '\0';
    if (report->lapse.code) {
        d->counts.script_lapses++;
        snprintf(d->script_error, sizeof d->script_error, "%s", report->lapse.text);
        log_event(&d->log, before ? LOG_DEBUG : LOG_ERROR, "script.lost",
                  LOG_S("text", d->script_error),
                  LOG_S("then", "standards are judged, scripts run later"));
        if (!d->lapsed)
            retry_later(d, RETRY_LAPSE_MS);
        d->lapsed = true;
    } else if (report->scripts_ran && before) {
        d->script_error[0] = '\0';
        log_event(&d->log, LOG_INFO, "script.recovered",
                  LOG_N("lapses", d->counts.script_lapses));
        d->again |= d->lapsed;
    }
}

static void still_retracted(struct daemon *d, const char *source,
                            const struct jh_err *why)
{
    char text[QUEUE_TEXT];
    err_format(why, text, sizeof text);
    d->counts.retracted++;
    log_event(&d->log, sources_is_news(d, source, text) ? LOG_WARN : LOG_DEBUG,
              "data.still_retracted", LOG_S("source", source), LOG_S("text", text));
}

static void settle(struct daemon *d, const char *source, const char *url,
                   enum jh_outcome outcome, const char *report)
{
    const struct jh_settled what = {
        .size = sizeof what, .url = url, .outcome = outcome, .report = report};
    if (d->poll)
        poll_settled(d->poll, source, &what);
}

/* What became of a body, for those who sent it. */
static void settle_job(struct daemon *d, const struct job *job)
{
    struct buf report;
    buf_init(&report, (size_t)64 << 10);
    enum jh_outcome outcome = files_settled(&job->files, &report);
    settle(d, job->batch->source, job->url, outcome, buf_text(&report));
    buf_done(&report);
}

/* Nobody has looked at these. */
static void settle_later(struct daemon *d, const struct poll_result *result, size_t from)
{
    for (size_t i = from; i < result->n; i++)
        settle(d, result->source->name, result->bodies[i].url, JH_LATER, "");
}

static void file_done(struct daemon *d, struct batch *batch,
                      const struct file_outcome *outcome)
{
    const struct pipeline_report *report = &outcome->report;
    if (outcome->rc == JH_ECANCELED) {
        batch->failed++;
    } else if (outcome->rc) {
        refused(d, batch, &outcome->err);
    } else if (report->retracted) {
        batch->retracted++;
        still_retracted(d, batch->source, &report->first[0]);
    } else if (outcome->retracted) {
        sources_retracted(d, batch->source, report);
    } else if (report->unchanged) {
        d->counts.unchanged++;
    } else {
        committed(d, batch->source, report);
        bodies_failed(d, report);
        d->again |= report->first_heard;
    }
}

static void body_done(struct job *job, int result)
{
    struct jh_err err;
    for (size_t i = 0; i < job->files.n; i++)
        file_done(job->d, job->batch, &job->files.list[i]);
    if (result == JH_ECANCELED && !job->files.n) {
        job->batch->failed++; /* it never ran, or had lost its source */
    } else if (!job->files.n) {
        err_set(&err, JH_ENOMEM, "out of memory");
        refused(job->d, job->batch, &err);
    }
    settle_job(job->d, job);
    if (--job->batch->left == 0)
        batch_done(job->d, job->batch, job->received_ms);
}

/* Some of several rounds may have gone well; all that could be read was read. */
static void archive_done(struct daemon *d, const struct job *job, int result)
{
    static const struct file_outcome none = {0};
    const struct file_outcome *outcome = job->files.n ? job->files.list : &none;
    const struct pipeline_report *report = &outcome->report;
    bool lapsed = d->lapsed;
    d->lapsed &= report->lapse.code || (result && may_pass(result));
    if (report->round.year)
        committed(d, "archive", report);
    if (result && result != JH_ECANCELED && result != JH_ENOENT)
        archive_failed(d, &outcome->err, result);
    else if (report->lapse.code && lapsed)
        retry_later(d, RETRY_LAPSE_MS);
    else if (!result && !report->lapse.code)
        d->retry_ms = 0;
}

static void job_done(void *arg, int result)
{
    struct job *job = arg;
    struct daemon *d = job->d;
    if (job->batch) {
        d->waiting_bytes -= (int64_t)job->n + BODY_BYTES;
        d->counts.body_ms = clock_wall(&d->clock);
        body_done(job, result);
        if (d->poll)
            poll_wake(d->poll);
    } else {
        archive_done(d, job, result);
    }
    job_free(job);
}

void bodies_refresh(struct daemon *d)
{
    struct job *job = d->clock_wrong ? NULL : calloc(1, sizeof *job);
    if (!job) /* when the clock is right again, it is done anyway */
        return;
    job->d = d;
    if (queue_add(d->queue, job_run, job_done, job))
        job_free(job);
}

/*
 * A source that had never been heard from kept counties of other parts incomplete, in any
 * round; now that it has spoken they are stale, and judged again, once, when no body waits.
 */
void bodies_idle(void *arg)
{
    struct daemon *d = arg;
    bool again = d->again;
    d->again = false;
    if (again)
        bodies_refresh(d);
}

/* ---- what polls deliver ------------------------------------------------------------------------ */

int64_t bodies_room(void *arg, int64_t *ret_most)
{
    const struct daemon *d = arg;
    *ret_most = d->config->max_waiting;
    if (queue_length(d->queue) >= QUEUE_MANY)
        return 0;
    return d->config->max_waiting - d->waiting_bytes;
}

/* What a poll brought may be more than it was expected to: none but the first may be too much. */
static bool has_room(const struct daemon *d, const struct poll_result *result)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < result->n; i++)
        bytes += (int64_t)result->bodies[i].body.len + BODY_BYTES;
    return !d->waiting_bytes || bytes <= d->config->max_waiting - d->waiting_bytes;
}

static void deferred(struct daemon *d, const struct poll_result *result)
{
    d->counts.deferred++;
    log_event(&d->log, LOG_INFO, "data.deferred", LOG_S("source", result->source->name),
              LOG_N("waiting_bytes", d->waiting_bytes));
    settle_later(d, result, 0);
    poll_later(d->poll, result->source->name);
}

/* The plugin's or the transfer's own memory where it may be taken, else a copy. */
static char *own_body(struct daemon *d, const struct jh_blob *blob)
{
    char *bytes = blob->give ? *blob->give : NULL;
    if (bytes && bytes == blob->body.p) {
        *blob->give = NULL;
        return bytes;
    }
    bytes = transfers_take_body(d->transfers, blob->body.p);
    if (bytes || !(bytes = malloc(blob->body.len + 1)))
        return bytes;
    if (blob->body.len)
        memcpy(bytes, blob->body.p, blob->body.len);
    bytes[blob->body.len] = '\0';
    return bytes;
}

static struct job *job_new(struct daemon *d, struct batch *batch,
                           const struct jh_blob *blob, int64_t now)
{
    struct job *job = calloc(1, sizeof *job);
    char *bytes = own_body(d, blob);
    if (!job || !bytes) {
        free(job);
        free(bytes);
        return NULL;
    }
    *job = (struct job){.d = d,
                        .batch = batch,
                        .name = copy(blob->name),
                        .url = copy(blob->url),
                        .type = copy(blob->type),
                        .retracts = blob->retracts ? copy(blob->retracts) : NULL,
                        .bytes = bytes,
                        .n = blob->body.len,
                        .received_ms = now};
    return job;
}

static void count_waiting(struct daemon *d, const struct job *job)
{
    d->waiting_bytes += (int64_t)job->n + BODY_BYTES;
    if (d->waiting_bytes > d->waiting_most)
        d->waiting_most = d->waiting_bytes;
}

static void enqueue_bodies(struct daemon *d, const struct poll_result *result)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (!batch) {
        settle_later(d, result, 0);
        return;
    }
    const struct jh_blob *last = &result->bodies[result->n - 1];
    *batch = (struct batch){.left = result->n,
                            .source = copy(result->source->name),
                            .wait_ms = result->next_ms - result->at_ms,
                            .etag = copy(last->etag),
                            .last_modified = copy(last->last_modified)};
    for (size_t i = 0; i < result->n; i++) {
        struct job *job =
            job_new(d, batch, &result->bodies[i], clock_wall(&d->stamps.clock));
        int rc = job ? queue_add(d->queue, job_run, job_done, job) : JH_ENOMEM;
        if (!rc) {
            count_waiting(d, job);
            continue;
        }
        /* too much waits already: the source is asked again later */
        struct jh_err err;
        err_set(&err, rc, "%s",
                rc == JH_ELIMIT ? "too many bodies wait to be evaluated" : err_name(rc));
        refused(d, batch, &err);
        settle(d, batch->source, result->bodies[i].url, JH_LATER, "");
        if (job)
            job_free(job);
        batch->left--;
    }
    if (!batch->left) /* none could wait */
        batch_done(d, batch, result->at_ms);
}

void bodies_polled(void *arg, const struct poll_result *result)
{
    struct daemon *d = arg;
    char text[QUEUE_TEXT];
    struct source_note what = {.name = result->source->name,
                               .error = "",
                               .at_ms = result->at_ms,
                               .wait_ms = result->next_ms - result->at_ms,
                               .failures = result->attempt};
    if (!clock_takes(d, what.name)) { /* fetched again when it does */
        settle_later(d, result, 0);
        return;
    }
    switch (result->what) {
    case JH_FAILED: /* poll/ has logged it */
        err_format(result->err, text, sizeof text);
        what.error = text;
        sources_note(d, &what);
        break;
    case JH_UNCHANGED:
        d->counts.unchanged++;
        sources_note(d, &what);
        break;
    case JH_NOTHING:
        if (!result->attempt) /* else it fails as before */
            sources_note(d, &what);
        break;
    case JH_FETCHED:
        if (!has_room(d, result))
            deferred(d, result);
        else if (result->n)
            enqueue_bodies(d, result);
        break;
    }
}
