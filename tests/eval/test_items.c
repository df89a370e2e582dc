/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each item of the shipped standards on both sides of its limit, as 教督〔2017〕6号 and the forms
 * of the national review word them (docs/standards.md 10), and what they come to.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/county.h"
#include "eval/judge.h"
#include "tap/tap.h"

static const struct standard *quality, *basic;

/* Two primary schools and a junior one of 360, 600 and 500 pupils. */
static void schools(struct county *r)
{
    county_init(r, quality);
    make_school(&r->m, KIND_PRIMARY, 360, NAN, NAN);
    make_school(&r->m, KIND_PRIMARY, 600, NAN, NAN);
    make_school(&r->m, KIND_JUNIOR, NAN, 500, NAN);
}

static void set3(struct county *r, enum field primary, enum field junior, double a,
                 double b, double c)
{
    make_set(&r->m, 0, primary, a);
    make_set(&r->m, 1, primary, b);
    make_set(&r->m, 2, junior, c);
}

/* ---- items computed from schools --------------------------------------------------------- */

static void zf3(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF3", "unknown", "no data");
    set3(&r, FIELD_classes_primary, FIELD_classes_junior, 12, 13, 25);
    set3(&r, FIELD_music_rooms, FIELD_music_rooms, 1, 2, 3);
    set3(&r, FIELD_art_rooms, FIELD_art_rooms, 1, 2, 3);
    set3(&r, FIELD_music_room_min_area, FIELD_music_room_min_area, 96, 100, 96);
    set3(&r, FIELD_art_room_min_area, FIELD_art_room_min_area, 90, 90, 120);
    county_is(&r, "ZF3", "pass", "12, 13 and 25 classes need 1, 2 and 3 rooms of each");
    make_set(&r.m, 1, FIELD_music_rooms, 1);
    county_is(&r, "ZF3", "fail", "13 classes and one room");
    const struct item_result *z = county_judged(&r, "ZF3");
    ok(z->n_schools == 1 && z->schools[0].school == 1 && z->schools[0].value == 0.5 &&
           z->schools[0].limit == 1,
       "ZF3: the school is named, with its value");
    make_set(&r.m, 1, FIELD_music_rooms, 2);
    make_set(&r.m, 2, FIELD_art_rooms, 2);
    make_set(&r.m, 2, FIELD_music_rooms, 4);
    county_is(&r, "ZF3", "fail", "music rooms do not stand in for art rooms");
    make_set(&r.m, 2, FIELD_art_rooms, 3);
    make_set(&r.m, 0, FIELD_music_room_min_area, 95.999);
    county_is(&r, "ZF3", "fail", "95.999 m² is not rounded to 96");
    make_set(&r.m, 0, FIELD_music_room_min_area, 96);
    make_set(&r.m, 1, FIELD_art_room_min_area, 89.99);
    county_is(&r, "ZF3", "fail", "89.99 m² of art");
    make_set(&r.m, 1, FIELD_art_room_min_area, 0);
    county_is(&r, "ZF3", "unknown", "a room of 0 m² is no figure");
    make_set(&r.m, 1, FIELD_art_room_min_area, 90);
    make_set(&r.m, 1, FIELD_classes_primary, 0);
    county_is(&r, "ZF3", "unknown",
              "600 pupils in 0 classes: nobody knows what they need");
    make_missing(&r.m, 1, FIELD_classes_primary, MISSING_EMPTY);
    county_is(&r, "ZF3", "unknown", "a school without its classes");
    make_set(&r.m, 0, FIELD_art_rooms, 0);
    county_is(&r, "ZF3", "fail", "what another fails is proven all the same");
    county_done(&r);
}

