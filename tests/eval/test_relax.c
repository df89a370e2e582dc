/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Milder rules for some schools, for a time (docs/standards.md 4). Given to a school too many,
 * or a day too long, they are a false all-clear; used in silence, nobody could tell. Sources of
 * the boundaries: the notes of the national application form, quoted at each case.
 */
#include <math.h>
#include <string.h>

#include "eval/make.h"
#include "tap/tap.h"

static const struct date END = {2027, 9, 12};

/* A county where one school's value hangs on a relaxation of the indicator. */
struct bench {
    struct make m;
    struct school_filter where;
    struct indicator instead;
    struct relaxation relaxation;
    size_t small, other;
};

static void add_term(struct indicator *ind, const char *field)
{
    size_t t = ind->n_terms++;
    ind->terms[t].sign = 1;
    ind->terms[t].field = field_family(field, strlen(field), &ind->terms[t].staged);
}

static void bench_init(struct bench *b, const char *id, const char *numerator, int per,
                       bool split)
{
    memset(b, 0, sizeof *b);
    make_init(&b->m);
    size_t k = make_indicator(&b->m, id, numerator, per, split);
    make_min(&b->m, k, "0.9", "0.9");
    make_school_rule(&b->m, 1, "0.85");
    b->where = (struct school_filter){.boarding = -1, .dense_centre = -1};
    b->instead = b->m.standard.indicators[k];
    b->relaxation = (struct relaxation){.id = "R",
                                        .clause = "",
                                        .until = END,
                                        .where = &b->where,
                                        .indicator = (int)k,
                                        .instead = &b->instead,
                                        .item = -1};
    b->m.standard.relaxations = &b->relaxation;
    b->m.standard.n_relaxations = 1;
}

static const struct unit *unit(struct bench *b, size_t row)
{
    const struct stage_result *s = make_eval(&b->m, STAGE_PRIMARY);
    for (size_t i = 0; s && i < s->n_units; i++)
        if (s->units[i].school == row)
            return &s->units[i];
    bail("no such unit");
}

static void value(struct bench *b, double want, size_t n_relaxed, const char *name)
{
    is_dbl(unit(b, b->small)->value[0], want, 1e-12, name);
    is_int((long long)b->m.result.n_relaxed, (long long)n_relaxed, "... and is told");
}

/*
 * R1: 「对50人及以上但不足100人的农村小规模学校和教学点，可包含交流轮岗、兼职、走教的体育和
 * 艺术（美术、音乐）教师」
 */
static void visiting_init(struct bench *b)
{
    bench_init(b, "pe_arts_teachers_per_100", "pe_arts_teachers", 100, false);
    add_term(&b->instead, "visiting_pe_arts_teachers");
    b->where.settings = 1u << SETTING_RURAL;
    b->where.pupils_from = 50;
    b->where.pupils_below = 100;
    b->small = make_school(&b->m, KIND_TEACHING_POINT, 50, NAN, NAN);
    b->other = make_school(&b->m, KIND_PRIMARY, 400, NAN, NAN);
    make_set(&b->m, b->small, FIELD_pe_arts_teachers_primary, 0);
    make_set(&b->m, b->small, FIELD_visiting_pe_arts_teachers_primary, 1);
    make_set(&b->m, b->other, FIELD_pe_arts_teachers_primary, 4);
    make_set(&b->m, b->other, FIELD_visiting_pe_arts_teachers_primary, 8);
    b->m.schools[b->small].setting = SETTING_RURAL;
    b->m.schools[b->other].setting = SETTING_RURAL;
}

