/* SPDX-License-Identifier: Apache-2.0 */
/*
 * junheng.yaml for commands that need no daemon: read and checked as a start would, its plugins
 * loaded. Zero a struct, open it, close it, whatever came of the opening. Main thread.
 */
#pragma once

#include "conf/config.h"
#include "plugin/loader.h"

struct configured {
    struct loader *loader;
    struct errs errs;            /* all that was said of the file */
    const struct config *config; /* NULL: there were errors */
};

/* path NULL: the installed one. Says nothing: the caller prints errs. */
void configured_open(struct configured *c, const char *path);
void configured_close(struct configured *c);
