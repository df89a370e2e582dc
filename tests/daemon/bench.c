/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon/bench.h"
#include "story/commit.h"

#include <ftw.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/journal.h"
#include "tap/tap.h"

void bench_put(const struct bench *b, const char *name, const char *fmt, ...)
{
    char path[256];
    va_list ap;
    snprintf(path, sizeof path, "%s/%s", b->dir, name);
    FILE *to = fopen(path, "we");
    if (!to)
        bail("cannot write a file");
    va_start(ap, fmt);
    vfprintf(to, fmt, ap);
    va_end(ap);
    fclose(to);
}

static int plugin_dir(void *arg, const char *dir, struct jh_err *err)
{
    (void)arg, (void)dir, (void)err;
    return 0;
}

static const struct jh_plugin *find(void *arg, enum jh_kind kind, const char *name,
                                    struct jh_err *err)
{
    return loader_find(arg, kind, name, err);
}

void bench_load(struct bench *b)
{
    char path[128];
    struct errs errs;
    struct config_plugins plugins = {find, b->loader, plugin_dir};
    snprintf(path, sizeof path, "%s/junheng.yaml", b->dir);
    errs_init(&errs, 20);
    config_unref(b->config);
    b->config = config_load(path, &plugins, &errs);
    errs_print(stderr, "test", &errs);
    errs_done(&errs);
    if (!b->config)
        bail("the configuration does not load");
    pipeline_configure(b->pipeline, b->config, NULL);
}

void bench_books(struct bench *b, const char *sources)
{
    bench_put(b, "standards/books.yaml",
              "standard: books\n"
              "title: books\n"
              "effective: 2010-01-01\n"
              "population: {campus: merge, owners: [7]}\n"
              "indicators:\n"
              "  - {id: books_per_pupil, title: books, numerator: books, per: 1, "
              "split: true}\n"
              "cv_rule: {applies_to: composite, primary: 0.65}\n");
    bench_put(b, "junheng.yaml",
              "state_dir: .\n"
              "control_socket: c.sock\n"
              "standards: {dir: standards, use: [books]}\n"
              "sources:\n"
              "%s"
              "channels: [{name: spool, plugin: spool, path: spool}]\n"
              "offices:\n"
              "  - {id: province, name: office, level: province, channels: [spool]}\n",
              sources);
    bench_load(b);
}

int bench_day(struct bench *b, int year, int month, int day)
{
    struct commit_due due = {
        .config = b->config,
        .arena = b->arena,
        .now_ms = date_to_ms((struct date){(int16_t)year, (int8_t)month, (int8_t)day}),
        .err = &b->err};
    b->clock.fixed_ms = due.now_ms;
    if (commit_due(b->writer, &due))
        bail(b->err.text);
    return (int)due.transitions;
}

size_t bench_stale(struct bench *b)
{
    struct round *rounds;
    size_t n;
    if (pipeline_stale(b->pipeline, &rounds, &n, &b->err))
        bail(b->err.text);
    free(rounds);
    return n;
}

/* As the daemon's store thread does it, without the thread. */
static int write_now(void *arg, int (*fn)(struct store *store, void *fn_arg),
                     void *fn_arg)
{
    struct bench *b = arg;
    return b->writes_left-- > 0 ? fn(b->writer, fn_arg) : JH_EIO;
}

static void open_pipeline(struct bench *b)
{
    struct pipeline_parts parts = {.clock = &b->clock,
                                   .loader = b->formats ? b->formats : b->loader,
                                   .scripts = b->scripts,
                                   .reader = b->reader,
                                   .write = write_now,
                                   .write_arg = b};
    if (pipeline_new(&parts, &b->pipeline, &b->err))
        bail(b->err.text);
}

void bench_scripts(struct bench *b)
{
    char helper[512];
    snprintf(helper, sizeof helper, "%s/junheng-lua", getenv("abs_top_builddir"));
    if (script_start(helper, NULL, &b->scripts, &b->err))
        bail(b->err.text);
    pipeline_free(b->pipeline);
    open_pipeline(b);
}

void bench_forget_formats(struct bench *b)
{
    b->formats = loader_new(b->dir);
    pipeline_free(b->pipeline);
    open_pipeline(b);
    pipeline_configure(b->pipeline, b->config, NULL);
}

static void open_store(struct bench *b)
{
    char path[128];
    snprintf(path, sizeof path, "%s/junheng.db", b->dir);
    if (store_open(path, STORE_WRITE, &b->writer, &b->err) ||
        store_open(path, STORE_READ, &b->reader, &b->err))
        bail(b->err.text);
}

void bench_reopen(struct bench *b)
{
    pipeline_free(b->pipeline);
    store_close(b->reader);
    store_close(b->writer);
    open_store(b);
    open_pipeline(b);
    pipeline_configure(b->pipeline, b->config, NULL);
}

void bench_init(struct bench *b)
{
    char path[128];
    memset(b, 0, sizeof *b);
    b->writes_left = BENCH_ANY;
    snprintf(b->dir, sizeof b->dir, "/tmp/junheng-pipeline-XXXXXX");
    if (!mkdtemp(b->dir))
        bail("no folder");
    snprintf(path, sizeof path, "%s/standards", b->dir);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "%s/.libs", getenv("abs_top_builddir"));
    b->loader = loader_new(path);
    b->clock = clock_fixed(1790000000000);
    b->arena = arena_new(64 << 20);
    if (!b->arena)
        bail("no memory");
    open_store(b);
    open_pipeline(b);
}

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

/* Whatever a test does: each fact has its entry, and each entry its fact. */
static void check_journal(struct bench *b)
{
    struct store_journal_report r = {0};
    if (store_journal_verify(b->reader, NULL, &r, &b->err))
        bail(b->err.text);
    if (!r.sound) {
        printf("# entry %lld: %s\n", (long long)r.broken, r.why);
        bail("the journal is not sound");
    }
}

void bench_done(struct bench *b)
{
    check_journal(b);
    pipeline_free(b->pipeline);
    script_stop(b->scripts);
    config_unref(b->config);
    store_close(b->reader);
    store_close(b->writer);
    loader_free(b->formats);
    loader_free(b->loader);
    arena_free(b->arena);
    if (nftw(b->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS))
        bail("the folder does not go");
}

int bench_run(struct bench *b, const char *source, const char *name, const char *text)
{
    struct gather_body body = {.source = config_source(b->config, source),
                               .name = name,
                               .url = name,
                               .type = "text/csv",
                               .etag = "",
                               .last_modified = "",
                               .bytes = text,
                               .n = strlen(text),
                               .received_ms = b->clock.fixed_ms};
    b->clock.fixed_ms += 86400000;
    memset(&b->report, 0, sizeof b->report);
    memset(&b->err, 0, sizeof b->err);
    return pipeline_run(b->pipeline, &body, &b->report, &b->err);
}
