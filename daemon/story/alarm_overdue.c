/* SPDX-License-Identifier: Apache-2.0 */
/* data_overdue: a certified county without a complete evaluation when its data are due. */
#include <string.h>

#include "alert/overdue.h"
#include "render/json_make.h"
#include "story/alarm.h"
#include "story/heir.h"
#include "story/review.h"

/* The county by one standard, and what its sources promise. */
struct overdue {
    const char *county, *standard, *name;
    const struct store_cert *cert;
    struct overdue_due *dues;
    size_t n_dues;
    struct round due, complete, newest; /* year 0: none */
};

static int no_memory(const struct alarm *a)
{
    return err_set(a->err, JH_ENOMEM, "out of memory");
}

static int load_dues(const struct alarm *a, struct overdue *o)
{
    const struct config *config = a->config;
    o->dues = arena_array(a->arena, config->n_sources + 1, sizeof *o->dues);
    if (!o->dues)
        return no_memory(a);
    for (size_t i = 0; i < config->n_sources; i++) {
        const struct source_conf *source = &config->sources[i];
        if (!source->county && source->due_month && gather_covers(source, o->county))
            o->dues[o->n_dues++] =
                (struct overdue_due){source->due_month, source->due_day};
    }
    o->due = overdue_round(o->dues, o->n_dues, date_of_ms(a->now_ms));
    return 0;
}

/* The newest round of a code that is complete, and the newest of all; year 0: none. */
static int rounds_of(struct store *store, const struct alarm *a, struct overdue *o,
                     const char *county, struct round *ret_complete)
{
    struct store_verdict newest;
    *ret_complete = (struct round){0};
    int rc =
        store_verdict_complete(store, county, o->standard, false, ret_complete, a->err);
    if (rc && rc != JH_ENOENT)
        return rc;
    rc = store_verdict_newest(store, county, o->standard, false, a->arena, &newest,
                              a->err);
    if (!rc && round_cmp(newest.round, o->newest) > 0) {
        o->newest = newest.round;
        o->name = newest.county_name;
    }
    return rc == JH_ENOENT ? 0 : rc;
}

/* Did the county have this code on a day? */
static bool was_there(const struct entity_changes *changes, const char *code,
                      struct date day)
{
    for (size_t i = entity_after(changes, day); i < changes->n; i++) {
        const struct entity_change *c = &changes->list[i];
        bool begins =
            c->kind == CHANGE_CODE || c->kind == CHANGE_MERGE || c->kind == CHANGE_SPLIT;
        if (begins && entity_to(c, code) && !entity_from(c, code))
            return false;
    }
    return entity_end(changes, code, day) == NULL;
}

static int was_certified(struct store *store, const struct alarm *a,
                         const struct overdue *o, const char *county, bool *ret)
{
    struct store_cert cert;
    const struct heir heir = {.store = store,
                              .changes = &a->config->changes,
                              .county = county,
                              .standard = o->standard,
                              .day = round_reference(o->due),
                              .arena = a->arena,
                              .err = a->err};
    int rc = store_cert_get(store, county, o->standard, a->arena, &cert, a->err);
    if (rc == JH_ENOENT)
        rc = heir_cert(&heir, a->now_ms, &cert);
    *ret = rc == 0;
    return rc == JH_ENOENT ? 0 : rc;
}

/* What was due before the county had its code was so of those that it has come of, of all. */
static int load_before(struct store *store, const struct alarm *a, struct overdue *o)
{
    const struct entity_changes *changes = &a->config->changes;
    struct date day = round_reference(o->due);
    struct entity_codes roots;
    struct round least = {0}, one;
    bool any = false, certified = false;
    int rc = 0;
    if (entity_roots(changes, o->county, date_of_ms(a->now_ms), a->arena, &roots))
        return no_memory(a);
    for (size_t i = 0; !rc && i < roots.n; i++) {
        if (!was_there(changes, roots.list[i], day))
            continue;
        rc = was_certified(store, a, o, roots.list[i], &certified);
        if (!rc && certified)
            rc = rounds_of(store, a, o, roots.list[i], &one);
        if (rc || !certified)
            continue;
        least = !any || round_cmp(one, least) < 0 ? one : least;
        any = true;
    }
    if (!rc && any && round_cmp(least, o->complete) > 0)
        o->complete = least;
    return rc;
}

