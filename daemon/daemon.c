/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "daemon_bodies.h"
#include "daemon_clock.h"
#include "daemon_disk.h"
#include "daemon_due.h"
#include "daemon_journal.h"
#include "daemon_sources.h"
#include "daemon_tend.h"

enum { ERRORS_MAX = 200, QUEUE_MAX = 1 << 20 };

static const char PROGRAM[] = "junhengd";

/* ---- configuration ------------------------------------------------------------------------ */

static int plugin_dir(void *arg, const char *dir, struct jh_err *err)
{
    struct daemon *d = arg;
    if (!d->loader)
        d->loader = loader_new(dir);
    if (!d->loader)
        return err_set(err, JH_ENOMEM, "out of memory");
    if (dir && strcmp(dir, loader_dir(d->loader)) != 0)
        return err_set(err, JH_EREFUSED,
                       "plugin_dir cannot change while running: restart");
    return 0;
}

static const struct jh_plugin *find_plugin(void *arg, enum jh_kind kind, const char *name,
                                           struct jh_err *err)
{
    struct daemon *d = arg;
    return loader_find(d->loader, kind, name, err);
}

static struct script_limits limits_of(const struct config *config)
{
    return (struct script_limits){.memory_bytes = (size_t)config->lua.memory_bytes,
                                  .wall_ms = config->lua.wall_ms,
                                  .broken_max = 3};
}

static int start_helper(struct daemon *d, const struct config *config, struct jh_err *err)
{
    char path[4096];
    if (!config->lua.n_dirs)
        return 0;
    const char *helper = config->helper;
    int rc = helper ? 0 : loader_helper(path, sizeof path, err);
    if (rc)
        return rc;
    d->limits = limits_of(config);
    return script_start(helper ? helper : path, &d->limits, &d->scripts, err);
}

static struct script_set *load_scripts(struct daemon *d, const struct config *config,
                                       struct errs *errs)
{
    size_t n = config->lua.n_params;
    struct script_param *params = calloc(n + 1, sizeof *params);
    if (!params)
        return NULL;
    for (size_t i = 0; i < n; i++)
        params[i] = (struct script_param){
            config->lua.params[i].indicator, config->lua.params[i].name,
            config->lua.params[i].value, config->lua.params[i].is_number};
    struct script_set *set =
        script_set_load(d->scripts, config->lua.dirs, config->lua.n_dirs, params, n,
                        config->standards, config->n_standards, errs);
    free(params);
    return set;
}

/* Both halves of a snapshot, or neither. `first`: the helper is not running yet. */
static int load_snapshot(struct daemon *d, bool first, const struct config **ret_config,
                         struct script_set **ret_set, struct errs *errs)
{
    struct config_plugins plugins = {find_plugin, d, plugin_dir};
    struct script_set *set = NULL;
    struct jh_err err;
    const struct config *config = config_load(d->config_path, &plugins, errs);
    if (!config)
        return JH_EINVAL;
    if (first && start_helper(d, config, &err)) {
        errs_add(errs, ERR_ERROR, &err);
        goto fail;
    }
    if (config->lua.n_dirs && !d->scripts) {
        errs_at(
            errs, ERR_ERROR, config->file, 0, 0,
            "lua.dirs: the helper for local indicators starts with the daemon: restart");
        goto fail;
    }
    if (config->lua.n_dirs && !(set = load_scripts(d, config, errs)))
        goto fail;
    *ret_config = config;
    *ret_set = set;
    return 0;
fail:
    config_unref(config);
    return JH_EINVAL;
}

void daemon_snapshot(struct daemon *d, const struct config **ret_config,
                     struct script_set **ret_set)
{
    uv_mutex_lock(&d->lock);
    *ret_config = config_ref(d->config);
    *ret_set = d->set ? script_set_ref(d->set) : NULL;
    uv_mutex_unlock(&d->lock);
}

static void take_snapshot(struct daemon *d, const struct config *config,
                          struct script_set *set)
{
    uv_mutex_lock(&d->lock);
    const struct config *old_config = d->config;
    struct script_set *old_set = d->set;
    d->config = config;
    d->set = set;
    uv_mutex_unlock(&d->lock);
    config_unref(old_config);
    script_set_unref(old_set);
    d->loaded_ms = clock_wall(&d->clock);
}

