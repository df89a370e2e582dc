/* SPDX-License-Identifier: Apache-2.0 */
/*
 * duty: what a certified county has to have done by a day, because a person ordered it or because
 * its data rely on a relaxation that ends. It ends by a person's word or by data that need the
 * relaxation no more, never because nothing is heard.
 */
#include <stdio.h>
#include <string.h>

#include "alert/obligation.h"
#include "render/json_make.h"
#include "store/standing.h"
#include "story/alarm.h"
#include "story/review.h"

static const char RECTIFICATION[] = "rectification"; /* indicator of an order's alert */

enum { DUTIES_MAX = 64 };

/* The duties of a county by one standard. */
struct duties {
    struct store *store;
    struct alarm alarm; /* without what was judged */
    const char *county, *standard;
    const struct store_cert *cert;
    struct alert_policy policy;
    struct store_alert *open;
    size_t n_open;
    const char *seen[DUTIES_MAX]; /* indicators that are still a duty */
    size_t n_seen;
};

static int no_memory(const struct alarm *a)
{
    return err_set(a->err, JH_ENOMEM, "out of memory");
}

static bool of_it(const struct duties *d, const struct store_alert *x)
{
    return !strcmp(x->alert.kind, "duty") && !strcmp(x->alert.standard, d->standard);
}

static int load_open(struct duties *d)
{
    size_t kept = 0;
    int rc = store_alerts(d->store, "open", d->county, d->alarm.arena, &d->open,
                          &d->n_open, d->alarm.err);
    if (rc)
        return rc;
    for (size_t i = 0; i < d->n_open; i++)
        if (of_it(d, &d->open[i]))
            d->open[kept++] = d->open[i];
    d->n_open = kept;
    return 0;
}

static const struct store_alert *open_of(const struct duties *d, const char *what)
{
    for (size_t i = 0; i < d->n_open; i++)
        if (strcmp(d->open[i].alert.indicator, what) == 0)
            return &d->open[i];
    return NULL;
}

/* One duty, as it is told. */
struct one {
    const char *what, *document, *clause;
    struct date last;
    struct round round;
    const char *county_name;
};

static json_t *details_of(const struct one *o, bool overdue)
{
    char day[DATE_TEXT];
    date_print(o->last, day);
    bool order = strcmp(o->what, RECTIFICATION) == 0;
    json_t *map =
        json_put(json_object(), "code", json_words(order ? RECTIFICATION : "relaxation"));
    map = json_put(map, "id", json_words(o->what));
    map = json_put(map, "until", json_words(day));
    map = json_put(map, "overdue", json_boolean(overdue));
    map = json_put(map, "document", json_maybe(o->document));
    map = json_put(map, "clause", json_maybe(o->clause));
    return json_add(json_array(), map);
}

static int take_one(struct duties *d, const struct one *o)
{
    const struct alarm *a = &d->alarm;
    const struct store_alert *open = open_of(d, o->what);
    const struct obligation obligation = {.last = o->last,
                                          .months = d->policy.months,
                                          .told = open ? open->alert.told : NULL,
                                          .n_told = open ? open->alert.n_told : 0};
    struct alarm_case c = {.name = {KIND_DUTY, d->county, d->standard, o->what},
                           .cert = d->cert,
                           .policy = &d->policy,
                           .county_name = o->county_name};
    struct judgement judgement;
    char month[DATE_TEXT];
    if (d->n_seen < DUTIES_MAX)
        d->seen[d->n_seen++] = o->what;
    if (obligation_judge(&obligation, date_of_ms(a->now_ms), o->round, a->arena,
                         &judgement, &c.severity))
        return no_memory(a);
    date_print(o->last, month);
    month[sizeof "2025-06" - 1] = '\0';
    json_t *details = details_of(o, c.severity == SEVERITY_CRITICAL);
    if (!details)
        return no_memory(a);
    c.newest = &judgement;
    c.details = details;
    c.deadline = month;
    int rc = alarm_take(d->store, a, &c, NULL);
    json_decref(details);
    return rc;
}

