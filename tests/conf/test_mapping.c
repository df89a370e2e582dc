/* SPDX-License-Identifier: Apache-2.0 */
/* A column read as another field judges counties by the wrong figures: this shows what the
 * field names and a mapping mean, and which mistakes in them are told. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/alias_load.h"
#include "conf/mapping.h"
#include "conf/said.h"
#include "conf/standard.h"

struct bad {
    const char *text, *want;
};

static const struct bad BAD_NAMES[] = {
    {"field: {}\n", "f:1:1: unknown key \"field\" (did you mean \"fields\"?)"},
    {"fields: {teecher: [x]}\n", "f:1:20: teecher: there is no such field"},
    {"fields: {books: [a], computers: [a]}\n",
     "f:1:34: computers: \"a\" means something else already"},
    {"fields: {books: a}\n", "f:1:17: books: expected a list, got \"a\""},
    {"fields: [books]\n", "f:1:9: fields: expected a map, got a list"},
    {"fields: {books: [[a]]}\n", "f:1:18: books: expected text, got a list"},
    {"words: {kind: {college: [x]}}\n", "f:1:16: kind: there is no \"college\""},
    {"words: {owner: {11: [x]}}\n", "f:1:17: owner: there is no \"11\""},
    {"words: {kinds: {}}\n", "f:1:9: kinds: there is no such field"},
    {"words: {kind: {primary: [x], junior: [x]}}\n",
     "f:1:39: junior: \"x\" means something else already"},
    {"units: {money: {k: 0}}\n", "f:1:20: k: expected a number above 0"},
    {"units: {length: {m: 1}}\n", "f:1:9: units: expected money, area or count"},
    {"units: {money: {k: 1}, area: {k: 1}}\n",
     "f:1:31: units: \"k\" means something else already"},
    {"stage_prefixes: {senior: x}\n",
     "f:1:18: stage_prefixes: expected primary or junior"},
};

static const struct bad BAD_MAPPING[] = {
    {"columns: {pupils_primry: x}\n",
     "f:1:11: s.columns: unknown field \"pupils_primry\" (did you mean \"pupils_primary\"?)"},
    {"columns: {books: []}\n", "f:1:18: s.columns.books: an empty list"},
    {"columns: {books: ''}\n", "f:1:18: s.columns.books: an empty header"},
    {"columns: {books: ~}\n", "f:1:18: s.columns.books: expected text, got nothing"},
    {"columns: {books: {unit: 万册}}\n",
     "f:1:18: s.columns.books: needs either column or sum"},
    {"columns: {books: {column: a, sum: [b]}}\n",
     "f:1:18: s.columns.books: needs either column or sum"},
    {"columns: {books: {column: a, unit: 亩}}\n",
     "f:1:36: s.columns.books.unit: unknown unit \"亩\""},
    {"columns: {books: {column: a, unit: 万元}}\n",
     "f:1:36: s.columns.books.unit: \"万元\" is a unit of money, and books is count"},
    {"columns: {round: {column: a, add: x}}\n",
     "f:1:35: s.columns.round.add: expected a number, got \"x\""},
    {"columns: {round: {colum: a}}\n",
     "f:1:19: s.columns.round: unknown key \"colum\" (did you mean \"column\"?)"},
    {"columns: {county_code: {column: a, map: {}}}\n",
     "f:1:41: s.columns.county_code.map: expected a map, got an empty one"},
    {"columns: {books: {sum: a}}\n",
     "f:1:24: s.columns.books.sum: expected a list, got text"},
    {"columns: [books]\n", "f:1:10: s.columns: expected a map, got a list"},
    {"defaults: {ownr: 7}\n",
     "f:1:12: s.defaults: unknown field \"ownr\" (did you mean \"owner\"?)"},
    {"defaults: {something: 7}\n", "f:1:12: s.defaults: unknown field \"something\""},
    {"defaults: {owner: [7]}\n", "f:1:19: s.defaults.owner: expected text, got a list"},
};

static void check_bad_names(const struct bad *bad, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    struct alias_table *t = alias_parse("f", bad->text, strlen(bad->text), &errs);
    is_str(said(&errs, arena), bad->want,
           arena_fmt(arena, "%.*s", (int)strcspn(bad->text, "\n"), bad->text));
    ok(!t, "no table");
    alias_free(t);
    errs_done(&errs);
}

static struct alias_hit header(const struct alias_table *t, const char *text)
{
    struct alias_hit hit = {.field = FIELD_NONE};
    alias_header(t, text, strlen(text), &hit);
    return hit;
}

static void check_names(const struct alias_table *t)
{
    ok(header(t, "小学在校生数").field == FIELD_pupils_primary,
       "a prefix says the stage");
    ok(header(t, "初中专任教师数").field == FIELD_teachers_junior, "of any family");
    ok(header(t, "专任教师数").family, "without it the row must say");
    ok(header(t, "教学仪器设备值（万元）").factor == 10000, "a unit in brackets");
    ok(header(t, "学校标识码").is_text, "text");
    is_int(alias_word(t, TEXT_KIND, "九年一贯制学校", strlen("九年一贯制学校")),
           KIND_NINE_YEAR, "a kind by its word");
    is_int(alias_word(t, TEXT_OWNER, "民办", strlen("民办")), 10, "an owner by its word");
    is_int(alias_word(t, TEXT_OWNER, "10", 2), 10, "and by its number");
}

static void check_bad_mapping(const struct bad *bad, const struct alias_table *t,
                              struct arena *arena)
{
    struct errs errs;
    struct mapping mapping = {0};
    errs_init(&errs, 50);
    const struct yaml_node *root =
        yaml_parse("f", bad->text, strlen(bad->text), arena, &errs);
    mapping_read(&root, 1, "s", t, arena, &errs, &mapping);
    int len = (int)strcspn(bad->text, "\n");
    is_str(said(&errs, arena), bad->want, arena_fmt(arena, "%.*s", len, bad->text));
    errs_done(&errs);
}

static const char GOOD[] =
    "columns:\n"
    "  round: {column: 學年度, add: 1911}\n"
    "  county_code: {column: 縣市代碼, map: {\"19\": \"06\", 010: no}}\n"
    "  teachers_primary: [男, 女]\n"
    "  books: {sum: [a, b]}\n"
    "  equipment_value: {column: 设备, unit: 万元}\n"
    "  地址: 住址\n"
    "  computers: 电脑\n"
    "defaults: {owner: 7, county_code: 010}\n";

static void check_good(const struct mapping *m)
{
    is_int((long long)m->n_columns, 7, "columns");
    is_str(m->columns[0].columns[0], "學年度", "one header");
    ok(m->columns[0].add == 1911 && m->columns[0].factor == 0, "a number to add");
    is_str(m->columns[1].map_from[1], "010", "a translation, as text");
    is_str(m->columns[1].map_to[1], "no", "to text");
    ok(!m->columns[1].map_from[2] && !m->columns[1].map_to[2], "which ends");
    ok(m->columns[2].columns[1] && !m->columns[2].columns[2], "a list is added up");
    ok(m->columns[3].columns[1] && !m->columns[3].columns[2], "so is a sum");
    ok(m->columns[4].factor == 10000, "a unit");
    is_str(m->columns[5].target, "地址", "a free name");
    is_int(m->columns[6].line, 8, "line");
    is_int(m->columns[6].col, 14, "column");
    is_int((long long)m->n_defaults, 2, "defaults");
    is_str(m->defaults[1].value, "010", "a default stays text");
}

static void check_load(struct arena *arena)
{
    char path[] = "/tmp/junheng-columns-XXXXXX";
    struct errs errs;
    errs_init(&errs, 50);
    int fd = mkstemp(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file)
        bail("no file");
    fputs(GOOD, file);
    fflush(file);
    const struct mapping *mapping = mapping_load(path, arena, &errs);
    is_str(said(&errs, arena), "", "a --columns file");
    if (mapping)
        check_good(mapping);
    fputs("profile: x\n", file);
    fclose(file);
    ok(!mapping_load(path, arena, &errs), "with another key");
    is_str(said(&errs, arena), arena_fmt(arena, "%s:10:1: unknown key \"profile\"", path),
           "is refused");
    unlink(path);
    errs_done(&errs);
}

/* A source over its profile: each field from the first that has it. */
static void check_layers(const struct alias_table *t, struct arena *arena)
{
    static const char
        SOURCE[] = "columns: {books: mine}\n",
        PROFILE[] = "columns: {books: theirs, computers: c}\ndefaults: {owner: 7}\n";
    struct errs errs;
    struct mapping m = {0}, alone = {0};
    char hash[SHA256_HEX], other[SHA256_HEX];
    errs_init(&errs, 50);
    const struct yaml_node *maps[] = {
        yaml_parse("s", SOURCE, strlen(SOURCE), arena, &errs),
        yaml_parse("p", PROFILE, strlen(PROFILE), arena, &errs)};
    mapping_read(maps, 2, "", t, arena, &errs, &m);
    mapping_read(maps, 1, "", t, arena, &errs, &alone);
    is_str(said(&errs, arena), "", "two layers");
    ok(m.n_columns == 2 && m.n_defaults == 1, "are joined");
    is_str(m.columns[0].columns[0], "mine", "the source wins");
    struct sha256 *h = sha256_new();
    mapping_hash(&m, h);
    sha256_end(h, hash);
    h = sha256_new();
    mapping_hash(&alone, h);
    sha256_end(h, other);
    ok(strcmp(hash, other) != 0, "another mapping, another hash");
    errs_done(&errs);
}

int main(void)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    struct errs errs;
    errs_init(&errs, 50);
    struct alias_table *t = alias_load(&errs);
    is_str(said(&errs, arena), "", "the names that are in the program");
    if (!t)
        bail("no table");
    check_names(t);
    for (size_t i = 0; i < sizeof BAD_NAMES / sizeof *BAD_NAMES; i++)
        check_bad_names(&BAD_NAMES[i], arena);
    for (size_t i = 0; i < sizeof BAD_MAPPING / sizeof *BAD_MAPPING; i++)
        check_bad_mapping(&BAD_MAPPING[i], t, arena);
    check_load(arena);
    check_layers(t, arena);
    alias_free(t);
    errs_done(&errs);
    arena_free(arena);
    return done_testing();
}
