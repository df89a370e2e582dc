/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/warn.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <junheng/plugin.h>

#include "base/num.h"

static const char *const CODES[] = {"margin", "trend", "borderline",
                                    "size",   "large", "decline"};
static const char *const SIZES[] = {"ZF4", "ZF5"}; /* of schools, of classes */
static const double TINY = 1e-12;

enum { PAST_MAX = 16 };

const char *warn_code_id(enum warn_code code)
{
    return CODES[code];
}

/* What is found, gathered. */
struct found {
    const struct county_result *r;
    const struct alert_policy *policy;
    struct arena *arena;
    struct warn_reason *list;
    size_t n, max;
    bool failed, unknown;
};

static void add(struct found *f, struct warn_reason reason, const char *where,
                const char *what)
{
    reason.key = arena_fmt(f->arena, "%s/%s", where, what);
    f->failed |= !reason.key || f->n == f->max;
    if (!f->failed)
        f->list[f->n++] = reason;
}

static const char *figure_id(const struct county_result *r, int figure)
{
    return figure < 0 ? "composite" : r->standard->indicators[figure].id;
}

static const struct figure *figure_of(const struct stage_result *s, int figure)
{
    return figure < 0 ? &s->composite : &s->figures[figure];
}

static double past_value(const struct warn_past *past, enum stage stage, int figure)
{
    return figure < 0 ? past->composite[stage] : past->cv[stage][figure];
}

static struct decimal decimal_of(const char *text)
{
    struct decimal d = {0};
    if (text)
        decimal_parse(text, strlen(text), &d); /* conf/ has read it before */
    return d;
}

/* limit - margin, exactly; never less than nothing. */
static struct decimal inside(struct decimal limit, struct decimal margin)
{
    while (limit.scale < margin.scale) {
        limit.n *= 10;
        limit.scale++;
    }
    while (margin.scale < limit.scale) {
        margin.n *= 10;
        margin.scale++;
    }
    limit.n = limit.n > margin.n ? limit.n - margin.n : 0;
    return limit;
}

/* ---- near the limit -------------------------------------------------------------------------- */

static double year_of(struct round round)
{
    return round.year + (round.month ? (round.month - 1) / 12.0 : 0);
}

/*
 * The least-squares line through the newest value and the k before it, over their rounds; NaN
 * where one of them is not known, or where it does not rise. What it comes to n rounds on.
 */
static double foreseen(const struct found *f, const struct warn_past *past,
                       const struct stage_result *s, int figure)
{
    int64_t k = f->policy->rounds_back;
    bool monthly = f->r->data->round.month != 0;
    double x0 = year_of(f->r->data->round), x = 0, y = figure_of(s, figure)->cv;
    double xs = 0, ys = y, xx = 0, xy = 0, n = (double)k + 1;
    for (int64_t i = 0; i < k; i++) {
        x = year_of(past[i].round) - x0;
        y = past_value(&past[i], s->stage, figure);
        xs += x;
        ys += y;
        xx += x * x;
        xy += x * y;
    }
    double slope = (n * xy - xs * ys) / (n * xx - xs * xs);
    double ahead = (double)f->policy->rounds_ahead / (monthly ? 12 : 1);
    return slope > 0 ? (ys - slope * xs) / n + slope * ahead : NAN;
}

static void look_at_figure(struct found *f, const struct warn_past *past, size_t n_past,
                           const struct stage_result *s, int figure)
{
    const struct standard *st = f->r->standard;
    const struct figure *x = figure_of(s, figure);
    const char *stage = stage_id(s->stage), *id = figure_id(f->r, figure);
    struct warn_reason reason = {.stage = s->stage,
                                 .figure = figure,
                                 .value = x->cv,
                                 .limit = x->limit,
                                 .other = NAN};
    bool borderline;
    if (x->outcome != OUTCOME_PASS || isnan(x->limit))
        return;
    struct decimal least = inside(st->limit[s->stage], decimal_of(f->policy->margin));
    reason.code = WARN_MARGIN;
    if (eval_reaches(x->cv, least, st->rounding.cv, st->rounding.raw, &borderline)) {
        add(f, reason, stage, id);
        return;
    }
    reason.code = WARN_BORDERLINE;
    if (x->borderline) {
        add(f, reason, stage, id);
        return;
    }
    int64_t k = f->policy->rounds_back;
    reason.code = WARN_TREND;
    reason.other = k > 0 && (size_t)k <= n_past ? foreseen(f, past, s, figure) : NAN;
    if (reason.other >= x->limit - TINY)
        add(f, reason, stage, id);
}

/* ---- sizes ----------------------------------------------------------------------------------- */

static bool was_told(const struct alert *open, const char *key)
{
    for (size_t i = 0; open && i < open->n_told; i++)
        if (strcmp(open->told[i], key) == 0)
            return true;
    return false;
}

static const struct item_result *item_of(const struct items_result *items, const char *id)
{
    for (size_t i = 0; i < items->n; i++)
        if (strcmp(items->list[i].item->id, id) == 0)
            return &items->list[i];
    return NULL;
}

