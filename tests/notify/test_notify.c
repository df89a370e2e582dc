/* SPDX-License-Identifier: Apache-2.0 */
/* Why: at least once, under one key, in order, whatever the receiver or a kill -9 does. */
#include <signal.h>
#include <sys/wait.h>

#include "conf/option.h"
#include "notify/notify.h"
#include "notify/receiver.h"
#include "outbox/outbox.h"
#include "store/fixture.h"

enum { WAIT_MS = 60000, RETRY_MS = 1000, GIVE_UP_MS = 3600000, START_MS = 1000000 };

/* The daemon's half: what a restart makes anew. The clock stands until the test turns it. */
struct daemon_half {
    struct clock clock;
    struct log log;
    struct loop loop;
    struct transfers *transfers;
    struct loader *loader;
    struct writer *writer;
    struct notify *notify;
    struct loop_timer *guard;
    int turns;
    bool closed;
    int done, dead; /* told by the hook */
};

struct world {
    struct fixture f; /* f.store is a reader while the daemon's half stands */
    struct receiver *receiver;
    struct arena *arena; /* of the configuration */
    struct messages *messages;
    struct office office;
    struct channel_conf channels[2];
    struct config config;
    struct daemon_half d;
    char url[64], spool[96];
};

/* The configurations here stand on the stack of main() and are not counted. */
const struct config *config_ref(const struct config *config)
{
    return config;
}

void config_unref(const struct config *config)
{
    (void)config;
}

/* ---- the world ---------------------------------------------------------------------------- */

static void *plugin_conf(struct world *w, struct loader *loader, const char *plugin,
                         const char *key, const char *value)
{
    const struct jh_plugin *p = loader_find(loader, JH_NOTIFIER, plugin, &w->f.err);

    if (!p)
        bail(w->f.err.text);
    void *conf = arena_alloc(w->arena, p->conf_size);
    option_defaults(p->options, conf, w->arena);
    for (const struct jh_option *o = p->options; o->name; o++)
        if (!strcmp(o->name, key))
            memcpy((char *)conf + o->offset, &value, sizeof(value));
    return conf;
}

static struct loader *open_loader(void)
{
    const char *top = getenv("abs_top_builddir");
    char dir[4096];

    snprintf(dir, sizeof(dir), "%s/.libs", top ? top : ".");
    struct loader *loader = loader_new(dir);
    if (!loader)
        bail("no loader");
    return loader;
}

static void open_world(struct world *w)
{
    struct channel_conf common = {
        .retry_min_ms = RETRY_MS, .retry_max_ms = 8 * RETRY_MS, .give_up_ms = GIVE_UP_MS};
    struct loader *loader = open_loader();
    struct errs errs;

    memset(w, 0, sizeof(*w));
    fixture_init(&w->f);
    w->receiver = receiver_new();
    w->arena = arena_new(1 << 20);
    errs_init(&errs, 20);
    w->messages = messages_load(NULL, &errs);
    errs_done(&errs);
    if (!w->arena || !w->messages)
        bail("no messages");
    snprintf(w->url, sizeof(w->url), "http://127.0.0.1:%d/hook",
             receiver_port(w->receiver));
    snprintf(w->spool, sizeof(w->spool), "%s/spool", w->f.dir);
    w->channels[0] = w->channels[1] = common;
    w->channels[0].name = "hook";
    w->channels[0].plugin = "webhook";
    w->channels[0].plugin_conf = plugin_conf(w, loader, "webhook", "url", w->url);
    w->channels[1].name = "spool";
    w->channels[1].plugin = "spool";
    w->channels[1].plugin_conf = plugin_conf(w, loader, "spool", "path", w->spool);
    loader_free(loader);
    w->office = (struct office){.id = "province", .name = "省教育督导办"};
    w->config = (struct config){.channels = w->channels,
                                .n_channels = 2,
                                .routes = {.offices = &w->office, .n_offices = 1},
                                .group_wait_ms = WAIT_MS};
}

static void on_done(void *arg, const struct store_message *message)
{
    struct daemon_half *d = arg;

    d->done++;
    d->dead += !strcmp(message->state, "dead");
}

static void on_guard(void *arg)
{
    struct daemon_half *d = arg;

    if (++d->turns > 3000) /* of 10 ms: nothing here takes that long */
        bail("what was waited for does not come");
}

