/* SPDX-License-Identifier: Apache-2.0 */
/* A refusal must say where and what to do, because the person who reads it has to mend the
 * file: the exact texts, with file:line:column. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define HEAD "round,county_code,school_code,campus,stage,kind,"

static void test_wanted(const struct rig *rig)
{
    rig_gives(
        rig, "round,区县代吗,school_code,kind,pupils_primary\n2025,A,1,primary,1\n", NULL,
        "schools.csv:1:1: no county column (county_code, 行政区划代码, 县级代码, 区县代码, "
        "county_name, 县(市、区), 区县, 县区名称, 区县名称; did you mean it by \"区县代吗\" in "
        "column 2?); name one under `columns:`, or give a constant under `defaults:`",
        "no county column");
    rig_gives(
        rig, "round,county_code,kind,pupils_primary\n2025,A,primary,1\n", NULL,
        "schools.csv:1:1: no school column (school_code, 学校标识码, 学校代码, school_name, "
        "学校名称); name one under `columns:`, or give a constant under `defaults:`",
        "no school column");
    rig_gives(
        rig, "round,county_code,school_code,pupils_primary\n2025,A,1,1\n", NULL,
        "schools.csv:1:1: no kind column (kind, 办学类型, 学校类型); name one under "
        "`columns:`, or give a constant under `defaults:`",
        "no kind column");
    rig_gives(
        rig, "round,county_code,school_code,kind,teachers\n2025,A,1,primary,1\n", NULL,
        "schools.csv:1:1: no pupils column (pupils_primary, 小学在校生数, 小学在校学生数, "
        "pupils_junior, 初中在校生数, 初中在校学生数, pupils, 在校生数, 在校学生数); name one "
        "under `columns:`, or give a constant under `defaults:`",
        "no pupils column");
}

static void test_headers(const struct rig *rig)
{
    rig_gives(
        rig, HEAD "pupils,专任教师数,books,teachers\n", NULL,
        "schools.csv:1:68: \"teachers\" and \"专任教师数\" (1:56) are both teachers: drop "
        "one, or say under `columns:` which to take",
        "two headers for one field");
    rig_gives(
        rig, HEAD "pupils,books,图书册数（册）\n", NULL,
        "schools.csv:1:62: \"图书册数（册）\" and \"books\" (1:56) are both books: drop one, "
        "or say under `columns:` which to take",
        "with a unit behind one");
    rig_gives(rig, HEAD "pupils\n", NULL,
              "schools.csv:1:1: a header and no row below it: a round without any school",
              "no rows");
    rig_gives(rig, HEAD "pupils\n,,,,,,\n", NULL,
              "schools.csv:1:1: a header and no row below it: a round without any school",
              "blank rows only");
}

static void test_rounds(const struct rig *rig)
{
    rig_gives(rig, HEAD "pupils\n2025,A,1,,,primary,1\n2024,A,2,,,primary,1\n", NULL,
              "schools.csv:3:1: two rounds in one file: 2024 here, 2025 in line 2",
              "two rounds in a file");
    rig_gives(rig, HEAD "pupils\n2025,A,1,,,primary,1\n2025-10,A,2,,,primary,1\n", NULL,
              "schools.csv:3:1: two rounds in one file: 2025-10 here, 2025 in line 2",
              "a month is another round");
    rig_gives(rig, HEAD "pupils\n2025,A,1,,,primary,1\n２０２５年,A,2,,,primary,1\n",
              NULL,
              "A A 2025\n 1 primary pupils_primary=1\n 2 primary pupils_primary=1\n",
              "the same round written otherwise is the same");
    struct mapping fixed = {.file = "junheng.yaml", .round = {2024, 0}};
    rig_gives(rig, HEAD "pupils\n2025,A,1,,,primary,1\n", &fixed,
              "schools.csv:2:1: round 2025 here, but this file is given as 2024",
              "a round that is not the one declared");
    struct rig_file files[] = {
        {"a.csv", HEAD "pupils\n2024,A,1,,,primary,1\n", NULL, NULL},
        {"b.csv", HEAD "pupils\n2025,A,2,,,primary,1\n", NULL, NULL},
        {0}};
    char *got = rig_show_files(rig, files);
    is_str(got, "b.csv:2:1: two rounds: 2025 here, 2024 in a.csv, line 2",
           "in two files");
    free(got);
}

/* A slip of the pen would be the newest round for years; each place that can hold it is named. */
static void test_future(void)
{
    struct rig rig;
    rig_init(&rig);
    rig.limits = (struct intake_limits){.today = {2025, 9, 30}};
    rig_gives(&rig, HEAD "pupils\n2025,A,1,,,primary,1\n", NULL,
              "A A 2025\n 1 primary pupils_primary=1\n", "this year's round");
    rig_gives(
        &rig, HEAD "pupils\n2052,A,1,,,primary,1\n", NULL,
        "schools.csv:2:1: round 2052 is in the future: it begins on 2052-09-01, and "
        "today is 2025-09-30; mend the round, or wait till then",
        "a year with two digits swapped");
    rig_gives(&rig, HEAD "pupils\n2025-10,A,1,,,primary,1\n", NULL,
              "schools.csv:2:1: round 2025-10 is in the future: it begins on 2025-10-01, "
              "and today is 2025-09-30; mend the round, or wait till then",
              "a month begins on its first day");
    rig.limits.today = (struct date){2025, 10, 1};
    rig_gives(&rig, HEAD "pupils\n2025-10,A,1,,,primary,1\n", NULL,
              "A A 2025-10\n 1 primary pupils_primary=1\n", "on that day it is taken");
    struct mapping fixed = {.file = "junheng.yaml", .round = {2026, 0}};
    rig_gives(
        &rig, "county_code,school_code,kind,pupils\nA,1,primary,1\n", &fixed,
        "schools.csv: round 2026 (`round:` of the source says so) is in the future: "
        "it begins on 2026-09-01, and today is 2025-10-01; mend the round, or wait "
        "till then",
        "the source's option");
    struct mapping_default constant = {"round", "2026", 7, 13};
    struct mapping given = {
        .file = "junheng.yaml", .defaults = &constant, .n_defaults = 1};
    rig_gives(
        &rig, "county_code,school_code,kind,pupils\nA,1,primary,1\n", &given,
        "junheng.yaml:7:13: round 2026 (`defaults:` says so) is in the future: it "
        "begins on 2026-09-01, and today is 2025-10-01; mend the round, or wait till "
        "then",
        "a default");
    rig_done(&rig);
}

