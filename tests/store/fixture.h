/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A database in a folder of its own that goes when the test ends, and an arena to read into.
 * Every helper gives up on the run when what it needs fails. Main thread only.
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store.h"
#include "tap/tap.h"

struct fixture {
    char dir[64], path[96];
    struct store *store;
    struct arena *arena;
    struct jh_err err;
    bool own; /* the transaction under way is in_transaction()'s */
};

static inline void must(struct fixture *f, int r, const char *what)
{
    char text[1200];

    if (r == 0)
        return;
    snprintf(text, sizeof(text), "%s: %d: %s", what, r, f->err.text);
    bail(text);
}

static inline void fixture_init(struct fixture *f)
{
    memset(f, 0, sizeof(*f));
    snprintf(f->dir, sizeof(f->dir), "/tmp/junheng-store-XXXXXX");
    if (!mkdtemp(f->dir))
        bail("no folder");
    snprintf(f->path, sizeof(f->path), "%s/junheng.db", f->dir);
    f->arena = arena_new(16 << 20);
    if (!f->arena)
        bail("no memory");
    must(f, store_open(f->path, STORE_WRITE, &f->store, &f->err), "store_open");
}

static inline void fixture_done(struct fixture *f)
{
    const char *const suffixes[] = {"", "-wal", "-shm", "-journal", ".lock"};
    char path[128];

    store_close(f->store);
    arena_free(f->arena);
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", f->path, suffixes[i]);
        unlink(path);
    }
    rmdir(f->dir);
}

/*
 * What the journal records is written in a transaction: one that ends at once, or the test's own
 * when there is one.
 */
#define in_transaction(f, call)                                                          \
    ((f)->own = store_begin((f)->store, NULL) == 0, transaction_end(f, call))

static inline int transaction_end(struct fixture *f, int r)
{
    if (f->own && !r)
        return store_commit(f->store, &f->err);
    if (f->own)
        store_rollback(f->store);
    return r;
}

/* An alert with its first transition, as the pipeline would commit them. */
static inline void fixture_alert(struct fixture *f, const char *id, const char *county)
{
    struct store_alert a = {.evidence = "{\"kind\":\"slip\"}", .opened_ms = 1000};
    struct store_transition t = {.alert = id,
                                 .n = 1,
                                 .from = "none",
                                 .to = "firing",
                                 .round = {2017, 0},
                                 .at_ms = 1000,
                                 .evidence = "{\"n\":1}"};

    snprintf(a.alert.id, sizeof(a.alert.id), "%s", id);
    a.alert.kind = "slip";
    a.alert.subject = a.alert.county = county;
    a.alert.indicator = "";
    a.alert.standard = "basic-2012";
    a.alert.severity = "critical";
    a.alert.state = ALERT_FIRING;
    a.alert.round = a.alert.since_round = (struct round){2017, 0};
    a.alert.revision = a.alert.transition = a.alert.rounds_failing = 1;
    must(f, store_alert_put(f->store, &a, &f->err), "store_alert_put");
    must(f, in_transaction(f, store_transition_put(f->store, &t, &f->err)),
         "store_transition_put");
}

static inline void fixture_outbox(struct fixture *f, const char *alert, int transition,
                                  const char *channel, int64_t created_ms)
{
    struct store_outbox row = {.alert = alert,
                               .transition = transition,
                               .office = "province",
                               .channel = channel,
                               .group = "province|34|basic-2012|slip|2017",
                               .created_ms = created_ms};

    must(f, store_outbox_put(f->store, &row, &f->err), "store_outbox_put");
}
