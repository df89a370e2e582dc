/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile or broken script costs its own verdicts; the others run on, and nothing is left. */
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "script/rig.h"
#include "tap/tap.h"

struct hostile {
    const char *id, *body;
    const char *text; /* what the verdict says somewhere */
};

/* Stopped by the count hook, which knows the line, or by the helper, which does not. */
static const struct hostile ENDLESS[] = {
    {"loop", "while true do end", "loop.lua:4: took longer than 300 ms"},
    {"pcall_loop", "while true do pcall(function() while true do end end) end",
     "took longer than 300 ms"},
    {"xpcall_loop",
     "local function h() while true do end end\n while true do xpcall(error, h) end",
     "xpcall_loop.lua:4: took longer than 300 ms"},
    {"close_loop",
     "local x <close> = setmetatable({}, { __close = function() while true do end end })\n"
     "error('x')",
     "took longer than 300 ms"},
    {"index_loop",
     "local t = setmetatable({}, {})\n getmetatable(t).__index = function(_, k)"
     " while true do end end\n return t.x",
     "took longer than 300 ms"},
    {"backtrack", "return ('a'):rep(5000):find(('.-'):rep(30) .. 'b')", "killed"},
    {"gsub", "return ('a'):rep(200000):gsub('a*b', '')", "killed"},
    {"rep_nothing", "return (''):rep(1e18)", "killed"},
    {"move", "table.move({}, 1, math.maxinteger - 1, 2)", "killed"},
};

static const struct hostile WRONG[] = {
    {"eats", "local t = {} while true do t[#t + 1] = ('x'):rep(10000) .. #t end",
     "eats.lua: not enough memory"},
    {"eats_on",
     "local t = {}\n for i = 1, 50 do pcall(function() while true do "
     "t[#t + 1] = {} end end) end\n error('after')",
     ""},
    {"rep", "return ('x'):rep(1e18)", "resulting string too large"},
    {"rep_16m", "return ('x'):rep(1 << 24)", "not enough memory"},
    {"recursion", "local function f() return 1 + f() end\n return f()", "recursion.lua"},
    {"pattern", "return (('('):rep(5000) .. ('.-'):rep(3)):find(('('):rep(33))",
     "pattern"},
    {"format", "return ('%99999d'):format(1)", "format.lua:4: invalid conversion"},
    {"concat", "local s = 'x' while true do s = s .. s end", "not enough memory"},
    {"unpack", "return table.unpack({}, 1, 1e8)", "too many results"},
    {"finalizer", "setmetatable({}, { __gc = function() while true do end end })",
     "__gc) are not allowed"},
    {"coroutines", "coroutine.wrap(function() end)()", "attempt to index a nil value"},
    {"no_result", "", "not a nil"},
    {"number", "return 5", "not a number"},
    {"table", "return { 1, 2, 'x' }", "not a table"},
    {"neither", "return jh.verdict(nil, 1)", "boolean expected"},
    {"not_finite", "return jh.pass(0/0)", "not a finite number"},
    {"compares", "local cv = d:value(1, 'art_rooms')\n return jh.verdict(cv <= 1)",
     "compares.lua:5: attempt to compare nil with number"},
    {"throws_table", "error({})", "the error is a table"},
    {"throws_nil", "error()", "the error is a nil"},
    {"global", "limit = 5", "assignment to the global 'limit'"},
    {"writes", "d.books = 5", "read-only"},
    {"past_end", "return jh.pass(d:value(d:count() + 1, 'books'))",
     "there is no school 4"},
    {"foreign_self", "return d.count({})", "bad argument"},
    {"address", "return jh.pass(1, '%p', d)", "address.lua:4: %p is not allowed"},
    {"next_key", "local k = next({ 1, 2 }) return jh.pass(next({ 1, 2 }, k))",
     "use pairs"},
    {"everything_nil",
     "for _, name in ipairs { 'io', 'os', 'package', 'require', 'debug', 'load', 'loadfile',\n"
     "  'loadstring', 'dofile', 'collectgarbage', 'print', 'coroutine', '_G', 'warn' } do\n"
     "  assert(_ENV[name] == nil, name)\n end\n"
     "assert(string.dump == nil and math.random == nil and math.randomseed == nil)\n"
     "assert(not getmetatable('') and not getmetatable(d) and not getmetatable(_ENV))\n"
     "error('all nil')",
     "all nil"},
};

