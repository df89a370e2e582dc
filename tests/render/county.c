/* SPDX-License-Identifier: Apache-2.0 */
#include "render/county.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "tap/tap.h"

static struct decimal decimal(const char *text)
{
    struct decimal d = {0};
    decimal_parse(text, strlen(text), &d);
    return d;
}

struct standard county_basic(const char *primary_limit)
{
    struct standard st = {
        .id = "basic-2012",
        .title = "县域义务教育均衡发展督导评估",
        .document = "教督〔2012〕3 号",
        .file = "basic-2012.yaml",
        .kind_title = "义务教育发展基本均衡县",
        .effective = {2012, 1, 20},
        .rounding = {.value = 2, .cv = 3},
        .campus_merge = true,
        .coverage = 1,
        .vanished_max = 0.05,
        .n_indicators = 2,
        .applies = CV_COMPOSITE,
        .has_stage = {true, true},
        .limit = {decimal(primary_limit), decimal("0.55")},
        .cv_clause =
            "《县域义务教育均衡发展督导评估暂行办法》:小学综合差异系数不高于 0.65",
        .school_clause = "",
    };
    st.indicators[0] = (struct indicator){.id = "teaching_area_per_pupil",
                                          .title = "生均教学及辅助用房面积",
                                          .unit = "㎡/生",
                                          .terms = {{FIELD_teaching_area, false, 1}},
                                          .n_terms = 1,
                                          .per = 1,
                                          .split = true,
                                          .clause = "",
                                          .departments = "教育、发改"};
    st.indicators[1] = (struct indicator){.id = "teacher_pupil_ratio",
                                          .title = "师生比",
                                          .unit = "人/生",
                                          .terms = {{FIELD_teachers_primary, true, 1}},
                                          .n_terms = 1,
                                          .per = 1,
                                          .clause = "",
                                          .departments = "教育,编办"};
    return st;
}

struct standard county_quality(void)
{
    struct standard st = county_basic("0.50");
    st.id = "quality-2017";
    st.title = "县域义务教育优质均衡发展";
    st.document = "教督〔2017〕6号";
    st.kind_title = "义务教育优质均衡发展县";
    st.campus_merge = false;
    st.applies = CV_EACH;
    st.limit[STAGE_JUNIOR] = decimal("0.45");
    st.has_school_rule = true;
    st.at_least = 1;
    st.floor = decimal("0.85");
    st.cv_clause = "每项指标校际差异系数,小学不高于 0.50,初中不高于 0.45";
    st.school_clause = "每所学校至少六项达标,余项不低于 85%";
    for (int s = 0; s < STAGE_COUNT; s++) {
        st.indicators[0].has_min[s] = st.indicators[1].has_min[s] = true;
        st.indicators[0].min[s] = decimal("4.5");
        st.indicators[1].min[s] = decimal("0.04");
    }
    return st;
}

enum { SCHOOLS = 4 };

static double *column(struct arena *arena, double a, double b, double c, double d)
{
    double *v = arena_array(arena, SCHOOLS, sizeof *v);
    if (!v)
        bail("out of memory");
    const double values[] = {a, b, c, d};
    memcpy(v, values, sizeof values);
    return v;
}

const struct dataset *county_data(struct arena *arena, bool hole)
{
    static const struct school SCHOOL[SCHOOLS] = {
        {.code = "2101",
         .campus = "",
         .name = "第三小学",
         .parent_code = "",
         .kind = KIND_PRIMARY,
         .owner = 7,
         .stage = STAGE_NONE,
         .line = 2},
        {.code = "2102",
         .campus = "",
         .name = "东关小学",
         .parent_code = "",
         .kind = KIND_PRIMARY,
         .owner = 7,
         .stage = STAGE_NONE,
         .line = 3},
        {.code = "2103",
         .campus = "",
         .name = "西关小学",
         .parent_code = "",
         .kind = KIND_PRIMARY,
         .owner = 7,
         .stage = STAGE_NONE,
         .line = 4},
        {.code = "3101",
         .campus = "",
         .name = "第一中学",
         .parent_code = "",
         .kind = KIND_JUNIOR,
         .owner = 7,
         .stage = STAGE_NONE,
         .line = 5},
    };
    static const struct missing HOLE[] = {
        {0, FIELD_teaching_area, 2, 7, MISSING_EMPTY, "", "empty"}};
    struct dataset *ds = arena_alloc(arena, sizeof *ds);
    if (!ds)
        bail("out of memory");
    ds->round = (struct round){2017, 0};
    ds->county_code = "349901";
    ds->county_name = "青石县";
    ds->n = SCHOOLS;
    ds->schools = SCHOOL;
    ds->parts_complete = true;
    ds->col[FIELD_pupils_primary] = column(arena, 100, 200, 100, NAN);
    ds->col[FIELD_pupils_junior] = column(arena, NAN, NAN, NAN, 150);
    ds->col[FIELD_teaching_area] = column(arena, hole ? NAN : 100, 900, 800, 1000);
    ds->col[FIELD_teachers_primary] = column(arena, 5, 20, 5, NAN);
    ds->col[FIELD_teachers_junior] = column(arena, NAN, NAN, NAN, 15);
    ds->missing = HOLE;
    ds->n_missing = hole;
    return ds;
}

const struct dataset *county_past(struct arena *arena)
{
    struct dataset *ds = arena_alloc(arena, sizeof *ds);
    struct school *schools = arena_array(arena, SCHOOLS, sizeof *schools);
    if (!ds || !schools)
        bail("out of memory");
    *ds = *county_data(arena, false);
    memcpy(schools, ds->schools, SCHOOLS * sizeof *schools);
    schools[0].code = "2100";
    schools[0].name = "旧校";
    ds->round = (struct round){2016, 0};
    ds->schools = schools;
    ds->col[FIELD_pupils_primary] = column(arena, 100, 200, 80, NAN);
    ds->col[FIELD_teaching_area] = column(arena, 400, 700, 800, 1000);
    return ds;
}

struct county_result county_eval(const struct standard *st, const struct dataset *ds,
                                 struct arena *arena)
{
    struct county_result r;
    const struct eval_options options = {0};
    if (eval_county(st, ds, &options, arena, &r))
        bail("evaluation failed");
    return r;
}
