/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shipped standards against the documents, rule by rule: what an indicator counts, which
 * schools it counts, every limit on both sides, and the words that are quoted to people. A
 * wrong digit in a file of etc/standards/ judges every county wrongly, and nothing else would
 * notice. JB, YZ, ZF, JY, SH, V, G: the numbering of 教督〔2012〕3号, 教督〔2017〕6号 and the
 * forms that go with them (docs/standards.md 9 and 10).
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/county.h"
#include "tap/tap.h"

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const struct standard *quality, *basic;

static const struct indicator *indicator(const struct standard *st, size_t k)
{
    return &st->indicators[k];
}

static const struct stage_result *stage_of_result(struct county *c, enum stage stage)
{
    const struct stage_result *s = make_eval(&c->m, stage);
    if (!s)
        bail("no such stage");
    return s;
}

/* ---- what is counted --------------------------------------------------------------------- */

struct amount {
    const char *id;
    double primary, junior; /* of a split one the whole school's, twice */
    bool split;
    int per;
};

/* 表Ⅱ-2 of the form: numerators; 「教学及辅助用房总面积…因此要减掉」室内体育用房. */
static const struct amount QUALITY[] = {
    {"above_qual_teachers_per_100", 10, 20, false, 100},
    {"backbone_teachers_per_100", 2, 5, false, 100},
    {"pe_arts_teachers_per_100", 3, 7, false, 100},
    {"teaching_area_per_pupil", 4000 - 500, 4000 - 500, true, 1},
    {"sports_area_per_pupil", 500 + 3100, 500 + 3100, true, 1},
    {"equipment_value_per_pupil", 1300000, 1300000, true, 1},
    {"multimedia_classrooms_per_100", 17, 17, true, 100},
};

/* JB1 to JB8; 师生比 is teachers per pupil. */
static const struct amount BASIC[] = {
    {"teaching_area_per_pupil", 4000 - 500, 4000 - 500, true, 1},
    {"sports_area_per_pupil", 500 + 3100, 500 + 3100, true, 1},
    {"equipment_value_per_pupil", 1300000, 1300000, true, 1},
    {"computers_per_100", 190, 190, true, 100},
    {"books_per_pupil", 23226, 23226, true, 1},
    {"teacher_pupil_ratio", 12, 23, false, 1},
    {"above_qual_teachers_per_pupil", 10, 20, false, 1},
    {"mid_title_teachers_per_pupil", 6, 11, false, 1},
};

/* A nine-year school of 166 and 210 pupils, weighed 166 : 231, where every cell differs. */
static void nine_year(struct county *c, const struct standard *st)
{
    static const struct {
        enum field field;
        double v;
    } CELLS[] = {
        {FIELD_teaching_area, 4000},
        {FIELD_indoor_sports_area, 500},
        {FIELD_sports_ground_area, 3100},
        {FIELD_other_onsite_sports_area, 7000},
        {FIELD_leased_sports_area, 11000},
        {FIELD_equipment_value, 1300000},
        {FIELD_multimedia_classrooms, 17},
        {FIELD_computers, 190},
        {FIELD_books, 23226},
        {FIELD_staff_primary, 14},
        {FIELD_staff_junior, 25},
        {FIELD_teachers_primary, 12},
        {FIELD_teachers_junior, 23},
        {FIELD_above_qual_teachers_primary, 10},
        {FIELD_above_qual_teachers_junior, 20},
        {FIELD_backbone_teachers_primary, 2},
        {FIELD_backbone_teachers_junior, 5},
        {FIELD_pe_arts_teachers_primary, 3},
        {FIELD_pe_arts_teachers_junior, 7},
        {FIELD_visiting_pe_arts_teachers_primary, 40},
        {FIELD_visiting_pe_arts_teachers_junior, 50},
        {FIELD_mid_title_teachers_primary, 6},
        {FIELD_mid_title_teachers_junior, 11},
    };
    county_init(c, st);
    make_school(&c->m, KIND_NINE_YEAR, 166, 210, NAN);
    for (size_t i = 0; i < COUNT(CELLS); i++)
        make_set(&c->m, 0, CELLS[i].field, CELLS[i].v);
}

