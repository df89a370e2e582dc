/* SPDX-License-Identifier: Apache-2.0 */
/* A wrong value must never be read as something else (60x as 60, a wrapped number, yes as
 * true), and the message must say where, what was expected and what was there. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>

#include "conf/option.h"
#include "conf/said.h"

enum mode { MODE_FAST, MODE_SAFE };

struct demo {
    bool on;
    int64_t count, any, interval, bytes;
    const char *code;
    int mode;
    struct jh_list covers;
};

static const char *const MODES[] = {"fast", "safe", "safest", NULL};
static const char *const ALSO[] = {"plugin", NULL};

#define AT(member) offsetof(struct demo, member)

static const struct jh_option TABLE[] = {
    {"on", JH_BOOL, AT(on), "true", 0, 0, NULL, false, "switch"},
    {"count", JH_INT, AT(count), "3", -5, 10, NULL, false, "a range"},
    {"any", JH_INT, AT(any), NULL, 0, 0, NULL, false, "any"},
    {"interval", JH_DURATION, AT(interval), "6h", 1000, 86400000, NULL, false, "time"},
    {"bytes", JH_SIZE, AT(bytes), "256MiB", 0, 0, NULL, false, "size"},
    {"code", JH_STRING, AT(code), NULL, 0, 0, NULL, true, "text"},
    {"mode", JH_ENUM, AT(mode), "safe", 0, 0, MODES, false, "words"},
    {"covers", JH_LIST, AT(covers), "34", 0, 0, NULL, false, "list"},
    {0}};

struct bad {
    const char *text, *want;
};

static const struct bad BAD[] = {
    {"interval: 60x",
     "f:1:11: s[1].interval: expected a duration such as 30s, 5m, 6h, got "
     "\"60x\""},
    {"interval: 60",
     "f:1:11: s[1].interval: expected a duration such as 30s, 5m, 6h, got "
     "\"60\""},
    {"interval: -5s",
     "f:1:11: s[1].interval: expected a duration such as 30s, 5m, 6h, got "
     "\"-5s\""},
    {"interval: 1.5h",
     "f:1:11: s[1].interval: expected a duration such as 30s, 5m, 6h, got "
     "\"1.5h\""},
    {"interval: 99999999999s", "f:1:11: s[1].interval: expected 1s to 1d, got "
                               "\"99999999999s\""},
    {"interval: 99999999999999999999d", "f:1:11: s[1].interval: expected 1s to 1d, got "
                                        "\"99999999999999999999d\""},
    {"interval: 500ms", "f:1:11: s[1].interval: expected 1s to 1d, got \"500ms\""},
    {"interval: [5m]",
     "f:1:11: s[1].interval: expected a duration such as 30s, 5m, 6h, got "
     "a list"},
    {"interval:", "f:1:1: s[1].interval: no value: leave the key out for its default"},
    {"count: 11", "f:1:8: s[1].count: expected -5 to 10, got \"11\""},
    {"count: 0x1F", "f:1:8: s[1].count: expected a whole number, got \"0x1F\""},
    {"count: 1e3", "f:1:8: s[1].count: expected a whole number, got \"1e3\""},
    {"any: 99999999999999999999",
     "f:1:6: s[1].any: \"99999999999999999999\" is too large"},
    {"any: -1", "f:1:6: s[1].any: expected 0 or more, got \"-1\""},
    {"bytes: 64KB", "f:1:8: s[1].bytes: expected a size such as 4096, 64KiB, 256MiB, got "
                    "\"64KB\""},
    {"bytes: 9999999999999GiB", "f:1:8: s[1].bytes: \"9999999999999GiB\" is too large"},
    {"on: yes", "f:1:5: s[1].on: expected true or false, got \"yes\""},
    {"on: True", "f:1:5: s[1].on: expected true or false, got \"True\""},
    {"mode: safer", "f:1:7: s[1].mode: expected fast, safe or safest, got \"safer\""},
    {"mode: {}", "f:1:7: s[1].mode: expected fast, safe or safest, got a map"},
    {"covers: 34", "f:1:9: s[1].covers: expected a list, got text"},
    {"covers: {34: 1}", "f:1:9: s[1].covers: expected a list, got a map"},
    {"covers: [[34], 11]", "f:1:10: s[1].covers[0]: expected text, got a list"},
    {"code: [1]", "f:1:7: s[1].code: expected text, got a list"},
    {"intreval: 6h",
     "f:1:1: s[1]: unknown key \"intreval\" (did you mean \"interval\"?)"},
    {"plugn: http", "f:1:1: s[1]: unknown key \"plugn\" (did you mean \"plugin\"?)"},
    {"zebra: 1", "f:1:1: s[1]: unknown key \"zebra\""},
    {"mode: safer\ncount: x\nxyzzy: 1",
     "f:1:7: s[1].mode: expected fast, safe or safest, got \"safer\"\n"
     "f:2:8: s[1].count: expected a whole number, got \"x\"\n"
     "f:3:1: s[1]: unknown key \"xyzzy\""},
};

static void fill(const char *text, const char *path, struct demo *ret,
                 struct arena *arena, struct errs *errs)
{
    const struct yaml_node *root = yaml_parse("f", text, strlen(text), arena, errs);
    if (!root)
        bail(said(errs, arena));
    option_fill(root, path, TABLE, ALSO, ret, sizeof *ret, arena, errs);
}

static void check_bad(const struct bad *bad, struct arena *arena)
{
    struct errs errs;
    struct demo demo;
    errs_init(&errs, 50);
    bool has_code = strstr(bad->text, "code:");
    const char *text =
        has_code ? bad->text : arena_fmt(arena, "%s\ncode: x\n", bad->text);
    fill(text, "s[1]", &demo, arena, &errs);
    const char *line = strchr(bad->text, '\n');
    int cut = line ? (int)(line - bad->text) : (int)strlen(bad->text);
    is_str(said(&errs, arena), bad->want, arena_fmt(arena, "%.*s", cut, bad->text));
    errs_done(&errs);
}

static void check_good(struct arena *arena)
{
    struct errs errs;
    struct demo demo;
    errs_init(&errs, 50);
    fill("code: 010", "", &demo, arena, &errs);
    is_int((long long)errs.n, 0, "only what is required");
    is_str(demo.code, "010", "010 is text");
    ok(demo.on && demo.count == 3 && demo.mode == MODE_SAFE, "defaults");
    is_int(demo.interval, 6 * 3600 * 1000, "default duration");
    is_int(demo.bytes, 256 << 20, "default size");
    ok(demo.covers.n == 1 && !strcmp(demo.covers.items[0], "34"), "default list");
    fill("code: ''\non: false\ncount: -5\nany: 9223372036854775807\ninterval: \"90s\"\n"
         "bytes: 64KiB\nmode: fast\ncovers: []\nplugin: http\n",
         "", &demo, arena, &errs);
    is_int((long long)errs.n, 0, "all keys, one of somebody else");
    ok(!demo.on && demo.count == -5 && demo.any == INT64_MAX && demo.mode == MODE_FAST,
       "values");
    ok(demo.interval == 90000 && demo.bytes == 65536 && demo.covers.n == 0, "units");
    is_str(demo.code, "", "empty text is text");
    errs_done(&errs);
}

static void check_maps(struct arena *arena)
{
    struct errs errs;
    struct demo demo;
    errs_init(&errs, 50);
    fill("on: true", "s[1]", &demo, arena, &errs);
    fill("on: true", "", &demo, arena, &errs);
    fill("[1]", "s[1]", &demo, arena, &errs);
    fill("words", "", &demo, arena, &errs);
    is_str(said(&errs, arena),
           "f:1:1: s[1]: \"code\" is missing\n"
           "f:1:1: \"code\" is missing\n"
           "f:1:1: s[1]: expected a map, got a list\n"
           "f:1:1: expected a map, got text",
           "what a map must be");
    errs_done(&errs);
    errs_init(&errs, 50);
    const struct yaml_node *root = yaml_parse("f", "code: x", 7, arena, &errs);
    char little[8] = "";
    option_fill(root, "", TABLE + 5, NULL, little, 1, arena, &errs);
    is_str(said(&errs, arena), "f:1:1: code: its option table does not fit its struct",
           "a plugin's wrong table does no harm");
    errs_done(&errs);
}

static void check_suggestions(void)
{
    static const char *const WORDS[] = {"format", "interval", "to"};
    is_str(option_suggest("formt", WORDS, 3), "format", "one missing");
    is_str(option_suggest("fromat", WORDS, 3), "format", "two swapped");
    is_str(option_suggest("intervall", WORDS, 3), "interval", "one too many");
    is_str(option_suggest("frmt", WORDS, 3), "format", "two missing");
    is_str(option_suggest("fmt", WORDS, 3), NULL, "three missing");
    is_str(option_suggest("xy", WORDS, 3), NULL, "a short word is not any other");
}

static void check_document(void)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        bail("out of memory");
    option_document(to, TABLE + 3);
    fclose(to);
    is_str(text,
           "| key | type | default | range | meaning |\n|---|---|---|---|---|\n"
           "| `interval` | duration | `6h` | 1s to 1d | time |\n"
           "| `bytes` | size | `256MiB` |  | size |\n"
           "| `code` | text | (required) |  | text |\n"
           "| `mode` | word | `safe` | fast, safe or safest | words |\n"
           "| `covers` | list | `34` |  | list |\n",
           "the table as Markdown");
    free(text);
}

int main(void)
{
    struct arena *arena = arena_new(16 * 1024 * 1024);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        check_bad(&BAD[i], arena);
    check_good(arena);
    check_maps(arena);
    check_suggestions();
    check_document();
    arena_free(arena);
    return done_testing();
}