static int load_rounds(struct store *store, const struct alarm *a, struct overdue *o)
{
    const struct division *d = config_division(a->config, o->county);
    o->name = d ? d->name : o->county;
    int rc = rounds_of(store, a, o, o->county, &o->complete);
    if (!rc && a->config->changes.n && round_cmp(o->complete, o->due) < 0)
        rc = load_before(store, a, o);
    return rc;
}

/* Does what is complete wait for a person's review? */
static int load_review(struct store *store, const struct alarm *a,
                       const struct overdue *o, bool *ret)
{
    struct store_submission *subs;
    struct entity_codes codes;
    size_t n;
    if (entity_roots(&a->config->changes, o->county, date_of_ms(a->now_ms), a->arena,
                     &codes))
        return no_memory(a);
    int rc = store_submissions_holding(store, STORE_ANY, o->complete, codes.list, codes.n,
                                       a->arena, &subs, &n, a->err);
    *ret = false;
    for (size_t i = 0; !rc && i < n; i++)
        *ret |= review_lacks(a->config, &subs[i]);
    return rc;
}

static json_t *round_words(struct round round)
{
    char text[ROUND_TEXT];
    round_print(round, text);
    return round.year ? json_words(text) : json_null();
}

/* Which sources have not kept their word: all that may deliver the county. */
static json_t *sources_of(const struct alarm *a, const struct overdue *o)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->config->n_sources; i++) {
        const struct source_conf *source = &a->config->sources[i];
        if (!source->county && source->due_month && gather_covers(source, o->county))
            list = json_add(list, json_words(source->name));
    }
    return list;
}

/* The last of the days by which the round was due. */
static struct date last_day(const struct overdue *o)
{
    struct date last = {0};
    for (size_t i = 0; i < o->n_dues; i++) {
        struct date day = overdue_day(o->dues[i], o->due);
        if (date_cmp(day, last) > 0)
            last = day;
    }
    return last;
}

static json_t *details_of(const struct alarm *a, const struct overdue *o)
{
    char day[DATE_TEXT];
    bool begun = o->newest.year && round_cmp(o->newest, o->due) >= 0;
    date_print(last_day(o), day);
    json_t *map = json_put(json_object(), "code",
                           json_words(begun ? "round_incomplete" : "round_missing"));
    map = json_put(map, "round", round_words(o->due));
    map = json_put(map, "due", json_words(day));
    map = json_put(map, "newest_round", round_words(o->newest));
    map = json_put(map, "complete_round", round_words(o->complete));
    map = json_put(map, "sources", sources_of(a, o));
    return json_add(json_array(), map);
}

/*
 * A clock that was set back, or a later day, shows an older round: no news of what is open. Nor
 * do data end it that nobody has reviewed who should.
 */
static int look_at_open(struct store *store, const struct alarm *a,
                        const struct overdue *o, struct alarm_case *c, bool *ret_older)
{
    struct store_alert open;
    int rc = store_alert_named(store, &c->name, a->arena, &open, a->err);
    *ret_older = !rc && round_cmp(o->due, open.alert.round) < 0;
    if (!rc && round_cmp(o->complete, o->due) >= 0)
        rc = load_review(store, a, o, &c->unreviewed);
    return rc == JH_ENOENT ? 0 : rc;
}

static int judge_overdue(struct store *store, const struct alarm *a, struct overdue *o,
                         struct alarm_case *c, struct judgement *judgement)
{
    bool older = false;
    int rc = load_rounds(store, a, o);
    if (!rc)
        rc = look_at_open(store, a, o, c, &older);
    if (rc || older)
        return rc;
    if (overdue_judge(o->due, o->complete, a->arena, judgement))
        return no_memory(a);
    c->newest = judgement;
    c->county_name = o->name;
    return 0;
}