static void run_list(const struct hostile *list, size_t n)
{
    struct rig rig;
    struct script_limits limits = {
        .memory_bytes = 4 << 20, .wall_ms = 300, .broken_max = 1};
    rig_init(&rig, &limits);
    rig_county(&rig, 3);
    rig_county(&rig, 2);
    rig_script(&rig, "a_good", "", "return jh.pass(d:count())");
    rig_script(&rig, "z_good", "", "return jh.pass(d:count())");
    for (size_t i = 0; i < n; i++)
        rig_script(&rig, list[i].id, "", list[i].body);
    rig_run(&rig);
    for (size_t i = 0; i < n; i++) {
        const struct script_verdict *v = rig_verdict(&rig, list[i].id, 0);
        ok(v->outcome == OUTCOME_BROKEN && strstr(v->text, list[i].text), "%s: broken",
           list[i].id);
        printf("# %s: %s\n", outcome_id(v->outcome), v->text);
        v = rig_verdict(&rig, list[i].id, 1);
        ok(v->outcome == OUTCOME_BROKEN && strstr(v->text, "parked after 1 broken"),
           "%s: parked", list[i].id);
    }
    for (size_t c = 0; c < 2; c++)
        ok(rig_verdict(&rig, "a_good", c)->outcome == OUTCOME_PASS &&
               rig_verdict(&rig, "z_good", c)->outcome == OUTCOME_PASS,
           "the others run on");
    rig_done(&rig);
}

/* One bad county of several: the child before and the child after do theirs. */
static void test_one_county(void)
{
    struct rig rig;
    struct script_limits limits = {.wall_ms = 300, .broken_max = 3};
    rig_init(&rig, &limits);
    for (size_t i = 0; i < 10; i++)
        rig_county(&rig, i + 1);
    rig_script(&rig, "third", "",
               "if d:count() == 3 then (''):rep(1e18) end\n return jh.pass(d:count())");
    rig_script(&rig, "errs", "",
               "if d:count() > 4 then error('big') end\n return jh.pass(d:count())");
    rig_script(&rig, "unknowns", "", "return jh.pass(d:sum('art_rooms'))");
    rig_script(
        &rig, "schools", "scope = 'school',",
        "if d:count() == 3 and i == 2 then (''):rep(1e18) end\n return jh.pass(i)");
    rig_run(&rig);
    for (size_t c = 0; c < 10; c++)
        is_str(outcome_id(rig_verdict(&rig, "third", c)->outcome),
               c == 2 ? "broken" : "pass", "only the county that hangs is broken");
    is_str(outcome_id(rig_verdict(&rig, "errs", 3)->outcome), "pass",
           "before the errors");
    is_str(rig_verdict(&rig, "errs", 6)->text, "errs.lua:4: big",
           "the third error is told");
    is_str(rig_verdict(&rig, "errs", 7)->text, "errs.lua: parked after 3 broken counties",
           "then the script is parked");
    is_str(outcome_id(rig_verdict(&rig, "unknowns", 9)->outcome), "unknown",
           "unknown counts as no error");
    const struct script_verdict *v = rig_verdict(&rig, "schools", 2);
    is_str(outcome_id(v[0].outcome), "pass",
           "a school before the kill keeps its verdict");
    is_str(outcome_id(v[1].outcome), "broken", "the school that hangs is broken");
    is_str(outcome_id(v[2].outcome), "broken", "the one behind it too");
    is_str(outcome_id(v[3].outcome), "pass", "the next county runs");
    rig_done(&rig);
}