static void zf4(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF4", "pass", "360, 600, 500");
    make_set(&r.m, 0, FIELD_pupils_primary, 2000);
    county_is(&r, "ZF4", "pass", "2000 is not over 2000");
    make_set(&r.m, 0, FIELD_pupils_primary, 2001);
    county_is(&r, "ZF4", "fail", "2001 is");
    make_set(&r.m, 0, FIELD_pupils_primary, 360);
    size_t nine = make_school(&r.m, KIND_NINE_YEAR, 1300, 1200, NAN);
    county_is(&r, "ZF4", "pass", "nine years: 2500");
    make_set(&r.m, nine, FIELD_pupils_junior, 1201);
    county_is(&r, "ZF4", "fail", "nine years: 2501");
    r.m.schools[nine].kind = KIND_TWELVE_YEAR;
    make_set(&r.m, nine, FIELD_pupils_senior, 3000);
    make_set(&r.m, nine, FIELD_pupils_junior, 1200);
    county_is(&r, "ZF4", "pass", "twelve years: the compulsory stages count");
    r.m.schools[nine].kind = KIND_COMPLETE_SECONDARY;
    make_set(&r.m, nine, FIELD_pupils_primary, NAN);
    make_set(&r.m, nine, FIELD_pupils_junior, 2001);
    county_is(&r, "ZF4", "fail", "the junior part of a complete secondary school");
    r.m.schools[nine].kind = KIND_VOCATIONAL;
    make_set(&r.m, nine, FIELD_pupils_junior, NAN);
    county_is(&r, "ZF4", "pass", "a vocational school");
    make_set(&r.m, nine, FIELD_pupils_junior, 30);
    county_is(&r, "ZF4", "fail", "… has no ordinary junior classes");
    r.m.schools[nine].kind = KIND_JUNIOR;
    r.m.data.rows_dropped = 1;
    county_is(&r, "ZF4", "unknown", "a dropped row may have been larger");
    make_set(&r.m, nine, FIELD_pupils_junior, 2001);
    county_is(&r, "ZF4", "fail", "… which saves nobody");
    county_done(&r);
}

static void zf5(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF5", "unknown", "no data");
    set3(&r, FIELD_largest_class_primary, FIELD_largest_class_junior, 45, 30, 50);
    county_is(&r, "ZF5", "pass", "45 and 50");
    make_set(&r.m, 0, FIELD_largest_class_primary, 46);
    county_is(&r, "ZF5", "fail", "46 in a primary class");
    make_set(&r.m, 0, FIELD_largest_class_primary, 45);
    make_set(&r.m, 2, FIELD_largest_class_junior, 51);
    county_is(&r, "ZF5", "fail", "51 in a junior class");
    make_set(&r.m, 2, FIELD_largest_class_junior, NAN);
    county_is(&r, "ZF5", "unknown", "one school says nothing");
    make_set(&r.m, 2, FIELD_classes_51_junior, 0);
    county_is(&r, "ZF5", "pass", "no class of 51 or more says the same");
    make_set(&r.m, 2, FIELD_classes_51_junior, 1);
    county_is(&r, "ZF5", "fail", "one class of 51 or more");
    make_set(&r.m, 2, FIELD_classes_51_junior, 0);
    make_set(&r.m, 0, FIELD_classes_46_primary, 2);
    county_is(&r, "ZF5", "fail", "the two ways contradict each other: the worse counts");
    make_set(&r.m, 0, FIELD_classes_46_primary, NAN);
    make_set(&r.m, 0, FIELD_largest_class_primary, 0);
    county_is(&r, "ZF5", "unknown", "a largest class of 0 is no figure");
    county_done(&r);
}

static void zf6(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF6", "pass", "no school below 100 pupils");
    size_t small = make_school(&r.m, KIND_TEACHING_POINT, 30, NAN, NAN);
    county_is(&r, "ZF6", "unknown", "one, even if it does not count elsewhere");
    county_number(&r, "ZF6.base_primary", 850);
    make_set(&r.m, small, FIELD_public_funds_budget, 85000);
    county_is(&r, "ZF6", "pass", "as for 100 pupils");
    make_set(&r.m, small, FIELD_public_funds_budget, 84999);
    county_is(&r, "ZF6", "fail", "a yuan less");
    make_set(&r.m, small, FIELD_pupils_primary, 100);
    county_is(&r, "ZF6", "pass", "with 100 pupils it is not small");
    r.m.schools[small].kind = KIND_NINE_YEAR;
    make_set(&r.m, small, FIELD_pupils_primary, 40);
    make_set(&r.m, small, FIELD_pupils_junior, 10);
    county_is(&r, "ZF6", "unknown", "nine years: the other base is missing");
    county_number(&r, "ZF6.base_junior", 1050);
    make_set(&r.m, small, FIELD_public_funds_budget, 89000);
    county_is(&r, "ZF6", "pass", "nine years: 80 x 850 + 20 x 1050");
    make_set(&r.m, small, FIELD_public_funds_budget, 88999);
    county_is(&r, "ZF6", "fail", "nine years: a yuan less");
    county_done(&r);
}

