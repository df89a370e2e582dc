/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why: these tables decide which counties there are and which of them is the heir of which. A slip
 * of the pen in them must be told at its place; and the national lists of codes must give the
 * counties that are counties, whatever their codes look like.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/config.h"
#include "conf/said.h"
#include "tap/tap.h"

#define HEAD "date,kind,from,to,document\n"

struct place {
    char dir[64];
    struct arena *arena;
};

static void put(const struct place *place, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", place->dir, name);
    FILE *to = fopen(path, "we");
    if (!to || fputs(text, to) < 0 || fclose(to))
        bail("cannot write a file");
}

/* What was said, with the folder cut away. */
static const char *short_said(const struct place *place, const struct errs *errs)
{
    const char *all = said(errs, place->arena);
    char *out = arena_str(place->arena, "");
    for (const char *p = all, *at; *p;
         p = at ? at + strlen(place->dir) + 1 : p + strlen(p)) {
        at = strstr(p, place->dir);
        out = arena_fmt(place->arena, "%s%.*s", out, at ? (int)(at - p) : (int)strlen(p),
                        p);
    }
    return out;
}

/* ---- changes ------------------------------------------------------------------------------- */

static const struct {
    const char *text, *want;
} BAD[] = {
    {HEAD "2023-07-01,rebrand,1,2,\n",
     "c.csv:2:12: expected code, rename, merge, split, boundary or abolish, got "
     "\"rebrand\""},
    {HEAD "2023-02-30,code,1,2,\n",
     "c.csv:2:1: expected a day that exists, such as 2023-07-01, or a round, got "
     "\"2023-02-30\""},
    {HEAD "2023,code,1;2,3,\n",
     "c.csv:2:11: a change of code goes from one code to one: several are a merge "
     "\"1;2\""},
    {HEAD "2023,merge,1,3,\n",
     "c.csv:2:12: a merge goes from two codes or more, all that it "
     "is made of, to one \"1\""},
    {HEAD "2023,split,1,3,\n",
     "c.csv:2:14: a split goes from one code to two or more, all "
     "that come of it \"3\""},
    {HEAD "2023,abolish,1,3,\n",
     "c.csv:2:16: what is abolished has codes under from, and "
     "none under to \"3\""},
    {HEAD "2023,rename,1,3,\n",
     "c.csv:2:15: a change of name keeps the code: another code "
     "is of the kind code \"3\""},
    {HEAD "2023,merge,1;1,3,\n", "c.csv:2:12: a code is there twice: \"1;1\""},
    {HEAD "2024,code,1,3,\n2023,code,1,2,\n",
     "c.csv:2:11: code \"1\" has ended already: see line 3"},
    {HEAD "2023,code,1,2,\n2024,code,2,1,\n",
     "c.csv:3:13: code \"1\" has ended already and is not given again (no change may lead "
     "back): see line 2\n"
     "c.csv:3:13: code \"1\" was there before and has another predecessor (two that become "
     "one are a merge): see line 2"},
    {HEAD "2023,code,1,3,\n2023,code,2,3,\n",
     "c.csv:3:13: code \"3\" was there before and has another predecessor (two that become "
     "one are a merge): see line 2"},
    {HEAD "2023,code,1,1,\n", "c.csv:2:13: code \"1\" leads back to itself on line 2"},
    {HEAD "2023,boundary,4,6,\n2024,split,1,4;2,\n",
     "c.csv:3:14: code \"4\" was there before; if it goes on, name it under from, too: see "
     "line 2"},
    {"date,kind,from\n",
     "c.csv:1: the first row must name the columns date, kind, from and "
     "to"},
    {"date,kid\n", "c.csv:1:6: unknown column \"kid\" (did you mean \"kind\"?)"},
    {HEAD "2023,code,1,9,\n",
     "warning: c.csv:2:13: code \"9\" is not in the divisions file"},
};

static int load(const struct place *place, struct entity_changes *ret,
                const char **said_ret)
{
    static const struct division ROWS[] = {
        {.code = "1"}, {.code = "2"}, {.code = "3"}, {.code = "4"}, {.code = "6"}};
    const struct config known = {.divisions = ROWS, .n_divisions = 5};
    struct errs errs;
    char path[128];
    snprintf(path, sizeof path, "%s/c.csv", place->dir);
    errs_init(&errs, 20);
    int rc = config_changes_load(path, &known, place->arena, &errs, ret);
    *said_ret = short_said(place, &errs);
    errs_done(&errs);
    return rc;
}

static void changes(const struct place *place)
{
    struct entity_changes got;
    const char *told;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        put(place, "c.csv", BAD[i].text);
        bool warned = strncmp(BAD[i].want, "warning", 7) == 0;
        is_int(load(place, &got, &told) == 0, warned, warned ? "taken" : "refused");
        is_str(told, BAD[i].want, "… and told why");
    }
    put(place, "c.csv",
        HEAD "2024,merge,2;3,3,Order\n2023-07-01,code,1,2,\n2023-07-01,rename,6,,\n");
    is_int(load(place, &got, &told), 0, "a good table");
    is_str(told, "", "nothing to say");
    ok(got.n == 3 && got.list[0].kind == CHANGE_CODE && got.list[2].kind == CHANGE_MERGE,
       "by date, whatever the order of the file");
    ok(got.list[2].date.month == 9 && got.list[2].date.day == 1,
       "a round is its reference date");
    is_str(got.list[2].document, "Order", "its document");
    ok(got.list[2].n_from == 2 && entity_to(&got.list[2], "3"), "its codes");
    put(place, "c.csv", "");
}

