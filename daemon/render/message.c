/* SPDX-License-Identifier: Apache-2.0 */
#include "render/message.h"

#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "render/json.h"
#include "render/json_make.h"
#include "render/table.h"
#include "render/view.h"

enum {
    DIGEST_ABOVE = 5,   /* members; up to here each is told in full */
    DIGEST_ROWS = 2000, /* what a person still scrolls through; the rest is in the JSON */
    DIGEST_SCHOOLS = 2, /* named in a row */
    SUBJECT_NAMES = 3,  /* counties named in a subject */
    SUBJECT_MAX = 1024,
    TEXT_MAX = 4 * 1024 * 1024,
    JSON_MAX = 64 * 1024 * 1024
};

static const char *text_of(const json_t *map, const char *key)
{
    const char *text = json_string_value(json_object_get(map, key));
    return text ? text : "";
}

static int no_memory(struct jh_err *err)
{
    return err_set(err, JH_ENOMEM, "out of memory");
}

/* A template of ours as malloc'ed text, without blanks and line ends behind it. */
static int fill(const struct messages *m, enum message_template which, const json_t *view,
                size_t max, char **ret, struct jh_err *err)
{
    struct buf out;
    buf_init(&out, max);
    if (!view)
        return no_memory(err);
    if (template_render(m->templates[which], view, &out)) {
        buf_done(&out);
        return err_set(err, JH_ELIMIT, "message is longer than %zu bytes", max);
    }
    while (out.len && (out.p[out.len - 1] == '\n' || out.p[out.len - 1] == ' '))
        out.p[--out.len] = '\0';
    *ret = buf_take(&out);
    return 0;
}

/* ---- one alert ---------------------------------------------------------------------------- */

static int fill_subject(const struct messages *m, const json_t *view, char **ret,
                        struct jh_err *err)
{
    return fill(m, view_template(view, MESSAGE_SUBJECT), view, SUBJECT_MAX, ret, err);
}

static int fill_text(const struct messages *m, const json_t *view, char **ret,
                     struct jh_err *err)
{
    return fill(m, view_template(view, MESSAGE_TEXT), view, TEXT_MAX, ret, err);
}

/* ---- several members ---------------------------------------------------------------------- */

static bool has_text(const json_t *list, const char *text)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(json_string_value(json_array_get(list, i)), text) == 0)
            return true;
    return false;
}

/* Each text once, in order of appearance; *ret_n counts the different ones. */
static json_t *different(const json_t *views, const char *key, const char *inner,
                         size_t max, size_t *ret_n)
{
    json_t *all = json_array();
    for (size_t i = 0; i < json_array_size(views); i++) {
        const json_t *v = json_array_get(views, i);
        const char *text =
            text_of(inner ? json_object_get(v, key) : v, inner ? inner : key);
        if (!has_text(all, text))
            all = json_add(all, json_words(text));
    }
    *ret_n = json_array_size(all);
    while (json_array_size(all) > max)
        json_array_remove(all, json_array_size(all) - 1);
    return all;
}

static int severity_rank(const char *severity)
{
    return strcmp(severity, "critical") == 0  ? 3
           : strcmp(severity, "warning") == 0 ? 2
           : strcmp(severity, "notice") == 0  ? 1
                                              : 0;
}

static const char *highest(const struct message_member *members, size_t n)
{
    static const char *const NAMES[] = {"", "notice", "warning", "critical"};
    int rank = 0;
    for (size_t i = 0; i < n; i++) {
        int r = severity_rank(text_of(members[i].alert, "severity"));
        rank = r > rank ? r : rank;
    }
    return NAMES[rank];
}

static bool is_over(const struct message_member *member)
{
    return strcmp(member->to, "resolved") == 0;
}

static bool all_over(const struct message_member *members, size_t n)
{
    size_t over = 0;
    for (size_t i = 0; i < n; i++)
        over += is_over(&members[i]);
    return over == n;
}

/* How many members each change word stands for. */
static json_t *counts(const json_t *views, const json_t *words)
{
    json_t *list = json_array();
    for (size_t w = 0; w < json_array_size(words); w++) {
        const char *word = json_string_value(json_array_get(words, w));
        json_int_t n = 0;
        for (size_t i = 0; i < json_array_size(views); i++)
            n += strcmp(text_of(json_array_get(views, i), "change_word"), word) == 0;
        list = json_add(list, json_pack("{s:s,s:I}", "word", word, "n", n));
    }
    return list;
}

