/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/notify.h"

#include <stdlib.h>
#include <string.h>

#include "notify/channel.h"
#include "outbox/outbox.h"

enum {
    TICK_MS = 1000,   /* the daemon's clock may be a test's: look at it once a second */
    TROUBLE_MS = 5000 /* the store failed: try again */
};

/* One visit of the store thread, with all it needs and brings back. */
struct step {
    struct notify *notify;
    struct outbox_step outbox;
    const struct store_message **results;
    struct channel **settling;  /* whose results they are */
    struct store_queue *queues; /* asked for once after each configuration */
    size_t n_queues;
    struct arena *arena;
    bool ask_queues;
};

struct notify {
    struct loop *loop;
    struct transfers *transfers;
    struct loader *loader;
    struct writer *writer;
    struct notify_hooks hooks;
    const struct config *config;
    const struct messages *messages;
    struct channel *channels; /* in use and retired */
    struct channel_tally *tallies;
    struct loop_timer *timer;
    int64_t
        next_ms; /* on the daemon's clock: when to look again; INT64_MAX: when woken */
    int64_t looked_ms; /* when that was found out */
    bool busy, again;  /* a step is under way; something came up meanwhile */
    bool ask_queues;
    bool in_trouble; /* the store failed and that was logged */
    bool held;
    bool closing;
    void (*closed)(void *arg);
    void *closed_arg;
};

static void pump(struct notify *n);

static int64_t now(const struct notify *n)
{
    return clock_wall(n->loop->clock);
}

/* ---- channels ----------------------------------------------------------------------------- */

static struct channel *channel_in_use(const struct notify *n, const char *name)
{
    for (struct channel *ch = n->channels; ch; ch = ch->next)
        if (!ch->retired && !strcmp(ch->tally->name, name))
            return ch;
    return NULL;
}

/*
 * May it be given a message by the next step? Not while it, or one of the same name from before
 * a reload, still sends. One that settles may: the step writes results first.
 */
static bool is_ready(const struct notify *n, const struct channel *ch, int64_t now_ms)
{
    if (n->closing || ch->retired || channel_paused(ch, now_ms))
        return false;
    for (const struct channel *other = n->channels; other; other = other->next)
        if (other->tally == ch->tally && other->state == CHANNEL_SENDING)
            return false;
    return true;
}

static struct channel_tally *tally_of(struct notify *n, const char *name)
{
    struct channel_tally **at = &n->tallies;

    for (; *at; at = &(*at)->next)
        if (!strcmp((*at)->name, name))
            return *at;
    struct channel_tally *t = calloc(1, sizeof(*t));
    if (!t || !(t->name = strdup(name))) {
        free(t);
        return NULL;
    }
    return *at = t;
}

/* Not while a step is under way: it knows them. */
static void close_retired(struct notify *n)
{
    struct channel **at = &n->channels;

    while (*at) {
        struct channel *ch = *at;
        if (ch->retired && ch->state == CHANNEL_IDLE && host_idle(&ch->ctx)) {
            *at = ch->next;
            channel_close(ch);
        } else {
            at = &ch->next;
        }
    }
}

/* ---- answers ------------------------------------------------------------------------------ */

static void log_attempt(const struct notify *n, const struct channel *ch)
{
    const struct store_message *m = &ch->stored;
    bool dead = !strcmp(m->state, "dead");

    if (!strcmp(m->state, "delivered"))
        log_event(n->loop->log, LOG_INFO, "notify.delivered",
                  LOG_S("channel", ch->tally->name), LOG_S("office", m->office),
                  LOG_S("key", m->key), LOG_N("attempt", m->attempts));
    else /* one warning a message; its repetitions only for who asks */
        log_event(n->loop->log,
                  dead               ? LOG_ERROR
                  : m->attempts == 1 ? LOG_WARN
                                     : LOG_DEBUG,
                  dead ? "notify.dead" : "notify.retry",
                  LOG_S("channel", ch->tally->name), LOG_S("office", m->office),
                  LOG_S("key", m->key), LOG_N("attempt", m->attempts),
                  LOG_S("error", m->error));
}

