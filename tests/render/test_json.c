/* SPDX-License-Identifier: Apache-2.0 */
/* Users parse these shapes: keys, their order, nulls and full precision must stay as they are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/county.h"
#include "render/golden.h"
#include "render/json.h"
#include "tap/tap.h"

static void test_dump(void)
{
    json_t *v = json_pack("{s:f,s:f,s:f,s:I,s:[n,b,b],s:s,s:{}}", "z", 0.65, "a", 1.0 / 3,
                          "big", 30211.0, "n", (json_int_t)-1, "list", 1, 0, "text",
                          "\"\n\t校", "empty");
    char *text = json_text(v, 1000);
    is_str(text,
           "{\"z\":0.65,\"a\":0.3333333333333333,\"big\":30211,\"n\":-1,"
           "\"list\":[null,true,false],\"text\":\"\\\"\\n\\u0009校\",\"empty\":{}}",
           "order kept, shortest numbers, escapes");
    free(text);
    ok(json_text(v, 10) == NULL, "longer than allowed is refused");
    json_decref(v);
    v = json_array();
    for (int i = 0; i < JSON_DUMP_DEPTH; i++) {
        json_t *outer = json_array();
        json_array_append_new(outer, v);
        v = outer;
    }
    ok(json_text(v, 1000) == NULL, "deeper than allowed is refused");
    json_decref(v);
    v = json_number(NAN);
    ok(json_is_null(v), "NaN is null");
    v = json_number(INFINITY);
    ok(json_is_null(v), "infinity is null");
}

static void test_county(struct arena *arena)
{
    struct standard basic = county_basic("0.65"), quality = county_quality();
    struct county_result r = county_eval(&basic, county_data(arena, false), arena);
    is_golden_json(json_county(&r, NULL), "basic.json", "a county by the composite");
    is_golden_json(json_county(&r, &(struct json_explain){NULL}), "basic_explained.json",
                   "the same, explained");
    struct county_result past = county_eval(&basic, county_past(arena), arena);
    is_golden_json(json_county(&r, &(struct json_explain){&past}), "basic_changed.json",
                   "… and compared with the round before");
    char *figures = json_figures(&r.stages[0], &basic);
    is_str(figures,
           "{\"teaching_area_per_pupil\":0.5499719409228703,"
           "\"teacher_pupil_ratio\":0.33333333333333337}",
           "figures for the history");
    free(figures);
    r = county_eval(&quality, county_data(arena, true), arena);
    is_golden_json(json_county(&r, NULL), "quality_missing.json",
                   "each figure and the school rule, a cell missing");
    r = county_eval(&quality, county_data(arena, false), arena);
    is_golden_json(json_county(&r, &(struct json_explain){NULL}),
                   "quality_explained.json", "who is below the line, and by how much");
}

static void test_evaluation(struct arena *arena)
{
    struct standard basic = county_basic("0.65");
    struct county_result r = county_eval(&basic, county_data(arena, false), arena);
    const struct excluded out[] = {
        {2, STAGE_PRIMARY, "pupils_below", "teaching_point below 50 pupils"}};
    r.excluded = out;
    r.n_excluded = 1;
    const struct json_local local[] = {
        {"349901", "gap", "primary", "", "fail", "too wide", 0.7},
        {"349902", "gap", "primary", "", "pass", "elsewhere", 0.1},
        {"349901", "schools", "primary", "2101", "unknown", "", NAN},
    };
    const struct rejected rejected[] = {
        {0, 17, 6, "pupils_primary", "abc", "not a number", true, "349901", "2107"}};
    const struct finding findings[] = {{.code = "teachers_zero",
                                        .severity = "warning",
                                        .county = "349901",
                                        .school = "2101",
                                        .campus = "",
                                        .line = 12,
                                        .text = "pupils but no teachers"}};
    const struct json_evaluation e = {.standard = &basic,
                                      .round = {2017, 0},
                                      .data_sha256 = "9c0e",
                                      .counties = &r,
                                      .n = 1,
                                      .local = local,
                                      .n_local = 3,
                                      .rejected = rejected,
                                      .n_rejected = 1,
                                      .findings = findings,
                                      .n_findings = 1};
    json_t *v = json_evaluation(&e);
    json_t *county = json_array_get(json_object_get(v, "counties"), 0);
    is_int((long long)json_array_size(json_object_get(county, "local")), 2,
           "local verdicts of this county only");
    json_array_clear(json_object_get(county, "stages")); /* golden in basic.json */
    json_array_clear(json_object_get(county, "schools"));
    is_golden_json(v, "evaluation.json", "the frame around the counties");
}

/* A combined school is one entry per stage, and schools are ordered by code over stages. */
static void test_order(struct arena *arena)
{
    struct standard quality = county_quality();
    struct dataset ds = *county_data(arena, false);
    double junior[] = {100, NAN, NAN, 150}, staff[] = {10, NAN, NAN, 15};
    struct school schools[4];
    memcpy(schools, ds.schools, sizeof schools);
    schools[0].kind = KIND_NINE_YEAR;
    ds.schools = schools;
    ds.col[FIELD_pupils_junior] = junior;
    ds.col[FIELD_teachers_junior] = staff;
    struct county_result r = county_eval(&quality, &ds, arena);
    json_t *county = json_county(&r, NULL), *list = json_object_get(county, "schools");
    char order[200] = "";
    size_t len = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *s = json_array_get(list, i);
        len += (size_t)snprintf(order + len, sizeof order - len, "%s/%s ",
                                json_string_value(json_object_get(s, "code")),
                                json_string_value(json_object_get(s, "stage")));
    }
    is_str(order, "2101/primary 2101/junior 2102/primary 2103/primary 3101/junior ",
           "schools by code, then stage");
    json_decref(county);
}

int main(void)
{
    struct arena *arena = arena_new(1 << 20);
    test_dump();
    test_county(arena);
    test_evaluation(arena);
    test_order(arena);
    arena_free(arena);
    return done_testing();
}
