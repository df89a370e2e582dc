/* SPDX-License-Identifier: Apache-2.0 */
/*
 * local: an indicator of the configured scripts that fails for a county, in a stage or for some of
 * its schools. One alert a county and indicator. What a script was when it failed is kept with the
 * alert, so that one that was changed says so, and one that is gone ends nothing quietly.
 */
#include <stdlib.h>
#include <string.h>

#include "digest/digest.h"
#include "render/json_make.h"
#include "story/alarm.h"
#include "story/heir.h"

enum { SCHOOLS_MAX = 20 };

/* One indicator in one county. */
struct local {
    const struct alarm *alarm;
    const char *county, *indicator;
    const struct script_info *info; /* NULL: there is no such script any more */
    const struct script_verdict *verdicts;
    size_t n;
    const struct store_alert *open; /* or NULL */
    char script[65], state[65];     /* hashes: the script as it is run; with the data */
    bool changed; /* the script is not the one that the alert was judged by */
};

static int no_memory(const struct alarm *a)
{
    return err_set(a->err, JH_ENOMEM, "out of memory");
}

/* ---- the script ----------------------------------------------------------------------------- */

/* With the parameters that the configuration gives it. */
static void hash_script(struct local *l)
{
    const struct config *config = l->alarm->config;
    struct sha256 *h = sha256_new();
    sha256_add_str(h, l->info->sha256);
    for (size_t i = 0; i < config->lua.n_params; i++) {
        const struct lua_param *p = &config->lua.params[i];
        if (strcmp(p->indicator, l->indicator) != 0)
            continue;
        sha256_add_str(h, p->name);
        sha256_add_str(h, p->value);
    }
    sha256_end(h, l->script);
    h = sha256_new();
    sha256_add_str(h, l->script);
    sha256_add_str(h, l->alarm->county->county_sha256);
    sha256_end(h, l->state);
}

/*
 * Answers have no revisions of their own: another state of the same round is one, and whatever
 * comes after a doubtful one.
 */
static int revision_of(struct local *l)
{
    const struct alert *a = l->open ? &l->open->alert : NULL;
    if (!a)
        return 1;
    json_t *before = json_loads(l->open->evidence, 0, NULL);
    const json_t *script = json_object_get(before, "script");
    const char *state = json_string_value(json_object_get(script, "state"));
    const char *sha256 = json_string_value(json_object_get(script, "sha256"));
    bool same = state && strcmp(state, l->state) == 0 && !a->stale;
    l->changed = sha256 && strcmp(sha256, l->script) != 0;
    json_decref(before);
    if (round_cmp(a->round, l->alarm->county->data->round) != 0 || a->revision < 0)
        return 1;
    return a->revision + !same;
}

/* ---- what it says --------------------------------------------------------------------------- */

static const struct school *school_of(const struct local *l,
                                      const struct script_verdict *v)
{
    return &l->alarm->county->data->schools[v->school];
}