static void zf7(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF7", "unknown", "no special school in the data says nothing");
    is_str(item_reason_id(county_judged(&r, "ZF7")->reason), "no_school",
           "ZF7: … for that");
    county_report(&r, "ZF7", COUNTY_MET, NAN);
    county_is(&r, "ZF7", "pass", "… so that the county's word counts");
    size_t s = make_school(&r.m, KIND_SPECIAL, 40, 10, NAN);
    make_set(&r.m, s, FIELD_public_funds_budget, 400000);
    county_is(&r, "ZF7", "pass", "8000 a pupil");
    make_set(&r.m, s, FIELD_public_funds_budget, 399999);
    county_is(&r, "ZF7", "fail", "a yuan less");
    county_done(&r);
}

static void all_teachers(const char *id, enum field primary, enum field junior)
{
    struct county r;
    schools(&r);
    set3(&r, FIELD_teachers_primary, FIELD_teachers_junior, 20, 2000, 40);
    county_is(&r, id, "unknown", "no column");
    county_report(&r, id, COUNTY_MET, NAN);
    county_is(&r, id, "pass", "no column, so that the county's word counts");
    set3(&r, primary, junior, 20, 2000, 40);
    county_is(&r, id, "pass", "all of them");
    make_set(&r.m, 1, primary, 1999);
    county_is(&r, id, "fail", "1999 of 2000 are not 100 %, whatever is reported");
    is_str(item_reason_id(county_judged(&r, id)->reason), "mismatch", "… which differs");
    is_str(r.m.result.items.findings[0].code, "item_mismatch", "… and is a finding");
    is_int(r.m.result.items.findings[0].line, 7, "… at its line");
    make_set(&r.m, 0, primary, NAN);
    county_is(&r, id, "fail", "a proven fail stands");
    make_set(&r.m, 1, primary, 2000);
    county_is(&r, id, "unknown",
              "one school is missing: the word does not stand in for it");
    make_set(&r.m, 0, primary, 0);
    make_set(&r.m, 0, FIELD_teachers_primary, 0);
    county_is(&r, id, "unknown", "0 of 0 teachers is no share");
    county_done(&r);
}

static void zf13(void)
{
    struct county r;
    schools(&r);
    county_is(&r, "ZF13", "unknown", "where the schools are is not known");
    for (int i = 0; i < 3; i++) {
        r.m.schools[i].setting = SETTING_TOWN;
        r.m.schools[i].boarding = 0;
    }
    set3(&r, FIELD_catchment_pupils_primary, FIELD_catchment_pupils_junior, 360, 600,
         475);
    county_is(&r, "ZF13", "pass", "all, and 95 %");
    make_set(&r.m, 2, FIELD_catchment_pupils_junior, 474);
    county_is(&r, "ZF13", "fail", "94.8 %");
    make_set(&r.m, 2, FIELD_pupils_junior, 10000);
    make_set(&r.m, 2, FIELD_catchment_pupils_junior, 9495);
    county_is(&r, "ZF13", "pass", "94.95 % is 95.0 in the form");
    make_set(&r.m, 0, FIELD_catchment_pupils_primary, 359);
    county_is(&r, "ZF13", "fail", "one primary pupil less than all");
    r.m.schools[0].setting = SETTING_RURAL;
    county_is(&r, "ZF13", "pass", "a rural school does not count");
    r.m.schools[0].setting = SETTING_URBAN;
    r.m.schools[0].owner = 10;
    county_is(&r, "ZF13", "pass", "nor a private one");
    r.m.schools[0].owner = 7;
    r.m.schools[0].boarding = 1;
    county_is(&r, "ZF13", "pass", "nor a boarding school");
    r.m.schools[0].boarding = -1;
    county_is(&r, "ZF13", "unknown", "unless nobody knows whether it is one");
    for (int i = 0; i < 3; i++)
        r.m.schools[i].setting = SETTING_RURAL;
    county_is(&r, "ZF13", "pass", "a county that is all rural");
    r.m.data.parts_complete = false;
    county_is(&r, "ZF13", "unknown", "… if all its schools are there");
    county_done(&r);
}

