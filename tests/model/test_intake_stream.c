/* SPDX-License-Identifier: Apache-2.0 */
/* County by county or all at once: the same rows must come to the same datasets, whatever is in
 * them. Where the first way cannot know, it must say so, and not guess. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/rig.h"
#include "tap/tap.h"

enum { ROUNDS = 3000, TEXT_MAX = 16384, COUNTIES_MAX = 64, FEW = 12, ALL = 1000 };

/* Datasets as texts, one a county. */
struct shown {
    char *text[COUNTIES_MAX];
    size_t n;
};

static void shown_done(struct shown *s)
{
    while (s->n)
        free(s->text[--s->n]);
}

/* Unknown columns without a number in this county are none. */
static bool has_number(const struct dataset *ds, size_t extra)
{
    for (size_t i = 0; i < ds->n; i++)
        if (!isnan(ds->extra[extra].values[i]))
            return true;
    return false;
}

static int show(void *arg, const struct dataset *ds)
{
    struct shown *shown = arg;
    struct extra_column extra[8];
    struct dataset copy = *ds;
    char round[ROUND_TEXT];
    size_t size = 0;
    if (shown->n == COUNTIES_MAX)
        bail("more counties than the test has room for");
    FILE *to = open_memstream(&shown->text[shown->n++], &size);
    copy.extra = extra;
    copy.n_extra = 0;
    for (size_t e = 0; e < ds->n_extra; e++)
        if (has_number(ds, e))
            extra[copy.n_extra++] = ds->extra[e];
    round_print(ds->round, round);
    fprintf(to, "%s %s %s dropped %zu of %s\n", ds->county_code, ds->county_name, round,
            ds->rows_dropped, ds->files[0].name);
    for (size_t i = 0; i < ds->n; i++) {
        fprintf(to, "%u:%u %s %s %d", ds->schools[i].file, ds->schools[i].line,
                ds->schools[i].name, ds->schools[i].parent_code, ds->schools[i].owner);
        rig_show_school(to, &copy, i);
    }
    for (size_t i = 0; i < ds->n_findings; i++)
        fprintf(to, "%s %s %s/%s %u:%u %s\n", ds->findings[i].severity,
                ds->findings[i].code, ds->findings[i].school, ds->findings[i].campus,
                ds->findings[i].file, ds->findings[i].line, ds->findings[i].text);
    fclose(to);
    return 0;
}

static void show_rejected(struct shown *shown, const struct intake_result *r)
{
    size_t size = 0;
    FILE *to = open_memstream(&shown->text[shown->n++], &size);
    fprintf(to, "~ %zu rejected\n", r->rejected_total);
    for (size_t i = 0; i < r->n_rejected; i++)
        fprintf(to, "%u:%u:%u %s \"%s\" %s %d %s %s\n", r->rejected[i].file,
                r->rejected[i].line, r->rejected[i].col, r->rejected[i].column,
                r->rejected[i].value, r->rejected[i].reason, r->rejected[i].row,
                r->rejected[i].county, r->rejected[i].school);
    fclose(to);
}

/* Of what was handed over, the counties before these are still to be had. */
struct shown_twice {
    struct shown *shown;
    const struct dataset *before;
    size_t n_before;
    int differ;
};

static int show_again(void *arg, const struct dataset *list, size_t n)
{
    struct shown_twice *s = arg;
    struct shown again = {.n = 0};
    size_t first = s->shown->n - s->n_before;
    for (size_t i = 0; i < s->n_before; i++) {
        struct dataset before = s->before[i];
        before.files = list->files;
        show(&again, &before);
        s->differ += strcmp(again.text[i], s->shown->text[first + i]) != 0;
    }
    shown_done(&again);
    s->before = list;
    s->n_before = n;
    for (size_t i = 0; i < n; i++)
        show(s->shown, &list[i]);
    return 0;
}

/* So many rows at once. */
static int streamed(const struct rig *rig, const struct rig_file *files, size_t rows,
                    struct shown *ret)
{
    struct intake *in = intake_new(rig->aliases, &rig->limits);
    struct intake_result result = {0};
    struct shown_twice twice = {.shown = ret};
    struct jh_err err = {0};
    int rc = in ? intake_stream(in, rows, show_again, &twice) : JH_ENOMEM;
    if (!rc)
        intake_stream_findings(in);
    for (; !rc && files->name; files++)
        rc = rig_read_file(in, files, &err);
    if (!rc)
        rc = intake_finish(in, NULL, 0, &result, &err);
    intake_free(in);
    if (!rc)
        show_rejected(ret, &result);
    intake_result_done(&result);
    if (twice.differ)
        bail("a county's data were gone when the next was handed over");
    return rc;
}

