/* SPDX-License-Identifier: Apache-2.0 */
#include "story/standing.h"

#include <stdlib.h>
#include <string.h>

#include "render/json_make.h"
#include "story/baseline.h"
#include "story/tend.h"

enum { EVIDENCE_BYTES = 4 << 20 };

static int no_memory(struct jh_err *err)
{
    return err_set(err, JH_ENOMEM, "out of memory");
}

/* ---- what is known --------------------------------------------------------------------------- */

static int open_alert(struct store *store, const struct alarm *a, enum alert_kind kind,
                      const char *county, const char *standard, struct store_alert *ret,
                      bool *ret_told)
{
    const struct alert_name name = {kind, county, standard, ""};
    int rc = store_alert_named(store, &name, a->arena, ret, a->err);
    *ret_told = !rc && ret->alert.state != ALERT_PENDING;
    return rc == JH_ENOENT ? 0 : rc;
}

static int load_judged(struct store *store, const struct alarm *a, const char *county,
                       const char *standard, const struct store_cert *cert, bool *ret)
{
    struct store_verdict newest;
    bool monthly = cert->cert.baseline.month != 0;
    int rc =
        store_verdict_newest(store, county, standard, monthly, a->arena, &newest, a->err);
    *ret = !rc && alert_monitored(&cert->cert, newest.round);
    return rc == JH_ENOENT ? 0 : rc;
}

/* *slip is the alert where there is one that people were told of. */
static int load_seen(struct store *store, const struct alarm *a, const char *county,
                     const char *standard, const struct store_cert *cert,
                     struct standing_seen *seen, struct store_alert *slip)
{
    struct store_alert warning;
    *seen = (struct standing_seen){0};
    if (!cert)
        return 0;
    int rc = open_alert(store, a, KIND_SLIP, county, standard, slip, &seen->slipped);
    if (!rc)
        rc =
            open_alert(store, a, KIND_WARNING, county, standard, &warning, &seen->warned);
    if (!rc)
        rc = load_judged(store, a, county, standard, cert, &seen->judged);
    seen->rounds_failing = seen->slipped ? slip->alert.rounds_failing : 0;
    return rc;
}

static int load_policy(const struct alarm *a, const char *county, const char *standard,
                       struct standing_policy *ret)
{
    struct alert_policy slip;
    struct config_where where = {.standard = standard, .county = county};
    if (config_divisions_above(a->config, county, a->arena, &where.division,
                               &where.n_division))
        return no_memory(a->err);
    config_policy(a->config, KIND_SLIP, &where, &slip);
    ret->propose_after = slip.propose_after;
    return 0;
}

/* Not certified, as long as nothing was recorded. */
static int load_row(struct store *store, const char *county, const char *standard,
                    struct arena *arena, struct store_standing *ret, struct jh_err *err)
{
    int rc = store_standing_get(store, county, standard, arena, ret, err);
    if (rc == JH_ENOENT)
        *ret = (struct store_standing){.county = county, .standard = standard};
    return rc == JH_ENOENT ? 0 : rc;
}

static bool has_title(const struct store_standing *row)
{
    return row->standing.state != STANDING_NONE &&
           row->standing.state != STANDING_REVOKED;
}

/* Of those that the county has come of, what is gravest: an order is the county's, not a code's. */
static int load_inherited(struct store *store, const struct alarm *a, const char *county,
                          const char *standard, struct store_standing *ret)
{
    struct entity_codes roots;
    int rc = 0;
    if (entity_roots(&a->config->changes, county, date_of_ms(a->now_ms), a->arena,
                     &roots))
        return no_memory(a->err);
    for (size_t i = 0; !rc && i < roots.n; i++) {
        struct store_standing row;
        if (strcmp(roots.list[i], county) == 0)
            continue;
        rc = load_row(store, roots.list[i], standard, a->arena, &row, a->err);
        if (!rc && has_title(&row) && row.standing.state > ret->standing.state)
            *ret = row;
    }
    return rc;
}

/* A county with a title of which nothing was recorded: from before, or its predecessors'. */
static int begin(struct store *store, const struct alarm *a, const char *county,
                 const char *standard, const struct store_cert *cert,
                 struct store_standing *row)
{
    struct store_standing from = {0};
    int rc = a->config->changes.n && !cert->by
                 ? load_inherited(store, a, county, standard, &from)
                 : 0;
    if (rc)
        return rc;
    bool inherited = from.standing.state != STANDING_NONE;
    *row = (struct store_standing){.county = county,
                                   .standard = standard,
                                   .act = inherited ? "inherit" : "certify",
                                   .document = cert->cert.document,
                                   .by = cert->by,
                                   .reason = cert->reason,
                                   .at_ms = a->now_ms};
    row->standing = (struct standing){.state = STANDING_CERTIFIED, .since_ms = a->now_ms};
    if (inherited)
        row->standing = from.standing;
    return store_standing_put(store, row, a->err);
}

