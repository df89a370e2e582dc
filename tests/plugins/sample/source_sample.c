/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole source plugin, as somebody else would write it: it needs nothing but the installed
 * header. Configured as `{name: x, plugin: sample, text: "...", copies: 2}` it delivers the
 * text, which a worker thread has copied, as one body.
 *
 *   cc -shared -fPIC $(pkg-config --cflags junheng) -o source_sample.so source_sample.c
 *   install -m 755 source_sample.so $(pkg-config --variable=plugindir junheng)
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

struct sample_conf {
    char *text;
    int64_t copies;
};

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    const struct sample_conf *conf;
    struct jh_fetch *fetch; /* one poll at a time */
    char *body;
    size_t len;
};

static int check(const void *conf_, struct jh_err *err)
{
    const struct sample_conf *conf = conf_;
    if (strlen(conf->text) <= 100)
        return 0;
    *err = (struct jh_err){.code = JH_EINVAL};
    snprintf(err->text, sizeof err->text, "text is longer than 100 bytes");
    return JH_EINVAL;
}

static int sample_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                       struct jh_inst **ret_inst, struct jh_err *err)
{
    struct jh_inst *inst = calloc(1, sizeof *inst);
    if (!inst) {
        *err = (struct jh_err){.code = JH_ENOMEM, .text = "out of memory"};
        return JH_ENOMEM;
    }
    inst->host = host;
    inst->ctx = ctx;
    inst->conf = conf; /* lives as long as the instance */
    *ret_inst = inst;
    return 0;
}

static void sample_close(struct jh_inst *inst)
{
    free(inst);
}

/* In a worker thread: may block, may burn CPU, may not call the host (but for secret()). */
static int copy(void *arg)
{
    struct jh_inst *inst = arg;
    size_t n = strlen(inst->conf->text);
    inst->len = 0;
    inst->body = malloc(n * (size_t)inst->conf->copies + 1);
    if (!inst->body)
        return JH_ENOMEM;
    for (int64_t i = 0; i < inst->conf->copies; i++, inst->len += n)
        memcpy(inst->body + inst->len, inst->conf->text, n);
    return 0;
}

/* Back on the loop: every fetch is answered exactly once, also after a failure. */
static void copied(void *arg, int result)
{
    struct jh_inst *inst = arg;
    struct jh_err err = {.code = result, .text = "cannot copy the text"};
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {inst->body, inst->len},
                           .url = "sample:",
                           .name = "sample.csv",
                           .type = "text/csv",
                           .etag = "",
                           .last_modified = ""};
    if (result)
        inst->host->fetch_done(inst->ctx, inst->fetch, JH_FAILED, NULL, 0, &err);
    else
        inst->host->fetch_done(inst->ctx, inst->fetch, JH_FETCHED, &blob, 1, NULL);
    free(inst->body); /* the host has copied it */
    inst->body = NULL;
}

static void fetch(struct jh_inst *inst, struct jh_fetch *what)
{
    inst->fetch = what;
    inst->host->log(inst->ctx, JH_DEBUG, "sample.fetch", "copying");
    if (inst->host->work(inst->ctx, copy, copied, inst))
        copied(inst, JH_ENOMEM);
}

static const struct jh_option options[] = {
    {.name = "text",
     .type = JH_STRING,
     .offset = offsetof(struct sample_conf, text),
     .required = true,
     .help = "What to deliver."},
    {.name = "copies",
     .type = JH_INT,
     .offset = offsetof(struct sample_conf, copies),
     .def = "1",
     .min = 1,
     .max = 1000,
     .help = "How many times over."},
    {0}};

static const struct jh_source_ops ops = {.size = sizeof ops, .fetch = fetch};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {.abi = JH_ABI,
                                         .size = sizeof junheng_plugin,
                                         .kind = JH_SOURCE,
                                         .name = "sample",
                                         .version = "1.0",
                                         .summary = "Delivers its own text.",
                                         .options = options,
                                         .conf_size = sizeof(struct sample_conf),
                                         .check = check,
                                         .open = sample_open,
                                         .close = sample_close,
                                         .ops = &ops};
