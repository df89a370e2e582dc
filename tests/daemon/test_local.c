/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: a local indicator that fails is told of, and nothing but its own pass over whole and newer
 * data ends that: no missing data, no script that breaks, is changed or is taken away. Through the
 * real pipeline, with the real junheng-lua.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/bench.h"
#include "store/people.h"
#include "story/commit.h"
#include "tap/tap.h"

#define HEAD                                                                             \
    "round,county_code,county_name,school_code,school_name,kind,pupils_primary,books\n"
#define COUNTY(limit)                                                                    \
    "return jh.indicator {\n"                                                            \
    "  id = 'few', title = 'books', stage = 'primary', severity = 'warning',\n"          \
    "  evaluate = function(d) local v = d:mean('books', {per = 'pupils'})\n"             \
    "    return jh.verdict(v >= " limit ", v, '%.1f a pupil', v) end,\n"                 \
    "}\n"
#define SCHOOL                                                                           \
    "return jh.indicator {\n"                                                            \
    "  id = 'each', title = 'books', stage = 'primary', scope = 'school',\n"             \
    "  evaluate = function(d, p, i) local v = d:value(i, 'books')\n"                     \
    "    if not v then return jh.unknown('not known') end\n"                             \
    "    return jh.verdict(v >= 100, v, '%d books', v) end,\n"                           \
    "}\n"
#define BROKEN                                                                           \
    "return jh.indicator {\n"                                                            \
    "  id = 'few', title = 'books', stage = 'primary',\n"                                \
    "  evaluate = function(d) return d.nothing.at.all end,\n"                            \
    "}\n"

struct rig {
    struct bench b;
    struct script_set *set;
};

static void load_scripts(struct rig *r, const char *few, const char *each)
{
    struct bench *b = &r->b;
    char dir[96];
    const char *const dirs[] = {dir};
    struct errs errs;
    errs_init(&errs, 20);
    snprintf(dir, sizeof dir, "%s/lua", b->dir);
    mkdir(dir, 0755);
    bench_put(
        b, "lua/few.lua", "%s",
        *few
            ? few
            : "return jh.indicator {id = 'none', title = 'x', evaluate = function() return jh.pass(1) end}\n");
    bench_put(
        b, "lua/each.lua", "%s",
        *each
            ? each
            : "return jh.indicator {id = 'nor', title = 'x', evaluate = function() return jh.pass(1) end}\n");
    script_set_unref(r->set);
    r->set =
        script_set_load(b->scripts, dirs, 1, NULL, 0, b->config->standards, 1, &errs);
    errs_print(stderr, "test", &errs);
    if (!r->set)
        bail("no scripts");
    errs_done(&errs);
    pipeline_configure(b->pipeline, b->config, r->set);
}

static void open_rig(struct rig *r, const char *few, const char *each, const char *more)
{
    char sources[512];
    memset(r, 0, sizeof *r);
    bench_init(&r->b);
    bench_scripts(&r->b);
    snprintf(sources, sizeof sources,
             "  - {name: one, plugin: file, path: ., format: csv%s}\n"
             "alerts: {warning: {enabled: false}, data_quality: {enabled: false}}\n",
             more);
    bench_books(&r->b, sources);
    load_scripts(r, few, each);
}

static void close_rig(struct rig *r)
{
    script_set_unref(r->set);
    bench_done(&r->b);
}

/* Two schools of a county with 100 pupils each. */
static void run(struct rig *r, const char *year, const char *a, const char *b)
{
    char text[512];
    snprintf(text, sizeof text,
             HEAD "%s,990101,Qingshi,1,First,primary,100,%s\n"
                  "%s,990101,Qingshi,2,Second,primary,100,%s\n",
             year, a, year, b);
    if (bench_run(&r->b, "one", "a", text))
        bail(r->b.err.text);
}

static void again(struct rig *r)
{
    if (pipeline_refresh(r->b.pipeline, &r->b.report, &r->b.err))
        bail(r->b.err.text);
}

static void look(struct rig *r, const struct script_set *set)
{
    struct commit_due due = {.config = r->b.config,
                             .scripts = set,
                             .arena = r->b.arena,
                             .now_ms = r->b.clock.fixed_ms,
                             .err = &r->b.err};
    if (commit_due(r->b.writer, &due))
        bail(r->b.err.text);
}

static const struct store_alert *last(struct rig *r, const char *kind, const char *about)
{
    struct store_alert *all;
    size_t n;
    if (store_alerts(r->b.reader, NULL, NULL, r->b.arena, &all, &n, &r->b.err))
        bail(r->b.err.text);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].alert.kind, kind) == 0 &&
            (strcmp(all[i].alert.indicator, about) == 0 ||
             strcmp(all[i].alert.subject, about) == 0))
            return &all[i];
    return NULL;
}

