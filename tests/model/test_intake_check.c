/* SPDX-License-Identifier: Apache-2.0 */
/* Findings keep the data and tell a person what can hardly be right in them; and the last
 * round tells where a row without a county belongs. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define HEAD "round,county_code,school_code,kind,"

static void test_parts(const struct rig *rig)
{
    rig_says(
        rig,
        HEAD "pupils,teachers,backbone_teachers,pe_arts_teachers\n"
             "2025,A,1,primary,100,10,12,10\n2025,A,2,primary,100,,12,\n",
        NULL,
        "?3:26:empty\n warning part_over_whole 1: backbone_teachers_primary 12 is more than "
        "teachers_primary 10\n",
        "a part larger than its whole, told once; beside a missing whole nothing is said");
    rig_says(
        rig,
        HEAD "pupils,teaching_area,indoor_sports_area\n2025,A,1,junior,9,100.5,100.6\n",
        NULL,
        "part_over_whole 1: indoor_sports_area 100.6 is more than teaching_area 100.5\n",
        "areas");
    rig_says(rig, HEAD "pupils,classes,classes_56,classes_66\n2025,A,1,junior,9,3,4,5\n",
             NULL,
             "part_over_whole 1: classes_56_junior 4 is more than classes_junior 3\n",
             "classes");
    rig_says(rig, HEAD "pupils,classes,classes_56,classes_66\n2025,A,1,junior,9,3,4,5\n",
             NULL,
             "part_over_whole 1: classes_66_junior 5 is more than classes_56_junior 4\n",
             "and one bin and the next");
}

static void test_schools(const struct rig *rig)
{
    rig_gives(
        rig,
        HEAD "owner,pupils_primary,pupils_junior,teachers_primary,teachers_junior,"
             "pupils_preschool\n"
             "2025,A,1,primary,,100,,0,,\n2025,A,2,primary,县级教育,0,,0,,30\n"
             "2025,A,3,primary,教会,5,7,1,0,\n",
        NULL,
        "A A 2025\n"
        " 1 primary pupils_primary=100 teachers_primary=0\n"
        " 2 primary pupils_preschool=30 pupils_primary=0 teachers_primary=0\n"
        " 3 primary pupils_primary=5 pupils_junior=7 teachers_primary=1 teachers_junior=0\n"
        " bad 4:18 owner \"教会\": not a word known here\n"
        " notice owner_empty 1: no owner given: counted as 7 (the county's education "
        "office)\n"
        " notice owner_empty 3: no owner given: counted as 7 (the county's education "
        "office)\n"
        " warning teachers_zero 1: 100 primary pupils and not one teacher\n"
        " warning teachers_zero 3: 7 junior pupils and not one teacher\n"
        " warning pupils_of_kind 3: 7 junior pupils at a school of kind primary\n"
        " notice preschool_classes 2: 30 children in preschool classes: no rule says how to "
        "divide the school's rooms and equipment with them, so they are not divided\n",
        "owners, teachers, kinds, preschool classes");
    rig_says(
        rig, HEAD "pupils,books\n2025,A,1,primary,0,500\n2025,A,2,senior,0,500\n", NULL,
        "books=500\n notice no_pupils 1: nobody is enrolled, and books is 500: not in "
        "any figure, unless it is a campus of a school that is\n",
        "books, and nobody to read them");
    rig_says(
        rig,
        HEAD
        "pupils,equipment_value\n2025,A,1,primary,100,200000\n2025,A,2,primary,100,210000\n"
        "2025,A,3,primary,100,22\n2025,A,4,primary,100,230000\n2025,A,5,primary,100,0\n"
        "2025,A,6,primary,100,240000\n",
        NULL,
        "pupils_primary=100\n warning unit_factor 3: equipment_value comes to 0.22 a pupil, "
        "where 2100 is usual in the county: was the unit taken for another?\n",
        "yuan where ten thousand yuan are meant");
}

static void test_teachers(const struct rig *rig)
{
    rig_gives(
        rig,
        HEAD "pupils,teachers\n2025,A,1,primary,50,51\n2025,A,2,primary,49,50\n"
             "2025,A,3,junior,301,3\n2025,A,4,junior,300,3\n",
        NULL,
        "A A 2025\n"
        " 1 primary pupils_primary=50 teachers_primary=51\n"
        " 2 primary pupils_primary=49 teachers_primary=50\n"
        " 3 junior pupils_junior=301 teachers_junior=3\n"
        " 4 junior pupils_junior=300 teachers_junior=3\n"
        " warning teachers_unlikely 1: 51 teachers for 50 primary pupils\n"
        " warning teachers_unlikely 3: 3 teachers for 301 junior pupils\n",
        "more teachers than pupils, of 50 and more; more than 100 pupils a teacher");
}

static void test_classes(const struct rig *rig)
{
    rig_gives(rig,
              HEAD "pupils,classes\n2025,A,1,primary,9,0\n2025,A,2,primary,9,10\n"
                   "2025,A,3,primary,121,1\n2025,A,4,primary,120,1\n2025,A,5,primary,9,\n"
                   "2025,A,6,primary,0,0\n",
              NULL,
              "A A 2025\n 1 primary pupils_primary=9 classes_primary=0\n"
              " 2 primary pupils_primary=9 classes_primary=10\n"
              " 3 primary pupils_primary=121 classes_primary=1\n"
              " 4 primary pupils_primary=120 classes_primary=1\n"
              " 5 primary pupils_primary=9 classes_primary=?6:20:empty\n"
              " 6 primary pupils_primary=0 classes_primary=0\n"
              " warning classes_unlikely 1: 0 classes for 9 primary pupils\n"
              " warning classes_unlikely 2: 10 classes for 9 primary pupils\n"
              " warning classes_unlikely 3: 1 classes for 121 primary pupils\n",
              "pupils without a class, more classes than pupils, more than 120 a class");
    rig_says(
        rig, HEAD "pupils,classes,largest_class,classes_46\n2025,A,1,junior,90,2,45,1\n",
        NULL,
        "warning class_sizes 1: largest_class_junior is 45, and classes_46_junior 1\n",
        "the largest class is below a bin that has some");
    rig_says(
        rig, HEAD "pupils,classes,largest_class,classes_66\n2025,A,1,junior,90,2,66,0\n",
        NULL,
        "warning class_sizes 1: largest_class_junior is 66, and classes_66_junior 0\n",
        "or in a bin that has none");
    rig_says(rig, HEAD "pupils,classes,largest_class\n2025,A,1,junior,91,2,45\n", NULL,
             "warning class_sizes 1: 2 classes of at most 45 cannot hold 91 pupils\n",
             "more pupils than the classes hold");
    rig_gives(
        rig, HEAD "pupils,classes,largest_class,classes_46\n2025,A,1,junior,90,2,45,0\n",
        NULL,
        "A A 2025\n 1 junior pupils_junior=90 classes_junior=2 largest_class_junior=45"
        " classes_46_junior=0\n",
        "and nothing where it can be so");
}

static void test_rooms(const struct rig *rig)
{
    rig_gives(rig,
              HEAD "pupils,music_rooms,music_room_min_area,art_rooms,art_room_min_area\n"
                   "2025,A,1,primary,9,1,0,0,96\n2025,A,2,primary,9,1,,0,0\n",
              NULL,
              "A A 2025\n"
              " 1 primary music_rooms=1 art_rooms=0 music_room_min_area=0 "
              "art_room_min_area=96 pupils_primary=9\n"
              " 2 primary music_rooms=1 art_rooms=0 music_room_min_area=?3:22:empty "
              "art_room_min_area=0 pupils_primary=9\n"
              " notice room_without_area 1: music_rooms is 1, and music_room_min_area 0\n"
              " notice room_without_area 1: art_rooms is 0, and art_room_min_area 96\n",
              "rooms of no area, an area without rooms");
}

/* ---- the last round ------------------------------------------------------------------------- */