static void jy4(void)
{
    struct county r;
    schools(&r);
    set3(&r, FIELD_public_funds_budget, FIELD_public_funds_budget, 100000, 1234567.8, 7);
    set3(&r, FIELD_training_funds, FIELD_training_funds, 5000, 61728.39, 0.35);
    county_is(&r, "JY4", "pass", "5 % to the fen");
    make_set(&r.m, 1, FIELD_training_funds, 61728.38);
    county_is(&r, "JY4", "fail", "a fen less");
    make_set(&r.m, 1, FIELD_training_funds, 61728.39);
    make_set(&r.m, 0, FIELD_public_funds_budget, 0);
    county_is(&r, "JY4", "unknown", "5 % of nothing");
    county_done(&r);
}

/* ---- items computed from what the county reports ---------------------------------------- */

/* One input moves over the limit; the others stay. */
static void moves(const char *id, const char *const *names, const double *at, size_t n,
                  double past, const char *what)
{
    struct county r;
    char name[100];
    schools(&r);
    county_is(&r, id, "unknown", "no data");
    for (size_t i = 0; i < n; i++)
        county_number(&r, names[i], at[i]);
    snprintf(name, sizeof name, "%s, at the limit", what);
    county_is(&r, id, "pass", name);
    county_number(&r, names[0], past);
    snprintf(name, sizeof name, "%s, past it", what);
    county_is(&r, id, "fail", name);
    county_report(&r, id, COUNTY_MET, NAN);
    county_is(&r, id, "fail", "whatever is reported");
    county_number(&r, names[0], at[0]);
    county_report(&r, id, COUNTY_UNMET, NAN);
    county_is(&r, id, "fail", "but a county may say that it fails");
    r.reports.n = 0;
    county_report(&r, id, COUNTY_MET, NAN);
    county_is(&r, id, "pass", "the county's word where there are no figures");
    county_number(&r, names[0], at[0]);
    if (n > 1)
        county_is(&r, id, "unknown", "but not where there are some of them");
    county_report(&r, names[0], COUNTY_BAD, NAN);
    county_is(&r, id, "unknown", "nor where they cannot be read");
    county_done(&r);
}
#define MOVES(id, past, what, names, ...)                                                \
    moves(id, (const char *const[])names, (const double[]){__VA_ARGS__},                 \
          sizeof((double[]){__VA_ARGS__}) / sizeof(double), past, what)
#define NAMES(...)                                                                       \
    {                                                                                    \
        __VA_ARGS__                                                                      \
    }

static void county_items(void)
{
    MOVES("ZF8", 89999, "teachers' pay", NAMES("ZF8.teacher_pay", "ZF8.civil_pay"), 90000,
          90000);
    MOVES("ZF11", 99, "10 % rotated (9.95 % is 10.0 in the form)",
          NAMES("ZF11.rotated", "ZF11.rotated_backbone", "ZF11.eligible"), 100, 20, 1000);
    MOVES("ZF11", 19, "20 % of them backbone teachers",
          NAMES("ZF11.rotated_backbone", "ZF11.rotated", "ZF11.eligible"), 20, 100, 1000);
    MOVES("ZF14", 499, "50 % of the places", NAMES("ZF14.quota", "ZF14.total"), 500,
          1000);
    MOVES("ZF15", 50, "85 % of migrant pupils",
          NAMES("ZF15.purchased", "ZF15.public", "ZF15.eligible"), 51, 799, 1000);
    MOVES("JY1", 947, "95 % stay three years",
          NAMES("JY1.graduates", "JY1.entrants", "JY1.in", "JY1.out", "JY1.deaths"), 950,
          1000, 10, 8, 2);
    MOVES("JY2", 94, "95 % enrolled", NAMES("JY2.enrolled", "JY2.eligible"), 95, 100);
}

static void rounding(void)
{
    struct county r;
    schools(&r);
    county_number(&r, "ZF14.total", 2000);
    county_number(&r, "ZF14.quota", 999);
    county_is(&r, "ZF14", "pass", "49.95 % is 50.0 in the form");
    ok(county_judged(&r, "ZF14")->borderline, "… and marked");
    county_number(&r, "ZF14.total", 20000);
    county_number(&r, "ZF14.quota", 9989);
    county_is(&r, "ZF14", "fail", "49.945 % is 49.9");
    ok(!county_judged(&r, "ZF14")->borderline, "… by either reading");
    county_number(&r, "ZF14.quota", 9995);
    r.m.standard.rounding.raw = true;
    county_is(&r, "ZF14", "fail", "49.975 % unrounded");
    county_number(&r, "ZF14.total", 0);
    county_is(&r, "ZF14", "unknown", "a share of nothing");
    county_done(&r);
}