/* The loop's part of a reload: new instances open before old ones close, or nothing changes. */
static int take_over(struct daemon *d, const struct config *config, struct jh_err *err)
{
    int rc = poll_configure(d->poll, config, err);
    if (rc)
        return rc;
    rc = notify_configure(d->notify, config, d->messages, err);
    if (rc && d->config)
        poll_configure(d->poll, d->config, NULL);
    return rc;
}

struct reload {
    struct daemon *d;
    const struct config *config;
    struct script_set *set;
    struct errs *errs;
    bool failed; /* to load */
};

static int reload_on_loop(void *arg)
{
    struct reload *r = arg;
    struct daemon *d = r->d;
    struct jh_err err;
    if (d->stopping) {
        err_set(&err, JH_ECANCELED, "the daemon is stopping");
        errs_add(r->errs, ERR_ERROR, &err);
        return JH_ECANCELED;
    }
    int rc = r->failed ? JH_EINVAL : take_over(d, r->config, &err);
    if (rc && !r->failed)
        errs_add(r->errs, ERR_ERROR, &err);
    d->counts.reloads++;
    d->counts.reload_failures += rc != 0;
    d->reload_error[0] = '\0';
    if (rc) {
        if (errs_first(r->errs, &err))
            err_format(&err, d->reload_error, sizeof d->reload_error);
        log_event(&d->log, LOG_ERROR, "config.refused", LOG_S("text", d->reload_error),
                  LOG_N("errors", r->errs->errors), LOG_S("then", "the old one stays"));
        return rc;
    }
    d->log.level = r->config->log.level;
    d->log.json = r->config->log.json;
    take_snapshot(d, r->config, r->set);
    log_event(&d->log, LOG_INFO, "config.loaded", LOG_S("file", d->config_path));
    journal_config(d);
    tend_now(d);
    bodies_refresh(d);
    due_now(d);
    return 0;
}

int daemon_reload(struct daemon *d, struct errs *errs)
{
    struct reload r = {.d = d, .errs = errs};
    uv_mutex_lock(
        &d->pipeline_lock); /* scripts and plugins are loaded by one at a time */
    r.failed = load_snapshot(d, false, &r.config, &r.set, errs) != 0;
    int rc = calls_run(d->calls, reload_on_loop, &r);
    uv_mutex_unlock(&d->pipeline_lock);
    if (rc) {
        config_unref(r.config);
        script_set_unref(r.set);
    }
    return rc;
}

/* ---- signals and systemd ---------------------------------------------------------------------- */

static void stop(struct daemon *d);
static void stop_poll(void *arg);

static int reload_work(void *arg)
{
    struct errs errs;
    errs_init(&errs, ERRORS_MAX);
    int rc = daemon_reload(arg, &errs);
    errs_print(stderr, PROGRAM, &errs);
    errs_done(&errs);
    return rc;
}

static void start_reload(struct daemon *d);

static void reload_done(void *arg, int result)
{
    struct daemon *d = arg;
    (void)result;
    d->reloading = false;
    if (!d->stopping)
        sd_notify(0, "READY=1");
    if (!d->stopping && d->reload_wanted)
        start_reload(d);
    else if (d->stopping && d->http_closed)
        stop_poll(d);
}

static void start_reload(struct daemon *d)
{
    d->reload_wanted = false;
    d->reloading = true;
    sd_notify(0, "RELOADING=1");
    if (loop_work(&d->loop, reload_work, reload_done, d))
        reload_done(d, JH_ENOMEM);
}

/* A hundred signals are two reloads: the one under way may not have seen what has changed. */
static void on_signal(struct daemon *d, uint32_t number)
{
    if (number != SIGHUP)
        stop(d);
    else if (d->reloading)
        d->reload_wanted = true;
    else if (!d->stopping)
        start_reload(d);
}

static void on_signals(uv_poll_t *poll, int status, int events)
{
    struct daemon *d = poll->data;
    struct signalfd_siginfo info;
    (void)status, (void)events;
    while (read(d->signal_fd, &info, sizeof info) == (ssize_t)sizeof info)
        on_signal(d, info.ssi_signo);
}

/*
 * Blocked in all threads there will be, and for good: they come through a descriptor. With
 * handlers there would be a moment at the end in which one more is an end by that signal.
 */
static int block_signals(struct daemon *d, struct jh_err *err)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on file sizes is a full disk, not an end */
    d->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return d->signal_fd < 0 ? err_set(err, JH_EIO, "signals: %s", strerror(errno)) : 0;
}

