/* SPDX-License-Identifier: Apache-2.0 */
#include "story/tend.h"

#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "alert/escalate.h"
#include "render/json.h"
#include "render/json_make.h"
#include "story/alarm.h"

enum { EVIDENCE_BYTES = 4 << 20 };

/* One alert under one's hands. */
struct hand {
    struct store *store;
    const struct config *config;
    struct arena *arena;
    int64_t now_ms;
    struct store_alert *alert;
    struct jh_err *err;
};

static int no_memory(struct jh_err *err)
{
    return err_set(err, JH_ENOMEM, "out of memory");
}

/* ---- a transition ---------------------------------------------------------------------------- */

static json_t *stamp(int64_t ms)
{
    char text[DATE_TEXT];
    date_stamp(ms, text);
    return json_string(text);
}

static json_t *acknowledged_json(const struct store_act *act)
{
    json_t *map = json_put(json_object(), "by", json_words(act->by));
    map = json_put(map, "unit", json_maybe(act->unit));
    map = json_put(map, "reason", json_words(act->text));
    map = json_put(map, "plan", json_maybe(act->plan));
    map = json_put(map, "month", json_maybe(act->month));
    map = json_put(map, "at", stamp(act->at_ms));
    return json_put(map, "expires", stamp(act->expires_ms));
}

/* What was told last, with the new state. Takes `acknowledged` over; NULL: as it was. */
static int set_evidence(struct hand *h, json_t *acknowledged)
{
    struct store_alert *row = h->alert;
    json_t *map = json_loads(row->evidence, 0, NULL);
    if (!json_is_object(map)) {
        json_decref(map);
        map = json_put(json_object(), "id", json_words(row->alert.id));
    }
    map = json_put(map, "state", json_words(alert_state_id(row->alert.state)));
    map = json_put(map, "transition", json_integer(row->alert.transition));
    map = json_put(map, "added", json_array());
    map = json_put(map, "at", stamp(h->now_ms));
    if (acknowledged)
        map = json_put(map, "acknowledged", acknowledged);
    char *text = map ? json_text(map, EVIDENCE_BYTES) : NULL;
    row->evidence = text ? arena_str(h->arena, text) : NULL;
    free(text);
    json_decref(map);
    return row->evidence ? 0 : no_memory(h->err);
}

/* `to` is what the transition is called; the alert's state is set before. */
static int transit(struct hand *h, enum alert_state from, const char *to, const char *by,
                   json_t *acknowledged)
{
    struct store_alert *row = h->alert;
    row->alert.transition++;
    row->updated_ms = h->now_ms;
    int rc = set_evidence(h, acknowledged);
    if (rc)
        return rc;
    const struct store_transition t = {.alert = row->alert.id,
                                       .n = row->alert.transition,
                                       .from = alert_state_id(from),
                                       .to = to,
                                       .round = row->alert.round,
                                       .cause = NULL,
                                       .at_ms = h->now_ms,
                                       .by = by,
                                       .evidence = row->evidence};
    rc = store_alert_put(h->store, row, h->err);
    return rc ? rc : store_transition_put(h->store, &t, h->err);
}

static int put_proposal(struct hand *h, json_t *proposal)
{
    json_t *map = json_loads(h->alert->evidence, 0, NULL);
    map = json_put(map ? map : json_object(), "proposal", json_incref(proposal));
    char *text = map ? json_text(map, EVIDENCE_BYTES) : NULL;
    h->alert->evidence = text ? arena_str(h->arena, text) : NULL;
    free(text);
    json_decref(map);
    return h->alert->evidence ? 0 : no_memory(h->err);
}

static int tell(struct hand *h, const bool *offices)
{
    const struct alarm alarm = {
        .config = h->config, .arena = h->arena, .now_ms = h->now_ms, .err = h->err};
    return alarm_tell(h->store, &alarm, &h->alert->alert, offices);
}