static int collected(const struct rig *rig, const struct rig_file *files,
                     struct shown *ret)
{
    struct intake_result result = {0};
    struct jh_err err = {0};
    int rc = rig_read(rig, files, &result, &err);
    for (size_t i = 0; i < result.n; i++)
        show(ret, result.datasets[i]);
    if (!rc)
        show_rejected(ret, &result);
    intake_result_done(&result);
    return rc;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool same(struct shown *a, struct shown *b)
{
    bool equal = a->n == b->n;
    qsort(a->text, a->n, sizeof *a->text, by_text);
    qsort(b->text, b->n, sizeof *b->text, by_text);
    for (size_t i = 0; equal && i < a->n; i++)
        equal = strcmp(a->text[i], b->text[i]) == 0;
    return equal;
}

/* 0: datasets, the same both ways. Else the code of streaming. */
static int both(const struct rig *rig, const struct rig_file *files, size_t rows,
                bool *ret_same)
{
    struct shown a = {.n = 0}, b = {.n = 0};
    int rc = streamed(rig, files, rows, &a), all = collected(rig, files, &b);
    if (rc == 0)
        *ret_same = all == 0 && same(&a, &b);
    else
        *ret_same = rc == JH_EBUSY || rc == all;
    for (size_t i = 0; rc == 0 && !*ret_same && i < a.n && i < b.n; i++)
        if (strcmp(a.text[i], b.text[i]) != 0) {
            printf("# streamed: %s# collected: %s", a.text[i], b.text[i]);
            break;
        }
    shown_done(&a);
    shown_done(&b);
    return rc;
}

/* ---- random tables ------------------------------------------------------------------------- */

static uint32_t pick(uint64_t *state, uint32_t n)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return (uint32_t)((*state >> 11) % n);
}

static const char *one_of(uint64_t *r, uint32_t unlikely, const char *usual,
                          const char *const *others, uint32_t n)
{
    return pick(r, unlikely) ? usual : others[pick(r, n)];
}

#define ODD(r, unlikely, usual, ...)                                                     \
    one_of(r, unlikely, usual, (const char *const[]){__VA_ARGS__},                       \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* How often the unlikely happens: once in so many cells. */
static void write_row(uint64_t *r, FILE *to, uint32_t county, uint32_t school,
                      uint32_t unlikely)
{
    static const char *const kinds[] = {"primary", "junior", "nine_year"};
    char code[16], codes[16], pupils[16];
    snprintf(code, sizeof code, "%u", 340000 + county);
    snprintf(codes, sizeof codes, "S%u", 1000 * county + school);
    snprintf(pupils, sizeof pupils, "%u", 100 + pick(r, 900));
    fprintf(to, "%s,", ODD(r, unlikely * 4, code, "", "340001", " ", "340009"));
    fprintf(to, "%s,%s,", ODD(r, unlikely, "", "Lake", "Hill"),
            ODD(r, unlikely * 4, codes, "", "S1001", "S1002", "total"));
    fprintf(to, "%s,%s,", ODD(r, unlikely, "A school", "", "total", "notes"),
            ODD(r, unlikely, "", "east", "west"));
    fprintf(to, "%s,", ODD(r, unlikely, kinds[pick(r, 3)], "", "castle", "other"));
    fprintf(to, "%s,%s,", pupils, ODD(r, unlikely, pupils, "", "-", "x", "1e3"));
    fprintf(to, "%u,%s,", 10 + pick(r, 40), ODD(r, unlikely, "7", "", "12", "10"));
    fprintf(to, "%u.%02u,%s\n", 1000 + pick(r, 9000), pick(r, 100),
            ODD(r, 2, "", "3", "word", "4.5"));
}

/* Counties one behind the other, or (shuffled) now and then a row where it does not belong. */
static void write_table(uint64_t *r, FILE *to, uint32_t first, uint32_t shuffled,
                        uint32_t unlikely)
{
    fputs("county_code,county_name,school_code,school_name,campus,kind,pupils_primary,"
          "pupils_junior,teachers,owner,teaching_area,odd\n",
          to);
    uint32_t counties = 1 + pick(r, 5);
    for (uint32_t c = first; c < first + counties; c++) {
        uint32_t schools = 1 + pick(r, 9), order = pick(r, 3);
        for (uint32_t s = 0; s < schools; s++) {
            uint32_t county = pick(r, shuffled) ? c : 1 + pick(r, c);
            write_row(r, to, county, order ? s : schools - s, unlikely);
        }
    }
}

static char *table(uint64_t *r, uint32_t first, uint32_t shuffled, uint32_t unlikely)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    write_table(r, to, first, shuffled, unlikely);
    fclose(to);
    return text;
}

