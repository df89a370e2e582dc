/* SPDX-License-Identifier: Apache-2.0 */
#include "story/alarm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alert/alert.h"
#include "digest/digest.h"
#include "render/json.h"
#include "store/standing.h"
#include "story/baseline.h"
#include "story/review.h"
#include "story/withhold.h"

/* Everything one step looks at and makes. */
struct step {
    const struct alarm *alarm;
    const struct alarm_case *c;
    const char *county;        /* "": the subject is none */
    struct store_alert before; /* the open alert, if was_open */
    bool was_open;
    struct alert after;
    bool happened;
    struct alert_transition what;
    int64_t silenced; /* what keeps its messages back: withhold_of() */
    size_t told;      /* outbox rows */
};

static int no_memory(const struct alarm *alarm)
{
    return err_set(alarm->err, JH_ENOMEM, "out of memory");
}

/* ---- evidence ------------------------------------------------------------------------------ */

struct pasts {
    const struct json_past *previous; /* NULL: history has none */
    struct json_past baseline;        /* as it was when the county was certified */
    bool has_baseline;
};

/* The round before this one and the baseline round. */
static int load_pasts(struct store *store, const struct step *step, struct pasts *pasts)
{
    const struct alarm *a = step->alarm;
    const struct store_cert *cert = step->c->cert;
    const struct json_past *live = NULL;
    struct json_past *list;
    size_t n = 0;
    int rc = alarm_pasts(store, a, step->county, a->result->standard, &list, &n);
    for (size_t i = 0; !rc && i < n; i++) {
        if (round_cmp(list[i].round, a->judgement->round) < 0)
            pasts->previous = &list[i];
        if (cert && round_cmp(list[i].round, cert->cert.baseline) == 0)
            live = &list[i];
    }
    return rc || !cert ? rc
                       : baseline_figures(store, a, cert, a->result->standard, live,
                                          &pasts->baseline, &pasts->has_baseline);
}

/* The month of the order that is open, or "". */
static int load_deadline(struct store *store, const struct step *step,
                         char deadline[STANDING_MONTH])
{
    const struct alarm *a = step->alarm;
    struct store_standing row;
    int rc = JH_ENOENT;
    *deadline = '\0';
    if (step->c->deadline)
        snprintf(deadline, STANDING_MONTH, "%s", step->c->deadline);
    else if (*step->county && *step->c->name.standard)
        rc = store_standing_get(store, step->county, step->c->name.standard, a->arena,
                                &row, a->err);
    if (!rc)
        memcpy(deadline, row.standing.deadline, STANDING_MONTH);
    return rc == JH_ENOENT ? 0 : rc;
}

enum { EVIDENCE_BYTES = 4 << 20 };

static int dump(const struct alarm *a, json_t *object, const char **ret)
{
    char *text = object ? json_text(object, EVIDENCE_BYTES) : NULL;
    *ret = text ? arena_str(a->arena, text) : NULL;
    free(text);
    json_decref(object);
    return *ret ? 0 : no_memory(a);
}

static int load_divisions(const struct step *step, struct json_alert_in *in)
{
    const struct alarm *a = step->alarm;
    int rc = *step->county ? config_divisions_above(a->config, step->county, a->arena,
                                                    &in->division, &in->n_division)
                           : 0;
    if (rc)
        return no_memory(a);
    const char **names = arena_array(a->arena, in->n_division + 1, sizeof *names);
    if (!names)
        return no_memory(a);
    for (size_t i = 0; i < in->n_division; i++) {
        const struct division *d = config_division(a->config, in->division[i]);
        names[i] = d ? d->name : "";
    }
    in->division_names = names;
    return 0;
}

/* A round that proves nothing leaves the alert, and its figures, at the round before. */
static bool moved_on(const struct step *step)
{
    const struct alarm *a = step->alarm;
    return a->result && !step->after.stale &&
           round_cmp(step->after.round, a->judgement->round) == 0;
}

/* Does what it was judged by now tell of its state? Doubtful data leave it as it was. */
static bool is_settled(const struct step *step)
{
    return !step->after.stale || step->after.state == ALERT_RESOLVED;
}

/*
 * The alert as people will be shown it: figures, schools, certification, clause. Without a new
 * evaluation, what was known before stands with the new state.
 */
