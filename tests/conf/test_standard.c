/* SPDX-License-Identifier: Apache-2.0 */
/* A standard read wrongly judges every county wrongly: the shipped ones must hold what the
 * documents say, and a file with a mistake must be refused at its place. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "conf/said.h"
#include "conf/standard.h"

static const struct standard *find(const char *id, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct standard *st = standard_find(id, NULL, arena, &errs);
    is_str(said(&errs, arena), "", "embedded standard");
    if (!ok(st != NULL, "%s", id))
        bail("no standard");
    errs_done(&errs);
    return st;
}

static void check_ids(const struct standard *st, const char *const *want, size_t n)
{
    is_int((long long)st->n_indicators, (long long)n, "number of indicators");
    for (size_t i = 0; i < n && i < st->n_indicators; i++)
        is_str(st->indicators[i].id, want[i], "indicator in its place");
}

static bool same(struct decimal d, const char *text)
{
    char got[NUM_TEXT];
    decimal_print(d, got);
    return !strcmp(got, text);
}

static void check_basic(struct arena *arena)
{
    static const char *const IDS[] = {"teaching_area_per_pupil",
                                      "sports_area_per_pupil",
                                      "equipment_value_per_pupil",
                                      "computers_per_100",
                                      "books_per_pupil",
                                      "teacher_pupil_ratio",
                                      "above_qual_teachers_per_pupil",
                                      "mid_title_teachers_per_pupil"};
    const struct standard *st = find("basic-2012", arena);
    check_ids(st, IDS, 8);
    ok(st->applies == CV_COMPOSITE && same(st->limit[STAGE_PRIMARY], "0.65") &&
           same(st->limit[STAGE_JUNIOR], "0.55"),
       "composite at most 0.65 and 0.55");
    ok(st->has_stage[STAGE_PRIMARY] && st->has_stage[STAGE_JUNIOR], "both stages");
    ok(!st->has_school_rule, "no rule for schools");
    ok(st->campus_merge, "campuses are added up");
    is_int(st->owners, 1 << 7 | 1 << 8, "county-run schools");
    ok(st->n_exclude == 2 && st->exclude[1].kinds == 1u << KIND_TEACHING_POINT &&
           st->exclude[1].pupils_below == 0,
       "no teaching point of any size");
    ok(st->exclude[0].kinds == (1u << KIND_SPECIAL | 1u << KIND_VOCATIONAL |
                                1u << KIND_SENIOR | 1u << KIND_OTHER),
       "no special or vocational school");
    const struct indicator *area = &st->indicators[0], *ratio = &st->indicators[5];
    ok(area->n_terms == 2 && area->terms[0].field == FIELD_teaching_area &&
           area->terms[0].sign == 1 && area->terms[1].field == FIELD_indoor_sports_area &&
           area->terms[1].sign == -1,
       "indoor sports rooms are deducted");
    ok(ratio->n_terms == 1 && ratio->terms[0].field == FIELD_teachers_primary &&
           ratio->terms[0].staged && !ratio->split && ratio->per == 1,
       "teachers per pupil, never split");
    for (int i = 0; i < 8; i++)
        ok(st->indicators[i].split == (i < 5), "the first five are split: %d", i);
    ok(st->indicators[3].per == 100, "computers per hundred");
    ok(st->rounding.value == 2 && st->rounding.cv == 3 && !st->rounding.raw, "rounding");
    ok(st->coverage == 1 && st->vanished_max == 0.05 && !st->monthly, "defaults");
    ok(st->effective.year == 2012 && strlen(st->sha256) == 64, "date and hash");
    is_str(area->departments, "教育,发改,自然资源和规划,财政", "departments");
}

static void check_quality(struct arena *arena)
{
    static const char *const IDS[] = {
        "above_qual_teachers_per_100",  "backbone_teachers_per_100",
        "pe_arts_teachers_per_100",     "teaching_area_per_pupil",
        "sports_area_per_pupil",        "equipment_value_per_pupil",
        "multimedia_classrooms_per_100"};
    static const char *const MIN[][2] = {
        {"4.2", "5.3"},  {"1", "1"},       {"0.9", "0.9"}, {"4.5", "5.8"},
        {"7.5", "10.2"}, {"2000", "2500"}, {"2.3", "2.4"}};
    static const char *const FLOOR[][2] = {
        {"3.57", "4.505"}, {"0.85", "0.85"}, {"0.765", "0.765"}, {"3.825", "4.93"},
        {"6.375", "8.67"}, {"1700", "2125"}, {"1.955", "2.04"}};
    const struct standard *st = find("quality-2017", arena);
    check_ids(st, IDS, 7);
    for (int i = 0; i < 7; i++) {
        struct decimal floor;
        const struct indicator *ind = &st->indicators[i];
        ok(ind->split == (i >= 3), "the last four are split: %d", i);
        for (int s = 0; s < STAGE_COUNT; s++) {
            ok(ind->has_min[s] && same(ind->min[s], MIN[i][s]), "%s at least %s", ind->id,
               MIN[i][s]);
            ok(decimal_mul(ind->min[s], st->floor, &floor) == 0 &&
                   same(floor, FLOOR[i][s]),
               "%s: floor %s, exactly", ind->id, FLOOR[i][s]);
        }
    }
    ok(st->has_school_rule && st->at_least == 6 && same(st->floor, "0.85"),
       "six of seven");
    ok(st->applies == CV_EACH && same(st->limit[STAGE_PRIMARY], "0.5") &&
           same(st->limit[STAGE_JUNIOR], "0.45"),
       "each at most 0.50 and 0.45");
    ok(!st->campus_merge && st->owners == 0, "all owners, campuses each");
    ok(st->n_exclude == 2 && st->exclude[1].pupils_below == 50,
       "teaching points below 50");
    is_str(st->exclude[1].rule, "pupils_below", "its rule");
    ok(st->effective.year == 2017 && st->effective.month == 4 && st->effective.day == 19,
       "effective 2017-04-19");
}

/* 教督厅 forms, notes to YZ3 and YZ5: who may count what, and until when. */
static void check_relaxations(struct arena *arena)
{
    const struct standard *st = find("quality-2017", arena);
    const struct relaxation *r = st->relaxations;
    if (!ok(st->n_relaxations >= 2, "R1 and R2"))
        return;
    is_str(r[0].id, "R1", "R1");
    is_str(st->indicators[r[0].indicator].id, "pe_arts_teachers_per_100",
           "… of arts teachers");
    ok(r[0].where->settings == 1u << SETTING_RURAL && !r[0].where->kinds,
       "… of rural schools and teaching points");
    ok(r[0].where->pupils_from == 50 && r[0].where->pupils_below == 100,
       "… of 50 to 99 pupils");
    ok(r[0].instead->n_terms == 2 &&
           r[0].instead->terms[0].field == FIELD_pe_arts_teachers_primary &&
           r[0].instead->terms[1].field == FIELD_visiting_pe_arts_teachers_primary &&
           r[0].instead->terms[1].sign == 1 && r[0].instead->terms[1].staged &&
           r[0].instead->per == 100 && !r[0].instead->split,
       "… with visiting ones");
    is_str(r[1].id, "R2", "R2");
    is_str(st->indicators[r[1].indicator].id, "sports_area_per_pupil",
           "… of sports areas");
    ok(r[1].where->dense_centre == 1 && r[1].where->boarding == -1,
       "… of the dense centre");
    ok(r[1].instead->n_terms == 4 &&
           r[1].instead->terms[3].field == FIELD_leased_sports_area &&
           r[1].instead->split,
       "… with what is leased, shared out");
    for (size_t i = 0; i < st->n_relaxations; i++)
        ok(r[i].until.year == 2027 && r[i].until.month == 9 && r[i].until.day == 12,
           "until 2027-09-12: %s", r[i].id);
}

