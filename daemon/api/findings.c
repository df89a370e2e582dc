/* SPDX-License-Identifier: Apache-2.0 */
/* Findings in the data: reading them, and the word of a person that one is right as it is. */
#include <string.h>

#include "api/parts.h"

enum { FINDINGS_MAX = 10000, WORDS_MAX = 1000 };

static json_t *finding_json(const struct store_finding *f)
{
    char round[ROUND_TEXT];
    round_print(f->round, round);
    json_t *accepted = f->accepted_ms
                           ? json_pack("{s:s s:s s:o}", "by", f->by, "reason", f->reason,
                                       "at", api_stamp(f->accepted_ms))
                           : json_null();
    return json_pack("{s:s s:s s:s s:s s:s s:s s:s s:s s:o s:o s:s s:I s:s s:s s:o}",
                     "id", f->id, "round", round, "county", f->county, "source",
                     f->source, "code", f->code, "severity", f->severity, "school",
                     f->school, "campus", f->campus, "field", api_text(f->field), "value",
                     api_text(f->value), "file", f->file, "line", (json_int_t)f->line,
                     "text", f->text, "policy", f->policy, "accepted", accepted);
}

void api_findings(void *owner, const struct http_request *req, const char *const *args,
                  struct http_reply *reply)
{
    struct reading r;
    struct store_finding *rows;
    size_t n;
    (void)args;
    if (reading_init(&r, owner, reply))
        return;
    if (store_findings(r.store, http_arg(req, "county"), FINDINGS_MAX, r.arena, &rows, &n,
                       &r.err)) {
        reading_failed(&r, reply);
    } else {
        json_t *list = json_array();
        for (size_t i = 0; i < n; i++)
            json_array_append_new(list, finding_json(&rows[i]));
        api_data(reply, list);
    }
    reading_done(&r);
}

static const char *words(const json_t *body, const char *key)
{
    const char *text = json_string_value(json_object_get(body, key));
    return text && *text && strlen(text) <= WORDS_MAX ? text : NULL;
}

static json_t *accepted_json(const char *id, const struct pipeline_report *report)
{
    char failed[1200] = "";
    if (report->failed.code)
        err_format(&report->failed, failed, sizeof failed);
    return json_pack("{s:s s:I s:I s:s*}", "accepted", id, "judged",
                     (json_int_t)report->again, "transitions",
                     (json_int_t)report->transitions, "failed", *failed ? failed : NULL);
}

static void accept_finding(struct daemon *d, const json_t *body, const char *id,
                           struct http_reply *reply)
{
    const char *by = words(body, "by"), *reason = words(body, "reason");
    struct pipeline_report report = {0};
    struct jh_err err = {0};
    if (!by || !reason) {
        http_error(reply, 400, "invalid", "%s",
                   by ? "reason: it is kept for good" : "by: whose word is this?");
        return;
    }
    int rc = daemon_accept(d, id, by, reason, &report, &err);
    const char *text = err.text[0] ? err.text : err_name(rc);
    if (rc == JH_ENOENT)
        http_error(reply, 404, "not_found", "%s", text);
    else if (rc == JH_EEXIST)
        http_error(reply, 409, "exists", "%s", text);
    else if (rc)
        api_not_kept(reply, rc, text);
    else
        api_data(reply, accepted_json(id, &report));
}

void api_accept(void *owner, const struct http_request *req, const char *const *args,
                struct http_reply *reply)
{
    json_error_t error;
    json_t *body = json_loadb(req->body.p, req->body.len, JSON_REJECT_DUPLICATES, &error);
    if (body)
        accept_finding(owner, body, args[0], reply);
    else
        http_error(reply, 400, "json", "line %d: %s", error.line, error.text);
    json_decref(body);
}
