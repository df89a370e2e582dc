/* SPDX-License-Identifier: Apache-2.0 */
/*
 * R3 and R4 of the shipped standard on both sides of every boundary, as the notes of the
 * national application form word them (quoted at each case): a school let off by mistake hides
 * rooms that are too small and schools that are too large; one that is not, alarms a county
 * that did what it may.
 */
#include <math.h>

#include "eval/county.h"
#include "tap/tap.h"

static const struct standard *quality;

/* A primary school with one room of each and 12 classes at most. */
static void one_school(struct county *c, double pupils)
{
    county_init(c, quality);
    make_school(&c->m, KIND_PRIMARY, pupils, NAN, NAN);
    make_set(&c->m, 0, FIELD_classes_primary, 6);
    make_set(&c->m, 0, FIELD_music_rooms, 1);
    make_set(&c->m, 0, FIELD_art_rooms, 1);
}

static void rooms(struct county *c, double music, double art)
{
    make_set(&c->m, 0, FIELD_music_room_min_area, music);
    make_set(&c->m, 0, FIELD_art_room_min_area, art);
}

/* Which relaxations the county relies on, of which there may be none. */
static void relies(struct county *c, const char *id, const char *name)
{
    const struct county_result *r = &c->m.result;
    is_str(r->n_relaxed ? r->relaxed[0].relaxation->id : NULL, id, name);
}

/*
 * 「在2016年及之前规划并建成的学校，其音乐、美术专用教室单间使用面积按分别不低于73平方米、
 * 67平方米评估」
 */
static void built_2016(void)
{
    struct county c;
    one_school(&c, 300);
    rooms(&c, 73, 67);
    county_is(&c, "ZF3", "fail", "73 and 67, and nobody knows when it was built");
    c.m.schools[0].built_year = 2017;
    county_is(&c, "ZF3", "fail", "73 and 67 of 2017");
    relies(&c, NULL, "... relies on nothing");
    c.m.schools[0].built_year = 2016;
    county_is(&c, "ZF3", "pass", "73 and 67 of 2016");
    relies(&c, "R3", "... relies on R3");
    is_int(c.m.result.relaxed[0].stage, STAGE_NONE, "... as a whole");
    is_int((long long)c.m.result.n_duties, 0, "... and owes nothing");
    rooms(&c, 72.99, 67);
    county_is(&c, "ZF3", "fail", "72.99 of music");
    const struct item_result *z = county_judged(&c, "ZF3");
    ok(z->n_schools == 1 && z->schools[0].limit == 73, "... misses 73, not 96");
    rooms(&c, 73, 66.99);
    county_is(&c, "ZF3", "fail", "66.99 of art");
    rooms(&c, 96, 90);
    county_is(&c, "ZF3", "pass", "96 and 90");
    relies(&c, NULL, "... need no relaxation");
    rooms(&c, 73, NAN);
    county_is(&c, "ZF3", "unknown", "a room whose size is missing");
    rooms(&c, 73, 67);
    make_set(&c.m, 0, FIELD_classes_primary, 13);
    county_is(&c, "ZF3", "fail", "13 classes need two rooms all the same");
    make_set(&c.m, 0, FIELD_classes_primary, 12);
    c.m.data.round = (struct round){2028, 0};
    county_is(&c, "ZF3", "fail", "on 1 September 2028 it is over");
    county_done(&c);
}

/*
 * 「对于最大班额低于30人的农村小规模学校，按照小学音乐、美术专用教室均不低于54平方米、初中均
 * 不低于61平方米评估」
 */
static void small_rural(void)
{
    struct county c;
    one_school(&c, 99);
    rooms(&c, 54, 54);
    make_set(&c.m, 0, FIELD_largest_class_primary, 29);
    county_is(&c, "ZF3", "fail", "nobody knows whether it is rural");
    c.m.schools[0].setting = SETTING_RURAL;
    county_is(&c, "ZF3", "pass", "rural, 99 pupils, classes of 29, 54 m²");
    relies(&c, "R3-small", "... relies on R3-small");
    make_set(&c.m, 0, FIELD_largest_class_primary, 30);
    county_is(&c, "ZF3", "fail", "a class of 30");
    make_set(&c.m, 0, FIELD_largest_class_primary, 29);
    make_set(&c.m, 0, FIELD_pupils_primary, 100);
    county_is(&c, "ZF3", "fail", "100 pupils");
    make_set(&c.m, 0, FIELD_pupils_primary, 99);
    rooms(&c, 53.99, 54);
    county_is(&c, "ZF3", "fail", "53.99 m²");
    rooms(&c, 54, 53.99);
    county_is(&c, "ZF3", "fail", "of art, too");
    rooms(&c, 60, 61);
    c.m.schools[0].kind = KIND_JUNIOR;
    make_set(&c.m, 0, FIELD_pupils_primary, NAN);
    make_set(&c.m, 0, FIELD_pupils_junior, 99);
    make_set(&c.m, 0, FIELD_classes_junior, 6);
    make_set(&c.m, 0, FIELD_largest_class_junior, 29);
    county_is(&c, "ZF3", "fail", "a junior school with 60 m²");
    rooms(&c, 61, 61);
    county_is(&c, "ZF3", "pass", "... with 61");
    c.m.schools[0].built_year = 2016;
    rooms(&c, 72, 66);
    county_is(&c, "ZF3", "pass", "one that R3 does not help, and R3-small does");
    relies(&c, "R3-small", "... relies on that");
    county_done(&c);
}

