/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "api/behind.h"
#include "api/ended.h"
#include "api/reviews.h"
#include "base/buf.h"
#include "base/date.h"
#include "render/json.h"

enum { METRICS_BYTES = 32 << 20 };

static const int64_t DAY_MS = 24 * 60 * 60 * 1000;

static void plain(struct http_reply *reply, int status, const char *text)
{
    *reply = (struct http_reply){.status = status,
                                 .type = "text/plain; charset=utf-8",
                                 .body = strdup(text),
                                 .len = strlen(text)};
}

void api_health(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    (void)owner, (void)req, (void)args;
    plain(reply, 200, "ok\n");
}

/* The listeners open last, so whoever can ask finds a daemon that works. */
void api_ready(void *owner, const struct http_request *req, const char *const *args,
               struct http_reply *reply)
{
    const struct daemon *d = owner;
    (void)req, (void)args;
    if (d->stopping)
        plain(reply, 503, "stopping\n");
    else if (*d->store_error)
        plain(reply, 503, "the store cannot be written\n");
    else
        plain(reply, 200, "ready\n");
}

/* ---- what both status and metrics tell ------------------------------------------------------- */

struct tally {
    size_t total, pass, fail, unknown; /* counties, by the worst of their verdicts */
    size_t behind;                     /* of them: not in the newest round */
    size_t *behind_of;                 /* the same by standard in use */
    size_t sources_ok, sources_failing, sources_waiting;
    struct {
        size_t open, fresh, stale, of[SEVERITY_CRITICAL + 1];
    } alerts[ALERT_KINDS];
    size_t open, stale; /* alerts of all kinds */
    size_t reviews;     /* submissions that wait for one */
    int64_t findings;   /* that block */
    struct store_counts store;
};

static void tally_county(struct tally *t, enum outcome outcome)
{
    t->total++;
    t->pass += outcome == OUTCOME_PASS;
    t->fail += outcome == OUTCOME_FAIL;
    t->unknown += outcome != OUTCOME_PASS && outcome != OUTCOME_FAIL;
}

/* A standard that is not in use any more is behind for good, and no news. */
static size_t standard_index(const struct config *config, const char *id)
{
    size_t i = 0;
    while (i < config->n_standards && strcmp(config->standards[i]->id, id) != 0)
        i++;
    return i;
}

static void tally_rows(const struct reading *r, const struct store_verdict *rows,
                       size_t n, const struct behind *b, struct tally *t)
{
    enum outcome joined = OUTCOME_NONE;
    bool late = false;
    for (size_t i = 0; i < n; i++) {
        size_t standard = standard_index(r->config, rows[i].standard);
        joined = outcome_join(joined, rows[i].outcome);
        if (standard < r->config->n_standards &&
            behind_is(b, rows[i].county, rows[i].round)) {
            t->behind_of[standard]++;
            late = true;
        }
        if (i + 1 == n || strcmp(rows[i].county, rows[i + 1].county) != 0) {
            tally_county(t, joined);
            t->behind += late;
            joined = OUTCOME_NONE;
            late = false;
        }
    }
}

static int tally_counties(struct reading *r, struct tally *t)
{
    struct store_verdict *rows;
    struct behind *b;
    size_t n;
    t->behind_of = arena_array(r->arena, r->config->n_standards, sizeof *t->behind_of);
    if (!t->behind_of)
        return err_set(&r->err, JH_ENOMEM, "out of memory");
    int rc = store_counties(r->store, r->arena, &rows, &n, &r->err);
    if (!rc && r->config->changes.n)
        rc = ended_drop(r, rows, &n);
    if (!rc)
        rc = behind_load(r, &b);
    if (rc)
        return rc;
    tally_rows(r, rows, n, b, t);
    behind_free(b);
    return 0;
}

static int tally_alerts(struct reading *r, struct tally *t)
{
    struct store_alert *rows;
    size_t n;
    int64_t now = clock_wall(&r->d->clock);
    int rc = store_alerts(r->store, "open", NULL, r->arena, &rows, &n, &r->err);
    for (size_t i = 0; !rc && i < n; i++) {
        int kind = alert_kind_of(rows[i].alert.kind);
        int severity = severity_of(rows[i].alert.severity);
        t->open++;
        t->stale += rows[i].alert.stale;
        if (kind < 0)
            continue; /* of a newer program */
        t->alerts[kind].open++;
        t->alerts[kind].fresh += now - rows[i].opened_ms < DAY_MS;
        t->alerts[kind].stale += rows[i].alert.stale;
        t->alerts[kind].of[severity < 0 ? 0 : severity]++;
    }
    return rc;
}

