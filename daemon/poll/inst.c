/* SPDX-License-Identifier: Apache-2.0 */
#include "poll/inst.h"

#include <stdlib.h>
#include <string.h>

void inst_free(struct inst *inst)
{
    if (!inst)
        return;
    if (inst->inst && inst->plugin->close)
        inst->plugin->close(inst->inst);
    config_unref(inst->config);
    free(inst->etag);
    free(inst->last_modified);
    free(inst);
}

int inst_open(const struct jh_ctx *ctx, struct loader *loader,
              const struct config *config, const struct source_conf *conf,
              struct inst **ret, struct jh_err *err)
{
    const struct jh_plugin *plugin = loader_find(loader, JH_SOURCE, conf->plugin, err);
    if (!plugin)
        return JH_EINVAL;
    struct inst *inst = calloc(1, sizeof *inst);
    if (!inst)
        return err_set(err, JH_ENOMEM, "out of memory");
    inst->ctx = *ctx;
    inst->ctx.name = conf->name;
    inst->ctx.owner = inst;
    inst->plugin = plugin;
    inst->config = config_ref(config);
    inst->ctx.rules = (struct transfers_rules){&config->addresses, &conf->addresses};
    int rc = plugin->check ? plugin->check(conf->plugin_conf, err) : 0;
    if (!rc && plugin->open)
        rc = plugin->open(host_vtable(), &inst->ctx, conf->plugin_conf, &inst->inst, err);
    if (rc)
        inst_free(inst);
    else
        *ret = inst;
    return rc;
}

/* Copied: the hook's may be gone before the plugin has read them. */
int inst_prepare(struct inst *inst, const struct source_conf *conf, const char *etag,
                 const char *last_modified)
{
    free(inst->etag);
    free(inst->last_modified);
    inst->etag = strdup(etag ? etag : "");
    inst->last_modified = strdup(last_modified ? last_modified : "");
    if (!inst->etag || !inst->last_modified)
        return JH_ENOMEM;
    inst->fetch = (struct jh_fetch){.size = sizeof inst->fetch,
                                    .etag = inst->etag,
                                    .last_modified = inst->last_modified,
                                    .timeout_ms = conf->timeout_ms,
                                    .max_bytes = conf->max_bytes,
                                    .host_data = inst};
    return 0;
}

/* ---- the same? --------------------------------------------------------------------------- */

static bool text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool list_equal(const struct jh_list *a, const struct jh_list *b)
{
    bool equal = a->n == b->n;
    for (size_t i = 0; equal && i < a->n; i++)
        equal = text_equal(a->items[i], b->items[i]);
    return equal;
}

static bool option_equal(const struct jh_option *o, const void *conf_a,
                         const void *conf_b)
{
    const char *a = (const char *)conf_a + o->offset,
               *b = (const char *)conf_b + o->offset;
    switch (o->type) {
    case JH_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case JH_ENUM:
        return *(const int *)(const void *)a == *(const int *)(const void *)b;
    case JH_STRING:
        return text_equal(*(char *const *)(const void *)a,
                          *(char *const *)(const void *)b);
    case JH_LIST:
        return list_equal((const void *)a, (const void *)b);
    default:
        return *(const int64_t *)(const void *)a == *(const int64_t *)(const void *)b;
    }
}

static bool conf_equal(const struct jh_plugin *plugin, const void *a, const void *b)
{
    if (!a || !b || !plugin->options)
        return a == b || (a && b);
    for (const struct jh_option *o = plugin->options; o->name; o++)
        if (!option_equal(o, a, b))
            return false;
    return true;
}

bool inst_same(const struct inst *a, const struct source_conf *of_a, const struct inst *b,
               const struct source_conf *of_b)
{
    return a->plugin == b->plugin &&
           conf_equal(a->plugin, of_a->plugin_conf, of_b->plugin_conf);
}