static void test_texts(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 12);
    rig_script(&rig, "long_error", "", "error('差' .. ('异'):rep(1000000))");
    rig_script(&rig, "long_text", "", "return jh.pass(1, '%s', ('异'):rep(1000000))");
    rig_script(&rig, "bytes", "", "return jh.pass(1, 'a\\xff\\n\\0b\\27[1m')");
    rig_script(&rig, "flood", "scope = 'school',",
               "return jh.pass(1, ('x'):rep(1 << 20))");
    rig_run(&rig);
    const char *text = rig_verdict(&rig, "long_error", 0)->text;
    ok(strlen(text) > 900 && strlen(text) <= 1024, "a long error is cut");
    ok(utf8_check(text, strlen(text)) == strlen(text), "between characters");
    text = rig_verdict(&rig, "long_text", 0)->text;
    ok(strlen(text) > 900 && strlen(text) <= 1024, "a long text is cut");
    ok(utf8_check(text, strlen(text)) == strlen(text), "between characters");
    is_str(rig_verdict(&rig, "bytes", 0)->text, "a? ",
           "bytes that are no text are replaced");
    ok(rig_verdict(&rig, "flood", 0)[11].outcome == OUTCOME_PASS,
       "a flood has its bounds");
    rig_done(&rig);
}

/* Chance and addresses must not show: the same text in every run. */
static void test_same(void)
{
    struct rig rig;
    char first[1100] = "";
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    rig_script(&rig, "same", "",
               "local t, s = { 3, 2, x = 1, [2.5] = 4, zz = 5, a = 6 }, ''\n"
               "for k, v in pairs(t) do s = s .. tostring(k) .. '=' .. v .. ' ' end\n"
               "for k in pairs(_ENV) do s = s .. k .. ' ' end\n"
               "return jh.pass(1, '%s %s %s %s %s', s, {}, print, tostring(s.rep), d)");
    for (int i = 0; i < 3; i++) {
        rig_run(&rig);
        const char *text = rig_verdict(&rig, "same", 0)->text;
        if (i == 0)
            snprintf(first, sizeof first, "%s", text);
        is_str(text, first, "the same in every run");
        script_set_unref(rig.set);
        rig.set = NULL;
    }
    ok(strncmp(first, "1=3 2=2 2.5=4 a=6 x=1 zz=5 ", 27) == 0,
       "pairs goes in order of keys");
    ok(strstr(first, "0x") == NULL, "no address shows");
    rig_done(&rig);
}

/* ---- processes ------------------------------------------------------------------------------- */

/* A process whose parent is `parent`, or 0. */
static pid_t child_of(pid_t parent)
{
    DIR *d = opendir("/proc");
    pid_t found = 0;
    for (struct dirent *e; d && !found && (e = readdir(d));) {
        char path[300], line[512] = "";
        snprintf(path, sizeof path, "/proc/%s/stat", e->d_name);
        FILE *f = e->d_name[0] >= '1' && e->d_name[0] <= '9' ? fopen(path, "r") : NULL;
        if (!f)
            continue;
        const char *rest = fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
        /* ") S 4711 ...": behind the name come the state and the parent */
        if (rest && strlen(rest) > 4 && strtol(rest + 4, NULL, 10) == parent)
            found = (pid_t)strtol(e->d_name, NULL, 10);
        fclose(f);
    }
    if (d)
        closedir(d);
    return found;
}

static pid_t await_child(pid_t parent)
{
    pid_t pid = 0;
    for (int i = 0; i < 5000 && parent && !(pid = child_of(parent)); i++)
        usleep(2000);
    return pid;
}

/* Does a line of /proc/PID/status begin like this? */
static bool status_has(pid_t pid, const char *begin)
{
    char path[64], line[256];
    bool found = false;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    while (f && !found && fgets(line, sizeof line, f))
        found = strncmp(line, begin, strlen(begin)) == 0;
    if (f)
        fclose(f);
    return found;
}

