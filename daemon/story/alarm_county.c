/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county that was judged, or that cannot be any more: its slip, and what comes after. A county
 * is known by its code; what became of codes is in story/heir.h.
 */
#include "story/alarm.h"
#include "story/heir.h"
#include "story/standing.h"
#include "story/withhold.h"

static int no_memory(const struct alarm *alarm)
{
    return err_set(alarm->err, JH_ENOMEM, "out of memory");
}

static struct heir heir_of(struct store *store, const struct alarm *a, const char *county,
                           const char *standard, struct round round)
{
    return (struct heir){.store = store,
                         .changes = &a->config->changes,
                         .county = county,
                         .standard = standard,
                         .day = round_reference(round),
                         .arena = a->arena,
                         .err = a->err};
}

/* A county that has come of certified ones is so from its first judgement on. */
static int load_cert(struct store *store, const struct alarm *a, const char *county,
                     const char *standard, struct store_cert *cert,
                     const struct store_cert **ret)
{
    int rc = store_cert_get(store, county, standard, a->arena, cert, a->err);
    if (rc == JH_ENOENT && a->judgement) {
        const struct heir heir = heir_of(store, a, county, standard, a->judgement->round);
        rc = heir_cert(&heir, a->now_ms, cert);
        if (!rc)
            rc = store_cert_inherit(store, cert, a->err);
    }
    *ret = rc ? NULL : cert;
    return rc == JH_ENOENT ? 0 : rc;
}

/* ---- what became of counties --------------------------------------------------------------- */

/* The kinds that are about a code, and do not go on under another: they are judged anew. */
static const enum alert_kind OF_CODE[] = {KIND_WARNING, KIND_DECLINE, KIND_DATA_OVERDUE};

enum { N_OF_CODE = sizeof OF_CODE / sizeof *OF_CODE };

static int end_kind(struct store *store, const struct alarm *alarm, enum alert_kind kind,
                    const char *county, const char *standard,
                    const struct entity_change *change)
{
    const struct alert_name name = {kind, county, standard, ""};
    struct store_alert open;
    int rc = store_alert_named(store, &name, alarm->arena, &open, alarm->err);
    if (!rc)
        rc = alarm_end(store, alarm, &open, change);
    return rc == JH_ENOENT ? 0 : rc;
}

static int end_code(struct store *store, const struct alarm *alarm, const char *county,
                    const char *standard, const struct entity_change *change)
{
    int rc = 0;
    for (int i = 0; !rc && i < N_OF_CODE; i++)
        rc = end_kind(store, alarm, OF_CODE[i], county, standard, change);
    return rc ? rc : alarm_local_end(store, alarm, county, change);
}

static int end_predecessors(struct store *store, const struct heir *heir,
                            const struct alarm *alarm, const struct heir_alerts *heirs)
{
    const struct entity_changes *changes = heir->changes;
    struct entity_codes ended;
    int rc = 0;
    for (size_t i = 0; !rc && i < heirs->n_ended; i++)
        rc = alarm_end(store, alarm, &heirs->ended[i],
                       entity_end(changes, heirs->ended[i].alert.county, heir->day));
    if (!rc)
        rc = heir_ended(heir, &ended);
    for (size_t i = 0; !rc && i < ended.n; i++)
        rc = end_code(store, alarm, ended.list[i], heir->standard,
                      entity_end(changes, ended.list[i], heir->day));
    return rc;
}

static int end_abolished(struct store *store, const struct alarm *alarm,
                         const struct entity_change *change, const char *county)
{
    const struct config *config = alarm->config;
    int rc = 0;
    for (size_t i = 0; !rc && i < config->n_standards; i++) {
        const char *standard = config->standards[i]->id;
        rc = end_kind(store, alarm, KIND_SLIP, county, standard, change);
        if (!rc)
            rc = end_code(store, alarm, county, standard, change);
    }
    return rc;
}

int alarm_abolished(struct store *store, const struct alarm *alarm)
{
    const struct entity_changes *changes = &alarm->config->changes;
    struct date today = date_of_ms(alarm->now_ms);
    int rc = 0;
    for (size_t i = 0; i < changes->n; i++) {
        const struct entity_change *c = &changes->list[i];
        if (c->kind != CHANGE_ABOLISH || date_cmp(c->date, today) > 0)
            continue;
        for (size_t k = 0; !rc && k < c->n_from; k++)
            rc = end_abolished(store, alarm, c, c->from[k]);
    }
    return rc;
}

/* ---- slips ---------------------------------------------------------------------------------- */

static int slip_policy(const struct alarm *alarm, const char *county,
                       const char *standard, struct alert_policy *ret)
{
    struct config_where where = {.standard = standard, .county = county};
    if (config_divisions_above(alarm->config, county, alarm->arena, &where.division,
                               &where.n_division))
        return no_memory(alarm);
    config_policy(alarm->config, KIND_SLIP, &where, ret);
    return 0;
}

/* Goes on from the alert of who became the county. */
static void inherit(const struct heir_alerts *heirs, struct alarm_case *c)
{
    c->inherited = !heirs->has_own && heirs->has_best && c->cert;
    if (heirs->has_own)
        c->before = &heirs->own;
    if (c->inherited) {
        c->before = &heirs->best;
        c->change = heirs->by;
    }
}

