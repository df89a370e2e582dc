/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/configured.h"

#include <stdlib.h>

enum { ERRORS_MAX = 500, BROKEN_MAX = 3 };

static int plugin_dir(void *arg, const char *dir, struct jh_err *err)
{
    struct configured *c = arg;
    c->loader = loader_new(dir);
    return c->loader ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}

static const struct jh_plugin *find_plugin(void *arg, enum jh_kind kind, const char *name,
                                           struct jh_err *err)
{
    struct configured *c = arg;
    return loader_find(c->loader, kind, name, err);
}

void configured_open(struct configured *c, const char *path)
{
    struct config_plugins plugins = {find_plugin, c, plugin_dir};
    errs_init(&c->errs, ERRORS_MAX);
    c->config =
        config_load(path ? path : JH_SYSCONF_DIR "/junheng.yaml", &plugins, &c->errs);
}

void configured_read(struct configured *c, const struct yaml_node *root, const char *path)
{
    struct config_plugins plugins = {find_plugin, c, plugin_dir};
    errs_init(&c->errs, ERRORS_MAX);
    c->config = config_read(root, path, &plugins, &c->errs);
}

static int start_host(struct configured *c, struct jh_err *err)
{
    const struct config *config = c->config;
    struct script_limits limits = {.memory_bytes = (size_t)config->lua.memory_bytes,
                                   .wall_ms = config->lua.wall_ms,
                                   .broken_max = BROKEN_MAX};
    char helper[4096];
    int rc = config->helper ? 0 : loader_helper(helper, sizeof helper, err);
    if (rc)
        return rc;
    return script_start(config->helper ? config->helper : helper, &limits, &c->host, err);
}

void configured_scripts(struct configured *c)
{
    struct jh_err err = {0};
    const struct config *config = c->config;
    size_t n = config->lua.n_params;
    if (!config->lua.n_dirs)
        return;
    struct script_param *params = calloc(n + 1, sizeof *params);
    for (size_t i = 0; params && i < n; i++)
        params[i] = (struct script_param){
            config->lua.params[i].indicator, config->lua.params[i].name,
            config->lua.params[i].value, config->lua.params[i].is_number};
    int rc = params ? start_host(c, &err) : err_set(&err, JH_ENOMEM, "out of memory");
    if (rc)
        errs_add(&c->errs, ERR_ERROR, &err);
    else
        c->scripts =
            script_set_load(c->host, config->lua.dirs, config->lua.n_dirs, params, n,
                            config->standards, config->n_standards, &c->errs);
    free(params);
}

void configured_close(struct configured *c)
{
    script_set_unref(c->scripts);
    script_stop(c->host);
    config_unref(c->config);
    loader_free(c->loader);
    errs_done(&c->errs);
}