/* ---- a step ----------------------------------------------------------------------------------- */

static int keep(struct store *store, const struct alarm *a, struct store_standing *row,
                enum standing_event event, const struct standing_result *result)
{
    row->act = standing_event_id(event);
    row->from = row->standing.state;
    row->standing = result->standing;
    row->at_ms = a->now_ms;
    return store_standing_put(store, row, a->err);
}

static json_t *proposal_json(const struct standing *s, const struct store_alert *slip)
{
    json_t *map =
        json_put(json_object(), "rounds", json_integer(slip->alert.rounds_failing));
    return json_put(map, "deadline", json_maybe(*s->deadline ? s->deadline : NULL));
}

static int propose(struct store *store, const struct alarm *a, const struct standing *s,
                   struct store_alert *slip)
{
    json_t *proposal = proposal_json(s, slip);
    int rc = proposal ? tend_propose(store, a, slip, proposal) : no_memory(a->err);
    json_decref(proposal);
    return rc;
}

int standing_look(struct store *store, const struct alarm *alarm, const char *county,
                  const char *standard, const struct store_cert *cert)
{
    struct store_standing row;
    struct store_alert slip;
    struct standing_policy policy;
    struct standing_change change = {.event = STANDING_SEE};
    int rc = load_row(store, county, standard, alarm->arena, &row, alarm->err);
    if (rc || !cert)
        return rc;
    if (!has_title(&row))
        rc = begin(store, alarm, county, standard, cert, &row);
    if (!rc)
        rc = load_policy(alarm, county, standard, &policy);
    if (!rc)
        rc = load_seen(store, alarm, county, standard, cert, &change.seen, &slip);
    if (rc)
        return rc;
    const struct standing_result r =
        standing_step(&row.standing, &change, &policy, alarm->now_ms);
    if (!r.changed)
        return 0;
    row.document = row.by = row.reason = NULL; /* nobody has decided this */
    rc = keep(store, alarm, &row, STANDING_SEE, &r);
    if (!rc && (r.follows & STANDING_TELL))
        rc = propose(store, alarm, &r.standing, &slip);
    return rc;
}

/* ---- certifications ---------------------------------------------------------------------------- */

int standing_certified(struct store *store, const struct store_cert *cert, bool taken,
                       struct arena *arena, struct jh_err *err)
{
    static const struct standing_policy NEVER = {0};
    const struct certification *c = &cert->cert;
    const struct alarm alarm = {.arena = arena, .now_ms = cert->at_ms, .err = err};
    struct standing_change change = {.event =
                                         taken ? STANDING_DECERTIFY : STANDING_CERTIFY};
    struct store_standing row;
    int rc = load_row(store, c->county, c->standard, arena, &row, err);
    if (rc)
        return rc;
    const struct standing_result r =
        standing_step(&row.standing, &change, &NEVER, cert->at_ms);
    if (r.refused || (!taken && has_title(&row)))
        return 0; /* recorded anew: what was ordered or proposed stands */
    row.document = taken ? NULL : c->document;
    row.by = cert->by;
    row.reason = cert->reason;
    return keep(store, &alarm, &row, change.event, &r);
}

/* ---- people ------------------------------------------------------------------------------------ */

static struct alarm alarm_of(struct standing_work *w)
{
    return (struct alarm){.config = w->config,
                          .arena = w->arena,
                          .now_ms = w->now_ms,
                          .transitions = &w->transitions,
                          .err = w->err};
}

/* The month by which it is to be put right, where it is shown: in what is open of the county. */
static int show_deadline(struct store *store, const struct standing_work *w,
                         struct store_alert *row)
{
    const char *deadline = w->row.standing.deadline;
    json_t *map = json_loads(row->evidence, 0, NULL);
    if (!json_is_object(map)) {
        json_decref(map);
        return 0;
    }
    map = json_put(map, "deadline", json_maybe(*deadline ? deadline : NULL));
    char *text = map ? json_text(map, EVIDENCE_BYTES) : NULL;
    row->evidence = text ? arena_str(w->arena, text) : NULL;
    free(text);
    json_decref(map);
    return row->evidence ? store_alert_put(store, row, w->err) : no_memory(w->err);
}

static int show_deadlines(struct store *store, const struct standing_work *w)
{
    struct store_alert *list;
    size_t n;
    int rc = store_alerts(store, "open", w->county, w->arena, &list, &n, w->err);
    for (size_t i = 0; !rc && i < n; i++)
        if (!strcmp(list[i].alert.standard, w->standard) &&
            strcmp(list[i].alert.kind, "duty") != 0)
            rc = show_deadline(store, w, &list[i]);
    return rc;
}

