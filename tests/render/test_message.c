/* SPDX-License-Identifier: Apache-2.0 */
/* The words that reach offices: exact, complete, and the same years later from the evidence. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "render/county.h"
#include "render/golden.h"
#include "render/json.h"
#include "render/message.h"
#include "tap/tap.h"

enum { NOW = 1517446800 }; /* 2018-02-01T09:00:00+08:00 */

static const char *const DIVISION[] = {"34", "3499"};
static const char *const NAMES[] = {"某省", "某市"};
static const struct message_head HEAD = {.key = "k1",
                                         .office = "province",
                                         .office_name = "省督导办",
                                         .channel = "hook",
                                         .province = "34",
                                         .standard = "basic-2012",
                                         .kind = "slip",
                                         .round = "2017",
                                         .now_ms = NOW * 1000LL};

static struct messages *load(void)
{
    struct errs errs;
    errs_init(&errs, 10);
    struct messages *m = messages_load(NULL, &errs);
    errs_print(stdout, "#", &errs);
    errs_done(&errs);
    if (!m)
        bail("messages.zh.yaml");
    return m;
}

static struct certification certified(const char *standard)
{
    return (struct certification){.county = "349901",
                                  .standard = standard,
                                  .date = {2013, 12, 31},
                                  .cohort = 2013,
                                  .baseline = {2012, 0}};
}

static struct alert slip(const char *standard, const char *const *told, size_t n)
{
    return (struct alert){.id = "a1f3c2d4e5f60718293a4b5c6d7e8f90",
                          .kind = "slip",
                          .subject = "349901",
                          .county = "349901",
                          .standard = standard,
                          .indicator = "",
                          .severity = "critical",
                          .state = ALERT_FIRING,
                          .round = {2017, 0},
                          .revision = 1,
                          .since_round = {2017, 0},
                          .transition = 1,
                          .rounds_failing = 1,
                          .told = told,
                          .n_told = n};
}

static struct json_past past(int16_t year, double composite)
{
    struct json_past p = {.round = {year, 0}};
    for (int s = 0; s < STAGE_COUNT; s++) {
        p.composite[s] = s == STAGE_PRIMARY ? composite : NAN;
        for (int i = 0; i < STANDARD_INDICATORS_MAX; i++)
            p.cv[s][i] = s == STAGE_PRIMARY && i == 0 ? 0.4055 : NAN;
    }
    return p;
}

/* The evidence of an alert over the county in county.h. */
static json_t *evidence(struct json_alert_in in, const struct county_result *r,
                        const struct alert *a, const struct certification *c)
{
    in.alert = a;
    in.result = r;
    in.cert = c;
    in.division = DIVISION;
    in.division_names = NAMES;
    in.n_division = 2;
    in.data_sha256 = "9c0e6f2a1b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6f708192a3b4c5d6";
    in.now_ms = NOW * 1000LL;
    return json_alert(&in);
}

static const char *const COMPOSITE[] = {"primary/composite"};

static json_t *firing(struct arena *arena)
{
    struct standard *st = arena_alloc(arena, sizeof *st);
    *st = county_basic("0.40");
    struct county_result r = county_eval(st, county_data(arena, false), arena);
    struct alert a = slip("basic-2012", COMPOSITE, 1);
    struct certification c = certified("basic-2012");
    struct json_past previous = past(2016, 0.3795), baseline = past(2012, 0.348);
    struct json_alert_in in = {.previous = &previous, .baseline = &baseline};
    return evidence(in, &r, &a, &c);
}

/* The round after: with the limit of the law the same figures pass. */
static json_t *over(struct arena *arena, enum alert_cause cause, const json_t *before)
{
    struct standard *st = arena_alloc(arena, sizeof *st);
    *st = county_basic("0.65");
    struct county_result r = county_eval(st, county_data(arena, false), arena);
    struct alert a = slip("basic-2012", COMPOSITE, 1);
    struct certification c = certified("basic-2012");
    a.state = ALERT_RESOLVED;
    a.cause = cause;
    a.transition = 2;
    a.revision = cause == CAUSE_CORRECTED ? 2 : 1;
    struct json_alert_in in = {.evidence = before};
    bool gone = cause == CAUSE_NOT_MONITORED;
    return evidence(in, gone ? NULL : &r, &a, gone ? NULL : &c);
}