#define GOOD_INDICATORS "indicators: [{id: x, numerator: books}]\n"
#define GOOD_RULE "cv_rule: {applies_to: each, primary: 0.5}\n"
#define GOOD "standard: s\n" GOOD_INDICATORS GOOD_RULE
#define IND(text) "standard: s\n" GOOD_RULE "indicators: [" text "]\n"

struct bad {
    const char *text, *want;
};

static const struct bad BAD[] = {
    {"", "f:1:1: \"standard\" is missing\nf:1:1: \"indicators\" is missing\n"
         "f:1:1: \"cv_rule\" is missing"},
    {"[1]", "f:1:1: expected a map, got a list"},
    {GOOD "titel: x\n", "f:4:1: unknown key \"titel\" (did you mean \"title\"?)"},
    {GOOD "extends: quality-2071\n",
     "f:4:10: extends: no standard \"quality-2071\" (did you mean \"quality-2017\"?)"},
    {"standard: A b\n" GOOD_INDICATORS GOOD_RULE,
     "f:1:11: standard: expected lower-case letters, digits, - _ . as its id, got \"A b\""},
    {GOOD "effective: 2017-02-30\n",
     "f:4:12: effective: expected a day that there is, such as 2017-04-19, got \"2017-02-30\""},
    {GOOD "coverage: 0\n", "f:4:11: coverage: expected a number above 0, got \"0\""},
    {GOOD "coverage: 1.01\n", "f:4:11: coverage: expected at most 1, got \"1.01\""},
    {GOOD "coverage: 95%\n",
     "f:4:11: coverage: expected a decimal number such as 0.65, got \"95%\""},
    {GOOD "vanished_max: -0.1\n",
     "f:4:15: vanished_max: expected a number of 0 or more, got \"-0.1\""},
    {GOOD "series: daily\n", "f:4:9: series: expected yearly or monthly, got \"daily\""},
    {GOOD "rounding: {cv: 7, compare: exact}\n",
     "f:4:16: rounding.cv: expected 0 to 6, got \"7\"\n"
     "f:4:28: rounding.compare: expected form or raw, got \"exact\""},
    {GOOD "population: {campus: join}\n",
     "f:4:22: population.campus: expected separate or merge, got \"join\""},
    {GOOD "population: {owners: [7, 11]}\n",
     "f:4:26: population.owners[1]: expected 1 to 10, got \"11\""},
    {GOOD "population: {owners: []}\n",
     "f:4:22: population.owners: an empty list: no school would count"},
    {GOOD "population: {exclude: [{kind: [special, teaching_piont]}]}\n",
     "f:4:41: population.exclude[0].kind[1]: unknown kind of school \"teaching_piont\" (did you "
     "mean \"teaching_point\"?)"},
    {GOOD "population: {exclude: [{pupils_below: 0}]}\n",
     "f:4:24: population.exclude[0]: needs a kind, or pupils_below above 0"},
    {GOOD "population: {exclude: special}\n",
     "f:4:23: population.exclude: expected a list, got text"},
    {"standard: s\nindicators: {}\n" GOOD_RULE,
     "f:2:13: indicators: expected a list, got a map"},
    {"standard: s\nindicators: []\n" GOOD_RULE,
     "f:2:13: indicators: expected 1 to 32, got 0"},
    {IND("{numerator: books}"), "f:3:14: indicators[0]: \"id\" is missing"},
    {IND("{id: x}"), "f:3:14: indicators[0]: \"numerator\" is missing"},
    {IND("{id: x, numerator: books}, {id: x, numerator: computers}"),
     "f:3:46: indicators[1].id: \"x\" is there twice"},
    {IND("{id: books, numerator: books}"),
     "f:3:19: indicators[0].id: \"books\" is the name of a data field"},
    {IND("{id: composite, numerator: books}"),
     "f:3:19: indicators[0].id: \"composite\" is the mean of all"},
    {IND("{id: X-1, numerator: books}"),
     "f:3:19: indicators[0].id: expected lower-case letters, digits and _, got \"X-1\""},
    {IND("{id: x, numerator: teaching_area - indor_sports_area}"),
     "f:3:49: indicators[0].numerator: unknown field \"indor_sports_area\" (did you mean "
     "\"indoor_sports_area\"?)"},
    {IND("{id: x, numerator: 'books + nothing'}"),
     "f:3:42: indicators[0].numerator: unknown field \"nothing\""},
    {IND("{id: x, numerator: teachers_primary}"),
     "f:3:33: indicators[0].numerator: \"teachers_primary\" is the column of one stage: write "
     "\"teachers\""},
    {IND("{id: x, numerator: books +}"),
     "f:3:40: indicators[0].numerator: expected a field here"},
    {IND("{id: x, numerator: books computers}"),
     "f:3:39: indicators[0].numerator: expected + or - here"},
    {IND("{id: x, numerator: books * 2}"),
     "f:3:39: indicators[0].numerator: expected + or - here"},
    {IND("{id: x, numerator: books - books}"),
     "f:3:41: indicators[0].numerator: the field is there twice"},
    {IND("{id: x, numerator: books, per: 0}"),
     "f:3:45: indicators[0].per: expected 1 to 10000, got \"0\""},
    {IND("{id: x, numerator: books, school_min: {primary: 0}}"),
     "f:3:62: indicators[0].school_min.primary: expected a number above 0, got \"0\""},
    {IND("{id: x, numerator: books, school_min: 3}"),
     "f:3:52: indicators[0].school_min: expected a map, got text"},
    {IND("{id: x, numerator: books, split: false}"),
     "warning: f:3:47: indicators[0].split: a combined school counts with all it has at each "
     "stage"},
    {IND("{id: x, numerator: teachers, split: true}"),
     "warning: f:3:50: indicators[0].split: nothing to split: its fields are given by stage"},
    {"standard: s\n" GOOD_INDICATORS "cv_rule: {applies_to: all, primary: 0.5}\n",
     "f:3:23: cv_rule.applies_to: expected each, composite or both, got \"all\""},
    {"standard: s\n" GOOD_INDICATORS "cv_rule: {applies_to: each}\n",
     "f:3:10: cv_rule: needs a limit for primary or junior"},
    {"standard: s\n" GOOD_INDICATORS "cv_rule: {applies_to: each, primary: 0}\n",
     "f:3:38: cv_rule.primary: expected a number above 0, got \"0\""},
    {GOOD "school_rule: {at_least: 2, floor: 0.85}\n",
     "f:4:25: school_rule.at_least: 2 of 1 indicators: no school could pass"},
    {GOOD "school_rule: {at_least: 1, floor: 85}\n",
     "f:4:35: school_rule.floor: expected at most 1, got \"85\""},
    {GOOD "school_rule: {at_least: 1, floor: 0.85}\n",
     "f:2:14: indicators[0].school_min: \"primary\" is missing: school_rule needs it"},
    {IND("{id: x, numerator: books, school_min: {primary: 1.12345678}}") "school_rule: {at_least: 1, floor: 0.85}\n",
     "f:3:14: indicators[0].school_min.primary: more than 9 decimals together with the floor"},
};

