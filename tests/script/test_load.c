/* SPDX-License-Identifier: Apache-2.0 */
/* Mistakes in scripts are all told, with their place; what a good one says of itself is read. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "script/rig.h"
#include "tap/tap.h"

/* Loads the one source; the errors must be these lines. */
static void refused(const char *source, const char *want)
{
    struct rig rig;
    char text[4096];
    rig_init(&rig, NULL);
    rig_write(&rig, "x.lua", source);
    ok(!rig_load(&rig, NULL, 0, NULL, 0), "refused");
    is_str(rig_errors(&rig, text, sizeof text), want, "and told");
    rig_done(&rig);
}

#define BEGIN "return jh.indicator {\n  id = \"x\", title = \"x\",\n"
#define END "  evaluate = function() end,\n}\n"

static void test_mistakes(void)
{
    refused("return jh.indicator {\n  title = \"x\",\n" END, "x.lua:1: id is missing");
    refused(
        "return jh.indicator {\n  id = \"Größe\", title = \"x\",\n" END,
        "x.lua:2: id: small letters, digits and _ are wanted, at most 64, not \"Größe\"");
    refused(BEGIN "  scop = \"county\",\n" END,
            "x.lua:3: unknown key \"scop\"; known are: id title scope stage needs params "
            "severity population evaluate tests");
    refused(BEGIN "  scope = \"country\",\n" END,
            "x.lua:3: scope: \"country\" is none of: county school");
    refused(BEGIN "\n  stage = { \"primary\", \"senior\" },\n" END,
            "x.lua:4: stage: \"senior\" is none of: primary junior");
    refused(BEGIN "  severity = \"fatal\",\n" END,
            "x.lua:3: severity: \"fatal\" is none of: critical warning notice");
    refused(BEGIN "  needs = { \"teachers_primary\" },\n" END,
            "x.lua:3: needs: \"teachers_primary\": leave the stage out: \"teachers\"");
    refused(BEGIN "  params = { limit = {} },\n" END,
            "x.lua:3: params.limit: a number, a text, true or false is wanted");
    refused(BEGIN "}", "x.lua:1: evaluate: a function is wanted");
    refused("return { id = \"x\" }",
            "x.lua: the file must end with: return jh.indicator { ... }");
    refused("", "x.lua: the file must end with: return jh.indicator { ... }");
    refused("local x = 1\nretrun x\n", "x.lua:2: syntax error near 'x'");
    refused("local x\nx.y = 1\n", "x.lua:2: attempt to index a nil value (local 'x')");
    refused("\x1bLua", "x.lua: attempt to load a binary chunk (mode is 't')");
    refused("while true do end", "x.lua:1: took longer than 500 ms");
    refused("(''):rep(1e18)",
            "x.lua: cannot be loaded: killed: took longer than 500 ms and could not be "
            "interrupted");
    refused(BEGIN "  scope = 1, stage = 2, needs = 3,\n" END,
            "x.lua:3: scope: a text is wanted\n"
            "x.lua:3: stage: { \"primary\", \"junior\" } is wanted\n"
            "x.lua:3: needs: a list of fields is wanted");
    refused(BEGIN "  population = \"none-2000\",\n" END,
            "x.lua: population: no standard \"none-2000\" is in use");
}

static void test_set(void)
{
    struct rig rig;
    char text[4096];
    rig_init(&rig, NULL);
    rig_script(&rig, "b", "", "return jh.pass()");
    rig_write(&rig, "c.lua",
              "return jh.indicator { id = \"b\", title = \"again\", "
              "evaluate = function() end }");
    rig_write(&rig, "notes.txt", "not a script");
    ok(!rig_load(&rig, NULL, 0, NULL, 0), "an id can be there once");
    ok(strstr(rig_errors(&rig, text, sizeof text),
              "c.lua: the id \"b\" is already that of"),
       "both files are named");
    rig_done(&rig);

    struct errs errs;
    errs_init(&errs, 10);
    rig_init(&rig, NULL);
    const char *dirs[] = {"/nonexistent/indicators"};
    ok(!script_set_load(rig.host, dirs, 1, NULL, 0, NULL, 0, &errs) && errs.errors == 1,
       "a folder that is not there is an error");
    errs_done(&errs);
    errs_init(&errs, 10);
    struct script_set *set = script_set_load(rig.host, NULL, 0, NULL, 0, NULL, 0, &errs);
    ok(set && script_set_count(set) == 0, "no folders, an empty set");
    is_int((long long)strlen(script_set_sha256(set)), 64, "that has a hash");
    script_set_unref(set);
    errs_done(&errs);
    rig_done(&rig);
}

