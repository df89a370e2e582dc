/* SPDX-License-Identifier: Apache-2.0 */
/* What a county says of itself decides items that no data can: a row read otherwise than it
 * was meant would certify, or refuse, the wrong county. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/county_words.h"
#include "format_csv/scan.h"
#include "model/county_intake.h"

struct feed {
    struct county_intake *in;
    struct jh_err err;
};

static int take_row(void *arg, const struct jh_row *row)
{
    struct feed *feed = arg;
    return county_intake_row(feed->in, row, &feed->err);
}

static int read_file(struct county_intake *in, const char *name, const char *csv,
                     const struct mapping *mapping, struct jh_err *err)
{
    static const struct scan_conf conf = {',', 1 << 16};
    struct feed feed = {.in = in};
    struct text text;
    struct jh_slice bytes = {csv, strlen(csv)};
    int rc = county_intake_file(in, name, mapping, err);
    if (rc)
        return rc;
    rc = text_init(&text, name, bytes, TEXT_UTF8, err);
    if (!rc)
        rc = scan_rows(&text, &conf, take_row, &feed, err);
    if (feed.err.code)
        *err = feed.err;
    text_done(&text);
    return rc ? rc : county_intake_file_end(in, err);
}

/* ---- what came of it, as text ------------------------------------------------------------ */

static void show_county(FILE *to, const struct county_data *data)
{
    char round[ROUND_TEXT];
    round_print(data->round, round);
    fprintf(to, "%s %s\n", data->county_code, data->round.year ? round : "-");
    for (size_t i = 0; i < data->n; i++) {
        const struct county_value *v = &data->values[i];
        fprintf(to, " %s %s", v->item, county_what_id(v->what));
        if (v->what == COUNTY_NUMBER)
            fprintf(to, " %.10g%s", v->number, v->percent ? "%" : "");
        fprintf(to, " :%u%s%s\n", v->line, *v->evidence ? " " : "", v->evidence);
        if (county_data_find(data, v->item, NULL) != v)
            bail("a value that is not found again");
    }
}

static char *show(const struct county_words *words, const char *const *csv,
                  const struct mapping *mapping)
{
    static const char *const NAMES[] = {"a.csv", "b.csv"};
    char *out = NULL;
    size_t size = 0;
    struct jh_err err = {0};
    struct county_intake_result result = {0};
    struct county_intake *in = county_intake_new(words);
    FILE *to = open_memstream(&out, &size);
    if (!in || !to)
        bail("no memory");
    int rc = 0;
    for (size_t i = 0; !rc && i < 2 && csv[i]; i++)
        rc = read_file(in, NAMES[i], csv[i], mapping, &err);
    if (!rc)
        rc = county_intake_finish(in, &result, &err);
    county_intake_free(in);
    if (rc)
        fprintf(to, "%s:%u:%u: %s\n", err.file, err.line, err.col, err.text);
    for (size_t i = 0; i < result.n; i++) {
        show_county(to, result.list[i]);
        if (county_intake_find(&result, result.list[i]->county_code) != result.list[i])
            bail("a county that is not found again");
    }
    for (size_t i = 0; i < result.n_rejected; i++) {
        const struct rejected *r = &result.rejected[i];
        fprintf(to, "%s:%u:%u %s \"%s\" %s%s\n", result.files[r->file], r->line, r->col,
                r->column, r->value, r->reason, r->row ? " (row)" : "");
    }
    county_intake_result_done(&result);
    fclose(to);
    return out;
}

static void gives(const struct county_words *words, const char *csv, const char *want,
                  const char *name)
{
    char *got = show(words, (const char *const[]){csv, NULL}, NULL);
    is_str(got, want, name);
    free(got);
}

/* ---- values ------------------------------------------------------------------------------ */

#define HEAD "round,county_code,item,value,unit,evidence\n"

static void values(const struct county_words *w)
{
    gives(w,
          HEAD "2025,340103,ZF8.teacher_pay,9.12,万元,工资表\n"
               "2025,340103,ZF1,met,,\n"
               "2025,340101,V1,不存在,,\n"
               "2025,340101,population,１２３４,万人,\n",
          "340101 2025\n V1 absent :4\n population number 12340000 :5\n"
          "340103 2025\n ZF1 met :3\n ZF8.teacher_pay number 91200 :2 工资表\n",
          "counties and items in order, money in yuan, free names kept");
    gives(w,
          HEAD "2025,1,A,62,%,\n2025,1,B,62.5％,,\n2025,1,C,62%,％,\n2025,1,D,0.62,,\n",
          "1 2025\n A number 62% :2\n B number 62.5% :3\n C number 62% :4\n"
          " D number 0.62 :5\n",
          "percent, wherever it stands");
    gives(w,
          HEAD
          "2025,1,A, 达 标 ,,\n2025,1,B,不达标,,\n2025,1,C,存在,,\n2025,1,D,unmet,,\n",
          "1 2025\n A met :2\n B unmet :3\n C present :4\n D unmet :5\n", "words");
    gives(w, HEAD "2025,1,A,,,\n2025,1,B,—,,\n2025,1,C,0,,\n", "1 2025\n C number 0 :4\n",
          "what is empty is not said, and 0 is");
    gives(w,
          HEAD "2025,1,A,perhaps,,\n2025,1,B,-3,,\n2025,1,C,5,furlong,\n2025,1,D,5%,元,\n"
               "2025,1,E,5%,万元,\n",
          "1 2025\n A unreadable :2\n B unreadable :3\n C unreadable :4\n"
          " D unreadable :5\n E unreadable :6\n"
          "a.csv:2:10 value \"perhaps\" neither a number nor met or unmet\n"
          "a.csv:3:10 value \"-3\" negative\n"
          "a.csv:4:12 unit \"furlong\" unknown unit\n"
          "a.csv:5:10 value \"5%\" a percentage, where an amount belongs\n"
          "a.csv:6:10 value \"5%\" a percentage, where an amount belongs\n",
          "what cannot be read is there, and of no use");
    gives(w,
          HEAD
          "2025,,A,met,,\n2025,1,,met,,\nsoon,1,B,met,,\n,1,C,met,,\n2025,1,D,met,,\n",
          "1 2025\n D met :6\n"
          "a.csv:2:6 county_code \"\" empty (row)\n"
          "a.csv:3:8 item \"\" empty (row)\n"
          "a.csv:4:1 round \"soon\" not a round such as 2025 or 2025-10 (row)\n"
          "a.csv:5:1 round \"\" empty (row)\n",
          "rows that say nothing of anybody");
}

