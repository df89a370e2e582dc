/* SPDX-License-Identifier: Apache-2.0 */
/*
 * warning and decline: what a county that was just judged shows of what may come, and of what it
 * has lost since it was certified.
 */
#include <math.h>
#include <string.h>

#include "alert/warn.h"
#include "base/num.h"
#include "render/json.h"
#include "render/json_make.h"
#include "story/alarm.h"
#include "story/baseline.h"

/* A county by one standard. */
struct look {
    const struct alarm *alarm;
    const char *county;
    const struct county_result *result;
    const struct store_cert *cert;
    struct config_where where;
    struct warn_past *past; /* older rounds of the series, newest first */
    size_t n_past;
    const struct warn_past *baseline; /* NULL: history does not have it */
};

static int no_memory(const struct look *l)
{
    return err_set(l->alarm->err, JH_ENOMEM, "out of memory");
}

static struct warn_past past_of(const struct json_past *from)
{
    struct warn_past past = {.round = from->round};
    memcpy(past.composite, from->composite, sizeof past.composite);
    memcpy(past.cv, from->cv, sizeof past.cv);
    return past;
}

/* As it was when the county was certified, whatever was corrected since. */
static int load_baseline(struct store *store, struct look *l,
                         const struct json_past *list, size_t n)
{
    const struct json_past *live = NULL;
    struct json_past baseline;
    bool found = false;
    for (size_t i = 0; i < n; i++)
        if (round_cmp(list[i].round, l->cert->cert.baseline) == 0)
            live = &list[i];
    int rc = baseline_figures(store, l->alarm, l->cert, l->result->standard, live,
                              &baseline, &found);
    if (rc || !found)
        return rc;
    l->past[l->n_past] = past_of(&baseline); /* there is room for one more */
    l->baseline = &l->past[l->n_past];
    return 0;
}

static int load_past(struct store *store, struct look *l)
{
    struct json_past *list;
    size_t n;
    int rc = alarm_pasts(store, l->alarm, l->county, l->result->standard, &list, &n);
    if (rc)
        return rc;
    l->past = arena_array(l->alarm->arena, n + 1, sizeof *l->past);
    if (!l->past)
        return no_memory(l);
    for (size_t i = n; i-- > 0;)
        if (round_cmp(list[i].round, l->result->data->round) < 0)
            l->past[l->n_past++] = past_of(&list[i]);
    return load_baseline(store, l, list, n);
}

/* ---- what is said ----------------------------------------------------------------------------- */

static json_t *put_printed(json_t *map, const char *key, const struct look *l, double v)
{
    char text[NUM_TEXT];
    if (isnan(v))
        return map;
    num_fixed(v, l->result->standard->rounding.cv, text);
    return json_put(map, key, json_words(text));
}

/* Five decimals, for what three do not show. */
static json_t *put_exact(json_t *map, double v)
{
    char text[NUM_TEXT];
    num_fixed(v, 5, text);
    return json_put(map, "exact", json_words(text));
}

static const char *title_of(const struct look *l, const struct warn_reason *r)
{
    const struct standard *st = l->result->standard;
    const char *slash = strchr(r->key, '/');
    int item = slash ? standard_item(st, slash + 1, strlen(slash + 1)) : -1;
    if (r->code == WARN_SIZE)
        return item < 0 ? "" : st->items[item].title;
    return r->figure < 0 ? "" : st->indicators[r->figure].title;
}

static json_t *put_figure(json_t *map, const struct look *l, const struct warn_reason *r,
                          const struct alert_policy *policy)
{
    map = put_printed(map, "printed", l, r->value);
    map = put_exact(map, r->value);
    if (r->code == WARN_MARGIN)
        map = json_put(map, "margin", json_words(policy->margin));
    if (r->code == WARN_TREND) {
        map = put_printed(map, "projected", l, r->other);
        map = json_put(map, "rounds", json_integer((json_int_t)policy->rounds_back + 1));
        map = json_put(map, "ahead", json_integer((json_int_t)policy->rounds_ahead));
    }
    if (r->code == WARN_DECLINE) {
        map = json_put(map, "baseline", json_number(r->other));
        map = put_printed(map, "baseline_printed", l, r->other);
        map = put_printed(map, "worse_by", l, r->value - r->other);
    }
    return map;
}