/*
 * 「2010年及之前规划并建成的学校，以及进城务工人员随迁子女占比超过50%的学校，其学校规模按小学、
 * 初中均不超过2400人、九年一贯制学校不超过3000人评估」
 */
static void sizes(void)
{
    struct county c;
    one_school(&c, 2400);
    c.m.schools[0].built_year = 2011;
    county_is(&c, "ZF4", "fail", "2400 pupils, built in 2011");
    c.m.schools[0].built_year = 2010;
    county_is(&c, "ZF4", "pass", "2400 pupils, built in 2010");
    relies(&c, "R4", "... relies on R4");
    make_set(&c.m, 0, FIELD_pupils_primary, 2401);
    county_is(&c, "ZF4", "fail", "2401");
    make_set(&c.m, 0, FIELD_pupils_primary, 2000);
    county_is(&c, "ZF4", "pass", "2000");
    relies(&c, NULL, "... need no relaxation");
    make_set(&c.m, 0, FIELD_pupils_primary, 2200);
    c.m.schools[0].built_year = 2020;
    make_set(&c.m, 0, FIELD_migrant_pupils_primary, 1100);
    county_is(&c, "ZF4", "fail", "1100 of 2200 are migrants' children: half");
    make_set(&c.m, 0, FIELD_migrant_pupils_primary, 1101);
    county_is(&c, "ZF4", "pass", "1101: more than half");
    make_set(&c.m, 0, FIELD_migrant_pupils_primary, NAN);
    county_is(&c, "ZF4", "fail", "nobody knows how many");
    c.m.schools[0].built_year = 2010;
    c.m.schools[0].kind = KIND_NINE_YEAR;
    make_set(&c.m, 0, FIELD_pupils_junior, 800);
    county_is(&c, "ZF4", "pass", "nine years: 3000");
    make_set(&c.m, 0, FIELD_pupils_junior, 801);
    county_is(&c, "ZF4", "fail", "nine years: 3001");
    c.m.schools[0].kind = KIND_TWELVE_YEAR;
    make_set(&c.m, 0, FIELD_pupils_junior, 301);
    county_is(&c, "ZF4", "fail", "twelve years: 2501, for which there is none");
    county_done(&c);
}

/* 「评估后持续跟踪复查，认定后三年之内达到规定标准要求」 */
static void duty(void)
{
    struct county c;
    one_school(&c, 2400);
    c.m.schools[0].built_year = 2010;
    c.m.data.round = (struct round){2026, 0};
    county_is(&c, "ZF4", "pass", "a county that is not certified");
    is_int((long long)c.m.result.n_duties, 0, "... owes nothing yet");
    c.m.options.certified = (struct date){2023, 9, 2};
    county_is(&c, "ZF4", "pass", "certified three years ago but a day");
    ok(c.m.result.n_duties == 1 && c.m.result.duties[0].until.year == 2026 &&
           c.m.result.duties[0].until.month == 9 && c.m.result.duties[0].until.day == 2,
       "... owes by the third anniversary");
    is_str(c.m.result.n_duties ? c.m.result.duties[0].relaxation->id : NULL, "R4",
           "... what R4 forgave");
    c.m.options.certified = (struct date){2023, 9, 1};
    county_is(&c, "ZF4", "fail", "certified three years ago: the duty is due");
    is_int((long long)c.m.result.n_duties, 0, "... and no longer a duty");
    const struct item_result *z = county_judged(&c, "ZF4");
    ok(z->n_schools == 1 && z->schools[0].limit == 2000, "... but a miss of 2000");
    c.m.options.certified = (struct date){2025, 12, 31};
    make_set(&c.m, 0, FIELD_pupils_primary, 1999);
    county_is(&c, "ZF4", "pass", "a county that has mended it");
    is_int((long long)c.m.result.n_duties, 0, "... owes nothing");
    county_done(&c);
}

int main(void)
{
    struct arena *arena = arena_new(16 << 20);
    quality = county_standard("quality-2017", arena);
    built_2016();
    small_rural();
    sizes();
    duty();
    arena_free(arena);
    return done_testing();
}
