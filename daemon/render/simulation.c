/* SPDX-License-Identifier: Apache-2.0 */
#include "render/simulation.h"

#include <math.h>

#include "render/json.h"
#include "render/json_make.h"
#include "render/report.h"

const struct figure *simulation_figure(const struct county_result *r,
                                       const struct solve_answer *a)
{
    const struct stage_result *s = &r->stages[a->stage];
    if (a->school_rule)
        return NULL;
    return r->standard->applies == CV_COMPOSITE ? &s->composite
                                                : &s->figures[a->indicator];
}

/* Fails, or nobody knows. */
static bool fails(enum outcome outcome)
{
    return outcome != OUTCOME_NONE && outcome != OUTCOME_PASS;
}

bool simulation_fails(const struct county_result *r, size_t stage, size_t what)
{
    const struct stage_result *s = &r->stages[stage];
    size_t n = r->standard->n_indicators;
    bool any = false;
    if (!s->n_units || what == n + 2)
        return !s->n_units && what == n + 2 && fails(s->outcome);
    if (what <= n)
        return fails(what < n ? s->figures[what].outcome : s->composite.outcome);
    for (size_t i = 0; i < s->n_units; i++)
        any |= fails(s->units[i].outcome);
    return any;
}

static bool schools_fail(const struct stage_result *s)
{
    for (size_t i = 0; i < s->n_units; i++)
        if (s->units[i].outcome == OUTCOME_FAIL)
            return true;
    return false;
}

bool simulation_breaks(const struct county_result *before, const struct solve_answer *a,
                       size_t stage, size_t indicator)
{
    if (!a->after)
        return false;
    const struct stage_result *s = &before->stages[stage], *t = &a->after->stages[stage];
    if (indicator == before->standard->n_indicators)
        return !schools_fail(s) && schools_fail(t);
    return s->figures[indicator].outcome == OUTCOME_PASS &&
           t->figures[indicator].outcome == OUTCOME_FAIL;
}

/* ---- JSON --------------------------------------------------------------------------------- */

/* A row is meant here and not a unit, so the campus is told even where campuses are merged. */
static json_t *school_of(const struct school *s)
{
    return json_pack("{s:o,s:o,s:o}", "school", json_words(s->code), "campus",
                     json_words(s->campus), "name", json_words(s->name));
}

static json_t *set_list(const struct simulation_county *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->n_set; i++) {
        const struct simulate_cell *cell = &c->set[i];
        double before = dataset_value(c->before->data, cell->field, cell->row);
        json_t *map = school_of(&c->before->data->schools[cell->row]);
        map = json_put(map, "field", json_words(field_id(cell->field)));
        map = json_put(map, "from", json_number(before));
        list = json_add(list, json_put(map, "to", json_number(cell->value)));
    }
    return list;
}

static json_t *additions(const struct county_result *r, const struct solve_addition *all,
                         size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        const struct solve_addition *x = &all[i];
        double from = dataset_value(r->data, x->field, x->row);
        json_t *map = school_of(&r->data->schools[x->row]);
        map = json_put(map, "indicator",
                       json_words(r->standard->indicators[x->indicator].id));
        map = json_put(map, "field", json_words(field_id(x->field)));
        map = json_put(map, "amount", json_number(x->amount));
        map = json_put(map, "from", json_number(from));
        map = json_put(map, "to", json_number(from + x->amount));
        list = json_add(list, map);
    }
    return list;
}

static json_t *breaks(const struct county_result *r, const struct solve_answer *a)
{
    size_t n = r->standard->n_indicators;
    json_t *list = json_array();
    for (size_t s = 0; s < r->n_stages; s++)
        for (size_t k = 0; k <= n; k++)
            if (simulation_breaks(r, a, s, k))
                list = json_add(list, json_pack("{s:s,s:s}", "stage",
                                                stage_id(r->stages[s].stage), "figure",
                                                k < n ? r->standard->indicators[k].id
                                                      : "school_rule"));
    return list;
}

static json_t *answer(const struct county_result *r, const struct solve_answer *a)
{
    const struct county_result *after = a->after ? a->after : r;
    const struct figure *f = simulation_figure(r, a), *g = simulation_figure(after, a);
    const struct indicator *ind = &r->standard->indicators[a->indicator];
    const char *aim = r->standard->applies == CV_COMPOSITE ? "composite" : "cv";
    json_t *map =
        json_pack("{s:s,s:s,s:o,s:s}", "stage", stage_id(r->stages[a->stage].stage),
                  "aim", a->school_rule ? "school_rule" : aim, "indicator",
                  json_maybe(a->school_rule ? NULL : ind->id), "status",
                  solve_status_id(a->status));
    if (f) {
        map = json_put(map, "before", json_number(f->cv));
        map = json_put(map, "after", json_number(g->cv));
        map = json_put(map, "limit", json_number(f->limit));
        map = json_put(map, "total", json_number(a->total));
    } else {
        map = json_put(map, "unsolved", json_integer((json_int_t)a->unsolved));
    }
    map = json_put(map, "stage_verdict",
                   json_words(outcome_id(after->stages[a->stage].outcome)));
    map = json_put(map, "verdict", json_words(outcome_id(after->outcome)));
    map = json_put(map, "breaks", breaks(r, a));
    return json_put(map, "additions", additions(r, a->additions, a->n));
}

/* A stage without schools has no figures: null. */
static json_t *still_failing(const struct county_result *r)
{
    const struct standard *st = r->standard;
    size_t n = st->n_indicators;
    json_t *list = json_array();
    for (size_t s = 0; s < r->n_stages; s++)
        for (size_t k = 0; k < n + 3; k++)
            if (simulation_fails(r, s, k))
                list = json_add(list, json_pack("{s:s,s:o}", "stage",
                                                stage_id(r->stages[s].stage), "figure",
                                                json_maybe(k < n    ? st->indicators[k].id
                                                           : k == n ? "composite"
                                                           : k == n + 1 ? "school_rule"
                                                                        : NULL)));
    return list;
}