static json_t *extended(struct arena *arena)
{
    static const char *const TOLD[] = {"primary/school_rule",
                                       "primary/teaching_area_per_pupil"};
    static const char *const ADDED[] = {"primary/school_rule"};
    struct standard *st = arena_alloc(arena, sizeof *st);
    *st = county_quality();
    struct county_result r = county_eval(st, county_data(arena, false), arena);
    struct alert a = slip("quality-2017", TOLD, 2);
    struct certification c = certified("quality-2017");
    const struct alert_transition what = {.n = 2,
                                          .from = ALERT_FIRING,
                                          .to = ALERT_FIRING,
                                          .extended = true,
                                          .added = ADDED,
                                          .n_added = 1};
    a.transition = 2;
    struct json_alert_in in = {.what = &what};
    return evidence(in, &r, &a, &c);
}

static void one(const struct messages *m, const json_t *alert, const char *to,
                const char *subject, const char *file)
{
    struct message_member member = {alert, "none", to};
    struct message_out out = {0};
    struct jh_err err = {0};
    is_int(message_render(m, &HEAD, &member, 1, &out, &err), 0, file);
    is_str(out.subject, subject, "subject");
    is_golden(out.text, file, "text");
    ok(out.text && strstr(out.text, "系统测算,供督导参考,不代表认定结论"),
       "with the disclaimer");
    ok(out.text && utf8_check(out.text, strlen(out.text)) == strlen(out.text),
       "valid UTF-8");
    message_out_done(&out);
}

static void test_texts(const struct messages *m, struct arena *arena)
{
    json_t *slipped = firing(arena);
    one(m, slipped, "firing",
        "【均衡监测】滑坡 严重 青石县(349901)小学综合差异系数 0.442 > 0.4", "slip.txt");
    json_t *v = extended(arena);
    one(m, v, "extended",
        "【均衡监测】滑坡扩大 严重 青石县(349901)小学 1 所学校未达到单项指标要求",
        "extended.txt");
    json_decref(v);
    v = over(arena, CAUSE_PASSED, slipped);
    one(m, v, "resolved", "【均衡监测】恢复 青石县(349901)小学综合差异系数 0.442 ≤ 0.65",
        "resolved.txt");
    json_decref(v);
    v = over(arena, CAUSE_CORRECTED, slipped);
    one(m, v, "resolved", "【均衡监测】更正 青石县(349901)小学综合差异系数 0.442 ≤ 0.65",
        "corrected.txt");
    json_decref(v);
    v = over(arena, CAUSE_NOT_MONITORED, slipped);
    one(m, v, "resolved",
        "【均衡监测】终止监测 青石县(349901)小学综合差异系数 0.442 > 0.4",
        "not_monitored.txt");
    json_decref(v);
    char *text = NULL;
    is_int(message_alert_text(m, slipped, &text, NULL), 0, "alerts show");
    ok(text && strstr(text, "【均衡监测】滑坡 严重") == text, "begins with the subject");
    free(text);
    json_decref(slipped);
}

/* The national word is for the composite of basic balance only, and nobody is ever stripped. */
static void test_words(const struct messages *m, struct arena *arena)
{
    json_t *basic = firing(arena), *quality = extended(arena);
    char *a = NULL, *b = NULL;
    message_alert_text(m, basic, &a, NULL);
    message_alert_text(m, quality, &b, NULL);
    ok(a && strstr(a, "较大滑坡"), "basic composite: 较大滑坡");
    ok(b && !strstr(b, "较大滑坡"), "quality: never");
    ok(a && b && !strstr(a, "撤销") && !strstr(b, "撤销"), "never 撤销");
    free(a);
    free(b);
    json_decref(basic);
    json_decref(quality);
}