/* "primary", or of a school "primary/2134000001", with its campus behind it. */
static const char *key_of(const struct local *l, const struct script_verdict *v)
{
    if (v->school == UINT32_MAX)
        return stage_id(v->stage);
    const struct school *s = school_of(l, v);
    return arena_fmt(l->alarm->arena, *s->campus ? "%s/%s/%s" : "%s/%s",
                     stage_id(v->stage), s->code, s->campus);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Does the script, as it is now, still judge what this key names? */
static bool is_asked(const struct local *l, const char *key)
{
    const char *slash = strchr(key, '/');
    size_t n = slash ? (size_t)(slash - key) : strlen(key);
    if (l->info->per_school != (slash != NULL))
        return false;
    for (int s = 0; s < STAGE_COUNT; s++) {
        const char *id = stage_id((enum stage)s);
        if (l->info->stages >> s & 1 && strlen(id) == n && strncmp(id, key, n) == 0)
            return true;
    }
    return false;
}

/* A school that an office has recorded as closed has nothing to pass any more. */
static bool is_closed(const struct local *l, const char *key)
{
    const struct alarm *a = l->alarm;
    char *code = arena_str(a->arena, strchr(key, '/') ? strchr(key, '/') + 1 : "");
    if (!code)
        return false;
    code[strcspn(code, "/")] = '\0';
    return closed_between(&a->config->closed, code, l->county, l->open->alert.round,
                          a->county->data->round) != NULL;
}

/* Is there no answer about something that people were told of? Then it may fail still. */
static bool lacks_told(const struct local *l)
{
    const struct alert *a = l->open ? &l->open->alert : NULL;
    for (size_t i = 0; a && i < a->n_told; i++) {
        bool found = !is_asked(l, a->told[i]);
        for (size_t k = 0; !found && k < l->n; k++) {
            const char *key = key_of(l, &l->verdicts[k]);
            found = key && strcmp(key, a->told[i]) == 0;
        }
        if (!found && !is_closed(l, a->told[i]))
            return true;
    }
    return false;
}

/* Fails with one fail; passes only when there are answers, and all of them are passes. */
static int judge_local(struct local *l, struct judgement *ret)
{
    const char **keys = arena_array(l->alarm->arena, l->n + 1, sizeof *keys);
    size_t n = 0;
    bool passes = l->n > 0;
    if (!keys)
        return no_memory(l->alarm);
    for (size_t i = 0; i < l->n; i++) {
        passes &= l->verdicts[i].outcome == OUTCOME_PASS;
        if (l->verdicts[i].outcome == OUTCOME_FAIL &&
            !(keys[n++] = key_of(l, &l->verdicts[i])))
            return no_memory(l->alarm);
    }
    qsort(keys, n, sizeof *keys, by_text);
    passes = passes && !lacks_told(l);
    *ret = (struct judgement){.round = l->alarm->county->data->round,
                              .revision = revision_of(l),
                              .outcome = n        ? OUTCOME_FAIL
                                         : passes ? OUTCOME_PASS
                                                  : OUTCOME_UNKNOWN,
                              .complete = passes,
                              .failing = keys,
                              .n_failing = n};
    return 0;
}

/* ---- details -------------------------------------------------------------------------------- */

static json_t *answer(const struct script_verdict *v)
{
    json_t *map = json_put(json_object(), "value", json_number(v->value));
    return json_put(map, "text", json_words(v->text));
}

static json_t *detail(const struct local *l, const char *code, enum stage stage)
{
    return json_pack("{s:s,s:s,s:s,s:o}", "code", code, "stage", stage_id(stage), "id",
                     l->indicator, "title", json_words(l->info->title));
}

static json_t *failing_school(const struct local *l, const struct script_verdict *v)
{
    const struct school *s = school_of(l, v);
    json_t *map = json_put(answer(v), "school", json_words(s->code));
    map = json_put(map, "campus", json_words(s->campus));
    return json_put(map, "name", json_words(*s->name ? s->name : s->code));
}

/* The schools of a stage that fail; null for none. */
static json_t *schools_of(const struct local *l, enum stage stage)
{
    json_t *first = json_array();
    json_int_t n = 0;
    for (size_t i = 0; i < l->n; i++) {
        const struct script_verdict *v = &l->verdicts[i];
        if (v->outcome != OUTCOME_FAIL || v->stage != stage)
            continue;
        if (n++ < SCHOOLS_MAX)
            first = json_add(first, failing_school(l, v));
    }
    if (!n) {
        json_decref(first);
        return json_null();
    }
    json_t *map = json_put(detail(l, "local_schools", stage), "count", json_integer(n));
    map = json_put(map, "left",
                   n > SCHOOLS_MAX ? json_integer(n - SCHOOLS_MAX) : json_null());
    return json_put(map, "first", first);
}

static json_t *details_of(const struct local *l)
{
    json_t *list = json_array();
    for (int s = 0; l->info->per_school && s < STAGE_COUNT; s++) {
        json_t *map = schools_of(l, (enum stage)s);
        list = json_is_null(map) ? list : json_add(list, map);
    }
    for (size_t i = 0; !l->info->per_school && i < l->n; i++) {
        const struct script_verdict *v = &l->verdicts[i];
        if (v->outcome != OUTCOME_FAIL)
            continue;
        json_t *map = detail(l, "local", v->stage), *said = answer(v);
        if (map && said && json_object_update(map, said))
            map = json_put(map, "text", NULL);
        json_decref(said);
        list = json_add(list, map);
    }
    return list;
}

/* Beside what all alerts have. */
static json_t *script_words(const struct local *l)
{
    json_t *map = json_put(json_object(), "id", json_words(l->indicator));
    if (l->info) {
        map = json_put(map, "title", json_words(l->info->title));
        map =
            json_put(map, "scope", json_words(l->info->per_school ? "school" : "county"));
        map = json_put(map, "sha256", json_words(l->script));
        map = json_put(map, "state", json_words(l->state));
    }
    map = json_put(map, "changed", json_boolean(l->changed));
    map = json_put(map, "removed", json_boolean(!l->info));
    return json_put(json_object(), "script", map);
}

/* ---- the alert ------------------------------------------------------------------------------ */

static int load_policy(const struct alarm *a, const char *county,
                       struct alert_policy *ret)
{
    struct config_where where = {.standard = "", .county = county};
    int rc = config_divisions_above(a->config, county, a->arena, &where.division,
                                    &where.n_division);
    if (rc)
        return no_memory(a);
    config_policy(a->config, KIND_LOCAL, &where, ret);
    return 0;
}

static enum severity severity_said(const struct local *l,
                                   const struct alert_policy *policy)
{
    int said = l->info ? severity_of(l->info->severity) : -1;
    if (policy->local_severity)
        return (enum severity)policy->local_severity;
    return said > 0 ? (enum severity)said : SEVERITY_NONE;
}

static bool has_fail(const struct local *l)
{
    for (size_t i = 0; i < l->n; i++)
        if (l->verdicts[i].outcome == OUTCOME_FAIL)
            return true;
    return false;
}

static int take(struct store *store, struct local *l, struct alarm_case *c)
{
    struct alarm plain = *l->alarm;
    json_t *extra = script_words(l);
    plain.result = NULL; /* no standard has a word in it */
    plain.judgement = NULL;
    c->name = (struct alert_name){KIND_LOCAL, l->county, "", l->indicator};
    c->before = l->open;
    c->extra = extra;
    int rc = extra ? alarm_take(store, &plain, c, NULL) : no_memory(l->alarm);
    json_decref(extra);
    return rc;
}

static int take_answers(struct store *store, struct local *l,
                        const struct alert_policy *policy)
{
    struct judgement judgement;
    json_t *details = NULL;
    struct alarm_case c = {.newest = &judgement,
                           .severity = severity_said(l, policy),
                           .policy = policy,
                           .county_name = l->alarm->county->data->county_name};
    if (!l->open && (!policy->enabled || !has_fail(l)))
        return 0;
    c.unwatched = !policy->enabled;
    hash_script(l);
    int rc = judge_local(l, &judgement);
    if (!rc && judgement.outcome == OUTCOME_FAIL) {
        c.details = details = details_of(l);
        rc = details ? 0 : no_memory(l->alarm);
    }
    if (!rc)
        rc = take(store, l, &c);
    json_decref(details);
    return rc;
}

static int end_removed(struct store *store, const struct alarm *alarm,
                       const struct store_alert *open)
{
    struct alarm plain = *alarm;
    struct local l = {.alarm = &plain,
                      .county = open->alert.subject,
                      .indicator = open->alert.indicator,
                      .info = script_set_find(alarm->scripts, open->alert.indicator),
                      .open = open};
    struct alarm_case c = {.unwatched = true};
    plain.county = NULL;
    return take(store, &l, &c);
}

/* The answers of one script are beside one another. */
static void find_answers(struct local *l)
{
    const struct assessed_county *county = l->alarm->county;
    for (size_t i = 0; i < county->n_local; i++) {
        if (strcmp(county->local[i].indicator, l->indicator) != 0)
            continue;
        if (!l->n)
            l->verdicts = &county->local[i];
        l->n++;
    }
}

static const struct store_alert *open_of(const struct store_alert *list, size_t n,
                                         const char *indicator)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].alert.indicator, indicator) == 0)
            return &list[i];
    return NULL;
}

