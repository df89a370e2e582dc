/* SPDX-License-Identifier: Apache-2.0 */
/* Why: what was judged and from which bytes must read back exactly, and the newest must be it. */
#include <math.h>

#include "store/fixture.h"

static void test_sources(struct fixture *f)
{
    struct store_source src = {.name = "anhui",
                               .tuple = "t1",
                               .etag = "\"e\"",
                               .ok_ms = 5,
                               .try_ms = 7,
                               .failures = 2,
                               .failing_since_ms = 6,
                               .error = "timed out"};
    struct store_source got;

    is_int(store_source_get(f->store, "anhui", f->arena, &got, &f->err), JH_ENOENT,
           "an unknown source is not there");
    must(f, store_source_put(f->store, &src, &f->err), "put");
    src.failures = 3;
    must(f, store_source_put(f->store, &src, &f->err), "put again");
    must(f, store_source_get(f->store, "anhui", f->arena, &got, &f->err), "get");
    is_str(got.name, "anhui", "name");
    is_str(got.etag, "\"e\"", "etag");
    is_str(got.last_modified, NULL, "what was absent stays absent");
    is_int(got.failures, 3, "the later state replaces the earlier");
    is_int(got.failing_since_ms, 6, "failing since");
    is_str(got.error, "timed out", "error");
}

static void submit(struct fixture *f, const char *source, const char *name,
                   struct round round, struct store_submission *sub)
{
    static const char *const codes[] = {"340103", "340104"};

    *sub = (struct store_submission){.source = source,
                                     .part = "all",
                                     .name = name,
                                     .url = "https://stats.example/x.csv",
                                     .type = "text/csv",
                                     .sha256 = "h1",
                                     .tuple = "t1",
                                     .round = round,
                                     .received_ms = 9,
                                     .counties = codes,
                                     .n_counties = 2};
    must(f, store_submission_put(f->store, sub, &f->err), "submission");
}

static void test_archive(struct fixture *f)
{
    const struct round y2017 = {2017, 0}, y2018 = {2018, 0}, m = {2018, 3}, all = {0, 0};
    struct store_submission sub, *subs;
    const char *const known[] = {"340104"}, *const nowhere[] = {"340199"};
    struct round *rounds;
    size_t n, raw;
    void *body;

    must(f, store_body_put(f->store, "h1", "\0pack\1", 6, 100, &f->err), "body");
    must(f, store_body_put(f->store, "h1", "other", 5, 7, &f->err), "body again");
    must(f, store_body_get(f->store, "h1", &body, &n, &raw, &f->err), "body get");
    ok(n == 6 && raw == 100 && !memcmp(body, "\0pack\1", 6), "the body reads back");
    free(body);
    is_int(store_body_get(f->store, "h2", &body, &n, &raw, &f->err), JH_ENOENT,
           "no body");

    submit(f, "a", "x.csv", y2017, &sub);
    is_int(sub.revision, 1, "first revision");
    submit(f, "a", "x.csv", y2017, &sub);
    is_int(sub.revision, 2, "a second body of the round is its second revision");
    int64_t second = sub.id;
    submit(f, "b", "x.csv", y2017, &sub);
    is_int(sub.revision, 1, "another source counts for itself");
    submit(f, "a", "y.csv", y2018, &sub);
    submit(f, "a", "m.csv", m, &sub);
    must(f, store_submissions(f->store, y2017, f->arena, &subs, &n, &f->err), "list");
    is_int((long long)n, 2, "current ones of the round");
    is_int(subs[0].id, second, "the superseded one is left out");
    ok(subs[0].current && subs[0].n_counties == 2, "current, with its counties");
    is_str(subs[0].counties[1], "340104", "a county's code");
    is_int(subs[0].round.year, 2017, "round");
    must(f, store_submissions(f->store, all, f->arena, &subs, &n, &f->err), "list all");
    is_int((long long)n, 4, "current ones of all rounds");
    must(f, store_rounds(f->store, false, known, 1, f->arena, &rounds, &n, &f->err),
         "rounds");
    ok(n == 2 && rounds[0].year == 2017 && rounds[1].year == 2018,
       "yearly rounds, oldest first");
    must(f, store_rounds(f->store, true, known, 1, f->arena, &rounds, &n, &f->err),
         "months");
    ok(n == 1 && rounds[0].month == 3, "monthly rounds are their own series");
    must(f, store_rounds(f->store, false, nowhere, 1, f->arena, &rounds, &n, &f->err),
         "rounds of nobody");
    is_int((long long)n, 0, "a county that nothing holds has no rounds");
}