int tend_propose(struct store *store, const struct alarm *alarm, struct store_alert *slip,
                 json_t *proposal)
{
    struct hand h = {store, alarm->config, alarm->arena, alarm->now_ms, slip, alarm->err};
    int rc = put_proposal(&h, proposal);
    if (!rc)
        rc = transit(&h, slip->alert.state, "proposed", NULL, NULL);
    if (rc)
        return rc;
    ++*alarm->transitions;
    return tell(&h, NULL);
}

/* ---- people ------------------------------------------------------------------------------------ */

/* To the end of the month that was named, else for as long as the configuration says. */
static void set_expiry(const struct tend *t, struct store_act *act)
{
    struct date day = date_of_ms(t->now_ms);
    if (act->expires_ms)
        return;
    if (act->month && !tend_month_end(act->month, &act->expires_ms))
        return;
    act->expires_ms = date_to_ms(date_add_days(day, t->config->acknowledged_days + 1));
}

static int acknowledge(struct hand *h, struct tend *t)
{
    struct alert *a = &h->alert->alert;
    enum alert_state from = a->state;
    if (from != ALERT_FIRING && from != ALERT_ACKNOWLEDGED)
        return err_set(t->err, JH_EREFUSED,
                       "alert %s is %s: there is nothing to acknowledge", a->id,
                       alert_state_id(from));
    set_expiry(t, &t->act);
    if (t->act.expires_ms <= t->now_ms)
        return err_set(t->err, JH_EREFUSED, "an acknowledgement that is over already");
    int rc = store_act_put(h->store, &t->act, t->err);
    a->state = ALERT_ACKNOWLEDGED;
    return rc ? rc
              : transit(h, from, "acknowledged", t->act.by, acknowledged_json(&t->act));
}

static int tend_within(struct store *store, void *arg)
{
    struct tend *t = arg;
    int rc = store_alert_get(store, t->id, t->arena, &t->alert, t->err);
    struct hand h = {store, t->config, t->arena, t->now_ms, &t->alert, t->err};
    if (rc)
        return rc == JH_ENOENT ? err_set(t->err, rc, "no alert %s", t->id) : rc;
    t->act.alert = t->alert.alert.id;
    t->act.at_ms = t->now_ms;
    if (t->act.act == ACT_ACKNOWLEDGE)
        return acknowledge(&h, t);
    return store_act_put(store, &t->act, t->err);
}

int tend_alert(struct store *store, void *arg)
{
    struct tend *t = arg;
    return store_within(store, tend_within, t, t->err);
}

int tend_month_end(const char *month, int64_t *ret_ms)
{
    char text[16];
    struct date first;
    snprintf(text, sizeof text, "%.8s-01", month);
    if (strlen(month) != 7 || date_parse(text, strlen(text), &first))
        return JH_EINVAL;
    *ret_ms = date_to_ms(date_add_months(first, 1));
    return 0;
}

/* ---- time --------------------------------------------------------------------------------------- */

/* The newest acknowledgement, or NULL. */
static const struct store_act *newest_ack(const struct store_act *acts, size_t n)
{
    while (n-- > 0)
        if (acts[n].act == ACT_ACKNOWLEDGE)
            return &acts[n];
    return NULL;
}

static int expire(struct hand *h, const struct store_act *ack, struct tend_tick *t)
{
    struct alert *a = &h->alert->alert;
    if (a->state != ALERT_ACKNOWLEDGED || !ack || ack->expires_ms > t->now_ms)
        return 0;
    a->state = ALERT_FIRING;
    t->expired++;
    int rc = transit(h, ALERT_ACKNOWLEDGED, "expired", NULL, json_null());
    return rc ? rc : tell(h, NULL);
}

