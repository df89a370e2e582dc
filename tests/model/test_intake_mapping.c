/* SPDX-License-Identifier: Apache-2.0 */
/* A mapping is an office's own word on its file: sums whole or not at all, units exact. */
#include "tap/tap.h"

#include <stdlib.h>

#include "model/rig.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})
#define N(array) (sizeof(array) / sizeof *(array))

static const struct mapping_default DEFAULTS[] = {
    {"round", "2020", 20, 3}, {"kind", "primary", 21, 3}, {"county_code", "A", 22, 3}};

static struct mapping mapping(const struct mapping_column *columns, size_t n)
{
    return (struct mapping){.file = "columns.yaml",
                            .columns = columns,
                            .n_columns = n,
                            .defaults = DEFAULTS,
                            .n_defaults = N(DEFAULTS)};
}

static void test_columns(const struct rig *rig)
{
    const struct mapping_column columns[] = {
        {"round", LIST("學年度"), 1, 1911, NULL, NULL, 2, 3},
        {"county_code", LIST("縣市代碼"), 1, 0, LIST("19", "21"), LIST("06", "11"), 3, 3},
        {"school_code", LIST("學校代碼"), 1, 0, NULL, NULL, 4, 3},
        {"pupils_primary", LIST("1年級 男", "1年級女"), 1, 0, NULL, NULL, 5, 3},
        {"equipment_value", LIST("設備"), 10000, 0, NULL, NULL, 6, 3},
        {"staff_in_all", LIST("職員"), 1, 0, NULL, NULL, 7, 3},
        {"books", LIST("圖書"), 1, 0, LIST("無", "many"), LIST("0", "/"), 8, 3},
    };
    struct mapping m = mapping(columns, N(columns));
    rig_gives(
        rig,
        "學年度,縣市代碼,縣市名稱,學校代碼,1年級男,１年級女,設備,職員,圖書,鄉鎮\n"
        "110,19,臺中市,193601,12 ,13 ,12.34,3,無,x\n"
        "110,06,臺中市,063601,,5,1,4,many,y\n"
        "110,06,臺中市,063602,7,x,1,4,7,z\n"
        "110,06,臺中市,063603,7,1,1,,many,z\n",
        &m,
        "06 06 2021 dropped 2\n"
        " 063603 primary equipment_value=10000 books=?5:26:empty pupils_primary=8 "
        "[staff_in_all]=nan\n"
        " 193601 primary equipment_value=123400 books=0 pupils_primary=25 [staff_in_all]=3\n"
        " dropped 3:19 pupils_primary \"\": empty\n"
        " dropped 4:21 pupils_primary \"x\": not a number\n",
        "add, map, sums, units, free names");
}

static void test_sums(const struct rig *rig)
{
    const struct mapping_column sum[] = {
        {"pupils_primary", LIST("一", "二", "三"), 1, 0, NULL, NULL, 5, 3}};
    struct mapping m = mapping(sum, N(sum));
    rig_gives(
        rig, "school_code,一,二\nx,1,2\n", &m,
        "columns.yaml:5:3: pupils_primary: schools.csv has no column \"三\", so the sum is "
        "not whole",
        "a part of a sum that is not there");
    rig_gives(
        rig, "school_code,一,二,三,二\nx,1,2,3,4\n", &m,
        "columns.yaml:5:3: pupils_primary: two columns of schools.csv are headed \"二\"",
        "a part that is there twice");
    rig_says(rig, "school_code,pupils\nx,1\n", &m,
             "x primary pupils_primary=1\n notice column_absent : `columns:` takes "
             "pupils_primary from \"一\", which is not in the header\n",
             "none of it: the column is absent, and a header of its own serves");
    rig_says(rig, "school_code\nx\n", &m,
             "在校学生数; `columns:` looks for \"一\" in vain); name one",
             "none of it and nothing else");
    const struct mapping_column less[] = {
        {"books", LIST("一"), 1, -10, NULL, NULL, 5, 3}};
    m = mapping(less, N(less));
    rig_says(rig, "school_code,pupils,一\nx,1,9\n", &m,
             " bad 2:5 books \"9\": negative\n", "below 0 after adding");
    const struct mapping_column text[] = {
        {"school_code", LIST("一", "二"), 1, 0, NULL, NULL, 9, 3}};
    m = mapping(text, N(text));
    rig_gives(rig, "pupils,一,二\n1,2,3\n", &m,
              "columns.yaml:9:3: school_code is text: it comes from one column",
              "text is not added up");
}

static void test_precedence(const struct rig *rig)
{
    const struct mapping_column columns[] = {
        {"teachers_primary", LIST("男", "女"), 1, 0, NULL, NULL, 5, 3}};
    struct mapping m = mapping(columns, N(columns));
    rig_gives(
        rig, "school_code,pupils,男,女,小学专任教师数\nx,10,1,2,9\n", &m,
        "A A 2020\n x primary pupils_primary=10 teachers_primary=3\n"
        " notice column_unused : column 5 \"小学专任教师数\" is not read: `columns:` takes "
        "this field from elsewhere\n",
        "the mapping wins over a header of its own");
    rig_gives(
        rig, "round,kind,county_code,school_code,pupils\n2021,junior,B,x,10\n", &m,
        "B B 2021\n x junior pupils_junior=10\n"
        " notice column_absent : `columns:` takes teachers_primary from \"男\", which is not "
        "in the header\n",
        "a column wins over a default");
}