static int open_fds(pid_t pid)
{
    char path[64];
    int n = 0;
    snprintf(path, sizeof path, "/proc/%d/fd", (int)pid);
    DIR *d = opendir(path);
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    if (d)
        closedir(d);
    return n;
}

/* What another thread sees and does while a script runs. */
struct killer {
    int depth; /* 2: junheng-lua, 3: the script's child */
    int signal;
    bool confined, hit;
    int fds;
};

static void *kill_running(void *arg)
{
    struct killer *k = arg;
    pid_t helper = await_child(await_child(getpid())), child = await_child(helper);
    for (int i = 0; i < 5000 && child && !k->confined; i++) {
        k->confined =
            status_has(child, "Seccomp:\t2") && status_has(child, "NoNewPrivs:\t1");
        usleep(2000);
    }
    k->fds = open_fds(child);
    pid_t pid = k->depth == 2 ? helper : child;
    k->hit = pid > 0 && kill(pid, k->signal) == 0;
    return NULL;
}

/* As a bug in Lua would: the script's process dies under it. */
static void test_crash(void)
{
    struct rig rig;
    struct script_limits limits = {.wall_ms = 30000, .broken_max = 1};
    pthread_t killer;
    struct killer k = {.depth = 3, .signal = SIGSEGV};
    rig_init(&rig, &limits);
    rig_county(&rig, 3);
    rig_script(&rig, "crash", "", "(''):rep(1e18)");
    rig_script(&rig, "good", "", "return jh.pass(1)");
    if (!rig_load(&rig, NULL, 0, NULL, 0))
        bail("the scripts do not load");
    pthread_create(&killer, NULL, kill_running, &k);
    rig_run(&rig);
    pthread_join(killer, NULL);
    ok(k.hit, "a child was found and hit");
    ok(k.confined, "it was confined");
    is_int(k.fds, 0, "it had no descriptors");
    is_str(rig_verdict(&rig, "crash", 0)->text, "crash.lua: crashed: signal 11 (SEGV)",
           "a crash is told");
    is_str(outcome_id(rig_verdict(&rig, "good", 0)->outcome), "pass",
           "the others run on");
    rig_done(&rig);
}

static void test_helper_killed(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    rig_script(&rig, "good", "", "return jh.pass(d:count())");
    for (int i = 0; i < 3; i++) {
        pid_t keeper = await_child(getpid()), helper = await_child(keeper);
        ok(helper > 0 && kill(helper, SIGKILL) == 0, "junheng-lua is killed");
        rig_run(&rig);
        is_str(outcome_id(rig_verdict(&rig, "good", 0)->outcome), "pass",
               "and there again for the next run");
    }
    rig_done(&rig);
}

/* While a script runs: the work is done again, nobody notices. */
static void test_helper_killed_at_work(void)
{
    struct rig rig;
    struct script_limits limits = {.wall_ms = 60000};
    struct killer k = {.depth = 2, .signal = SIGKILL};
    pthread_t killer;
    rig_init(&rig, &limits);
    rig_county(&rig, 3);
    rig_script(&rig, "slow", "",
               "local n = 0\n for i = 1, 5e7 do n = n + i end\n"
               "return jh.pass(d:count())");
    if (!rig_load(&rig, NULL, 0, NULL, 0))
        bail("the script does not load");
    pthread_create(&killer, NULL, kill_running, &k);
    rig_run(&rig);
    pthread_join(killer, NULL);
    ok(k.hit, "junheng-lua was killed at work");
    is_str(outcome_id(rig_verdict(&rig, "slow", 0)->outcome), "pass",
           "the work is done again");
    rig_done(&rig);
}

static void kill_all(void)
{
    pid_t keeper = await_child(getpid()), helper = await_child(keeper);
    if (keeper <= 0 || helper <= 0)
        bail("no helper");
    kill(keeper, SIGKILL);
    kill(helper, SIGKILL);
}