static int take_all(struct store *store, const struct alarm *a,
                    const struct store_alert *open, size_t n_open)
{
    const char *county = a->county->data->county_code;
    struct alert_policy policy;
    int rc = load_policy(a, county, &policy);
    size_t n = a->scripts ? script_set_count(a->scripts) : 0;
    for (size_t i = 0; !rc && i < n; i++) {
        const struct script_info *info = script_set_info(a->scripts, i);
        struct local l = {.alarm = a,
                          .county = county,
                          .indicator = info->id,
                          .info = info,
                          .open = open_of(open, n_open, info->id)};
        find_answers(&l);
        rc = take_answers(store, &l, &policy);
    }
    for (size_t i = 0; !rc && i < n_open; i++)
        if (!script_set_find(a->scripts, open[i].alert.indicator))
            rc = end_removed(store, a, &open[i]);
    return rc;
}

/* Is the round the newest of its series in which the county has data, under a code that is? */
static int counts(struct store *store, const struct alarm *a, bool *ret)
{
    const struct dataset *data = a->county->data;
    const struct entity_change *end =
        entity_end(&a->config->changes, data->county_code, date_of_ms(a->now_ms));
    struct round *rounds;
    size_t n;
    int rc = store_rounds(store, data->round.month != 0, &data->county_code, 1, a->arena,
                          &rounds, &n, a->err);
    *ret = !rc && n && round_cmp(rounds[n - 1], data->round) == 0 &&
           (!end || date_cmp(end->date, round_reference(data->round)) <= 0);
    return rc;
}