static void on_delivered(struct jh_ctx *ctx, const struct jh_message *message,
                         const struct jh_delivery_result *result)
{
    struct channel *ch = ctx->owner;
    struct notify *n = ch->notify;

    if (ch->state != CHANNEL_SENDING || message != &ch->message) {
        log_event(n->loop->log, LOG_ERROR, "notify.answered_twice",
                  LOG_S("channel", ch->tally->name), LOG_S("plugin", ch->conf->plugin));
        return;
    }
    if (n->closing && result->what == JH_RETRY) {
        channel_settle(ch); /* our own doing: it stays queued as it was */
    } else {
        channel_judge(ch, result, now(n));
        log_attempt(n, ch);
    }
    pump(n);
}

/* ---- one step ----------------------------------------------------------------------------- */

static void step_free(struct step *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->outbox.n_slots; i++)
        arena_free(s->outbox.slots[i].arena);
    if (s->outbox.config)
        config_unref(s->outbox.config);
    arena_free(s->arena);
    free(s->outbox.slots);
    free(s->results);
    free(s->settling);
    free(s);
}

static struct step *step_new(struct notify *n)
{
    struct step *s = calloc(1, sizeof(*s));
    size_t max = 1;
    int64_t now_ms = now(n);

    for (struct channel *ch = n->channels; ch; ch = ch->next)
        max++;
    if (!s)
        return NULL;
    s->notify = n;
    s->results = calloc(max, sizeof(*s->results));
    s->settling = calloc(max, sizeof(*s->settling));
    s->outbox.slots = calloc(max, sizeof(*s->outbox.slots));
    s->arena = arena_new(1 << 20);
    if (!s->results || !s->settling || !s->outbox.slots || !s->arena) {
        step_free(s);
        return NULL;
    }
    for (struct channel *ch = n->channels; ch; ch = ch->next) {
        if (ch->state == CHANNEL_SETTLING) {
            s->settling[s->outbox.n_results] = ch;
            s->results[s->outbox.n_results++] = &ch->stored;
        }
        if (is_ready(n, ch, now_ms))
            s->outbox.slots[s->outbox.n_slots++] = (struct outbox_slot){
                .channel = ch->tally->name, .longest_ms = channel_longest_wait(ch)};
    }
    s->outbox.results = s->results;
    s->outbox.config = config_ref(n->config);
    s->outbox.messages = n->messages;
    s->outbox.now_ms = now_ms;
    s->outbox.only_results = n->closing;
    s->ask_queues = n->ask_queues;
    return s;
}

/* store */
static int step_run(struct store *store, void *arg)
{
    struct step *s = arg;
    int r = outbox_step(store, &s->outbox);

    if (!r && s->ask_queues)
        r = store_queues(store, s->arena, &s->queues, &s->n_queues, &s->outbox.err);
    return r;
}

static void log_orphans(struct notify *n, const struct step *s)
{
    for (size_t i = 0; i < s->n_queues; i++)
        if (!channel_in_use(n, s->queues[i].channel))
            log_event(n->loop->log, LOG_WARN, "notify.no_channel",
                      LOG_S("channel", s->queues[i].channel),
                      LOG_N("queued", s->queues[i].queued),
                      LOG_S("text",
                            "messages stay queued until a channel of this name is "
                            "configured again"));
    if (s->ask_queues)
        n->ask_queues = false;
}

static void log_trouble(struct notify *n, const struct step *s, int result)
{
    if (s->outbox.render_err.code)
        log_event(n->loop->log, LOG_ERROR, "notify.template",
                  LOG_S("error", s->outbox.render_err.text));
    if (result && !n->in_trouble)
        log_event(n->loop->log, LOG_ERROR, "notify.store",
                  LOG_S("error", s->outbox.err.text),
                  LOG_S("text", "nothing is lost; trying again"));
    if (!result && n->in_trouble)
        log_event(n->loop->log, LOG_INFO, "notify.store", LOG_S("text", "works again"));
    n->in_trouble = result != 0;
}

