/* SPDX-License-Identifier: Apache-2.0 */
/* Real files as a ministry publishes them, eight years with their quirks: what is read must
 * give the very coefficients that were computed from them by other means. */
#include "tap/tap.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

/* 19 and 21 and 50 are the counties that three cities swallowed. */
static const struct mapping_column COLUMNS[] = {
    {"county_code", LIST("縣市代碼"), 1, 0, LIST("19", "21", "50"),
     LIST("06", "11", "12"), 1, 1},
    {"county_name", LIST("縣市名稱"), 1, 0, NULL, NULL, 2, 1},
    {"school_code", LIST("學校代碼"), 1, 0, NULL, NULL, 3, 1},
    {"school_name", LIST("學校名稱"), 1, 0, NULL, NULL, 4, 1},
    {"pupils_primary",
     LIST("1年級男學生數", "1年級女學生數", "2年級男學生數", "2年級女學生數",
          "3年級男學生數", "3年級女學生數", "4年級男學生數", "4年級女學生數",
          "5年級男學生數", "5年級女學生數", "6年級男學生數", "6年級女學生數"),
     1, 0, NULL, NULL, 5, 1},
    {"teachers_primary", LIST("男專任教師", "女專任教師"), 1, 0, NULL, NULL, 6, 1},
    {"classes_primary",
     LIST("1年級班級數", "2年級班級數", "3年級班級數", "4年級班級數", "5年級班級數",
          "6年級班級數"),
     1, 0, NULL, NULL, 7, 1},
};

/* A year's file; 0: the reference; -1: the file of another place. NULL if it is not there. */
static char *slurp(int year)
{
    const char *shared = getenv("JUNHENG_SHARED");
    char path[1024], name[64] = "taiwan/cv_reference_by_county.csv";
    if (year > 0)
        snprintf(name, sizeof name, "taiwan/basec_%d.csv", year);
    else if (year < 0)
        snprintf(name, sizeof name, "hongkong/subset_no_personal_data_2022.csv");
    snprintf(path, sizeof path, "%s/data/%s", shared ? shared : "", name);
    FILE *file = fopen(path, "rb");
    char *text = file ? calloc(1, 1 << 20) : NULL;
    if (text && fread(text, 1, (1 << 20) - 1, file) == 0)
        text[0] = '\0';
    if (file)
        fclose(file);
    return text;
}

/* Straight from the definition, enrolment-weighted; schools with pupils only. */
static double cv_of(const struct dataset *ds, enum field amount)
{
    const double *pupils = ds->col[FIELD_pupils_primary], *have = ds->col[amount];
    double p = 0, x = 0, q = 0;
    for (size_t i = 0; i < ds->n; i++) {
        p += pupils[i];
        x += pupils[i] > 0 ? have[i] : 0;
    }
    for (size_t i = 0; i < ds->n; i++)
        if (pupils[i] > 0)
            q += pupils[i] / p * pow(have[i] / pupils[i] - x / p, 2);
    return sqrt(q) / (x / p);
}

static const struct dataset *county_named(const struct intake_result *result,
                                          const char *name, size_t len)
{
    for (size_t k = 0; k < result->n; k++)
        if (strlen(result->datasets[k]->county_name) == len &&
            memcmp(result->datasets[k]->county_name, name, len) == 0)
            return result->datasets[k];
    return NULL;
}

struct reference {
    int year;
    char county[64], set[16], indicator[32];
    double cv;
};

static bool read_line(const char *line, struct reference *ref)
{
    return sscanf(line, "%d,%*d,%63[^,],%15[^,],%31[^,],%*d,%*d,%*f,%lf", &ref->year,
                  ref->county, ref->set, ref->indicator, &ref->cv) == 5;
}

static int compare(const struct intake_result *result, const char *reference, int year,
                   int *ret_differ)
{
    struct reference ref;
    int agree = 0;
    for (const char *line = strchr(reference, '\n'); line && line[1];
         line = strchr(line + 1, '\n')) {
        if (!read_line(line + 1, &ref) || ref.year != year || strcmp(ref.set, "all") != 0)
            continue;
        bool teachers = strcmp(ref.indicator, "teachers_per_100") == 0;
        const struct dataset *ds = county_named(result, ref.county, strlen(ref.county));
        double cv =
            ds ? cv_of(ds, teachers ? FIELD_teachers_primary : FIELD_classes_primary)
               : NAN;
        if (fabs(cv - ref.cv) < 6e-7)
            agree++;
        else if (++*ret_differ)
            printf("# %d %s %s: want %.6f, got %.6f\n", year, ref.county, ref.indicator,
                   ref.cv, cv);
    }
    return agree;
}

static void test_year(const struct rig *rig, const char *reference, int year)
{
    char *text = slurp(year);
    struct mapping_default defaults[] = {{"kind", "primary", 1, 1}};
    struct mapping mapping = {.file = "taiwan.yaml",
                              .columns = COLUMNS,
                              .n_columns = sizeof COLUMNS / sizeof *COLUMNS,
                              .defaults = defaults,
                              .n_defaults = 1,
                              .round = {(int16_t)(year + 1911), 0}};
    struct rig_file files[] = {{"basec.csv", text, NULL, &mapping}, {0}};
    struct intake_result result = {0};
    struct jh_err err = {0};
    if (!text || rig_read(rig, files, &result, &err)) {
        ok(false, "year %d: %s", year, text ? err.text : "no file");
        free(text);
        return;
    }
    int differ = 0, agree = compare(&result, reference, year, &differ);
    ok(agree == 44 && !differ && result.n == 22 && result.rejected_total == 0,
       "year %d: %d coefficients of %zu counties agree, nothing is rejected", year, agree,
       result.n);
    intake_result_done(&result);
    free(text);
}

/* A file that has no pupils column is refused, whatever else it holds. */
static void test_hongkong(const struct rig *rig)
{
    char *text = slurp(-1);
    rig_says(rig, text ? text : "", NULL, "schools.csv:1:1: no county column",
             "Hong Kong");
    free(text);
}

int main(void)
{
    struct rig rig;
    char *reference = slurp(0);
    if (!reference) {
        skip(1, "the folder of real data is not here (JUNHENG_SHARED)");
        return done_testing();
    }
    rig_init(&rig);
    for (int year = 103; year <= 110; year++)
        test_year(&rig, reference, year);
    test_hongkong(&rig);
    free(reference);
    rig_done(&rig);
    return done_testing();
}
