/* SPDX-License-Identifier: Apache-2.0 */
#include "notify/channel.h"

#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "outbox/outbox.h"

enum {
    RETRY_AFTER_MAX_MS = 24 * 3600 * 1000, /* longer waits are not believed */
    DOUBLINGS_MAX = 20
};

int channel_open(const struct config *config, const struct channel_conf *conf,
                 struct loader *loader, const struct jh_ctx *ctx, struct channel **ret,
                 struct jh_err *err)
{
    const struct jh_plugin *plugin = loader_find(loader, JH_NOTIFIER, conf->plugin, err);
    struct channel *ch = plugin ? calloc(1, sizeof(*ch)) : NULL;

    if (!ch)
        return plugin ? err_set(err, JH_ENOMEM, "out of memory") : JH_ENOENT;
    ch->conf = conf;
    ch->plugin = plugin;
    ch->ctx = *ctx;
    ch->ctx.owner = ch;
    ch->ctx.rules.all = &config->addresses;
    int r = plugin->open(host_vtable(), &ch->ctx, conf->plugin_conf, &ch->inst, err);
    if (r) {
        free(ch);
        return r;
    }
    ch->config = config_ref(config);
    *ret = ch;
    return 0;
}

void channel_close(struct channel *ch)
{
    if (!ch)
        return;
    if (ch->plugin->close)
        ch->plugin->close(ch->inst);
    arena_free(ch->arena);
    config_unref(ch->config);
    free(ch);
}

void channel_send(struct channel *ch, const struct store_message *message,
                  struct arena *arena)
{
    const struct jh_notifier_ops *ops = ch->plugin->ops;

    ch->arena = arena;
    ch->stored = *message;
    ch->message = (struct jh_message){.size = sizeof(ch->message),
                                      .key = message->key,
                                      .office = message->office,
                                      .office_name =
                                          outbox_office_name(ch->config, message->office),
                                      .severity = message->severity,
                                      .status = message->status,
                                      .subject = message->subject,
                                      .text = message->text,
                                      .json = message->json,
                                      .attempt = message->attempts + 1};
    ch->state = CHANNEL_SENDING;
    ops->send(ch->inst, &ch->message); /* may answer before it returns */
}

/* Plugins are others' code: what they say is made valid and short before it goes anywhere. */
static void keep_error(struct channel *ch, const char *text)
{
    struct channel_tally *t = ch->tally;
    size_t n = text ? strnlen(text, 4096) : 0;

    n = text ? utf8_check(text, n) : 0;
    n = text ? utf8_cut(text, n, sizeof(t->error) - 1) : 0;
    if (n)
        memcpy(t->error, text, n);
    t->error[n] = '\0';
    ch->stored.error = arena_str(ch->arena, t->error);
    if (!ch->stored.error)
        ch->stored.error = "";
}

static int64_t back_off(const struct channel_conf *conf, int attempts)
{
    int64_t ms = conf->retry_min_ms;

    for (int i = 1; i < attempts && i < DOUBLINGS_MAX && ms < conf->retry_max_ms; i++)
        ms *= 2;
    return ms < conf->retry_max_ms ? ms : conf->retry_max_ms;
}

bool channel_paused(const struct channel *ch, int64_t now_ms)
{
    /* Beyond the longest pause: the clock was set back meanwhile. */
    return ch->paused_until_ms > now_ms &&
           ch->paused_until_ms - now_ms <= RETRY_AFTER_MAX_MS;
}

int64_t channel_longest_wait(const struct channel *ch)
{
    int64_t most = ch->conf->retry_max_ms;

    return most > RETRY_AFTER_MAX_MS ? most : RETRY_AFTER_MAX_MS;
}

static void retry(struct channel *ch, int64_t retry_after_ms, int64_t now_ms)
{
    struct store_message *m = &ch->stored;
    int64_t wait = back_off(ch->conf, m->attempts);

    m->state = "queued";
    if (retry_after_ms > RETRY_AFTER_MAX_MS)
        retry_after_ms = RETRY_AFTER_MAX_MS;
    if (retry_after_ms >= 0) /* it said when: that holds for all we have for it */
        ch->paused_until_ms = now_ms + retry_after_ms;
    wait = retry_after_ms > wait ? retry_after_ms : wait;
    m->waited_ms += wait;
    m->next_ms = now_ms + wait;
}

static void die(struct channel *ch, int64_t now_ms)
{
    ch->stored.state = "dead";
    ch->stored.done_ms = now_ms;
    ch->tally->dead++;
    ch->tally->last = -1;
}

void channel_judge(struct channel *ch, const struct jh_delivery_result *result,
                   int64_t now_ms)
{
    struct store_message *m = &ch->stored;

    m->attempts++;
    keep_error(ch, result->what == JH_DELIVERED ? "" : result->text);
    if (result->what == JH_DELIVERED) {
        m->state = "delivered";
        m->done_ms = now_ms;
        ch->tally->delivered++;
        ch->tally->last = 1;
        ch->tally->last_delivered_ms = now_ms;
    } else {
        ch->tally->failed++;
        /* Not its age: a clock that leaps, or a daemon that was down, tries nothing. */
        if (result->what == JH_RETRY && m->waited_ms < ch->conf->give_up_ms)
            retry(ch, result->retry_after_ms, now_ms);
        else
            die(ch, now_ms);
    }
    ch->state = CHANNEL_SETTLING;
}

void channel_settle(struct channel *ch)
{
    arena_free(ch->arena);
    ch->arena = NULL;
    ch->state = CHANNEL_IDLE;
}
