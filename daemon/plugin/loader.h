/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finds and loads plugins: shared objects <kind>_<name>.so in one folder. Refused, with the
 * file named: another ABI (both numbers told), a wrong kind or name, a file or folder that
 * group or world may write, or that belong to somebody else. Loaded RTLD_NOW | RTLD_LOCAL |
 * RTLD_NODELETE and never unloaded. What find() returns is a whole struct, shorter ones filled
 * up with zeros, and lives as long as the loader: free that last. One thread at a time.
 */
#pragma once

#include "base/err.h"

struct loader;

/*
 * dir NULL: $JUNHENG_PLUGIN_DIR, else the build tree when the program runs from one
 * (<program's folder>/.libs), else the installed folder.
 */
struct loader *loader_new(const char *dir);
void loader_free(struct loader *loader);
const char *loader_dir(const struct loader *loader);
/* Loads on first use. NULL with err set. */
const struct jh_plugin *loader_find(struct loader *loader, enum jh_kind kind,
                                    const char *name, struct jh_err *err);
/* Names in the folder, "format csv" …, sorted; malloc'ed list for docs and status. */
int loader_list(struct loader *loader, char ***ret, size_t *ret_n, struct jh_err *err);
void loader_list_free(char **list, size_t n);
/* Where the helper junheng-lua is: $JUNHENG_LUA, beside the program, or installed. */
int loader_helper(char *path, size_t size, struct jh_err *err);

/*
 * A format plugin run here and now, without a daemon: parse one blob into a row callback.
 * Any thread; used by the pipeline and by junhengctl.
 */
/* A row function that stops the run has filled the caller's err: loader_parse leaves it. */
struct loader_rows {
    int (*row)(void *arg, const struct jh_row *row);
    void *arg;
};
/* A body that comes piece by piece: jh_host.read. */
struct loader_body {
    int64_t (*read)(void *arg, void *buf, size_t n);
    void *arg;
};

/*
 * The same rows without the whole body. JH_ENOENT: the format wants it whole. Any code: the
 * rows so far do not count, and loader_parse() tells why, or does better.
 */
int loader_stream(const struct jh_plugin *format, const void *format_conf,
                  const struct jh_blob *blob, const struct loader_body *body,
                  const struct loader_rows *rows);
int loader_parse(const struct jh_plugin *format, const void *format_conf,
                 const struct jh_blob *blob, const struct loader_rows *rows,
                 struct jh_err *err);
