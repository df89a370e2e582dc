/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a county is judged by its newest round, and whether that is complete by the round before.
 * Counties skip years, old rounds come late or are corrected, and parts get other names. This
 * runs the real pipeline through all of that: schools that vanished must be missed by the
 * county's own last round, whatever that is and whenever it came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/bench.h"
#include "tap/tap.h"

/* A body under way: rows of schools with a hundred pupils and as many books. */
struct body {
    char text[4096];
    size_t n;
};

static void begin(struct body *to)
{
    to->n = (size_t)snprintf(to->text, sizeof to->text,
                             "round,county_code,school_code,kind,pupils_primary,books\n");
}

static void row(struct body *to, const char *round, const char *county,
                const char *school, int books)
{
    to->n += (size_t)snprintf(to->text + to->n, sizeof to->text - to->n,
                              "%s,%s,%s,primary,100,%d\n", round, county, school, books);
}

/* Schools first … last of the county, all alike. */
static void rows(struct body *to, const char *round, const char *county, int first,
                 int last)
{
    for (int i = first; i <= last; i++) {
        char school[32];
        snprintf(school, sizeof school, "%s-%d", county, i);
        row(to, round, county, school, 100);
    }
}

static int send(struct bench *b, const char *source, const char *name, struct body *body)
{
    int rc = bench_run(b, source, name, body->text);
    if (rc)
        printf("# %s\n", b->err.text);
    return rc;
}

/* A whole body of one county. */
static int one(struct bench *b, const char *source, const char *round, const char *county,
               int first, int last)
{
    struct body body;
    char name[64];
    snprintf(name, sizeof name, "%s.csv", county);
    begin(&body);
    rows(&body, round, county, first, last);
    return send(b, source, name, &body);
}

static const char *verdict(struct bench *b, const char *county, int year)
{
    struct store_verdict v;
    int rc = store_verdict_get(b->reader, (struct round){(int16_t)year, 0}, county,
                               "books", "", b->arena, &v, &b->err);
    return rc ? "none" : outcome_id(v.outcome);
}

static int open_alert(struct bench *b, const char *county, struct store_alert *ret)
{
    return store_alert_open(b->reader, "slip", county, "books", b->arena, ret, &b->err);
}

/* `two` covers those counties; NULL: there is no such source. */
static void configure_two(struct bench *b, const char *part, const char *covers)
{
    char sources[512], two[256] = "";
    if (covers)
        snprintf(two, sizeof two,
                 "  - {name: two, plugin: file, path: ., format: csv, interval: 1h,\n"
                 "     part: two, covers: [\"%s\"]}\n",
                 covers);
    snprintf(sources, sizeof sources,
             "  - {name: one, plugin: file, path: ., format: csv, interval: 1h,\n"
             "     part: %s}\n%s",
             part, two);
    bench_books(b, sources);
}

static void configure(struct bench *b, const char *part)
{
    configure_two(b, part, "92");
}

/* ---- a year left out ----------------------------------------------------------------------- */

static void skipped_year(struct bench *b)
{
    struct body body;
    is_int(one(b, "one", "2018", "990103", 1, 4), 0, "2018 of a third county");
    begin(&body);
    rows(&body, "2019", "990101", 1, 4);
    rows(&body, "2019", "990102", 1, 4);
    is_int(send(b, "one", "all.csv", &body), 0, "2019 of two counties");
    is_int(one(b, "one", "2020", "990102", 1, 4), 0, "2020 of the second alone");
    begin(&body);
    rows(&body, "2021", "990101", 1, 2);
    rows(&body, "2021", "990102", 1, 4);
    rows(&body, "2021", "990103", 1, 2);
    is_int(send(b, "one", "all.csv", &body), 0, "2021 of all three");
    is_str(verdict(b, "990101", 2021), "unknown", "half of 2019 is gone: no pass");
    is_str(verdict(b, "990102", 2021), "pass", "all of 2020 is there");
    is_str(verdict(b, "990103", 2021), "unknown", "half of 2018 is gone: no pass");
}

