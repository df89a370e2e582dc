/* SPDX-License-Identifier: Apache-2.0 */
/* The shapes of docs/http.md section 2: what `junhengctl evaluate` prints. */
#include "render/json.h"

#include <math.h>
#include <string.h>

#include "render/json_explain.h"
#include "render/json_items.h"
#include "render/json_make.h"
#include "render/json_relax.h"

enum { FIGURES_BYTES = 64 * 1024 };

static json_t *line_number(uint32_t line)
{
    return line ? json_integer(line) : json_null();
}

static json_t *count_or_null(int n)
{
    return n < 0 ? json_null() : json_integer(n);
}

/* Of several files a line alone says nothing; of one, everything. */
static json_t *with_file(json_t *map, const char *name)
{
    return name && *name ? json_put(map, "file", json_words(name)) : map;
}

static const char *file_of(const struct county_result *r, const struct school *s)
{
    const struct dataset *ds = r->data;
    return ds->n_files > 1 && s->file < ds->n_files ? ds->files[s->file].name : NULL;
}

static json_t *missing_list(const struct county_result *r, const struct figure *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n_missing; i++) {
        const struct figure_missing *m = &f->missing[i];
        const struct school *s = &r->data->schools[m->school];
        json_t *map =
            json_pack("{s:o,s:o,s:s,s:o,s:o}", "school", json_words(s->code), "campus",
                      json_words(s->campus), "field", field_id(m->field), "line",
                      line_number(m->line), "reason", json_words(m->reason));
        list = json_add(list, with_file(map, file_of(r, s)));
    }
    return list;
}

static json_t *with_bound(json_t *map, const struct figure *f)
{
    return isnan(f->bound) ? map : json_put(map, "bound", json_number(f->bound));
}

static json_t *composite(const struct figure *f)
{
    json_t *map = json_pack("{s:o,s:o,s:s,s:b}", "cv", json_number(f->cv), "limit",
                            json_number(f->limit), "verdict", outcome_id(f->outcome),
                            "borderline", f->borderline);
    return with_bound(map, f);
}

static json_t *indicator(const struct county_result *r, const struct stage_result *stage,
                         size_t i)
{
    const struct figure *f = &stage->figures[i];
    json_t *map = json_pack("{s:o,s:o,s:o,s:o,s:o,s:s,s:b}", "id",
                            json_words(r->standard->indicators[i].id), "mean",
                            json_number(f->mean), "sd", json_number(f->sd), "cv",
                            json_number(f->cv), "limit", json_number(f->limit), "verdict",
                            outcome_id(f->outcome), "borderline", f->borderline);
    map = with_bound(map, f);
    return json_put(map, "missing", missing_list(r, f));
}

static json_t *indicator_list(const struct county_result *r,
                              const struct stage_result *stage)
{
    json_t *list = json_array();
    for (size_t i = 0; i < r->standard->n_indicators; i++)
        list = json_add(list, indicator(r, stage, i));
    return list;
}

static json_t *stage_object(const struct county_result *r, size_t i,
                            const struct json_explain *explain)
{
    const struct stage_result *stage = &r->stages[i];
    json_t *map =
        json_pack("{s:s,s:s,s:I,s:o,s:o,s:o}", "stage", stage_id(stage->stage), "verdict",
                  outcome_id(stage->outcome), "schools", (json_int_t)stage->n_units,
                  "pupils", json_number(stage->pupils), "composite",
                  composite(&stage->composite), "indicators", indicator_list(r, stage));
    if (stage->single_school)
        map = json_put(map, "note", json_words("single_school"));
    return explain ? json_explain_stage(map, r, i, explain->before) : map;
}

static json_t *values(const struct standard *st, const struct unit *u)
{
    json_t *map = json_object();
    for (size_t i = 0; i < st->n_indicators; i++)
        map = json_put(map, st->indicators[i].id, json_number(u->value[i]));
    return map;
}

static json_t *below(const struct standard *st, const struct unit *u)
{
    json_t *list = json_array();
    for (size_t i = 0; i < st->n_indicators; i++)
        if (u->below >> i & 1)
            list = json_add(list, json_words(st->indicators[i].id));
    return list;
}