static void test_info(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_write(
        &rig, "x.lua",
        "return jh.indicator { id = 'gap_2', title = '校际差距', scope = 'school',\n"
        "stage = 'junior', needs = { 'pupils', '教研员数' }, severity = 'critical',\n"
        "evaluate = function() end, tests = { {}, {} } }");
    ok(rig_load(&rig, NULL, 0, NULL, 0), "loads");
    const struct script_info *info = script_set_info(rig.set, 0);
    is_str(info->id, "gap_2", "id");
    is_str(info->title, "校际差距", "title");
    is_str(info->severity, "critical", "severity");
    is_int(info->per_school, 1, "scope");
    is_int(info->stages, 1 << STAGE_JUNIOR, "stage");
    is_int((long long)info->n_needs, 2, "needs");
    is_str(info->needs[1], "教研员数", "a header among them");
    is_int((long long)info->n_tests, 2, "tests");
    is_str(info->population, "", "population");
    is_int((long long)strlen(info->sha256), 64, "hash");
    rig_done(&rig);
}

static void test_params(void)
{
    struct rig rig;
    char before[65], text[4096];
    rig_init(&rig, NULL);
    rig_county(&rig, 2);
    rig_script(&rig, "x", "params = { limit = 0.5, name = 'a', deep = true },",
               "return jh.pass(p.limit, '%s %s', p.name, p.deep)");
    ok(rig_load(&rig, NULL, 0, NULL, 0), "loads");
    snprintf(before, sizeof before, "%s", script_set_sha256(rig.set));
    struct script_param params[] = {{"x", "limit", "0.45", true},
                                    {"x", "name", "12", true},
                                    {"x", "deep", "false", false},
                                    {"x", "severity", "warning", false}};
    ok(rig_load(&rig, params, 4, NULL, 0), "with parameters");
    ok(strcmp(before, script_set_sha256(rig.set)) != 0, "which the set's hash covers");
    is_str(script_set_info(rig.set, 0)->severity, "warning", "severity is overridden");
    rig_run(&rig);
    is_dbl(rig_verdict(&rig, "x", 0)->value, 0.45, 0, "a number is overridden");
    is_str(rig_verdict(&rig, "x", 0)->text, "12 false", "a text and a flag too");
    params[0].value = "much";
    params[0].is_number = false;
    params[1].name = "nome";
    ok(!rig_load(&rig, params, 2, NULL, 0), "wrong ones are refused");
    is_str(
        rig_errors(&rig, text, sizeof text),
        "x.lua:2: the configuration sets limit = much, which is of another type\n"
        "x.lua:2: the configuration sets nome = 12, but the script has no such parameter",
        "and told");
    params[0].indicator = "y";
    ok(!rig_load(&rig, params, 1, NULL, 0), "parameters of nobody are refused");
    is_str(rig_errors(&rig, text, sizeof text),
           "lua.params.y.limit: there is no such indicator", "and told");
    rig_done(&rig);
}