static void numerators(const struct standard *st, const struct amount *want, size_t n)
{
    static const double PUPILS[] = {166, 210}, SHARE[] = {166.0 / 397, 231.0 / 397};
    struct county c;
    nine_year(&c, st);
    is_int((long long)st->n_indicators, (long long)n, st->id);
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        const struct stage_result *s = stage_of_result(&c, stage);
        for (size_t k = 0; k < n; k++) {
            double x = stage == STAGE_PRIMARY ? want[k].primary : want[k].junior;
            if (want[k].split)
                x *= SHARE[stage];
            is_str(indicator(st, k)->id, want[k].id, "in the order of the form");
            is_dbl(s->units[0].value[k], x * want[k].per / PUPILS[stage], 1e-9,
                   "… what it counts");
        }
    }
    county_done(&c);
}

/* ---- who is counted ---------------------------------------------------------------------- */

/*
 * 基本均衡: 「不含省(市)直属学校、民办学校、小学教学点、特殊教育学校和职业学校」. 优质均衡: 「不含
 * 特殊教育学校、职业学校及不足50人的教学点」, owners 1 to 10. Letters: the stages it counts at.
 */
static const struct {
    const char *name;
    enum kind kind;
    int owner;
    double primary, junior, senior;
    const char *basic, *quality;
} SCHOOLS[] = {
    {"primary", KIND_PRIMARY, 7, 300, NAN, NAN, "P", "P"},
    {"small primary", KIND_PRIMARY, 7, 12, NAN, NAN, "P", "P"},
    {"junior", KIND_JUNIOR, 7, NAN, 300, NAN, "J", "J"},
    {"nine-year", KIND_NINE_YEAR, 7, 300, 200, NAN, "PJ", "PJ"},
    {"nine-year without juniors", KIND_NINE_YEAR, 7, 300, 0, NAN, "P", "P"},
    {"twelve-year", KIND_TWELVE_YEAR, 7, 300, 200, 100, "PJ", "PJ"},
    {"complete secondary", KIND_COMPLETE_SECONDARY, 7, NAN, 200, 100, "J", "J"},
    {"primary with a junior class", KIND_PRIMARY, 7, 300, 20, NAN, "PJ", "PJ"},
    {"of another department", KIND_PRIMARY, 8, 300, NAN, NAN, "P", "P"},
    {"of the nation", KIND_PRIMARY, 1, 300, NAN, NAN, "", "P"},
    {"of a ministry", KIND_PRIMARY, 2, 300, NAN, NAN, "", "P"},
    {"of the province", KIND_PRIMARY, 3, 300, NAN, NAN, "", "P"},
    {"of its departments", KIND_PRIMARY, 4, 300, NAN, NAN, "", "P"},
    {"of the city", KIND_PRIMARY, 5, 300, NAN, NAN, "", "P"},
    {"of a city's department", KIND_JUNIOR, 6, NAN, 300, NAN, "", "J"},
    {"of an enterprise", KIND_JUNIOR, 9, NAN, 300, NAN, "", "J"},
    {"private", KIND_NINE_YEAR, 10, 300, 200, NAN, "", "PJ"},
    {"teaching point of 49", KIND_TEACHING_POINT, 7, 49, NAN, NAN, "", ""},
    {"teaching point of 50", KIND_TEACHING_POINT, 7, 50, NAN, NAN, "", "P"},
    {"teaching point of 500", KIND_TEACHING_POINT, 7, 500, NAN, NAN, "", "P"},
    {"special", KIND_SPECIAL, 7, 60, 30, NAN, "", ""},
    {"vocational", KIND_VOCATIONAL, 7, NAN, 30, NAN, "", ""},
    {"senior", KIND_SENIOR, 7, NAN, NAN, 900, "", ""},
    {"other", KIND_OTHER, 7, 30, NAN, NAN, "", ""},
};