/* A row that does not say its county is of the one that had the school last, in its last round. */
static void lost_row(struct bench *b)
{
    struct body body;
    begin(&body);
    rows(&body, "2022", "990101", 1, 2);
    rows(&body, "2022", "990102", 1, 4);
    is_int(send(b, "one", "all.csv", &body), 0, "2022 without the third county");
    begin(&body);
    rows(&body, "2023", "990102", 1, 4);
    rows(&body, "2023", "990103", 1, 1);
    row(&body, "2023", "", "990103-2", 100);
    is_int(send(b, "one", "all.csv", &body), 0, "2023: a row without its county");
    is_str(verdict(b, "990102", 2023), "pass", "is not of the second county");
    is_str(verdict(b, "990103", 2023), "unknown",
           "but of the third, which had it in 2021");
}

/* The months are a series of their own. */
static void other_series(struct bench *b)
{
    is_int(one(b, "one", "2023-10", "990102", 1, 2), 0, "a month with fewer schools");
    is_int((int)b->report.again, 0, "concerns no year");
    is_int(one(b, "one", "2024", "990102", 1, 4), 0, "the next year");
    is_str(verdict(b, "990102", 2024), "pass", "is compared with the year before");
}

/* ---- the older round comes later, or again -------------------------------------------------- */

static void late(struct bench *b)
{
    is_int(one(b, "one", "2021", "980101", 1, 3), 0, "2021 comes first");
    is_str(verdict(b, "980101", 2021), "pass", "and passes, with nothing before it");
    is_int(one(b, "one", "2019", "980101", 1, 4), 0, "then 2019, with a school more");
    is_int((int)b->report.again, 1, "2021 is judged again");
    is_str(verdict(b, "980101", 2021), "unknown", "and does not pass any more");
    is_int(one(b, "one", "2020", "980101", 1, 3), 0, "then 2020, without that school");
    is_str(verdict(b, "980101", 2020), "unknown", "which it misses");
    is_str(verdict(b, "980101", 2021), "pass", "but 2021 does not");
    is_int(one(b, "one", "2019", "980101", 1, 3), 0, "2019 is corrected");
    is_str(verdict(b, "980101", 2020), "pass", "2020 misses nothing now");
    is_int((int)b->report.again, 1, "and only 2020 was looked at again");
    is_int(one(b, "one", "2019", "980101", 1, 3), 0, "the same once more");
    ok(b->report.unchanged && !b->report.again, "changes nothing");
    is_int((int)bench_stale(b), 0, "nothing is left to do");
}

/* A correction without a county: the round before that one is compared with again. */
static void taken_out(struct bench *b)
{
    struct body body;
    is_int(one(b, "one", "2019", "980201", 1, 4), 0, "2019: four schools");
    begin(&body);
    rows(&body, "2020", "980201", 1, 3);
    rows(&body, "2020", "980202", 1, 3);
    is_int(send(b, "one", "both.csv", &body), 0, "2020: three, beside another county");
    is_int(one(b, "one", "2021", "980201", 1, 3), 0, "2021: three");
    is_str(verdict(b, "980201", 2021), "pass", "as many as in 2020");
    begin(&body);
    rows(&body, "2020", "980202", 1, 3);
    is_int(send(b, "one", "both.csv", &body), 0,
           "2020 is corrected: not its rows at all");
    is_str(verdict(b, "980201", 2021), "unknown", "one of 2019 is missed in 2021");
    is_str(verdict(b, "980201", 2020), "unknown", "its pass of 2020 went with its data");
    is_str(verdict(b, "980202", 2020), "pass", "the other county keeps its own");
}

/* Nothing is passed, and nothing ends, because a county is left out of a corrected file. */
static void left_out(struct bench *b)
{
    struct store_alert alert;
    struct body body;
    struct store_cert cert = {.cert = {.county = "950101",
                                       .standard = "books",
                                       .date = {2019, 12, 31},
                                       .cohort = 2019,
                                       .baseline = {2018, 0}},
                              .by = "tester",
                              .reason = "a test"};
    is_int(pipeline_certify(b->pipeline, &cert, 1, false, &b->report, &b->err), 0,
           "certified");
    is_int(one(b, "one", "2019", "950101", 1, 4), 0, "2019 passes");
    begin(&body);
    rows(&body, "2020", "950101", 1, 3);
    row(&body, "2020", "950101", "950101-4", 900);
    rows(&body, "2020", "950102", 1, 3);
    is_int(send(b, "one", "9501.csv", &body), 0, "2020 fails");
    is_int((int)b->report.transitions, 1, "and fires");
    begin(&body);
    rows(&body, "2020", "950102", 1, 3);
    is_int(send(b, "one", "9501.csv", &body), 0, "2020 comes again without the county");
    is_str(verdict(b, "950101", 2020), "unknown", "nothing is known of it now");
    is_int((int)b->report.transitions, 0, "which ends nothing");
    is_int(one(b, "one", "2019", "950101", 1, 5), 0, "2019 is corrected, and passes");
    is_int((int)b->report.transitions, 0, "which ends nothing either");
    is_int(open_alert(b, "950101", &alert), 0, "the alert is open");
    ok(alert.alert.stale, "and marked as resting on old data");
}

