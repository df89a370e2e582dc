/* SPDX-License-Identifier: Apache-2.0 */
/* A province's overlay judges its counties: what it does not say must come from the parent,
 * what it says must count, and where it is laxer somebody must be told. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/said.h"
#include "conf/standard.h"

/* Files in a folder of their own. */
struct folder {
    char dir[64];
    struct arena *arena;
    const char *files[16];
    size_t n;
};

static void folder_init(struct folder *f, struct arena *arena)
{
    *f = (struct folder){.dir = "/tmp/junheng-overlay-XXXXXX", .arena = arena};
    if (!mkdtemp(f->dir))
        bail("no folder");
}

static const char *folder_path(struct folder *f, const char *name)
{
    return arena_fmt(f->arena, "%s/%s", f->dir, name);
}

static void folder_put(struct folder *f, const char *name, const char *text)
{
    const char *path = folder_path(f, name);
    FILE *file = fopen(path, "we");
    if (!file || f->n == sizeof f->files / sizeof *f->files)
        bail(path);
    fputs(text, file);
    fclose(file);
    f->files[f->n++] = path;
}

static void folder_done(struct folder *f)
{
    for (size_t i = 0; i < f->n; i++)
        unlink(f->files[i]);
    rmdir(f->dir);
}

/* What was said, the folder called DIR. */
static const char *plain(const struct folder *f, const struct errs *errs)
{
    char *text = arena_str(f->arena, said(errs, f->arena));
    const char *mark = arena_fmt(f->arena, "%s/", f->dir);
    size_t len = strlen(mark);
    for (char *p; (p = strstr(text, mark));)
        memmove(p, p + len, strlen(p + len) + 1);
    char *p = strstr(text, f->dir);
    if (p)
        return arena_fmt(f->arena, "%.*sDIR%s", (int)(p - text), text, p + len - 1);
    return text;
}

static const struct standard *find(struct folder *f, const char *id, const char *want,
                                   const char *name)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct standard *st = standard_find(id, f->dir, f->arena, &errs);
    is_str(plain(f, &errs), want, name);
    ok(!st == !!errs.errors, "… and refused only for errors");
    errs_done(&errs);
    return st;
}

#define BASE                                                                              \
    "standard: base\ntitle: Base\neffective: 2017-04-19\n"                                \
    "population: {exclude: [{kind: special}], owners: [7, 8]}\n"                          \
    "indicators:\n"                                                                       \
    "  - {id: area, numerator: teaching_area, unit: m2, school_min: {primary: 4.5}}\n"    \
    "  - {id: shelf, numerator: books - computers, school_min: {primary: 20}}\n"          \
    "school_rule: {at_least: 2, floor: 0.85}\n"                                           \
    "cv_rule: {applies_to: each, primary: 0.5, clause: words}\n"                          \
    "items: [{id: A}, {id: B, rule: {at_least: 3}}, {id: V}, {id: P}]\n"                  \
    "veto: [V]\nprecondition: [P]\nmonitor: [stages, items]\n"                            \
    "score: {items: [P], pass: 85}\n"                                                     \
    "relaxations: [{id: R, until: 2027-09-12, where: {setting: rural}, indicator: area, " \
    "numerator: teaching_area}]\n"