static void counted(const struct standard *st, size_t i, const char *want)
{
    struct county c;
    char got[3] = "", name[100];
    county_init(&c, st);
    make_school(&c.m, SCHOOLS[i].kind, SCHOOLS[i].primary, SCHOOLS[i].junior,
                SCHOOLS[i].senior);
    c.m.schools[0].owner = (uint8_t)SCHOOLS[i].owner;
    size_t n = 0;
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
        if (stage_of_result(&c, stage)->n_units)
            got[n++] = "PJ"[stage];
    snprintf(name, sizeof name, "%s: %s", st->id, SCHOOLS[i].name);
    is_str(got, want, name);
    county_done(&c);
}

static void population(void)
{
    struct county c;
    for (size_t i = 0; i < COUNT(SCHOOLS); i++) {
        counted(basic, i, SCHOOLS[i].basic);
        counted(quality, i, SCHOOLS[i].quality);
    }
    for (int q = 0; q < 2; q++) { /* 「学校必须按照物理独立校区填报」 */
        county_init(&c, q ? quality : basic);
        for (int i = 0; i < 2; i++)
            c.m.schools[make_school(&c.m, KIND_PRIMARY, 100, NAN, NAN)].campus =
                i ? "west" : "east";
        c.m.schools[1].code = c.m.schools[0].code;
        is_int((long long)stage_of_result(&c, STAGE_PRIMARY)->n_units, q ? 2 : 1,
               q ? "quality-2017: campuses by themselves"
                 : "basic-2012: campuses are one school");
        county_done(&c);
    }
}

/* ---- the school rule ---------------------------------------------------------------------- */

/*
 * 「每所学校至少有6项指标达到要求，余项不能低于要求的85%」. The least that reaches the floor as
 * printed: 4.505, 0.765, 3.825, 6.375 and 1.955 have three decimals, the form has two.
 */
static const struct {
    double min, floor;
} MINIMA[STAGE_COUNT][7] = {{{4.2, 3.57},
                             {1, 0.85},
                             {0.9, 0.77},
                             {4.5, 3.83},
                             {7.5, 6.38},
                             {2000, 1700},
                             {2.3, 1.96}},
                            {{5.3, 4.51},
                             {1, 0.85},
                             {0.9, 0.77},
                             {5.8, 4.93},
                             {10.2, 8.67},
                             {2500, 2125},
                             {2.4, 2.04}}};
enum { PUPILS = 20000 };

/* What the indicator counts becomes v a pupil: its first field that is not deducted anywhere. */
static void value(struct county *c, size_t row, enum stage stage, size_t k, double v,
                  double pupils)
{
    const struct indicator *ind = indicator(&c->m.standard, k);
    size_t t = ind->terms[0].field == FIELD_indoor_sports_area;
    enum field field = ind->terms[t].field + (ind->terms[t].staged ? stage : 0);
    make_set(&c->m, row, FIELD_indoor_sports_area, 0);
    make_set(&c->m, row, field, v * pupils / ind->per);
}

static void school_is(struct county *c, enum stage stage, enum outcome outcome, int met,
                      const char *what, size_t k)
{
    const struct unit *u = stage_of_result(c, stage)->units;
    ok(u->outcome == outcome && u->met == met, "%s, %s: %s (%s, %d met)", stage_id(stage),
       indicator(quality, k)->id, what, outcome_id(u->outcome), u->met);
}