/* Since when it waits for somebody, by its transitions. */
static int load_escalation(struct hand *h, const struct store_act *ack,
                           struct escalation *e)
{
    struct store_transition *ts;
    size_t n;
    int rc = store_transitions(h->store, h->alert->alert.id, h->arena, &ts, &n, h->err);
    *e = (struct escalation){.acknowledged = h->alert->alert.state == ALERT_ACKNOWLEDGED};
    for (size_t i = 0; !rc && i < n; i++) {
        bool lost = !strcmp(ts[i].from, "acknowledged") && !strcmp(ts[i].to, "extended");
        if (lost || !strcmp(ts[i].to, "firing") || !strcmp(ts[i].to, "expired"))
            e->told_ms = ts[i].at_ms;
        else if (!strcmp(ts[i].to, "escalated"))
            e->escalated_ms = ts[i].at_ms;
    }
    if (ack && ack->month && tend_month_end(ack->month, &e->month_end_ms))
        e->month_end_ms = 0;
    return rc;
}

static int days_of(const struct config *config, const char *severity)
{
    return !strcmp(severity, "critical")  ? config->escalation.critical
           : !strcmp(severity, "warning") ? config->escalation.warning
                                          : config->escalation.notice;
}

/* A flag for each office that was told of the alert. */
static int load_told(struct hand *h, bool **ret)
{
    const struct route_table *table = &h->config->routes;
    const char **ids;
    size_t n;
    bool *told = arena_array(h->arena, table->n_offices + 1, sizeof *told);
    if (!told)
        return no_memory(h->err);
    int rc = store_outbox_offices(h->store, h->alert->alert.id, false, h->arena, &ids, &n,
                                  h->err);
    for (size_t i = 0; !rc && i < table->n_offices; i++) {
        told[i] = false;
        for (size_t k = 0; k < n; k++)
            told[i] |= !strcmp(ids[k], table->offices[i].id);
    }
    *ret = told;
    return rc;
}

static int go_up(struct hand *h, struct tend_tick *t)
{
    const struct route_table *table = &h->config->routes;
    const struct alert *a = &h->alert->alert;
    struct route_subject subject = {.kind = a->kind,
                                    .severity = a->severity,
                                    .standard = a->standard,
                                    .county = a->county};
    bool *told = NULL;
    int rc = config_divisions_above(h->config, a->county, h->arena, &subject.division,
                                    &subject.n_division);
    if (!rc)
        rc = load_told(h, &told);
    if (rc)
        return rc;
    int level = escalation_level(table, &subject, told);
    if (level < 0) /* nobody is above those who know */
        return 0;
    for (size_t i = 0; i < table->n_offices; i++)
        told[i] = (int)table->offices[i].level == level &&
                  office_covers(&table->offices[i], &subject);
    t->escalated++;
    rc = transit(h, a->state, "escalated", NULL, NULL);
    return rc ? rc : tell(h, told);
}

static int tick_one(struct store *store, struct tend_tick *t, struct store_alert *alert)
{
    struct hand h = {store, t->config, t->arena, t->now_ms, alert, t->err};
    struct store_act *acts;
    struct escalation e;
    size_t n;
    int rc = store_acts(store, alert->alert.id, t->arena, &acts, &n, t->err);
    const struct store_act *ack = rc ? NULL : newest_ack(acts, n);
    if (!rc)
        rc = expire(&h, ack, t);
    if (!rc)
        rc = load_escalation(&h, ack, &e);
    if (!rc && escalation_due(&e, &t->config->calendar,
                              days_of(t->config, alert->alert.severity), t->now_ms))
        rc = go_up(&h, t);
    return rc;
}

static int tick_within(struct store *store, void *arg)
{
    struct tend_tick *t = arg;
    struct store_alert *list;
    size_t n;
    int rc = store_alerts(store, "open", NULL, t->arena, &list, &n, t->err);
    for (size_t i = 0; !rc && i < n; i++)
        if (list[i].alert.state != ALERT_PENDING)
            rc = tick_one(store, t, &list[i]);
    return rc;
}

int tend_tick(struct store *store, void *arg)
{
    struct tend_tick *t = arg;
    int rc = store_within(store, tick_within, t, t->err);
    if (rc)
        t->expired = t->escalated = 0;
    return rc;
}
