/* SPDX-License-Identifier: Apache-2.0 */
#include "daemon_clock.h"

#include "daemon_bodies.h"
#include "daemon_sources.h"

enum { LOOK_MS = 1000 };

int clock_refuses(const struct daemon *d, struct jh_err *err)
{
    char built[DATE_TEXT];
    if (stamps_plausible(&d->stamps))
        return 0;
    date_stamp(d->stamps.built_ms, built);
    return err_set(err, JH_EBUSY,
                   "the clock of this machine shows a time before this program was built "
                   "(%s): nothing is recorded until it is right",
                   built);
}

int clock_write(void *arg, int (*fn)(struct store *store, void *fn_arg), void *fn_arg)
{
    struct daemon *d = arg;
    if (!stamps_plausible(&d->stamps))
        return JH_EBUSY;
    int rc = writer_call(d->writer, fn, fn_arg);
    if (!rc)
        stamps_used(&d->stamps, clock_wall(&d->stamps.clock));
    return rc;
}

/* ---- what is told ---------------------------------------------------------------------------- */

static void lost(struct daemon *d)
{
    struct jh_err err;
    clock_refuses(d, &err);
    d->counts.clock_lost++;
    notify_hold(d->notify, true);
    log_event(&d->log, LOG_ERROR, "clock.implausible", LOG_S("text", err.text));
}

static void found(struct daemon *d)
{
    log_event(&d->log, LOG_INFO, "clock.plausible",
              LOG_S("text", "records are written again"));
    notify_hold(d->notify, false);
    bodies_refresh(d);
    sources_ask_owed(d);
}

static void look_back(struct daemon *d)
{
    int64_t behind = stamps_behind_ms(&d->stamps);
    if (behind && !d->clock_behind_ms) {
        d->counts.clock_set_back++;
        log_event(&d->log, LOG_ERROR, "clock.set_back",
                  LOG_N("seconds", (long long)(behind / 1000)),
                  LOG_S("text", "the newest record is of later than the clock shows; new "
                                "ones get its time until the clock has caught up"));
    } else if (!behind && d->clock_behind_ms) {
        log_event(&d->log, LOG_INFO, "clock.caught_up", LOG_N("seconds", 0));
    }
    d->clock_behind_ms = behind;
}

static void look(void *arg)
{
    struct daemon *d = arg;
    bool wrong = !stamps_plausible(&d->stamps);
    if (d->stopping)
        return;
    if (wrong != d->clock_wrong) {
        d->clock_wrong = wrong;
        (wrong ? lost : found)(d);
    }
    if (!wrong)
        look_back(d);
}

bool clock_takes(struct daemon *d, const char *source)
{
    look(d);
    if (d->clock_wrong)
        sources_owe(d, source);
    return !d->clock_wrong;
}

/* ---- start ------------------------------------------------------------------------------------ */

int clock_start(struct daemon *d, int64_t built_ms, struct jh_err *err)
{
    int64_t newest;
    int rc = store_newest_ms(d->reader, &newest, err);
    if (rc)
        return rc;
    stamps_init(&d->stamps, &d->clock, built_ms);
    stamps_used(&d->stamps, newest);
    d->clock_timer = loop_timer_start(&d->loop, LOOK_MS, LOOK_MS, look, d);
    look(d);
    return d->clock_timer ? 0 : err_set(err, JH_ENOMEM, "out of memory");
}
