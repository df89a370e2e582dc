/* SPDX-License-Identifier: Apache-2.0 */
/* The official forms as they come out of a spreadsheet: titles above the header, numbers of
 * columns below it, sections and notes between and behind the schools. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define N(list) (sizeof(list) / sizeof *(list))

static const struct mapping_default COUNTY[] = {{"county_code", "A", 1, 1}};
static const struct mapping_default WITH_KIND[] = {{"county_code", "A", 1, 1},
                                                   {"kind", "primary", 2, 1}};
static const struct mapping FORM = {
    .file = "m.yaml", .defaults = COUNTY, .n_defaults = 1, .round = {2025, 0}};
static const struct mapping OF_KIND = {
    .file = "m.yaml", .defaults = WITH_KIND, .n_defaults = 2, .round = {2025, 0}};

#define SECTION(name)                                                                    \
    " notice section_row : \"" name "\" begins a section: it says what the rows below "  \
    "are\n"
#define ABOVE(n) " notice above_header : " n " rows above the header are not read\n"

static void test_form(const struct rig *rig)
{
    rig_gives(
        rig,
        "表Ⅱ-2  某县情况（分学校）,,,,\n,,,,\n"
        "序 号,学校名称,举办者 类型,在校生数,班级数\nL1,L2,L3,L4,L5\n"
        "小学部,,,,\n1,甲小学,7,100,3\n2,乙学校,7,50,2\n"
        ",初 中 部,,,\n1,乙学校,7,60,2\n,小计,,60,2\n"
        "注： 1.小学学校总数＿＿所。,,,,\n填表人：某,,审核人：某,,\n",
        &FORM,
        "A A 2025\n"
        " 乙学校#primary primary pupils_primary=50 classes_primary=2 [序 号]=2\n"
        " 乙学校#junior junior pupils_junior=60 classes_junior=2 [序 号]=1\n"
        " 甲小学#primary primary pupils_primary=100 classes_primary=3 [序 号]=1\n"
        " notice total_row 小计: a row named \"小计\" adds up or averages other rows: "
        "it is no school and is in no figure\n" ABOVE("1") SECTION("小学部") SECTION(
            "初 中 部") " notice note_row : \"注： 1.小学学校总数＿＿所。\" is a note: it is not read\n"
                        " notice note_row : \"填表人：某\" begins a note: it is not read\n",
        "a form with everything");
    rig_gives(
        rig, "某县情况\n学校名称,在校生数\n小学\n甲,1\n初中\n乙,2\n说明：无\n", &FORM,
        "A A 2025\n 乙#junior junior pupils_junior=2\n"
        " 甲#primary primary pupils_primary=1\n" ABOVE("1") SECTION("小学")
            SECTION("初中") " notice note_row : \"说明：无\" is a note: it is not read\n",
        "lines of one cell");
}

static void test_kinds(const struct rig *rig)
{
    rig_gives(
        rig, "学校名称,在校生数\n甲,1\n", &FORM,
        "schools.csv:1:1: no kind column (kind, 办学类型, 学校类型); name one under "
        "`columns:`, or give a constant under `defaults:`",
        "neither kinds nor sections");
    rig_gives(
        rig, "学校名称,在校生数\n甲,1\n小学部,\n乙,1\n", &FORM,
        "schools.csv:1:1: no kind column (kind, 办学类型, 学校类型); name one under "
        "`columns:`, or give a constant under `defaults:`",
        "a school above the first section");
    rig_says(rig, "学校名称,在校生数\n甲,1\n初中部,\n乙,2\n", &OF_KIND,
             " 乙#junior junior pupils_junior=2\n 甲 primary pupils_primary=1\n",
             "a section stands before a constant it cannot hold");
    rig_says(
        rig,
        "学校名称,在校生数,办学类型\n初中部,,\n甲,1,小学\n乙,2,九年一贯制学校\n丙,3,\n",
        &FORM,
        " 丙#junior junior pupils_junior=3\n 乙#junior nine_year pupils_junior=2\n"
        " dropped 3:5 kind \"小学\": not a kind of school that its section may hold\n",
        "a kind that is given stays, and is not of another stage");
    rig_says(rig, "学校名称,在校生数\n教学点,\n甲,1\n", &FORM,
             " 甲 teaching_point pupils_primary=1\n", "a section of a kind");
}

static void test_not_aside(const struct rig *rig)
{
    rig_says(rig, "学校名称,在校生数\n甲,1\n注溪小学,\n", &OF_KIND,
             " dropped 3:", "a school with nothing but a name is no note");
    rig_says(rig, "学校名称,在校生数\n甲,1\n注溪小学,9\n", &OF_KIND,
             " 注溪小学 primary pupils_primary=9\n", "nor one that begins like one");
    rig_says(rig, "学校名称,在校生数\n甲,1\n注：乙,9\n", &OF_KIND, " 注：乙 primary ",
             "nor one with pupils");
    rig_says(rig, "学校名称,在校生数\n甲,1\n…,\n", &OF_KIND, "dropped 1\n",
             "schools left out are missing");
    rig_says(rig, "学校名称,在校生数,班级数\n1,2,3\n", &OF_KIND,
             "schools.csv:1:1: a header and no row below it",
             "1, 2, 3 below the header numbers the columns");
    rig_says(rig, "学校名称,在校生数,班级数\n4,4,4\n1,2,3\n", &OF_KIND,
             " 1 primary pupils_primary=2", "and further down is a school");
}

static void test_search(const struct rig *rig)
{
    char csv[512], lines[256] = "";
    for (int i = 0; i < 9; i++)
        memcpy(lines + 3 * i, "t,\n", 4);
    snprintf(csv, sizeof csv, "%s学校名称,在校生数\n甲,1\n", lines);
    rig_says(rig, csv, &OF_KIND, ABOVE("9"), "the tenth row may be the header");
    snprintf(csv, sizeof csv, "t,\n%s学校名称,在校生数\n甲,1\n", lines);
    rig_says(rig, csv, &OF_KIND, "schools.csv:1:1: no school column",
             "the eleventh may not");
    rig_says(rig, "题目,\na,b\n", &OF_KIND, "schools.csv:2:1: no school column",
             "the row most like a header says what is missing");
    rig_says(rig, "题目\n", &OF_KIND, "schools.csv:1:1: no school column",
             "a title alone");
    static const char *const names[] = {"校名", NULL}, *const pupils[] = {"人数", NULL};
    const struct mapping_column columns[] = {
        {"school_name", names, 1, 0, NULL, NULL, 1, 1},
        {"pupils_primary", pupils, 1, 0, NULL, NULL, 2, 1}};
    struct mapping m = OF_KIND;
    m.columns = columns;
    m.n_columns = N(columns);
    rig_says(rig, "题目,\n校 名,人数\n甲,1\n", &m, " 甲 primary pupils_primary=1\n",
             "names that `columns:` takes are known");
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    test_form(&rig);
    test_kinds(&rig);
    test_not_aside(&rig);
    test_search(&rig);
    rig_done(&rig);
    return done_testing();
}