#define RELAX(text) GOOD "items: [{id: A}]\nrelaxations:\n  - {" text "}\n"
#define UNTIL "id: R, until: 2027-09-12, "
#define WHERE "where: {setting: rural}, "

static const struct bad BAD_RELAXATIONS[] = {
    {RELAX(UNTIL WHERE "indicator: x, numerator: books + computers"), ""},
    {RELAX(UNTIL WHERE "item: A, rule: {value: books, at_least: 3}"), ""},
    {GOOD "relaxations: {}\n", "f:4:14: relaxations: expected a list, got a map"},
    {RELAX("id: R, until: 2027-02-29, " WHERE "indicator: x, numerator: books"),
     "f:6:20: relaxations[0].until: expected a day that there is, such as 2027-09-12, got "
     "\"2027-02-29\""},
    {RELAX("id: R, " WHERE "indicator: x, numerator: books"),
     "f:6:5: relaxations[0]: \"until\" is missing"},
    {RELAX("until: 2027-09-12, id: 1, " WHERE "indicator: x, numerator: books"),
     "f:6:29: relaxations[0].id: expected a letter, then letters, digits, _ and -, got "
     "\"1\""},
    {RELAX(UNTIL "indicator: x, numerator: books"),
     "f:6:5: relaxations[0]: \"where\" is missing: a rule for every school is no "
     "relaxation"},
    {RELAX(UNTIL WHERE "numerator: books"),
     "f:6:5: relaxations[0]: needs an indicator or an item, and not both"},
    {RELAX(UNTIL WHERE "indicator: x, item: A"),
     "f:6:77: relaxations[0]: needs an indicator or an item, and not both"},
    {RELAX(UNTIL WHERE "indicator: y, numerator: books"),
     "f:6:68: relaxations[0].indicator: unknown indicator \"y\""},
    {RELAX(UNTIL WHERE "indicator: x"),
     "f:6:5: relaxations[0]: \"numerator\" is missing"},
    {RELAX(UNTIL WHERE "indicator: x, numerator: bookz"),
     "f:6:82: relaxations[0].numerator: unknown field \"bookz\" (did you mean "
     "\"books\"?)"},
    {RELAX(UNTIL WHERE "indicator: x, numerator: books, rule: evidence"),
     "f:6:95: relaxations[0].rule: belongs to an item"},
    {RELAX(UNTIL WHERE "item: B, rule: {value: books, at_least: 3}"),
     "f:6:63: relaxations[0].item: unknown item \"B\""},
    {RELAX(UNTIL WHERE "item: A"), "f:6:5: relaxations[0]: \"rule\" is missing"},
    {RELAX(UNTIL WHERE "item: A, rule: evidence"),
     "f:6:72: relaxations[0].rule: expected a map: it is asked of one school"},
    {RELAX(UNTIL WHERE "item: A, rule: {value: books, at_least: 3}, duty: {years: 3}"),
     "f:6:108: relaxations[0].duty: unknown key \"years\"\n"
     "f:6:107: relaxations[0].duty: \"years_after_certification\" is missing"},
    {RELAX(UNTIL WHERE
           "indicator: x, numerator: books") "  - {" UNTIL WHERE
                                             "indicator: x, numerator: books}\n",
     "f:7:10: relaxations[1].id: \"R\" is there twice"},
};

