/* SPDX-License-Identifier: Apache-2.0 */
/* What a file says must arrive unchanged; what it does not say must arrive as missing. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define HEAD "round,county_code,school_code,kind,"

static void test_plain(const struct rig *rig)
{
    rig_gives(
        rig,
        "统计年份,行政区划代码,区县,学校标识码,学校名称,办学类型,举办者类型,小学在校生数,"
        "小学专任教师数,教学仪器设备值（万元）\n"
        "2025,340103,庐阳区,2134000002,乙,小学,7,\"1,200\",60.5,12.34\n"
        "2025,340103,庐阳区,2134000001,甲,小学,7,500,—,\n",
        NULL,
        "340103 庐阳区 2025\n"
        " 2134000001 primary equipment_value=?3:41:empty pupils_primary=500 "
        "teachers_primary=?3:39:empty\n"
        " 2134000002 primary equipment_value=123400 pupils_primary=1200 "
        "teachers_primary=60.5\n",
        "aliases, units, order by code, missing cells");
    rig_gives(rig, HEAD "pupils\n2025-10,B,1,primary,1\n2025-10,A,2,primary,2\n", NULL,
              "A A 2025-10\n 2 primary pupils_primary=2\n"
              "B B 2025-10\n 1 primary pupils_primary=1\n",
              "several counties, by code; a monthly round");
    rig_gives(
        rig,
        "county_name,school_name,kind,pupils\n甲县,中心小学,小学,10\n乙县,中心小学,小学,20\n",
        NULL,
        "乙县 乙县 \n 中心小学 primary pupils_primary=20\n"
        "甲县 甲县 \n 中心小学 primary pupils_primary=10\n",
        "names where there are no codes, unique within a county only");
    rig_gives(rig, HEAD "pupils\n2025,A,1,primary,1\n,,,,\n \n\u3000,,,,\n", NULL,
              "A A 2025\n 1 primary pupils_primary=1\n", "rows without a word are none");
}

static void test_stages(const struct rig *rig)
{
    rig_gives(rig,
              HEAD "stage,pupils,teachers,teachers_junior\n"
                   "2025,A,1,nine_year,小学,100,10,\n2025,A,1,nine_year,初中,50,,6\n"
                   "2025,A,2,junior,,30,3,\n",
              NULL,
              "A A 2025\n"
              " 1#primary nine_year pupils_primary=100 teachers_primary=10\n"
              " 1#junior nine_year pupils_junior=50 teachers_junior=6\n"
              " 2 junior pupils_junior=30 teachers_junior=3\n",
              "bare headers on one-stage rows");
    rig_gives(
        rig, HEAD "pupils_primary,pupils_junior,teachers\n2025,A,1,nine_year,100,50,16\n",
        NULL,
        "A A 2025\n"
        " 1 nine_year pupils_primary=100 pupils_junior=50 "
        "teachers_primary=?2:27:one figure for both stages "
        "teachers_junior=?2:27:one figure for both stages\n"
        " warning stage_unclear 1: teachers is given as one figure, 16: say which stage it "
        "belongs to\n",
        "a bare figure of a combined school is missing, and found");
    rig_says(
        rig,
        HEAD "pupils_primary,pupils_junior,teachers,teachers_primary,teachers_junior\n"
             "2025,A,1,nine_year,100,50,17,10,6\n",
        NULL,
        "teachers_primary=10 teachers_junior=6\n"
        " warning total_differs 1: teachers is 17, but its stages give 16, which are taken\n",
        "given stages win, the total is checked");
    rig_says(rig,
             HEAD
             "pupils_primary,pupils_junior,teachers,teachers_primary,teachers_junior\n"
             "2025,A,1,nine_year,100,50,16,10,6\n",
             NULL, "teachers_junior=6\n", "a total that agrees is no finding");
    rig_gives(
        rig, HEAD "pupils_primary,pupils\n2025,A,1,primary,,30\n2025,A,2,primary,31,30\n",
        NULL,
        "A A 2025\n 1 primary pupils_primary=30\n 2 primary pupils_primary=31\n"
        " warning total_differs 2: pupils is 30, but its stages give 31, which are taken\n",
        "the exact column first, the bare one where it is empty");
    rig_gives(
        rig, HEAD "stage,pupils_primary,pupils_junior\n2025,A,1,nine_year,primary,5,7\n",
        NULL,
        "A A 2025\n 1#primary nine_year pupils_primary=5\n"
        " warning other_stage 1: pupils_junior on a row of stage primary: figures of the "
        "other stage are not read here\n",
        "a one-stage row has no pupils of the other stage");
    rig_gives(rig,
              HEAD "pupils_junior,pupils_senior,books\n"
                   "2025,A,1,complete_secondary,5,,7\n2025,A,2,junior,5,,7\n",
              NULL,
              "A A 2025\n"
              " 1 complete_secondary pupils_senior=?2:31:empty books=7 pupils_junior=5\n"
              " 2 junior books=7 pupils_junior=5\n",
              "senior pupils are missing only where they are needed to divide");
    rig_gives(rig, HEAD "pupils,teachers\n2025,A,1,senior,900,60\n2025,A,2,primary,5,1\n",
              NULL,
              "A A 2025\n 1 senior\n 2 primary pupils_primary=5 teachers_primary=1\n",
              "a senior school's bare figures are of no stage");
}

static void test_dropped(const struct rig *rig)
{
    rig_gives(rig,
              HEAD
              "pupils_primary,pupils_junior\n"
              "2025,A,1,nine_year,100,\n2025,A,2,nine_year,1OO,50\n2025,A,3,academy,1,1\n"
              "2025,A,,primary,1,1\n2025,A,5,primary,3,\n2025,A,6,primary,-3,\n"
              ",A,7,primary,3,\n20l5,A,8,primary,3,\n",
              NULL,
              "A A 2025 dropped 7\n 5 primary pupils_primary=3\n"
              " dropped 2:24 pupils_junior \"\": empty\n"
              " dropped 3:20 pupils_primary \"1OO\": not a number\n"
              " dropped 4:10 kind \"academy\": not a kind of school\n"
              " dropped 5:8 school_code \"\": empty\n"
              " dropped 7:18 pupils_primary \"-3\": negative\n"
              " dropped 8:1 round \"\": empty\n"
              " dropped 9:1 round \"20l5\": not a round such as 2025 or 2025-10\n",
              "rows without identity or needed pupils are dropped and listed");
    rig_gives(rig,
              HEAD "pupils\n2025,A,1,primary,1\n2025,B,2,primary,2\n2025,,3,primary,3\n",
              NULL,
              "A A 2025 dropped 1\n 1 primary pupils_primary=1\n"
              " dropped 4:6 county_code \"\": empty\n"
              "B B 2025 dropped 1\n 2 primary pupils_primary=2\n"
              " dropped 4:6 county_code \"\": empty\n",
              "a row of no county may be any county's");
    rig_gives(rig,
              HEAD "pupils\n2025,A,1,primary,1\n2025,#REF!,2,primary,2\n"
                   "2025,A,#N/A,primary,3\n",
              NULL,
              "A A 2025 dropped 2\n 1 primary pupils_primary=1\n"
              " dropped 4:8 school_code \"#N/A\": an error of the spreadsheet\n"
              " dropped 3:6 county_code \"#REF!\": an error of the spreadsheet\n",
              "an error of a spreadsheet is no county and no school");
    rig_gives(rig, HEAD "pupils\n2025,A,1,primary,1\n2025,B,2,primary,\n", NULL,
              "A A 2025 dropped 1\n 1 primary pupils_primary=1\n"
              " dropped 3:18 pupils_primary \"\": empty\n",
              "nor is a county known of which every row is dropped");
    rig_gives(
        rig, HEAD "pupils,books,computers\n2025,A,1,primary,1,x,-1\n", NULL,
        "A A 2025\n 1 primary computers=?2:22:negative books=?2:20:not a number "
        "pupils_primary=1\n"
        " bad 2:20 books \"x\": not a number\n bad 2:22 computers \"-1\": negative\n",
        "any other bad cell is missing, and listed");
    rig_gives(rig, HEAD "pupils,pupils_junior\n2025,A,1,primary,1,x\n", NULL,
              "A A 2025\n 1 primary pupils_primary=1 pupils_junior=?2:20:not a number\n"
              " bad 2:20 pupils_junior \"x\": not a number\n",
              "bad pupils that are not needed are missing");
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    test_plain(&rig);
    test_stages(&rig);
    test_dropped(&rig);
    rig_done(&rig);
    return done_testing();
}
