/* SPDX-License-Identifier: Apache-2.0 */
#include "ctl/trial.h"

#include <errno.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int remove_entry(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st, (void)kind, (void)at;
    return remove(path);
}

static int make_folder(struct trial *t, const char *state, struct jh_err *err)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(t->dir, sizeof t->dir, "%s/junheng-trial-XXXXXX",
             tmp && *tmp ? tmp : "/tmp");
    if (state)
        snprintf(t->dir, sizeof t->dir, "%s", state);
    t->keep = state;
    if (state ? mkdir(t->dir, 0700) == 0 : mkdtemp(t->dir) != NULL)
        return 0;
    int rc = err_at(err, JH_EIO, t->dir, 0, 0, "cannot be made: %s", strerror(errno));
    *t->dir = '\0';
    return rc;
}

static int write_now(void *arg, int (*fn)(struct store *store, void *fn_arg),
                     void *fn_arg)
{
    struct trial *t = arg;
    return fn(t->writer, fn_arg);
}

static int open_pipeline(struct trial *t, const struct configured *c, struct jh_err *err)
{
    char path[TRIAL_PATH + 16];
    struct pipeline_parts parts = {.clock = &t->clock,
                                   .loader = c->loader,
                                   .scripts = c->host,
                                   .write = write_now,
                                   .write_arg = t};
    snprintf(path, sizeof path, "%s/junheng.db", t->dir);
    int rc = store_open(path, STORE_WRITE, &t->writer, err);
    if (!rc)
        rc = store_open(path, STORE_READ, &t->reader, err);
    parts.reader = t->reader;
    if (!rc)
        rc = pipeline_new(&parts, &t->pipeline, err);
    if (!rc)
        pipeline_configure(t->pipeline, c->config, c->scripts);
    return rc;
}

int trial_open(struct trial *t, const struct configured *c, const char *state,
               struct jh_err *err)
{
    t->clock = clock_fixed(0);
    int rc = make_folder(t, state, err);
    return rc ? rc : open_pipeline(t, c, err);
}

void trial_close(struct trial *t)
{
    pipeline_free(t->pipeline);
    store_close(t->reader);
    store_close(t->writer);
    if (*t->dir && !t->keep)
        nftw(t->dir, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}