static void check_bad(const struct bad *bad, size_t i, struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct standard *st =
        standard_parse("f", bad->text, strlen(bad->text), arena, &errs);
    is_str(said(&errs, arena), bad->want, arena_fmt(arena, "bad standard %zu", i));
    ok(!st == !!errs.errors, "refused only for errors: %zu", i);
    errs_done(&errs);
}

static void check_minimal(struct arena *arena)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct standard *st = standard_parse("f", GOOD, strlen(GOOD), arena, &errs);
    is_str(said(&errs, arena), "", "what need not be written");
    if (!st)
        bail("no standard");
    is_str(st->title, "s", "the title is the id");
    is_str(st->indicators[0].title, "x", "so is an indicator's");
    ok(st->indicators[0].split && st->indicators[0].per == 1, "amounts are split");
    ok(st->has_stage[STAGE_PRIMARY] && !st->has_stage[STAGE_JUNIOR], "one stage");
    ok(!st->campus_merge && !st->owners && !st->n_exclude, "everybody counts");
    ok(st->effective.year == 0 && st->coverage == 1, "from the beginning, all data");
    errs_done(&errs);
}

/* What is printed reads back as the same standard. */
static void check_print(const char *id, struct arena *arena)
{
    struct errs errs;
    char *first = NULL, *second = NULL;
    errs_init(&errs, 50);
    is_int(standard_print(find(id, arena), &first), 0, "printed");
    const struct standard *st = standard_parse("p", first, strlen(first), arena, &errs);
    is_str(said(&errs, arena), "", "reads back");
    if (st && standard_print(st, &second) == 0)
        is_str(second, first, "as the same");
    free(first);
    free(second);
    errs_done(&errs);
}

