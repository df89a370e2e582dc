/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/letters.h"

#include <string.h>

#include "outbox/outbox.h"

/* One round over all channels: what is sent in it, and what was in the round before. */
struct post {
    struct outbox_slot *slots;
    struct store_message *done;
    const struct store_message **results;
    size_t n_done;
};

static int no_memory(struct jh_err *err)
{
    return err_set(err, JH_ENOMEM, "out of memory");
}

static bool room(struct letters *l)
{
    if (l->n < l->cap)
        return true;
    size_t cap = l->cap ? 2 * l->cap : 64;
    struct letter *list =
        cap <= 2 * LETTERS_MAX ? arena_array(l->arena, cap, sizeof *list) : NULL;
    if (!list)
        return false;
    if (l->n)
        memcpy(list, l->list, l->n * sizeof *list);
    l->list = list;
    l->cap = cap;
    return true;
}

static int keep(struct letters *l, const struct store_message *m, struct jh_err *err)
{
    struct arena *arena = l->arena;
    if (!room(l))
        return no_memory(err);
    struct letter *letter = &l->list[l->n++];
    *letter = (struct letter){.office = arena_str(arena, m->office),
                              .channel = arena_str(arena, m->channel),
                              .severity = arena_str(arena, m->severity),
                              .status = arena_str(arena, m->status),
                              .subject = arena_str(arena, m->subject),
                              .text = arena_str(arena, m->text)};
    return letter->office && letter->channel && letter->severity && letter->status &&
                   letter->subject && letter->text
               ? 0
               : no_memory(err);
}

static int deliver(struct letters *l, struct post *post, struct outbox_slot *slot,
                   struct jh_err *err)
{
    int rc = keep(l, &slot->message, err);
    struct store_message *done = &post->done[post->n_done];
    *done = (struct store_message){.key = arena_str(l->arena, slot->message.key),
                                   .state = "delivered",
                                   .attempts = 1,
                                   .done_ms = l->trial->clock.fixed_ms,
                                   .error = ""};
    post->results[post->n_done++] = done;
    arena_free(slot->arena);
    return !rc && !done->key ? no_memory(err) : rc;
}

/* All that is due now; *ret_next is when there is something again. */
static int send(struct letters *l, int64_t *ret_next, struct jh_err *err)
{
    size_t n = l->config->n_channels;
    struct post post = {.slots = arena_array(l->arena, n, sizeof *post.slots),
                        .done = arena_array(l->arena, n, sizeof *post.done),
                        .results = arena_array(l->arena, n, sizeof *post.results)};
    if (!post.slots || !post.done || !post.results)
        return no_memory(err);
    do {
        struct outbox_step step = {.config = l->config,
                                   .messages = l->messages,
                                   .now_ms = l->trial->clock.fixed_ms,
                                   .results = post.results,
                                   .n_results = post.n_done,
                                   .slots = post.slots,
                                   .n_slots = n};
        for (size_t i = 0; i < n; i++)
            post.slots[i] = (struct outbox_slot){.channel = l->config->channels[i].name,
                                                 .longest_ms = INT32_MAX};
        int rc = outbox_step(l->trial->writer, &step);
        const struct jh_err *why = rc ? &step.err : &step.render_err;
        if (why->code && err)
            *err = *why;
        rc = why->code;
        post.n_done = 0;
        for (size_t i = 0; i < n; i++)
            if (post.slots[i].arena) {
                int rd = deliver(l, &post, &post.slots[i], err);
                rc = rc ? rc : rd;
            }
        if (rc)
            return rc;
        *ret_next = step.next_ms;
    } while (post.n_done);
    return 0;
}

int letters_until(struct letters *l, int64_t ms, struct jh_err *err)
{
    int64_t next;
    for (;;) {
        int rc = send(l, &next, err);
        if (rc)
            return rc;
        if (next > ms)
            break;
        l->trial->clock.fixed_ms = next;
    }
    if (l->trial->clock.fixed_ms < ms)
        l->trial->clock.fixed_ms = ms;
    return 0;
}

int letters_all(struct letters *l, struct jh_err *err)
{
    int64_t next;
    for (;;) {
        int rc = send(l, &next, err);
        if (rc || next == INT64_MAX)
            return rc;
        l->trial->clock.fixed_ms = next;
    }
}