static void settle(struct notify *n, const struct step *s)
{
    for (size_t i = 0; i < s->outbox.written; i++) {
        struct channel *ch = s->settling[i];
        if (n->hooks.done && strcmp(ch->stored.state, "queued") != 0)
            n->hooks.done(n->hooks.arg, &ch->stored);
        channel_settle(ch);
    }
}

static void send_all(struct notify *n, struct step *s)
{
    for (size_t i = 0; i < s->outbox.n_slots; i++) {
        struct outbox_slot *slot = &s->outbox.slots[i];
        struct channel *ch = channel_in_use(n, slot->channel);
        if (!slot->arena || !ch || ch->state != CHANNEL_IDLE ||
            !is_ready(n, ch, s->outbox.now_ms))
            continue; /* closing or configured anew meanwhile: it stays queued */
        struct arena *arena = slot->arena;
        slot->arena = NULL;
        channel_send(ch, &slot->message, arena);
    }
}

/* When to look again, if nobody wakes us before; by the clock that showed looked_ms. */
static void schedule(struct notify *n, int64_t next_ms, int64_t looked_ms)
{
    int64_t now_ms = now(n);

    for (struct channel *ch = n->channels; ch; ch = ch->next)
        if (!ch->retired && channel_paused(ch, now_ms) && ch->paused_until_ms < next_ms)
            next_ms = ch->paused_until_ms;
    n->next_ms = next_ms;
    n->looked_ms = looked_ms;
    if (now_ms < looked_ms) /* the clock was set back meanwhile: next_ms says nothing */
        loop_timer_again(n->timer, 0, 0);
    else if (next_ms == INT64_MAX)
        loop_timer_again(n->timer, INT32_MAX, 0);
    else
        loop_timer_again(n->timer,
                         next_ms - now_ms < TICK_MS ? next_ms - now_ms : TICK_MS, 0);
}

/* After a failure: at once would be a busy loop on a full disk. */
static void try_later(struct notify *n)
{
    n->next_ms = 0;
    loop_timer_again(n->timer, TROUBLE_MS, 0);
}

/* Nobody takes results any more: the messages stay queued under their keys. */
static void forget_results(struct notify *n)
{
    for (struct channel *ch = n->channels; ch; ch = ch->next)
        if (ch->state == CHANNEL_SETTLING)
            channel_settle(ch);
    loop_timer_again(n->timer, 0, 0);
}

/* Once closing and nothing is under way: frees n. */
static bool finish_closing(struct notify *n)
{
    struct channel_tally *next;

    if (!n->closing || n->busy)
        return false;
    for (struct channel *ch = n->channels; ch; ch = ch->next) {
        ch->retired = true;
        if (ch->state != CHANNEL_IDLE)
            return false;
    }
    close_retired(n);
    if (n->channels)
        return false; /* the host has not let go of one yet */
    for (struct channel_tally *t = n->tallies; t; t = next) {
        next = t->next;
        free(t->name);
        free(t);
    }
    loop_timer_stop(n->timer);
    if (n->config)
        config_unref(n->config);
    void (*closed)(void *arg) = n->closed;
    void *arg = n->closed_arg;
    free(n);
    closed(arg);
    return true;
}

static void step_done(void *arg, int result)
{
    struct step *s = arg;
    struct notify *n = s->notify;

    n->busy = false;
    log_orphans(n, s);
    log_trouble(n, s, result);
    settle(n, s);
    send_all(n, s);
    if (result)
        try_later(n);
    else
        schedule(n, s->outbox.next_ms, s->outbox.now_ms);
    step_free(s);
    if (!finish_closing(n) && n->again && !result)
        pump(n);
}

