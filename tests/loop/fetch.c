/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For scripts: fetch DIR PLUGIN [OPTION=VALUE]... opens a source through the real loader, host
 * and loop, polls once and prints what came. The options are text, numbers and one-item lists.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "loop/host.h"
#include "plugin/loader.h"

static int complain(const struct jh_err *err)
{
    char text[1200];
    err_format(err, text, sizeof text);
    printf("failed %d: %s\n", err->code, text);
    return 1;
}

static void on_fetched(struct jh_ctx *ctx, struct jh_fetch *fetch, enum jh_fetched what,
                       const struct jh_blob *bodies, size_t n, const struct jh_err *err)
{
    (void)ctx;
    (void)fetch;
    if (what == JH_FAILED)
        complain(err);
    if (what == JH_UNCHANGED)
        printf("unchanged\n");
    for (size_t i = 0; i < n; i++) {
        const char *p = bodies[i].body.p; /* not terminated */
        size_t len = bodies[i].body.len;
        const char *line = len ? memchr(p, '\n', len) : NULL;
        printf("body %s %zu: %.*s\n", bodies[i].name, len,
               (int)(line ? line - p : (long)len), p);
    }
}

static void set(const struct jh_option *o, void *conf, char **value)
{
    char *at = (char *)conf + o->offset;
    struct jh_list list = {(const char *const *)value, 1};
    int64_t number = strtoll(*value, NULL, 10);
    int word = 0;
    while (o->type == JH_ENUM && o->words[word] && strcmp(o->words[word], *value) != 0)
        word++;
    if (o->type == JH_STRING)
        memcpy(at, value, sizeof *value);
    else if (o->type == JH_LIST)
        memcpy(at, &list, sizeof list);
    else if (o->type == JH_ENUM)
        memcpy(at, &word, sizeof word);
    else if (o->type != JH_BOOL)
        memcpy(at, &number, sizeof number);
}

static void configure(const struct jh_plugin *p, void *conf, char **args, int n)
{
    static char *values[32];
    for (const struct jh_option *o = p->options; o && o->name; o++) {
        size_t len = strlen(o->name);
        for (int i = 0; i < n && i < 32; i++)
            if (strncmp(args[i], o->name, len) == 0 && args[i][len] == '=') {
                values[i] = args[i] + len + 1;
                set(o, conf, &values[i]);
            }
    }
}

static int fetch(struct jh_ctx *ctx, const struct jh_plugin *p, void *conf)
{
    struct jh_err err = {0};
    struct jh_inst *inst;
    const struct jh_source_ops *ops = p->ops;
    struct jh_fetch question = {.size = sizeof question,
                                .etag = "",
                                .last_modified = "",
                                .timeout_ms = 20000,
                                .max_bytes = 1 << 20};
    if (p->check(conf, &err) || p->open(host_vtable(), ctx, conf, &inst, &err))
        return complain(&err);
    ops->fetch(inst, &question);
    while (!host_idle(ctx))
        uv_run(&ctx->loop->uv, UV_RUN_ONCE);
    p->close(inst);
    return 0;
}

int main(int argc, char **argv)
{
    struct clock clock = clock_real();
    struct log log = {LOG_DEBUG, false, 1, &clock};
    struct loop loop;
    struct jh_ctx ctx = {.loop = &loop, .name = "probe", .fetch_done = on_fetched};
    struct jh_err err = {0};
    if (argc < 3 || loop_init(&loop, &clock, &log, &err) ||
        transfers_new(&loop, 4, &ctx.transfers, &err))
        return 2;
    struct loader *loader = loader_new(argv[1]);
    const struct jh_plugin *p = loader_find(loader, JH_SOURCE, argv[2], &err);
    int rc = p ? 0 : complain(&err);
    if (p) {
        void *conf = calloc(1, p->conf_size);
        configure(p, conf, argv + 3, argc - 3);
        rc = fetch(&ctx, p, conf);
        free(conf);
    }
    transfers_close(ctx.transfers);
    uv_run(&loop.uv, UV_RUN_DEFAULT);
    fflush(stdout);
    loader_free(loader);
    return loop_done(&loop) ? 3 : rc;
}
