/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What goes wrong in the program's own work: a source that fails (source_failed), a script that is
 * broken (script_broken), a channel that a message has died in (delivery_dead). No round tells
 * what is newer: what happened last counts.
 */
#include <stdlib.h>
#include <string.h>

#include "render/json_make.h"
#include "story/alarm.h"

enum { BROKEN_MAX = 100, FIRST_MAX = 5 };

static int no_memory(const struct alarm *a)
{
    return err_set(a->err, JH_ENOMEM, "out of memory");
}

/* ---- what they have in common --------------------------------------------------------------- */

static struct judgement fails(const char *const *keys, size_t n)
{
    return (struct judgement){
        .outcome = OUTCOME_FAIL, .complete = true, .failing = keys, .n_failing = n};
}

static const struct judgement PASSES = {.outcome = OUTCOME_PASS, .complete = true};

static json_t *moment(int64_t ms)
{
    char text[DATE_TEXT];
    if (!ms)
        return json_null();
    date_stamp(ms, text);
    return json_words(text);
}

/* The offices that look after the program, and whoever answers for the subject. */
static int load_owners(const struct alarm *a, const char *owner, struct alarm_case *c)
{
    const struct config *config = a->config;
    const char **list = arena_array(a->arena, config->n_operators + 2, sizeof *list);
    size_t n = 0;
    if (!list)
        return no_memory(a);
    while (n < config->n_operators) {
        list[n] = config->operators[n];
        n++;
    }
    if (owner)
        list[n++] = owner;
    c->owners = list;
    c->n_owners = n;
    return 0;
}

/* Takes the step, with details that are given up; `details` may be NULL. */
static int take(struct store *store, const struct alarm *alarm, struct alarm_case *c,
                json_t *details)
{
    struct alarm plain = {.config = alarm->config,
                          .arena = alarm->arena,
                          .now_ms = alarm->now_ms,
                          .transitions = alarm->transitions,
                          .err = alarm->err};
    c->details = details;
    int rc = alarm_take(store, &plain, c, NULL);
    json_decref(details);
    return rc;
}

static const struct alert_policy *policy_of(const struct alarm *a, enum alert_kind kind)
{
    return &a->config->policies[kind];
}

/* ---- sources -------------------------------------------------------------------------------- */

static int load_places(const struct alarm *a, const struct source_conf *source,
                       struct alarm_case *c)
{
    struct route_place *places =
        arena_array(a->arena, source->n_covers + 1, sizeof *places);
    if (!places)
        return no_memory(a);
    for (size_t i = 0; i < source->n_covers; i++) {
        places[i].code = source->covers[i];
        if (config_divisions_above(a->config, places[i].code, a->arena,
                                   &places[i].division, &places[i].n_division))
            return no_memory(a);
    }
    c->places = places;
    c->n_places = source->n_covers;
    return 0;
}

static json_t *source_details(const struct store_source *src, bool refused)
{
    json_t *map = json_put(json_object(), "code",
                           json_words(refused ? "source_refused" : "source_failed"));
    map = json_put(map, "since", moment(src->failing_since_ms));
    map = json_put(map, "last", moment(src->try_ms));
    map = json_put(map, "ok", moment(src->ok_ms));
    map = json_put(map, "failures", json_integer(src->failures));
    map = json_put(map, "text", json_words(src->error));
    return json_add(json_array(), map);
}

/* Failing: for long enough, by what was refused, or still as people have been told. */
static bool source_fails(const struct store_source *src,
                         const struct alert_policy *policy, bool refused,
                         const struct alert *open, struct judgement *ret)
{
    static const char *const FAILED[] = {"failed"}, *const REFUSED[] = {"refused"};
    if (refused)
        *ret = fails(REFUSED, 1);
    else if (src->failures >= policy->tries && src->failed_ms >= policy->after_ms)
        *ret = fails(FAILED, 1);
    else if (open)
        *ret = fails(open->told, open->n_told);
    else
        return false;
    return true;
}

static bool was_refused(const struct alert *open)
{
    for (size_t i = 0; open && i < open->n_told; i++)
        if (strcmp(open->told[i], "refused") == 0)
            return true;
    return false;
}

