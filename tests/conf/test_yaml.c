/* SPDX-License-Identifier: Apache-2.0 */
/* A mistake in a configuration must be told with its place, and nothing may be guessed:
 * this shows what is refused, with which words, and that text stays text. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>

#include "conf/said.h"
#include "conf/yaml.h"

struct bad {
    const char *name, *text, *want;
};

static const struct bad BAD[] = {
    {"duplicate key", "a: 1\nb: 2\na: 3\n",
     "f:3:1: \"a\" is there twice: first on line 1"},
    {"duplicate key deep", "x:\n  - {k: 1, 'k': 2}\n",
     "f:2:12: \"k\" is there twice: first on line 2"},
    {"anchor and alias", "a: &x 1\nb: *x\n",
     "f:1:4: anchors (&x) are not read: write the value out\n"
     "f:2:4: aliases (*x) are not read: write the value out"},
    {"tag", "a: !!str 1\nb: !<x> [1]\nc: !t {}\n",
     "f:1:4: tags (tag:yaml.org,2002:str) are not read\n"
     "f:2:4: tags (x) are not read\n"
     "f:3:4: tags (!t) are not read"},
    {"tab", "a:\n\tb: 1\n", "f:2:1: a tab: indent with spaces"},
    {"tab after Chinese", "a: 省\t\n", "f:1:5: a tab: indent with spaces"},
    {"two documents", "a: 1\n---\nb: 2\n",
     "f:2:1: a second document (---): one file holds one"},
    {"not UTF-8", "a: 1\nb: x\xff\n",
     "f:2:5: byte 0xff is not UTF-8: save the file as UTF-8"},
    {"GBK", "name: \xd6\xd0\n", "f:1:7: byte 0xd6 is not UTF-8: save the file as UTF-8"},
    {"control character", "a: 1\nb: \x01\n",
     "f:2:4: control characters are not allowed (0x01)"},
    {"NUL by escape", "a: \"x\\0y\"\n", "f:1:4: text with a NUL character"},
    {"surrogate by escape", "a: \"\\ud800\"\n",
     "f:1:7: found invalid Unicode character escape code while parsing a quoted scalar"},
    {"list as key", "? [1, 2]\n: x\n", "f:1:3: a key must be text, not a list"},
    {"open quote", "a: 'x\nb: 1\n",
     "f:3:1: found unexpected end of stream (while scanning a quoted scalar of line 1)"},
    {"open list", "a: [1, 2\nb: 3\n",
     "f:2:2: did not find expected ',' or ']' (while parsing a flow sequence of line 1)"},
    {"indentation", "a:\n  b: 1\n c: 2\n",
     "f:3:2: did not find expected key (while parsing a block mapping of line 1)"},
    {"colon in plain text", "a: b: c\n",
     "f:1:5: mapping values are not allowed in this context"},
    {"33 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
     "f:1:33: nested deeper than 32 levels"},
    {"all of them", "a: &x 1\na: *x\nb: !t 1\n",
     "f:1:4: anchors (&x) are not read: write the value out\n"
     "f:2:4: aliases (*x) are not read: write the value out\n"
     "f:3:4: tags (!t) are not read\n"
     "f:2:1: \"a\" is there twice: first on line 1"},
};

static const struct yaml_node *parse(const char *text, struct arena *arena,
                                     struct errs *errs)
{
    return yaml_parse("f", text, strlen(text), arena, errs);
}

static void check_bad(const struct bad *bad, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct yaml_node *root = parse(bad->text, arena, &errs);
    is_str(said(&errs, arena), bad->want, bad->name);
    ok(!root, "%s: no tree", bad->name);
    errs_done(&errs);
}

static void check_places(struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const char *text =
        "\xEF\xBB\xBF# a comment\nname: 青石县\nlist: [010, 'no', ~, \"\"]\nmap:\n"
        "  县: {code: 0x1F}\n";
    const struct yaml_node *root = parse(text, arena, &errs);
    if (!ok(root && root->kind == YAML_MAP && root->n == 3, "a good file"))
        bail(said(&errs, arena));
    const struct yaml_node *list = yaml_get(root, "list");
    is_str(list->items[0]->text, "010", "010 is text");
    is_str(list->items[1]->text, "no", "no is text");
    ok(!yaml_is_null(list->items[1]) && yaml_is_null(list->items[2]), "~ is nothing");
    ok(!yaml_is_null(list->items[3]), "\"\" is text");
    is_int(list->items[1]->line, 3, "line");
    is_int(list->items[1]->col, 13, "column");
    const struct yaml_node *code =
        yaml_get(yaml_get(yaml_get(root, "map"), "县"), "code");
    is_str(code->text, "0x1F", "a map in a map");
    is_int(code->col, 13, "columns count characters");
    ok(!yaml_get(root, "nam") && !yaml_get(list, "name"), "what is not there");
    errs_done(&errs);
}

static void check_empty(struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct yaml_node *root = parse("# nothing\n", arena, &errs);
    ok(root && root->kind == YAML_MAP && root->n == 0, "an empty file is an empty map");
    ok(!yaml_load("/nonexistent/x.yaml", arena, &errs), "a file that is not there");
    is_str(said(&errs, arena), "/nonexistent/x.yaml: No such file or directory",
           "is told");
    errs_done(&errs);
    errs_init(&errs, 50);
    ok(!yaml_load("/", arena, &errs), "a folder");
    is_str(said(&errs, arena), "/: Is a directory", "is told");
    errs_done(&errs);
}

static void check_limits(void)
{
    struct arena *small = arena_new(256 * 1024), *arena = arena_new(1024 * 1024);
    struct errs errs;
    errs_init(&errs, 50);
    size_t size = YAML_MAX_BYTES + 1;
    char *big = malloc(size);
    if (!big)
        bail("out of memory");
    memset(big, 'a', size);
    ok(!yaml_parse("f", big, size, arena, &errs), "a huge file");
    is_str(said(&errs, arena), "f: larger than 8388608 bytes",
           "is refused before reading");
    errs_done(&errs);
    errs_init(&errs, 50);
    memcpy(big, "[", 1);
    for (size_t i = 1; i < 100000; i++)
        big[i] = i % 2 ? 'a' : ',';
    ok(!yaml_parse("f", big, 100000, small, &errs), "more nodes than the arena may hold");
    is_str(said(&errs, arena), "f: too large", "is told");
    errs_done(&errs);
    free(big);
    arena_free(small);
    arena_free(arena);
}

int main(void)
{
    struct arena *arena = arena_new(16 * 1024 * 1024);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        check_bad(&BAD[i], arena);
    check_places(arena);
    check_empty(arena);
    check_limits();
    arena_free(arena);
    return done_testing();
}