static void start(struct world *w, int64_t now_ms)
{
    struct daemon_half *d = &w->d;
    struct notify_hooks hooks = {on_done, d};
    struct store *store = NULL;

    memset(d, 0, sizeof(*d));
    d->clock = clock_fixed(now_ms);
    d->log = (struct log){.level = LOG_ERROR, .fd = 1, .clock = &d->clock};
    must(&w->f, loop_init(&d->loop, &d->clock, &d->log, &w->f.err), "loop");
    d->guard = loop_timer_start(&d->loop, 10, 10, on_guard, d);
    d->loader = open_loader();
    must(&w->f, transfers_new(&d->loop, 8, &d->transfers, &w->f.err), "transfers");
    must(&w->f, store_open(w->f.path, STORE_WRITE, &store, &w->f.err), "store");
    must(&w->f, writer_new(&d->loop, store, &d->writer, &w->f.err), "writer");
    must(&w->f,
         notify_new(&d->loop, d->transfers, d->loader, d->writer, &hooks, &d->notify,
                    &w->f.err),
         "notify");
    must(&w->f, notify_configure(d->notify, &w->config, w->messages, &w->f.err),
         "configure");
    must(&w->f, store_open(w->f.path, STORE_READ, &w->f.store, &w->f.err), "reader");
}

static void on_closed(void *arg)
{
    *(bool *)arg = true;
}

static void stop(struct world *w)
{
    struct daemon_half *d = &w->d;

    notify_close(d->notify, on_closed, &d->closed);
    transfers_close(d->transfers); /* cancels what a receiver keeps waiting */
    while (!d->closed)
        uv_run(&d->loop.uv, UV_RUN_ONCE);
    writer_close(d->writer);
    loop_timer_stop(d->guard);
    is_int(loop_done(&d->loop), 0, "nothing is left on the loop");
    loader_free(d->loader);
    store_close(w->f.store);
    w->f.store = NULL;
}

static void turn_clock(struct world *w, int64_t by_ms)
{
    w->d.clock.fixed_ms += by_ms;
    notify_wake(w->d.notify);
}

/* Rows as the pipeline would commit them. */
static int commit_row(struct store *store, void *arg)
{
    struct store_outbox *row = arg;

    return store_outbox_put(store, row, NULL);
}

static void row_is_there(void *arg, int result)
{
    (void)arg;
    if (result)
        bail("a row could not be written");
}

static void tell(struct world *w, const char *alert, int transition, const char *channel,
                 const char *round)
{
    struct store_outbox *row = arena_alloc(w->arena, sizeof(*row));

    row->alert = alert;
    row->transition = transition;
    row->office = "province";
    row->channel = channel;
    row->group = arena_fmt(w->arena, "province|34|basic-2012|slip|%s", round);
    row->created_ms = w->d.clock.fixed_ms;
    must(&w->f, writer_post(w->d.writer, commit_row, row_is_there, row), "row");
    turn_clock(w, WAIT_MS);
}

/* ---- what is waited for ------------------------------------------------------------------- */

static struct store_counts counts(struct world *w)
{
    struct store_counts c;

    arena_reset(w->f.arena);
    must(&w->f, store_counts(w->f.store, w->f.arena, &c, &w->f.err), "counts");
    return c;
}

static void wait_delivered(struct world *w, int64_t n)
{
    while (counts(w).delivered < n)
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
}

static struct store_message newest(struct world *w)
{
    struct store_message *list = NULL;
    size_t n = 0;

    arena_reset(w->f.arena);
    must(&w->f, store_messages(w->f.store, NULL, 1, w->f.arena, &list, &n, &w->f.err),
         "list");
    return n ? list[0] : (struct store_message){.state = ""};
}

/* Until the newest message has failed once and waits for its next attempt. */
static void wait_failed(struct world *w)
{
    while (strcmp(newest(w).state, "queued") != 0 || newest(w).attempts < 1)
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
}

/* Until there are n queued messages and the oldest of them has failed so often. */
static void wait_queue(struct world *w, size_t n, int attempts)
{
    struct store_message *list = NULL;
    size_t there = 0;

    for (;;) {
        arena_reset(w->f.arena);
        must(&w->f,
             store_messages(w->f.store, "queued", 99, w->f.arena, &list, &there,
                            &w->f.err),
             "list");
        if (there >= n && list[there - 1].attempts >= attempts)
            return;
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
    }
}

static void wait_requests(struct world *w, size_t n)
{
    while (receiver_count(w->receiver) < n)
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
}

/* ---- tests -------------------------------------------------------------------------------- */

static void put_alerts(struct world *w)
{
    static const char *const ids[] = {"aa", "bb", "cc", "dd", "ee", "ff", "gg", "hh"};
    struct store_transition t = {.n = 2,
                                 .from = "firing",
                                 .to = "resolved",
                                 .round = {2018, 0},
                                 .cause = "passed",
                                 .at_ms = 2000,
                                 .evidence = "{}"};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        fixture_alert(&w->f, ids[i], ids[i]);
        t.alert = ids[i];
        must(&w->f,
             in_transaction(&w->f, store_transition_put(w->f.store, &t, &w->f.err)),
             "transition");
    }
}

