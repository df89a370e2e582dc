/* SPDX-License-Identifier: Apache-2.0 */
#include "story/silence.h"

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "alert/silence.h"
#include "digest/digest.h"
#include "render/json_make.h"
#include "story/withhold.h"

enum { REMIND_DAYS = 7 };

static struct silence_match match_of(const struct store_silence *x)
{
    return (struct silence_match){.county = x->county,
                                  .kind = x->kind,
                                  .standard = x->standard,
                                  .severity = x->severity,
                                  .region = x->region};
}

int silence_of(struct store *store, const struct route_subject *subject, int64_t now_ms,
               struct arena *arena, int64_t *ret, struct jh_err *err)
{
    struct store_silence *list;
    size_t n;
    int rc = store_silences(store, false, arena, &list, &n, err);
    *ret = 0;
    for (size_t i = 0; !rc && i < n && !*ret; i++) {
        const struct silence_match match = match_of(&list[i]);
        if (list[i].until_ms > now_ms && silence_matches(&match, subject))
            *ret = list[i].id;
    }
    return rc;
}

/* ---- the end of one ---------------------------------------------------------------------------- */

/* Something else may keep it back still. */
static int release(struct store *store, struct silence_work *w,
                   const struct store_outbox *row)
{
    const struct withhold why = {w->config, w->arena, w->now_ms, w->err};
    int64_t other;
    int rc = withhold_again(store, &why, row->alert, &other);
    if (rc)
        return rc;
    w->released += other == 0;
    return store_outbox_release(store, row->id, other, w->now_ms, w->err);
}

static int end(struct store *store, struct silence_work *w, int64_t id, const char *by,
               const char *reason)
{
    struct store_outbox *rows;
    size_t n;
    int rc = store_silence_end(store, id, by, reason, w->now_ms, w->err);
    if (!rc)
        rc = store_outbox_withheld(store, id, w->arena, &rows, &n, w->err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = release(store, w, &rows[i]);
    w->ended += !rc;
    return rc;
}

/* ---- reminding ----------------------------------------------------------------------------------- */

static void add_match(json_t *list, const char *key, const char *value)
{
    if (value)
        json_array_append_new(list, json_sprintf("%s=%s", key, value));
}

static json_t *silence_view(const struct store_silence *x)
{
    char until[DATE_TEXT], created[DATE_TEXT];
    json_t *matches = json_array(), *map = json_object();
    date_print(date_of_ms(x->until_ms - 1), until);
    date_print(date_of_ms(x->created_ms), created);
    add_match(matches, "county", x->county);
    add_match(matches, "kind", x->kind);
    add_match(matches, "standard", x->standard);
    add_match(matches, "severity", x->severity);
    add_match(matches, "region", x->region);
    map = json_put(map, "id", json_integer(x->id));
    map = json_put(map, "until", json_words(until));
    map = json_put(map, "created", json_words(created));
    map = json_put(map, "matches", matches);
    map = json_put(map, "by", json_words(x->by));
    return json_put(map, "reason", json_words(x->reason));
}

/* The author's office, else the lowest there is: who must know that it ends. */
static const struct office *office_of(const struct config *config,
                                      const struct store_silence *x)
{
    const struct office *lowest = NULL;
    for (size_t i = 0; i < config->routes.n_offices; i++) {
        const struct office *o = &config->routes.offices[i];
        const struct route_subject subject = {.county =
                                                  x->county ? x->county : x->region};
        if (x->office && strcmp(o->id, x->office) == 0)
            return o;
        if ((!lowest || o->level < lowest->level) &&
            (!subject.county || office_covers(o, &subject)))
            lowest = o;
    }
    return lowest;
}

static int remind_over(struct store *store, struct silence_work *w,
                       const struct store_silence *x, const struct office *office,
                       const char *channel)
{
    char key[SHA256_HEX], id[32];
    struct message_out out = {0};
    snprintf(id, sizeof id, "silence:%lld", (long long)x->id);
    struct sha256 *h = sha256_new();
    sha256_add_str(h, id);
    sha256_add_str(h, office->id);
    sha256_add_str(h, channel);
    sha256_end(h, key);
    const struct message_head head = {.key = key,
                                      .office = office->id,
                                      .office_name = office->name,
                                      .channel = channel,
                                      .now_ms = w->now_ms};
    json_t *view = silence_view(x);
    int rc = view ? message_silence(w->messages, &head, view, &out, w->err)
                  : err_set(w->err, JH_ENOMEM, "out of memory");
    json_decref(view);
    if (rc)
        return rc;
    const struct store_message message = {.key = key,
                                          .office = office->id,
                                          .channel = channel,
                                          .state = "queued",
                                          .severity = out.severity,
                                          .status = out.status,
                                          .subject = out.subject,
                                          .text = out.text,
                                          .json = out.json,
                                          .created_ms = w->now_ms,
                                          .next_ms = w->now_ms,
                                          .error = ""};
    rc = store_message_freeze(store, &message, NULL, 0, w->err);
    message_out_done(&out);
    return rc;
}

static int remind(struct store *store, struct silence_work *w,
                  const struct store_silence *x)
{
    const struct office *office = office_of(w->config, x);
    int rc = store_silence_reminded(store, x->id, w->now_ms, w->err);
    for (size_t i = 0; !rc && office && i < office->n_channels; i++)
        rc = remind_over(store, w, x, office, office->channels[i]);
    w->reminded += !rc;
    return rc;
}

/* ---- transactions --------------------------------------------------------------------------------- */

static int tick_within(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    struct store_silence *list;
    size_t n;
    int64_t soon = date_to_ms(date_add_days(date_of_ms(w->now_ms), REMIND_DAYS + 1));
    int rc = store_silences(store, false, w->arena, &list, &n, w->err);
    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].until_ms <= w->now_ms)
            rc = end(store, w, list[i].id, NULL, NULL);
        else if (list[i].until_ms <= soon && !list[i].reminded_ms)
            rc = remind(store, w, &list[i]);
    return rc;
}

static int start_within(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    w->silence.created_ms = w->now_ms;
    return store_silence_put(store, &w->silence, w->err);
}

static int stop_within(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    int rc = end(store, w, w->silence.id, w->by, w->reason);
    return rc == JH_ENOENT ? err_set(w->err, rc, "no silence %lld is in force",
                                     (long long)w->silence.id)
                           : rc;
}

int silence_start(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    return store_within(store, start_within, w, w->err);
}

int silence_stop(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    return store_within(store, stop_within, w, w->err);
}

int silence_tick(struct store *store, void *arg)
{
    struct silence_work *w = arg;
    return store_within(store, tick_within, w, w->err);
}