static void given_numbers(void)
{
    struct county r;
    schools(&r);
    county_number(&r, "JY9", 0.1499);
    county_is(&r, "JY9", "pass", "0.1499 is below 0.15");
    county_number(&r, "JY9", 0.15);
    county_is(&r, "JY9", "fail", "0.15 is not");
    county_report(&r, "JY9", COUNTY_NUMBER, 14.9)->percent = true;
    county_is(&r, "JY9", "pass", "14.9 %");
    county_report(&r, "JY9", COUNTY_UNMET, NAN);
    county_is(&r, "JY9", "fail", "or for another reason");
    county_number(&r, "SH1", 85);
    county_is(&r, "SH1", "pass", "85");
    county_number(&r, "SH1", 84.94);
    county_is(&r, "SH1", "fail", "84.94");
    county_number(&r, "SH1", 0.87);
    county_is(&r, "SH1", "unknown", "0.87, perhaps of a hundred, perhaps of one");
    county_number(&r, "ZF14", 49);
    county_is(&r, "ZF14", "fail", "a share instead of its parts");
    county_number(&r, "ZF14.total", 100);
    county_is(&r, "ZF14", "unknown", "… not beside some of them");
    county_done(&r);
}

/* ---- evidence, vetoes, what they come to ------------------------------------------------- */

static void evidence(void)
{
    static const char *const IDS[] = {"ZF1", "ZF2", "ZF10", "JY3",
                                      "JY5", "JY6", "JY7",  "JY8"};
    struct county r;
    schools(&r);
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        county_is(&r, IDS[i], "unknown", "never guessed");
        county_report(&r, IDS[i], COUNTY_MET, NAN);
        county_is(&r, IDS[i], "pass", "met");
        county_report(&r, IDS[i], COUNTY_UNMET, NAN);
        county_is(&r, IDS[i], "fail", "unmet");
        county_number(&r, IDS[i], 1);
        county_is(&r, IDS[i], "unknown", "a number is neither");
        county_report(&r, IDS[i], COUNTY_PRESENT, NAN);
        county_is(&r, IDS[i], "unknown", "nor that something is there");
    }
    county_done(&r);
}

static void vetoes(void)
{
    struct county r;
    char id[16];
    schools(&r);
    for (int i = 1; i <= 6; i++) {
        snprintf(id, sizeof id, "V%d", i);
        county_is(&r, id, "unknown", "not reported");
        county_report(&r, id, COUNTY_UNMET, NAN);
        county_is(&r, id, "fail", "unmet");
        county_report(&r, id, COUNTY_PRESENT, NAN);
        county_is(&r, id, "fail", "present");
        county_number(&r, id, 1);
        county_is(&r, id, "fail", "one case");
        county_number(&r, id, 0);
        county_is(&r, id, "pass", "no case");
        county_report(&r, id, COUNTY_ABSENT, NAN);
        county_is(&r, id, "pass", "absent");
        county_report(&r, id, COUNTY_BAD, NAN);
        county_is(&r, id, "unknown", "unreadable");
        county_report(&r, id, COUNTY_MET, NAN);
        county_is(&r, id, "pass", "met");
    }
    county_done(&r);
}

/* A county that has everything. */
static void perfect(struct county *r)
{
    schools(r);
    r->m.standard.n_indicators = 0; /* what is judged here is not the figures */
    r->m.standard.has_school_rule = false;
    r->m.standard.applies = CV_NONE;
    for (size_t i = 0; i < quality->n_items; i++)
        county_report(r, quality->items[i].id, COUNTY_MET, NAN);
}

