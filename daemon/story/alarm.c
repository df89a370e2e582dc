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
#include "story/heir.h"
#include "story/review.h"
#include "story/silence.h"

/* Everything one step looks at and makes. */
struct step {
    const struct alarm *alarm;
    const char *county, *standard;
    struct store_cert cert;
    bool certified;
    struct store_alert before; /* the open alert, if was_open */
    bool was_open;
    struct alert after;
    bool happened;
    struct alert_transition what;
    bool heir;                          /* `before` was another county's: */
    const struct entity_change *change; /* by this; or what ended the county */
    int64_t silenced; /* the silence that keeps its messages back, or 0 */
};

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
static int load_cert(struct store *store, struct step *step)
{
    const struct alarm *a = step->alarm;
    int rc = store_cert_get(store, step->county, step->standard, a->arena, &step->cert,
                            a->err);
    if (rc == JH_ENOENT && a->judgement) {
        const struct heir heir =
            heir_of(store, a, step->county, step->standard, a->judgement->round);
        rc = heir_cert(&heir, a->now_ms, &step->cert);
        if (!rc)
            rc = store_cert_inherit(store, &step->cert, a->err);
    }
    step->certified = rc == 0;
    return rc == JH_ENOENT ? 0 : rc;
}

static int load(struct store *store, struct step *step)
{
    const struct alarm *a = step->alarm;
    int rc = load_cert(store, step);
    if (rc)
        return rc;
    rc = store_alert_open(store, "slip", step->county, step->standard, a->arena,
                          &step->before, a->err);
    step->was_open = rc == 0;
    return rc == JH_ENOENT ? 0 : rc;
}

/* ---- evidence ------------------------------------------------------------------------------ */

/* Figures of another round, from history rows. */
static void read_past(const struct store_verdict *row, const struct standard *standard,
                      struct json_past *past)
{
    int stage = stage_of(row->stage, strlen(row->stage));
    json_t *figures = stage < 0 ? NULL : json_loads(row->figures, 0, NULL);
    if (!figures)
        return;
    past->composite[stage] = row->composite;
    for (size_t i = 0; i < standard->n_indicators; i++) {
        const json_t *cv = json_object_get(figures, standard->indicators[i].id);
        past->cv[stage][i] = json_is_number(cv) ? json_number_value(cv) : NAN;
    }
    json_decref(figures);
}

static void past_init(struct json_past *past, struct round round)
{
    past->round = round;
    for (int s = 0; s < STAGE_COUNT; s++) {
        past->composite[s] = NAN;
        for (int i = 0; i < STANDARD_INDICATORS_MAX; i++)
            past->cv[s][i] = NAN;
    }
}

struct pasts {
    struct json_past previous, baseline;
    bool has_previous, has_baseline;
};

static size_t without_retracted(struct store_verdict *rows, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!rows[i].retracted)
            rows[kept++] = rows[i];
    return kept;
}

static int append(const struct alarm *a, struct store_verdict **rows, size_t *n,
                  const struct store_verdict *more, size_t n_more)
{
    struct store_verdict *all = arena_array(a->arena, *n + n_more + 1, sizeof *all);
    if (!all)
        return no_memory(a);
    if (*n)
        memcpy(all, *rows, *n * sizeof *all);
    if (n_more)
        memcpy(all + *n, more, n_more * sizeof *all);
    *rows = all;
    *n += n_more;
    return 0;
}

static int by_round(const void *a, const void *b)
{
    const struct store_verdict *x = a, *y = b;
    int order = round_cmp(x->round, y->round);
    return order ? order : strcmp(x->stage, y->stage);
}

/* What is known of the county under this code and those that it had before. */
static int load_history(struct store *store, const struct step *step,
                        struct store_verdict **ret, size_t *ret_n)
{
    const struct alarm *a = step->alarm;
    const struct entity_changes *changes = &a->config->changes;
    struct date day = round_reference(a->judgement->round);
    struct entity_codes roots;
    int rc = entity_roots(changes, step->county, day, a->arena, &roots);
    if (rc)
        return no_memory(a);
    *ret = NULL;
    *ret_n = 0;
    for (size_t i = 0; !rc && i < roots.n; i++) {
        struct store_verdict *rows;
        size_t n;
        if (strcmp(entity_code(changes, roots.list[i], day),
                   entity_code(changes, step->county, day)) != 0)
            continue;
        rc = store_history(store, roots.list[i], step->standard, a->arena, &rows, &n,
                           a->err);
        if (!rc)
            rc = append(a, ret, ret_n, rows, n);
    }
    if (!rc && *ret_n)
        qsort(*ret, *ret_n, sizeof **ret, by_round);
    return rc;
}