static int tally_waiting(struct reading *r, struct tally *t)
{
    struct reviews *reviews;
    int rc = reviews_load(r, &reviews);
    if (rc)
        return rc;
    t->reviews = reviews_waiting(reviews, NULL);
    reviews_free(reviews);
    return store_findings_blocking(r->store, &t->findings, &r->err);
}

static int tally_all(struct reading *r, const struct api_states *states, struct tally *t)
{
    *t = (struct tally){0};
    for (size_t i = 0; i < states->n_sources; i++) {
        const struct poll_state *s = &states->sources[i];
        t->sources_failing += s->failures > 0;
        t->sources_ok += !s->failures && s->ok_ms;
        t->sources_waiting += !s->failures && !s->ok_ms;
    }
    int rc = tally_counties(r, t);
    if (!rc)
        rc = tally_alerts(r, t);
    if (!rc)
        rc = tally_waiting(r, t);
    return rc ? rc : store_counts(r->store, r->arena, &t->store, &r->err);
}

/* ---- status ---------------------------------------------------------------------------------------- */

static json_t *failing_json(const struct api_states *states)
{
    json_t *list = json_array();
    for (size_t i = 0; i < states->n_sources; i++) {
        const struct poll_state *s = &states->sources[i];
        if (s->failures)
            json_array_append_new(list, json_pack("{s:s s:s s:o s:o}", "name", s->name,
                                                  "error", s->error, "since",
                                                  api_stamp(s->failing_since_ms), "next",
                                                  api_stamp(s->next_ms)));
    }
    return list;
}

static json_t *alerts_json(const struct tally *t)
{
    json_t *map = json_object();
    for (int i = 0; i < ALERT_KINDS; i++)
        json_object_set_new(map, alert_kind_info((enum alert_kind)i)->id,
                            json_pack("{s:I s:I s:I}", "open",
                                      (json_int_t)t->alerts[i].open, "new",
                                      (json_int_t)t->alerts[i].fresh, "stale",
                                      (json_int_t)t->alerts[i].stale));
    return map;
}

static json_t *store_json(const struct api_states *s)
{
    bool fails = *s->store_error;
    return json_pack("{s:b s:o s:o}", "writable", !fails, "error",
                     fails ? json_string(s->store_error) : json_null(), "since",
                     fails ? api_stamp(s->store_failing_ms) : json_null());
}