/* "firing 1", with the number of its last transition; or why it has ended. */
static const char *state(struct rig *r, const char *kind, const char *about)
{
    const struct store_alert *a = last(r, kind, about);
    if (!a)
        return "none";
    return arena_fmt(r->b.arena, "%s%s %d",
                     a->alert.state == ALERT_RESOLVED ? alert_cause_id(a->alert.cause)
                                                      : alert_state_id(a->alert.state),
                     a->alert.stale ? " stale" : "", a->alert.transition);
}

static bool says(struct rig *r, const char *kind, const char *about, const char *what)
{
    const struct store_alert *a = last(r, kind, about);
    return a && strstr(a->evidence, what);
}

/* Rows for offices that wait, and those that are kept back. */
static int rows(struct rig *r, bool withheld)
{
    struct store_outbox *list;
    const struct store_alert *a = last(r, "local", "each");
    size_t n;
    if (!a || (withheld ? store_outbox_withheld(r->b.reader, STORE_INHIBITED, r->b.arena,
                                                &list, &n, &r->b.err)
                        : store_outbox_of(r->b.reader, a->alert.id, r->b.arena, &list, &n,
                                          &r->b.err)))
        return -1;
    return (int)n;
}

static void county_scope(void)
{
    struct rig r;
    open_rig(&r, COUNTY("2"), "", "");
    run(&r, "2020", "100", "100");
    is_str(state(&r, "local", "few"), "firing 1", "a fail fires, of any county");
    is_str(last(&r, "local", "few")->alert.severity, "warning", "as severe as it says");
    ok(says(&r, "local", "few", "\"text\":\"1.0 a pupil\""), "and with its own words");
    run(&r, "2021", "100", "");
    is_str(state(&r, "local", "few"), "firing stale 1", "unknown ends nothing");
    run(&r, "2021", "100", "120");
    is_str(state(&r, "local", "few"), "firing 1", "a fail again is no news");
    run(&r, "2020", "900", "900");
    is_str(state(&r, "local", "few"), "firing 1", "an older round ends nothing");
    run(&r, "2022", "900", "900");
    is_str(state(&r, "local", "few"), "passed 2", "a pass of a newer round does");
    run(&r, "2022", "100", "100");
    is_str(state(&r, "local", "few"), "firing 1", "another fail is another alert");
    run(&r, "2022", "900", "900");
    is_str(state(&r, "local", "few"), "corrected 2", "a correction of the round ends it");
    close_rig(&r);
}

static void scripts_that_change(void)
{
    struct rig r;
    open_rig(&r, COUNTY("2"), "", "");
    run(&r, "2020", "100", "100");
    load_scripts(&r, BROKEN, "");
    again(&r);
    is_str(state(&r, "local", "few"), "firing stale 1", "a broken script ends nothing");
    is_str(state(&r, "script_broken", "few"), "firing 1", "but is told of");
    ok(says(&r, "script_broken", "few", "few.lua:3"), "with its place");
    load_scripts(&r, COUNTY("3"), "");
    again(&r);
    is_str(state(&r, "script_broken", "few"), "passed 2", "until it runs whole");
    is_str(state(&r, "local", "few"), "firing 1", "and what fails still is told once");
    load_scripts(&r, COUNTY("0.5"), "");
    again(&r);
    is_str(state(&r, "local", "few"), "corrected 2",
           "a script that was changed may end it");
    ok(says(&r, "local", "few", "\"changed\":true"), "and says that it was");
    load_scripts(&r, COUNTY("2"), "");
    again(&r);
    is_str(state(&r, "local", "few"), "firing 1", "or begin it");
    load_scripts(&r, "", "");
    again(&r);
    is_str(state(&r, "local", "few"), "not_monitored 2",
           "one that is removed ends it so");
    ok(says(&r, "local", "few", "\"removed\":true"), "and says why");
    close_rig(&r);
}

static void removed_without_data(void)
{
    struct rig r;
    open_rig(&r, COUNTY("2"), "", "");
    run(&r, "2020", "100", "100");
    look(&r, r.set);
    is_str(state(&r, "local", "few"), "firing 1", "a look ends none of a script that is");
    look(&r, NULL);
    is_str(state(&r, "local", "few"), "not_monitored 2",
           "and those of one that is not, whatever the data");
    close_rig(&r);
}

static void school_scope(void)
{
    struct rig r;
    open_rig(&r, "", SCHOOL, "");
    run(&r, "2020", "50", "120");
    is_str(state(&r, "local", "each"), "firing 1", "one school that fails fires");
    ok(says(&r, "local", "each", "\"name\":\"First\""), "and is named");
    run(&r, "2021", "50", "60");
    is_str(state(&r, "local", "each"), "firing 2", "another one extends it");
    run(&r, "2022", "", "200");
    is_str(state(&r, "local", "each"), "firing stale 2", "not all known: it stays");
    run(&r, "2022", "200", "200");
    is_str(state(&r, "local", "each"), "passed 3", "all of them pass: it ends");
    close_rig(&r);
}

