/* SPDX-License-Identifier: Apache-2.0 */
/* A value that slips away between names, or a number that is rounded, is a wrong figure. */
#include "tap/tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "plugins/format_host.h"

static void gives_n(const char *bytes, size_t n, const char *options, const char *want,
                    const char *name)
{
    char *copy = malloc(n ? n : 1); /* exactly as long: a read past the end is seen */
    if (!copy)
        bail("memory");
    memcpy(copy, bytes, n);
    char *got = format_host_parse("a.json", copy, n, options);
    is_str(got, want, name);
    free(got);
    free(copy);
}

#define GIVES(bytes, want, name) gives_n(bytes, sizeof(bytes) - 1, NULL, want, name)
#define WITH(options, bytes, want, name)                                                 \
    gives_n(bytes, sizeof(bytes) - 1, options, want, name)

static void test_rows(void)
{
    GIVES("[{\"a\":1,\"b\":\"x\"},\n {\"a\": 2, \"b\": \"y\"}]",
          "[1:3:a][1:9:b]\n[1:7:1][1:13:x]\n[2:8:2][2:16:y]\n", "a list of objects");
    GIVES("{\"n\":[1,{\"a\":2}],\"schools\":[{\"a\":1}],\"o\":{\"a\":[]}}",
          "[1:30:a]\n[1:34:1]\n", "under schools; what stands beside it is not a row");
    GIVES("[{\"a\":1},{\"b\":2,\"a\":3}]",
          "[1:3:a][1:11:b]\n[1:7:1][1:2:]\n[1:21:3][1:15:2]\n",
          "a name that comes late has a column; the first row lacks it");
    GIVES("[{\"\xE5\xAD\xA6\xE6\xA0\xA1\":\"\xE4\xB8\xAD\",\"b\":1}]",
          "[1:3:\xE5\xAD\xA6\xE6\xA0\xA1][1:12:b]\n[1:8:\xE4\xB8\xAD][1:16:1]\n",
          "columns count characters");
    GIVES("\xEF\xBB\xBF[{\"a\":1}]", "[1:3:a]\n[1:7:1]\n", "a byte order mark");
    GIVES("[{\"a\":{\"b\":1,\"c\":{\"d\":2}},\"e\":3}]",
          "[1:8:a.b][1:19:a.c.d][1:27:e]\n[1:12:1][1:23:2][1:31:3]\n",
          "objects within a row are joined by points");
    GIVES("[{},{\"a\":1},{\"a\":null}]", "[1:6:a]\n[1:2:]\n[1:10:1]\n[1:18:]\n",
          "an empty object is an empty row, null an empty cell");
}

static void test_values(void)
{
    GIVES(
        "[{\"a\":0.10,\"b\":9007199254740993,\"c\":-1e-05,\"d\":12345678901234567890.5}]",
        "[1:3:a][1:12:b][1:33:c][1:44:d]\n"
        "[1:7:0.10][1:16:9007199254740993][1:37:-1e-05][1:48:12345678901234567890.5]\n",
        "numbers keep their digits as written");
    GIVES("[{\"a\":true,\"b\":false}]", "[1:3:a][1:12:b]\n[1:7:true][1:16:false]\n",
          "true and false are words");
    GIVES("[{\"a\":\"x\\ny\\\"\\u4e2d\\ud83d\\ude00\",\"b\":\"\\/\"}]",
          "[1:3:a][1:34:b]\n[1:7:x\ny\"\xE4\xB8\xAD\xF0\x9F\x98\x80][1:38:/]\n",
          "escapes are undone");
    GIVES("[{\"\\u0061\":1},{\"a\":2}]", "[1:3:a]\n[1:12:1]\n[1:20:2]\n",
          "a name with escapes is the same name");
    WITH("rows=data.items", "{\"data\":{\"total\":1,\"items\":[{\"a\":1}]},\"x\":[]}",
         "[1:30:a]\n[1:34:1]\n", "a list that lies deeper");
    WITH("ignore=tags,o", "[{\"tags\":[1,{\"a\":2}],\"o\":{\"p\":1},\"a\":1}]",
         "[1:34:a]\n[1:38:1]\n", "names that are not wanted");
}