static bool all_counties(const struct message_member *members, size_t n)
{
    size_t counties = 0;
    for (size_t i = 0; i < n; i++)
        counties += json_is_object(json_object_get(members[i].alert, "county"));
    return counties == n;
}

/* What the templates of several members see. */
static json_t *many_view(const struct messages *m, const struct message_head *head,
                         const struct message_member *members, size_t n,
                         const json_t *views)
{
    size_t counties = 0, kinds = 0;
    json_t *names = different(views, "subject_name", NULL, SUBJECT_NAMES, &counties);
    json_t *words = different(views, "change_word", NULL, n, &kinds);
    char key[64];
    snprintf(key, sizeof key, "severity_%s", highest(members, n));
    const char *severity = all_over(members, n) ? "" : messages_phrase(m, key);
    json_t *per_word = counts(views, words);
    return json_pack(
        "{s:o,s:o,s:o,s:b,s:I,s:o,s:o,s:o,s:o,s:o,s:b}", "words", words, "counts",
        per_word, "names", names, "names_left", counties > SUBJECT_NAMES, "total",
        (json_int_t)counties, "severity_word",
        json_words(severity == key ? "" : severity), "standard",
        json_words(head->standard), "round", json_words(head->round), "office_name",
        json_words(head->office_name ? head->office_name : head->office), "kind",
        json_words(head->kind), "counties", all_counties(members, n));
}

/* ---- the digest table --------------------------------------------------------------------- */

enum { DIGEST_COLUMNS = 8 };

static int digest_head(const struct messages *m, struct table *t)
{
    const char *const row[DIGEST_COLUMNS] = {
        messages_phrase(m, "column_county"),   messages_phrase(m, "column_change"),
        messages_phrase(m, "column_stage"),    messages_phrase(m, "column_figure"),
        messages_phrase(m, "column_value"),    messages_phrase(m, "column_limit"),
        messages_phrase(m, "column_previous"), messages_phrase(m, "column_schools"),
    };
    return table_row(t, row);
}

static void driver_names(const json_t *view, const char *stage, struct buf *out)
{
    const json_t *stages = json_object_get(view, "stages");
    for (size_t i = 0; i < json_array_size(stages); i++) {
        const json_t *s = json_array_get(stages, i),
                     *list = json_object_get(s, "drivers");
        if (strcmp(text_of(s, "stage"), stage) != 0)
            continue;
        for (size_t k = 0; k < json_array_size(list) && k < DIGEST_SCHOOLS; k++)
            buf_fmt(out, "%s%s", k ? " " : "", text_of(json_array_get(list, k), "name"));
    }
}

static int digest_row(const json_t *view, const json_t *target, struct table *t)
{
    char county[256], limit[NUM_TEXT] = "", printed[64];
    struct buf schools;
    const json_t *where = json_object_get(view, "county");
    const json_t *failing = json_object_get(target, "schools");
    buf_init(&schools, 512);
    if (where && !json_is_null(where))
        snprintf(county, sizeof county, "%s(%s)", text_of(where, "name"),
                 text_of(where, "code"));
    else
        snprintf(county, sizeof county, "%s", text_of(view, "subject_name"));
    snprintf(printed, sizeof printed, "%s", text_of(target, "printed"));
    if (json_is_integer(failing))
        snprintf(printed, sizeof printed, "%lld", (long long)json_integer_value(failing));
    if (json_is_number(json_object_get(target, "limit")))
        num_print(json_number_value(json_object_get(target, "limit")), limit);
    driver_names(view, text_of(target, "stage"), &schools);
    const char *const row[DIGEST_COLUMNS] = {
        county,
        text_of(view, "change_word"),
        text_of(target, "stage_title"),
        text_of(target, "name"),
        printed,
        limit,
        text_of(target, "previous_printed"),
        schools.failed ? "" : buf_text(&schools),
    };
    int rc = table_row(t, row);
    buf_done(&schools);
    return rc;
}

/* Rows of one alert: a row per figure it is about, one without figures if there are none. */
static int digest_rows(const json_t *view, struct table *t, size_t *rows)
{
    const json_t *targets = json_object_get(view, "targets");
    size_t n = json_array_size(targets);
    int rc = 0;
    for (size_t i = 0; i < (n ? n : 1) && !rc; i++)
        if ((*rows)++ < DIGEST_ROWS)
            rc = digest_row(view, json_array_get(targets, i), t);
    return rc;
}