static void vanished_school(void)
{
    struct rig r;
    open_rig(&r, "", SCHOOL, "");
    run(&r, "2020", "50", "120");
    if (bench_run(&r.b, "one", "a",
                  HEAD "2021,990101,Qingshi,2,Second,primary,100,200\n"))
        bail(r.b.err.text);
    is_str(state(&r, "local", "each"), "firing stale 1",
           "a school that was told of and is gone has not passed");
    close_rig(&r);
}

static void campuses(void)
{
    struct rig r;
    open_rig(&r, "", SCHOOL, "");
    int rc = bench_run(&r.b, "one", "a",
                       "round,county_code,school_code,campus,kind,pupils_primary,books\n"
                       "2020,990101,1,east,primary,100,50\n"
                       "2020,990101,1,west,primary,100,60\n");
    is_int(rc, 0, "two campuses of a school are judged");
    ok(says(&r, "local", "each", "\"campus\":\"east\"") &&
           says(&r, "local", "each", "\"campus\":\"west\""),
       "and named each");
    close_rig(&r);
}

static void certify(struct rig *r)
{
    struct store_cert cert = {.cert = {.county = "990101",
                                       .standard = "books",
                                       .date = {2013, 12, 31},
                                       .cohort = 2013,
                                       .baseline = {2012, 0}},
                              .by = "tester",
                              .reason = "a test",
                              .at_ms = r->b.clock.fixed_ms};
    if (pipeline_certify(r->b.pipeline, &cert, 1, false, &r->b.report, &r->b.err))
        bail(r->b.err.text);
}

static void inhibited(void)
{
    struct rig r;
    open_rig(&r, "", SCHOOL, "");
    run(&r, "2020", "300", "300");
    certify(&r);
    run(&r, "2021", "1", "999");
    is_str(state(&r, "slip", "990101"), "firing 1", "a county slips");
    is_str(state(&r, "local", "each"), "firing 1", "and a school of it fails");
    is_int(rows(&r, false), 0, "whose message the slip keeps back");
    run(&r, "2022", "99", "99");
    is_str(state(&r, "slip", "990101"), "passed 2", "the slip ends");
    is_str(state(&r, "local", "each"), "firing 2", "the schools fail on");
    is_int(rows(&r, false), 1, "which is told now, once");
    is_int(rows(&r, true), 0, "and nothing is kept back");
    run(&r, "2023", "300", "300");
    is_str(state(&r, "local", "each"), "passed 3", "that ends");
    is_int(rows(&r, false), 2, "and is told, too");
    run(&r, "2024", "1", "999");
    run(&r, "2025", "300", "300");
    is_str(state(&r, "local", "each"), "passed 2", "what began and ended with a slip");
    is_int(rows(&r, false), 0, "nobody is told of, its end either");
    close_rig(&r);
}

static void reviewed(void)
{
    struct rig r;
    open_rig(&r, COUNTY("2"), "", ", review: required");
    run(&r, "2020", "100", "100");
    is_str(state(&r, "local", "few"), "firing 1", "unreviewed data fire");
    run(&r, "2021", "900", "900");
    is_str(state(&r, "local", "few"), "firing stale 1", "and end nothing");
    struct review_accept review = {
        .source = "one", .round = {2021, 0}, .by = "tester", .reason = "looked at"};
    if (pipeline_review(r.b.pipeline, &review, &r.b.report, &r.b.err))
        bail(r.b.err.text);
    is_str(state(&r, "local", "few"), "passed 2", "until a person has looked at them");
    close_rig(&r);
}

static void retracted(void)
{
    struct rig r;
    open_rig(&r, COUNTY("2"), "", "");
    run(&r, "2020", "900", "900");
    run(&r, "2021", "100", "100");
    struct retract retract = {.source = "one",
                              .round = {2021, 0},
                              .by = "tester",
                              .reason = "wrong",
                              .whole = true};
    is_str(state(&r, "local", "few"), "firing 1", "a fail of a round");
    if (pipeline_retract(r.b.pipeline, &retract, &r.b.err))
        bail(r.b.err.text);
    is_str(state(&r, "local", "few"), "corrected 2",
           "that is taken back ends by the round that is left");
    close_rig(&r);
}

int main(void)
{
    county_scope();
    scripts_that_change();
    removed_without_data();
    school_scope();
    vanished_school();
    campuses();
    inhibited();
    reviewed();
    retracted();
    return done_testing();
}