static void test_keys(const struct rig *rig)
{
    rig_gives(
        rig,
        HEAD "pupils\n2025,A,1,,,primary,1\n2025,A,2,,,primary,1\n2025,A,1,,,primary,1\n",
        NULL,
        "schools.csv:4:8: school 1 is there twice (a school_code, campus and stage stand "
        "once in a round): see also line 2",
        "a school twice");
    rig_gives(
        rig,
        HEAD "pupils\n2025,A,1,east,,primary,1\n2025,A,1,west,,primary,1\n"
             "2025,A,1,east,,primary,1\n",
        NULL,
        "schools.csv:4:8: school 1, campus east is there twice (a school_code, campus and "
        "stage stand once in a round): see also line 2",
        "a campus twice");
    rig_gives(rig, HEAD "pupils\n2025,A,1,,,primary,1\n2025,B,1,,,primary,1\n", NULL,
              "schools.csv:3:8: school 1 is in county B here, and in county A in line 2",
              "a school in two counties");
    rig_gives(
        rig, HEAD "pupils\n2025,A,1,,,primary,1\n2025,A,1,,小学,primary,1\n", NULL,
        "schools.csv:3:8: school 1, stage primary would count twice, as a whole and by "
        "stage: see also line 2",
        "a school and a stage of it");
    rig_gives(
        rig, HEAD "pupils\n2025,A,1,,小学,primary,1\n2025,A,1,,,primary,1\n", NULL,
        "schools.csv:3:8: school 1 would count twice, as a whole and by stage: see also "
        "line 2",
        "the other way round");
    rig_gives(
        rig,
        HEAD
        "pupils\n2025,A,1,e,,primary,1\n2025,A,1,w,,primary,2\n2025,A,1,,,primary,3\n",
        NULL,
        "A A 2025\n 1 primary pupils_primary=3\n 1/e primary pupils_primary=1\n"
        " 1/w primary pupils_primary=2\n",
        "campuses are not");
    struct rig_file files[] = {
        {"a.csv", HEAD "pupils\n2025,A,1,,,primary,1\n", "primary", NULL},
        {"b.csv", HEAD "pupils\n2025,A,2,,,primary,1\n2025,A,1,,,primary,1\n", "junior",
         NULL},
        {0}};
    char *got = rig_show_files(rig, files);
    is_str(
        got,
        "b.csv:3:8: school 1 is there twice (a school_code, campus and stage stand once in a "
        "round): see also a.csv, line 2",
        "a key in two parts");
    free(got);
}