/* A child freezes and begins to send; the receiver kills it before it answers. */
static void test_kill(struct world *w)
{
    char want[65];

    fixture_outbox(&w->f, "aa", 1, "hook", START_MS);
    store_close(w->f.store);
    w->f.store = NULL;
    pid_t child = fork();
    if (child < 0)
        bail("no process");
    if (child == 0) {
        start(w, START_MS + WAIT_MS);
        for (;;)
            uv_run(&w->d.loop.uv, UV_RUN_ONCE);
    }
    receiver_kill(w->receiver, child);
    receiver_serve(w->receiver);
    waitpid(child, NULL, 0);
    start(w, START_MS + 2 * WAIT_MS);
    wait_delivered(w, 1);
    outbox_key((const char *const[]){"aa:1"}, 1, "hook", want);
    is_int((long long)receiver_count(w->receiver), 2, "sent again after kill -9");
    is_str(receiver_id(w->receiver, 0), want, "under the key of its members");
    is_str(receiver_id(w->receiver, 1), want, "and again under the same");
    is_str(receiver_body(w->receiver, 1), receiver_body(w->receiver, 0),
           "with the same body");
    ok(strstr(receiver_body(w->receiver, 1), want) != NULL, "that tells the key");
    while (!w->d.done) /* the store has it a moment before the loop hears of it */
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
    is_int(w->d.done, 1, "the hook was told once");
}

static void test_retry(struct world *w)
{
    size_t before = receiver_count(w->receiver);

    receiver_answer(w->receiver, 500, "");
    receiver_answer(w->receiver, 503, "");
    tell(w, "bb", 1, "hook", "2017");
    wait_failed(w);
    struct store_message m = newest(w);
    is_str(m.state, "queued", "500: it stays queued");
    is_int(m.next_ms - w->d.clock.fixed_ms, RETRY_MS, "for the shortest back-off");
    ok(strstr(m.error, "HTTP 500") != NULL, "with what was said: %s", m.error);

    tell(w, "bb", 2, "hook",
         "2018"); /* past its back-off: the clock went on by WAIT_MS */
    wait_queue(w, 2, 2);
    is_str(receiver_id(w->receiver, before + 1), receiver_id(w->receiver, before),
           "repeated under the same key, and not overtaken by its resolution");
    turn_clock(w, 100 * RETRY_MS);
    wait_delivered(w, 3);
    is_str(receiver_id(w->receiver, before + 2), receiver_id(w->receiver, before),
           "once more");
    ok(strcmp(receiver_id(w->receiver, before + 3), receiver_id(w->receiver, before)) !=
           0,
       "then the resolution, under its own");
    is_str(receiver_body(w->receiver, before + 2), receiver_body(w->receiver, before),
           "a frozen message never changes");
}

static void test_pause(struct world *w)
{
    size_t before = receiver_count(w->receiver);

    receiver_answer(w->receiver, 429, "Retry-After: 120\r\n");
    tell(w, "cc", 1, "hook", "2017");
    wait_failed(w);
    is_int(newest(w).next_ms - w->d.clock.fixed_ms, 120000, "Retry-After is honoured");
    tell(w, "dd", 1, "hook", "2017"); /* 60 s later */
    wait_queue(w, 2, 0);
    is_int((long long)receiver_count(w->receiver), (long long)before + 1,
           "and holds for whatever else waits for the channel");
    turn_clock(w, 60000);
    wait_delivered(w, 5);
    is_str(receiver_id(w->receiver, before + 1), receiver_id(w->receiver, before),
           "in order");
}

static void test_dead(struct world *w)
{
    struct notify_stats stats[4];

    receiver_answer(w->receiver, 400, "");
    tell(w, "ee", 1, "hook", "2017");
    while (!w->d.dead)
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
    is_str(newest(w).state, "dead", "400: dead at once");

    receiver_answer(w->receiver, 500, "");
    tell(w, "ff", 1, "hook", "2017");
    wait_failed(w);
    receiver_answer(w->receiver, 503, "Retry-After: 3600\r\n");
    receiver_answer(w->receiver, 500, "");
    turn_clock(w, 100LL * GIVE_UP_MS);
    wait_queue(w, 1, 2);
    is_int(counts(w).dead, 1, "a leap of the clock is no time in which it was tried");
    turn_clock(w, GIVE_UP_MS);
    while (w->d.dead < 2)
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
    is_int(counts(w).dead, 2, "given up after waits of give_up");
    is_int((long long)notify_stats(w->d.notify, stats, 4), 2, "counted by channel");
    is_str(stats[0].channel, "hook", "name");
    ok(stats[0].dead == 2 && stats[0].delivered == 5 && stats[0].failed == 7,
       "dead, delivered");
    ok(stats[0].last_delivered_ms > 0 && *stats[0].error, "when, and what was said last");
}