static void verdicts(void)
{
    struct county r;
    perfect(&r);
    make_eval(&r.m, STAGE_PRIMARY);
    const struct items_result *items = &r.m.result.items;
    is_int((long long)items->n, 31, "15 + 9 + 1 items and 6 vetoes");
    is_str(outcome_id(items->outcome), "pass", "all met");
    county_report(&r, "ZF10", COUNTY_BAD, NAN);
    county_is(&r, "ZF10", "unknown", "one is not");
    is_str(outcome_id(items->outcome), "unknown", "… so all are unknown");
    county_report(&r, "V3", COUNTY_PRESENT, NAN);
    county_is(&r, "V3", "fail", "a veto");
    is_str(outcome_id(items->outcome), "fail", "… fails them all");
    is_str(outcome_id(r.m.result.certifiable), "fail", "… and the certification");
    ok(r.m.result.outcome != OUTCOME_FAIL, "the county's verdict is another matter");
    is_int(r.m.result.monitored, r.m.result.outcome, "… and what a slip is judged by");
    struct judgement j;
    judge(&r.m.result, r.m.arena, &j);
    is_int((long long)j.n_failing, 0, "no slip by items");
    r.m.standard.monitor = MONITOR_STAGES | MONITOR_ITEMS;
    make_eval(&r.m, STAGE_PRIMARY);
    is_str(outcome_id(r.m.result.monitored), "fail", "unless the standard says so");
    judge(&r.m.result, r.m.arena, &j);
    ok(j.n_failing == 1 && !strcmp(j.failing[0], "items/V3") && !j.only_school_rule &&
           j.outcome == OUTCOME_FAIL,
       "… by its key");
    county_done(&r);
    make_init(&r.m);
    make_eval(&r.m, STAGE_PRIMARY);
    ok(r.m.result.items.outcome == OUTCOME_NONE && r.m.result.certifiable == OUTCOME_NONE,
       "a standard without items says none");
    county_done(&r);
}

static void certifiable(void)
{
    static const enum outcome WANT[3][3] = {
        {OUTCOME_PASS, OUTCOME_UNKNOWN, OUTCOME_FAIL},
        {OUTCOME_UNKNOWN, OUTCOME_UNKNOWN, OUTCOME_FAIL},
        {OUTCOME_FAIL, OUTCOME_FAIL, OUTCOME_FAIL}};
    struct county r;
    perfect(&r);
    r.m.standard.has_stage[STAGE_JUNIOR] = false;
    r.m.standard.rounding.cv = 3;
    make_indicator(&r.m, "books_per_pupil", "books", 1, true);
    make_limits(&r.m, CV_EACH, "0.50", "0.45");
    for (int v = 0; v < 3; v++) {
        make_set(&r.m, 0, FIELD_books, v == 2 ? 9000 : 360);
        make_set(&r.m, 1, FIELD_books, v == 1 ? NAN : 600);
        for (int i = 0; i < 3; i++) {
            county_report(&r, "ZF1",
                          i == 0   ? COUNTY_MET
                          : i == 1 ? COUNTY_BAD
                                   : COUNTY_UNMET,
                          NAN);
            make_eval(&r.m, STAGE_PRIMARY);
            is_int(r.m.result.outcome, WANT[v][0], "the verdict is of the figures alone");
            is_int(r.m.result.certifiable, WANT[v][i], "certifiable: both");
        }
    }
    county_done(&r);
}

/* ---- points ------------------------------------------------------------------------------ */

static void no_points(void)
{
    struct county r;
    county_init(&r, basic);
    make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN);
    county_number(&r, "G3.enrolled", 79.94);
    county_number(&r, "G3.eligible", 100);
    county_is(&r, "G3", "fail", "79.94 % of disabled children");
    county_number(&r, "G3.enrolled", 80);
    county_is(&r, "G3", "pass", "80 %");
    county_report(&r, "G1", COUNTY_UNMET, NAN);
    county_is(&r, "G1", "fail", "unmet");
    is_int((long long)r.m.result.items.n, 17, "seventeen items");
    is_str(outcome_id(r.m.result.items.outcome), "unknown",
           "a province's points are missing: nothing is judged");
    county_number(&r, "G2", 6);
    county_is(&r, "G2", "unknown", "points of an item that has none");
    is_str(item_reason_id(county_judged(&r, "G2")->reason), "no_points",
           "… for that reason");
    county_done(&r);
}