/* A county of so many schools of a hundred pupils each, as text. */
static char *county_of(int schools, int round)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    fputs(HEAD "pupils\n", to);
    for (int i = 1; i <= schools; i++)
        fprintf(to, "%d,A,%d,primary,100\n", round, i);
    fclose(to);
    return text;
}

/* The finding of a county that shrank, from a county of ten schools. */
static void test_shrunk(const struct rig *plain)
{
    struct rig rig = *plain;
    struct intake_result last = {0};
    struct jh_err err;
    char *then = county_of(10, 2024), *eight = county_of(8, 2025),
         *seven = county_of(7, 2025);
    struct rig_file files[] = {{"last.csv", then, NULL, NULL}, {0}};
    if (rig_read(&rig, files, &last, &err))
        bail(err.text);
    rig.previous = last.datasets;
    rig.n_previous = last.n;
    char *got = rig_show(&rig, eight, NULL);
    ok(!strstr(got, "county_shrunk"), "a fifth less is not said to be too little");
    free(got);
    rig_says(&rig, seven, NULL,
             "warning county_shrunk : primary pupils went from 1000 to 700\n"
             " warning county_shrunk : schools by stage went from 10 to 7\n",
             "more than that is");
    intake_result_done(&last);
    free(then);
    free(eight);
    free(seven);
}

