/* SPDX-License-Identifier: Apache-2.0 */
#include "render/regions.h"

#include <math.h>
#include <string.h>

#include "render/json.h"
#include "render/json_make.h"
#include "render/report.h"

const char *regions_figure_id(const struct standard *st, size_t k)
{
    return k < st->n_indicators ? st->indicators[k].id : "composite";
}

double regions_limit(const struct standard *st, enum stage stage, size_t k)
{
    enum cv_applies by = k < st->n_indicators ? CV_EACH : CV_COMPOSITE;
    bool judged = st->applies == CV_BOTH || st->applies == by;
    return judged ? decimal_double(st->limit[stage]) : NAN;
}

double regions_share(const struct rollup_count *c)
{
    size_t judged = c->counties - c->outcomes[OUTCOME_NONE];
    return judged ? (double)c->outcomes[OUTCOME_PASS] / (double)judged : NAN;
}

/* ---- JSON --------------------------------------------------------------------------------- */

static json_t *number_of(size_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *verdicts(const struct rollup_count *c)
{
    json_t *map = json_object();
    for (enum outcome o = OUTCOME_NONE; o <= OUTCOME_FAIL; o++)
        map = json_put(map, outcome_id(o), number_of(c->outcomes[o]));
    return json_put(map, "pass_share", json_number(regions_share(c)));
}

/* The same with how they turned; nobody has turned where nothing is compared. */
static json_t *turned(const struct rollup_count *c)
{
    json_t *map = json_put(verdicts(c), "compared", number_of(c->compared));
    map = json_put(map, "to_fail", number_of(c->to_fail));
    map = json_put(map, "to_pass", number_of(c->to_pass));
    return json_put(map, "to_unknown", number_of(c->to_unknown));
}

static json_t *quartiles(const double values[3])
{
    json_t *list = json_array();
    for (int i = 0; i < 3; i++)
        list = json_add(list, json_number(values[i]));
    return list;
}

static json_t *spread(const struct rollup_spread *s)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "counties",
                     number_of(s->counties), "pupils", json_number(s->pupils), "mean",
                     json_number(s->mean), "weighted_mean", json_number(s->weighted_mean),
                     "min", json_number(s->min), "quartiles", quartiles(s->quartiles),
                     "weighted_quartiles", quartiles(s->weighted_quartiles), "max",
                     json_number(s->max));
}

static json_t *change(const struct rollup_change *c)
{
    if (!c->counties)
        return json_null();
    return json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "counties", number_of(c->counties),
                     "before", json_number(c->before), "now", json_number(c->now), "mean",
                     json_number(c->mean), "weighted_mean", json_number(c->weighted_mean),
                     "rose", number_of(c->rose), "fell", number_of(c->fell));
}

static json_t *provision(const struct rollup_provision *l)
{
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "counties", number_of(l->counties), "mean",
                     json_number(l->mean), "compared", number_of(l->compared), "before",
                     json_number(l->before), "now", json_number(l->now));
}

static json_t *county(const struct rollup_county *c)
{
    return json_pack("{s:o,s:o}", "code", json_words(c->code), "name",
                     json_words(c->name));
}

static json_t *worst(const struct rollup_figure *f, enum stage stage, size_t k)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n_worst; i++) {
        const struct rollup_cell *cell = &f->worst[i]->stages[stage].cells[k];
        json_t *map = json_put(county(f->worst[i]), "cv", json_number(cell->cv));
        if (isnan(cell->cv))
            map = json_put(map, "bound", json_number(cell->bound));
        map = json_put(map, "verdict", json_words(outcome_id(cell->outcome)));
        list = json_add(list, map);
    }
    return list;
}

static json_t *figure(const struct standard *st, const struct rollup_stage *s,
                      enum stage stage, size_t k)
{
    const struct rollup_figure *f = &s->figures[k];
    json_t *map = json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:o}", "id", json_words(regions_figure_id(st, k)), "limit",
        json_number(regions_limit(st, stage, k)), "verdict", turned(&f->count), "cv",
        spread(&f->cv), "worst", worst(f, stage, k), "change", change(&f->change));
    return k < st->n_indicators ? json_put(map, "provision", provision(&f->provision))
                                : map;
}

static json_t *stage_object(const struct standard *st, const struct rollup *r,
                            enum stage stage)
{
    const struct rollup_stage *s = &r->stages[stage];
    json_t *figures = json_array();
    for (size_t k = 0; k <= st->n_indicators; k++)
        figures = json_add(figures, figure(st, s, stage, k));
    return json_pack("{s:s,s:o,s:o,s:o,s:o,s:o}", "stage", stage_id(stage), "counties",
                     number_of(s->verdict.counties), "schools", number_of(s->schools),
                     "pupils", json_number(s->pupils), "verdict", turned(&s->verdict),
                     "figures", figures);
}

/* Those without data; or all of them, where it is only that they lie in no region. */
static json_t *list(const struct rollup *r, bool all)
{
    json_t *names = json_array();
    for (size_t i = 0; i < r->n; i++)
        if (all || !r->counties[i]->has_data)
            names = json_add(names, county(r->counties[i]));
    return names;
}