static void pump(struct notify *n)
{
    n->again = n->busy;
    if (n->busy || !n->config || (n->held && !n->closing))
        return;
    close_retired(n);
    struct step *s = step_new(n);
    int r = s ? writer_post(n->writer, step_run, step_done, s) : JH_ENOMEM;
    n->busy = r == 0;
    if (!r)
        return;
    step_free(s);
    if (r == JH_ECANCELED)
        forget_results(n);
    else
        try_later(n);
}

static void on_timer(void *arg)
{
    struct notify *n = arg;

    if (finish_closing(n))
        return;
    bool set_back = now(n) < n->looked_ms; /* then next_ms is of another clock */
    if (n->closing || set_back || n->next_ms <= now(n))
        pump(n);
    else
        schedule(n, n->next_ms, now(n));
}

/* ---- the outside -------------------------------------------------------------------------- */

int notify_new(struct loop *loop, struct transfers *transfers, struct loader *loader,
               struct writer *writer, const struct notify_hooks *hooks,
               struct notify **ret, struct jh_err *err)
{
    struct notify *n = calloc(1, sizeof(*n));

    if (!n)
        return err_set(err, JH_ENOMEM, "out of memory");
    *n = (struct notify){.loop = loop,
                         .transfers = transfers,
                         .loader = loader,
                         .writer = writer,
                         .next_ms = INT64_MAX};
    if (hooks)
        n->hooks = *hooks;
    n->timer = loop_timer_start(loop, INT32_MAX, 0, on_timer, n);
    if (!n->timer) {
        free(n);
        return err_set(err, JH_ENOMEM, "out of memory");
    }
    *ret = n;
    return 0;
}

static void close_list(struct channel *list)
{
    while (list) {
        struct channel *next = list->next;
        channel_close(list);
        list = next;
    }
}

static int open_all(struct notify *n, const struct config *config, struct channel **ret,
                    struct jh_err *err)
{
    struct channel *list = NULL;

    for (size_t i = 0; i < config->n_channels; i++) {
        struct channel_tally *tally = tally_of(n, config->channels[i].name);
        struct channel *ch = NULL;
        int r = JH_ENOMEM;
        if (tally) {
            struct jh_ctx ctx = {.loop = n->loop,
                                 .transfers = n->transfers,
                                 .name = tally->name,
                                 .delivered = on_delivered};
            r = channel_open(config, &config->channels[i], n->loader, &ctx, &ch, err);
        }
        if (r) {
            close_list(list);
            return r;
        }
        ch->notify = n;
        ch->tally = tally;
        ch->next = list;
        list = ch;
    }
    *ret = list;
    return 0;
}

int notify_configure(struct notify *n, const struct config *config,
                     const struct messages *messages, struct jh_err *err)
{
    struct channel *opened = NULL;
    struct channel **at = &n->channels;
    int r = open_all(n, config, &opened, err);

    if (r)
        return r;
    for (; *at; at = &(*at)->next)
        (*at)->retired = true;
    *at = opened;
    if (n->config)
        config_unref(n->config);
    n->config = config_ref(config);
    n->messages = messages;
    n->ask_queues = true;
    pump(n);
    return 0;
}

void notify_hold(struct notify *n, bool held)
{
    n->held = held;
    if (!held)
        notify_wake(n);
}

void notify_wake(struct notify *n)
{
    if (!n->closing)
        pump(n);
}

size_t notify_stats(const struct notify *n, struct notify_stats *stats, size_t max)
{
    size_t i = 0;

    for (const struct channel_tally *t = n->tallies; t; t = t->next, i++) {
        if (i >= max)
            continue;
        stats[i] = (struct notify_stats){.channel = t->name,
                                         .delivered = t->delivered,
                                         .failed = t->failed,
                                         .dead = t->dead,
                                         .last = t->last,
                                         .last_delivered_ms = t->last_delivered_ms,
                                         .error = t->error};
    }
    return i;
}

void notify_close(struct notify *n, void (*done)(void *arg), void *arg)
{
    n->closing = true;
    n->closed = done;
    n->closed_arg = arg;
    loop_timer_again(n->timer, 0, 0); /* not from here: the caller may not be ready */
}