static void school_rule(void)
{
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        struct county c;
        bool primary = stage == STAGE_PRIMARY;
        county_init(&c, quality);
        make_school(&c.m, primary ? KIND_PRIMARY : KIND_JUNIOR, primary ? PUPILS : NAN,
                    primary ? NAN : PUPILS, NAN);
        for (size_t k = 0; k < 7; k++)
            value(&c, 0, stage, k, MINIMA[stage][k].min, PUPILS);
        for (size_t k = 0; k < 7; k++) {
            double min = MINIMA[stage][k].min, floor = MINIMA[stage][k].floor;
            size_t other = (k + 1) % 7;
            school_is(&c, stage, OUTCOME_PASS, 7, "at the minimum", k);
            value(&c, 0, stage, k, min - 0.01, PUPILS);
            school_is(&c, stage, OUTCOME_PASS, 6, "0.01 less, six are enough", k);
            value(&c, 0, stage, other, MINIMA[stage][other].min - 0.01, PUPILS);
            school_is(&c, stage, OUTCOME_FAIL, 5, "two of them are not", k);
            value(&c, 0, stage, other, MINIMA[stage][other].min, PUPILS);
            value(&c, 0, stage, k, floor, PUPILS);
            school_is(&c, stage, OUTCOME_PASS, 6, "at 85 %", k);
            value(&c, 0, stage, k, floor - 0.01, PUPILS);
            school_is(&c, stage, OUTCOME_FAIL, 6, "0.01 less", k);
            value(&c, 0, stage, k, min, PUPILS);
        }
        county_done(&c);
    }
}

/* ---- limits of the CV ---------------------------------------------------------------------- */

/* Two schools of 100 pupils with 1 - cv and 1 + cv of each indicator. */
static void two_schools(struct county *c, const struct standard *st, enum stage stage,
                        const double *cv)
{
    bool primary = stage == STAGE_PRIMARY;
    county_init(c, st);
    for (size_t row = 0; row < 2; row++) {
        make_school(&c->m, primary ? KIND_PRIMARY : KIND_JUNIOR, primary ? 100 : NAN,
                    primary ? NAN : 100, NAN);
        for (size_t k = 0; k < st->n_indicators; k++)
            value(c, row, stage, k, 10000 * (row ? 1 + cv[k] : 1 - cv[k]), 100);
    }
}

/* 0.0004 more still prints the limit, and is marked; 0.0005 more does not. */
static const struct {
    double over;
    enum outcome outcome;
    bool borderline;
} STEPS[] = {{0, OUTCOME_PASS, false},
             {0.0004, OUTCOME_PASS, true},
             {0.0005, OUTCOME_FAIL, false},
             {0.01, OUTCOME_FAIL, false}};

/* 「所有指标校际差异系数，小学均小于或等于0.50，初中均小于或等于0.45」 */
static void each_limit(void)
{
    static const double LIMIT[] = {0.50, 0.45};
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++)
        for (size_t k = 0; k < 7; k++)
            for (size_t i = 0; i < COUNT(STEPS); i++) {
                struct county c;
                double cv[7] = {0};
                cv[k] = LIMIT[stage] + STEPS[i].over;
                two_schools(&c, quality, stage, cv);
                const struct stage_result *s = stage_of_result(&c, stage);
                const struct figure *f = &s->figures[k];
                ok(f->outcome == STEPS[i].outcome &&
                       f->borderline == STEPS[i].borderline &&
                       s->composite.outcome == OUTCOME_NONE,
                   "%s, %s: a CV of %.4f (%.17g)", stage_id(stage),
                   indicator(quality, k)->id, cv[k], f->cv);
                county_done(&c);
            }
}

static void composite_is(enum stage stage, const double *cv, enum outcome outcome,
                         bool borderline, const char *what)
{
    struct county c;
    two_schools(&c, basic, stage, cv);
    const struct stage_result *s = stage_of_result(&c, stage);
    ok(s->composite.outcome == outcome && s->composite.borderline == borderline &&
           s->figures[0].outcome == OUTCOME_NONE && s->outcome == outcome,
       "%s: %s (%.17g)", stage_id(stage), what, s->composite.cv);
    county_done(&c);
}

