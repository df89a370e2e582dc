/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junheng.yaml for commands that need no daemon: read and checked as a start would, its plugins
 * loaded. Zero a struct, open it, close it, whatever came of the opening. Main thread.
 */
#pragma once

#include "conf/config.h"
#include "plugin/loader.h"
#include "script/script.h"

struct configured {
    struct loader *loader;
    struct errs errs;            /* all that was said of the file */
    const struct config *config; /* NULL: there were errors */
    struct script_host *host;    /* NULL: none are wanted, or they do not start */
    struct script_set *scripts;
};

/* path NULL: the installed one. Says nothing: the caller prints errs. */
void configured_open(struct configured *c, const char *path);
/* The same of a map that outlives it; `path` is where its paths start. */
void configured_read(struct configured *c, const struct yaml_node *root,
                     const char *path);
/* The local indicators, if the configuration has any; what is wrong with them is in errs. */
void configured_scripts(struct configured *c);
void configured_close(struct configured *c);