/* An example of docs/standards.md, which people start from. */
static void check_example(const char *id, struct arena *arena)
{
    char *page = NULL, *example = NULL;
    size_t n = 0;
    struct jh_err err;
    struct errs errs;
    const char *src = getenv("abs_top_srcdir");
    const char *path = arena_fmt(arena, "%s/docs/standards.md", src ? src : ".");
    if (file_read(path, 1024 * 1024, &page, &n, &err) == 0)
        example = strstr(page, arena_fmt(arena, "    standard: %s ", id));
    if (!ok(example != NULL, "the example of docs/standards.md: %s", id))
        return;
    struct buf text;
    buf_init(&text, 64 * 1024);
    while (!strncmp(example, "    ", 4)) { /* an indented line is code */
        size_t len = strcspn(example, "\n");
        buf_add(&text, example + 4, len - 4);
        buf_char(&text, '\n');
        example += len + (example[len] == '\n');
    }
    errs_init(&errs, 50);
    const struct standard *st =
        standard_parse("example", buf_text(&text), text.len, arena, &errs);
    is_str(said(&errs, arena), "", "is a good standard");
    is_str(st ? st->id : NULL, id, "to its end");
    errs_done(&errs);
    buf_done(&text);
    free(page);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "we");
    if (!file)
        bail(path);
    fputs(text, file);
    fclose(file);
}