static json_t *status_json(const struct reading *r, const struct api_states *states,
                           const struct tally *t)
{
    const struct daemon *d = r->d;
    json_t *status =
        json_pack("{s:s s:o s:I}", "version", PACKAGE_VERSION, "started_at",
                  api_stamp(d->started_ms), "uptime_s",
                  (json_int_t)((clock_wall(&d->clock) - d->started_ms) / 1000));
    json_object_set_new(status, "config",
                        json_pack("{s:s s:o s:o}", "file", d->config_path, "loaded_at",
                                  api_stamp(states->loaded_ms), "error",
                                  *states->reload_error
                                      ? json_string(states->reload_error)
                                      : json_null()));
    json_object_set_new(status, "sources",
                        json_pack("{s:I s:I s:I s:o}", "ok", (json_int_t)t->sources_ok,
                                  "failing", (json_int_t)t->sources_failing, "waiting",
                                  (json_int_t)t->sources_waiting, "failures",
                                  failing_json(states)));
    json_object_set_new(status, "counties",
                        json_pack("{s:I s:I s:I s:I s:I}", "total", (json_int_t)t->total,
                                  "pass", (json_int_t)t->pass, "fail",
                                  (json_int_t)t->fail, "unknown", (json_int_t)t->unknown,
                                  "behind", (json_int_t)t->behind));
    json_object_set_new(status, "alerts", alerts_json(t));
    json_object_set_new(status, "reviews",
                        json_pack("{s:I}", "waiting", (json_int_t)t->reviews));
    json_object_set_new(status, "findings",
                        json_pack("{s:I}", "blocking", (json_int_t)t->findings));
    json_object_set_new(status, "silences",
                        json_pack("{s:I s:I}", "in_force", (json_int_t)t->store.silences,
                                  "withheld", (json_int_t)t->store.withheld));
    json_object_set_new(status, "deliveries",
                        json_pack("{s:I s:I s:I s:I s:o s:o s:o}", "waiting",
                                  (json_int_t)t->store.waiting, "queued",
                                  (json_int_t)t->store.queued, "dead",
                                  (json_int_t)t->store.dead, "delivered",
                                  (json_int_t)t->store.delivered, "last_at",
                                  api_stamp(t->store.last_delivered_ms), "last_office",
                                  api_text(t->store.last_office), "last_channel",
                                  api_text(t->store.last_channel)));
    json_object_set_new(status, "lua",
                        json_pack("{s:I s:I s:b s:o}", "indicators",
                                  (json_int_t)(r->set ? script_set_count(r->set) : 0),
                                  "broken", (json_int_t)states->counts.script_broken,
                                  "behind", states->scripts_behind, "error",
                                  *states->script_error
                                      ? json_string(states->script_error)
                                      : json_null()));
    json_object_set_new(status, "clock",
                        json_pack("{s:b s:I}", "plausible", !states->clock_wrong,
                                  "behind_s",
                                  (json_int_t)(states->clock_behind_ms / 1000)));
    json_object_set_new(status, "store", store_json(states));
    return status;
}

void api_status(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    struct reading r;
    struct api_states states;
    struct tally tally;
    (void)req, (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (api_states(&r, &states) || tally_all(&r, &states, &tally))
        reading_failed(&r, reply);
    else
        api_data(reply, status_json(&r, &states, &tally));
    reading_done(&r);
}

/* ---- metrics, Prometheus text format -------------------------------------------------------------- */

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_fmt(out, "# HELP junheng_%s %s\n# TYPE junheng_%s %s\n", name, help, name, type);
}

static void one(struct buf *out, const char *name, const char *type, const char *help,
                double value)
{
    head(out, name, type, help);
    buf_fmt(out, "junheng_%s ", name);
    buf_double(out, value);
    buf_char(out, '\n');
}

/* Label values are escaped as JSON strings are, which is what the format asks for here. */
static void labelled(struct buf *out, const char *name, const char *label,
                     const char *value, double number)
{
    buf_fmt(out, "junheng_%s{%s=", name, label);
    buf_json(out, value);
    buf_str(out, "} ");
    buf_double(out, number);
    buf_char(out, '\n');
}

/* Few words that stay: an alarm may ask for one. */
static const char *reason_of(int code)
{
    switch (code) {
    case 0:
        return "unknown";
    case JH_EINVAL:
    case JH_EEXIST:
        return "data";
    case JH_ELIMIT:
        return "limit";
    case JH_EREFUSED:
        return "refused";
    case JH_ENOENT:
        return "missing";
    case JH_ETIMEOUT:
        return "timeout";
    case JH_EIO:
        return "io";
    default:
        return "other";
    }
}

static void failing_metrics(struct buf *out, const struct api_states *s)
{
    head(out, "source_failing", "gauge", "Sources whose last poll failed, by reason.");
    for (size_t i = 0; i < s->n_sources; i++) {
        if (!s->sources[i].failures)
            continue;
        buf_str(out, "junheng_source_failing{source=");
        buf_json(out, s->sources[i].name);
        buf_fmt(out, ",reason=\"%s\"} 1\n", reason_of(s->sources[i].code));
    }
}