static json_t *joint(const struct county_result *r, const struct solve_joint *j)
{
    const struct county_result *after = j->after ? j->after : r;
    return json_pack("{s:s,s:s,s:o,s:o}", "status", solve_status_id(j->status), "verdict",
                     outcome_id(after->outcome), "fails", still_failing(after),
                     "additions", additions(r, j->additions, j->n));
}

static json_t *county(const struct simulation *s, const struct simulation_county *c)
{
    json_t *answers = json_array();
    json_t *map = json_pack(
        "{s:o,s:o,s:o}", "code", json_words(c->before->data->county_code), "name",
        json_words(c->before->data->county_name), "before", json_county(c->before, NULL));
    if (c->n_set)
        map = json_put(map, "after", json_county(c->after, NULL));
    map = json_put(map, "set", set_list(c));
    for (size_t i = 0; i < c->n_answers; i++)
        answers = json_add(answers, answer(c->after, &c->answers[i]));
    if (!s->solve) {
        json_decref(answers);
        return map;
    }
    map = json_put(map, "solve", answers);
    return json_put(map, "joint", c->joint ? joint(c->after, c->joint) : json_null());
}

json_t *simulation_json(const struct simulation *s)
{
    char round[ROUND_TEXT];
    json_t *counties = json_array();
    round_print(s->round, round);
    for (size_t i = 0; i < s->n; i++)
        counties = json_add(counties, county(s, &s->counties[i]));
    return json_pack("{s:o,s:s,s:o,s:o}", "standard", json_words(s->standard->id),
                     "round", round, "data_sha256", json_words(s->data_sha256),
                     "counties", counties);
}

/* ---- csv ---------------------------------------------------------------------------------- */

static void csv_cell_number(double v, struct buf *out)
{
    buf_char(out, ',');
    if (isfinite(v))
        buf_double(out, v);
}

/* The rows of evaluate, each with its state in front. */
static void csv_state(const char *state, const struct county_result *r, struct buf *out)
{
    struct buf rows;
    buf_init(&rows, out->max);
    report_csv(r, &rows);
    for (const char *p = buf_text(&rows), *end; *p; p = end) {
        end = p;
        while (*end && *end++ != '\n')
            ;
        buf_fmt(out, "%s,", state);
        buf_add(out, p, (size_t)(end - p));
    }
    out->failed |= rows.failed;
    buf_done(&rows);
}

static void csv_answer_head(const struct county_result *r, const struct solve_answer *a,
                            size_t indicator, struct buf *out)
{
    const char *aim = r->standard->applies == CV_COMPOSITE ? "composite" : "cv";
    report_csv_text(r->data->county_code, out);
    buf_fmt(out, ",%s,%s,", stage_id(r->stages[a->stage].stage),
            a->school_rule ? "school_rule" : aim);
    if (indicator < r->standard->n_indicators)
        report_csv_text(r->standard->indicators[indicator].id, out);
    buf_fmt(out, ",%s", solve_status_id(a->status));
    csv_cell_number(a->total, out);
}

static void csv_addition(const struct county_result *r, const struct solve_addition *x,
                         struct buf *out)
{
    const struct school *s = &r->data->schools[x->row];
    double from = dataset_value(r->data, x->field, x->row);
    buf_char(out, ',');
    report_csv_text(s->code, out);
    buf_char(out, ',');
    report_csv_text(s->campus, out);
    buf_fmt(out, ",%s", field_id(x->field));
    csv_cell_number(x->amount, out);
    csv_cell_number(from, out);
    csv_cell_number(from + x->amount, out);
    buf_char(out, '\n');
}

static void csv_answer(const struct county_result *r, const struct solve_answer *a,
                       struct buf *out)
{
    if (!a->n) {
        csv_answer_head(r, a, a->school_rule ? r->standard->n_indicators : a->indicator,
                        out);
        buf_str(out, ",,,,,,\n");
    }
    for (size_t i = 0; i < a->n; i++) {
        csv_answer_head(r, a, a->additions[i].indicator, out);
        csv_addition(r, &a->additions[i], out);
    }
}

/* Without stage and total: it is about all stages, and books and yuan do not add up. */
static void csv_joint(const struct county_result *r, const struct solve_joint *j,
                      struct buf *out)
{
    for (size_t i = 0; i < j->n || i == 0; i++) {
        report_csv_text(r->data->county_code, out);
        buf_str(out, ",,joint,");
        if (j->n)
            report_csv_text(r->standard->indicators[j->additions[i].indicator].id, out);
        buf_fmt(out, ",%s,", solve_status_id(j->status));
        if (j->n)
            csv_addition(r, &j->additions[i], out);
        else
            buf_str(out, ",,,,,,\n");
    }
}

void simulation_csv(const struct simulation *s, struct buf *out)
{
    if (s->solve) {
        buf_str(out, "county_code,stage,aim,indicator,status,total,school,campus,field,"
                     "amount,from,to\n");
    } else {
        buf_str(out, "state,");
        report_csv_head(out);
    }
    for (size_t i = 0; i < s->n; i++) {
        const struct simulation_county *c = &s->counties[i];
        for (size_t k = 0; s->solve && k < c->n_answers; k++)
            csv_answer(c->after, &c->answers[k], out);
        if (s->solve && c->joint)
            csv_joint(c->after, c->joint, out);
        if (s->solve)
            continue;
        csv_state("before", c->before, out);
        csv_state("after", c->after, out);
    }
}
