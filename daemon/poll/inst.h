/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One opened source plugin: its context, its one fetch, and the configuration it was opened
 * with, which it keeps alive. Belongs to poll.c, in which the rules are. Loop thread.
 */
#pragma once

#include "poll/poll.h"

struct source;

struct inst {
    struct jh_ctx ctx;
    struct poll *poll;
    struct source *source; /* NULL: nobody waits for its answers */
    const struct config *config;
    const struct jh_plugin *plugin;
    struct jh_inst *inst;
    struct jh_fetch fetch;
    char *etag, *last_modified;
    bool asked;        /* a fetch that the plugin has not answered */
    struct inst *next; /* among the old ones */
};

/* ctx says who gets what the plugin answers. */
int inst_open(const struct jh_ctx *ctx, struct loader *loader,
              const struct config *config, const struct source_conf *conf,
              struct inst **ret, struct jh_err *err);
/* Nothing of it may be under way. NULL is fine. */
void inst_free(struct inst *inst);
/* Would the two do the same? Compares what the plugin's options say. */
bool inst_same(const struct inst *a, const struct source_conf *of_a, const struct inst *b,
               const struct source_conf *of_b);
/* Copies the validators and fills inst->fetch. JH_ENOMEM. */
int inst_prepare(struct inst *inst, const struct source_conf *conf, const char *etag,
                 const char *last_modified);
