/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/configured.h"

enum { ERRORS_MAX = 500 };

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

void configured_close(struct configured *c)
{
    config_unref(c->config);
    loader_free(c->loader);
    errs_done(&c->errs);
}