/* Each of these would lose or double a value if it were let through. */
static void test_refused(void)
{
    GIVES("[{\"a\":1,\n\"a\":2}]", "a.json:2:1: \"a\" stands twice in this row",
          "a name twice in a row");
    GIVES("[{\"a.b\":1,\"a\":{\"b\":2}}]",
          "a.json:1:16: \"a.b\" stands twice in this row", "... by way of an object");
    GIVES("{\"schools\":[{\"a\":1}],\"schools\":[{\"a\":2}]}",
          "a.json:1:22: \"schools\" stands twice", "two lists of one name");
    GIVES(
        "[{\"a\":1},{\"b\":[1]}]",
        "a.json:1:15: \"b\" is a list, which no cell can hold: name it under `ignore` if "
        "it is not needed",
        "a list in a row");
    GIVES("[{\"a\":1},\n 2]",
          "a.json:2:2: expected an object here: a row is {\"name\": value}",
          "a bare value");
    GIVES("[[\"a\"],[1]]",
          "a.json:1:2: expected an object here: a row is {\"name\": value}",
          "rows as lists");
    GIVES(
        "{\"rows\":[{\"a\":1}]}",
        "a.json: no list of rows: expected [{...}, ...] or {\"schools\": [{...}, ...]}; "
        "`rows` under format_options says where else it is",
        "no list where it is looked for");
    GIVES("{\"schools\":7}",
          "a.json:1:12: expected a list of objects here: [{\"name\": value, ...}, ...]",
          "no list, but a number");
    GIVES("7",
          "a.json:1:1: expected a list of objects here: [{\"name\": value, ...}, ...]",
          "nothing but a number");
    WITH("rows=data.items", "{\"data\":[{\"a\":1}]}",
         "a.json:1:9: expected an object here, with the name \"items\"",
         "a list on the way to the list");
    WITH("rows=a..b", "[]",
         ": rows: expected at most 8 names joined by points, got \"a..b\"",
         "a path with an empty name");
    GIVES("[]", "a.json: the list of rows is empty: no values in it", "no rows");
    GIVES("[{\"a\":1},{\"a\":12", "a.json:1:17: not JSON: premature EOF", "cut short");
    GIVES("", "a.json:1:1: not JSON: premature EOF", "empty");
    GIVES("[{\"a\":1}]\n[{\"a\":2}]", "a.json:2:1: not JSON: trailing garbage",
          "two documents");
    GIVES("[{\"a\":01}]",
          "a.json:1:8: not JSON: after key and value, inside map, I expect "
          "',' or '}'",
          "a number that is none");
    GIVES("[{\"a\":NaN}]", "a.json:1:7: not JSON: invalid char in json text.", "NaN");
    GIVES("[{\"a\":1}]\0", "a.json:1:10: not JSON: trailing garbage", "a NUL byte");
    GIVES("[{\"a\":\"\xD6\xD0\"}]",
          "a.json:1:8: byte 0xD6 is not UTF-8, which JSON is written in", "GB18030");
    GIVES("[{\"a\":\"x\\ud83dy\"}]",
          "a.json:1:9: half a character (surrogate) without its other half",
          "half a surrogate pair");
    GIVES("[{\"a\":\"\\ude00\"}]",
          "a.json:1:8: the second half of a character (surrogate) without its first",
          "the other half");
    GIVES("[{\"\\u0000\":1}]", "a.json:1:4: \\u0000 is no text",
          "an escaped NUL in a name");
}

static void refuses(char *text, const char *options, const char *want, const char *name)
{
    char *got = format_host_parse("a.json", text, strlen(text), options);
    is_str(got, want, name);
    free(got);
    free(text);
}

/* `n` times the pattern, whose %d is the number, between head and tail. */
static char *repeated(const char *head, const char *pattern, int n, const char *tail)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    fputs(head, out);
    for (int i = 0; i < n; i++) {
        char piece[128];
        const char *number = strchr(pattern, '%');
        if (number)
            snprintf(piece, sizeof piece, "%.*s%d%s", (int)(number - pattern), pattern, i,
                     number + 1);
        fputs(number ? piece : pattern, out);
    }
    fputs(tail, out);
    fclose(out);
    return text;
}

static void test_limits(void)
{
    refuses(repeated("", "[", 100000, ""), NULL,
            "a.json:1:2: expected an object here: a row is {\"name\": value}",
            "a hundred thousand brackets");
    refuses(repeated("{\"x\":", "{\"x\":", 100000, ""), NULL,
            "a.json:1:161: more than 32 lists and objects in each other",
            "objects in each other, where nobody looks");
    refuses(repeated("[{\"a\":", "{\"a\":", 100000, ""), NULL,
            "a.json:1:157: more than 32 lists and objects in each other",
            "objects in each other, in a row");
    refuses(repeated("[{\"x\":0", ",\"k%\":1", 4096, "}]"), NULL,
            "a.json:1:39849: more than 4096 different names in the rows",
            "too many names in a row");
    refuses(repeated("[{\"x\":0}", ",{\"k%\":1}", 4096, "]"), NULL,
            "a.json:1:48041: more than 4096 different names in the rows",
            "too many names over all rows");
    refuses(repeated("[{\"a\":\"", "0123456789", 7, "\"}]"), "max_cell=64",
            "a.json:1:7: cell longer than 64 bytes", "a cell over the limit");
    refuses(repeated("[{\"", "0123456789", 26, "\":1}]"), NULL,
            "a.json:1:3: name longer than 256 bytes", "a name over the limit");
}

/* Memory is that of the text and not of what a tree of it would take. */
static void test_memory(void)
{
    struct rusage before, after;
    char *text =
        repeated("[{\"a\":0,\"b\":\"x\"}", ",\n{\"a\":%,\"b\":\"\\u4e2d\"}", 400000, "]");
    size_t n = strlen(text);
    getrusage(RUSAGE_SELF, &before);
    is_int(format_host_count("a.json", text, n, NULL), 400002, "a row for each object");
    getrusage(RUSAGE_SELF, &after);
    const char *sanitized = getenv("JUNHENG_SANITIZED");
    if (sanitized && *sanitized)
        skip(1, "a sanitizer keeps what was freed");
    else
        ok(after.ru_maxrss - before.ru_maxrss < 2048, "in less than 2 MiB");
    free(text);
}

int main(void)
{
    test_rows();
    test_values();
    test_refused();
    test_limits();
    test_memory();
    return done_testing();
}