static json_t *detail(const struct look *l, const struct warn_reason *r,
                      const struct alert_policy *policy)
{
    const char *slash = strchr(r->key, '/');
    bool figure = r->code != WARN_SIZE && r->code != WARN_LARGE;
    json_t *map = json_pack("{s:s,s:s,s:o,s:o}", "code", warn_code_id(r->code), "id",
                            slash ? slash + 1 : r->key, "value", json_number(r->value),
                            "limit", json_number(r->limit));
    if (r->stage != STAGE_NONE)
        map = json_put(map, "stage", json_words(stage_id(r->stage)));
    map = json_put(map, "title", json_words(title_of(l, r)));
    map = json_put(map, "figure", json_boolean(figure));
    if (r->code == WARN_LARGE)
        map = json_put(map, "classes", json_integer((json_int_t)llround(r->value)));
    return figure ? put_figure(map, l, r, policy) : map;
}

static json_t *details_of(const struct look *l, const struct warned *w,
                          const struct alert_policy *policy)
{
    json_t *list = json_array();
    for (size_t i = 0; i < w->n; i++)
        list = json_add(list, detail(l, &w->reasons[i], policy));
    return list;
}

/* ---- the two kinds ---------------------------------------------------------------------------- */

static int take(struct store *store, const struct look *l, struct alarm_case *c,
                struct warned *w, const struct alert_policy *policy)
{
    json_t *details = w->n ? details_of(l, w, policy) : NULL;
    if (w->n && !details)
        return no_memory(l);
    w->judgement.revision = l->alarm->judgement->revision;
    c->newest = &w->judgement;
    c->details = details;
    int rc = alarm_take(store, l->alarm, c, NULL);
    json_decref(details);
    return rc;
}

/* Once the slip is told it says more; as long as it is not, a county that fails is no news here. */
static int look_ahead(struct store *store, const struct look *l, bool slipped)
{
    struct alert_policy policy;
    struct warned warned = {0};
    struct store_alert open;
    struct alarm_case c = {.name = {KIND_WARNING, l->county, l->result->standard->id, ""},
                           .cert = l->cert,
                           .superseded = slipped};
    config_policy(l->alarm->config, KIND_WARNING, &l->where, &policy);
    c.unwatched = !policy.enabled;
    if (!l->cert || c.unwatched || slipped || l->result->monitored == OUTCOME_FAIL)
        return alarm_take(store, l->alarm, &c, NULL);
    int rc = store_alert_named(store, &c.name, l->alarm->arena, &open, l->alarm->err);
    if (rc && rc != JH_ENOENT)
        return rc;
    if (warn_judge(l->result, &policy, l->past, l->n_past, rc ? NULL : &open.alert,
                   l->alarm->arena, &warned))
        return no_memory(l);
    return take(store, l, &c, &warned, &policy);
}

/* A slip says that it is worse than it may be, and by how much it was better. */
static int look_back(struct store *store, const struct look *l, bool slipped)
{
    struct alert_policy policy;
    struct warned warned = {0};
    struct alarm_case c = {.name = {KIND_DECLINE, l->county, l->result->standard->id, ""},
                           .cert = l->cert,
                           .superseded = slipped};
    config_policy(l->alarm->config, KIND_DECLINE, &l->where, &policy);
    c.unwatched = !policy.enabled;
    if (!l->cert || c.unwatched || slipped)
        return alarm_take(store, l->alarm, &c, NULL);
    if (warn_decline(l->result, &policy, l->baseline, l->alarm->arena, &warned))
        return no_memory(l);
    return take(store, l, &c, &warned, &policy);
}

int alarm_warn(struct store *store, const struct alarm *alarm,
               const struct store_cert *cert, bool slipped)
{
    struct look l = {.alarm = alarm,
                     .county = alarm->county->data->county_code,
                     .result = alarm->result,
                     .cert = cert};
    l.where =
        (struct config_where){.standard = l.result->standard->id, .county = l.county};
    int rc = config_divisions_above(alarm->config, l.county, alarm->arena,
                                    &l.where.division, &l.where.n_division);
    if (rc)
        return no_memory(&l);
    if (cert)
        rc = load_past(store, &l);
    if (!rc)
        rc = look_ahead(store, &l, slipped);
    return rc ? rc : look_back(store, &l, slipped);
}
