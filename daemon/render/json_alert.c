/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The alert object of docs/alerts.md section 5. It is the evidence of a transition: what was
 * told must be tellable again years later, so it holds all that a message says, words of the
 * standard included, and nothing of it is looked up elsewhere.
 */
#include <math.h>
#include <string.h>

#include "base/num.h"
#include "eval/explain.h"
#include "render/json.h"
#include "render/json_make.h"
#include "render/json_relax.h"

enum {
    ALERT_SCHOOLS = 5,
    ITEM_CLAUSES = 5,
    ALERT_BYTES = 16 * 1024 * 1024,
    ALERT_KEY = 80
};

/* One stage of the county, with what its functions need to hand. */
struct view {
    const struct json_alert_in *in;
    const struct county_result *r;
    const struct standard *st;
    const struct stage_result *stage;
    size_t index;
};

static json_t *round_text(struct round round)
{
    char text[ROUND_TEXT];
    round_print(round, text);
    return json_words(text);
}

/* What is wrong with a source or a channel is of no round. */
static json_t *round_maybe(struct round round)
{
    return round.year ? round_text(round) : json_null();
}

static json_t *date_text(struct date d)
{
    char text[DATE_TEXT];
    date_print(d, text);
    return json_words(text);
}

static json_t *stamp_text(int64_t ms)
{
    char text[DATE_TEXT];
    date_stamp(ms, text);
    return json_words(text);
}

static json_t *printed(const struct standard *st, double v)
{
    char text[NUM_TEXT];
    num_fixed(v, st->rounding.cv, text);
    return json_words(text);
}

/* ---- figures ------------------------------------------------------------------------------ */

static double past_value(const struct json_past *past, const struct view *v, ptrdiff_t i)
{
    if (!past)
        return NAN;
    return i < 0 ? past->composite[v->stage->stage] : past->cv[v->stage->stage][i];
}

/* i: index of the indicator, -1 = the composite. */
static json_t *figure(const struct view *v, ptrdiff_t i)
{
    const struct figure *f = i < 0 ? &v->stage->composite : &v->stage->figures[i];
    double value = isnan(f->cv) ? f->bound : f->cv;
    return json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:s,s:b}", "id",
        json_words(i < 0 ? "composite" : v->st->indicators[i].id), "value",
        json_number(value), "printed", printed(v->st, value), "limit",
        json_number(f->limit), "previous", json_number(past_value(v->in->previous, v, i)),
        "baseline", json_number(past_value(v->in->baseline, v, i)), "borderline",
        f->borderline, "title", json_words(i < 0 ? "" : v->st->indicators[i].title),
        "outcome", outcome_id(f->outcome), "bound", isnan(f->cv) && !isnan(f->bound));
}

static bool was_told(const struct view *v, const char *id)
{
    char key[ALERT_KEY];
    snprintf(key, sizeof key, "%s/%s", stage_id(v->stage->stage), id);
    for (size_t i = 0; i < v->in->alert->n_told; i++)
        if (strcmp(v->in->alert->told[i], key) == 0)
            return true;
    return false;
}

static json_t *figures(const struct view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->st->n_indicators; i++)
        if (v->stage->figures[i].outcome == OUTCOME_FAIL ||
            was_told(v, v->st->indicators[i].id))
            list = json_add(list, figure(v, (ptrdiff_t)i));
    return json_add(list, figure(v, -1));
}

/* All of them, judged or not: the composite's reader wants to know what it is made of. */
static json_t *indicators(const struct view *v)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->st->n_indicators; i++) {
        const struct indicator *ind = &v->st->indicators[i];
        const struct figure *f = &v->stage->figures[i];
        list = json_add(
            list,
            json_pack("{s:o,s:o,s:o,s:i,s:o,s:o,s:o,s:o}", "id", json_words(ind->id),
                      "title", json_words(ind->title), "unit", json_words(ind->unit),
                      "per", ind->per, "cv", json_number(f->cv), "printed",
                      printed(v->st, f->cv), "mean", json_number(f->mean), "previous",
                      json_number(past_value(v->in->previous, v, (ptrdiff_t)i))));
    }
    return list;
}

/* ---- schools ------------------------------------------------------------------------------ */

static json_t *lacking(const struct view *v, const double *gap)
{
    json_t *map = json_object();
    for (size_t i = 0; i < v->st->n_indicators; i++)
        if (gap[i] < 0)
            map = json_put(map, v->st->indicators[i].id, json_number(gap[i]));
    return map;
}