/* One body of a source of its own with these counties, in 2019. */
static int64_t hold(struct fixture *f, const char *source, const char *const *counties,
                    size_t n)
{
    struct store_submission sub = {.source = source,
                                   .part = "all",
                                   .name = "h.csv",
                                   .url = "",
                                   .type = "",
                                   .sha256 = "h1",
                                   .tuple = "t",
                                   .round = {2019, 0},
                                   .received_ms = 9,
                                   .counties = counties,
                                   .n_counties = n};
    must(f, store_submission_put(f->store, &sub, &f->err), "submission");
    return sub.id;
}

/* The ids, told as a text. */
static const char *ids(struct fixture *f, const struct store_submission *subs, size_t n)
{
    const char *text = "";
    for (size_t i = 0; i < n; i++)
        text = arena_fmt(f->arena, "%s %lld", text, (long long)subs[i].id);
    return text;
}

static void test_related(struct fixture *f)
{
    const struct round y2019 = {2019, 0}, any = {0, 0};
    const char *const ab[] = {"A", "B"}, *const bc[] = {"B", "C"}, *const d[] = {"D"},
                      *const a[] = {"A"}, *const x[] = {"X"};
    struct store_submission *subs;
    size_t n;
    int64_t old = hold(f, "near-1", ab, 2);
    int64_t one = hold(f, "near-1", ab, 2), two = hold(f, "near-2", bc, 2),
            four = hold(f, "near-4", d, 1);

    ok(old != one, "a body follows another");
    must(f,
         store_submissions_holding(f->store, STORE_SCHOOL, y2019, a, 1, f->arena, &subs,
                                   &n, &f->err),
         "holding");
    is_str(ids(f, subs, n), arena_fmt(f->arena, " %lld", (long long)one),
           "what holds a county, without what was superseded");
    must(
        f,
        store_submissions_near(f->store, y2019, a, 1, NULL, f->arena, &subs, &n, &f->err),
        "near");
    is_str(ids(f, subs, n),
           arena_fmt(f->arena, " %lld %lld", (long long)one, (long long)two),
           "and what shares another county with that");
    must(f,
         store_submissions_near(f->store, y2019, x, 1, "near-4", f->arena, &subs, &n,
                                &f->err),
         "near a source");
    is_str(ids(f, subs, n), arena_fmt(f->arena, " %lld", (long long)four),
           "what a source has delivered, whatever it held");
    must(f,
         store_submissions_holding(f->store, STORE_SCHOOL, any, d, 1, f->arena, &subs, &n,
                                   &f->err),
         "in any round");
    is_str(ids(f, subs, n), arena_fmt(f->arena, " %lld", (long long)four),
           "of all rounds");
    const struct store_submission first = {
        .id = one, .source = "near-1", .name = "h.csv", .round = y2019, .sha256 = "h"};
    must(f,
         in_transaction(f,
                        store_submission_retract(f->store, &first, "p", "r", 1, &f->err)),
         "retract");
    must(
        f,
        store_submissions_near(f->store, y2019, a, 1, NULL, f->arena, &subs, &n, &f->err),
        "near");
    is_int((long long)n, 0, "what was taken back holds nothing");
    must(f,
         store_submission_restore(
             f->store,
             &(struct store_submission){
                 .id = one, .source = "near-1", .name = "h.csv", .round = y2019},
             &f->err),
         "restore");
    must(
        f,
        store_submissions_near(f->store, y2019, a, 1, NULL, f->arena, &subs, &n, &f->err),
        "near");
    is_str(ids(f, subs, n),
           arena_fmt(f->arena, " %lld %lld", (long long)old, (long long)two),
           "what it had superseded holds them again");
}

static struct store_verdict verdict(const char *county, struct round round, int revision,
                                    const char *stage, enum outcome outcome)
{
    return (struct store_verdict){.round = round,
                                  .county = county,
                                  .county_name = "庐阳区",
                                  .standard = "basic-2012",
                                  .stage = stage,
                                  .revision = revision,
                                  .outcome = outcome,
                                  .complete = true,
                                  .composite = 0.51525663,
                                  .pupils = 30211,
                                  .schools = 27,
                                  .figures = "{}",
                                  .failing = "[]",
                                  .data_sha256 = "d",
                                  .county_sha256 = "c",
                                  .standard_sha256 = "s",
                                  .at_ms = 12};
}