/* ---- what there is to do -------------------------------------------------------------------- */

/* Names a round of the county: its newest, or that by which it was certified. */
static int load_round(struct duties *d, struct one *o)
{
    struct store_verdict newest;
    const struct alarm *a = &d->alarm;
    const struct division *division = config_division(a->config, d->county);
    struct round baseline = d->cert->cert.baseline;
    int rc = store_verdict_newest(d->store, d->county, d->standard, baseline.month != 0,
                                  a->arena, &newest, a->err);
    o->round = rc ? baseline : newest.round;
    o->county_name = !rc ? newest.county_name : division ? division->name : d->county;
    return rc == JH_ENOENT ? 0 : rc;
}

static int take_order(struct duties *d)
{
    struct store_standing row, *acts;
    struct one o = {.what = RECTIFICATION};
    size_t n = 0;
    const struct alarm *a = &d->alarm;
    int rc = store_standing_get(d->store, d->county, d->standard, a->arena, &row, a->err);
    if (rc || !*row.standing.deadline)
        return rc == JH_ENOENT ? 0 : rc;
    o.last = date_add_days(date_of_ms(row.standing.deadline_ms), -1);
    rc = load_round(d, &o);
    if (!rc)
        rc = store_standing_acts(d->store, d->county, a->arena, &acts, &n, a->err);
    for (size_t i = 0; !rc && i < n; i++) /* the newest order's */
        if (!strcmp(acts[i].act, standing_event_id(STANDING_ORDER)) &&
            !strcmp(acts[i].standard, d->standard))
            o.document = acts[i].document;
    return rc ? rc : take_one(d, &o);
}

static const struct relaxation *relaxation_of(const struct duties *d, const char *id)
{
    const struct standard *st = config_standard(d->alarm.config, d->standard);
    for (size_t i = 0; st && i < st->n_relaxations; i++)
        if (strcmp(st->relaxations[i].id, id) == 0)
            return &st->relaxations[i];
    return NULL;
}

static int take_relaxations(struct duties *d)
{
    struct store_duty *list;
    size_t n;
    const struct alarm *a = &d->alarm;
    int rc = store_duties(d->store, d->county, d->standard, a->arena, &list, &n, a->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct relaxation *r = relaxation_of(d, list[i].duty);
        struct one o = {.what = list[i].duty,
                        .clause = r ? r->clause : NULL,
                        .round = list[i].round,
                        .county_name = list[i].county_name};
        struct date until;
        if (date_parse(list[i].until, strlen(list[i].until), &until))
            return err_set(a->err, JH_EIO, "county %s has a duty until \"%s\"", d->county,
                           list[i].until);
        o.last = date_add_days(until, -1); /* from that day on it cannot rely on it */
        rc = take_one(d, &o);
    }
    return rc;
}

/* ---- what is over ------------------------------------------------------------------------------ */

static bool is_seen(const struct duties *d, const char *what)
{
    for (size_t i = 0; i < d->n_seen; i++)
        if (strcmp(d->seen[i], what) == 0)
            return true;
    return false;
}

/* The month that was told of last: keys are in order, "due/2025-06-30" before "overdue/…". */
static const char *month_of(const struct alert *alert, char month[STANDING_MONTH])
{
    *month = '\0';
    for (size_t i = 0; i < alert->n_told; i++)
        if (strncmp(alert->told[i], "due/", 4) == 0)
            snprintf(month, STANDING_MONTH, "%.7s", alert->told[i] + 4);
    return month;
}

/* Done, or nobody's any more. */
static int end_rest(struct duties *d, bool unwatched)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < d->n_open; i++) {
        const struct alert *x = &d->open[i].alert;
        const struct judgement done = obligation_done(x->round);
        char month[STANDING_MONTH];
        const struct alarm_case c = {
            .name = {KIND_DUTY, d->county, d->standard, x->indicator},
            .cert = d->cert,
            .deadline = month_of(x, month),
            .unwatched = unwatched,
            .newest = unwatched ? NULL : &done};
        if (!is_seen(d, x->indicator))
            rc = alarm_take(d->store, &d->alarm, &c, NULL);
    }
    return rc;
}