int alarm_overdue(struct store *store, const struct alarm *alarm, const char *county,
                  const char *standard, const struct store_cert *cert)
{
    struct overdue o = {.county = county, .standard = standard, .cert = cert};
    struct alarm plain = *alarm;
    struct alert_policy policy;
    struct judgement judgement;
    struct config_where where = {.standard = standard, .county = county};
    json_t *details = NULL;
    struct alarm_case c = {.name = {KIND_DATA_OVERDUE, county, standard, ""},
                           .cert = cert};
    plain.result = NULL; /* what is there says nothing of what is missing */
    plain.county = NULL;
    plain.retracted = (struct round){0};
    int rc = config_divisions_above(alarm->config, county, alarm->arena, &where.division,
                                    &where.n_division);
    if (rc)
        return err_set(alarm->err, rc, "out of memory");
    config_policy(alarm->config, KIND_DATA_OVERDUE, &where, &policy);
    if (cert && policy.enabled && !cert->cert.baseline.month)
        rc = load_dues(alarm, &o);
    c.change = entity_end(&alarm->config->changes, county, date_of_ms(alarm->now_ms));
    c.unwatched = !o.due.year || c.change;
    if (!rc && !c.unwatched)
        rc = judge_overdue(store, alarm, &o, &c, &judgement);
    if (!rc && c.newest && c.newest->outcome == OUTCOME_FAIL)
        c.details = details = details_of(alarm, &o);
    if (!rc)
        rc = alarm_take(store, &plain, &c, NULL);
    json_decref(details);
    return rc;
}

/* As the county is there today. */
static struct heir heir_of(struct store *store, const struct alarm *alarm,
                           const char *county, const char *standard)
{
    return (struct heir){.store = store,
                         .changes = &alarm->config->changes,
                         .county = county,
                         .standard = standard,
                         .day = date_of_ms(alarm->now_ms),
                         .arena = alarm->arena,
                         .err = alarm->err};
}

static int end_unless_heir(struct store *store, const struct alarm *alarm,
                           const struct alert *a)
{
    struct store_cert cert;
    const struct heir heir = heir_of(store, alarm, a->subject, a->standard);
    int rc = heir_cert(&heir, alarm->now_ms, &cert);
    return rc == JH_ENOENT ? alarm_overdue(store, alarm, a->subject, a->standard, NULL)
                           : rc;
}

/* Those that are open of counties that nobody has certified any more. */
static int end_uncertified(struct store *store, const struct alarm *alarm)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_of(store, KIND_DATA_OVERDUE, alarm->arena, &open, &n,
                                  alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct alert *a = &open[i].alert;
        struct store_cert cert;
        rc = store_cert_get(store, a->subject, a->standard, alarm->arena, &cert,
                            alarm->err);
        if (rc == JH_ENOENT)
            rc = end_unless_heir(store, alarm, a);
    }
    return rc;
}

/* A county that has come of a certified one, before it was judged for the first time. */
static int overdue_heir(struct store *store, const struct alarm *alarm,
                        const char *county, const char *standard)
{
    struct store_cert cert;
    const struct heir heir = heir_of(store, alarm, county, standard);
    int rc =
        heir_cert(&heir, alarm->now_ms, &cert); /* none: its own, which has its turn */
    if (!rc)
        rc = alarm_overdue(store, alarm, county, standard, &cert);
    return rc == JH_ENOENT ? 0 : rc;
}

/* The county, and where its code has ended or was split, those that are there in its place. */
static int overdue_cert(struct store *store, const struct alarm *alarm,
                        const struct store_cert *cert)
{
    const struct certification *c = &cert->cert;
    const struct entity_changes *changes = &alarm->config->changes;
    struct entity_codes heirs = {0};
    int rc = alarm_overdue(store, alarm, c->county, c->standard, cert);
    if (!rc && changes->n &&
        entity_heirs(changes, c->county, 0, date_of_ms(alarm->now_ms), alarm->arena,
                     &heirs))
        rc = no_memory(alarm);
    for (size_t i = 0; !rc && i < heirs.n; i++)
        if (strcmp(heirs.list[i], c->county) != 0)
            rc = overdue_heir(store, alarm, heirs.list[i], c->standard);
    return rc;
}

int alarm_overdue_all(struct store *store, const struct alarm *alarm)
{
    struct store_cert *certs;
    size_t n;
    int rc = store_certs(store, NULL, alarm->arena, &certs, &n, alarm->err);
    if (!rc)
        rc = end_uncertified(store, alarm);
    for (size_t i = 0; !rc && i < n; i++)
        rc = overdue_cert(store, alarm, &certs[i]);
    return rc;
}