/* What the format refuses reaches the person through the same door. */
static void test_format(const struct rig *rig)
{
    rig_gives(rig, HEAD "pupils\n2025,A,\"1,,,primary,1\n", NULL,
              "schools.csv:2:8: quote opened here is never closed",
              "a quote never closed");
    rig_gives(rig, HEAD "pupils\n2025,A,\xFF,,,primary,1\n", NULL,
              "schools.csv:2:8: byte 0xFF is not UTF-8", "invalid UTF-8");
}

static void test_bad_cells(const struct rig *rig)
{
    rig_says(rig, HEAD "pupils,books\n2025,A,1,,,primary,1,NaN\n", NULL,
             " bad 2:22 books \"NaN\": not a number\n", "NaN is no number");
    rig_says(rig, HEAD "pupils,books\n2025,A,1,,,primary,1,-5\n", NULL,
             " bad 2:22 books \"-5\": negative\n", "a negative number");
}

static void test_limits(void)
{
    struct rig rig;
    rig_init(&rig);
    rig.limits = (struct intake_limits){.max_rows = 2};
    rig_gives(&rig,
              HEAD
              "pupils\n,A,1,,,primary,1\n2025,A,1,,,primary,1\n2025,A,2,,,primary,1\n"
              "2025,A,3,,,primary,1\n",
              NULL, "schools.csv: more than 2 rows, or than 2048 MiB of data", "rows");
    rig.limits = (struct intake_limits){.max_columns = 6};
    rig_gives(&rig, HEAD "pupils\n", NULL, "schools.csv:1:1: 7 columns, at most 6",
              "columns");
    rig.limits = (struct intake_limits){.max_bytes = 200000};
    rig_gives(&rig, HEAD "pupils\n2025,A,1,,,primary,1\n", NULL,
              "A A 2025\n 1 primary pupils_primary=1\n", "memory that is enough");
    rig.limits = (struct intake_limits){.max_bytes = 20000};
    rig_says(&rig, HEAD "pupils\n2025,A,1,,,primary,1\n", NULL, "more than",
             "memory that is not");
    rig.limits = (struct intake_limits){.max_rejected = 1};
    rig_gives(&rig,
              HEAD
              "pupils\n2025,A,1,,,primary,1\n2025,A,2,,,primary,\n2025,A,3,,,primary,\n"
              "2025,,4,,,primary,4\n",
              NULL,
              "A A 2025 dropped 3\n 1 primary pupils_primary=1\n"
              " dropped 3:20 pupils_primary \"\": empty\n",
              "what is not kept is counted");
    rig_done(&rig);
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    test_wanted(&rig);
    test_headers(&rig);
    test_rounds(&rig);
    test_keys(&rig);
    test_format(&rig);
    test_bad_cells(&rig);
    test_limits();
    test_future();
    rig_done(&rig);
    return done_testing();
}