static json_t *below(const struct view *v, uint32_t missed)
{
    json_t *list = json_array();
    for (size_t i = 0; i < v->st->n_indicators; i++)
        if (missed >> i & 1)
            list = json_add(list, json_words(v->st->indicators[i].id));
    return list;
}

static json_t *unit_values(const struct view *v, const struct unit *u)
{
    json_t *map = json_object();
    for (size_t i = 0; i < v->st->n_indicators; i++)
        map = json_put(map, v->st->indicators[i].id, json_number(u->value[i]));
    return map;
}

static json_t *school(const struct view *v, const struct driver *d)
{
    const struct unit *u = &v->stage->units[d->unit];
    const struct school *s = &v->r->data->schools[u->school];
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "code", json_words(s->code),
                     "campus", json_words(v->st->campus_merge ? "" : s->campus), "name",
                     json_words(s->name), "share", json_number(d->share), "gaps",
                     lacking(v, d->gap), "values", unit_values(v, u), "pupils",
                     json_number(u->pupils), "below", below(v, d->missed));
}

/* The figures that fail; 0 (all of them) when it is the composite, or only schools. */
static uint32_t failing_figures(const struct view *v)
{
    uint32_t bits = 0;
    if (v->stage->composite.outcome == OUTCOME_FAIL)
        return 0;
    for (size_t i = 0; i < v->st->n_indicators; i++)
        if (v->stage->figures[i].outcome == OUTCOME_FAIL)
            bits |= (uint32_t)1 << i;
    return bits;
}

static json_t *schools(const struct view *v)
{
    json_t *list = json_array();
    struct driver *drivers = NULL;
    size_t n = 0;
    if (v->stage->outcome != OUTCOME_FAIL)
        return list;
    struct arena *arena = arena_new(ALERT_BYTES);
    if (!arena || explain_stage(v->r, v->index, failing_figures(v), ALERT_SCHOOLS, arena,
                                &drivers, &n)) {
        json_decref(list);
        list = NULL;
    }
    for (size_t i = 0; i < n; i++)
        list = json_add(list, school(v, &drivers[i]));
    arena_free(arena);
    return list;
}

static json_t *school_rule(const struct view *v)
{
    json_int_t failing = 0;
    enum outcome all = OUTCOME_NONE;
    for (size_t i = 0; i < v->stage->n_units; i++) {
        failing += v->stage->units[i].outcome == OUTCOME_FAIL;
        all = outcome_join(all, v->stage->units[i].outcome);
    }
    if (!v->st->has_school_rule)
        return json_null();
    return json_pack("{s:s,s:I}", "outcome", outcome_id(all), "failing", failing);
}

/* ---- stages ------------------------------------------------------------------------------- */

static json_t *stage(const struct view *v)
{
    return json_pack("{s:s,s:o,s:o,s:s,s:I,s:o,s:o,s:o}", "stage",
                     stage_id(v->stage->stage), "figures", figures(v), "schools",
                     schools(v), "outcome", outcome_id(v->stage->outcome), "units",
                     (json_int_t)v->stage->n_units, "pupils",
                     json_number(v->stage->pupils), "school_rule", school_rule(v),
                     "indicators", indicators(v));
}

static struct view view_of(const struct json_alert_in *in, size_t i)
{
    return (struct view){in, in->result, in->result->standard, &in->result->stages[i], i};
}

static json_t *stages(const struct json_alert_in *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->result->n_stages; i++) {
        struct view v = view_of(in, i);
        list = json_add(list, stage(&v));
    }
    return list;
}

/* ---- items -------------------------------------------------------------------------------- */

static bool item_was_told(const struct json_alert_in *in, const char *id)
{
    char key[ALERT_KEY];
    snprintf(key, sizeof key, "items/%s", id);
    for (size_t i = 0; i < in->alert->n_told; i++)
        if (strcmp(in->alert->told[i], key) == 0)
            return true;
    return false;
}

/* Is it what the alert is about: monitored, and it fails or was told? */
static bool item_matters(const struct json_alert_in *in, const struct item_result *x)
{
    return in->result->standard->monitor & MONITOR_ITEMS &&
           (x->outcome == OUTCOME_FAIL || item_was_told(in, x->item->id));
}