/* With a part of a county its round is another one, which is judged again by itself. */
static void part_taken_out(struct bench *b)
{
    struct body body;
    is_int(one(b, "one", "2019", "920101", 1, 2), 0, "a part of 2019");
    begin(&body);
    rows(&body, "2020", "920101", 1, 2);
    rows(&body, "2020", "920102", 1, 1);
    is_int(send(b, "one", "both.csv", &body), 0, "two counties in one part");
    is_int(one(b, "two", "2020", "920101", 3, 4), 0, "one of them in the other, too");
    is_str(verdict(b, "920101", 2020), "pass", "is whole");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0,
           "(nobody waits for that source any more)");
    begin(&body);
    rows(&body, "2020", "920102", 1, 1);
    is_int(send(b, "one", "both.csv", &body), 0, "the first part comes without it");
    is_str(verdict(b, "920101", 2020), "unknown", "a part is missing now");
}

/* ---- alerts ---------------------------------------------------------------------------------- */

static void alert_ends_by_the_rule(struct bench *b)
{
    struct store_alert alert;
    struct body body;
    struct store_cert cert = {.cert = {.county = "970101",
                                       .standard = "books",
                                       .date = {2018, 12, 31},
                                       .cohort = 2018,
                                       .baseline = {2017, 0}},
                              .by = "tester",
                              .reason = "a test"};
    is_int(pipeline_certify(b->pipeline, &cert, 1, false, &b->report, &b->err), 0,
           "certified");
    begin(&body);
    rows(&body, "2019", "970101", 1, 3);
    row(&body, "2019", "970101", "970101-4", 900);
    is_int(send(b, "one", "970101.csv", &body), 0, "2019 fails");
    is_int((int)b->report.transitions, 1, "and fires");
    is_int(one(b, "one", "2020", "970101", 1, 3), 0, "2020 passes without that school");
    is_str(verdict(b, "970101", 2020), "unknown", "no: it vanished");
    is_int(open_alert(b, "970101", &alert), 0, "the alert stays");
    is_int(one(b, "one", "2019", "970101", 1, 3), 0, "2019 is corrected: never had it");
    is_str(verdict(b, "970101", 2020), "pass", "2020 is whole");
    is_int((int)b->report.transitions, 1, "that ends the alert");
    is_int(open_alert(b, "970101", &alert), JH_ENOENT, "none is open");
    is_int(one(b, "one", "2019", "970101", 1, 4), 0, "2019 is corrected back");
    is_str(verdict(b, "970101", 2020), "unknown", "2020 is no pass any more");
    is_int((int)b->report.transitions, 0, "which opens nothing again");
    begin(&body);
    rows(&body, "2021", "970101", 1, 2);
    row(&body, "2021", "970101", "970101-3", 900);
    is_int(send(b, "one", "970101.csv", &body), 0, "2021 fails");
    is_int((int)b->report.transitions, 1, "and fires");
    begin(&body);
    rows(&body, "2020", "970101", 1, 8);
    is_int(send(b, "one", "970101.csv", &body), 0,
           "2020 is corrected: five schools more");
    is_str(verdict(b, "970101", 2021), "unknown", "2021 misses them: nothing is proven");
    is_int((int)b->report.transitions, 0, "which ends nothing");
    is_int(open_alert(b, "970101", &alert), 0, "the alert of 2021 stays");
    is_int(alert.alert.round.year, 2021, "with its round");
}