static int catch_signals(struct daemon *d, struct jh_err *err)
{
    d->signals.data = d;
    int rc = uv_poll_init(&d->loop.uv, &d->signals, d->signal_fd);
    if (!rc)
        rc = uv_poll_start(&d->signals, UV_READABLE, on_signals);
    return rc ? err_set(err, JH_EIO, "signals: %s", uv_strerror(rc)) : 0;
}

static void watchdog(void *arg)
{
    (void)arg;
    sd_notify(0, "WATCHDOG=1");
}

static void start_watchdog(struct daemon *d)
{
    uint64_t usec;
    if (sd_watchdog_enabled(0, &usec) > 0)
        d->watchdog = loop_timer_start(&d->loop, 0, (int64_t)(usec / 3000), watchdog, d);
}

/* ---- start ------------------------------------------------------------------------------------- */

static int open_store(struct daemon *d, struct jh_err *err)
{
    struct store *store;
    const char *dir = d->config->state_dir;
    size_t size = strlen(dir) + sizeof "/junheng.db";
    if (mkdir(dir, 0750) && errno != EEXIST)
        return err_at(err, JH_EIO, dir, 0, 0, "cannot make state_dir: %s",
                      strerror(errno));
    d->store_path = malloc(size);
    if (!d->store_path)
        return err_set(err, JH_ENOMEM, "out of memory");
    snprintf(d->store_path, size, "%s/junheng.db", dir);
    int rc = store_open(d->store_path, STORE_WRITE, &store, err);
    if (rc)
        return rc;
    rc = writer_new(&d->loop, store, &d->writer, err);
    if (rc) {
        store_close(store);
        return rc;
    }
    writer_watch(d->writer, disk_changed, d);
    return store_open(d->store_path, STORE_READ, &d->reader, err);
}

static int open_pipeline(struct daemon *d, struct jh_err *err)
{
    struct pipeline_parts parts = {.clock = &d->stamps.clock,
                                   .loader = d->loader,
                                   .scripts = d->scripts,
                                   .reader = d->reader,
                                   .write = clock_write,
                                   .write_arg = d};
    int rc = pipeline_new(&parts, &d->pipeline, err);
    if (rc)
        return rc;
    d->queue = queue_new(&d->loop, QUEUE_MAX, bodies_idle, d);
    if (!d->queue)
        return err_set(err, JH_ENOMEM, "out of memory");
    queue_ended(d->queue, bodies_ended);
    return 0;
}

/* notify/ has logged it. */
static void message_done(void *arg, const struct store_message *message)
{
    struct daemon *d = arg;
    bool delivered = strcmp(message->state, "delivered") == 0;
    d->counts.delivered += delivered;
    d->counts.dead += !delivered;
    due_message(d, delivered);
}

static int open_runtime(struct daemon *d, struct jh_err *err)
{
    const struct poll_hooks polls = {bodies_polled, sources_validators, bodies_room, d};
    const struct notify_hooks notes = {message_done, d};
    int rc =
        transfers_new(&d->loop, (size_t)d->config->max_transfers, &d->transfers, err);
    if (!rc)
        rc = calls_new(&d->loop, &d->calls, err);
    if (!rc)
        rc = poll_new(&d->loop, d->transfers, d->loader, &polls, &d->poll, err);
    if (!rc)
        rc = notify_new(&d->loop, d->transfers, d->loader, d->writer, &notes, &d->notify,
                        err);
    if (!rc)
        rc = take_over(d, d->config, err);
    return rc ? rc : sources_restore(d, d->reader, err);
}

static int open_http(struct daemon *d, const struct http_route *routes,
                     struct jh_err *err)
{
    int rc = http_new(&d->loop, routes, d, &d->http, err);
    if (!rc)
        rc = http_listen_unix(d->http, d->config->control_socket, err);
    if (!rc && d->config->http_listen)
        rc = http_listen_tcp(d->http, d->config->http_listen, err);
    return rc;
}

/* In the order in which each stands on the one before. */
static int start_all(struct daemon *d, const struct daemon_options *options,
                     struct errs *errs)
{
    struct jh_err err = {0};
    const struct config *config;
    struct script_set *set;
    if (block_signals(d, &err)) { /* before there are threads */
        errs_add(errs, ERR_ERROR, &err);
        return JH_EIO;
    }
    d->messages = messages_load(NULL, errs);
    if (!d->messages || load_snapshot(d, true, &config, &set, errs))
        return JH_EINVAL;
    take_snapshot(d, config, set);
    d->log.level = config->log.level;
    d->log.json = config->log.json;
    int rc = loop_init(&d->loop, &d->clock, &d->log, &err);
    if (!rc)
        rc = open_store(d, &err);
    if (!rc)
        rc = open_pipeline(d, &err);
    if (!rc)
        rc = open_runtime(d, &err);
    if (!rc)
        rc = clock_start(d, options->built_ms, &err);
    if (!rc)
        rc = open_http(d, options->routes, &err);
    if (!rc)
        rc = catch_signals(d, &err);
    if (rc)
        errs_add(errs, ERR_ERROR, &err);
    return rc;
}