static void test_spool(struct world *w)
{
    char path[256];

    tell(w, "aa", 1, "spool", "2017");
    wait_delivered(w, 6);
    snprintf(path, sizeof(path), "%s/%s.txt", w->spool, newest(w).key);
    ok(access(path, R_OK) == 0, "a file named by the key");
    unlink(path);
}

static void test_reload(struct world *w)
{
    w->config.n_channels = 1; /* no spool */
    must(&w->f, notify_configure(w->d.notify, &w->config, w->messages, &w->f.err),
         "reload");
    tell(w, "bb", 1, "spool", "2017");
    wait_queue(w, 1, 0);
    tell(w, "cc", 2, "hook", "2018");
    wait_delivered(w, 7);
    is_int(counts(w).queued, 1, "without its channel a message stays queued");

    struct channel_conf broken = w->channels[1];
    w->channels[1].plugin = "nonesuch";
    w->config.n_channels = 2;
    ok(notify_configure(w->d.notify, &w->config, w->messages, &w->f.err) < 0,
       "a configuration that cannot be opened is refused: %s", w->f.err.text);
    tell(w, "dd", 2, "hook", "2018");
    wait_delivered(w, 8);
    ok(true, "and the old one goes on");
    w->channels[1] = broken;
    must(&w->f, notify_configure(w->d.notify, &w->config, w->messages, &w->f.err),
         "reload");
    wait_delivered(w, 9);
    ok(true, "with its channel back it goes out");
}

/* The receiver keeps us waiting when we must stop: nothing changes, it goes out next time. */
static void test_close(struct world *w)
{
    size_t before = receiver_count(w->receiver);

    receiver_hold(w->receiver, 1);
    tell(w, "ee", 2, "hook", "2018");
    wait_requests(w, before + 1);
    stop(w);
    receiver_hold(w->receiver, 0);
    start(w, w->d.clock.fixed_ms);
    wait_delivered(w, 10);
    is_str(receiver_id(w->receiver, before + 1), receiver_id(w->receiver, before),
           "what a stop cut off is sent after the start, under the same key");
    is_int(newest(w).attempts, 1, "our stopping is not held against the receiver");
}

/* The same, and the result is most likely written before the loop has heard so. */
static void wait_written(struct world *w)
{
    while (strcmp(newest(w).state, "queued") != 0 || newest(w).attempts < 1) {
        uv_run(&w->d.loop.uv, UV_RUN_ONCE);
        usleep(20000);
    }
}

/* A clock that ran ahead by a year is set right: what waits must not wait for a year. */
static void test_set_back(struct world *w, const char *alert,
                          void (*wait)(struct world *))
{
    const int64_t year = 365 * INT64_C(86400000);
    int64_t delivered = counts(w).delivered;

    receiver_answer(w->receiver, 429, "Retry-After: 120\r\n");
    tell(w, alert, 1, "hook", "2017");
    wait(w);
    w->d.clock.fixed_ms -= year;
    wait_delivered(w, delivered + 1);
    is_str(newest(w).state, "delivered", "the clock is set back by a year: sent at once");
}

static void remove_spool(struct world *w)
{
    struct store_message *list;
    char path[256];
    size_t n;

    arena_reset(w->f.arena);
    must(&w->f, store_messages(w->f.store, NULL, 99, w->f.arena, &list, &n, &w->f.err),
         "list");
    for (size_t i = 0; i < n; i++) {
        snprintf(path, sizeof(path), "%s/%s.txt", w->spool, list[i].key);
        unlink(path);
    }
    rmdir(w->spool);
}

int main(void)
{
    static struct world w;

    open_world(&w);
    put_alerts(&w);
    test_kill(&w);
    test_retry(&w);
    test_pause(&w);
    test_dead(&w);
    test_spool(&w);
    test_reload(&w);
    test_close(&w);
    test_set_back(&w, "gg", wait_failed);
    test_set_back(&w, "hh", wait_written);
    remove_spool(&w);
    stop(&w);
    receiver_free(w.receiver);
    messages_free(w.messages);
    arena_free(w.arena);
    fixture_done(&w.f);
    return done_testing();
}