static void merged(struct arena *arena)
{
    struct folder f;
    folder_init(&f, arena);
    folder_put(
        &f, "base.yaml",
        "standard: base\ntitle: Base\neffective: 2017-04-19\n"
        "population: {exclude: [{kind: special}], owners: [7, 8]}\n"
        "indicators:\n"
        "  - {id: area, numerator: teaching_area, unit: m2}\n"
        "  - {id: shelf, numerator: books}\n"
        "  - {id: desks, numerator: computers}\n"
        "cv_rule: {applies_to: each, primary: 0.5, junior: 0.45, clause: words}\n");
    folder_put(&f, "mine.yaml",
               "standard: mine\nextends: base\ntitle: Mine\n"
               "population: {owners: [7, 8, 10]}\n"
               "indicators:\n"
               "  - {id: teachers_each, numerator: teachers}\n"
               "  - {id: area, title: Area, school_min: {primary: 5}}\n"
               "cv_rule: {primary: 0.4}\n");
    const struct standard *st = find(&f, "mine", "", "a stricter one, without a word");
    if (!st)
        bail("no standard");
    is_str(st->id, "mine", "its own id");
    is_str(st->title, "Mine", "its own title");
    is_str(st->file, folder_path(&f, "mine.yaml"), "its own file");
    ok(st->effective.year == 2017 && st->effective.month == 4, "the parent's date");
    is_int(st->owners, 1 << 7 | 1 << 8 | 1 << 10, "a plain list is replaced");
    ok(st->n_exclude == 1 && st->exclude[0].kinds == 1u << KIND_SPECIAL,
       "beside what stays");
    is_int((long long)st->n_indicators, 4, "four indicators");
    is_str(st->indicators[0].id, "area", "the parent's order");
    is_str(st->indicators[0].title, "Area", "a key changed");
    is_str(st->indicators[0].unit, "m2", "another kept");
    ok(st->indicators[0].has_min[STAGE_PRIMARY], "a map added");
    is_str(st->indicators[3].id, "teachers_each", "the new one comes last");
    ok(st->limit[STAGE_PRIMARY].n == 4 && st->limit[STAGE_JUNIOR].n == 45, "limits");
    is_str(st->cv_clause, "words", "words stay");
    char *text = NULL, *again = NULL;
    is_int(standard_print(st, &text), 0, "shown merged");
    ok(text && !strstr(text, "extends"), "… as a standard by itself");
    struct errs errs;
    errs_init(&errs, 10);
    st = standard_parse("p", text, strlen(text), arena, &errs);
    if (ok(st && standard_print(st, &again) == 0, "… that can be read"))
        is_str(again, text, "… as the same");
    free(text);
    free(again);
    errs_done(&errs);
    folder_done(&f);
}

/* Found by a path too, and through another overlay. */
static void chain(struct arena *arena)
{
    struct folder f;
    folder_init(&f, arena);
    folder_put(&f, "city.yaml",
               "standard: city\nextends: prov.yaml\ncv_rule: {primary: 0.40}\n");
    folder_put(&f, "prov.yaml",
               "standard: prov\nextends: quality-2017\ncv_rule: {primary: 0.45}\n");
    struct errs errs;
    errs_init(&errs, 10);
    const char *path = folder_path(&f, "city.yaml");
    const struct standard *st = standard_find(path, NULL, arena, &errs);
    is_str(plain(&f, &errs), "", "an embedded standard, a province, a city");
    if (!st)
        bail("no standard");
    ok(st->limit[STAGE_PRIMARY].n == 40 && st->n_indicators == 7, "the city's limit");
    const char *first = arena_str(arena, st->sha256);
    f.n--;
    folder_put(&f, "prov.yaml", "standard: prov\nextends: quality-2017\n");
    st = standard_find(path, NULL, arena, &errs);
    ok(st && st->limit[STAGE_PRIMARY].n == 40,
       "a parent changes what the city overrules");
    ok(st && strcmp(st->sha256, first) != 0, "… and the hash tells it all the same");
    f.n--;
    folder_put(&f, "prov.yaml",
               "standard: prov\nextends: quality-2017\ncv_rule: {primary: 0.45}\n");
    st = standard_find(path, NULL, arena, &errs);
    is_str(st ? st->sha256 : NULL, first, "the same bytes, the same hash");
    errs_done(&errs);
    folder_done(&f);
}