static void source_metrics(struct buf *out, const struct api_states *s)
{
    head(out, "source_up", "gauge", "1 if the last poll of the source went well.");
    for (size_t i = 0; i < s->n_sources; i++)
        labelled(out, "source_up", "source", s->sources[i].name, !s->sources[i].failures);
    head(out, "source_polls_total", "counter", "Polls of the source.");
    for (size_t i = 0; i < s->n_sources; i++)
        labelled(out, "source_polls_total", "source", s->sources[i].name,
                 (double)s->sources[i].polls);
    head(out, "source_failures_total", "counter", "Polls that failed or were refused.");
    for (size_t i = 0; i < s->n_sources; i++)
        labelled(out, "source_failures_total", "source", s->sources[i].name,
                 (double)s->sources[i].failed);
    head(out, "source_last_success_timestamp_seconds", "gauge",
         "Last poll that went well.");
    for (size_t i = 0; i < s->n_sources; i++)
        labelled(out, "source_last_success_timestamp_seconds", "source",
                 s->sources[i].name, (double)s->sources[i].ok_ms / 1000);
}

static void channel_metrics(struct buf *out, const struct api_states *s)
{
    head(out, "channel_delivered_total", "counter",
         "Messages the channel has delivered.");
    for (size_t i = 0; i < s->n_channels; i++)
        labelled(out, "channel_delivered_total", "channel", s->channels[i].channel,
                 (double)s->channels[i].delivered);
    head(out, "channel_failed_attempts_total", "counter", "Attempts that failed.");
    for (size_t i = 0; i < s->n_channels; i++)
        labelled(out, "channel_failed_attempts_total", "channel", s->channels[i].channel,
                 (double)s->channels[i].failed);
    head(out, "channel_dead_total", "counter", "Messages given up.");
    for (size_t i = 0; i < s->n_channels; i++)
        labelled(out, "channel_dead_total", "channel", s->channels[i].channel,
                 (double)s->channels[i].dead);
    head(out, "channel_last_success_timestamp_seconds", "gauge", "Last delivery.");
    for (size_t i = 0; i < s->n_channels; i++)
        labelled(out, "channel_last_success_timestamp_seconds", "channel",
                 s->channels[i].channel, (double)s->channels[i].last_delivered_ms / 1000);
}

static void behind_metrics(struct buf *out, const struct config *config,
                           const struct tally *t)
{
    head(
        out, "counties_behind", "gauge",
        "Counties whose newest verdict is of an older round than their sources deliver.");
    for (size_t i = 0; i < config->n_standards; i++)
        labelled(out, "counties_behind", "standard", config->standards[i]->id,
                 (double)t->behind_of[i]);
}

static void alert_metrics(struct buf *out, const struct tally *t)
{
    head(out, "alerts", "gauge", "Alerts that are not resolved, by kind and severity.");
    for (int i = 0; i < ALERT_KINDS; i++) {
        const struct alert_kind_info *kind = alert_kind_info((enum alert_kind)i);
        for (int s = SEVERITY_NOTICE; s <= SEVERITY_CRITICAL; s++)
            if (kind->may_be >> s & 1)
                buf_fmt(out, "junheng_alerts{kind=\"%s\",severity=\"%s\"} %zu\n",
                        kind->id, severity_id((enum severity)s), t->alerts[i].of[s]);
    }
}

static void clock_metrics(struct buf *out, const struct api_states *s)
{
    one(out, "clock_plausible", "gauge",
        "0 while the clock shows a time before the build, and nothing is committed.",
        !s->clock_wrong);
    one(out, "clock_behind_seconds", "gauge",
        "How far the clock is behind the newest record, if by minutes.",
        (double)s->clock_behind_ms / 1000);
    one(out, "clock_set_back_total", "counter",
        "Times the clock was found behind the newest record.",
        (double)s->counts.clock_set_back);
}

static void disk_metrics(struct buf *out, const struct api_states *s)
{
    one(out, "store_writable", "gauge",
        "0 while the disk is full or fails, and nothing is committed.", !*s->store_error);
    one(out, "store_lost_total", "counter", "Times that nothing could be written.",
        (double)s->counts.store_lost);
}