static int load_policy(struct duties *d)
{
    struct config_where where = {.standard = d->standard, .county = d->county};
    if (config_divisions_above(d->alarm.config, d->county, d->alarm.arena,
                               &where.division, &where.n_division))
        return no_memory(&d->alarm);
    config_policy(d->alarm.config, KIND_DUTY, &where, &d->policy);
    return 0;
}

int alarm_duty(struct store *store, const struct alarm *alarm, const char *county,
               const char *standard, const struct store_cert *cert)
{
    struct duties d = {.store = store,
                       .alarm = *alarm,
                       .county = county,
                       .standard = standard,
                       .cert = cert};
    d.alarm.result = NULL; /* what was judged says nothing of what is to be done */
    d.alarm.county = NULL;
    d.alarm.judgement = NULL;
    d.alarm.retracted = (struct round){0};
    int rc = load_policy(&d);
    bool watched = cert && d.policy.enabled;
    if (!rc)
        rc = load_open(&d);
    if (!rc && watched)
        rc = take_order(&d);
    if (!rc && watched)
        rc = take_relaxations(&d);
    return rc ? rc : end_rest(&d, !watched);
}

/* ---- what data bring ---------------------------------------------------------------------------- */

static int put_duty(struct store *store, const struct alarm *a,
                    const struct store_cert *cert, const struct duty *duty)
{
    char day[DATE_TEXT];
    date_print(duty->until, day);
    const struct store_duty row = {.county = cert->cert.county,
                                   .standard = cert->cert.standard,
                                   .duty = duty->relaxation->id,
                                   .until = day,
                                   .round = a->judgement->round,
                                   .county_name = a->result->data->county_name};
    return store_duty_put(store, &row, a->err);
}

/* What came of that which the relaxation makes milder. */
static enum outcome relaxed_outcome(const struct county_result *r,
                                    const struct relaxation *of)
{
    if (of->item >= 0 && (size_t)of->item < r->items.n)
        return r->items.list[of->item].outcome;
    return r->outcome;
}

/*
 * Do data that need the relaxation no more say so? What is missing might need it. Once it has
 * ended nobody relies on it, and only what it made milder, met as it stands, tells that the duty
 * is done.
 */
static bool is_done(const struct alarm *a, const struct relaxation *r,
                    const struct store_cert *cert)
{
    struct date day = round_reference(a->judgement->round);
    struct date until = date_add_months(cert->cert.date, 12 * r->duty_years);
    bool ended =
        date_cmp(day, until) >= 0 || (r->until.year && date_cmp(day, r->until) >= 0);
    enum outcome outcome = relaxed_outcome(a->result, r);
    if (!a->result->complete || review_waits(a->county->review))
        return false;
    return outcome == OUTCOME_PASS || (!ended && outcome == OUTCOME_FAIL);
}

static const struct duty *relied_on(const struct county_result *r,
                                    const struct relaxation *of)
{
    for (size_t i = 0; i < r->n_duties; i++)
        if (r->duties[i].relaxation == of)
            return &r->duties[i];
    return NULL;
}

int alarm_duties_seen(struct store *store, const struct alarm *alarm,
                      const struct store_cert *cert)
{
    const struct standard *st = alarm->result->standard;
    int rc = 0;
    for (size_t i = 0; !rc && i < st->n_relaxations; i++) {
        const struct relaxation *r = &st->relaxations[i];
        const struct duty *duty = relied_on(alarm->result, r);
        if (!r->duty_years)
            continue;
        if (duty)
            rc = put_duty(store, alarm, cert, duty);
        else if (is_done(alarm, r, cert))
            rc = store_duty_delete(store, cert->cert.county, st->id, r->id, alarm->err);
    }
    return rc;
}
