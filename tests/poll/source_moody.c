/* SPDX-License-Identifier: Apache-2.0 */
/* For test_poll: a source that behaves as its `mood` says, well or badly. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <junheng/plugin.h>

#include "poll/moody.h"

struct jh_inst {
    const struct jh_host *host;
    struct jh_ctx *ctx;
    struct moody_conf *conf;
    struct jh_fetch *fetch;
};

static int moody_open(const struct jh_host *host, struct jh_ctx *ctx, const void *conf,
                      struct jh_inst **ret_inst, struct jh_err *err)
{
    struct moody_conf *moody = (struct moody_conf *)(size_t)conf;
    if (strcmp(moody->mood, "locked") == 0) {
        *err = (struct jh_err){.code = JH_EREFUSED, .text = "will not open"};
        return JH_EREFUSED;
    }
    struct jh_inst *inst = calloc(1, sizeof *inst);
    *inst = (struct jh_inst){host, ctx, moody, NULL};
    moody->seen->opened++;
    *ret_inst = inst;
    return 0;
}

static void moody_close(struct jh_inst *inst)
{
    inst->conf->seen->closed++;
    free(inst);
}

static void answer_ok(struct jh_inst *inst, struct jh_fetch *fetch)
{
    struct jh_blob blob = {.size = sizeof blob,
                           .body = {"a,b", 3},
                           .name = "a.csv",
                           .url = "u",
                           .etag = "e1"};
    if (strcmp(fetch->etag, "e1") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_UNCHANGED, NULL, 0, NULL);
    else
        inst->host->fetch_done(inst->ctx, fetch, JH_FETCHED, &blob, 1, NULL);
}

/* As one that was built before struct jh_blob grew. */
static void answer_old(struct jh_inst *inst, struct jh_fetch *fetch)
{
    enum { OLD = offsetof(struct jh_blob, give) };
    char room[2 * OLD] __attribute__((aligned(8)));
    struct jh_blob blob = {
        .size = OLD, .body = {"a,b", 3}, .name = "a.csv", .url = "u", .etag = ""};
    for (int i = 0; i < 2; i++)
        memcpy(room + i * OLD, &blob, OLD);
    inst->host->fetch_done(inst->ctx, fetch, JH_FETCHED, (const struct jh_blob *)room, 2,
                           NULL);
}

static int nap(void *arg)
{
    struct jh_inst *inst = arg;
    nanosleep(&(struct timespec){0, inst->conf->nap_ms * 1000000}, NULL);
    return 0;
}

static void after_nap(void *arg, int result)
{
    struct jh_inst *inst = arg;
    (void)result;
    inst->conf->seen->late_answers++;
    answer_ok(inst, inst->fetch);
}

static void moody_fetch(struct jh_inst *inst, struct jh_fetch *fetch)
{
    const char *mood = inst->conf->mood;
    struct jh_err err = {.code = JH_EIO, .text = "no luck"};
    inst->conf->seen->fetches++;
    inst->conf->seen->conditional = *fetch->etag != '\0';
    inst->fetch = fetch;
    if (strcmp(mood, "ok") == 0 || strcmp(mood, "twice") == 0)
        answer_ok(inst, fetch);
    if (strcmp(mood, "twice") == 0)
        answer_ok(inst, fetch);
    if (strcmp(mood, "fails") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, &err);
    if (strcmp(mood, "busy") == 0) {
        fetch->retry_after_ms = 70000;
        inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, &err);
    }
    if (strcmp(mood, "old") == 0)
        answer_old(inst, fetch);
    if (strcmp(mood, "mute") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_FAILED, NULL, 0, NULL);
    if (strcmp(mood, "empty") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_FETCHED, NULL, 0, NULL);
    if (strcmp(mood, "nothing") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_NOTHING, NULL, 0, NULL);
    if (strcmp(mood, "lies") == 0)
        inst->host->fetch_done(inst->ctx, fetch, JH_UNCHANGED, NULL, 0, NULL);
    if (strcmp(mood, "naps") == 0 && inst->host->work(inst->ctx, nap, after_nap, inst))
        abort();
    /* "silent": no answer, ever */
}

static void moody_settled(struct jh_inst *inst, const struct jh_settled *what)
{
    inst->conf->seen->settled++;
    inst->conf->seen->outcome = (int)what->outcome;
}

static const struct jh_option options[] = {
    {.name = "mood", .type = JH_STRING, .offset = offsetof(struct moody_conf, mood)},
    {0}};

static const struct jh_source_ops ops = {
    .size = sizeof ops, .fetch = moody_fetch, .settled = moody_settled};

extern const struct jh_plugin junheng_plugin;
const struct jh_plugin junheng_plugin = {.abi = JH_ABI,
                                         .size = sizeof junheng_plugin,
                                         .kind = JH_SOURCE,
                                         .name = "moody",
                                         .version = "1",
                                         .summary = "For tests.",
                                         .options = options,
                                         .conf_size = sizeof(struct moody_conf),
                                         .open = moody_open,
                                         .close = moody_close,
                                         .ops = &ops};
