/* SPDX-License-Identifier: Apache-2.0 */
#include "api/parts.h"

#include <string.h>

#include "base/date.h"
#include "render/json.h"

enum { READ_BYTES = 512 << 20, REPLY_BYTES = 256 << 20, STATES_MAX = 20000 };

int reading_init(struct reading *r, struct daemon *d, struct http_reply *reply)
{
    *r = (struct reading){.d = d, .arena = arena_new(READ_BYTES)};
    int rc = r->arena ? store_open(d->store_path, STORE_READ, &r->store, &r->err)
                      : err_set(&r->err, JH_ENOMEM, "out of memory");
    if (rc) {
        reading_failed(r, reply);
        arena_free(r->arena);
        return rc;
    }
    daemon_snapshot(d, &r->config, &r->set);
    return 0;
}

void reading_done(struct reading *r)
{
    store_close(r->store);
    config_unref(r->config);
    script_set_unref(r->set);
    arena_free(r->arena);
}

void reading_failed(const struct reading *r, struct http_reply *reply)
{
    http_error(reply, 500, "store", "%s", r->err.text);
}

void api_not_kept(struct http_reply *reply, int rc, const char *text)
{
    if (rc == JH_EBUSY)
        http_error(reply, 503, "unavailable", "%s", text);
    else
        http_error(reply, 500, "store", "%s", text);
}

/* Takes the object over. */
static void answer(struct http_reply *reply, json_t *object)
{
    char *text = object ? json_text(object, REPLY_BYTES) : NULL;
    json_decref(object);
    if (!text) {
        http_error(reply, 500, "memory", "the answer does not fit");
        return;
    }
    *reply = (struct http_reply){
        .status = 200, .type = "application/json", .body = text, .len = strlen(text)};
}

void api_data(struct http_reply *reply, json_t *value)
{
    answer(reply, value ? json_pack("{s:o}", "data", value) : NULL);
}

void api_page(struct http_reply *reply, json_t *list, int64_t cursor)
{
    answer(reply, list
                      ? json_pack("{s:o s:I}", "data", list, "cursor", (json_int_t)cursor)
                      : NULL);
}

json_t *api_stamp(int64_t ms)
{
    char text[DATE_TEXT];
    if (!ms)
        return json_null();
    date_stamp(ms, text);
    return json_string(text);
}

json_t *api_text(const char *text)
{
    return text ? json_string(text) : json_null();
}

struct ask {
    struct reading *r;
    struct api_states *to;
};

static const char *text_copy(struct arena *arena, const char *text)
{
    return arena_str(arena, text ? text : "");
}

/* On the loop: copies out what may change the moment we let go. */
static int copy_states(void *arg)
{
    const struct ask *ask = arg;
    struct daemon *d = ask->r->d;
    struct arena *arena = ask->r->arena;
    struct api_states *to = ask->to;
    size_t sources = poll_states(d->poll, NULL, 0);
    size_t channels = notify_stats(d->notify, NULL, 0);
    if (sources > STATES_MAX || channels > STATES_MAX)
        return JH_ELIMIT;
    to->sources = arena_array(arena, sources, sizeof *to->sources);
    to->channels = arena_array(arena, channels, sizeof *to->channels);
    if (!to->sources || !to->channels)
        return JH_ENOMEM;
    to->n_sources = poll_states(d->poll, to->sources, sources);
    to->n_channels = notify_stats(d->notify, to->channels, channels);
    for (size_t i = 0; i < to->n_sources; i++) {
        to->sources[i].name = arena_str(arena, to->sources[i].name);
        to->sources[i].error = text_copy(arena, to->sources[i].error);
        if (!to->sources[i].name || !to->sources[i].error)
            return JH_ENOMEM;
    }
    for (size_t i = 0; i < to->n_channels; i++) {
        to->channels[i].channel = arena_str(arena, to->channels[i].channel);
        to->channels[i].error = text_copy(arena, to->channels[i].error);
        if (!to->channels[i].channel || !to->channels[i].error)
            return JH_ENOMEM;
    }
    to->counts = d->counts;
    to->clock_wrong = d->clock_wrong;
    to->clock_behind_ms = d->clock_behind_ms;
    memcpy(to->store_error, d->store_error, sizeof to->store_error);
    to->store_failing_ms = d->store_failing_ms;
    to->longest_ns = d->loop.longest_ns;
    to->loaded_ms = d->loaded_ms;
    to->queued = queue_length(d->queue);
    to->waiting_bytes = d->waiting_bytes;
    to->waiting_most = d->waiting_most;
    to->stopping = d->stopping;
    snprintf(to->reload_error, sizeof to->reload_error, "%s", d->reload_error);
    snprintf(to->script_error, sizeof to->script_error, "%s", d->script_error);
    to->scripts_behind = d->lapsed;
    transfers_stats(d->transfers, &to->transfers);
    return 0;
}

int api_states(struct reading *r, struct api_states *ret)
{
    *ret = (struct api_states){0};
    struct ask ask = {r, ret};
    int rc = calls_run(r->d->calls, copy_states, &ask);
    return rc ? err_set(&r->err, rc, "%s", err_name(rc)) : 0;
}