int alarm_source(struct store *store, const struct alarm *alarm, const char *source,
                 bool refused)
{
    const struct source_conf *conf = config_source(alarm->config, source);
    const struct alert_policy *policy = policy_of(alarm, KIND_SOURCE_FAILED);
    struct alarm_case c = {.name = {KIND_SOURCE_FAILED, source, "", ""},
                           .unwatched = !conf || !policy->enabled,
                           .policy = policy};
    struct store_source src = {0};
    struct store_alert open;
    struct judgement judgement = PASSES;
    json_t *details = NULL;
    int rc = store_alert_named(store, &c.name, alarm->arena, &open, alarm->err);
    const struct alert *told = rc ? NULL : &open.alert;
    if (!rc || rc == JH_ENOENT)
        rc = store_source_get(store, source, alarm->arena, &src, alarm->err);
    if (!rc)
        rc = load_owners(alarm, conf ? conf->owner : NULL, &c);
    if (!rc && conf)
        rc = load_places(alarm, conf, &c);
    if (rc)
        return rc == JH_ENOENT ? 0 : rc;
    c.newest = &judgement;
    if (src.failures && !source_fails(&src, policy, refused, told, &judgement))
        return 0;
    if (src.failures)
        details = source_details(&src, refused || was_refused(told));
    return take(store, alarm, &c, details);
}

/* ---- scripts -------------------------------------------------------------------------------- */

struct script_tally {
    size_t answers, broken;
};

static struct script_tally tally_of(const struct assessed *ran, const char *id)
{
    struct script_tally tally = {0};
    for (size_t i = 0; i < ran->n; i++)
        for (size_t k = 0; k < ran->counties[i].n_local; k++) {
            const struct script_verdict *v = &ran->counties[i].local[k];
            if (strcmp(v->indicator, id) != 0)
                continue;
            tally.answers++;
            tally.broken += v->outcome == OUTCOME_BROKEN;
        }
    return tally;
}

/* All that are broken in data that are in force, of whatever round. */
static int load_broken(struct store *store, const struct alarm *a, const char *id,
                       struct store_broken **ret, size_t *ret_n)
{
    const struct config *config = a->config;
    const char **names = arena_array(a->arena, config->n_sources + 1, sizeof *names);
    if (!names)
        return no_memory(a);
    for (size_t i = 0; i < config->n_sources; i++)
        names[i] = config->sources[i].name;
    return store_local_broken(store, id, names, config->n_sources, BROKEN_MAX, a->arena,
                              ret, ret_n, a->err);
}

static json_t *broken_place(const struct alarm *a, const struct store_broken *b)
{
    const struct division *d = config_division(a->config, b->county);
    char round[ROUND_TEXT];
    round_print(b->round, round);
    json_t *map = json_put(json_object(), "county", json_words(b->county));
    map = json_put(map, "name", json_words(d ? d->name : b->county));
    map = json_put(map, "stage", json_words(b->stage));
    map = json_put(map, "round", json_words(round));
    return json_put(map, "text", json_words(b->text));
}

/* One county is one, however many of its schools and stages are broken. */
static json_t *script_details(const struct alarm *a, const struct script_info *info,
                              const struct store_broken *list, size_t n)
{
    json_t *map = json_put(json_object(), "code", json_words("script_broken"));
    json_t *first = json_array();
    json_int_t counties = 0;
    for (size_t i = 0; i < n; i++) {
        if (i && strcmp(list[i].county, list[i - 1].county) == 0)
            continue;
        if (counties++ < FIRST_MAX)
            first = json_add(first, broken_place(a, &list[i]));
    }
    map = json_put(map, "title", json_words(info->title));
    map = json_put(map, "count", json_integer(counties));
    map = json_put(map, "left", json_boolean(n == BROKEN_MAX));
    map = json_put(map, "text", json_words(n ? list[0].text : ""));
    return json_add(json_array(), json_put(map, "first", first));
}

static int take_script(struct store *store, const struct alarm *a,
                       const struct script_info *info, const struct script_tally *tally)
{
    static const char *const KEYS[] = {"broken"};
    struct judgement judgement = fails(KEYS, 1);
    struct store_broken *list;
    size_t n;
    struct alarm_case c = {.name = {KIND_SCRIPT_BROKEN, info->id, "", ""},
                           .newest = &judgement,
                           .unwatched = !policy_of(a, KIND_SCRIPT_BROKEN)->enabled};
    int rc = load_broken(store, a, info->id, &list, &n);
    if (!rc)
        rc = load_owners(a, NULL, &c);
    if (rc)
        return rc;
    if (!n && !tally->broken)
        judgement = PASSES;
    return take(store, a, &c, n ? script_details(a, info, list, n) : NULL);
}

