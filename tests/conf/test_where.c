/* SPDX-License-Identifier: Apache-2.0 */
/* `where` says which schools a milder rule is for: read wrongly, it lets others off. */
#include "tap/tap.h"

#include <string.h>

#include "conf/said.h"
#include "conf/standard_read.h"

/* The filter of a YAML text, and what was said about it. */
static const struct school_filter *read(const char *text, struct arena *arena,
                                        const char **ret_said)
{
    struct errs errs;
    errs_init(&errs, 20);
    struct standard_reader r = {.arena = arena, .errs = &errs};
    const struct yaml_node *map = yaml_parse("f", text, strlen(text), arena, &errs);
    const struct school_filter *f = map ? standard_where(&r, map, "rules[0]") : NULL;
    *ret_said = said(&errs, arena);
    errs_done(&errs);
    return f;
}

static void all_keys(struct arena *arena)
{
    const char *words;
    const struct school_filter *f =
        read("where: {kind: [primary, teaching_point], setting: rural, owner: [7, 10],\n"
             "  pupils_from: 50, pupils_below: 100, built_until: 2016, boarding: false,\n"
             "  dense_centre: true, largest_class_below: 30, migrant_share_above: 0.5}\n",
             arena, &words);
    is_str(words, "", "every key is known");
    if (!f)
        bail("no filter");
    is_int(f->kinds, 1 << KIND_PRIMARY | 1 << KIND_TEACHING_POINT, "kinds");
    is_int(f->settings, 1 << SETTING_RURAL, "one setting");
    is_int(f->owners, 1 << 7 | 1 << 10, "owners");
    ok(f->pupils_from == 50 && f->pupils_below == 100, "pupils");
    is_int(f->built_until, 2016, "year");
    ok(f->boarding == 0 && f->dense_centre == 1, "flags");
    ok(f->largest_class_below == 30, "class");
    ok(f->has_migrant_share && f->migrant_share_above.n == 5 &&
           f->migrant_share_above.scale == 1,
       "share");
    ok(!f->or_else, "one way");
}

static void some_keys(struct arena *arena)
{
    const char *words;
    ok(!read("id: x\n", arena, &words), "no `where` is every school");
    const struct school_filter *f =
        read("where: [{built_until: 2010}, {migrant_share_above: 0.5}]\n", arena, &words);
    is_str(words, "", "a list of ways");
    ok(f && f->built_until == 2010 && !f->has_migrant_share && f->boarding == -1 &&
           f->dense_centre == -1 && !f->kinds && !f->settings && !f->owners,
       "what is not asked is any");
    ok(f && f->or_else && f->or_else->has_migrant_share && !f->or_else->built_until &&
           !f->or_else->or_else,
       "the other way");
}

static void refused(struct arena *arena)
{
    static const struct {
        const char *text, *want;
    } BAD[] = {
        {"where: rural\n", "f:1:8: rules[0].where: expected a map, got text"},
        {"where: {}\n",
         "f:1:8: rules[0].where: asks for nothing: leave it out for every school"},
        {"where: []\n", "f:1:8: rules[0].where: expected 1 to 16 maps, got 0"},
        {"where: {seting: rural}\n",
         "f:1:9: rules[0].where: unknown key \"seting\" (did you mean \"setting\"?)"},
        {"where: {kind: [primary, prinary]}\n",
         "f:1:25: rules[0].where.kind[1]: unknown kind of school \"prinary\" (did you mean "
         "\"primary\"?)"},
        {"where: {setting: [rurall]}\n",
         "f:1:19: rules[0].where.setting[0]: unknown setting \"rurall\" (did you mean "
         "\"rural\"?)"},
        {"where: {owner: 11}\n",
         "f:1:16: rules[0].where.owner: expected 1 to 10, got \"11\""},
        {"where: {kind: []}\n",
         "f:1:15: rules[0].where.kind: an empty list: no school would count"},
        {"where: {pupils_from: 100, pupils_below: 100}\n",
         "f:1:41: rules[0].where.pupils_below: not above pupils_from: no school would match"},
        {"where: {pupils_below: 0}\n",
         "f:1:23: rules[0].where.pupils_below: expected 1 to 1000000, got \"0\""},
        {"where: {built_until: 16}\n",
         "f:1:22: rules[0].where.built_until: expected 1800 to 2200, got \"16\""},
        {"where: {boarding: 0}\n",
         "f:1:19: rules[0].where.boarding: expected true or false, got \"0\""},
        {"where:\n  - {migrant_share_above: 50%}\n",
         "f:2:27: rules[0].where[0].migrant_share_above: expected a decimal number such as "
         "0.65, got \"50%\""},
        {"where: {migrant_share_above: 50}\n",
         "f:1:30: rules[0].where.migrant_share_above: expected at most 1, got \"50\""},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const char *words;
        read(BAD[i].text, arena, &words);
        is_str(words, BAD[i].want, arena_fmt(arena, "bad filter %zu", i));
    }
}

int main(void)
{
    struct arena *arena = arena_new(4 * 1024 * 1024);
    all_keys(arena);
    some_keys(arena);
    refused(arena);
    arena_free(arena);
    return done_testing();
}