static void check_random(const struct rig *rig, uint32_t shuffled, uint32_t unlikely,
                         const char *what)
{
    uint64_t r = 88172645463325252;
    size_t good = 0, wrong = 0, busy = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct mapping mapping = {.round = {2024, 0}};
        char *one = table(&r, 1, shuffled, unlikely),
             *two = table(&r, pick(&r, 2) ? 10 : 4, shuffled, unlikely);
        struct rig_file files[] = {
            {"one.csv", one, NULL, &mapping}, {"two.csv", two, NULL, &mapping}, {0}};
        bool equal = false;
        if (pick(&r, 2))
            files[1].name = NULL;
        static const size_t at_once[] = {1, FEW, ALL};
        int rc = both(rig, files, at_once[i % 3], &equal);
        good += rc == 0;
        busy += rc == JH_EBUSY;
        if (!equal && !wrong++)
            printf("# %s# %s", one, files[1].name ? two : "\n");
        free(one);
        free(two);
    }
    is_int((long long)wrong, 0, what);
    ok(good > ROUNDS / 20, "%zu tables of %d streamed, %zu to be collected", good, ROUNDS,
       busy);
}

/* ---- what must be collected ------------------------------------------------------------------ */

#define HEAD "round,county_code,school_code,kind,pupils_primary\n"

static void check_one(const struct rig *rig, const char *rows, int want, const char *name)
{
    struct rig_file files[] = {{"schools.csv", rows, NULL, NULL}, {0}};
    bool one = false, more = false;
    int each = both(rig, files, 1, &one), all = both(rig, files, ALL, &more);
    ok(each == want && one && all == want && more, "%s", name);
}

static void check_cases(const struct rig *rig)
{
    check_one(rig, HEAD "2024,A,1,primary,5\n2024,B,2,primary,5\n2024,C,3,primary,5\n", 0,
              "counties one behind the other are streamed");
    check_one(rig, HEAD "2024,B,1,primary,5\n2024,A,2,primary,5\n", 0,
              "in whatever order the counties are");
    check_one(rig, HEAD "2024,A,2,primary,5\n2024,A,1,primary,5\n", 0,
              "and the schools of a county");
    check_one(rig, HEAD "2024,A,1,primary,x\n2024,A,2,primary,5\n2024,B,3,primary,5\n", 0,
              "a dropped row is of the county it names");
    check_one(rig, HEAD "2024,A,1,primary,5\n2024,B,2,primary,5\n2024,A,3,primary,5\n",
              JH_EBUSY, "a county that comes back is not split in two");
    check_one(rig, HEAD "2024,A,1,primary,5\n2024,B,2,primary,5\n2024,C,1,primary,5\n",
              JH_EBUSY, "a code that is there twice is looked at");
    check_one(rig, HEAD "2024,A,1,primary,5\n2024,,2,primary,5\n2024,B,3,primary,5\n",
              JH_EBUSY, "a row of no known county concerns every county");
    check_one(rig, HEAD "2024,A,1,primary,5\n2024,B,2,primary,x\n2024,C,3,primary,5\n",
              JH_EBUSY, "so does one of a county without any other row");
    check_one(rig, HEAD "2024,A,1,primary,5\n2023,B,2,primary,5\n", JH_EINVAL,
              "two rounds are refused");
}

int main(void)
{
    struct rig rig;
    rig_init(&rig);
    check_cases(&rig);
    check_random(&rig, 1000, 400, "clean tables: the same datasets both ways");
    check_random(&rig, 1000, 20, "hostile tables: the same, or JH_EBUSY");
    check_random(&rig, 20, 60, "disordered tables: the same, or JH_EBUSY");
    rig_done(&rig);
    return done_testing();
}
