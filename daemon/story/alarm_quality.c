/* SPDX-License-Identifier: Apache-2.0 */
/*
 * data_quality: what is doubtful or could not be used in the newest data of a source, one alert
 * a source. A code that is new in the round extends it; it ends when nothing is left.
 */
#include <stdlib.h>
#include <string.h>

#include "render/json.h"
#include "render/json_make.h"
#include "story/alarm.h"
#include "story/review.h"

enum { CODES_MAX = 64, FIRST_MAX = 5, REJECTED_BYTES = 64 * 1024 };

/* One code, with the first places of it. */
struct problem {
    const char *code, *severity;
    json_int_t count;
    json_t *first; /* up to FIRST_MAX */
};

struct quality {
    const struct alarm *alarm;
    const struct source_conf *source;
    struct round round;            /* the newest of the source; year 0: it has no data */
    struct store_submission *subs; /* its current ones of the round */
    size_t n_subs;
    struct problem problems[CODES_MAX];
    size_t n;
    bool failed; /* out of memory */
};

static int load_data(struct store *store, struct quality *q)
{
    const struct alarm *a = q->alarm;
    int rc = store_submissions_newest(store, q->source->name, a->arena, &q->subs,
                                      &q->n_subs, a->err);
    if (!rc && q->n_subs)
        q->round = q->subs[0].round;
    return rc;
}

static struct problem *problem_of(struct quality *q, const char *code,
                                  const char *severity)
{
    for (size_t i = 0; i < q->n; i++)
        if (strcmp(q->problems[i].code, code) == 0)
            return &q->problems[i];
    if (q->n == CODES_MAX)
        return NULL;
    q->problems[q->n] =
        (struct problem){.code = code, .severity = severity, .first = json_array()};
    return &q->problems[q->n++];
}

/* Takes `place` over. */
static void add(struct quality *q, const char *code, const char *severity, json_int_t n,
                json_t *place)
{
    struct problem *p = problem_of(q, code, severity);
    if (p)
        p->count += n;
    if (p && place && json_array_size(p->first) < FIRST_MAX)
        q->failed |= json_array_append(p->first, place) != 0;
    json_decref(place);
}

/* ---- findings ------------------------------------------------------------------------------- */

/* What is of no row is the business of every source of the county: all of its own. */
static const char **counties_of(const struct quality *q, size_t *ret_n)
{
    size_t n = 0, k = 0;
    for (size_t i = 0; i < q->n_subs; i++)
        n += q->subs[i].n_counties;
    const char **list = arena_array(q->alarm->arena, n + 1, sizeof *list);
    for (size_t i = 0; list && i < q->n_subs; i++)
        for (size_t c = 0; c < q->subs[i].n_counties; c++)
            list[k++] = q->subs[i].counties[c];
    *ret_n = k;
    return list;
}

static bool counts(const struct store_finding *f, const struct alert_policy *policy)
{
    return !f->by && strcmp(f->policy, "accepted") != 0 &&
           (!policy->least || strcmp(f->severity, "warning") == 0);
}

static int take_findings(struct store *store, struct quality *q,
                         const struct alert_policy *policy)
{
    const struct alarm *a = q->alarm;
    struct store_finding *rows;
    size_t n, n_counties;
    const char **counties = counties_of(q, &n_counties);
    if (!counties)
        return err_set(a->err, JH_ENOMEM, "out of memory");
    int rc = store_findings_round(store, q->round, q->source->name, counties, n_counties,
                                  a->arena, &rows, &n, a->err);
    for (size_t i = 0; !rc && i < n; i++) {
        const struct store_finding *f = &rows[i];
        if (!counts(f, policy))
            continue;
        add(q, f->code, f->severity, 1,
            json_pack("{s:s,s:o,s:s,s:s,s:s,s:s}", "file", f->file, "line",
                      f->line ? json_integer((json_int_t)f->line) : json_null(), "county",
                      f->county, "school", f->school, "id", f->id, "text", f->text));
    }
    return rc;
}

/* ---- what could not be used ----------------------------------------------------------------- */

/* As alarm_rejected() has written it. */
static void take_rejected(struct quality *q, const struct store_submission *sub,
                          const char *text)
{
    json_t *all = json_loads(text, 0, NULL), *place;
    size_t i;
    json_int_t rows = json_integer_value(json_object_get(all, "rows"));
    json_int_t cells = json_integer_value(json_object_get(all, "cells"));
    json_array_foreach(json_object_get(all, "first"), i, place)
    {
        bool row = json_is_true(json_object_get(place, "row"));
        json_t *copy = json_put(json_deep_copy(place), "file", json_words(sub->name));
        add(q, row ? "row_dropped" : "cell_rejected", "warning", 0, copy);
    }
    if (rows)
        add(q, "row_dropped", "warning", rows, NULL);
    if (cells)
        add(q, "cell_rejected", "warning", cells, NULL);
    json_decref(all);
}

static int take_all_rejected(struct store *store, struct quality *q)
{
    int rc = 0;
    for (size_t i = 0; !rc && i < q->n_subs; i++) {
        const char *text;
        rc = store_submission_rejected(store, q->subs[i].id, q->alarm->arena, &text,
                                       q->alarm->err);
        if (!rc && *text)
            take_rejected(q, &q->subs[i], text);
    }
    return rc;
}