static void daemon_metrics(struct buf *out, const struct api_states *s,
                           const struct tally *t)
{
    head(out, "build_info", "gauge", "The version that runs.");
    labelled(out, "build_info", "version", PACKAGE_VERSION, 1);
    head(out, "counties", "gauge", "Counties by the worst of their newest verdicts.");
    labelled(out, "counties", "verdict", "pass", (double)t->pass);
    labelled(out, "counties", "verdict", "fail", (double)t->fail);
    labelled(out, "counties", "verdict", "unknown", (double)t->unknown);
    one(out, "alerts_open", "gauge", "Alerts that are not resolved.", (double)t->open);
    one(out, "alerts_stale", "gauge", "Open alerts without a newer judgement.",
        (double)t->stale);
    one(out, "reviews_waiting", "gauge", "Submissions that wait for a person's review.",
        (double)t->reviews);
    one(out, "findings_blocking", "gauge",
        "Findings that block their data, and that nobody has accepted.",
        (double)t->findings);
    one(out, "silences", "gauge", "Silences in force.", (double)t->store.silences);
    one(out, "silences_withheld", "gauge", "Messages to offices that silences keep back.",
        (double)t->store.withheld);
    head(out, "messages", "gauge", "Messages in the outbox by state.");
    labelled(out, "messages", "state", "waiting", (double)t->store.waiting);
    labelled(out, "messages", "state", "queued", (double)t->store.queued);
    labelled(out, "messages", "state", "delivered", (double)t->store.delivered);
    labelled(out, "messages", "state", "dead", (double)t->store.dead);
    head(out, "bodies_total", "counter", "Bodies by what became of them.");
    labelled(out, "bodies_total", "result", "evaluated", (double)s->counts.evaluated);
    labelled(out, "bodies_total", "result", "unchanged", (double)s->counts.unchanged);
    labelled(out, "bodies_total", "result", "refused", (double)s->counts.refused);
    labelled(out, "bodies_total", "result", "retracted", (double)s->counts.retracted);
    one(out, "bodies_last_timestamp_seconds", "gauge",
        "When the last body was done with: evaluated, unchanged or refused.",
        (double)s->counts.body_ms / 1000);
    one(out, "transitions_total", "counter", "Alert transitions committed.",
        (double)s->counts.transitions);
    one(out, "script_broken_total", "counter", "Verdicts of local indicators that broke.",
        (double)s->counts.script_broken);
    one(out, "script_host_up", "gauge", "0 while local indicators cannot be run.",
        !*s->script_error);
    one(out, "script_lapses_total", "counter",
        "Evaluations committed without their local indicators, which run later.",
        (double)s->counts.script_lapses);
    one(out, "evaluation_queue_bodies", "gauge", "Bodies waiting for evaluation.",
        (double)s->queued);
    one(out, "evaluation_queue_bytes", "gauge", "Their bytes; max_waiting bounds them.",
        (double)s->waiting_bytes);
    one(out, "evaluation_queue_most_bytes", "gauge", "The most of them since the start.",
        (double)s->waiting_most);
    one(out, "evaluation_deferred_total", "counter",
        "Polls whose bodies had no room to wait and are fetched again.",
        (double)s->counts.deferred);
    one(out, "transfer_bytes_total", "counter", "Bytes received by transfers.",
        (double)s->transfers.bytes);
    one(out, "config_last_reload_successful", "gauge",
        "1 unless the last reload was refused.", !*s->reload_error);
    one(out, "config_loaded_timestamp_seconds", "gauge",
        "When the configuration was loaded.", (double)s->loaded_ms / 1000);
    one(out, "loop_longest_callback_cpu_seconds", "gauge",
        "CPU time of the event loop's longest callback since the start.",
        (double)s->longest_ns / 1e9);
}

void api_metrics(void *owner, const struct http_request *req, const char *const *args,
                 struct http_reply *reply)
{
    struct reading r;
    struct api_states states;
    struct tally tally;
    (void)req, (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (api_states(&r, &states) || tally_all(&r, &states, &tally)) {
        reading_failed(&r, reply);
    } else {
        struct buf out;
        buf_init(&out, METRICS_BYTES);
        daemon_metrics(&out, &states, &tally);
        clock_metrics(&out, &states);
        disk_metrics(&out, &states);
        alert_metrics(&out, &tally);
        behind_metrics(&out, r.config, &tally);
        source_metrics(&out, &states);
        failing_metrics(&out, &states);
        channel_metrics(&out, &states);
        size_t len = out.len;
        *reply = (struct http_reply){.status = 200,
                                     .type = "text/plain; version=0.0.4; charset=utf-8",
                                     .body = buf_take(&out),
                                     .len = len};
        if (!reply->body)
            http_error(reply, 500, "memory", "the metrics do not fit");
    }
    reading_done(&r);
}