static void put(struct fixture *f, const char *county, struct round round, int revision,
                enum outcome outcome, bool junior)
{
    struct store_verdict rows[3] = {verdict(county, round, revision, "", outcome),
                                    verdict(county, round, revision, "primary", outcome),
                                    verdict(county, round, revision, "junior", outcome)};

    rows[0].composite = NAN;
    must(f, in_transaction(f, store_verdict_put(f->store, rows, junior ? 3 : 2, &f->err)),
         "verdict put");
}

static void test_verdicts(struct fixture *f)
{
    const struct round y17 = {2017, 0}, y18 = {2018, 0}, m = {2018, 3};
    struct store_verdict got, *list;
    size_t n;
    const char *c = "340103", *s = "basic-2012";

    is_int(store_verdict_get(f->store, y17, c, s, "", f->arena, &got, &f->err), JH_ENOENT,
           "no verdict yet");
    is_int(store_verdict_newest(f->store, c, s, false, f->arena, &got, &f->err),
           JH_ENOENT, "no newest yet");
    put(f, c, y18, 1, OUTCOME_UNKNOWN, true);
    put(f, c, y17, 1, OUTCOME_PASS, true);
    put(f, c, y17, 2, OUTCOME_FAIL, false);
    put(f, c, m, 1, OUTCOME_PASS, true);
    put(f, "340104", y17, 1, OUTCOME_PASS, true);
    must(f, store_verdict_get(f->store, y17, c, s, "", f->arena, &got, &f->err), "get");
    is_int(got.revision, 2, "the newest revision");
    is_int(got.outcome, OUTCOME_FAIL, "its outcome");
    ok(isnan(got.composite), "no composite is NaN");
    is_str(got.county_name, "庐阳区", "name");
    must(f, store_verdict_get(f->store, y17, c, s, "primary", f->arena, &got, &f->err),
         "stage");
    ok(got.composite == 0.51525663 && got.schools == 27 && got.complete,
       "figures to the bit");
    is_int(store_verdict_get(f->store, y17, c, s, "junior", f->arena, &got, &f->err),
           JH_ENOENT, "a stage that the newest revision lost is gone");
    must(f, store_verdict_newest(f->store, c, s, false, f->arena, &got, &f->err),
         "newest");
    is_int(got.round.year, 2018, "an older round written later is not the newest");
    must(f, store_verdict_newest(f->store, c, s, true, f->arena, &got, &f->err),
         "newest month");
    is_int(got.round.month, 3, "the monthly series has its own newest");
    must(f, store_history(f->store, c, s, f->arena, &list, &n, &f->err), "history");
    is_int((long long)n, 8, "newest revisions of three rounds");
    ok(list[0].round.year == 2017 && list[0].revision == 2 && !*list[0].stage,
       "oldest first");
    must(f, store_history(f->store, c, "other", f->arena, &list, &n, &f->err), "history");
    is_int((long long)n, 0, "another standard has none");
    must(f, store_counties(f->store, f->arena, &list, &n, &f->err), "counties");
    ok(n == 2 && !strcmp(list[0].county, c) && list[0].round.month == 3,
       "a row per county");

    put(f, "340102", m, 1, OUTCOME_PASS, true);
    put(f, "340102", m, 2, OUTCOME_FAIL, true);
    must(f, store_counties(f->store, f->arena, &list, &n, &f->err), "counties");
    ok(n == 3 && !strcmp(list[0].county, "340102") && list[0].outcome == OUTCOME_FAIL,
       "the newest revision of it, by code");
    ok(list[2].round.year == 2017 && !strcmp(list[2].data_sha256, "d"),
       "also one that is in no newer round");
    struct store_verdict lone = verdict(c, y18, 9, "primary", OUTCOME_PASS);
    is_int(in_transaction(f, store_verdict_put(f->store, &lone, 1, &f->err)), JH_EINVAL,
           "a stage without its county's row is refused");

    put(f, c, y17, 2, OUTCOME_PASS, true);
    put(f, c, y17, 2, OUTCOME_UNKNOWN, false);
    is_int(store_verdict_get(f->store, y17, c, s, "junior", f->arena, &got, &f->err),
           JH_ENOENT, "judging a revision again replaces all its rows");
    must(f, store_verdict_get(f->store, y17, c, s, "", f->arena, &got, &f->err), "get");
    is_int(got.outcome, OUTCOME_UNKNOWN, "with the new outcome");
}

static const char *items_of(struct fixture *f, int year)
{
    struct store_items items;
    int r = store_items_get(f->store, (struct round){(int16_t)year, 0}, "A", "basic",
                            true, f->arena, &items, &f->err);
    return r == JH_ENOENT ? "none" : r ? f->err.text : items.items;
}