static void headers(const struct county_words *w)
{
    gives(w, "统计年份,县级代码,指标,数值,单位,备注\n2025-2026学年,340103,ZF1,达标,,x\n",
          "340103 2025\n ZF1 met :2\n", "as offices write them, others passed over");
    gives(w, "item,value,county_code\nZF1,met,1\n", "1 -\n ZF1 met :2\n",
          "no round: whoever asks knows it");
    gives(
        w, "round,county_code,item\n",
        "a.csv:1:1: no value column: county data have the columns round, county_code, item, "
        "value, unit, evidence\n",
        "a column is missing");
    gives(
        w, "item,value,county_code,指标\nZF1,met,1,ZF2\n",
        "a.csv:1:24: columns 1 and 4 are both item: drop one, or say under `columns:` which "
        "to take\n",
        "two columns for one");
    gives(w, "", "a.csv:0:0: the file is empty: no header line\n", "an empty file");
}

static void refused(const struct county_words *w)
{
    gives(w, HEAD "2025,1,A,met,,\n2024,1,B,met,,\n",
          "a.csv:3:1: round 2024, and 2025 before it: one round at a time\n",
          "two rounds");
    gives(w, HEAD "2025,1,B,met,,\n2025,1,A,met,,\n2025,1,A,unmet,,\n",
          "a.csv:4:1: A of 1 is there twice: also at a.csv:3\n", "one thing twice");
    char *got =
        show(w,
             (const char *const[]){HEAD "2025,1,A,met,,\n", HEAD "2025,2,A,met,,\n"
                                                                 "2025,1,A,met,,\n"},
             NULL);
    is_str(got, "b.csv:3:1: A of 1 is there twice: also at a.csv:2\n", "in two files");
    free(got);
}

static void mapping(const struct county_words *w)
{
    static const char *const CODE[] = {"縣市", NULL}, *const WORD[] = {"結果", NULL},
                             *const FROM[] = {"合格", NULL}, *const TO[] = {"met", NULL};
    static const struct mapping_column COLUMNS[] = {
        {.target = "county_code", .columns = CODE, .factor = 1},
        {.target = "value",
         .columns = WORD,
         .factor = 1,
         .map_from = FROM,
         .map_to = TO}};
    static const struct mapping_default DEFAULTS[] = {{.target = "item", .value = "ZF1"}};
    static const struct mapping MAPPING = {.file = "",
                                           .columns = COLUMNS,
                                           .n_columns = 2,
                                           .defaults = DEFAULTS,
                                           .n_defaults = 1,
                                           .round = {2023, 0}};
    char *got = show(w, (const char *const[]){"縣市,結果,value\n06,合格,unmet\n", NULL},
                     &MAPPING);
    is_str(got, "06 2023\n ZF1 met :2\n", "columns, translations, defaults and a round");
    free(got);
}

static void words_refused(struct arena *arena)
{
    static const char TEXT[] = "columns: {item: [指标], itme: [x]}\n"
                               "values: {met: [达标, 指标], unmet: [达标]}\n"
                               "units: {元: 1, 元: 1}\n";
    struct errs errs;
    errs_init(&errs, 10);
    ok(!county_words_parse("f", TEXT, strlen(TEXT), arena, &errs), "words that clash");
    ok(errs.errors > 0, "… are told");
    errs_done(&errs);
}

/* The data outlive the intake and the result, as long as somebody holds them. */
static void references(const struct county_words *w)
{
    struct jh_err err;
    struct county_intake_result result = {0};
    struct county_intake *in = county_intake_new(w);
    if (read_file(in, "a.csv", HEAD "2025,1,A,5,,\n2025,2,A,6,,\n", NULL, &err) ||
        county_intake_finish(in, &result, &err))
        bail("not read");
    county_intake_free(in);
    const struct county_data *kept = county_data_ref(result.list[1]);
    county_intake_result_done(&result);
    is_dbl(county_data_find(kept, "A", NULL)->number, 6, 0, "still there");
    ok(!county_data_find(kept, "A", "x") && !county_data_find(kept, "B", NULL) &&
           !county_data_find(NULL, "A", NULL),
       "and nothing else");
    county_data_unref(kept);
}

int main(void)
{
    struct errs errs;
    struct arena *arena = arena_new(16 << 20);
    errs_init(&errs, 10);
    const struct county_words *words = arena ? county_words_load(arena, &errs) : NULL;
    if (!words)
        bail("no words");
    values(words);
    headers(words);
    refused(words);
    mapping(words);
    words_refused(arena);
    references(words);
    errs_done(&errs);
    arena_free(arena);
    return done_testing();
}