/* Tests of scripts: what passes, what does not, what is wrong with the test itself. */
static void test_tests(void)
{
    struct rig rig;
    struct jh_err err;
    char path[256], *text = NULL;
    size_t size;
    rig_init(&rig, NULL);
    rig_write(
        &rig, "t.lua",
        "local rows = { { pupils = 10, books = 20, name = 'A' }, { pupils = 10 } }\n"
        "return jh.indicator { id = 't', title = 't', needs = { 'pupils' },\n"
        "evaluate = function(d)\n"
        "  if d:count() == 3 then while true do end end\n"
        "  if d:count() == 4 then ('').rep('', 1e18) end\n"
        "  local b = d:previous()\n"
        "  return jh.verdict(d:sum('books') > 5, d:sum('books') - "
        "(b and b:sum('books') or 0), '共%d册', d:sum('books'))\n"
        "end, tests = {\n"
        " { name = 'right', rows = { rows[1] }, expect = 'pass', value = 20 },\n"
        " { name = 'wrong', rows = { rows[1] }, expect = 'fail' },\n"
        " { name = 'empty cell', rows = rows, expect = 'unknown', text = 'missing at' },\n"
        " { name = 'hangs', rows = { {}, {}, { pupils = 1 } }, expect = 'broken' },\n"
        " { name = 'killed', rows = { {}, {}, {}, { pupils = 1 } }, expect = 'broken' },\n"
        " { name = 'value', rows = { rows[1] }, expect = 'pass', value = 21 },\n"
        " { name = 'text', rows = { rows[1] }, expect = 'pass', text = '册' },\n"
        " { name = 'before', rows = { rows[1] }, previous = { { pupils = 1, books = 3 } },\n"
        "   stage = 'junior', expect = 'pass', value = 17 },\n"
        " { name = 'need', rows = { { books = 1 } }, expect = 'unknown' },\n"
        " { name = 'key', row = { rows[1] }, expect = 'pass' },\n"
        " { name = 'suffix', rows = { { pupils_primary = 1 } }, expect = 'pass' },\n"
        " { name = 'word', rows = { rows[1] }, expect = 'good' },\n"
        "} }");
    snprintf(path, sizeof path, "%s/t.lua", rig.dir);
    FILE *to = open_memstream(&text, &size);
    is_int(script_test(rig.host, path, to, &err), 6, "six of twelve fail");
    fclose(to);
    is_str(
        text,
        "1..12\n"
        "ok 1 - t: right\n"
        "not ok 2 - t: wrong\n# expected fail, got pass: 共20册\n"
        "ok 3 - t: empty cell\n"
        "ok 4 - t: hangs\n"
        "not ok 5 - t\n# killed: took longer than 500 ms and could not be interrupted\n"
        "not ok 6 - t: value\n# expected the value 21, got 20\n"
        "ok 7 - t: text\n"
        "ok 8 - t: before\n"
        "ok 9 - t: need\n"
        "not ok 10 - t: key\n# t.lua: a test has no key 'row'\n"
        "not ok 11 - t: suffix\n# t.lua: rows: 'pupils_primary': leave the stage out: "
        "'pupils'\n"
        "not ok 12 - t: word\n# t.lua: expect: \"good\" is none of: pass fail unknown "
        "broken\n",
        "as TAP");
    free(text);
    text = NULL;
    rig_script(&rig, "none", "", "return jh.pass()");
    snprintf(path, sizeof path, "%s/none.lua", rig.dir);
    to = open_memstream(&text, &size);
    is_int(script_test(rig.host, path, to, &err), 0, "no tests");
    fclose(to);
    is_str(text, "1..0 # SKIP none.lua has no tests\n", "are skipped");
    free(text);
    ok(script_test(rig.host, "/nonexistent.lua", stdout, &err) < 0, "no file, an error");
    rig_done(&rig);
}

static void test_start(void)
{
    struct script_host *host = NULL;
    struct jh_err err = {0};
    ok(script_start("/nonexistent/junheng-lua", NULL, &host, &err) < 0 && !host,
       "a helper that is not there");
    ok(strstr(err.text, "no such program"), "is told");
    ok(script_start("/bin/true", NULL, &host, &err) < 0 && !host,
       "a helper that is none");
    ok(strstr(err.text, "did not answer"), "is told");
}

int main(void)
{
    test_mistakes();
    test_set();
    test_info();
    test_params();
    test_tests();
    test_start();
    return done_testing();
}