/* 「小学综合差异系数不高于0.65，初中综合差异系数不高于0.55」: the mean of eight, unrounded. */
static void composite_limit(void)
{
    static const double LIMIT[] = {0.65, 0.55};
    double cv[8];
    for (enum stage stage = 0; stage < STAGE_COUNT; stage++) {
        for (size_t i = 0; i < COUNT(STEPS); i++) {
            for (size_t k = 0; k < 8; k++)
                cv[k] = LIMIT[stage] + STEPS[i].over;
            composite_is(stage, cv, STEPS[i].outcome, STEPS[i].borderline,
                         "eight alike, at the limit or past it");
        }
        for (size_t k = 0; k < 8; k++)
            cv[k] = LIMIT[stage] + (k ? 0.0004 : 0.0014);
        composite_is(stage, cv, OUTCOME_FAIL, false,
                     "0.525 over in the mean, where the printed ones have 0.125");
        for (size_t k = 0; k < 8; k++)
            cv[k] = LIMIT[stage] + (k ? 0.0005 : -0.0004);
        composite_is(stage, cv, OUTCOME_PASS, true,
                     "0.3875 over in the mean, where the printed ones have 0.875");
        for (size_t k = 0; k < 8; k++)
            cv[k] = k ? 0.4 : 0.99;
        composite_is(stage, cv, OUTCOME_PASS, false, "one of 0.99: no limit of its own");
    }
}

/* ---- items that the other tests leave out -------------------------------------------------- */

/* 毕业 ÷ (三年前入学 + 转入 - 死亡 - 转出), every sign of it. */
static void retention(void)
{
    static const struct {
        const char *input;
        double v;
    } AT[] = {{"JY1.entrants", 1000},
              {"JY1.in", 300},
              {"JY1.out", 90},
              {"JY1.deaths", 10},
              {"JY1.graduates", 1140}};
    struct county c;
    county_init(&c, quality);
    make_school(&c.m, KIND_PRIMARY, 360, NAN, NAN);
    for (size_t i = 0; i < COUNT(AT); i++)
        county_number(&c, AT[i].input, AT[i].v);
    county_is(&c, "JY1", "pass", "1140 of 1000 + 300 - 90 - 10 are 95 %");
    is_dbl(county_judged(&c, "JY1")->value, 95, 1e-12, "JY1: … just that");
    county_number(&c, "JY1.graduates", 1139);
    county_is(&c, "JY1", "fail", "94.92 % is 94.9");
    county_done(&c);
}

/* 「包括小学（含教学点）、初中、特殊教育学校」: only the resources leave small ones out. */
static void everybody(void)
{
    struct county c;
    county_init(&c, quality);
    make_school(&c.m, KIND_PRIMARY, 360, NAN, NAN);
    make_school(&c.m, KIND_TEACHING_POINT, 49, NAN, NAN);
    make_school(&c.m, KIND_SPECIAL, 20, NAN, NAN);
    static const struct {
        enum field field;
        double v[3];
    } CELLS[] = {{FIELD_largest_class_primary, {45, 45, NAN}},
                 {FIELD_teachers_primary, {20, 4, 10}},
                 {FIELD_certified_teachers_primary, {20, 4, 10}},
                 {FIELD_teachers_360h_primary, {20, 4, 10}},
                 {FIELD_public_funds_budget, {100000, 85000, 160000}},
                 {FIELD_training_funds, {5000, 4250, 8000}}};
    for (size_t i = 0; i < COUNT(CELLS); i++)
        for (size_t row = 0; row < 3; row++)
            make_set(&c.m, row, CELLS[i].field, CELLS[i].v[row]);
    static const struct {
        const char *id;
        enum field field;
        size_t row;
    } BREAK[] = {{"ZF5", FIELD_largest_class_primary, 1},
                 {"ZF9", FIELD_teachers_360h_primary, 1},
                 {"ZF9", FIELD_teachers_360h_primary, 2},
                 {"ZF12", FIELD_certified_teachers_primary, 1},
                 {"ZF12", FIELD_certified_teachers_primary, 2},
                 {"JY4", FIELD_training_funds, 1},
                 {"JY4", FIELD_training_funds, 2}};
    for (size_t i = 0; i < COUNT(BREAK); i++) {
        double *cell = &c.m.col[BREAK[i].field][BREAK[i].row], was = *cell;
        county_is(&c, BREAK[i].id, "pass", "all schools keep it");
        *cell = BREAK[i].field == FIELD_largest_class_primary ? 46 : was - 1;
        county_is(&c, BREAK[i].id, "fail",
                  BREAK[i].row == 1 ? "a teaching point of 49 does not"
                                    : "a special school does not");
        *cell = was;
    }
    county_done(&c);
}