/* A verdict that relies on a milder rule says so to whoever reads it. */
static void test_relaxations(const struct messages *m, struct arena *arena)
{
    json_t *v = extended(arena);
    char *text = NULL;
    message_alert_text(m, v, &text, NULL);
    ok(text && !strstr(text, "过渡规定") && !strstr(text, "限期义务"), "none, no word");
    free(text);
    text = NULL;
    json_object_set_new(v, "relaxations",
                        json_pack("[{s:s,s:s,s:i},{s:s,s:s,s:i}]", "id", "R1", "clause",
                                  "可包含走教教师", "schools", 1200, "id", "R4", "clause",
                                  "", "schools", 1));
    json_object_set_new(v, "duties",
                        json_pack("[{s:s,s:s}]", "id", "R4", "until", "2028-01-01"));
    message_alert_text(m, v, &text, NULL);
    ok(text && strstr(text, "过渡规定    R1 用于 1,200 所学校:可包含走教教师\n"
                            "过渡规定    R4 用于 1 所学校\n"
                            "限期义务    2028-01-01 前,依 R4 过渡的学校须达到规定标准\n"),
       "each in a line, with the schools and the day");
    free(text);
    json_decref(v);
}

static void test_evidence(struct arena *arena)
{
    json_t *v = firing(arena);
    is_str(json_string_value(json_object_get(v, "started_at")),
           "2018-02-01T09:00:00+08:00", "the beginning is noted");
    json_object_set_new(v, "started_at", json_string("2018-01-01T09:00:00+08:00"));
    json_t *gone = over(arena, CAUSE_NOT_MONITORED, v);
    is_str(json_string_value(json_object_get(gone, "started_at")),
           "2018-01-01T09:00:00+08:00", "and kept");
    is_str(json_string_value(json_object_get(gone, "cause")), "not_monitored",
           "the state is new, the figures are those last told");
    is_int((long long)json_array_size(json_object_get(gone, "stages")), 2, "both stages");
    json_decref(gone);
    json_decref(v);
    is_golden_json(firing(arena), "alert.json", "the alert object");
    struct alert a = slip("basic-2012", NULL, 0);
    const struct json_alert_in nothing = {.alert = &a, .now_ms = NOW * 1000LL};
    v = json_alert(&nothing);
    ok(v && json_is_null(json_object_get(v, "certification")),
       "an alert without evidence");
    json_decref(v);
}

/* Counties 1…n, every third of them over. */
static size_t crowd(struct arena *arena, size_t n, struct message_member *members)
{
    for (size_t i = 0; i < n; i++) {
        char code[16], name[32];
        bool ended = i % 3 == 2;
        json_t *v = ended ? over(arena, CAUSE_PASSED, NULL) : firing(arena);
        json_t *county = json_object_get(v, "county");
        snprintf(code, sizeof code, "3499%02zu", i + 1);
        snprintf(name, sizeof name, "%s%zu县", i % 2 ? "长名字的" : "青", i + 1);
        json_object_set_new(county, "code", json_string(code));
        json_object_set_new(county, "name", json_string(name));
        members[i] = (struct message_member){v, "none", ended ? "resolved" : "firing"};
    }
    return n;
}

static void disperse(struct message_member *members, size_t n)
{
    for (size_t i = 0; i < n; i++)
        json_decref((json_t *)members[i].alert);
}

static void test_many(const struct messages *m, struct arena *arena)
{
    struct message_member members[7];
    struct message_out out = {0};
    struct jh_err err = {0};
    size_t n = crowd(arena, 7, members);
    is_int(message_render(m, &HEAD, members, n, &out, &err), 0, "seven members");
    is_str(
        out.subject,
        "【均衡监测】滑坡、恢复 严重 7 个县(区)(basic-2012,2017):青1县、长名字的2县、青3县 等",
        "subject of a digest");
    is_golden(out.text, "digest.txt", "a table of all");
    is_str(out.status, "firing", "firing while one is");
    is_str(out.severity, "critical", "the highest severity");
    message_out_done(&out);
    is_int(message_render(m, &HEAD, members, 2, &out, &err), 0, "two members");
    is_golden(out.text, "few.txt", "both in full");
    is_golden_json(json_loads(out.json, 0, NULL), "webhook.json", "the webhook body");
    message_out_done(&out);
    is_int(message_render(m, &HEAD, members + 2, 1, &out, &err), 0, "one that is over");
    is_str(out.status, "resolved", "resolved when all are");
    json_t *body = json_loads(out.json, 0, NULL);
    json_t *alert = json_array_get(json_object_get(body, "alerts"), 0);
    is_str(json_string_value(json_object_get(alert, "endsAt")),
           "2018-02-01T09:00:00+08:00", "it has an end");
    json_decref(body);
    message_out_done(&out);
    is_int(message_render(m, &HEAD, members, 0, &out, &err), JH_EINVAL,
           "none is refused");
    disperse(members, n);
}