static json_t *unit_object(const struct county_result *r,
                           const struct stage_result *stage, const struct unit *u)
{
    const struct school *s = &r->data->schools[u->school];
    return json_pack("{s:o,s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "code",
                     json_words(s->code), "campus", json_words(json_campus(r, u)),
                     "stage", stage_id(stage->stage), "verdict", outcome_id(u->outcome),
                     "met", count_or_null(u->met), "of", count_or_null(u->of), "values",
                     values(r->standard, u), "below", below(r->standard, u), "name",
                     json_words(s->name), "pupils", json_number(u->pupils));
}

static int unit_cmp(const struct county_result *r, const struct unit *a,
                    const struct unit *b)
{
    const struct school *x = &r->data->schools[a->school],
                        *y = &r->data->schools[b->school];
    int by_code = strcmp(x->code, y->code);
    return by_code ? by_code : strcmp(json_campus(r, a), json_campus(r, b));
}

/* Units are ordered by school within a stage: merging keeps that order over all of them. */
static json_t *unit_list(const struct county_result *r)
{
    size_t at[STAGE_COUNT] = {0};
    json_t *list = json_array();
    for (;;) {
        size_t first = r->n_stages;
        for (size_t i = 0; i < r->n_stages; i++) {
            if (at[i] == r->stages[i].n_units)
                continue;
            if (first == r->n_stages || unit_cmp(r, &r->stages[i].units[at[i]],
                                                 &r->stages[first].units[at[first]]) < 0)
                first = i;
        }
        if (first == r->n_stages)
            return list;
        const struct stage_result *stage = &r->stages[first];
        list = json_add(list, unit_object(r, stage, &stage->units[at[first]++]));
    }
}

static json_t *incomplete(const struct county_result *r)
{
    const struct completeness *why = &r->why;
    json_t *list = json_array();
    if (why->parts_absent)
        list = json_add(list, json_words("parts_absent"));
    if (why->rows_dropped)
        list = json_add(list, json_words("rows_dropped"));
    if (why->doubts)
        list = json_add(list, json_words("doubts"));
    if (why->vanished)
        list = json_add(list, json_words("vanished"));
    return list;
}

static json_t *code_list(const char *const *codes, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++)
        list = json_add(list, json_words(codes[i]));
    return list;
}

json_t *json_change(const struct entity_change *change)
{
    char date[DATE_TEXT];
    if (!change)
        return json_null();
    date_print(change->date, date);
    return json_pack("{s:s,s:s,s:o,s:o,s:o}", "kind", entity_kind_id(change->kind),
                     "date", date, "from", code_list(change->from, change->n_from), "to",
                     code_list(change->to, change->n_to), "document",
                     *change->document ? json_words(change->document) : json_null());
}

json_t *json_county(const struct county_result *r, const struct json_explain *explain)
{
    json_t *stages = json_array();
    for (size_t i = 0; i < r->n_stages; i++)
        stages = json_add(stages, stage_object(r, i, explain));
    json_t *county = json_pack(
        "{s:o,s:o,s:s,s:s,s:s,s:o,s:o,s:o,s:[],s:b,s:o,s:o,s:o,s:o}", "code",
        json_words(r->data->county_code), "name", json_words(r->data->county_name),
        "verdict", outcome_id(r->outcome), "items_verdict", outcome_id(r->items.outcome),
        "certifiable", outcome_id(r->certifiable), "stages", stages, "schools",
        unit_list(r), "items", json_items(r, explain != NULL), "local", "complete",
        r->complete, "incomplete", incomplete(r), "score", json_score(r), "relaxations",
        json_relax_schools(r), "duties", json_relax_duties(r));
    return r->change ? json_put(county, "boundary_change", json_change(r->change))
                     : county;
}

static json_t *local_list(const struct json_evaluation *e, const char *county)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_local; i++) {
        const struct json_local *l = &e->local[i];
        if (strcmp(l->county, county) != 0)
            continue;
        json_t *item =
            json_pack("{s:o,s:o,s:o,s:o,s:o}", "id", json_words(l->id), "stage",
                      json_words(l->stage), "verdict", json_words(l->verdict), "value",
                      json_number(l->value), "text", json_words(l->text));
        if (l->school && *l->school)
            item = json_put(item, "school", json_words(l->school));
        list = json_add(list, item);
    }
    return list;
}