static void refused(struct arena *arena)
{
    static const struct {
        const char *text, *want;
    } BAD[] = {
        {"standard: x\nextends: bsae\n",
         "x.yaml:2:10: extends: DIR: no standard \"bsae\" (did you mean \"base\"?)"},
        {"standard: x\nextends: nowhere\n",
         "x.yaml:2:10: extends: DIR: no standard \"nowhere\"; there are: base, loop, loose, x"},
        {"standard: x\nextends: ../none.yaml\n",
         "x.yaml:2:10: extends: ../none.yaml: No such file or directory"},
        {"standard: x\nextends: [base]\n",
         "x.yaml:2:10: extends: expected the id or the file of one standard, got a list"},
        {"standard: x\nextends:\n",
         "x.yaml:2:9: extends: expected the id or the file of one standard, got nothing"},
        {"standard: x\nextends: x\n", "x.yaml:2:10: extends: a cycle: x -> x"},
        {"standard: x\nextends: loop\n",
         "loop.yaml:2:10: extends: a cycle: x -> loop -> x"},
        {"extends: base\n",
         "x.yaml:1:1: \"standard\" is missing: an overlay has an id of its own"},
        {"standard: x\nextends: base\nindicators:\n  - {id: area, unit: a}\n"
         "  - {id: area, unit: b}\n",
         "x.yaml:5:10: indicators[1].id: \"area\" is there twice: first on line 4"},
        {"standard: x\nextends: base\nindicators:\n  - {unit: a}\n",
         "x.yaml:4:5: indicators[0]: expected a map with the id of an entry of base, or a new "
         "one"},
        {"standard: x\nextends: base\nindicators:\n  - {id: shlf, remove: true}\n",
         "x.yaml:4:24: remove: \"shlf\" is not in base (did you mean \"shelf\"?)"},
        {"standard: x\nextends: base\nindicators:\n  - {id: area, remove: yes}\n",
         "x.yaml:4:24: remove: expected true, or no such key"},
        {"standard: x\nextends: base\nindicators:\n  - {id: area, remove: true, unit: a}\n",
         "x.yaml:4:24: remove: what is removed has its id and no other key"},
        {"standard: x\nextends: base\nrelaxations:\n  - {id: R9, remove: true}\n",
         "x.yaml:4:22: remove: \"R9\" is not in base"},
        {"standard: x\nextends: loose\nrelaxations:\n  - {id: R9, remove: true}\n",
         "x.yaml:4:22: remove: there is no such list in loose"},
        {"standard: x\nindicators:\n  - {id: area, remove: true}\n",
         "x.yaml:3:24: remove: this standard extends no other: delete the entry itself"},
        {"standard: x\nextends: base\nindicators:\n"
         "  - {id: area, numerator: teaching_aera}\n",
         "x.yaml:4:27: indicators[0].numerator: unknown field \"teaching_aera\" (did you "
         "mean \"teaching_area\"?)"},
        {"standard: x\nextends: base\nschool_rule: {floor: 1.1}\n",
         "x.yaml:3:22: school_rule.floor: expected at most 1, got \"1.1\""},
        {"standard: x\nextends: base\neffective: 2017-02-30\n",
         "x.yaml:3:12: effective: expected a day that there is, such as 2017-04-19, got \"2017-02-30\""},
        {"standard: x\nextends: base\nindicators: []\n",
         "x.yaml:3:13: indicators: expected 1 to 32, got 0"
         "\nbase.yaml:15:78: relaxations[0].indicator: unknown indicator \"area\""},
        {"standard: x\nextends: base\nindicators:\n  - {id: new, numerator: computers}\n",
         "x.yaml:4:5: indicators[2].school_min: \"primary\" is missing: school_rule needs it"},
        {"standard: x\nextends: base\nextend: base\n",
         "x.yaml:3:1: unknown key \"extend\" (did you mean \"extends\"?)"},
    };
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct folder f;
        folder_init(&f, arena);
        folder_put(&f, "base.yaml", BASE);
        folder_put(&f, "loose.yaml",
                   "standard: loose\nindicators: [{id: shelf, numerator: books}]\n"
                   "cv_rule: {applies_to: each, primary: 0.5}\n");
        folder_put(&f, "loop.yaml", "standard: loop\nextends: x\n");
        folder_put(&f, "x.yaml", BAD[i].text);
        find(&f, "x", BAD[i].want, arena_fmt(arena, "bad overlay %zu", i));
        folder_done(&f);
    }
}