/* Evidence of a later or earlier version, or damaged: told all the same, and never a crash. */
static void test_little(const struct messages *m)
{
    static const char *const LITTLE[] = {
        "{}", "{\"id\":\"a1\"}", "{\"stages\":3,\"told\":{},\"county\":[],\"id\":7}",
        "{\"stages\":[{},{\"figures\":[{},{\"outcome\":\"fail\"}],\"schools\":[{},1]},7],"
        "\"told\":[1,\"/\"],\"digits\":\"x\"}"};
    for (size_t i = 0; i < sizeof LITTLE / sizeof *LITTLE; i++) {
        json_t *alert = json_loads(LITTLE[i], 0, NULL);
        struct message_member members[7];
        struct message_out out = {0};
        for (int k = 0; k < 7; k++)
            members[k] =
                (struct message_member){alert, "none", k % 2 ? "resolved" : "firing"};
        for (size_t n = 1; n <= 7; n += 3) {
            ok(message_render(m, &HEAD, members, n, &out, NULL) == 0 &&
                   strstr(out.subject, "【均衡监测】") && strstr(out.text, "系统测算"),
               "%zu of %s", n, LITTLE[i]);
            message_out_done(&out);
        }
        json_decref(alert);
    }
    json_t *list = json_array();
    struct message_member member = {list, "none", "firing"};
    struct message_out out = {0};
    is_int(message_render(m, &HEAD, &member, 1, &out, NULL), JH_EINVAL,
           "no object at all");
    json_decref(list);
}

/* ---- the user's own file ------------------------------------------------------------------ */

static void own_file(const char *content, const char *want)
{
    char path[] = "/tmp/junheng-messages-XXXXXX", line[1200] = "";
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        bail("no temporary file");
    fputs(content, f);
    fclose(f);
    struct errs errs;
    errs_init(&errs, 10);
    struct messages *m = messages_load(path, &errs);
    if (errs.n) {
        err_format(&errs.items[0].err, line, sizeof line);
        is_str(line + strlen(path), want, "refused with its place");
        ok(!m, "and nothing is loaded");
    } else {
        is_str(messages_phrase(m, "pass"), want, "laid over the built-in one");
        is_str(messages_phrase(m, "fail"), "不合格", "which serves the rest");
    }
    messages_free(m);
    errs_done(&errs);
    remove(path);
}

static void test_own_file(const struct messages *m)
{
    is_str(messages_phrase(m, "no such phrase"), "no such phrase",
           "an unknown key is itself");
    own_file("phrases: {pass: 通过}\n", "通过");
    own_file("templates:\n  subject: 【均衡监测】{{kind_word}}\n", "合格");
    own_file("phrases:\n  passs: x\n", ":2:3: unknown phrase passs");
    own_file("phrases:\n  pass: x\n  pass: y\n", ":3:3: duplicate key pass");
    own_file("phrases:\n  pass: [x]\n", ":2:9: expected a text");
    own_file("templates:\n  txt: x\n", ":2:3: unknown template txt");
    own_file("templates:\n  # 注\n  text: |\n    县 {{name}}\n    {{name|shout}}\n",
             ":5:12: unknown filter shout");
    own_file("phrases: {}\ntempaltes: {}\n", ":2:1: unknown key tempaltes");
    own_file("phrases: [\n", ":2:1: did not find expected node content");
    own_file("- x\n", ":1:1: expected phrases: and templates:");
    own_file("", ":1:1: expected phrases: and templates:");
    struct errs errs;
    errs_init(&errs, 10);
    ok(!messages_load("/nonexistent/x.yaml", &errs) && errs.errors == 1, "no such file");
    errs_done(&errs);
}

int main(void)
{
    struct arena *arena = arena_new(1 << 22);
    struct messages *m = load();
    test_texts(m, arena);
    test_words(m, arena);
    test_relaxations(m, arena);
    test_evidence(arena);
    test_many(m, arena);
    test_little(m);
    test_own_file(m);
    messages_free(m);
    arena_free(arena);
    return done_testing();
}