int alarm_local(struct store *store, const struct alarm *alarm)
{
    const char *county = alarm->county->data->county_code;
    struct store_alert *open;
    size_t n;
    bool newest = false;
    int rc = store_alerts_open_about(store, KIND_LOCAL, county, alarm->arena, &open, &n,
                                     alarm->err);
    if (rc || (!n && !alarm->county->n_local))
        return rc;
    rc = counts(store, alarm, &newest);
    if (!rc && newest)
        rc = take_all(store, alarm, open, n);
    return rc;
}

/* ---- what ends it without an answer --------------------------------------------------------- */

int alarm_local_end(struct store *store, const struct alarm *alarm, const char *county,
                    const struct entity_change *change)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_about(store, KIND_LOCAL, county, alarm->arena, &open, &n,
                                     alarm->err);
    for (size_t i = 0; !rc && i < n; i++)
        rc = alarm_end(store, alarm, &open[i], change);
    return rc;
}

int alarm_local_retracted(struct store *store, const struct alarm *alarm,
                          const char *county)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_about(store, KIND_LOCAL, county, alarm->arena, &open, &n,
                                     alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct alert *a = &open[i].alert;
        const struct alarm_case c = {.name = {KIND_LOCAL, county, "", a->indicator},
                                     .before = &open[i]};
        if (round_cmp(a->round, alarm->retracted) == 0 && a->revision >= 0)
            rc = alarm_take(store, alarm, &c, NULL);
    }
    return rc;
}

int alarm_local_removed(struct store *store, const struct alarm *alarm)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_of(store, KIND_LOCAL, alarm->arena, &open, &n, alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct alert_policy policy;
        rc = load_policy(alarm, open[i].alert.subject, &policy);
        if (!rc && (!policy.enabled ||
                    !script_set_find(alarm->scripts, open[i].alert.indicator)))
            rc = end_removed(store, alarm, &open[i]);
    }
    return rc;
}