static json_t *digest_view(const struct messages *m, json_t *many, const json_t *views)
{
    static const enum table_align ALIGN[DIGEST_COLUMNS] = {
        [4] = TABLE_RIGHT, [5] = TABLE_RIGHT, [6] = TABLE_RIGHT};
    struct table *t = table_new(DIGEST_COLUMNS, ALIGN);
    struct buf out;
    size_t rows = 0;
    buf_init(&out, TEXT_MAX);
    int rc = t ? digest_head(m, t) : JH_ENOMEM;
    for (size_t i = 0; i < json_array_size(views) && !rc; i++)
        rc = digest_rows(json_array_get(views, i), t, &rows);
    if (!rc)
        table_print(t, 0, &out);
    many = json_put(many, "table", rc || out.failed ? NULL : json_words(buf_text(&out)));
    if (rows > DIGEST_ROWS)
        many =
            json_put(many, "rows_left", json_integer((json_int_t)(rows - DIGEST_ROWS)));
    buf_done(&out);
    table_free(t);
    return many;
}

static json_t *few_view(const struct messages *m, json_t *many, const json_t *views)
{
    json_t *items = json_array();
    for (size_t i = 0; i < json_array_size(views) && items; i++) {
        char *subject = NULL, *text = NULL;
        const json_t *v = json_array_get(views, i);
        if (fill_subject(m, v, &subject, NULL) == 0 && fill_text(m, v, &text, NULL) == 0)
            items = json_add(items, json_sprintf("%s\n\n%s", subject, text));
        else
            items = json_add(items, NULL);
        free(subject);
        free(text);
    }
    return json_put(many, "items", items);
}

/* ---- the machine form --------------------------------------------------------------------- */

/* A label without a value is one that is not there. */
static json_t *labels(const json_t *a)
{
    json_t *map = json_pack("{s:s}", "alertname", text_of(a, "kind"));
    if (json_is_object(json_object_get(a, "county")))
        map = json_put(map, "county",
                       json_words(text_of(json_object_get(a, "county"), "code")));
    else
        map = json_put(map, "subject", json_words(text_of(a, "subject")));
    if (*text_of(a, "standard"))
        map = json_put(map, "standard", json_words(text_of(a, "standard")));
    if (*text_of(a, "indicator"))
        map = json_put(map, "indicator", json_words(text_of(a, "indicator")));
    return json_put(map, "severity", json_words(text_of(a, "severity")));
}

/* Alertmanager's webhook body; an alert that is not over ends in year 1, as it does there. */
static json_t *webhook_alert(const struct message_member *member, const char *summary)
{
    const json_t *a = member->alert;
    return json_pack("{s:s,s:o,s:{s:o},s:s,s:s}", "status",
                     is_over(member) ? "resolved" : "firing", "labels", labels(a),
                     "annotations", "summary", json_words(summary), "startsAt",
                     text_of(a, "started_at"), "endsAt",
                     is_over(member) ? text_of(a, "at") : "0001-01-01T00:00:00Z");
}

static json_t *webhook(const struct messages *m, const struct message_head *head,
                       const struct message_member *members, size_t n,
                       const json_t *views)
{
    json_t *alerts = json_array(), *objects = json_array();
    for (size_t i = 0; i < n; i++) {
        char *summary = NULL;
        if (fill_subject(m, json_array_get(views, i), &summary, NULL))
            alerts = json_add(alerts, NULL);
        else
            alerts = json_add(alerts, webhook_alert(&members[i], summary));
        objects = json_add(objects, json_deep_copy(members[i].alert));
        free(summary);
    }
    return json_pack("{s:s,s:s,s:o,s:{s:o,s:o,s:o,s:o},s:o,s:{s:o,s:o}}", "version", "4",
                     "status", all_over(members, n) ? "resolved" : "firing", "receiver",
                     json_words(head->office), "groupLabels", "province",
                     json_words(head->province), "standard", json_words(head->standard),
                     "kind", json_words(head->kind), "round", json_words(head->round),
                     "alerts", alerts, "junheng", "key", json_words(head->key), "alerts",
                     objects);
}