static int evidence(struct store *store, const struct step *step, const char **ret)
{
    const struct alarm *a = step->alarm;
    struct pasts pasts = {0};
    char deadline[STANDING_MONTH];
    bool anew = moved_on(step) || !step->was_open;
    const struct store_cert *cert = step->c->cert;
    struct json_alert_in in = {.alert = &step->after,
                               .what = step->happened ? &step->what : NULL,
                               .result = anew ? a->result : NULL,
                               .standard =
                                   config_standard(a->config, step->c->name.standard),
                               .cert = cert ? &cert->cert : NULL,
                               .data_sha256 = a->county ? a->county->sha256 : NULL,
                               .change = step->c->change,
                               .review = a->county ? a->county->review : NULL,
                               .now_ms = a->now_ms,
                               .details = step->c->details,
                               .extra = is_settled(step) ? step->c->extra : NULL,
                               .county_name = step->c->county_name};
    if (a->retracted.year && step->was_open && step->after.stale && !step->happened) {
        *ret = step->before.evidence; /* nothing better is known */
        return 0;
    }
    int rc = in.result ? load_pasts(store, step, &pasts) : 0;
    if (!rc)
        rc = load_divisions(step, &in);
    if (!rc)
        rc = load_deadline(store, step, deadline);
    if (rc)
        return rc;
    in.previous = pasts.previous;
    in.baseline = pasts.has_baseline ? &pasts.baseline : NULL;
    in.deadline = *deadline ? deadline : NULL;
    json_t *before = step->was_open ? json_loads(step->before.evidence, 0, NULL) : NULL;
    in.evidence = before;
    rc = dump(a, json_alert(&in), ret);
    json_decref(before);
    return rc;
}

/* ---- what is written ------------------------------------------------------------------------ */

/* Named after what it is about; a second alert of the same subject and round gets another name. */
static int name_alert(struct store *store, const struct step *step, struct alert *alert)
{
    const struct alarm *a = step->alarm;
    for (int again = 0; again < 1000; again++) {
        char hex[65], text[ROUND_TEXT + 64];
        struct store_alert other;
        char since[ROUND_TEXT + 32];
        round_print(alert->since_round, since);
        if (!alert->since_round.year) /* it may come again any number of times */
            snprintf(since, sizeof since, "%lld", (long long)a->now_ms);
        snprintf(text, sizeof text, "%s/%d", since, again);
        struct sha256 *h = sha256_new();
        sha256_add_str(h, alert->kind);
        sha256_add_str(h, alert->subject);
        sha256_add_str(h, alert->standard);
        if (*alert->indicator)
            sha256_add_str(h, alert->indicator);
        sha256_add_str(h, text);
        sha256_end(h, hex);
        snprintf(alert->id, sizeof alert->id, "%.16s", hex);
        int rc = store_alert_get(store, alert->id, a->arena, &other, a->err);
        if (rc)
            return rc == JH_ENOENT ? 0 : rc;
    }
    return err_set(a->err, JH_ELIMIT, "%s of %s: too many alerts in one round",
                   alert->kind, alert->subject);
}

/* What is dead is not told through what is dead. */
static bool may_tell(const struct step *step, const char *channel)
{
    return step->c->name.kind != KIND_DELIVERY_DEAD ||
           strcmp(channel, step->c->name.subject) != 0;
}

static int tell(struct store *store, struct step *step, const struct office *office,
                const char *province)
{
    const struct alarm *a = step->alarm;
    char round[ROUND_TEXT] = "";
    if (step->what.round.year)
        round_print(step->what.round, round);
    int rc = 0;
    for (size_t i = 0; !rc && i < office->n_channels; i++) {
        struct store_outbox row = {
            .alert = step->after.id,
            .transition = step->what.n,
            .office = office->id,
            .channel = office->channels[i],
            .group = arena_fmt(a->arena, "%s|%s|%s|%s|%s", office->id, province,
                               step->after.standard, step->after.kind, round),
            .created_ms = a->now_ms,
            .silenced = step->silenced};
        if (!may_tell(step, row.channel))
            continue;
        rc = row.group ? store_outbox_put(store, &row, a->err) : no_memory(a);
        step->told++;
    }
    return rc;
}

/*
 * Those who should know of a dead channel have no other one: then the highest offices that have.
 */