/* ---- policies ------------------------------------------------------------------------------- */

static enum doubt_policy block_all(void *arg, struct round round, enum doubt doubt,
                                   const struct finding *finding)
{
    (void)arg, (void)round, (void)doubt;
    return strcmp(finding->school, "2") == 0   ? DOUBT_OFF
           : strcmp(finding->school, "3") == 0 ? DOUBT_ACCEPTED
                                               : DOUBT_BLOCK;
}

/* What a policy blocks is not there for anybody who computes with the data. */
static void test_policies(const struct rig *plain)
{
    struct rig rig = *plain;
    rig.policy = block_all;
    rig_gives(&rig,
              HEAD
              "pupils,teachers,backbone_teachers,books\n2025,A,1,primary,100,10,12,\n"
              "2025,A,2,primary,100,10,12,7\n2025,A,3,primary,100,10,12,7\n"
              "2025,A,4,primary,100,0,0,7\n",
              NULL,
              "A A 2025\n"
              " 1 primary books=?2:28:empty pupils_primary=100 "
              "teachers_primary=?2:0:blocked: part_over_whole "
              "backbone_teachers_primary=?2:0:blocked: part_over_whole\n"
              " 2 primary books=7 pupils_primary=100 teachers_primary=10 "
              "backbone_teachers_primary=12\n"
              " 3 primary books=7 pupils_primary=100 teachers_primary=10 "
              "backbone_teachers_primary=12\n"
              " 4 primary books=7 pupils_primary=100 "
              "teachers_primary=?5:0:blocked: teachers_zero backbone_teachers_primary=0\n"
              " warning part_over_whole 1: backbone_teachers_primary 12 is more than "
              "teachers_primary 10\n"
              " warning part_over_whole 3: backbone_teachers_primary 12 is more than "
              "teachers_primary 10\n"
              " warning teachers_zero 4: 100 primary pupils and not one teacher\n",
              "cells are blocked, one by one; off is not told, accepted not blocked");
    rig_says(&rig, HEAD "pupils_primary,pupils_junior\n2025,A,1,primary,100,9\n", NULL,
             "A A 2025 doubts 1\n 1 primary pupils_primary=100 pupils_junior=9\n",
             "a doubt about pupils is one about the county");
    rig.limits.max_rejected = 1;
    rig_says(&rig,
             HEAD "pupils,teachers,books\n2025,A,1,primary,100,0,5\n"
                  "2025,A,4,primary,100,0,5\n",
             NULL, " 4 primary books=5 pupils_primary=100 teachers_primary=?3:0:blocked",
             "what is too much to be told is blocked all the same");
}

/* The last round of the tests below. */
static void read_last(struct rig *rig, struct intake_result *last)
{
    struct jh_err err;
    struct rig_file files[] = {
        {"last.csv",
         HEAD "pupils,computers,equipment_value\n"
              "2024,A,1,primary,100,40,2000000\n2024,A,2,primary,100,40,2000000\n"
              "2024,A,3,primary,10,1,50000\n2024,B,9,primary,100,40,2000000\n"
              "2024,C,8,primary,5,5,5\n",
         NULL, NULL},
        {0}};
    if (rig_read(rig, files, last, &err))
        bail(err.text);
    rig->previous = last->datasets;
    rig->n_previous = last->n;
}