/* The one that starts it again is killed as well: it is started anew. */
static void test_gone(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    rig_script(&rig, "good", "", "return jh.pass(d:count())");
    rig_run(&rig);
    kill_all();
    rig_run(&rig);
    is_str(outcome_id(rig_verdict(&rig, "good", 0)->outcome), "pass",
           "all processes killed: they are there again");
    is_int(rig.lapse.code, 0, "nothing was missed");
    rig_done(&rig);
}

/* It cannot be started again: told as a lapse, not as the scripts' fault, until it can. */
static void test_lapse(void)
{
    struct rig rig;
    char helper[512], copy[] = "/tmp/junheng-helper-XXXXXX", away[64];
    struct script_limits limits = {.broken_max = 1};
    if (!mkdtemp(copy))
        bail("no folder");
    snprintf(away, sizeof away, "%s/junheng-lua", copy);
    if (symlink(rig_helper(helper, sizeof helper), away))
        bail("no link");
    rig_init_with(&rig, away, &limits);
    rig_county(&rig, 3);
    rig_county(&rig, 4);
    rig_script(&rig, "bad", "", "error('x')");
    rig_script(&rig, "good", "", "return jh.pass(d:count())");
    rig_run(&rig);
    is_int(rig.lapse.code, 0, "a broken script is no lapse");
    unlink(away);
    kill_all();
    rig_run(&rig);
    is_int(rig.lapse.code, JH_ENOENT, "no junheng-lua: a lapse");
    ok(strstr(rig.lapse.text, "no such program") != NULL, "that says what is missing");
    for (size_t c = 0; c < 2; c++) {
        const struct script_verdict *v = rig_verdict(&rig, "good", c);
        ok(v->outcome == OUTCOME_BROKEN && strstr(v->text, "good.lua: did not run"),
           "its verdicts are broken");
    }
    if (symlink(rig_helper(helper, sizeof helper), away))
        bail("no link");
    for (int i = 0; i < 100 && (i == 0 || rig.lapse.code); i++) {
        usleep(10000); /* a start that failed is tried again after nine times as long */
        rig_run(&rig);
    }
    is_int(rig.lapse.code, 0, "it is back: no lapse");
    is_str(outcome_id(rig_verdict(&rig, "good", 1)->outcome), "pass",
           "and the scripts have run");
    unlink(away);
    rig_done(&rig);
    rmdir(copy);
}

/* One that hangs answers nobody; it is killed and started again. */
static void test_stopped(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    rig_script(&rig, "good", "", "return jh.pass(d:count())");
    rig_run(&rig);
    kill(await_child(await_child(getpid())), SIGSTOP);
    rig_done(&rig);
    is_int(child_of(getpid()), 0, "a junheng-lua that hangs does not hold up the end");
}

static void test_leaks(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    rig_script(&rig, "good", "", "return jh.pass(d:count())");
    rig_script(&rig, "bad", "", "error('x')");
    rig_run(&rig);
    pid_t keeper = await_child(getpid()), helper = await_child(keeper);
    int ours = open_fds(getpid()), theirs = open_fds(helper);
    for (int i = 0; i < 50; i++)
        rig_run(&rig);
    is_int(open_fds(getpid()), ours, "no descriptor is left after 50 runs");
    is_int(open_fds(helper), theirs, "nor in junheng-lua");
    is_int(child_of(helper), 0, "nor a process");
    rig_done(&rig);
    is_int(child_of(getpid()), 0, "after script_stop() nothing is left");
}

int main(void)
{
    run_list(ENDLESS, sizeof ENDLESS / sizeof *ENDLESS);
    run_list(WRONG, sizeof WRONG / sizeof *WRONG);
    test_one_county();
    test_texts();
    test_same();
    test_crash();
    test_helper_killed();
    test_helper_killed_at_work();
    test_gone();
    test_lapse();
    test_stopped();
    test_leaks();
    return done_testing();
}
