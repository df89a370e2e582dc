/* SPDX-License-Identifier: Apache-2.0 */
/* What people read on a terminal: columns that line up under Chinese, nothing hidden. */
#include <stdio.h>
#include <string.h>

#include "model/doubt.h"
#include "render/county.h"
#include "render/golden.h"
#include "render/report.h"
#include "render/table.h"
#include "tap/tap.h"

static void test_table(void)
{
    static const enum table_align ALIGN[] = {TABLE_LEFT, TABLE_RIGHT, TABLE_LEFT};
    struct table *t = table_new(3, ALIGN);
    struct buf out;
    buf_init(&out, 1000);
    table_row(t, (const char *const[]){"县(区)", "1", "a"});
    table_row(t, (const char *const[]){"ab", "1,234", NULL});
    table_row(t, (const char *const[]){NULL, NULL, "b"});
    table_print(t, 2, &out);
    is_str(buf_text(&out),
           "  县(区)      1  a\n"
           "  ab      1,234\n"
           "                 b\n",
           "two columns a Chinese character, no blanks at line ends");
    table_free(t);
    buf_done(&out);
    ok(table_new(0, NULL) == NULL, "no columns, no table");
    table_free(NULL);
}

static void test_csv(struct arena *arena)
{
    struct standard quality = county_quality();
    struct county_result r = county_eval(&quality, county_data(arena, true), arena);
    struct buf out;
    buf_init(&out, 10000);
    report_csv_head(&out);
    report_csv(&r, &out);
    is_str(
        buf_text(&out),
        "county_code,stage,indicator,mean,sd,cv,limit,verdict,borderline\n"
        "349901,primary,teaching_area_per_pupil,,,,0.5,unknown,false\n"
        "349901,primary,teacher_pupil_ratio,0.075,0.025,0.33333333333333337,0.5,pass,false\n"
        "349901,primary,composite,,,,,none,false\n"
        "349901,junior,teaching_area_per_pupil,6.666666666666667,0,0,0.45,pass,false\n"
        "349901,junior,teacher_pupil_ratio,0.1,0,0,0.45,pass,false\n"
        "349901,junior,composite,,,0,,none,false\n",
        "csv: null is an empty field");
    buf_done(&out);
}

static void test_text(struct arena *arena)
{
    struct standard basic = county_basic("0.40"), quality = county_quality();
    struct errs errs;
    struct buf out;
    errs_init(&errs, 10);
    buf_init(&out, 10000);
    struct messages *m = messages_load(NULL, &errs);
    if (!m) {
        errs_print(stdout, "#", &errs);
        bail("messages.zh.yaml");
    }
    struct county_result r = county_eval(&basic, county_data(arena, false), arena);
    report_text(&r, m, &out);
    is_golden(buf_text(&out), "report_basic.txt", "a composite over its limit");
    buf_clear(&out);
    r = county_eval(&quality, county_data(arena, true), arena);
    r.complete = false;
    report_text(&r, m, &out);
    is_golden(buf_text(&out), "report_quality.txt", "missing cells are named");
    buf_clear(&out);
    r = county_eval(&quality, county_data(arena, false), arena);
    struct county_result past = county_eval(&quality, county_past(arena), arena);
    report_explain(&r, &past, m, &out);
    is_golden(buf_text(&out), "report_explained.txt", "what changed, and who is below");
    buf_clear(&out);
    report_explain(&r, NULL, m, &out);
    ok(!strstr(buf_text(&out), "2016"), "without a round before nothing is compared");
    buf_done(&out);
    buf_init(&out, 20);
    report_text(&r, m, &out);
    ok(out.failed, "a buffer too small fails, and is not cut");
    buf_done(&out);
    messages_free(m);
    errs_done(&errs);
}

/* Also a check that comes later: a code is no word for people. */
static void test_words(void)
{
    struct errs errs;
    errs_init(&errs, 10);
    struct messages *m = messages_load(NULL, &errs);
    if (!m)
        bail("messages.zh.yaml");
    for (int i = 0; i < DOUBT_COUNT; i++) {
        char key[80];
        snprintf(key, sizeof key, "finding_%s", doubt_id((enum doubt)i));
        ok(messages_phrase(m, key) != key, "%s has words", key);
    }
    messages_free(m);
    errs_done(&errs);
}

int main(void)
{
    struct arena *arena = arena_new(1 << 20);
    test_table();
    test_csv(arena);
    test_text(arena);
    test_words();
    arena_free(arena);
    return done_testing();
}