static void done_all(struct daemon *d)
{
    sources_done(d);
    pipeline_free(d->pipeline);
    store_close(d->reader);
    script_set_unref(d->set);
    script_stop(d->scripts);
    config_unref(d->config);
    messages_free(d->messages);
    loader_free(d->loader);
    free(d->store_path);
    uv_mutex_destroy(&d->lock);
    uv_mutex_destroy(&d->pipeline_lock);
    clock_done(&d->clock);
}

int daemon_start(struct daemon *d, const struct daemon_options *options)
{
    struct errs errs;
    errs_init(&errs, ERRORS_MAX);
    d->config_path = options->config_path;
    d->clock = clock_real();
    int rc = options->clock_file ? clock_file(options->clock_file, &d->clock) : 0;
    if (rc)
        errs_at(&errs, ERR_ERROR, options->clock_file, 0, 0,
                "cannot read the clock file");
    d->log = (struct log){.level = LOG_INFO, .fd = STDERR_FILENO, .clock = &d->clock};
    d->started_ms = clock_wall(&d->clock);
    uv_mutex_init(&d->lock);
    uv_mutex_init(&d->pipeline_lock);
    if (!rc)
        rc = start_all(d, options, &errs);
    errs_print(stderr, PROGRAM, &errs);
    errs_done(&errs);
    if (rc) /* the process ends: what is open on the loop goes with it */
        return rc;
    journal_config(d);
    tend_start(d);
    bodies_refresh(d);
    due_now(d);
    notify_wake(d->notify);
    start_watchdog(d);
    log_event(&d->log, LOG_INFO, "daemon.started", LOG_S("version", PACKAGE_VERSION),
              LOG_S("config", d->config_path), LOG_N("sources", d->config->n_sources),
              LOG_N("indicators", d->set ? script_set_count(d->set) : 0));
    sd_notify(0, "READY=1");
    return 0;
}

/* ---- stop: what takes in first, what writes down last --------------------------------------------- */

static void stop_rest(void *arg)
{
    struct daemon *d = arg;
    loop_timer_stop(d->notes_timer);
    sources_flush(d);
    writer_close(d->writer);
    transfers_close(d->transfers);
    calls_close(d->calls);
    loop_timer_stop(d->watchdog);
    loop_timer_stop(d->clock_timer);
    loop_timer_stop(d->probe);
    loop_timer_stop(d->minute);
    loop_timer_stop(d->retry);
    due_stop(d);
    uv_close((uv_handle_t *)&d->signals, NULL);
    close(d->signal_fd);
}

static void stop_notify(void *arg)
{
    struct daemon *d = arg;
    notify_close(d->notify, stop_rest, d);
}

static void stop_queue(void *arg)
{
    struct daemon *d = arg;
    d->poll = NULL; /* gone, while a body may still be under way */
    queue_close(d->queue, stop_notify, d);
}

static void stop_poll(void *arg)
{
    struct daemon *d = arg;
    poll_close(d->poll, stop_queue, d);
}

/* A reload under way touches what is taken down next: it goes on from there. */
static void stop_http(void *arg)
{
    struct daemon *d = arg;
    d->http_closed = true;
    if (!d->reloading)
        stop_poll(d);
}

static void stop(struct daemon *d)
{
    if (d->stopping)
        return;
    d->stopping = true;
    sd_notify(0, "STOPPING=1");
    log_event(&d->log, LOG_INFO, "daemon.stopping",
              LOG_N("bodies_waiting", queue_length(d->queue)));
    http_close(d->http, stop_http, d);
}

int daemon_run(struct daemon *d)
{
    uv_run(&d->loop.uv, UV_RUN_DEFAULT);
    int rc = loop_done(&d->loop);
    log_event(&d->log, rc ? LOG_ERROR : LOG_INFO, "daemon.stopped", LOG_N("loop", rc));
    done_all(d);
    return rc;
}
