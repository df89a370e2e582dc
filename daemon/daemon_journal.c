/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_journal.h"

#include <stdlib.h>

#include "store/journal.h"

struct in_force {
    struct daemon *d;
    int64_t at_ms;
    struct jh_err err;
    char body[1024];
};

static int put_in_force(struct store *store, void *arg)
{
    struct in_force *f = arg;
    return store_journal_put(store, f->at_ms, "config", f->body, &f->err);
}

static int write_in_force(struct store *store, void *arg)
{
    struct in_force *f = arg;
    return store_within(store, put_in_force, f, &f->err);
}

static void written(void *arg, int result)
{
    struct in_force *f = arg;
    if (result)
        log_event(&f->d->log, LOG_ERROR, "journal.failed", LOG_S("text", f->err.text));
    free(f);
}

void journal_config(struct daemon *d)
{
    struct in_force *f = calloc(1, sizeof *f);
    if (!f) {
        log_event(&d->log, LOG_ERROR, "journal.failed", LOG_S("text", "out of memory"));
        return;
    }
    f->d = d;
    f->at_ms = clock_wall(&d->stamps.clock);
    snprintf(f->body, sizeof f->body,
             "{\"program\":\"%s\",\"config_sha256\":\"%s\",\"standards_sha256\":\"%s\","
             "\"scripts_sha256\":\"%s\"}",
             PACKAGE_VERSION, d->config->sha256, d->config->standards_sha256,
             d->set ? script_set_sha256(d->set) : "");
    int rc = writer_post(d->writer, write_in_force, written, f);
    if (rc)
        written(f, err_set(&f->err, rc, "%s", err_name(rc)));
}