static json_t *excluded_list(const struct json_evaluation *e)
{
    json_t *list = json_array();
    for (size_t c = 0; c < e->n; c++) {
        const struct county_result *r = &e->counties[c];
        for (size_t i = 0; i < r->n_excluded; i++) {
            const struct excluded *x = &r->excluded[i];
            const struct school *s = &r->data->schools[x->school];
            list = json_add(
                list,
                json_pack("{s:o,s:o,s:o,s:s,s:o,s:o}", "county",
                          json_words(r->data->county_code), "code", json_words(s->code),
                          "campus", json_words(s->campus), "stage", stage_id(x->stage),
                          "rule", json_words(x->rule), "reason", json_words(x->reason)));
        }
    }
    return list;
}

static const char *listed_file(const struct json_evaluation *e, uint16_t file,
                               uint32_t line)
{
    return e->n_files > 1 && line && file < e->n_files ? e->files[file] : NULL;
}

json_t *json_rejected(const struct rejected *x, const char *file)
{
    json_t *map = json_pack(
        "{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o}", "line", line_number(x->line), "column",
        json_words(x->column), "value", json_words(x->value), "reason",
        json_words(x->reason), "col", line_number(x->col), "row", x->row, "county",
        json_words(x->county), "school", json_words(x->school));
    return with_file(map, file);
}

/* Of the schools' rows, then of what counties report. */
static json_t *rejected_list(const struct json_evaluation *e)
{
    json_t *list = json_array();
    for (size_t i = 0; i < e->n_rejected; i++) {
        const struct rejected *x = &e->rejected[i];
        list = json_add(list, json_rejected(x, listed_file(e, x->file, x->line)));
    }
    for (size_t i = 0; e->reports && i < e->reports->n_rejected; i++) {
        const struct rejected *x = &e->reports->rejected[i];
        list = json_add(list, json_rejected(x, e->reports->files[x->file]));
    }
    return list;
}

json_t *json_finding(const struct finding *x, const char *file)
{
    json_t *map =
        json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "code", json_words(x->code),
                  "severity", json_words(x->severity), "county", json_words(x->county),
                  "school", json_words(x->school), "line", line_number(x->line), "text",
                  json_words(x->text), "campus", json_words(x->campus));
    return with_file(map, file);
}

/* Those of the data, of the data under this standard, and of what counties report. */
static json_t *finding_list(const struct json_evaluation *e)
{
    json_t *list = json_array();
    const char *reported =
        e->reports && e->reports->n_files == 1 ? e->reports->files[0] : NULL;
    for (size_t i = 0; i < e->n_findings; i++) {
        const struct finding *x = &e->findings[i];
        list = json_add(list, json_finding(x, listed_file(e, x->file, x->line)));
    }
    for (size_t c = 0; c < e->n; c++) {
        const struct county_result *r = &e->counties[c];
        const struct items_result *items = &r->items;
        for (size_t i = 0; i < r->n_findings; i++)
            list = json_add(
                list, json_finding(&r->findings[i], listed_file(e, r->findings[i].file,
                                                                r->findings[i].line)));
        for (size_t i = 0; i < items->n_findings; i++)
            list = json_add(list, json_finding(&items->findings[i], reported));
    }
    return list;
}

json_t *json_evaluation(const struct json_evaluation *e)
{
    char round[ROUND_TEXT];
    round_print(e->round, round);
    json_t *counties = json_array();
    for (size_t i = 0; i < e->n; i++) {
        const struct county_result *r = &e->counties[i];
        struct json_explain explain = {e->before ? &e->before[i] : NULL};
        json_t *county = json_county(r, e->explain ? &explain : NULL);
        counties = json_add(
            counties, json_put(county, "local", local_list(e, r->data->county_code)));
    }
    return json_pack("{s:o,s:s,s:o,s:o,s:o,s:o,s:o}", "standard",
                     json_words(e->standard->id), "round", round, "data_sha256",
                     json_words(e->data_sha256), "counties", counties, "excluded",
                     excluded_list(e), "rejected", rejected_list(e), "findings",
                     finding_list(e));
}

char *json_figures(const struct stage_result *stage, const struct standard *standard)
{
    json_t *map = json_object();
    for (size_t i = 0; i < standard->n_indicators; i++)
        map =
            json_put(map, standard->indicators[i].id, json_number(stage->figures[i].cv));
    char *text = json_text(map, FIGURES_BYTES);
    json_decref(map);
    return text;
}