static void check_find(struct arena *arena)
{
    char dir[] = "/tmp/junheng-standards-XXXXXX", path[128], wrong[128];
    struct errs errs;
    errs_init(&errs, 50);
    if (!mkdtemp(dir))
        bail("no folder");
    snprintf(path, sizeof path, "%s/s.yaml", dir);
    snprintf(wrong, sizeof wrong, "%s/other.yaml", dir);
    write_file(path, GOOD);
    write_file(wrong, GOOD);
    ok(standard_find("s", dir, arena, &errs), "by id in a folder");
    ok(standard_find(path, NULL, arena, &errs), "by path");
    const char *const *ids = standard_list(dir, arena, &errs);
    ok(ids && !strcmp(ids[0], "other") && !strcmp(ids[1], "s") && !ids[2],
       "a folder's list");
    ids = standard_list(NULL, arena, &errs);
    ok(ids && !strcmp(ids[0], "basic-2012") && !strcmp(ids[1], "quality-2017") && !ids[2],
       "the embedded ones");
    is_str(said(&errs, arena), "", "without a word");
    ok(!standard_find("other", dir, arena, &errs), "a file of another name");
    ok(!standard_find("basic-2021", NULL, arena, &errs), "an id that is not there");
    ok(!standard_find("x", dir, arena, &errs), "nor in a folder");
    is_str(said(&errs, arena),
           arena_fmt(arena,
                     "%s: its id is \"s\": rename the file\n"
                     "no standard \"basic-2021\" (did you mean \"basic-2012\"?)\n"
                     "%s: no standard \"x\"; there are: other, s",
                     wrong, dir),
           "is told");
    setenv("JUNHENG_STANDARDS_DIR", dir, 1);
    ok(standard_find("s", NULL, arena, &errs), "by the environment");
    ok(standard_find("basic-2012", NULL, arena, &errs), "the embedded ones stay");
    unsetenv("JUNHENG_STANDARDS_DIR");
    unlink(path);
    unlink(wrong);
    rmdir(dir);
    errs_done(&errs);
}

int main(void)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    check_basic(arena);
    check_quality(arena);
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        check_bad(&BAD[i], i, arena);
    for (size_t i = 0; i < sizeof BAD_RELAXATIONS / sizeof *BAD_RELAXATIONS; i++)
        check_bad(&BAD_RELAXATIONS[i], 100 + i, arena);
    check_relaxations(arena);
    check_minimal(arena);
    check_print("basic-2012", arena);
    check_print("quality-2017", arena);
    check_example("our-county", arena);
    check_example("our-province", arena);
    check_find(arena);
    arena_free(arena);
    return done_testing();
}
