/* SPDX-License-Identifier: Apache-2.0 */
/* A row that adds up the others is no school: it has lowered a CV from a fail to a pass. By
 * its name it is left out and told, by its figures it is dropped and the county with it. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define HEAD "round,county_code,school_code,school_name,kind,pupils,books\n"
#define FOUR                                                                             \
    "2025,A,1,a,primary,10,100\n2025,A,2,b,primary,20,5\n2025,A,3,c,primary,30,7\n"      \
    "2025,A,4,d,primary,45,9\n"
#define FOUR_READ                                                                        \
    " 1 primary books=100 pupils_primary=10\n 2 primary books=5 pupils_primary=20\n"     \
    " 3 primary books=7 pupils_primary=30\n 4 primary books=9 pupils_primary=45\n"
#define TOLD(name)                                                                       \
    "A A 2025\n" FOUR_READ " notice total_row " name ": a row named \"" name             \
    "\" adds up or averages other rows: it is no school and is in no figure\n"

static void test_names(const struct rig *rig)
{
    static const char *const names[] = {"合计",      "总 计",   "小计：",   "青石县合计",
                                        "Total",     "ＳＵＭ",  "全县平均", "平均",
                                        "Sub Total", "初中小计"};
    char csv[1024], want[1024];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(csv, sizeof csv, HEAD FOUR "2025,A,,%s,primary,105,121\n", names[i]);
        snprintf(want, sizeof want, TOLD("%s"), names[i], names[i]);
        rig_gives(rig, csv, NULL, want, names[i]);
    }
    rig_gives(rig, HEAD "2025,A,合计,,primary,105,121\n" FOUR, NULL, TOLD("合计"),
              "as a code, and above its county's schools");
    rig_gives(rig, HEAD FOUR "2025,A,A,本县合计,primary,105,121\n", NULL,
              TOLD("本县合计"), "the county's own code is no school's");
    rig_says(rig, HEAD FOUR "合计,,,,,105,121\n", NULL,
             "A A 2025\n" FOUR_READ " notice total_row 合计: ", "in front of the row");
}

/* Without a school code the name is the key, and the kind is a constant. */
static void test_defaults(const struct rig *rig)
{
    static const struct mapping_default defaults[] = {{"kind", "primary", 1, 1},
                                                      {"county_code", "A", 2, 1}};
    struct mapping m = {
        .file = "m.yaml", .defaults = defaults, .n_defaults = 2, .round = {2025, 0}};
    rig_gives(
        rig, "学校名称,在校生数\n甲,1\n乙,2\n青石县总计,3\n", &m,
        "A A 2025\n 乙 primary pupils_primary=2\n 甲 primary pupils_primary=1\n"
        " notice total_row 青石县总计: a row named \"青石县总计\" adds up or averages "
        "other rows: it is no school and is in no figure\n",
        "kind from `defaults:`");
    rig_gives(rig, "学校名称,在校生数\n合计,3\n", &m,
              "schools.csv:1:1: a header and no row below it: a round without any school",
              "nothing but a total is no round");
}

static void test_schools_stay(const struct rig *rig)
{
    rig_says(rig, HEAD FOUR "2025,A,5,会计学校,primary,9,1\n", NULL, " 5 primary books=1",
             "a name that only holds a word");
    rig_says(rig, HEAD FOUR "2025,A,5,青石县合计,primary,9,1\n", NULL,
             "dropped 1\n" FOUR_READ
             " dropped 6:10 school_name \"青石县合计\": named as a "
             "total, but with a school's code: take the row out, or mend its name\n",
             "a school's code and a total's name: nobody can pass on it");
}

static void test_figures(const struct rig *rig)
{
    rig_gives(
        rig, HEAD FOUR "2025,A,9,本县,primary,105,121\n", NULL,
        "A A 2025 dropped 1\n" FOUR_READ
        " dropped 6:1 pupils_primary \"105\": equals the sum of the county's other 4 "
        "rows here, and so does books: a total is no school; take the row out, or "
        "name it as a total\n",
        "a total without a name is dropped, and voids its county");
    rig_says(rig, HEAD FOUR "2025,A,9,e,primary,105,122\n", NULL,
             "\n 9 primary books=122", "pupils alone may add up by chance");
    rig_says(rig,
             HEAD "2025,A,1,a,primary,10,1\n2025,A,2,b,primary,20,2\n"
                  "2025,A,9,c,primary,30,3\n",
             NULL, "\n 9 primary books=3", "and so may three rows");
    rig_says(rig, HEAD FOUR "2025,B,9,e,primary,105,121\n", NULL,
             "\n 9 primary books=121", "a county is its own sum");
}

/* Rows behind the one that goes keep what is missing in them; other counties stay whole. */
static void test_gaps(const struct rig *rig)
{
    rig_gives(
        rig,
        HEAD "2025,B,7,a,primary,3,\n2025,A,0,sum,primary,60,60\n"
             "2025,A,1,a,primary,10,\n2025,A,2,b,primary,20,30\n"
             "2025,A,3,c,primary,30,30\n",
        NULL,
        "A A 2025\n 1 primary books=?4:23:empty pupils_primary=10\n"
        " 2 primary books=30 pupils_primary=20\n"
        " 3 primary books=30 pupils_primary=30\n"
        " notice total_row sum: a row named \"sum\" adds up or averages other rows: "
        "it is no school and is in no figure\n"
        "B B 2025\n 7 primary books=?2:22:empty pupils_primary=3\n",
        "by name");
    rig_gives(
        rig,
        HEAD "2025,B,7,a,primary,3,\n2025,A,0,x,primary,60,60\n"
             "2025,A,1,a,primary,10,\n2025,A,2,b,primary,20,30\n"
             "2025,A,3,c,primary,30,30\n",
        NULL,
        "A A 2025 dropped 1\n 1 primary books=?4:23:empty pupils_primary=10\n"
        " 2 primary books=30 pupils_primary=20\n"
        " 3 primary books=30 pupils_primary=30\n"
        " dropped 3:1 pupils_primary \"60\": equals the sum of the county's other 3 "
        "rows here, and so does books: a total is no school; take the row out, or "
        "name it as a total\n"
        "B B 2025\n 7 primary books=?2:22:empty pupils_primary=3\n",
        "by figures");
}

static void test_stages(const struct rig *rig)
{
    rig_says(rig,
             "round,county_code,school_code,kind,pupils_primary,pupils_junior,"
             "teachers_primary,teachers_junior,books\n"
             "2025,A,1,primary,10,,1,,5\n2025,A,2,primary,20,,2,,5\n"
             "2025,A,3,nine_year,30,40,3,9,5\n2025,A,4,junior,,50,,9,5\n"
             "2025,A,5,junior,,60,,9,5\n2025,A,6,primary,5,,1,,5\n"
             "2025,A,9,nine_year,65,150,7,27,30\n",
             NULL,
             " dropped 8:1 pupils_primary \"65\": equals the sum of the county's other 4 "
             "rows here, and so does books: ",
             "of both stages, once");
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    test_names(&rig);
    test_defaults(&rig);
    test_schools_stay(&rig);
    test_figures(&rig);
    test_gaps(&rig);
    test_stages(&rig);
    rig_done(&rig);
    return done_testing();
}