static int tell_elsewhere(struct store *store, struct step *step, const bool *chosen,
                          const char *province)
{
    const struct route_table *table = &step->alarm->config->routes;
    bool meant = false;
    int rc = 0;
    for (size_t i = 0; i < table->n_offices; i++)
        meant |= chosen[i];
    if (!meant || step->c->name.kind != KIND_DELIVERY_DEAD)
        return 0;
    for (int level = LEVEL_NATION; !rc && !step->told && level >= LEVEL_COUNTY; level--)
        for (size_t i = 0; !rc && i < table->n_offices; i++)
            if ((int)table->offices[i].level == level)
                rc = tell(store, step, &table->offices[i], province);
    return rc;
}

/* Who is told: by the routes, and those it was brought to when nobody had it in hand. */
static int choose_offices(struct store *store, const struct step *step,
                          const struct route_subject *subject, bool *chosen)
{
    const struct alarm *a = step->alarm;
    const struct route_table *table = &a->config->routes;
    const char **up;
    size_t *offices, n, n_up;
    if (route_offices(table, subject, a->arena, &offices, &n))
        return no_memory(a);
    for (size_t i = 0; i < n; i++)
        chosen[offices[i]] = true;
    int rc =
        store_outbox_offices(store, step->after.id, true, a->arena, &up, &n_up, a->err);
    for (size_t i = 0; !rc && i < n_up; i++)
        for (size_t k = 0; k < table->n_offices; k++)
            chosen[k] |= !strcmp(table->offices[k].id, up[i]);
    return rc;
}

/* Whom nobody was told of, since a graver alert told as much, ends untold as well. */
static int keep_end_back(struct store *store, struct step *step)
{
    struct store_outbox *rows;
    size_t n;
    if (step->c->name.kind != KIND_LOCAL || step->silenced)
        return 0;
    int rc = store_outbox_of(store, step->after.id, step->alarm->arena, &rows, &n,
                             step->alarm->err);
    if (!rc && !n)
        step->silenced = STORE_INHIBITED;
    return rc;
}

/* offices NULL: choose. */
static int tell_offices(struct store *store, struct step *step, const bool *offices)
{
    const struct alarm *a = step->alarm;
    const struct route_table *table = &a->config->routes;
    struct route_subject subject = {.kind = step->after.kind,
                                    .severity = step->after.severity,
                                    .standard = step->after.standard,
                                    .county = step->county,
                                    .places = step->c->places,
                                    .n_places = step->c->n_places,
                                    .owners = step->c->owners,
                                    .n_owners = step->c->n_owners};
    bool *chosen = arena_array(a->arena, table->n_offices + 1, sizeof *chosen);
    int rc = chosen ? 0 : no_memory(a);
    if (!rc && *step->county)
        rc = config_divisions_above(a->config, step->county, a->arena, &subject.division,
                                    &subject.n_division);
    for (size_t i = 0; !rc && i < table->n_offices; i++)
        chosen[i] = offices && offices[i];
    if (!rc && !offices)
        rc = choose_offices(store, step, &subject, chosen);
    const struct withhold why = {a->config, a->arena, a->now_ms, a->err};
    if (!rc)
        rc = withhold_of(store, &why, &subject, &step->after, &step->silenced);
    if (!rc && step->what.to == ALERT_RESOLVED)
        rc = keep_end_back(store, step);
    const char *province = subject.n_division ? subject.division[0] : "";
    for (size_t i = 0; !rc && i < table->n_offices; i++)
        if (chosen[i])
            rc = tell(store, step, &table->offices[i], province);
    return rc || step->told ? rc : tell_elsewhere(store, step, chosen, province);
}

static int write_transition(struct store *store, struct step *step, const char *evidence)
{
    struct store_transition row = {
        .alert = step->after.id,
        .n = step->what.n,
        .from = alert_state_id(step->what.from),
        .to = step->what.extended ? "extended" : alert_state_id(step->what.to),
        .round = step->what.round,
        .cause = alert_cause_id(step->what.cause),
        .at_ms = step->alarm->now_ms,
        .evidence = evidence};
    int rc = store_transition_put(store, &row, step->alarm->err);
    if (rc)
        return rc;
    ++*step->alarm->transitions;
    return alert_told(&step->what) ? tell_offices(store, step, NULL) : 0;
}