/* What was committed stands when the rest fails, and the rest is done later. */
static void broken_off(struct bench *b)
{
    is_int(one(b, "one", "2021", "960101", 1, 3), 0, "2021 passes");
    b->writes_left = 1;
    is_int(one(b, "one", "2020", "960101", 1, 4), 0,
           "2020 is kept, then the store fails");
    b->writes_left = BENCH_ANY;
    ok(b->report.failed.code != 0, "which is told");
    is_str(verdict(b, "960101", 2020), "pass", "2020 is there");
    is_str(verdict(b, "960101", 2021), "pass", "2021 is as it was");
    is_int((int)bench_stale(b), 1, "and known to be stale");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "as after a restart");
    is_str(verdict(b, "960101", 2021), "unknown", "it is judged again");
    is_int((int)bench_stale(b), 0, "and that is all");
}

/* ---- parts ----------------------------------------------------------------------------------- */

static void renamed_part(struct bench *b)
{
    struct store_submission *subs;
    size_t n, old = 0;
    is_int(one(b, "one", "2020", "920201", 1, 2), 0, "a county of two parts");
    is_int(one(b, "two", "2020", "920201", 3, 4), 0, "has both");
    is_str(verdict(b, "920201", 2020), "pass", "passes");
    configure(b, "uno");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "a part is renamed");
    is_str(verdict(b, "920201", 2020), "pass", "what it delivered is of the new name");
    if (store_submissions(b->reader, (struct round){0}, b->arena, &subs, &n, &b->err))
        bail(b->err.text);
    for (size_t i = 0; i < n; i++)
        old += strcmp(subs[i].part, "main") == 0;
    is_int((int)old, 0, "no submission is left under the old one");
    is_int(one(b, "two", "2020", "920201", 3, 5), 0, "the other part is corrected");
    is_str(verdict(b, "920201", 2020), "pass", "and joined with it");
}

/* Two parts become one: two sources for one part of a county are no whole. */
static void joined_part(struct bench *b)
{
    configure(b, "two");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), JH_EREFUSED,
           "both sources are of one part now");
    ok(strstr(b->err.text, "has delivered already") != NULL, "which is told: %s",
       b->err.text);
    is_int(one(b, "two", "2020", "920201", 3, 6), JH_EREFUSED,
           "and a body of the later is refused");
    configure(b, "main");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "apart again");
    is_int((int)bench_stale(b), 0, "all is well");
}

/* Which parts a round must have goes by the sources there are, and is looked at again with them. */
static void other_sources(struct bench *b)
{
    is_int(one(b, "one", "2021", "920301", 1, 2), 0, "a county of two parts");
    is_int(one(b, "two", "2021", "920301", 3, 3), 0, "has both");
    is_int(one(b, "one", "2022", "920301", 1, 3), 0, "the first part of a new round");
    is_str(verdict(b, "920301", 2022), "unknown", "the second is awaited");
    configure_two(b, "main", NULL);
    is_int((int)bench_stale(b) > 0, 1, "its source is taken out: to be judged again");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "as a reload does");
    is_str(verdict(b, "920301", 2022), "pass", "nothing is awaited any more");
    configure(b, "main");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "it is put back");
    is_str(verdict(b, "920301", 2022), "unknown", "a pass without it is none");
    is_int((int)bench_stale(b), 0, "and that is all");
}

/* Before its first word it is what a source covers that tells who waits for it. */
static void other_covers(struct bench *b)
{
    bench_books(b, "  - {name: one, plugin: file, path: ., format: csv, part: main}\n"
                   "  - {name: new, plugin: file, path: ., format: csv, part: new, "
                   "covers: [\"93\"]}\n");
    is_int(one(b, "one", "2021", "930301", 1, 2), 0, "a county of a source to come");
    is_str(verdict(b, "930301", 2021), "unknown", "waits for it");
    bench_books(b, "  - {name: one, plugin: file, path: ., format: csv, part: main}\n"
                   "  - {name: new, plugin: file, path: ., format: csv, part: new, "
                   "covers: [\"94\"]}\n");
    is_int(pipeline_refresh(b->pipeline, &b->report, &b->err), 0, "it covers others");
    is_str(verdict(b, "930301", 2021), "pass", "nothing is awaited any more");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    configure(&b, "main");
    skipped_year(&b);
    lost_row(&b);
    other_series(&b);
    late(&b);
    taken_out(&b);
    left_out(&b);
    part_taken_out(&b);
    alert_ends_by_the_rule(&b);
    broken_off(&b);
    renamed_part(&b);
    joined_part(&b);
    other_sources(&b);
    other_covers(&b);
    bench_done(&b);
    return done_testing();
}
