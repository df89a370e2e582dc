/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_disk.h"

#include <stdio.h>

#include "daemon_bodies.h"
#include "daemon_sources.h"

enum { PROBE_MS = 2000 };

/* Polls may be hours apart: somebody has to look whether there is space again. */
static void probe(void *arg)
{
    struct daemon *d = arg;
    if (!*d->store_error || d->stopping)
        return;
    writer_post(d->writer, store_probe, NULL, NULL); /* what comes of it is told to us */
    loop_timer_again(d->probe, PROBE_MS, 0);
}

static void lost(struct daemon *d, const char *trouble)
{
    d->counts.store_lost++;
    d->store_failing_ms = clock_wall(&d->clock);
    log_event(&d->log, LOG_ERROR, "store.lost", LOG_S("text", trouble),
              LOG_S("then", "the earlier state stands, and nothing is told, until it can "
                            "be written again"));
    if (d->probe)
        loop_timer_again(d->probe, PROBE_MS, 0);
    else
        d->probe = loop_timer_start(&d->loop, PROBE_MS, 0, probe, d);
}

static void found(struct daemon *d)
{
    log_event(&d->log, LOG_INFO, "store.recovered",
              LOG_N("seconds", (clock_wall(&d->clock) - d->store_failing_ms) / 1000));
    bodies_refresh(d);
    sources_ask_owed(d);
    notify_wake(d->notify);
}

void disk_changed(void *arg, const char *trouble)
{
    struct daemon *d = arg;
    bool before = *d->store_error;
    snprintf(d->store_error, sizeof d->store_error, "%s", trouble);
    if (d->stopping)
        return;
    if (*trouble && !before)
        lost(d, trouble);
    else if (!*trouble && before)
        found(d);
}