/* ---- the alert ------------------------------------------------------------------------------ */

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct problem *)a)->code, ((const struct problem *)b)->code);
}

/* The same code in another round is another thing to tell. */
static int judge_quality(struct quality *q, struct judgement *ret)
{
    struct arena *arena = q->alarm->arena;
    const char **keys = arena_array(arena, q->n + 1, sizeof *keys);
    char round[ROUND_TEXT];
    round_print(q->round, round);
    if (!keys)
        return JH_ENOMEM;
    qsort(q->problems, q->n, sizeof *q->problems, by_code);
    for (size_t i = 0; i < q->n; i++)
        if (!(keys[i] = arena_fmt(arena, "%s/%s", round, q->problems[i].code)))
            return JH_ENOMEM;
    *ret = (struct judgement){.round = q->round,
                              .outcome = q->n ? OUTCOME_FAIL : OUTCOME_PASS,
                              .complete = true,
                              .failing = keys,
                              .n_failing = q->n};
    return 0;
}

static json_t *details_of(const struct quality *q)
{
    json_t *list = json_array();
    for (size_t i = 0; i < q->n; i++) {
        const struct problem *p = &q->problems[i];
        json_t *map = json_put(json_object(), "code", json_words(p->code));
        map = json_put(map, "severity", json_words(p->severity));
        map = json_put(map, "count", json_integer(p->count));
        map = json_put(map, "first", json_incref(p->first));
        list = json_add(list, map);
    }
    return list;
}

/* Where its counties lie: by `covers`, else by what it has delivered. */
static int load_places(const struct quality *q, struct alarm_case *c)
{
    const struct alarm *a = q->alarm;
    size_t n = q->source->n_covers;
    const char *const *codes = n ? q->source->covers : counties_of(q, &n);
    struct route_place *places = arena_array(a->arena, n + 1, sizeof *places);
    if (!codes || !places)
        return JH_ENOMEM;
    int rc = 0;
    for (size_t i = 0; i < n; i++)
        places[i].code = codes[i];
    for (size_t i = 0; !rc && i < n; i++)
        rc = config_divisions_above(a->config, places[i].code, a->arena,
                                    &places[i].division, &places[i].n_division);
    c->places = places;
    c->n_places = n;
    return rc;
}

static int look(struct store *store, struct quality *q, struct alarm_case *c,
                struct judgement *judgement)
{
    int rc = load_data(store, q);
    c->unwatched = !q->round.year; /* all of it was taken back: doubts are of nothing */
    if (rc || c->unwatched)
        return rc;
    for (size_t i = 0; i < q->n_subs; i++)
        c->unreviewed |= review_lacks(q->alarm->config, &q->subs[i]);
    rc = take_findings(store, q, c->policy);
    if (!rc)
        rc = take_all_rejected(store, q);
    if (rc)
        return rc;
    if (q->failed || judge_quality(q, judgement) || load_places(q, c))
        return err_set(q->alarm->err, JH_ENOMEM, "out of memory");
    c->newest = judgement;
    return 0;
}

static void done(struct quality *q)
{
    for (size_t i = 0; i < q->n; i++)
        json_decref(q->problems[i].first);
    free(q);
}

int alarm_quality(struct store *store, const struct alarm *alarm, const char *source)
{
    const struct alert_policy *policy = &alarm->config->policies[KIND_DATA_QUALITY];
    const struct source_conf *conf = config_source(alarm->config, source);
    struct judgement judgement;
    json_t *details = NULL;
    struct alarm plain = *alarm;
    struct alarm_case c = {.name = {KIND_DATA_QUALITY, source, "", ""},
                           .unwatched = !conf || !policy->enabled,
                           .policy = policy,
                           .owners = conf ? &conf->owner : NULL,
                           .n_owners = conf && conf->owner};
    struct quality *q = calloc(1, sizeof *q);
    if (!q)
        return err_set(alarm->err, JH_ENOMEM, "out of memory");
    *q = (struct quality){.alarm = &plain, .source = conf};
    plain.result = NULL;
    plain.county = NULL;
    plain.retracted = (struct round){0};
    int rc = c.unwatched ? 0 : look(store, q, &c, &judgement);
    if (!rc && q->n)
        c.details = details = details_of(q);
    if (!rc)
        rc = alarm_take(store, &plain, &c, NULL);
    json_decref(details);
    done(q);
    return rc;
}

char *alarm_rejected(const struct rejected *list, size_t n, size_t file)
{
    json_int_t rows = 0, cells = 0;
    json_t *first = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct rejected *r = &list[i];
        if (r->file != file)
            continue;
        rows += r->row;
        cells += !r->row;
        if (json_array_size(first) < FIRST_MAX)
            first = json_add(first, json_pack("{s:I,s:s,s:o,s:s,s:b}", "line",
                                              (json_int_t)r->line, "column", r->column,
                                              "value", json_words(r->value), "reason",
                                              r->reason, "row", r->row));
    }
    json_t *all = rows + cells ? json_pack("{s:I,s:I,s:o}", "rows", rows, "cells", cells,
                                           "first", json_incref(first))
                               : NULL;
    char *text = all ? json_text(all, REJECTED_BYTES) : strdup("");
    json_decref(all);
    json_decref(first);
    return text;
}