static int keep(struct store *store, struct step *step, const char *evidence)
{
    const struct alarm *a = step->alarm;
    struct store_alert row = {
        .alert = step->after,
        .evidence = evidence,
        .opened_ms = step->was_open ? step->before.opened_ms : a->now_ms,
        .updated_ms = a->now_ms,
        .resolved_ms = step->after.state == ALERT_RESOLVED ? a->now_ms : 0};
    int rc = store_alert_put(store, &row, a->err);
    return rc || !step->happened ? rc : write_transition(store, step, evidence);
}

static int take_step(struct step *step)
{
    static const struct alert_policy plain = {0};
    const struct alarm *a = step->alarm;
    const struct alarm_case *c = step->c;
    struct alert_input in = {.name = c->name,
                             .certification = c->cert ? &c->cert->cert : NULL,
                             .unwatched = c->unwatched,
                             .superseded = c->superseded,
                             .newest = c->newest,
                             .unreviewed = c->unreviewed ||
                                           (a->county && review_waits(a->county->review)),
                             .severity = c->severity,
                             .policy = c->policy ? *c->policy : plain,
                             .retracted = a->retracted};
    int rc = alert_step(step->was_open ? &step->before.alert : NULL, &in, a->arena,
                        &step->after, &step->happened, &step->what);
    if (rc)
        return no_memory(a);
    step->after.subject = c->name.subject; /* the code that the county has now */
    step->after.county = step->county;
    return 0;
}

/* The first transition of an alert that another county's goes on in. */
static void begin_heir(struct step *step)
{
    if (!step->happened)
        step->what = (struct alert_transition){.to = step->after.state,
                                               .round = step->after.round};
    step->happened = true;
    step->what.n = step->after.transition = 1;
    step->what.from = ALERT_NONE;
    step->what.extended = false;
}

/* Is there nothing to keep: no alert, or one that is as it was? */
static bool is_idle(const struct step *step)
{
    return step->after.state == ALERT_NONE && !step->was_open;
}

static int take(struct store *store, struct step *step)
{
    const char *object;
    int rc = take_step(step);
    if (rc || is_idle(step))
        return rc;
    if (step->c->inherited && step->after.state == ALERT_RESOLVED)
        return 0; /* never this county's: the other one's ends */
    if (step->c->inherited)
        begin_heir(step);
    if (!step->was_open)
        rc = name_alert(store, step, &step->after);
    if (!rc)
        rc = evidence(store, step, &object);
    return rc ? rc : keep(store, step, object);
}

static int find_before(struct store *store, struct step *step)
{
    const struct alarm *a = step->alarm;
    const struct alarm_case *c = step->c;
    int rc = 0;
    if (c->before)
        step->before = *c->before;
    else
        rc = store_alert_named(store, &c->name, a->arena, &step->before, a->err);
    step->was_open = rc == 0;
    if (c->inherited)
        step->before.opened_ms = a->now_ms;
    return rc == JH_ENOENT ? 0 : rc;
}

int alarm_take(struct store *store, const struct alarm *alarm, const struct alarm_case *c,
               enum alert_state *ret)
{
    bool of_county = alert_kind_info(c->name.kind)->about == ABOUT_COUNTY;
    struct step step = {
        .alarm = alarm, .c = c, .county = of_county ? c->name.subject : ""};
    int rc = find_before(store, &step);
    if (rc)
        return rc;
    rc = take(store, &step);
    if (!rc && ret)
        *ret = step.after.state;
    return rc;
}

int alarm_end(struct store *store, const struct alarm *alarm,
              const struct store_alert *open, const struct entity_change *change)
{
    const struct alert *a = &open->alert;
    struct alarm without = *alarm; /* nothing was judged */
    const struct alarm_case c = {.name = {(enum alert_kind)alert_kind_of(a->kind),
                                          a->subject, a->standard, a->indicator},
                                 .before = open,
                                 .unwatched = true,
                                 .change = change};
    without.county = NULL;
    without.result = NULL;
    without.judgement = NULL;
    without.retracted = (struct round){0};
    return alarm_take(store, &without, &c, NULL);
}

int alarm_tell(struct store *store, const struct alarm *alarm, const struct alert *alert,
               const bool *offices)
{
    const struct alarm_case c = {.name = {(enum alert_kind)alert_kind_of(alert->kind),
                                          alert->subject, alert->standard,
                                          alert->indicator}};
    struct step step = {.alarm = alarm,
                        .c = &c,
                        .county = alert->county,
                        .after = *alert,
                        .what = {.n = alert->transition, .round = alert->round}};
    return tell_offices(store, &step, offices);
}