/* A parent's mistake is told at the parent's place, once. */
static void parents(struct arena *arena)
{
    struct folder f;
    folder_init(&f, arena);
    folder_put(&f, "base.yaml",
               "standard: base\nindicators: [{id: x, numerator: bokos}]\n"
               "cv_rule: {applies_to: each, primary: 0.5}\n");
    folder_put(&f, "x.yaml", "standard: x\nextends: base\n");
    find(&f, "x",
         "base.yaml:2:33: indicators[0].numerator: unknown field \"bokos\" (did you mean "
         "\"books\"?)",
         "a parent's mistake");
    f.n--;
    folder_put(&f, "x.yaml", "standard: base\nextends: base.yaml\n");
    folder_put(&f, "base.yaml", BASE);
    struct errs errs;
    errs_init(&errs, 10);
    ok(!standard_find(folder_path(&f, "x.yaml"), f.dir, arena, &errs), "the parent's id");
    is_str(
        plain(&f, &errs),
        "x.yaml:1:11: standard: \"base\" is the one it extends: give it an id of its own",
        "is not the overlay's");
    errs_done(&errs);
    for (int i = 0; i < 9; i++)
        folder_put(&f, arena_fmt(arena, "s%d.yaml", i),
                   arena_fmt(arena, "standard: s%d\nextends: s%d\n", i, i + 1));
    find(&f, "s0", "s7.yaml:2:10: extends: more than 8 standards deep", "too deep");
    folder_done(&f);
}

/* One line of an overlay, and what is told of it. */
static const struct {
    const char *line, *want;
} LAXER[] = {
    {"cv_rule: {primary: 0.51}",
     "3:20: cv_rule.primary: 0.51, and 0.5 in base: laxer than what it extends"},
    {"cv_rule: {primary: 0.50}", ""},
    {"cv_rule: {applies_to: composite}",
     "3:23: cv_rule.applies_to: composite, and each in base: laxer than what it extends"},
    {"cv_rule: {applies_to: both}", ""},
    {"school_rule: {at_least: 1}",
     "3:25: school_rule.at_least: 1, and 2 in base: laxer than what it extends"},
    {"indicators: [{id: new, numerator: computers, school_min: {primary: 1}}]",
     "3:13: school_rule.at_least: 2 of 3, and 2 of 2 in base: laxer than what it extends"},
    {"indicators: [{id: new, numerator: computers, school_min: {primary: 1}}]\n"
     "school_rule: {at_least: 3}",
     ""},
    {"school_rule: {floor: 0.8}",
     "3:22: school_rule.floor: 0.8, and 0.85 in base: laxer than what it extends"},
    {"coverage: 0.95", "3:11: coverage: 0.95, and 1 in base: laxer than what it extends"},
    {"vanished_max: 0.1",
     "3:15: vanished_max: 0.1, and 0.05 in base: laxer than what it extends"},
    {"effective: 2020-01-01",
     "3:12: effective: 2020-01-01, and 2017-04-19 in base: laxer than what it extends"},
    {"rounding: {cv: 2}",
     "3:16: rounding.cv: 2, and 3 in base: laxer than what it extends"},
    {"rounding: {value: 1}",
     "3:19: rounding.value: 1, and 2 in base: laxer than what it extends"},
    {"rounding: {cv: 2, compare: raw}", ""},
    {"population: {campus: merge}",
     "3:22: population.campus: merge, and separate in base: laxer than what it extends"},
    {"population: {owners: [7]}",
     "3:22: population.owners: leaves out owners that base counts: laxer than what it "
     "extends"},
    {"population: {owners: [7, 8, 10]}", ""},
    {"population: {exclude: [{kind: [special, other]}]}",
     "3:23: population.exclude: leaves out other schools that base counts: laxer than what "
     "it extends"},
    {"population: {exclude: [{kind: special, pupils_below: 9}]}", ""},
    {"indicators: [{id: area, school_min: {primary: 4.4}}]",
     "3:47: area.school_min.primary: 4.4, and 4.5 in base: laxer than what it extends"},
    {"indicators: [{id: area, numerator: teaching_area + leased_sports_area}]",
     "3:36: area.numerator is not that of base: its limits mean something else"},
    {"indicators: [{id: shelf, numerator: books + computers}]",
     "3:37: shelf.numerator is not that of base: its limits mean something else"},
    {"indicators: [{id: area, per: 100}]",
     "3:30: area.per is not that of base: its limits mean something else"},
    {"indicators: [{id: area, school_min: {primary: 4.6}}]", ""},
    {"items: [{id: A, remove: true}]",
     "3:9: items: without A of base: laxer than what it extends"},
    {"items: [{id: A, title: a}]", ""},
    {"items: [{id: B, rule: {at_least: 2}}]",
     "3:23: B.rule is not that of base: look whether it lets more pass"},
    {"items: [{id: C}]", ""},
    {"veto: [A]", "3:7: veto: without V of base: laxer than what it extends"},
    {"precondition: [A, P]", ""},
    {"precondition: [A]",
     "3:15: precondition: without P of base: laxer than what it extends"},
    {"score: {items: [A, P]}",
     "3:16: score.items: A counts by its points, and by itself in base: laxer than what it "
     "extends"},
    {"score: {pass: 80}",
     "3:15: score.pass: 80, and 85 in base: laxer than what it extends"},
    {"score: {pass: 90}", ""},
    {"monitor: [items]", "3:10: monitor: less than in base: laxer than what it extends"},
    {"relaxations: [{id: R, remove: true}]", ""},
    {"relaxations: [{id: R, until: 2026-01-01}]", ""},
    {"relaxations: [{id: R, until: 2028-01-01}]",
     "3:30: R.until: 2028-01-01, and 2027-09-12 in base: laxer than what it extends"},
    {"relaxations: [{id: R, where: {pupils_below: 100}}]",
     "3:30: R.where is not that of base: look whether it lets more pass"},
    {"relaxations: [{id: S, until: 2026-01-01, where: {dense_centre: true}, indicator: "
     "area, numerator: teaching_area}]",
     "3:15: relaxations: S is not in base: laxer than what it extends"},
};