static void put_items(struct fixture *f, int year, const char *text)
{
    const struct store_items items = {.round = {(int16_t)year, 0},
                                      .county = "A",
                                      .standard = "basic",
                                      .outcome = OUTCOME_PASS,
                                      .certifiable = OUTCOME_UNKNOWN,
                                      .items = text};
    must(f, store_items_put(f->store, &items, &f->err), "store_items_put");
}

static void test_items(struct fixture *f)
{
    struct store_items items;

    put_items(f, 2040, "[1]");
    put_items(f, 2039, "[0]");
    is_str(items_of(f, 2040), "[1]", "items of the newest round are kept");
    is_str(items_of(f, 2039), "none", "of no older one");
    put_items(f, 2040, "[2]");
    is_str(items_of(f, 2040), "[2]", "judged again");
    must(f,
         store_items_get(f->store, (struct round){2040, 0}, "A", "basic", false, f->arena,
                         &items, &f->err),
         "store_items_get");
    ok(!items.items && items.outcome == OUTCOME_PASS &&
           items.certifiable == OUTCOME_UNKNOWN,
       "without the list");
    must(f,
         in_transaction(f, store_verdict_retract(f->store, (struct round){2040, 0}, "A",
                                                 7, &f->err)),
         "store_verdict_retract");
    is_str(items_of(f, 2040), "none", "a retracted round has none");
    put_items(f, 2039, "[0]");
    is_str(items_of(f, 2039), "[0]", "and makes room for the one before");
}

static void test_local(struct fixture *f)
{
    const struct round y17 = {2017, 0};
    struct store_local rows[2] = {
        {"arts", "primary", "", OUTCOME_FAIL, 0.6, "上限 0.5", "x"},
        {"arts", "junior", "", OUTCOME_BROKEN, NAN, "a.lua:3", "x"}};
    struct store_local *got;
    size_t n;

    must(f, store_local_put(f->store, y17, "340103", rows, 2, &f->err), "local");
    must(f, store_local_get(f->store, y17, "340103", f->arena, &got, &n, &f->err), "get");
    ok(n == 2 && got[0].outcome == OUTCOME_BROKEN && isnan(got[0].value),
       "a broken script");
    is_str(got[1].text, "上限 0.5", "what a script said");
    must(f, store_local_put(f->store, y17, "340103", rows, 1, &f->err), "again");
    must(f, store_local_get(f->store, y17, "340103", f->arena, &got, &n, &f->err), "get");
    is_int((long long)n, 1, "replaced as a whole");
}

static void test_certs(struct fixture *f)
{
    struct store_cert cert = {.cert = {.county = "340103",
                                       .standard = "basic-2012",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "n",
                              .reason = "r",
                              .at_ms = 4};
    struct store_cert got, *list;
    size_t n;

    must(f, in_transaction(f, store_cert_put(f->store, &cert, &f->err)), "cert");
    must(f, store_cert_get(f->store, "340103", "basic-2012", f->arena, &got, &f->err),
         "get");
    ok(!date_cmp(got.cert.date, cert.cert.date) && got.cert.baseline.year == 2012,
       "dates");
    is_str(got.cert.document, NULL, "no document");
    is_str(got.by, "n", "by whom");
    cert.cert.county = "340102";
    must(f, in_transaction(f, store_cert_put(f->store, &cert, &f->err)), "cert");
    must(f, store_certs(f->store, NULL, f->arena, &list, &n, &f->err), "list");
    ok(n == 2 && !strcmp(list[0].cert.county, "340102"), "by county code");
    must(f, store_certs(f->store, "quality-2017", f->arena, &list, &n, &f->err), "list");
    is_int((long long)n, 0, "of another standard: none");
    must(f,
         in_transaction(f, store_cert_delete(f->store, "340103", "basic-2012", "n", "r",
                                             5, &f->err)),
         "delete");
    is_int(in_transaction(f, store_cert_delete(f->store, "340103", "basic-2012", "n", "r",
                                               5, &f->err)),
           JH_ENOENT, "what is gone cannot be taken away");
    is_int(store_cert_get(f->store, "340103", "basic-2012", f->arena, &got, &f->err),
           JH_ENOENT, "decertified");
}

int main(void)
{
    struct fixture f;

    fixture_init(&f);
    test_sources(&f);
    test_archive(&f);
    test_related(&f);
    test_verdicts(&f);
    test_local(&f);
    test_items(&f);
    test_certs(&f);
    fixture_done(&f);
    return done_testing();
}
