/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: whatever keeps local indicators from running is not the data's fault. The standards are
 * judged and committed, and the round stays stale until its scripts have run.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/bench.h"
#include "tap/tap.h"

static void write_files(const struct bench *b)
{
    char dir[96];
    snprintf(dir, sizeof dir, "%s/lua", b->dir);
    mkdir(dir, 0755);
    bench_put(b, "lua/enough.lua",
              "return jh.indicator {\n"
              "  id = 'enough', title = 'schools', stage = 'primary',\n"
              "  evaluate = function(d) return jh.pass(d:count()) end,\n"
              "}\n");
    bench_put(b, "standards/books.yaml",
              "standard: books\n"
              "title: books\n"
              "effective: 2010-01-01\n"
              "population: {campus: merge, owners: [7]}\n"
              "indicators:\n"
              "  - {id: books_per_pupil, title: books, numerator: books, per: 1}\n"
              "cv_rule: {applies_to: composite, primary: 0.65}\n");
    bench_put(b, "junheng.yaml",
              "state_dir: %s\n"
              "control_socket: %s/c.sock\n"
              "standards: {dir: %s/standards, use: [books]}\n"
              "sources: [{name: one, plugin: file, path: %s, format: csv}]\n",
              b->dir, b->dir, b->dir, b->dir);
}

static struct script_set *load_set(const struct bench *b)
{
    char dir[96];
    const char *const dirs[] = {dir};
    struct errs errs;
    errs_init(&errs, 20);
    snprintf(dir, sizeof dir, "%s/lua", b->dir);
    struct script_set *set =
        script_set_load(b->scripts, dirs, 1, NULL, 0, b->config->standards, 1, &errs);
    errs_print(stderr, "test", &errs);
    errs_done(&errs);
    if (!set)
        bail("no scripts");
    return set;
}

static int run(struct bench *b, const char *round)
{
    char text[512];
    snprintf(text, sizeof text,
             "round,county_code,county_name,school_code,kind,owner,pupils_primary,books\n"
             "%s,990101,Qingshi,S1,primary,7,100,100\n"
             "%s,990101,Qingshi,S2,primary,7,100,300\n",
             round, round);
    return bench_run(b, "one", "schools.csv", text);
}

/* No descriptor is left for what scripts need; the store has its own. */
static struct rlimit no_descriptors(void)
{
    struct rlimit was;
    int next = dup(STDIN_FILENO);
    getrlimit(RLIMIT_NOFILE, &was);
    struct rlimit now = {(rlim_t)next, was.rlim_max};
    close(next);
    if (setrlimit(RLIMIT_NOFILE, &now))
        bail("no limit");
    return was;
}

static size_t stale_rounds(struct bench *b)
{
    struct round *rounds;
    size_t n = 0;
    if (pipeline_stale(b->pipeline, &rounds, &n, &b->err))
        bail(b->err.text);
    free(rounds);
    return n;
}

static void lapse(struct bench *b)
{
    is_int(run(b, "2014"), 0, "with scripts");
    ok(b->report.scripts_ran && !b->report.lapse.code, "they run");
    is_int((int)stale_rounds(b), 0, "and nothing is stale");
    struct rlimit was = no_descriptors();
    int rc = run(b, "2015");
    setrlimit(RLIMIT_NOFILE, &was);
    is_int(rc, 0, "scripts that cannot run do not refuse the body");
    is_int((int)b->report.pass, 1, "the standard is judged");
    ok(b->report.lapse.code && !b->report.scripts_ran, "the lapse is told");
    is_int((int)stale_rounds(b), 1, "the round is stale from the start");
    is_int(run(b, "2015"), 0, "the same body again");
    ok(!b->report.unchanged && b->report.scripts_ran, "is not skipped: the scripts run");
    is_int((int)stale_rounds(b), 0, "and nothing is stale any more");
}

int main(void)
{
    struct bench b;
    bench_init(&b);
    bench_scripts(&b);
    write_files(&b);
    bench_load(&b);
    struct script_set *set = load_set(&b);
    pipeline_configure(b.pipeline, b.config, set);
    lapse(&b);
    script_set_unref(set);
    bench_done(&b);
    return done_testing();
}
