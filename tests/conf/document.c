/* SPDX-License-Identifier: Apache-2.0 */
/* Writes docs/config.md to standard output: `document PLUGIN_DIR >docs/config.md`. */
#include <stdio.h>

#include "conf/config.h"
#include "plugin/loader.h"

static const struct jh_plugin *find(void *arg, enum jh_kind kind, const char *name,
                                    struct jh_err *err)
{
    const struct jh_plugin *plugin = loader_find(arg, kind, name, err);
    if (!plugin)
        err_print(stderr, "document", err);
    return plugin;
}

int main(int argc, char **argv)
{
    struct loader *loader = loader_new(argc > 1 ? argv[1] : NULL);
    if (!loader)
        return 1;
    config_document(stdout, &(struct config_plugins){.find = find, .arg = loader});
    loader_free(loader);
    return fflush(stdout) ? 1 : 0;
}