/* ---- which counties there are ------------------------------------------------------------ */

static struct config divisions(const struct place *place, const char *const *paths,
                               size_t n, const char **told)
{
    struct config config = {0};
    struct errs errs;
    errs_init(&errs, 20);
    config_divisions_load(paths, n, place->arena, &errs, &config.divisions,
                          &config.n_divisions);
    *told = short_said(place, &errs);
    errs_done(&errs);
    return config;
}

static void several_files(const struct place *place)
{
    const char *paths[2], *told;
    put(place, "a.csv", "code,name\n34,P\n3401,C\n");
    put(place, "b.csv",
        "code,name,cityCode,provinceCode\n340103,L,3401,34\n349001,R,,34\n"
        "3401-Z,Z,3401,34\n");
    paths[0] = arena_fmt(place->arena, "%s/b.csv", place->dir);
    paths[1] = arena_fmt(place->arena, "%s/a.csv", place->dir);
    struct config config = divisions(place, paths, 2, &told);
    is_str(told, "", "two files are one table, in any order");
    is_str(config_division(&config, "340103")->parent, "3401",
           "a county lies in its city");
    is_str(config_division(&config, "349001")->parent, "34",
           "without one in its province");
    ok(config_is_county(&config, "3401-Z"), "a zone is one by its place");
    ok(!config_is_county(&config, "3401") && !config_is_county(&config, "34"),
       "what it lies in is none");
    put(place, "a.csv", "code,name\n34,P\n3401,C\n340103,L\n");
    divisions(place, paths, 2, &told);
    is_str(told, "a.csv:4:1: code \"340103\" is there twice: first on line 2 of b.csv",
           "a code in both");
    put(place, "a.csv", "code,name\n34,P\n");
    divisions(place, paths, 2, &told);
    is_str(told,
           "b.csv:2:10: no division has the code of its parent, \"3401\"\n"
           "b.csv:4:10: no division has the code of its parent, \"3401\"",
           "a parent that none of them has");
}

/* Six digits without parents: cities and provinces are told by what begins with theirs. */
static void by_digits(const struct place *place)
{
    const char *path, *told;
    put(place, "a.csv",
        "code,name,parent\n340000,P,\n340100,C,\n340103,L,\n441900,D,\n"
        "340104,S,\n340104-K,K,340104\n");
    path = arena_fmt(place->arena, "%s/a.csv", place->dir);
    struct config config = divisions(place, &path, 1, &told);
    is_str(told, "", "a file without parents");
    ok(!config_is_county(&config, "340000"), "a province is no county");
    ok(!config_is_county(&config, "340100"), "nor is a city");
    ok(config_is_county(&config, "340103"), "a county is");
    ok(config_is_county(&config, "441900"), "and a city without districts");
    ok(config_is_county(&config, "340104"), "and one that a zone lies in");
    ok(config_is_county(&config, "340104-K"), "and the zone");
}

static void national(const struct place *place)
{
    static const char *const COUNTIES[] = {"441900", "442000", "460400", "429004",
                                           "469001", "620201", "110101", "659001"};
    static const char *const NONE[] = {"44", "4419", "4290", "11", "71", "81", "4601"};
    const char *shared = getenv("JUNHENG_SHARED"), *paths[3], *told;
    static const char *const FILES[] = {"provinces", "cities", "areas"};
    for (int i = 0; i < 3; i++)
        paths[i] = arena_fmt(place->arena, "%s/data/codes/%s.csv", shared ? shared : "",
                             FILES[i]);
    if (!shared || access(paths[2], R_OK) != 0) {
        skip(1, "the folder of real data is not here (JUNHENG_SHARED)");
        return;
    }
    struct config config = divisions(place, paths, 3, &told);
    is_str(told, "", "the national lists are read as they come");
    for (size_t i = 0; i < sizeof COUNTIES / sizeof *COUNTIES; i++)
        ok(config_is_county(&config, COUNTIES[i]), "%s is a county", COUNTIES[i]);
    for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
        ok(!config_is_county(&config, NONE[i]), "%s is none", NONE[i]);
    const char *const *above;
    size_t n;
    ok(!config_divisions_above(&config, "441900", place->arena, &above, &n) && n == 2 &&
           !strcmp(above[0], "44") && !strcmp(above[1], "4419"),
       "441900 lies in its province");
}

int main(void)
{
    struct place place = {.dir = "/tmp/junheng-divisions-XXXXXX",
                          .arena = arena_new(256 << 20)};
    if (!mkdtemp(place.dir))
        bail("no folder");
    changes(&place);
    several_files(&place);
    by_digits(&place);
    national(&place);
    static const char *const FILES[] = {"a.csv", "b.csv", "c.csv"};
    for (int i = 0; i < 3; i++)
        unlink(arena_fmt(place.arena, "%s/%s", place.dir, FILES[i]));
    rmdir(place.dir);
    arena_free(place.arena);
    return done_testing();
}