static int move_title(struct store *store, struct standing_work *w)
{
    const struct certification *c = &w->cert.cert;
    w->cert.by = w->by;
    w->cert.reason = w->reason;
    w->cert.at_ms = w->now_ms;
    if (w->follows & STANDING_TAKE_TITLE)
        return store_cert_delete(store, c->county, c->standard, w->by, w->reason,
                                 w->now_ms, w->err);
    if (!(w->follows & STANDING_GIVE_TITLE))
        return 0;
    int rc = store_cert_put(store, &w->cert, w->err);
    return rc ? rc : baseline_keep(store, &w->cert, w->arena, w->err);
}

/* The title it is about, also one that was revoked. */
static int load_title(struct store *store, struct standing_work *w,
                      struct store_standing *row, const struct store_cert **ret)
{
    struct alarm alarm = alarm_of(w);
    int rc = load_row(store, w->county, w->standard, w->arena, row, w->err);
    *ret = NULL;
    if (rc)
        return rc;
    rc = store_cert_get(store, w->county, w->standard, w->arena, &w->cert, w->err);
    if (!rc)
        *ret = &w->cert;
    if (rc == JH_ENOENT && row->standing.state == STANDING_REVOKED)
        return store_cert_last(store, w->county, w->standard, w->arena, &w->cert, w->err);
    if (!rc && !has_title(row))
        rc = begin(store, &alarm, w->county, w->standard, *ret, row);
    return rc == JH_ENOENT ? 0 : rc;
}

static int refuse(const struct standing_work *w, const char *why)
{
    return err_set(w->err, JH_EREFUSED, "county %s %s (standard %s)", w->county, why,
                   w->standard);
}

static int decide(struct store *store, void *arg)
{
    struct standing_work *w = arg;
    struct alarm alarm = alarm_of(w);
    struct standing_change change = {.event = w->event, .deadline = w->deadline};
    struct standing_policy policy;
    struct store_alert slip;
    const struct store_cert *cert;
    int rc = load_title(store, w, &w->row, &cert);
    if (!rc && w->deadline && tend_month_end(w->deadline, &change.deadline_ms))
        rc = err_set(w->err, JH_EINVAL, "deadline: expected a month such as 2025-06");
    if (!rc)
        rc = load_policy(&alarm, w->county, w->standard, &policy);
    if (!rc)
        rc = load_seen(store, &alarm, w->county, w->standard, cert, &change.seen, &slip);
    if (rc)
        return rc;
    const struct standing_result r =
        standing_step(&w->row.standing, &change, &policy, w->now_ms);
    if (r.refused)
        return refuse(w, r.refused);
    w->follows = r.follows;
    w->row.document = w->document;
    w->row.by = w->by;
    w->row.reason = w->reason;
    rc = keep(store, &alarm, &w->row, w->event, &r);
    if (!rc)
        rc = move_title(store, w);
    if (!rc)
        rc = show_deadlines(store, w);
    if (!rc && !(w->follows & (STANDING_TAKE_TITLE | STANDING_GIVE_TITLE)))
        rc = alarm_duty(store, &alarm, w->county, w->standard, cert);
    return rc;
}

int standing_decide(struct store *store, void *arg)
{
    struct standing_work *w = arg;
    int rc = store_within(store, decide, w, w->err);
    if (rc)
        w->transitions = 0;
    return rc;
}

/* ---- days --------------------------------------------------------------------------------------- */

/* Another code has taken over what was ordered of this one, or nobody will. */
static int is_over(struct store *store, const struct alarm *a,
                   const struct certification *c, bool *ret)
{
    const struct entity_changes *changes = &a->config->changes;
    struct date today = date_of_ms(a->now_ms);
    const struct entity_change *end = entity_end(changes, c->county, today);
    struct entity_codes heirs;
    int rc = 0;
    *ret = end && end->kind == CHANGE_ABOLISH;
    if (!end || *ret)
        return 0;
    if (entity_now(changes, c->county, today, a->arena, &heirs))
        return no_memory(a->err);
    for (size_t i = 0; !rc && !*ret && i < heirs.n; i++) {
        struct store_standing row;
        rc = load_row(store, heirs.list[i], c->standard, a->arena, &row, a->err);
        *ret = !rc && row.standing.state != STANDING_NONE;
    }
    return rc;
}

int standing_look_all(struct store *store, const struct alarm *alarm)
{
    struct store_cert *certs;
    size_t n;
    int rc = store_certs(store, NULL, alarm->arena, &certs, &n, alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct certification *c = &certs[i].cert;
        bool over = false;
        if (!config_standard(alarm->config, c->standard))
            continue;
        rc = is_over(store, alarm, c, &over);
        if (!rc && !over)
            rc = standing_look(store, alarm, c->county, c->standard, &certs[i]);
        if (!rc)
            rc =
                alarm_duty(store, alarm, c->county, c->standard, over ? NULL : &certs[i]);
    }
    return rc;
}