static void look_at_sizes(struct found *f, const struct alert *open)
{
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        const struct item_result *x = item_of(&f->r->items, SIZES[i]);
        struct warn_reason reason = {.code = WARN_SIZE,
                                     .stage = STAGE_NONE,
                                     .figure = -1,
                                     .value = x ? x->value : NAN,
                                     .limit = x ? x->limit : NAN,
                                     .other = NAN};
        char key[JUDGEMENT_KEY];
        snprintf(key, sizeof key, "items/%s", SIZES[i]);
        if (x && x->outcome == OUTCOME_FAIL)
            add(f, reason, "items", SIZES[i]);
        else if (x && x->outcome != OUTCOME_PASS && x->outcome != OUTCOME_NONE)
            f->unknown |= was_told(open, key);
    }
}

static void look_at_classes(struct found *f, const struct alert *open, size_t stage)
{
    const struct stage_result *s = &f->r->stages[stage];
    const struct dataset *ds = f->r->data;
    enum field field =
        s->stage == STAGE_JUNIOR ? FIELD_classes_56_junior : FIELD_classes_56_primary;
    double sum = 0;
    bool missing = false;
    char key[JUDGEMENT_KEY];
    snprintf(key, sizeof key, "%s/classes_56", stage_id(s->stage));
    for (size_t i = 0; i < ds->n; i++) {
        double v = dataset_value(ds, field, i);
        missing |= isnan(v);
        sum += isnan(v) ? 0 : v;
    }
    struct warn_reason reason = {.code = WARN_LARGE,
                                 .stage = s->stage,
                                 .figure = -1,
                                 .value = sum,
                                 .limit = NAN,
                                 .other = NAN};
    if (sum > 0)
        add(f, reason, stage_id(s->stage), "classes_56");
    else if (missing)
        f->unknown |= was_told(open, key);
}

/* ---- judging --------------------------------------------------------------------------------- */

static int by_key(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int conclude(struct found *f, struct warned *ret)
{
    const char **keys = arena_array(f->arena, f->n + 1, sizeof *keys);
    const struct county_result *r = f->r;
    if (f->failed || !keys)
        return JH_ENOMEM;
    for (size_t i = 0; i < f->n; i++)
        keys[i] = f->list[i].key;
    if (f->n)
        qsort(keys, f->n, sizeof *keys, by_key);
    *ret = (struct warned){.judgement = {.round = r->data->round,
                                         .outcome = f->n         ? OUTCOME_FAIL
                                                    : f->unknown ? OUTCOME_UNKNOWN
                                                                 : OUTCOME_PASS,
                                         .complete = r->complete,
                                         .failing = keys,
                                         .n_failing = f->n},
                           .reasons = f->list,
                           .n = f->n};
    return 0;
}

static int begin(struct found *f)
{
    const struct county_result *r = f->r;
    f->max = r->n_stages * (r->standard->n_indicators + 2) + 4;
    f->list = arena_array(f->arena, f->max, sizeof *f->list);
    return f->list ? 0 : JH_ENOMEM;
}

int warn_judge(const struct county_result *result, const struct alert_policy *policy,
               const struct warn_past *past, size_t n_past, const struct alert *open,
               struct arena *arena, struct warned *ret)
{
    struct found f = {.r = result, .policy = policy, .arena = arena};
    int rc = begin(&f);
    if (rc)
        return rc;
    f.unknown = result->monitored != OUTCOME_PASS;
    for (size_t i = 0; !f.unknown && i < result->n_stages; i++) {
        const struct stage_result *s = &result->stages[i];
        for (int k = -1; k < (int)result->standard->n_indicators; k++)
            look_at_figure(&f, past, n_past, s, k);
        if (!item_of(&result->items, "ZF5"))
            look_at_classes(&f, open, i);
    }
    if (result->monitored == OUTCOME_PASS)
        look_at_sizes(&f, open);
    return conclude(&f, ret);
}

/* Is it worse by more, as the standard compares? */
static bool is_worse(const struct standard *st, double value, double before,
                     struct decimal d)
{
    double scale = pow(10, st->rounding.cv);
    if (st->rounding.raw)
        return value - before > decimal_double(d) + TINY;
    return num_round_scaled(value, st->rounding.cv) -
               num_round_scaled(before, st->rounding.cv) >
           decimal_double(d) * scale + 1e-6;
}

int warn_decline(const struct county_result *result, const struct alert_policy *policy,
                 const struct warn_past *baseline, struct arena *arena,
                 struct warned *ret)
{
    struct found f = {.r = result, .policy = policy, .arena = arena};
    struct decimal d = decimal_of(policy->decline);
    int rc = begin(&f);
    if (rc)
        return rc;
    f.unknown = !baseline || !result->complete;
    for (size_t i = 0; baseline && i < result->n_stages; i++) {
        const struct stage_result *s = &result->stages[i];
        for (int k = -1; k < (int)result->standard->n_indicators; k++) {
            const struct figure *x = figure_of(s, k);
            struct warn_reason reason = {.code = WARN_DECLINE,
                                         .stage = s->stage,
                                         .figure = k,
                                         .value = x->cv,
                                         .limit = x->limit,
                                         .other = past_value(baseline, s->stage, k)};
            if (isnan(x->limit) || isnan(reason.other))
                continue;
            f.unknown |= isnan(x->cv);
            if (result->complete && is_worse(result->standard, x->cv, reason.other, d))
                add(&f, reason, stage_id(s->stage), figure_id(result, k));
        }
    }
    return conclude(&f, ret);
}