static void visiting_teachers(void)
{
    struct bench b;
    visiting_init(&b);
    value(&b, 2, 1, "50 pupils: visiting teachers count");
    is_int(unit(&b, b.small)->outcome, OUTCOME_PASS, "... for the school rule");
    is_int(unit(&b, b.other)->outcome, OUTCOME_PASS, "the large school by its own");
    is_dbl(unit(&b, b.other)->value[0], 1, 1e-12, "... of which 4 of 12 count");
    const struct stage_result *s = make_eval(&b.m, STAGE_PRIMARY);
    is_dbl(s->figures[0].mean, 500.0 / 450, 1e-12, "... for the mean");
    /* CV² = P·Σ(x²/P)/(Σx)² − 1 = 450·(1/50 + 16/400)/25 − 1 */
    is_dbl(s->figures[0].cv, sqrt(450 * (1.0 / 50 + 16.0 / 400) / 25 - 1), 1e-12,
           "... and for the CV");
    is_str(b.m.result.relaxed[0].relaxation->id, "R", "the relaxation");
    is_int(b.m.result.relaxed[0].school, (long long)b.small, "the school");
    is_int(b.m.result.relaxed[0].stage, STAGE_PRIMARY, "the stage");
    is_int((long long)b.m.result.n_duties, 0, "no duty without a word of one");
    make_set(&b.m, b.small, FIELD_pupils_primary, 49);
    value(&b, 0, 0, "49 pupils: they do not");
    make_set(&b.m, b.small, FIELD_pupils_primary, 99);
    value(&b, 100.0 / 99, 1, "99 pupils: they do");
    make_set(&b.m, b.small, FIELD_pupils_primary, 100);
    value(&b, 0, 0, "100 pupils: they do not");
    make_set(&b.m, b.small, FIELD_pupils_primary, 60);
    b.m.schools[b.small].setting = SETTING_TOWN;
    value(&b, 0, 0, "in a town: they do not");
    b.m.schools[b.small].setting = SETTING_UNKNOWN;
    value(&b, 0, 0, "nobody knows where: they do not");
    is_int(unit(&b, b.small)->outcome, OUTCOME_FAIL, "... the strict rule holds");
    make_done(&b.m);
}

/* What is added must be known, and nothing is relied on that adds nothing. */
static void cells(void)
{
    struct bench b;
    visiting_init(&b);
    make_set(&b.m, b.small, FIELD_visiting_pe_arts_teachers_primary, NAN);
    value(&b, 0, 0, "an empty cell adds nothing");
    is_int((long long)make_eval(&b.m, STAGE_PRIMARY)->figures[0].n_missing, 0,
           "... and is not missed");
    make_set(&b.m, b.small, FIELD_visiting_pe_arts_teachers_primary, 0);
    value(&b, 0, 0, "nor does none: not relied on");
    make_set(&b.m, b.small, FIELD_visiting_pe_arts_teachers_primary, 1);
    make_missing(&b.m, b.small, FIELD_pe_arts_teachers_primary, MISSING_EMPTY);
    ok(isnan(unit(&b, b.small)->value[0]), "the school's own are missing: unknown");
    is_int((long long)make_eval(&b.m, STAGE_PRIMARY)->figures[0].n_missing, 1,
           "... and missed");
    make_done(&b.m);
}

/* 「《规程》发布近三年评估中」: until 2027-09-12, by the round's reference date. */
static void dates(void)
{
    struct bench b;
    visiting_init(&b);
    b.m.data.round = (struct round){2027, 0};
    value(&b, 2, 1, "1 September 2027: in force");
    b.m.data.round = (struct round){2028, 0};
    value(&b, 0, 0, "1 September 2028: no longer");
    b.m.data.round = (struct round){2027, 10};
    value(&b, 0, 0, "1 October 2027: no longer");
    b.m.data.round = (struct round){2027, 9};
    b.relaxation.until = (struct date){2027, 9, 2};
    value(&b, 2, 1, "the day before the end");
    b.relaxation.until = (struct date){2027, 9, 1};
    value(&b, 0, 0, "the end itself");
    make_done(&b.m);
}

/*
 * R4: 「评估后持续跟踪复查，认定后三年之内达到规定标准要求」: a duty with a day, at which it
 * ends.
 */