static bool is_about(const struct store_alert *open, size_t n, const char *subject)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(open[i].alert.subject, subject) == 0)
            return true;
    return false;
}

/* It has run whole again when nothing that it was asked is broken, here or elsewhere. */
int alarm_scripts(struct store *store, const struct alarm *alarm,
                  const struct assessed *ran)
{
    size_t n = alarm->scripts ? script_set_count(alarm->scripts) : 0, n_open;
    struct store_alert *open;
    if (!n || ran->lapse.code) /* no fault of theirs: they tell nothing */
        return 0;
    int rc = store_alerts_open_of(store, KIND_SCRIPT_BROKEN, alarm->arena, &open, &n_open,
                                  alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct script_info *info = script_set_info(alarm->scripts, i);
        const struct script_tally tally = tally_of(ran, info->id);
        if (tally.broken || (tally.answers && is_about(open, n_open, info->id)))
            rc = take_script(store, alarm, info, &tally);
    }
    return rc;
}

/* ---- channels ------------------------------------------------------------------------------- */

static json_t *channel_details(const struct alarm *a, const struct store_channel *ch)
{
    const struct route_table *table = &a->config->routes;
    const char *office = ch->office ? ch->office : "";
    for (size_t i = 0; i < table->n_offices; i++)
        if (strcmp(table->offices[i].id, office) == 0 && table->offices[i].name)
            office = table->offices[i].name;
    json_t *map = json_put(json_object(), "code", json_words("delivery_dead"));
    map = json_put(map, "count", json_integer(ch->dead));
    map = json_put(map, "since", moment(ch->first_ms));
    map = json_put(map, "last", moment(ch->last_ms));
    map = json_put(map, "delivered", moment(ch->delivered_ms));
    map = json_put(map, "office", json_words(office));
    map = json_put(map, "text", json_words(ch->error));
    return json_add(json_array(), map);
}

int alarm_channel(struct store *store, const struct alarm *alarm, const char *channel,
                  int last)
{
    static const char *const KEYS[] = {"dead"};
    struct judgement judgement = PASSES;
    struct store_channel ch;
    struct alarm_case c = {.name = {KIND_DELIVERY_DEAD, channel, "", ""},
                           .unwatched = !policy_of(alarm, KIND_DELIVERY_DEAD)->enabled};
    int rc = store_channel_get(store, channel, alarm->arena, &ch, alarm->err);
    if (!rc)
        rc = load_owners(alarm, NULL, &c);
    if (rc)
        return rc;
    if (!last)
        last = ch.dead ? -1 : ch.delivered_ms ? 1 : 0;
    if (last < 0)
        judgement = fails(KEYS, 1);
    if (last)
        c.newest = &judgement;
    return take(store, alarm, &c, last < 0 ? channel_details(alarm, &ch) : NULL);
}

/* ---- what is configured no more --------------------------------------------------------------- */

static bool is_channel(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->n_channels; i++)
        if (strcmp(config->channels[i].name, name) == 0)
            return true;
    return false;
}

static bool is_there(const struct alarm *a, enum alert_kind kind, const char *subject)
{
    return policy_of(a, kind)->enabled &&
           (kind == KIND_SOURCE_FAILED   ? config_source(a->config, subject) != NULL
            : kind == KIND_SCRIPT_BROKEN ? script_set_find(a->scripts, subject) != NULL
                                         : is_channel(a->config, subject));
}

static int end_gone(struct store *store, const struct alarm *alarm, enum alert_kind kind)
{
    struct store_alert *open;
    size_t n;
    int rc = store_alerts_open_of(store, kind, alarm->arena, &open, &n, alarm->err);
    for (size_t i = 0; !rc && i < n; i++) {
        struct alarm_case c = {.name = {kind, open[i].alert.subject, "", ""},
                               .before = &open[i],
                               .unwatched = true};
        if (is_there(alarm, kind, open[i].alert.subject))
            continue;
        rc = load_owners(alarm, NULL, &c);
        if (!rc)
            rc = take(store, alarm, &c, NULL);
    }
    return rc;
}

int alarm_gone(struct store *store, const struct alarm *alarm)
{
    static const enum alert_kind KINDS[] = {KIND_SOURCE_FAILED, KIND_SCRIPT_BROKEN,
                                            KIND_DELIVERY_DEAD};
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof KINDS / sizeof *KINDS; i++)
        rc = end_gone(store, alarm, KINDS[i]);
    return rc;
}