static json_t *item(const struct item_result *x)
{
    json_t *map =
        json_pack("{s:o,s:o,s:s,s:o,s:o,s:s,s:o,s:b}", "id", json_words(x->item->id),
                  "title", json_words(x->item->title), "verdict", outcome_id(x->outcome),
                  "value", json_number(x->value), "limit", json_number(x->limit),
                  "reason", item_reason_id(x->reason), "clause",
                  json_words(x->item->clause), "veto", x->item->veto);
    if (!x->by)
        return map;
    map = json_put(map, "compare", json_words(rule_compare_id(x->by->compare)));
    map = json_put(map, "unit", json_words(x->by->unit));
    return json_put(map, "digits", json_integer(x->by->digits));
}

static json_t *items(const struct json_alert_in *in)
{
    json_t *list = json_array();
    const struct items_result *all = &in->result->items;
    for (size_t i = 0; i < all->n; i++)
        if (item_matters(in, &all->list[i]))
            list = json_add(list, item(&all->list[i]));
    return list;
}

/* ---- what it rests on --------------------------------------------------------------------- */

/* Is a figure of the county failing or told; is a school rule. */
static void what_is_judged(const struct json_alert_in *in, bool *ret_cv, bool *ret_school)
{
    for (size_t i = 0; i < in->result->n_stages; i++) {
        struct view v = view_of(in, i);
        *ret_cv |= v.stage->composite.outcome == OUTCOME_FAIL || failing_figures(&v);
        *ret_cv |= was_told(&v, "composite");
        for (size_t k = 0; k < v.st->n_indicators; k++)
            *ret_cv |= was_told(&v, v.st->indicators[k].id);
        *ret_school |= was_told(&v, "school_rule");
        for (size_t k = 0; k < v.stage->n_units; k++)
            *ret_school |= v.stage->units[k].outcome == OUTCOME_FAIL;
    }
}

/* Each of those that matter, up to as many as a reader takes in; `items` has them all. */
static json_t *add_item_clauses(json_t *list, const struct json_alert_in *in)
{
    const struct items_result *all = &in->result->items;
    for (size_t i = 0, n = 0; i < all->n && n < ITEM_CLAUSES; i++) {
        const char *clause = all->list[i].item->clause;
        if (!item_matters(in, &all->list[i]) || !*clause)
            continue;
        list = json_add(list, json_words(clause));
        n++;
    }
    return list;
}

/* Of what fails or was told; of none of it, what the figures are judged by. */
static json_t *clauses(const struct json_alert_in *in)
{
    const struct standard *st = in->result->standard;
    bool cv = false, school = false;
    what_is_judged(in, &cv, &school);
    json_t *list = json_array();
    if (cv && *st->cv_clause)
        list = json_add(list, json_words(st->cv_clause));
    if (school && *st->school_clause)
        list = json_add(list, json_words(st->school_clause));
    list = add_item_clauses(list, in);
    if (!json_array_size(list) && *st->cv_clause)
        list = json_add(list, json_words(st->cv_clause));
    return list;
}

static json_t *add_department(json_t *list, const char *p, size_t n)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *known = json_array_get(list, i);
        if (json_string_length(known) == n && memcmp(json_string_value(known), p, n) == 0)
            return list;
    }
    return n ? json_add(list, json_stringn(p, n)) : list;
}

/* "a, b": separated by commas, slashes, semicolons or the ideographic comma. */
static json_t *add_departments(json_t *list, const char *text)
{
    static const char COMMA[] = "\u3001";
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, ",;/");
        const char *cut = strstr(p, COMMA);
        if (cut && (size_t)(cut - p) < n)
            n = (size_t)(cut - p);
        list = add_department(list, p, n);
        p += n;
        p += strncmp(p, COMMA, sizeof COMMA - 1) == 0 ? sizeof COMMA - 1 : *p != '\0';
        p += strspn(p, " ");
    }
    return list;
}

/* What the schools that break their rule are below. */
static uint32_t failing_minima(const struct view *v)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < v->stage->n_units; i++)
        if (v->stage->units[i].outcome == OUTCOME_FAIL)
            bits |= v->stage->units[i].below;
    return bits;
}

/*
 * Who answers for what fails: of a failing composite, its indicators above the limit; of schools
 * that break their rule, what they are below; of items, their own.
 */