/* A slip by what `alarm` says was judged, if anything. */
static int take_slip(struct store *store, const struct alarm *alarm, const char *county,
                     const char *standard, const struct store_cert *cert,
                     const struct heir_alerts *heirs, enum alert_state *ret)
{
    struct alert_policy policy;
    int rc = slip_policy(alarm, county, standard, &policy);
    if (rc)
        return rc;
    const struct judgement *newest = alarm->judgement;
    bool schools = newest && newest->only_school_rule;
    struct alarm_case c = {.name = {KIND_SLIP, county, standard, ""},
                           .cert = cert,
                           .newest = newest,
                           .severity = schools ? SEVERITY_WARNING : SEVERITY_CRITICAL,
                           .policy = &policy};
    inherit(heirs, &c);
    return alarm_take(store, alarm, &c, ret);
}

/* Is the round that was judged the county's newest of its series? */
static int is_newest(struct store *store, const struct alarm *alarm, const char *county,
                     const char *standard, bool *ret)
{
    struct store_verdict newest;
    struct round round = alarm->judgement->round;
    int rc = store_verdict_newest(store, county, standard, round.month != 0, alarm->arena,
                                  &newest, alarm->err);
    *ret = !rc && round_cmp(newest.round, round) == 0;
    return rc;
}

/* What became of the title, and what is to be done by a day. */
static int look_at_title(struct store *store, const struct alarm *alarm,
                         const struct heir *heir, const struct store_cert *cert)
{
    int rc = cert ? alarm_duties_seen(store, alarm, cert) : 0;
    if (!rc)
        rc = standing_look(store, alarm, heir->county, heir->standard, cert);
    return rc ? rc : alarm_duty(store, alarm, heir->county, heir->standard, cert);
}

/* Of the newest round that the county has. */
static int judge_newest(struct store *store, const struct alarm *alarm,
                        const struct heir *heir, const struct store_cert *cert)
{
    struct heir_alerts heirs = {0};
    enum alert_state slip = ALERT_NONE;
    int rc = heir->changes->n ? heir_alerts(heir, &heirs) : 0;
    if (!rc)
        rc = take_slip(store, alarm, heir->county, heir->standard, cert, &heirs, &slip);
    bool told = slip == ALERT_FIRING || slip == ALERT_ACKNOWLEDGED;
    if (!rc)
        rc = alarm_warn(store, alarm, cert, told);
    if (!rc)
        rc = look_at_title(store, alarm, heir, cert);
    if (!rc && heir->changes->n)
        rc = end_predecessors(store, heir, alarm, &heirs);
    return rc;
}

int alarm_judged(struct store *store, const struct alarm *alarm)
{
    const char *county = alarm->county->data->county_code,
               *standard = alarm->result->standard->id;
    const struct heir heir =
        heir_of(store, alarm, county, standard, alarm->judgement->round);
    struct store_cert row;
    const struct store_cert *cert;
    bool newest = false, gone = false;
    int rc = heir_is_gone(&heir, date_of_ms(alarm->now_ms), &gone);
    if (rc || gone)
        return rc;
    rc = load_cert(store, alarm, county, standard, &row, &cert);
    if (!rc && cert)
        rc = alarm_overdue(store, alarm, county, standard, cert);
    if (!rc)
        rc = is_newest(store, alarm, county, standard, &newest);
    return rc || !newest ? rc : judge_newest(store, alarm, &heir, cert);
}

/* The kinds about a county's figures. */
static const enum alert_kind OF_FIGURES[] = {KIND_SLIP, KIND_WARNING, KIND_DECLINE};

enum { N_OF_FIGURES = sizeof OF_FIGURES / sizeof *OF_FIGURES };

/* A slip may have ended: what it kept back is told. */
static int release(struct store *store, const struct alarm *alarm, const char *county)
{
    const struct withhold w = {alarm->config, alarm->arena, alarm->now_ms, alarm->err};
    return withhold_release(store, &w, county);
}

/* Does the open alert of a kind stand on the round that was retracted? */
static int stands_on(struct store *store, const struct alarm *alarm,
                     const struct alert_name *name, bool *ret)
{
    struct store_alert open;
    int rc = store_alert_named(store, name, alarm->arena, &open, alarm->err);
    *ret = !rc && round_cmp(open.alert.round, alarm->retracted) == 0 &&
           open.alert.revision >= 0;
    return rc == JH_ENOENT ? 0 : rc;
}

int alarm_retracted(struct store *store, const struct alarm *alarm, const char *county,
                    const char *standard)
{
    struct store_cert row;
    const struct store_cert *cert;
    int rc = load_cert(store, alarm, county, standard, &row, &cert);
    for (int i = 0; !rc && i < N_OF_FIGURES; i++) {
        struct alarm_case c = {.name = {OF_FIGURES[i], county, standard, ""},
                               .cert = cert};
        bool stands = false;
        rc = stands_on(store, alarm, &c.name, &stands);
        if (!rc && stands)
            rc = alarm_take(store, alarm, &c, NULL);
    }
    if (!rc)
        rc = alarm_local_retracted(store, alarm, county);
    if (!rc)
        rc = standing_look(store, alarm, county, standard, cert);
    return rc ? rc : release(store, alarm, county);
}

int alarm_lost(struct store *store, const struct alarm *alarm, const char *county,
               const char *standard)
{
    struct store_cert row;
    const struct store_cert *cert;
    int rc = load_cert(store, alarm, county, standard, &row, &cert);
    if (rc || cert)
        return rc;
    for (int i = 0; !rc && i < N_OF_FIGURES; i++) {
        const struct alarm_case c = {.name = {OF_FIGURES[i], county, standard, ""}};
        rc = alarm_take(store, alarm, &c, NULL);
    }
    if (!rc)
        rc = alarm_duty(store, alarm, county, standard, NULL);
    if (!rc)
        rc = alarm_overdue(store, alarm, county, standard, NULL);
    return rc ? rc : release(store, alarm, county);
}