/* ---- what people read ---------------------------------------------------------------------- */

/* Of each item words of its text in the documents, and whether it is of schools (附件1). */
static const struct {
    const char *id, *words;
    enum item_level level;
} ITEMS[] = {
    {"ZF1", "规划布局合理", ITEM_OF_COUNTY},
    {"ZF2", "建设标准统一、教师编制标准统一、生均公用经费基准定额统一", ITEM_OF_COUNTY},
    {"ZF3", "每12个班级配备音乐、美术专用教室1间以上", ITEM_OF_SCHOOL},
    {"ZF3", "音乐专用教室面积不小于96平方米，每间美术专用教室面积不小于90平方米",
     ITEM_OF_SCHOOL},
    {"ZF4", "规模不超过2000人", ITEM_OF_SCHOOL},
    {"ZF4", "十二年一贯制学校义务教育阶段规模不超过2500人", ITEM_OF_SCHOOL},
    {"ZF5", "不超过45人、50人", ITEM_OF_SCHOOL},
    {"ZF6", "不足100名学生的规模较小学校（包括乡镇中心校附设的村小）按100名学生核定",
     ITEM_OF_COUNTY},
    {"ZF7", "生均公用经费不低于8000元", ITEM_OF_COUNTY},
    {"ZF8", "不低于当地公务员平均工资收入水平", ITEM_OF_COUNTY},
    {"ZF9", "5年360学时培训完成率达到100%", ITEM_OF_COUNTY},
    {"ZF10", "统筹分配各校教职工编制和岗位数量", ITEM_OF_COUNTY},
    {"ZF11", "不低于符合交流条件教师总数的10%；其中，骨干教师不低于交流轮岗教师总数的20%",
     ITEM_OF_COUNTY},
    {"ZF12", "持有教师资格证上岗率达到100%", ITEM_OF_COUNTY},
    {"ZF13", "均不含寄宿制学校）就近划片入学比例分别达到100%、95%以上", ITEM_OF_COUNTY},
    {"ZF14", "不低于50%，并向农村初中倾斜", ITEM_OF_COUNTY},
    {"ZF15", "政府购买服务的民办学校就读的比例不低于85%", ITEM_OF_COUNTY},
    {"JY1", "三年巩固率达到95%以上", ITEM_OF_COUNTY},
    {"JY2", "入学率达到95%以上", ITEM_OF_COUNTY},
    {"JY3", "所有学校制定章程", ITEM_OF_SCHOOL},
    {"JY4", "不低于学校年度公用经费预算总额的5%", ITEM_OF_SCHOOL},
    {"JY5", "设施设备利用率达到较高水平", ITEM_OF_SCHOOL},
    {"JY6", "校园文化建设水平达到良好以上", ITEM_OF_SCHOOL},
    {"JY7", "课程开齐开足，教学秩序规范", ITEM_OF_SCHOOL},
    {"JY8", "无过重课业负担", ITEM_OF_SCHOOL},
    {"JY9", "Ⅲ级以上，且校际差异率低于0.15", ITEM_OF_COUNTY},
    {"SH1", "社会认可度达到85%以上", ITEM_OF_COUNTY},
    {"V1", "以考试方式招生", ITEM_OF_COUNTY},
    {"V2", "违规择校", ITEM_OF_COUNTY},
    {"V3", "重点学校或重点班", ITEM_OF_COUNTY},
    {"V4", "“有编不补”或长期聘用编外教师", ITEM_OF_COUNTY},
    {"V5", "重大安全责任事故和严重违纪违规事件的，有弄虚作假行为", ITEM_OF_COUNTY},
    {"V6", "规范治理校外培训机构", ITEM_OF_COUNTY},
    {"G1", "进城务工人员随迁子女就学纳入当地教育发展规划，纳入财政保障体系",
     ITEM_OF_COUNTY},
    {"G2", "留守儿童关爱体系", ITEM_OF_COUNTY},
    {"G3", "三类残疾儿童少年入学率不低于80%", ITEM_OF_COUNTY},
    {"G4", "分配到县域内各初中的比例逐步提高", ITEM_OF_COUNTY},
    {"G5", "责任、监督和问责机制", ITEM_OF_COUNTY},
    {"G6", "近三年教育经费做到“三个增长”", ITEM_OF_COUNTY},
    {"G7", "薄弱学校改造计划", ITEM_OF_COUNTY},
    {"G8", "农村税费改革转移支付资金用于义务教育的比例达到省级规定", ITEM_OF_COUNTY},
    {"G9", "绩效工资制度", ITEM_OF_COUNTY},
    {"G10", "生师比达到省定编制标准", ITEM_OF_COUNTY},
    {"G11", "校长和教师定期交流制度", ITEM_OF_COUNTY},
    {"G12", "落实教师培训经费", ITEM_OF_COUNTY},
    {"G13", "开齐开足课程", ITEM_OF_COUNTY},
    {"G14", "巩固率达到省级规定标准", ITEM_OF_COUNTY},
    {"G15", "体质健康及格率达到省级规定标准", ITEM_OF_COUNTY},
    {"G16", "不存在重点学校和重点班", ITEM_OF_COUNTY},
    {"G17", "课业负担得到有效减轻", ITEM_OF_COUNTY},
};