static json_t *departments(const struct json_alert_in *in)
{
    json_t *list = json_array();
    for (size_t i = 0; i < in->result->n_stages; i++) {
        struct view v = view_of(in, i);
        if (v.stage->outcome != OUTCOME_FAIL)
            continue;
        uint32_t bits = failing_figures(&v) | failing_minima(&v);
        bool composite = v.stage->composite.outcome == OUTCOME_FAIL;
        for (size_t k = 0; k < v.st->n_indicators; k++) {
            bool drives = bits >> k & 1;
            if (composite && !(v.stage->figures[k].cv <= v.stage->composite.limit))
                drives = true;
            if (drives)
                list = add_departments(list, v.st->indicators[k].departments);
        }
    }
    for (size_t i = 0; i < in->result->items.n; i++) {
        const struct item_result *x = &in->result->items.list[i];
        if (x->outcome == OUTCOME_FAIL && item_matters(in, x))
            list = add_departments(list, x->item->departments);
    }
    return list;
}

/* ---- the object --------------------------------------------------------------------------- */

static json_t *certification(const struct certification *c)
{
    if (!c)
        return json_null();
    char cohort[16];
    snprintf(cohort, sizeof cohort, "%d", c->cohort);
    return json_pack("{s:s,s:o,s:o,s:o}", "cohort", cohort, "date", date_text(c->date),
                     "document", json_maybe(c->document), "baseline_round",
                     round_text(c->baseline));
}

static json_t *county(const struct json_alert_in *in)
{
    const char *name = in->county_name ? in->county_name : "";
    if (!*in->alert->county)
        return json_null();
    json_t *map =
        json_pack("{s:o,s:o,s:o}", "code", json_words(in->alert->county), "name",
                  json_words(in->result ? in->result->data->county_name : name),
                  "division", json_words_list(in->division, in->n_division));
    return json_put(
        map, "division_names",
        json_words_list(in->division_names, in->division_names ? in->n_division : 0));
}

static json_t *kept(const struct json_alert_in *in, const char *key)
{
    json_t *v = json_object_get(in->evidence, key);
    return v ? json_deep_copy(v) : json_null();
}

/* Where a source of the county asks for a review of its data. */
static json_t *put_review(json_t *map, const struct json_alert_in *in)
{
    const json_t *before = json_object_get(in->evidence, "review");
    if (in->review)
        return json_put(map, "review", json_words(in->review));
    return before && !in->result ? json_put(map, "review", json_deep_copy(before)) : map;
}

/* By whom it was taken in hand, as long as it is. */
static json_t *taken(const struct json_alert_in *in)
{
    return in->alert->state == ALERT_ACKNOWLEDGED ? kept(in, "acknowledged")
                                                  : json_null();
}

/* What this step says about the alert itself, result or not. */
static json_t *put_state(json_t *map, const struct json_alert_in *in)
{
    const struct alert *a = in->alert;
    map = json_put(map, "id", json_words(a->id));
    map = json_put(map, "kind", json_words(a->kind));
    map = json_put(map, "severity", json_words(a->severity));
    map = json_put(map, "state", json_words(alert_state_id(a->state)));
    map = json_put(map, "stale", json_boolean(a->stale));
    map = put_review(map, in);
    map = json_put(map, "standard", json_words(a->standard));
    map = json_put(map, "subject", json_words(a->subject));
    return json_put(map, "indicator",
                    *a->indicator ? json_words(a->indicator) : json_null());
}

static json_t *put_rounds(json_t *map, const struct json_alert_in *in)
{
    const struct alert *a = in->alert;
    map = json_put(map, "round", round_maybe(a->round));
    map = json_put(map, "since_round", round_maybe(a->since_round));
    map = json_put(map, "transition", json_integer(a->transition));
    return json_put(map, "cause", json_maybe(alert_cause_id(a->cause)));
}

static json_t *put_history(json_t *map, const struct json_alert_in *in)
{
    const json_t *began = json_object_get(in->evidence, "started_at");
    const struct alert_transition *what = in->what;
    map = json_put(map, "told", json_words_list(in->alert->told, in->alert->n_told));
    map = json_put(map, "added",
                   json_words_list(what ? what->added : NULL, what ? what->n_added : 0));
    map = json_put(map, "started_at",
                   began ? json_deep_copy(began) : stamp_text(in->now_ms));
    return json_put(map, "at", stamp_text(in->now_ms));
}

/* National words say "a larger slip" of the composite of basic balance only. */
static bool is_basic(const struct standard *st)
{
    return strncmp(st->id, "basic-", strlen("basic-")) == 0 &&
           (st->applies == CV_COMPOSITE || st->applies == CV_BOTH);
}