static void points(void)
{
    struct county r;
    struct item items[17];
    county_init(&r, basic);
    make_school(&r.m, KIND_PRIMARY, 300, NAN, NAN);
    memcpy(items, basic->items, sizeof items);
    for (int i = 0; i < 17; i++)
        items[i].points = (struct decimal){i < 15 ? 6 : 5, 0};
    r.m.standard.items = items;
    r.m.standard.score.has_points = true;
    for (int i = 0; i < 14; i++)
        county_report(&r, items[i].id, COUNTY_MET, NAN);
    county_is(&r, "G17", "unknown", "three are not known");
    const struct items_score *score = &r.m.result.items.score;
    ok(score->known == 84 && score->missing == 16, "84 points and 16 open");
    is_str(outcome_id(score->outcome), "unknown", "85 may still be reached");
    county_number(&r, "G15", 1);
    county_number(&r, "G16", 0);
    county_is(&r, "G15", "none", "met in part");
    is_str(outcome_id(score->outcome), "unknown", "85 reached, but not all are known");
    county_is(&r, "G16", "fail", "no points");
    county_number(&r, "G17", 0);
    county_is(&r, "G17", "fail", "nor here");
    is_str(outcome_id(score->outcome), "pass", "85 are enough");
    is_str(outcome_id(r.m.result.items.outcome), "pass", "… whatever single items are");
    county_number(&r, "G15", 0.5);
    county_is(&r, "G17", "fail", "half a point less");
    is_str(outcome_id(score->outcome), "fail", "84.5 are not");
    county_number(&r, "G15", 6.5);
    county_is(&r, "G15", "unknown", "more points than it has");
    is_str(r.m.result.items.findings[0].code, "item_value", "… a finding");
    r.reports.n = 0;
    county_report(&r, "G1", COUNTY_UNMET, NAN);
    county_report(&r, "G2", COUNTY_UNMET, NAN);
    county_report(&r, "G3", COUNTY_UNMET, NAN);
    county_is(&r, "G3", "fail", "18 points are gone");
    is_str(outcome_id(score->outcome), "fail", "82 can never be 85");
    county_done(&r);
}

/* ---- names ------------------------------------------------------------------------------- */

static void names(void)
{
    static const struct {
        const char *item, *text;
    } WANT[] = {
        {"G1", NULL},
        {"ZF16", "ZF16: quality-2017 has no such item (did you mean ZF1?)"},
        {"ZF8.teacher_pya",
         "ZF8.teacher_pya: ZF8 takes no such value (did you mean ZF8.teacher_pay?)"},
        {"ZF8.civil_pay", NULL},
        {"ZF11.nothing", "ZF11.nothing: ZF11 takes no such value"},
        {"population", NULL},
        {"gdp2024", NULL},
    };
    for (size_t i = 0; i < sizeof WANT / sizeof *WANT; i++) {
        struct county r;
        schools(&r);
        county_number(&r, WANT[i].item, 5);
        make_eval(&r.m, STAGE_PRIMARY);
        const struct items_result *items = &r.m.result.items;
        is_int((long long)items->n_findings, WANT[i].text ? 1 : 0, WANT[i].item);
        if (WANT[i].text && items->n_findings)
            is_str(items->findings[0].text, WANT[i].text, WANT[i].item);
        county_done(&r);
    }
}

/* Who does not ask for items does not get a false all-clear either. */
static void figures_only(void)
{
    struct county r;
    schools(&r);
    r.m.standard.monitor = MONITOR_STAGES | MONITOR_ITEMS;
    county_report(&r, "V1", COUNTY_UNMET, NAN);
    r.m.options.figures_only = true;
    make_eval(&r.m, STAGE_PRIMARY);
    const struct county_result *got = &r.m.result;
    is_int((long long)got->items.n, 0, "figures only: no items");
    is_str(outcome_id(got->items.outcome), "unknown", "… which are unknown");
    is_str(outcome_id(got->certifiable), "unknown", "… and with them the county");
    is_str(outcome_id(got->monitored), "unknown", "… also where they are monitored");
    county_done(&r);
}

int main(void)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        bail("no memory");
    quality = county_standard("quality-2017", arena);
    basic = county_standard("basic-2012", arena);
    zf3();
    zf4();
    zf5();
    zf6();
    zf7();
    all_teachers("ZF9", FIELD_teachers_360h_primary, FIELD_teachers_360h_junior);
    all_teachers("ZF12", FIELD_certified_teachers_primary,
                 FIELD_certified_teachers_junior);
    zf13();
    jy4();
    county_items();
    rounding();
    given_numbers();
    evidence();
    vetoes();
    verdicts();
    certifiable();
    no_points();
    points();
    names();
    figures_only();
    arena_free(arena);
    return done_testing();
}