/* ---- in and out --------------------------------------------------------------------------- */

static int subject_and_text(const struct messages *m, const struct message_head *head,
                            const struct message_member *members, size_t n,
                            const json_t *views, struct message_out *out,
                            struct jh_err *err)
{
    const json_t *first = json_array_get(views, 0);
    if (n == 1) {
        int rc = fill_subject(m, first, &out->subject, err);
        return rc ? rc : fill_text(m, first, &out->text, err);
    }
    json_t *view = many_view(m, head, members, n, views);
    view = n > DIGEST_ABOVE ? digest_view(m, view, views) : few_view(m, view, views);
    int rc = fill(m, MESSAGE_MANY_SUBJECT, view, SUBJECT_MAX, &out->subject, err);
    if (!rc)
        rc = fill(m, n > DIGEST_ABOVE ? MESSAGE_DIGEST_TEXT : MESSAGE_MANY_TEXT, view,
                  TEXT_MAX, &out->text, err);
    json_decref(view);
    return rc;
}

int message_render(const struct messages *m, const struct message_head *head,
                   const struct message_member *members, size_t n,
                   struct message_out *ret, struct jh_err *err)
{
    for (size_t i = 0; i < n; i++)
        if (!json_is_object(members[i].alert))
            return err_set(err, JH_EINVAL, "evidence %zu is no object", i);
    if (n == 0)
        return err_set(err, JH_EINVAL, "a message without members");
    struct message_out out = {.severity = highest(members, n),
                              .status = all_over(members, n) ? "resolved" : "firing"};
    json_t *views = json_array(), *body = NULL;
    for (size_t i = 0; i < n; i++)
        views = json_add(views, view_alert(m, members[i].alert, members[i].to));
    int rc =
        views ? subject_and_text(m, head, members, n, views, &out, err) : no_memory(err);
    if (!rc) {
        body = webhook(m, head, members, n, views);
        out.json = body ? json_text(body, JSON_MAX) : NULL;
        if (!out.json)
            rc = err_set(err, JH_ELIMIT, "message of %zu alerts is too large", n);
    }
    json_decref(body);
    json_decref(views);
    if (rc)
        message_out_done(&out);
    else
        *ret = out;
    return rc;
}

int message_silence(const struct messages *m, const struct message_head *head,
                    const json_t *silence, struct message_out *ret, struct jh_err *err)
{
    struct message_out out = {.severity = "notice", .status = "firing"};
    int rc = fill(m, MESSAGE_SILENCE_SUBJECT, silence, SUBJECT_MAX, &out.subject, err);
    if (!rc)
        rc = fill(m, MESSAGE_SILENCE_TEXT, silence, TEXT_MAX, &out.text, err);
    if (!rc) {
        json_t *body = json_pack("{s:s, s:s, s:s, s:{}, s:[], s:{s:s, s:[], s:O}}",
                                 "version", "4", "status", out.status, "receiver",
                                 head->office, "groupLabels", "alerts", "junheng", "key",
                                 head->key, "alerts", "silence", silence);
        out.json = body ? json_text(body, JSON_MAX) : NULL;
        json_decref(body);
        rc = out.json ? 0 : no_memory(err);
    }
    if (rc)
        message_out_done(&out);
    else
        *ret = out;
    return rc;
}

void message_out_done(struct message_out *out)
{
    free(out->subject);
    free(out->text);
    free(out->json);
    *out = (struct message_out){0};
}

int message_alert_text(const struct messages *m, const json_t *alert, char **ret,
                       struct jh_err *err)
{
    if (!json_is_object(alert))
        return err_set(err, JH_EINVAL, "the evidence is no object");
    bool over = strcmp(text_of(alert, "state"), "resolved") == 0;
    json_t *view = view_alert(m, alert, over ? "resolved" : "firing");
    char *subject = NULL, *text = NULL;
    int rc = fill_subject(m, view, &subject, err);
    if (!rc)
        rc = fill_text(m, view, &text, err);
    if (!rc) {
        struct buf out;
        buf_init(&out, SUBJECT_MAX + TEXT_MAX + 8);
        buf_fmt(&out, "%s\n\n%s\n", subject, text);
        *ret = buf_take(&out);
        rc = *ret ? 0 : no_memory(err);
    }
    free(subject);
    free(text);
    json_decref(view);
    return rc;
}