static void test_defaults(const struct rig *rig)
{
    struct mapping_default d[] = {{"round", "2020", 3, 1},  {"county_code", "A", 4, 1},
                                  {"kind", "小学", 5, 1},   {"owner", "民办", 6, 1},
                                  {"books", "1,000", 7, 1}, {"climate", "4", 8, 1}};
    struct mapping m = {.file = "columns.yaml", .defaults = d, .n_defaults = N(d)};
    rig_gives(rig, "school_code,pupils\nx,10\n", &m,
              "A A 2020\n x primary books=1000 pupils_primary=10 [climate]=4\n",
              "constants, an extra one too");
    d[2].value = "academy";
    rig_gives(rig, "school_code,pupils\nx,10\n", &m,
              "columns.yaml:5:1: defaults: \"academy\" is no value for kind",
              "a bad word");
    rig_says(rig, "school_code,kind,pupils\nx,primary,10\n", &m, "x primary",
             "which nobody needs, is not read");
    d[2].value = "primary";
    d[4].value = "-1";
    rig_gives(rig, "school_code,pupils\nx,10\n", &m,
              "columns.yaml:7:1: defaults: books: \"-1\" is negative", "a bad number");
}

static void test_extras(const struct rig *rig)
{
    struct mapping m = mapping(NULL, 0);
    rig_gives(
        rig,
        "school_code,pupils,乡镇,校车,,备注,校车\nx,10,东,3,9,,1\ny,11,西,/,9,,2\nz,12,南,x,9,5,2\n",
        &m,
        "A A 2020\n x primary pupils_primary=10 [校车]=3 [备注]=nan\n"
        " y primary pupils_primary=11 [校车]=nan [备注]=nan\n"
        " z primary pupils_primary=12 [校车]=nan [备注]=5\n"
        " bad 4:8 校车 \"x\": not a number\n"
        " notice header_repeated : column 7 \"校车\" is not read: its header stands twice\n",
        "unknown columns are kept when they hold numbers");
}

static void test_files(const struct rig *rig)
{
    struct mapping m = mapping(NULL, 0);
    struct rig_file files[] = {
        {"a.csv", "county_code,school_code,pupils,books,校车\nA,1,10,100,1\n", "one", &m},
        {"b.csv", "county_code,school_code,pupils,computers\nA,2,10,5\nB,3,10,5\n", "two",
         &m},
        {0}};
    char *got = rig_show_files(rig, files);
    is_str(got,
           "A A 2020\n 1 primary books=100 pupils_primary=10 [校车]=1\n"
           " 2 primary computers=5 pupils_primary=10 [校车]=nan\n"
           "B B 2020\n 3 primary computers=5 pupils_primary=10\n",
           "two files of a round; each county has the columns of its files");
    free(got);
}

/* A unit of another kind, or one that nobody knows, is no reason to take the figure for yuan. */
static void test_units(const struct rig *rig)
{
    static const struct {
        const char *header;
        double factor;
    } known[] = {{"教学仪器设备值（亿元）", 1e8}, {"教学仪器设备值(千元)", 1e3},
                 {"教学仪器设备值（百元）", 100}, {"公用经费预算（万元）", 1e4},
                 {"equipment_value(元)", 1},      {"运动场地面积（万㎡）", 1e4},
                 {"图书册数（万册）", 1e4}};
    static const char *const wrong[] = {"教学仪器设备值（㎡）", "运动场地面积（亩）",
                                        "图书册数（万元）", "教学仪器设备值（万美元）",
                                        "学校名称（全称）"};
    const char *head = "round,county_code,school_code,kind,pupils,";
    char csv[256], want[256];
    for (size_t i = 0; i < N(known); i++) {
        snprintf(csv, sizeof csv, "%s%s\n2025,A,1,junior,9,2.5\n", head, known[i].header);
        snprintf(want, sizeof want, "=%.17g", 2.5 * known[i].factor);
        rig_says(rig, csv, NULL, want, known[i].header);
    }
    for (size_t i = 0; i < N(wrong); i++) {
        snprintf(csv, sizeof csv, "%s%s\n2025,A,1,junior,9,2.5\n", head, wrong[i]);
        snprintf(want, sizeof want,
                 " [%s]=2.5\n warning unit_unknown : column 6 \"%s\" is "
                 "not read: its bracket holds no unit of ",
                 wrong[i], wrong[i]);
        rig_says(rig, csv, NULL, want, wrong[i]);
    }
    snprintf(csv, sizeof csv, "%s运动场地面积（亩）\n2025,A,1,junior,9,2.5\n", head);
    rig_says(
        rig, csv, NULL,
        "no unit of sports_ground_area (those are ㎡, 平方米, 平米, 万㎡, 万平方米, 公顷); "
        "convert it, or name the column under `columns:`\n",
        "the units that would do are named");
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    test_columns(&rig);
    test_sums(&rig);
    test_precedence(&rig);
    test_defaults(&rig);
    test_extras(&rig);
    test_files(&rig);
    test_units(&rig);
    rig_done(&rig);
    return done_testing();
}