static void duty(void)
{
    struct bench b;
    visiting_init(&b);
    b.relaxation.duty_years = 3;
    b.m.data.round = (struct round){2026, 0};
    value(&b, 2, 1, "an uncertified county may rely on it");
    is_int((long long)b.m.result.n_duties, 0, "... and owes nothing yet");
    b.m.options.certified = (struct date){2023, 9, 2};
    value(&b, 2, 1, "certified three years ago but a day");
    is_int((long long)b.m.result.n_duties, 1, "... it owes");
    const struct duty *d = b.m.result.duties;
    ok(d->until.year == 2026 && d->until.month == 9 && d->until.day == 2,
       "... by the day three years after");
    ok(d->relaxation == &b.relaxation, "... what it relies on");
    b.m.options.certified = (struct date){2023, 9, 1};
    value(&b, 0, 0, "three years ago to the day: the strict rule holds");
    is_int((long long)b.m.result.n_duties, 0, "... and the duty is over");
    b.m.options.certified = (struct date){2024, 2, 29};
    value(&b, 2, 1, "certified on a 29 February");
    d = b.m.result.duties;
    ok(d->until.year == 2027 && d->until.month == 2 && d->until.day == 28,
       "... by the end of February");
    make_set(&b.m, b.small, FIELD_pe_arts_teachers_primary, 1);
    make_set(&b.m, b.small, FIELD_visiting_pe_arts_teachers_primary, 0);
    value(&b, 2, 0, "a county that no longer needs it");
    is_int((long long)b.m.result.n_duties, 0, "... owes nothing");
    make_done(&b.m);
}

/*
 * R2: 「对于人口密度过高的中心城区学校，体育运动场馆面积可包括…校园内部的地下、楼顶等区域设立
 * 的专用运动场地，由当地政府或教育部门与之签订了租赁合同…的校外周边体育场馆」
 */
static void dense_centre(void)
{
    struct bench b;
    bench_init(&b, "sports_area_per_pupil", "sports_ground_area", 1, true);
    add_term(&b.instead, "other_onsite_sports_area");
    add_term(&b.instead, "leased_sports_area");
    b.where.dense_centre = 1;
    b.small = make_school(&b.m, KIND_NINE_YEAR, 600, 400, NAN);
    make_set(&b.m, b.small, FIELD_sports_ground_area, 1040);
    make_set(&b.m, b.small, FIELD_other_onsite_sports_area, 520);
    make_set(&b.m, b.small, FIELD_leased_sports_area, 2080);
    b.m.schools[b.small].dense_centre = 0;
    value(&b, 1, 0, "elsewhere: its own ground alone"); /* 1040 of 600 + 1.1 x 400 */
    b.m.schools[b.small].dense_centre = -1;
    value(&b, 1, 0, "it does not say where it lies: the same");
    b.m.schools[b.small].dense_centre = 1;
    value(&b, 3.5, 2, "in the dense centre: with what is leased, at both stages");
    is_dbl(make_eval(&b.m, STAGE_JUNIOR)->units[0].value[0], 3.85, 1e-12,
           "... shared out as the rest is");
    make_set(&b.m, b.small, FIELD_leased_sports_area, NAN);
    value(&b, 1, 0, "what is leased is not known: its own ground alone");
    make_done(&b.m);
}

/* Several for one indicator: the first that holds. */
static void first_of_two(void)
{
    struct bench b;
    visiting_init(&b);
    struct relaxation two[2] = {b.relaxation, b.relaxation};
    struct indicator more = b.instead;
    add_term(&more, "backbone_teachers");
    two[1].id = "S";
    two[1].instead = &more;
    make_set(&b.m, b.small, FIELD_backbone_teachers_primary, 5);
    b.m.standard.relaxations = two;
    b.m.standard.n_relaxations = 2;
    value(&b, 2, 1, "the first");
    make_set(&b.m, b.small, FIELD_visiting_pe_arts_teachers_primary, 0);
    value(&b, 10, 1, "the second, where the first adds nothing");
    is_str(b.m.result.relaxed[0].relaxation->id, "S", "... by its name");
    make_done(&b.m);
}

int main(void)
{
    visiting_teachers();
    cells();
    dates();
    duty();
    dense_centre();
    first_of_two();
    return done_testing();
}