static json_t *put_evidence(json_t *map, const struct json_alert_in *in)
{
    const struct standard *st = in->result->standard;
    json_t *list = clauses(in);
    map = json_put(map, "revision", json_integer(in->alert->revision));
    map = json_put(map, "reference_date",
                   date_text(round_reference(in->result->data->round)));
    map = json_put(map, "data_round", round_text(in->result->data->round));
    map = json_put(map, "complete", json_boolean(in->result->complete));
    map = json_put(map, "outcome", json_words(outcome_id(in->result->outcome)));
    map = json_put(map, "standard_title", json_words(st->title));
    map = json_put(map, "standard_document", json_words(st->document));
    map = json_put(map, "kind_title", json_words(st->kind_title));
    map = json_put(map, "basic", json_boolean(is_basic(st)));
    map = json_put(map, "digits", json_integer(st->rounding.cv));
    map = json_put(map, "previous_round",
                   in->previous ? round_text(in->previous->round) : json_null());
    map = json_put(map, "baseline_round",
                   in->baseline ? round_text(in->baseline->round) : json_null());
    map = json_put(map, "relaxations", json_relax_counts(in->result));
    map = json_put(map, "duties", json_relax_duties(in->result));
    return json_put(map, "clauses", list);
}

static json_t *first_clause(const struct json_alert_in *in)
{
    json_t *list = clauses(in);
    const char *text = json_string_value(json_array_get(list, 0));
    json_t *v = list ? json_words(text) : NULL;
    json_decref(list);
    return v;
}

static json_t *put_details(json_t *map, const struct json_alert_in *in)
{
    const char *key;
    json_t *value;
    if (in->details)
        map = json_put(map, "details", json_deep_copy(in->details));
    json_object_foreach((json_t *)in->extra, key, value)
    {
        map = json_put(map, key, json_deep_copy(value));
    }
    return map;
}

static json_t *alert_of_result(const struct json_alert_in *in)
{
    json_t *map = put_state(json_object(), in);
    map = json_put(map, "county", county(in));
    map = put_rounds(map, in);
    map = json_put(map, "stages", stages(in));
    if (in->result->standard->monitor & MONITOR_ITEMS)
        map = json_put(map, "items", items(in));
    map = json_put(map, "certification", certification(in->cert));
    map = json_put(map, "clause", first_clause(in));
    map = json_put(map, "departments", departments(in));
    map = json_put(map, "boundary_change", json_change(in->result->change));
    map = json_put(map, "deadline", json_maybe(in->deadline));
    map = json_put(map, "data_sha256", json_words(in->data_sha256));
    map = json_put(map, "acknowledged", taken(in));
    map = put_evidence(map, in);
    map = put_details(map, in);
    return put_history(map, in);
}

/* What there is to say of the standard where nothing was judged by it. */
static json_t *put_standard(json_t *map, const struct standard *st)
{
    map = json_put(map, "standard_title", json_words(st->title));
    map = json_put(map, "standard_document", json_words(st->document));
    return json_put(map, "kind_title", json_words(st->kind_title));
}

/* Without new data (decertified, abolished): the figures stay those last told. */
static json_t *alert_of_evidence(const struct json_alert_in *in)
{
    json_t *map = in->evidence ? json_deep_copy(in->evidence) : json_object();
    bool known = json_object_get(map, "stages") != NULL;
    const char *code =
        json_string_value(json_object_get(json_object_get(map, "county"), "code"));
    bool same = code && strcmp(code, in->alert->county) == 0;
    map = put_state(map, in);
    map = json_put(map, "acknowledged", taken(in));
    if (in->change)
        map = json_put(map, "boundary_change", json_change(in->change));
    if (!known || !same)
        map = json_put(map, "county", county(in));
    if (!known) {
        map = json_put(map, "stages", json_array());
        map = json_put(map, "clause", json_words(""));
        map = json_put(map, "departments", json_array());
        map = json_put(map, "data_sha256", json_maybe(in->data_sha256));
        map = json_put(map, "acknowledged", json_null());
    }
    if (known && in->extra && in->data_sha256) /* judged anew, if by no standard */
        map = json_put(map, "data_sha256", json_words(in->data_sha256));
    if (!known && in->standard)
        map = put_standard(map, in->standard);
    map = json_put(map, "deadline", json_maybe(in->deadline));
    map = put_details(map, in);
    map = put_rounds(map, in);
    if (in->cert || !known)
        map = json_put(map, "certification", certification(in->cert));
    return put_history(map, in);
}

json_t *json_alert(const struct json_alert_in *in)
{
    return in->result ? alert_of_result(in) : alert_of_evidence(in);
}