/* The round before this one and the baseline round, as far as history has them. */
static int load_pasts(struct store *store, const struct step *step, struct pasts *pasts)
{
    const struct alarm *a = step->alarm;
    struct store_verdict *rows = NULL;
    size_t n = 0;
    struct round now = a->judgement->round, previous = {0};
    int rc = load_history(store, step, &rows, &n);
    if (rc)
        return rc;
    n = rows ? without_retracted(rows, n) : 0;
    for (size_t i = 0; i < n; i++)
        if (round_same_series(rows[i].round, now) && round_cmp(rows[i].round, now) < 0)
            previous = rows[i].round;
    past_init(&pasts->previous, previous);
    past_init(&pasts->baseline,
              step->certified ? step->cert.cert.baseline : (struct round){0});
    for (size_t i = 0; i < n; i++) {
        if (previous.year && round_cmp(rows[i].round, previous) == 0) {
            pasts->has_previous = true;
            read_past(&rows[i], a->result->standard, &pasts->previous);
        }
        if (pasts->baseline.round.year &&
            round_cmp(rows[i].round, pasts->baseline.round) == 0) {
            pasts->has_baseline = true;
            read_past(&rows[i], a->result->standard, &pasts->baseline);
        }
    }
    return 0;
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
    int rc = config_divisions_above(a->config, step->county, a->arena, &in->division,
                                    &in->n_division);
    if (rc)
        return rc;
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

/*
 * The alert as people will be shown it: figures, schools, certification, clause. Without a new
 * evaluation, what was known before stands with the new state.
 */
static int evidence(struct store *store, const struct step *step, const char **ret)
{
    const struct alarm *a = step->alarm;
    struct pasts pasts = {0};
    bool anew = moved_on(step) || !step->was_open;
    struct json_alert_in in = {.alert = &step->after,
                               .what = step->happened ? &step->what : NULL,
                               .result = anew ? a->result : NULL,
                               .cert = step->certified ? &step->cert.cert : NULL,
                               .data_sha256 = a->county ? a->county->sha256 : NULL,
                               .change = step->change,
                               .review = a->county ? a->county->review : NULL,
                               .now_ms = a->now_ms};
    if (a->retracted.year && step->was_open && step->after.stale && !step->happened) {
        *ret = step->before.evidence; /* nothing better is known */
        return 0;
    }
    int rc = in.result ? load_pasts(store, step, &pasts) : 0;
    if (!rc)
        rc = load_divisions(step, &in);
    if (rc)
        return rc;
    in.previous = pasts.has_previous ? &pasts.previous : NULL;
    in.baseline = pasts.has_baseline ? &pasts.baseline : NULL;
    json_t *before = step->was_open ? json_loads(step->before.evidence, 0, NULL) : NULL;
    in.evidence = before;
    rc = dump(a, json_alert(&in), ret);
    json_decref(before);
    return rc;
}

/* ---- what is written ------------------------------------------------------------------------ */

/* Named after what it is about; a second alert of the same county and round gets another name. */
static int name_alert(struct store *store, const struct step *step, struct alert *alert)
{
    const struct alarm *a = step->alarm;
    for (int again = 0; again < 1000; again++) {
        char hex[65], text[ROUND_TEXT + 32];
        struct store_alert other;
        char since[ROUND_TEXT];
        round_print(alert->since_round, since);
        snprintf(text, sizeof text, "%s/%d", since, again);
        struct sha256 *h = sha256_new();
        sha256_add_str(h, alert->kind);
        sha256_add_str(h, step->county);
        sha256_add_str(h, step->standard);
        sha256_add_str(h, text);
        sha256_end(h, hex);
        snprintf(alert->id, sizeof alert->id, "%.16s", hex);
        int rc = store_alert_get(store, alert->id, a->arena, &other, a->err);
        if (rc)
            return rc == JH_ENOENT ? 0 : rc;
    }
    return err_set(a->err, JH_ELIMIT, "county %s: too many alerts in one round",
                   step->county);
}

static int tell(struct store *store, const struct step *step, const struct office *office,
                const char *province)
{
    const struct alarm *a = step->alarm;
    char round[ROUND_TEXT];
    round_print(step->what.round, round);
    int rc = 0;
    for (size_t i = 0; !rc && i < office->n_channels; i++) {
        struct store_outbox row = {
            .alert = step->after.id,
            .transition = step->what.n,
            .office = office->id,
            .channel = office->channels[i],
            .group = arena_fmt(a->arena, "%s|%s|%s|%s|%s", office->id, province,
                               step->standard, step->after.kind, round),
            .created_ms = a->now_ms,
            .silenced = step->silenced};
        rc = row.group ? store_outbox_put(store, &row, a->err) : no_memory(a);
    }
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

/* offices NULL: choose. */
static int tell_offices(struct store *store, struct step *step, const bool *offices)
{
    const struct alarm *a = step->alarm;
    const struct route_table *table = &a->config->routes;
    struct route_subject subject = {.kind = step->after.kind,
                                    .severity = step->after.severity,
                                    .standard = step->standard,
                                    .county = step->county};
    bool *chosen = arena_array(a->arena, table->n_offices + 1, sizeof *chosen);
    int rc = chosen ? config_divisions_above(a->config, step->county, a->arena,
                                             &subject.division, &subject.n_division)
                    : no_memory(a);
    for (size_t i = 0; !rc && i < table->n_offices; i++)
        chosen[i] = offices && offices[i];
    if (!rc && !offices)
        rc = choose_offices(store, step, &subject, chosen);
    if (!rc)
        rc = silence_of(store, &subject, a->now_ms, a->arena, &step->silenced, a->err);
    for (size_t i = 0; !rc && i < table->n_offices; i++)
        if (chosen[i])
            rc = tell(store, step, &table->offices[i],
                      subject.n_division ? subject.division[0] : "");
    return rc;
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

static int take_step(struct step *step, const struct judgement *newest)
{
    const struct alarm *a = step->alarm;
    struct alert_input in = {.certification = step->certified ? &step->cert.cert : NULL,
                             .newest = newest,
                             .unreviewed = a->county && review_waits(a->county->review),
                             .policy = a->config->slip,
                             .retracted = a->retracted};
    int rc = alert_step(step->was_open ? &step->before.alert : NULL, &in, a->arena,
                        &step->after, &step->happened, &step->what);
    if (rc)
        return no_memory(a);
    step->after.county = step->county;
    step->after.standard = step->standard;
    return 0;
}

/* ---- what became of counties --------------------------------------------------------------- */

/* A county that is no more: its alert ends, and says by what. */
static int end_alert(struct store *store, const struct alarm *alarm,
                     const struct store_alert *open, const struct entity_change *change)
{
    struct alarm without = *alarm; /* nothing was judged */
    struct step step = {.alarm = &without,
                        .county = open->alert.county,
                        .standard = open->alert.standard,
                        .before = *open,
                        .was_open = true,
                        .change = change};
    const char *object;
    without.county = NULL;
    without.result = NULL;
    without.judgement = NULL;
    int rc = take_step(&step, NULL);
    if (!rc)
        rc = evidence(store, &step, &object);
    return rc ? rc : keep(store, &step, object);
}

/* Goes on from the alert of who became the county; *ret: those that end with this. */
static int inherit(struct store *store, struct step *step, struct heir_alerts *ret)
{
    const struct alarm *a = step->alarm;
    const struct heir heir =
        heir_of(store, a, step->county, step->standard, a->judgement->round);
    int rc = heir_alerts(&heir, ret);
    if (rc)
        return rc;
    step->heir = !ret->has_own && ret->has_best && step->certified;
    step->was_open = ret->has_own || step->heir;
    if (step->was_open)
        step->before = ret->has_own ? ret->own : ret->best;
    if (step->heir)
        step->before.opened_ms = a->now_ms;
    if (step->heir)
        step->change = ret->by;
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

static int end_predecessors(struct store *store, const struct step *step,
                            const struct heir_alerts *heirs)
{
    const struct alarm *a = step->alarm;
    struct date day = round_reference(a->judgement->round);
    int rc = 0;
    for (size_t i = 0; !rc && i < heirs->n_ended; i++)
        rc =
            end_alert(store, a, &heirs->ended[i],
                      entity_end(&a->config->changes, heirs->ended[i].alert.county, day));
    return rc;
}

int alarm_abolished(struct store *store, const struct alarm *alarm)
{
    const struct config *config = alarm->config;
    const struct entity_changes *changes = &config->changes;
    struct date today = date_of_ms(alarm->now_ms);
    struct store_alert open;
    int rc = 0;
    for (size_t i = 0; i < changes->n; i++) {
        const struct entity_change *c = &changes->list[i];
        if (c->kind != CHANGE_ABOLISH || date_cmp(c->date, today) > 0)
            continue;
        for (size_t k = 0; k < c->n_from * config->n_standards; k++) {
            rc = store_alert_open(store, "slip", c->from[k / config->n_standards],
                                  config->standards[k % config->n_standards]->id,
                                  alarm->arena, &open, alarm->err);
            if (!rc)
                rc = end_alert(store, alarm, &open, c);
            if (rc && rc != JH_ENOENT)
                return rc;
        }
    }
    return 0;
}

/* ---- steps --------------------------------------------------------------------------------- */

static int step_on(struct store *store, struct step *step)
{
    const struct alarm *alarm = step->alarm;
    const char *object;
    int rc = take_step(step, alarm->judgement);
    if (rc || (step->after.state == ALERT_NONE && !step->was_open))
        return rc;
    if (step->heir && step->after.state == ALERT_RESOLVED)
        return 0; /* never this county's: the other one's ends */
    if (step->heir)
        begin_heir(step);
    if (!step->was_open)
        rc = name_alert(store, step, &step->after);
    if (!rc)
        rc = evidence(store, step, &object);
    return rc ? rc : keep(store, step, object);
}

int alarm_judged(struct store *store, const struct alarm *alarm)
{
    struct step step = {.alarm = alarm,
                        .county = alarm->county->data->county_code,
                        .standard = alarm->result->standard->id};
    const struct heir heir =
        heir_of(store, alarm, step.county, step.standard, alarm->judgement->round);
    struct store_verdict newest;
    struct heir_alerts heirs = {0};
    bool gone = false;
    int rc = heir_is_gone(&heir, date_of_ms(alarm->now_ms), &gone);
    if (rc || gone)
        return rc;
    rc = load(store, &step);
    if (!rc && alarm->config->changes.n)
        rc = inherit(store, &step, &heirs);
    if (rc || (!step.certified && !step.was_open && !heirs.n_ended))
        return rc;
    rc = store_verdict_newest(store, step.county, step.standard,
                              alarm->judgement->round.month != 0, alarm->arena, &newest,
                              alarm->err);
    if (rc)
        return rc;
    if (round_cmp(newest.round, alarm->judgement->round) != 0)
        return 0;
    rc = step_on(store, &step);
    return rc ? rc : end_predecessors(store, &step, &heirs);
}

int alarm_retracted(struct store *store, const struct alarm *alarm, const char *county,
                    const char *standard)
{
    struct step step = {.alarm = alarm, .county = county, .standard = standard};
    const char *object;
    int rc = load(store, &step);
    if (rc || !step.was_open ||
        round_cmp(step.before.alert.round, alarm->retracted) != 0 ||
        step.before.alert.revision < 0)
        return rc;
    rc = take_step(&step, NULL);
    if (!rc)
        rc = evidence(store, &step, &object);
    return rc ? rc : keep(store, &step, object);
}

int alarm_lost(struct store *store, const struct alarm *alarm, const char *county,
               const char *standard)
{
    struct step step = {.alarm = alarm, .county = county, .standard = standard};
    const char *object;
    int rc = load(store, &step);
    if (rc || step.certified || !step.was_open)
        return rc;
    rc = take_step(&step, NULL);
    if (!rc)
        rc = evidence(store, &step, &object);
    return rc ? rc : keep(store, &step, object);
}

int alarm_tell(struct store *store, const struct alarm *alarm, const struct alert *alert,
               const bool *offices)
{
    struct step step = {.alarm = alarm,
                        .county = alert->county,
                        .standard = alert->standard,
                        .after = *alert,
                        .what = {.n = alert->transition, .round = alert->round}};
    return tell_offices(store, &step, offices);
}
