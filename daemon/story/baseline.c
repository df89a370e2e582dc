/* SPDX-License-Identifier: Apache-2.0 */
#include "story/baseline.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/json_make.h"
#include "store/standing.h"

enum { FIGURES_BYTES = 1 << 20 };

static int no_memory(struct jh_err *err)
{
    return err_set(err, JH_ENOMEM, "out of memory");
}

/* ---- as text ------------------------------------------------------------------------------- */

static json_t *stage_json(const struct json_past *past, const struct standard *st, int s)
{
    json_t *figures = json_object();
    for (size_t i = 0; i < st->n_indicators; i++)
        figures = json_put(figures, st->indicators[i].id, json_number(past->cv[s][i]));
    return json_put(json_put(json_object(), "composite", json_number(past->composite[s])),
                    "figures", figures);
}

static const char *print(const struct json_past *past, const struct standard *st,
                         struct arena *arena)
{
    json_t *map = json_object();
    for (int s = 0; s < STAGE_COUNT; s++)
        map = json_put(map, stage_id((enum stage)s), stage_json(past, st, s));
    char *text = map ? json_text(map, FIGURES_BYTES) : NULL;
    const char *copy = text ? arena_str(arena, text) : NULL;
    free(text);
    json_decref(map);
    return copy;
}

static double number_of(const json_t *map, const char *key)
{
    const json_t *v = json_object_get(map, key);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

static void parse(const struct store_baseline *b, const struct standard *st,
                  struct json_past *past)
{
    json_t *map = json_loads(b->figures, 0, NULL);
    past->round = b->round;
    for (int s = 0; s < STAGE_COUNT; s++) {
        const json_t *stage = json_object_get(map, stage_id((enum stage)s));
        const json_t *figures = json_object_get(stage, "figures");
        past->composite[s] = number_of(stage, "composite");
        for (size_t i = 0; i < STANDARD_INDICATORS_MAX; i++)
            past->cv[s][i] =
                i < st->n_indicators ? number_of(figures, st->indicators[i].id) : NAN;
    }
    json_decref(map);
}

/* ---- finding and freezing it --------------------------------------------------------------- */

static int own(struct store *store, const struct alarm *a, const struct store_cert *cert,
               struct store_baseline *ret)
{
    const struct certification *c = &cert->cert;
    int rc = store_baseline_get(store, c->county, c->standard, a->arena, ret, a->err);
    if (rc)
        return rc;
    bool of_it = ret->cert_ms == cert->at_ms && round_cmp(ret->round, c->baseline) == 0;
    return of_it ? 0 : JH_ENOENT; /* an earlier certification's */
}

/* Under a code that the county had before. */
static int older(struct store *store, const struct alarm *a,
                 const struct store_cert *cert, struct store_baseline *ret)
{
    const struct entity_changes *changes = &a->config->changes;
    const struct certification *c = &cert->cert;
    struct date today = date_of_ms(a->now_ms);
    struct entity_codes roots;
    if (!changes->n || cert->by) /* a person has certified this very code */
        return JH_ENOENT;
    if (entity_roots(changes, c->county, today, a->arena, &roots))
        return no_memory(a->err);
    for (size_t i = 0; i < roots.n; i++) {
        const char *code = roots.list[i];
        if (!strcmp(code, c->county) ||
            strcmp(entity_code(changes, code, today), c->county) != 0)
            continue;
        int rc = store_baseline_get(store, code, c->standard, a->arena, ret, a->err);
        if (rc != JH_ENOENT && (rc || round_cmp(ret->round, c->baseline) == 0))
            return rc;
    }
    return JH_ENOENT;
}

/* Is the round there as a whole? What history has of another code was. */
static int is_whole(struct store *store, const struct alarm *a,
                    const struct store_cert *cert, bool *ret)
{
    struct store_verdict row;
    int rc = store_verdict_get(store, cert->cert.baseline, cert->cert.county,
                               cert->cert.standard, "", a->arena, &row, a->err);
    *ret = rc == JH_ENOENT || (!rc && row.complete);
    return rc == JH_ENOENT ? 0 : rc;
}

static int freeze(struct store *store, const struct alarm *a,
                  const struct store_cert *cert, const char *figures)
{
    const struct store_baseline b = {.county = cert->cert.county,
                                     .standard = cert->cert.standard,
                                     .round = cert->cert.baseline,
                                     .cert_ms = cert->at_ms,
                                     .figures = figures,
                                     .at_ms = a->now_ms};
    return figures ? store_baseline_put(store, &b, a->err) : no_memory(a->err);
}

/* What is known stays as it was first known; what was not, and is now, comes beside it. */
static bool fill(struct json_past *frozen, const struct json_past *live)
{
    bool more = false;
    for (int s = 0; s < STAGE_COUNT; s++) {
        for (size_t i = 0; i < STANDARD_INDICATORS_MAX; i++)
            if (isnan(frozen->cv[s][i]) && !isnan(live->cv[s][i])) {
                frozen->cv[s][i] = live->cv[s][i];
                more = true;
            }
        if (isnan(frozen->composite[s]) && !isnan(live->composite[s])) {
            frozen->composite[s] = live->composite[s];
            more = true;
        }
    }
    return more;
}

static void know_nothing(struct json_past *past, struct round round)
{
    past->round = round;
    for (int s = 0; s < STAGE_COUNT; s++) {
        past->composite[s] = NAN;
        for (size_t i = 0; i < STANDARD_INDICATORS_MAX; i++)
            past->cv[s][i] = NAN;
    }
}

/* The figures that are frozen, none where there are none. */
static int load_frozen(struct store *store, const struct alarm *a,
                       const struct store_cert *cert, const struct standard *st,
                       struct json_past *ret, bool *ret_found)
{
    struct store_baseline frozen;
    int rc = own(store, a, cert, &frozen);
    if (rc == JH_ENOENT) {
        rc = older(store, a, cert, &frozen);
        if (!rc)
            rc = freeze(store, a, cert, frozen.figures);
    }
    *ret_found = rc == 0;
    know_nothing(ret, cert->cert.baseline);
    if (!rc)
        parse(&frozen, st, ret);
    return rc == JH_ENOENT ? 0 : rc;
}

int baseline_figures(struct store *store, const struct alarm *alarm,
                     const struct store_cert *cert, const struct standard *standard,
                     const struct json_past *live, struct json_past *ret, bool *ret_found)
{
    bool whole = false;
    int rc = load_frozen(store, alarm, cert, standard, ret, ret_found);
    if (rc || !live)
        return rc;
    *ret_found = true;
    if (!fill(ret, live))
        return 0;
    rc = is_whole(store, alarm, cert, &whole);
    return rc || !whole ? rc
                        : freeze(store, alarm, cert, print(ret, standard, alarm->arena));
}

int baseline_keep(struct store *store, const struct store_cert *cert, struct arena *arena,
                  struct jh_err *err)
{
    struct store_baseline b;
    int rc =
        store_baseline_get(store, cert->cert.county, cert->cert.standard, arena, &b, err);
    if (rc || round_cmp(b.round, cert->cert.baseline) != 0)
        return rc == JH_ENOENT ? 0 : rc;
    b.cert_ms = b.at_ms = cert->at_ms;
    return store_baseline_put(store, &b, err);
}