static void item_words(void)
{
    for (size_t i = 0; i < COUNT(ITEMS); i++) {
        const struct standard *st = *ITEMS[i].id == 'G' ? basic : quality;
        int at = standard_item(st, ITEMS[i].id, strlen(ITEMS[i].id));
        const struct item *item = at < 0 ? NULL : &st->items[at];
        ok(item && strstr(item->clause, ITEMS[i].words) && *item->departments &&
               item->level == ITEMS[i].level,
           "%s: %s", ITEMS[i].id, ITEMS[i].words);
        ok(item && item->veto == (*ITEMS[i].id == 'V') &&
               item->scored == (*ITEMS[i].id == 'G'),
           "%s: a veto, scored, or neither", ITEMS[i].id);
    }
}

static void words(void)
{
    static const char *const YZ[] = {"4.2人以上，初中5.3人以上",
                                     "小学、初中均1人以上",
                                     "小学、初中均0.9人以上",
                                     "4.5平方米以上，初中5.8平方米以上",
                                     "7.5平方米以上，初中10.2平方米以上",
                                     "2000元以上，初中2500元以上",
                                     "2.3间以上，初中2.4间以上"};
    for (size_t k = 0; k < 7; k++)
        ok(strstr(indicator(quality, k)->clause, YZ[k]) != NULL, "%s", YZ[k]);
    for (size_t k = 0; k < 8; k++)
        ok(strstr(indicator(basic, k)->clause, "计入综合差异系数") &&
               !indicator(basic, k)->has_min[STAGE_PRIMARY],
           "%s has no limit of its own", indicator(basic, k)->id);
    ok(strstr(quality->cv_clause, "小学均小于或等于0.50，初中均小于或等于0.45") &&
           strstr(quality->school_clause, "至少有6项指标达到要求，余项不能低于要求的85%"),
       "the clauses of quality-2017");
    ok(strstr(basic->cv_clause,
              "小学综合差异系数不高于0.65，初中综合差异系数不高于0.55") != NULL,
       "the clause of basic-2012");
    is_str(quality->document, "教督〔2017〕6号", "its document");
    is_str(basic->document, "教督〔2012〕3号", "… and of basic-2012");
    is_str(quality->implies, "basic-2012", "a quality county stays under basic-2012");
    ok(basic->monitor == MONITOR_STAGES && quality->monitor == MONITOR_STAGES,
       "a slip is judged by figures and schools");
}

int main(void)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        bail("no memory");
    quality = county_standard("quality-2017", arena);
    basic = county_standard("basic-2012", arena);
    numerators(quality, QUALITY, COUNT(QUALITY));
    numerators(basic, BASIC, COUNT(BASIC));
    population();
    school_rule();
    each_limit();
    composite_limit();
    retention();
    everybody();
    item_words();
    words();
    arena_free(arena);
    return done_testing();
}