static void laxer(struct arena *arena)
{
    struct folder f;
    for (size_t i = 0; i < sizeof LAXER / sizeof *LAXER; i++) {
        folder_init(&f, arena);
        folder_put(&f, "base.yaml", BASE);
        folder_put(&f, "x.yaml",
                   arena_fmt(arena, "standard: x\nextends: base\n%s\n", LAXER[i].line));
        const char *want =
            *LAXER[i].want ? arena_fmt(arena, "warning: x.yaml:%s", LAXER[i].want) : "";
        find(&f, "x", want, LAXER[i].line);
        folder_done(&f);
    }
    folder_init(&f, arena);
    folder_put(&f, "base.yaml", BASE);
    folder_put(&f, "mid.yaml", "standard: mid\nextends: base\ncoverage: 0.9\n");
    folder_put(&f, "x.yaml",
               "standard: x\nextends: mid\nschool_rule: {at_least: 1}\n"
               "indicators:\n  - {id: shelf, remove: true}\n");
    find(
        &f, "x",
        "warning: mid.yaml:3:11: coverage: 0.9, and 1 in base: laxer than what it extends\n"
        "warning: x.yaml:5:5: indicators: without shelf of mid: laxer than what it extends\n"
        "warning: x.yaml:3:25: school_rule.at_least: 1, and 2 in mid: laxer than what it "
        "extends",
        "every overlay of a chain");
    folder_done(&f);
}

int main(void)
{
    struct arena *arena = arena_new(64 * 1024 * 1024);
    merged(arena);
    chain(arena);
    refused(arena);
    parents(arena);
    laxer(arena);
    arena_free(arena);
    return done_testing();
}
