/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A drop folder: a file is moved when it was told what became of it, never before, and only if it
 * is still the same; what is not finished, or not ours, is left alone.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "plugins/mock_source.h"
#include "tap/tap.h"

static char folder[256], conf[256];

static const char *at(const char *name)
{
    static char paths[4][512];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(paths[turn], sizeof paths[turn], "%s/%s", folder, name);
    return paths[turn];
}

/* age: how many seconds ago it was written */
static void put(const char *name, const char *text, int age)
{
    struct timeval times[2];
    FILE *file = fopen(at(name), "w");
    if (!file || fputs(text, file) < 0 || fclose(file))
        bail("cannot write");
    gettimeofday(&times[0], NULL);
    times[0].tv_sec -= age;
    times[1] = times[0];
    if (utimes(at(name), times))
        bail("cannot set times");
}

static bool there(const char *name)
{
    return access(at(name), F_OK) == 0;
}

static const char *content(const char *name)
{
    static char text[4096];
    FILE *file = fopen(at(name), "r");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    if (file)
        fclose(file);
    text[n] = '\0';
    return file ? text : "(not there)";
}

static void open_it(struct mock *mock)
{
    struct jh_err err = {0};
    mock_defaults(mock, conf);
    mock_set(mock, conf, "path", folder);
    mock_set(mock, conf, "pattern", "*.csv");
    mock_set(mock, conf, "settle", "5000");
    if (mock->plugin->check(conf, &err) || mock_open(mock, conf, &err))
        bail(err.text);
}

static void settled(const struct mock *mock, const char *name, enum jh_outcome outcome,
                    const char *report)
{
    const struct jh_source_ops *ops = mock->plugin->ops;
    const struct jh_settled what = {
        .size = sizeof what, .url = at(name), .outcome = outcome, .report = report};
    ops->settled(mock->inst, &what);
}

static void takes(struct mock *mock)
{
    open_it(mock);
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_NOTHING, "an empty folder is nothing, and no failure");
    ok(there("accepted") && there("refused"), "  it has places for what will come");
    put("b.csv", "old", 100);
    put("a.csv", "new", 50);
    put("fresh.csv", "half", 0);
    put("c.csv.part", "half", 100);
    put(".d.csv", "hidden", 100);
    put("e.txt", "other", 100);
    if (symlink("/etc/passwd", at("link.csv")) || mkdir(at("sub.csv"), 0700))
        bail("cannot prepare");
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_FETCHED, "files");
    is_int((long long)mock->n, 2, "  those that are finished and ours");
    is_str(mock->bodies[0].body, "old", "  the oldest first");
    is_str(mock->bodies[1].name, "a.csv", "  by name");
    is_str(mock->bodies[1].url, at("a.csv"), "  and place");
    ok(there("a.csv") && there("b.csv"),
       "  which stay as long as nobody has judged them");
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_NOTHING, "what is under way is not delivered again");
    settled(mock, "b.csv", JH_ACCEPTED, "accepted: all of it\n");
    ok(!there("b.csv") && there("accepted/b.csv"), "accepted: moved");
    is_str(content("accepted/b.csv.report.txt"), "accepted: all of it\n",
           "  with a report");
    settled(mock, "a.csv", JH_REFUSED, "refused: a.csv:2:1: no\n");
    is_str(content("refused/a.csv"), "new", "refused: moved");
    is_str(content("refused/a.csv.report.txt"), "refused: a.csv:2:1: no\n",
           "  with the reason");
    settled(mock, "fresh.csv", JH_ACCEPTED, "");
    ok(there("fresh.csv"), "what was not delivered is not moved");
    put("b.csv", "again", 60);
    mock_fetch(mock, "", "");
    settled(mock, "b.csv", JH_ACCEPTED, "second\n");
    is_str(content("accepted/b.csv"), "old",
           "a name that comes again overwrites nothing");
    is_str(content("accepted/b.csv.2"), "again", "  it gets a number");
    is_str(content("accepted/b.csv.2.report.txt"), "second\n",
           "  and so does its report");
    mock_close(mock);
}

static void stays(struct mock *mock)
{
    open_it(mock);
    put("x.csv", "one", 100);
    mock_fetch(mock, "", "");
    settled(mock, "x.csv", JH_LATER, "");
    ok(there("x.csv"), "a failure that passes: the file stays");
    mock_fetch(mock, "", "");
    is_int((long long)mock->n, 1, "  and comes again");
    put("x.csv", "other", 90);
    settled(mock, "x.csv", JH_ACCEPTED, "report of one\n");
    is_str(content("x.csv"), "other", "replaced while it was judged: it is not moved");
    ok(!there("accepted/x.csv") && strstr(mock->log, "source_folder.replaced"),
       "  but said");
    mock_fetch(mock, "", "");
    is_str(mock->bodies[0].body, "other", "  and judged itself");
    mock_close(mock);
    open_it(mock);
    mock_fetch(mock, "", "");
    is_str(mock->bodies[0].body, "other",
           "after a restart what was under way comes again");
    settled(mock, "x.csv", JH_ACCEPTED, "");
    ok(there("accepted/x.csv"), "  and is moved");
    mock_close(mock);
}

static void fails(struct mock *mock)
{
    char large[1200];
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    open_it(mock);
    put("large.csv", large, 100);
    put("small.csv", "s", 90);
    mock_fetch(mock, "", "");
    is_int(mock->err.code, JH_ELIMIT, "one over max_bytes fails the poll");
    is_str(mock->err.file, at("large.csv"), "  is named");
    ok(there("refused/large.csv"), "  and moved out of the way");
    ok(strstr(content("refused/large.csv.report.txt"), "larger than 1000 bytes") != NULL,
       "  with the reason");
    mock_fetch(mock, "", "");
    is_str(mock->bodies[0].name, "small.csv", "the next poll goes on with the others");
    settled(mock, "small.csv", JH_ACCEPTED, "");
    if (rename(at("refused"), at("aside")) || symlink("/tmp", at("refused")))
        bail("cannot prepare");
    put("y.csv", "y", 90);
    mock_fetch(mock, "", "");
    is_int(mock->what, JH_FAILED,
           "where a file could not be moved afterwards nothing is read");
    ok(strstr(mock->err.text, "cannot be moved there") != NULL, "  %s", mock->err.text);
    if (unlink(at("refused")) || rename(at("aside"), at("refused")))
        bail("cannot go on");
    mock_close(mock);
    mock_set(mock, conf, "path", "relative");
    is_int(mock->plugin->check(conf, NULL), JH_EINVAL, "a path that is none is refused");
    mock_set(mock, conf, "path", "/nowhere/at/all");
    if (mock_open(mock, conf, NULL))
        bail("does not open");
    mock_fetch(mock, "", "");
    is_int(mock->err.code, JH_ENOENT, "a folder that is missing fails");
    mock_close(mock);
}

static int remove_one(const char *path, const struct stat *st, int what, struct FTW *ftw)
{
    (void)st;
    (void)what;
    (void)ftw;
    return remove(path);
}

int main(void)
{
    struct mock *mock = &(struct mock){0};
    const char *tmp = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/junheng-folder-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(folder))
        bail("no folder");
    mock_load(mock, "source_folder.so");
    takes(mock);
    stays(mock);
    fails(mock);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return done_testing();
}