static json_t *counties(const struct region *x)
{
    const struct rollup *r = &x->rollup;
    json_t *map =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o}", "total", number_of(r->n), "with_data",
                  number_of(r->with_data), "without_data", list(r, false), "verdict",
                  turned(&r->verdict), "items_verdict", verdicts(&r->items),
                  "certifiable", verdicts(&r->certifiable));
    bool nowhere = !*x->code && strcmp(x->level, "nation") != 0;
    return nowhere ? json_put(map, "list", list(r, true)) : map;
}

static json_t *region_object(const struct standard *st, const struct region *x)
{
    json_t *stages = json_array();
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
        if (st->has_stage[stage])
            stages = json_add(stages, stage_object(st, &x->rollup, stage));
    return json_pack("{s:o,s:o,s:s,s:o,s:o,s:o}", "code", json_words(x->code), "name",
                     json_words(x->name), "level", x->level, "parent",
                     json_words(x->parent), "counties", counties(x), "stages", stages);
}

json_t *regions_json(const struct regions *r)
{
    char round[ROUND_TEXT];
    json_t *all = json_array();
    round_print(r->round, round);
    for (size_t i = 0; i < r->n; i++)
        all = json_add(all, region_object(r->standard, &r->list[i]));
    return json_pack("{s:o,s:s,s:o,s:o}", "standard", json_words(r->standard->id),
                     "round", round, "data_sha256", json_words(r->data_sha256), "regions",
                     all);
}

/* ---- csv ---------------------------------------------------------------------------------- */

static void csv_count(size_t n, struct buf *out)
{
    buf_fmt(out, ",%zu", n);
}

static void csv_number(double v, struct buf *out)
{
    buf_char(out, ',');
    if (isfinite(v))
        buf_double(out, v);
}

static void csv_text(const char *text, struct buf *out)
{
    buf_char(out, ',');
    report_csv_text(text, out);
}

/* The columns that all lines have; stage "" = of the county. */
static void csv_head(const struct region *x, const char *stage, const char *figure,
                     const struct rollup_count *c, struct buf *out)
{
    const size_t numbers[] = {c->counties,
                              c->outcomes[OUTCOME_PASS],
                              c->outcomes[OUTCOME_FAIL],
                              c->outcomes[OUTCOME_UNKNOWN],
                              c->outcomes[OUTCOME_NONE],
                              c->compared,
                              c->to_fail,
                              c->to_pass,
                              c->to_unknown};
    buf_str(out, x->level);
    csv_text(x->code, out);
    csv_text(x->name, out);
    csv_text(x->parent, out);
    csv_text(stage, out);
    csv_text(figure, out);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        csv_count(numbers[i], out);
}

enum { CSV_FIGURE_COLUMNS = 19 };

static void csv_verdict(const struct region *x, const char *stage, const char *figure,
                        const struct rollup_count *c, struct buf *out)
{
    csv_head(x, stage, figure, c, out);
    for (int i = 0; i < CSV_FIGURE_COLUMNS; i++)
        buf_char(out, ',');
    buf_char(out, '\n');
}

static void csv_figure(const struct standard *st, const struct region *x,
                       enum stage stage, size_t k, struct buf *out)
{
    const struct rollup_figure *f = &x->rollup.stages[stage].figures[k];
    const struct rollup_spread *s = &f->cv;
    const double *q = s->quartiles, *w = s->weighted_quartiles;
    const double numbers[] = {
        s->pupils, s->mean, s->weighted_mean, s->min, q[0], q[1], q[2], w[0], w[1],
        w[2],      s->max};
    csv_head(x, stage_id(stage), regions_figure_id(st, k), &f->count, out);
    csv_number(regions_limit(st, stage, k), out);
    csv_count(s->counties, out);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        csv_number(numbers[i], out);
    csv_count(f->change.counties, out);
    csv_number(f->change.mean, out);
    csv_number(f->change.weighted_mean, out);
    csv_number(k < st->n_indicators ? f->provision.mean : NAN, out);
    csv_text(f->n_worst ? f->worst[0]->code : "", out);
    csv_text(f->n_worst ? f->worst[0]->name : "", out);
    buf_char(out, '\n');
}

void regions_csv(const struct regions *r, struct buf *out)
{
    const struct standard *st = r->standard;
    buf_str(out, "level,code,name,parent,stage,indicator,counties,pass,fail,unknown,none,"
                 "compared,to_fail,to_pass,to_unknown,limit,cv_counties,pupils,mean,"
                 "weighted_mean,min,q1,median,q3,weighted_q1,weighted_median,weighted_q3,"
                 "max,change_counties,change,weighted_change,provision,worst_code,"
                 "worst_name\n");
    for (size_t i = 0; i < r->n; i++) {
        const struct region *x = &r->list[i];
        csv_verdict(x, "", "verdict", &x->rollup.verdict, out);
        csv_verdict(x, "", "items_verdict", &x->rollup.items, out);
        csv_verdict(x, "", "certifiable", &x->rollup.certifiable, out);
        for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
            if (!st->has_stage[stage])
                continue;
            csv_verdict(x, stage_id(stage), "verdict", &x->rollup.stages[stage].verdict,
                        out);
            for (size_t k = 0; k <= st->n_indicators; k++)
                csv_figure(st, x, stage, k, out);
        }
    }
}