static void test_previous(const struct rig *rig)
{
    rig_gives(
        rig,
        HEAD "pupils,computers,equipment_value\n"
             "2025,A,1,primary,1001,41,200\n2025,A,3,primary,11,20,500000\n"
             "2025,A,4,primary,7,1,40000\n2025,B,9,primary,100,40,200\n",
        NULL,
        "A A 2025\n"
        " 1 primary equipment_value=200 computers=41 pupils_primary=1001\n"
        " 3 primary equipment_value=500000 computers=20 pupils_primary=11\n"
        " 4 primary equipment_value=40000 computers=1 pupils_primary=7\n"
        " warning unit_factor 1: equipment_value went from 2000000 to 200: "
        "was the unit taken for another?\n"
        " warning tenfold 1: pupils_primary went from 100 to 1001\n"
        " notice school_new 4: not in the last round\n"
        " notice school_vanished 2: in the last round, and not in this\n"
        "B B 2025\n"
        " 9 primary equipment_value=200 computers=40 pupils_primary=100\n"
        " warning unit_factor 9: equipment_value went from 2000000 to 200: "
        "was the unit taken for another?\n",
        "tenfold, the factor of a unit, new and vanished schools; exactly tenfold is none");
}

static void test_county_of_row(const struct rig *rig)
{
    rig_gives(rig,
              HEAD
              "pupils\n2025,A,1,primary,100\n2025,A,2,primary,100\n2025,A,3,primary,10\n"
              "2025,/,9,primary,100\n2025,B,10,primary,5\n",
              NULL,
              "A A 2025\n 1 primary pupils_primary=100\n 2 primary pupils_primary=100\n"
              " 3 primary pupils_primary=10\n"
              "B B 2025 dropped 1\n 10 primary pupils_primary=5\n"
              " dropped 5:6 county_code \"/\": empty\n"
              " notice school_new 10: not in the last round\n"
              " notice school_vanished 9: in the last round, and not in this\n",
              "a row without a county belongs where its school was");
    rig_gives(rig,
              HEAD
              "pupils\n2025,A,1,primary,100\n2025,A,2,primary,100\n2025,A,3,primary,10\n"
              "2025,B,9,primary,\n",
              NULL,
              "A A 2025\n 1 primary pupils_primary=100\n 2 primary pupils_primary=100\n"
              " 3 primary pupils_primary=10\n"
              "B B 2025 dropped 1\n"
              " dropped 5:18 pupils_primary \"\": empty\n"
              " notice school_vanished 9: in the last round, and not in this\n",
              "a county of the last round whose every row is dropped is still there");
    rig_says(rig, HEAD "pupils\n2025,A,1,primary,100\n2025,,8,primary,1\n", NULL,
             "A A 2025 dropped 1\n",
             "a school of a county that is not in the file: any county's");
}

static void test_many(struct rig *rig)
{
    char *text = malloc(64 * 1024);
    size_t n = 0;
    if (!text)
        bail("memory");
    n += (size_t)snprintf(text, 64, "%s", HEAD "pupils\n");
    for (int i = 0; i < 50; i++)
        n += (size_t)snprintf(text + n, 64, "2025,B,%d,primary,%d\n", 1000 - i, i);
    char *got = rig_show(rig, text, NULL);
    ok(strstr(got, "notice school_new : not in the last round: 50 schools in all\n") !=
           NULL,
       "many new schools are counted");
    const char *first = strstr(got, " 951 primary pupils_primary=49\n"),
               *last = strstr(got, " 1000 primary pupils_primary=0\n");
    ok(first && last && last < first, "and stand in bytewise order");
    free(got);
    free(text);
}

int main(void)
{
    struct rig rig;
    struct intake_result last = {0};
    rig_init(&rig);
    test_parts(&rig);
    test_schools(&rig);
    test_teachers(&rig);
    test_classes(&rig);
    test_rooms(&rig);
    test_shrunk(&rig);
    test_policies(&rig);
    read_last(&rig, &last);
    test_previous(&rig);
    test_county_of_row(&rig);
    test_many(&rig);
    intake_result_done(&last);
    rig_done(&rig);
    return done_testing();
}
