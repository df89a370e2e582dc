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
        " warning unit_factor 1: equipment_value went from 2000000 to 200 (1 of 2 schools "
        "moved about 10^4): was the unit taken for another?\n"
        " warning tenfold 1: pupils_primary went from 100 to 1001 (1 of 2 schools moved more "
        "than tenfold)\n"
        " notice school_new 4: not in the last round\n"
        " notice school_vanished 2: in the last round, and not in this\n"
        "B B 2025\n"
        " 9 primary equipment_value=200 computers=40 pupils_primary=100\n"
        " warning unit_factor 9: equipment_value went from 2000000 to 200 (1 of 1 schools "
        "moved about 10^4): was the unit taken for another?\n",
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
    ok(strstr(got, "warning school_new : not in the last round: 50 schools in all\n") !=
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
    read_last(&rig, &last);
    test_previous(&rig);
    test_county_of_row(&rig);
    test_many(&rig);
    intake_result_done(&last);
    rig_done(&rig);
    return done_testing();
}
