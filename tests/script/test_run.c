/* SPDX-License-Identifier: Apache-2.0 */
/* What scripts see and what comes back: units, figures, missing cells, populations, order. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/cv.h"
#include "script/rig.h"
#include "tap/tap.h"

static void answers(const struct rig *rig, const char *id, enum outcome outcome,
                    double value, const char *text)
{
    const struct script_verdict *v = rig_verdict(rig, id, 0);
    char name[100];
    snprintf(name, sizeof name, "%s: outcome", id);
    if (!is_str(outcome_id(v->outcome), outcome_id(outcome), name))
        printf("# %s\n", v->text);
    snprintf(name, sizeof name, "%s: value", id);
    if (!isnan(value))
        is_dbl(v->value, value, 1e-12 * fabs(value), name);
    snprintf(name, sizeof name, "%s: text", id);
    if (text)
        is_str(v->text, text, name);
}

/* The published example of docs/standards.md 8: books of five primary schools. */
static void test_figures(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    struct make *m = rig_county(&rig, 0);
    static const double pupils[] = {45, 37, 89, 76, 55},
                        books[] = {279, 137, 935, 160, 402};
    for (size_t i = 0; i < 5; i++) {
        make_school(m, KIND_PRIMARY, pupils[i], NAN, NAN);
        make_set(m, i, FIELD_books, books[i]);
    }
    m->schools[0].name = "光明小学";
    double ones[] = {1, 1, 1, 1, 1};
    rig_script(&rig, "a_cv", "",
               "return jh.verdict(true, d:cv('books', { per = 'pupils' }))");
    rig_script(&rig, "a_cv_plain", "", "return jh.verdict(true, d:cv('books'))");
    rig_script(&rig, "a_sum", "", "return jh.verdict(true, d:sum('books'))");
    rig_script(&rig, "a_mean", "", "return jh.verdict(true, d:mean('books'))");
    rig_script(&rig, "a_mean_per", "",
               "return jh.verdict(true, d:mean('books', { per = 'pupils' }))");
    rig_script(&rig, "a_median", "", "return jh.verdict(true, d:median('books'))");
    rig_script(&rig, "a_quantile", "",
               "return jh.verdict(true, d:quantile('books', 0.9))");
    rig_script(&rig, "a_min", "",
               "local v, i = d:min('books', {per='pupils'})\n"
               "return jh.verdict(true, v, '%s', d:school(i).code)");
    rig_script(&rig, "a_max", "",
               "local v, i = d:max('books')\n return jh.fail(v, 'school %d', i)");
    rig_script(
        &rig, "a_columns", "",
        "local s = 0\n for i, b in ipairs(d.books) do s = s + b * d:value(i, 'pupils')"
        " end\n assert(d.books == d:column('books'))\n return jh.pass(s)");
    rig_script(
        &rig, "a_names", "",
        "local code = d:county()\n return jh.verdict(false, d:count(), '%s %s %s %s %s',"
        "d:stage(), d:round(), code, d:school(1).name, tostring(d:previous()))");
    rig_script(&rig, "a_params", "params = { limit = 0.5, word = 'x' },",
               "p.limit = p.limit + 1\n return jh.verdict(true, p.limit, p.word)");
    rig_run(&rig);
    is_int((long long)rig.n_verdicts, 12,
           "one verdict a script for the county's only stage");
    answers(&rig, "a_cv", OUTCOME_PASS, cv_weighted(books, pupils, 5, 1).cv, "");
    is_dbl(rig_verdict(&rig, "a_cv", 0)->value, 0.515256630, 1e-9, "the published cv");
    answers(&rig, "a_cv_plain", OUTCOME_PASS, cv_weighted(books, ones, 5, 1).cv, "");
    answers(&rig, "a_sum", OUTCOME_PASS, 1913, "");
    answers(&rig, "a_mean", OUTCOME_PASS, 382.6, "");
    answers(&rig, "a_mean_per", OUTCOME_PASS, 1913.0 / 302, "");
    answers(&rig, "a_median", OUTCOME_PASS, 279, "");
    answers(&rig, "a_quantile", OUTCOME_PASS, 721.8, "");
    answers(&rig, "a_min", OUTCOME_PASS, 160.0 / 76, "2134000004");
    answers(&rig, "a_max", OUTCOME_FAIL, 935, "school 3");
    answers(&rig, "a_columns", OUTCOME_PASS, 135109, "");
    answers(&rig, "a_names", OUTCOME_FAIL, 5, "primary 2025 340101 光明小学 nil");
    answers(&rig, "a_params", OUTCOME_PASS, 1.5, "x");
    rig_done(&rig);
}

static void test_missing(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    struct make *m = rig_county(&rig, 3);
    make_missing(m, 1, FIELD_books, MISSING_EMPTY);
    make_set(m, 0, FIELD_computers, 0);
    make_set(m, 1, FIELD_computers, 0);
    make_set(m, 2, FIELD_computers, 0);
    rig_script(&rig, "m_cv", "", "return jh.verdict(d:cv('books') <= 1, 1)");
    rig_script(&rig, "m_caught", "",
               "pcall(d.cv, d, 'books')\n xpcall(d.sum, print, d, 'books')\n"
               "return jh.pass(1)");
    rig_script(
        &rig, "m_hidden", "",
        "pcall(function() local x <close> = setmetatable({}, { __close = function() "
        "error('other') end })\n d:sum('books') end)\n return jh.pass(1)");
    rig_script(&rig, "m_value", "",
               "assert(d:value(2, 'books') == nil and d.books[2] == nil)\n"
               "assert(d:value(1, 'art_rooms') == nil and d.art_rooms == nil)\n"
               "assert(d:item('ZF1') == nil)\n return jh.pass()");
    rig_script(&rig, "m_absent", "", "return jh.pass(d:sum('art_rooms'))");
    rig_script(&rig, "m_needs", "needs = { 'pupils', 'classes' },", "error('called')");
    rig_script(&rig, "m_header", "needs = { '教研员数' },", "error('called')");
    rig_script(&rig, "m_zero", "",
               "return jh.pass(d:cv('computers', { per = 'pupils' }))");
    rig_script(&rig, "m_per_zero", "",
               "return jh.pass(d:mean('pupils', { per = 'computers' }))");
    rig_script(&rig, "m_typo", "", "return jh.pass(d:sum('boks'))");
    rig_script(&rig, "m_words", "", "return jh.unknown('不足%d所学校', 5)");
    rig_run(&rig);
    answers(&rig, "m_cv", OUTCOME_UNKNOWN, NAN,
            "books is missing at 1 of 3 schools: 2134000002");
    answers(&rig, "m_caught", OUTCOME_UNKNOWN, NAN,
            "books is missing at 1 of 3 schools: 2134000002");
    answers(&rig, "m_hidden", OUTCOME_UNKNOWN, NAN, NULL);
    answers(&rig, "m_value", OUTCOME_PASS, NAN, "");
    answers(&rig, "m_absent", OUTCOME_UNKNOWN, NAN, "the data have no column art_rooms");
    answers(&rig, "m_needs", OUTCOME_UNKNOWN, NAN, "the data have no column classes");
    answers(&rig, "m_header", OUTCOME_UNKNOWN, NAN, "the data have no column 教研员数");
    answers(&rig, "m_zero", OUTCOME_UNKNOWN, NAN,
            "cv of computers is not defined: the mean is 0");
    answers(&rig, "m_per_zero", OUTCOME_UNKNOWN, NAN, NULL);
    answers(&rig, "m_typo", OUTCOME_BROKEN, NAN, NULL);
    answers(&rig, "m_words", OUTCOME_UNKNOWN, NAN, "不足5所学校");
    rig_done(&rig);
}

/* A pass needs all of the county; a fail stands. */
static void test_incomplete(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 2)->data.rows_dropped = 1;
    rig_county(&rig, 2)->data.parts_complete = false;
    make_missing(rig_county(&rig, 2), 1, FIELD_pupils_primary, MISSING_BAD);
    rig_county(&rig, 2);
    rig_script(&rig, "passes", "", "return jh.pass(1, 'fine')");
    rig_script(&rig, "fails", "", "return jh.fail(1)");
    rig_run(&rig);
    for (size_t c = 0; c < 3; c++)
        is_str(outcome_id(rig_verdict(&rig, "passes", c)->outcome), "unknown",
               "no pass of an incomplete county");
    is_str(rig_verdict(&rig, "passes", 0)->text,
           "fine (incomplete: rows of this county were dropped)", "and it says why");
    is_str(outcome_id(rig_verdict(&rig, "passes", 3)->outcome), "pass",
           "a complete one passes");
    is_str(outcome_id(rig_verdict(&rig, "fails", 0)->outcome), "fail", "a fail stands");
    rig_done(&rig);
}

/* Splitting, populations, merged campuses, one verdict a school. */
static void test_units(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    struct make *m = rig_county(&rig, 0);
    make_school(m, KIND_PRIMARY, 100, NAN, NAN);
    make_school(m, KIND_PRIMARY, 300, NAN, NAN);
    make_school(m, KIND_NINE_YEAR, 100, 100, NAN);
    make_school(m, KIND_TEACHING_POINT, 20, NAN, NAN);
    m->schools[1].code = m->schools[0].code;
    m->schools[1].campus = "b";
    for (size_t i = 0; i < 4; i++) {
        make_set(m, i, FIELD_books, 210);
        make_set(m, i, FIELD_teachers_primary, 10);
        make_set(m, i, FIELD_largest_class_primary, 40 + (double)i);
        make_set(m, i, FIELD_music_room_min_area, 60);
    }
    struct standard merged = m->standard;
    merged.id = "basic";
    merged.campus_merge = true;
    merged.n_exclude = 1;
    merged.exclude[0] =
        (struct exclude){.kinds = 1u << KIND_TEACHING_POINT, .rule = "kind"};
    const struct standard *standards[] = {&merged};
    rig_script(&rig, "all", "",
               "return jh.pass(d:count(), '%g %g', d:value(3, 'books'),"
               " d:value(3, 'teachers'))");
    rig_script(
        &rig, "chosen", "population = 'basic',",
        "return jh.pass(d:count(), '%g %g %g %g', d:value(1, 'books'), d:value(1, "
        "'pupils'), d:value(1, 'largest_class'), d:value(2, 'music_room_min_area'))");
    rig_script(&rig, "each", "scope = 'school',",
               "return jh.verdict(d:value(i, 'pupils') >= 50, i, d:school(i).kind)");
    if (!rig_load(&rig, NULL, 0, standards, 1))
        bail("the scripts do not load");
    rig_run(&rig);
    answers(&rig, "all", OUTCOME_PASS, 4, "100 10");
    answers(&rig, "chosen", OUTCOME_PASS, 2, "420 400 41 60");
    const struct script_verdict *each = rig_verdict(&rig, "each", 0);
    is_int((long long)(rig.verdicts + rig.n_verdicts - each), 4,
           "a verdict for each school");
    is_str(outcome_id(each[3].outcome), "fail", "the teaching point fails");
    is_int(each[2].school, 2, "verdicts name the school");
    is_str(each[2].text, "nine_year", "in its words");
    is_int((long long)rig_verdict(&rig, "all", 0)->school, UINT32_MAX,
           "a verdict of the county names none");
    rig_done(&rig);
}

static void test_previous(void)
{
    struct rig rig;
    rig_init(&rig, NULL);
    rig_county(&rig, 3);
    struct make *before = rig_county(&rig, 2);
    rig.n = 1; /* the second is the round before, not a county */
    before->data.round = (struct round){2024, 0};
    rig.list[0].previous = &before->data;
    rig_script(
        &rig, "growth", "",
        "local b = d:previous()\n assert(b == d:previous() and b:previous() == nil)\n"
        "return jh.pass(d:sum('pupils') - b:sum('pupils'), b:round())");
    rig_run(&rig);
    answers(&rig, "growth", OUTCOME_PASS, 300, "2024");
    make_done(before);
    rig_done(&rig);
}

static void test_order(void)
{
    struct rig rig;
    struct arena *arena = arena_new(1 << 20);
    struct jh_err err;
    rig_init(&rig, NULL);
    for (size_t i = 0; i < 4; i++)
        rig_county(&rig, i); /* the first has no schools: no verdict */
    rig_script(&rig, "b", "", "return jh.pass(d:count())");
    rig_script(&rig, "a", "", "return jh.pass(d:count())");
    rig_run(&rig);
    is_int((long long)rig.n_verdicts, 6, "a county without pupils has no verdict");
    is_str(rig.verdicts[0].indicator, "a", "ordered by file");
    is_str(rig.verdicts[0].county, rig.codes[1], "then by county");
    is_str(rig.verdicts[5].indicator, "b", "the last is of the last script");
    is_dbl(rig.verdicts[5].value, 3, 0, "over the last county");
    rig.n = 0;
    rig_run(&rig);
    is_int((long long)rig.n_verdicts, 0, "no counties, no verdicts");
    ok(script_run(rig.host, rig.set, rig.list, 0, arena, &rig.verdicts, &rig.n_verdicts,
                  &err) == 0,
       "also in a small arena");
    arena_free(arena);
    rig.n = 4;
    rig_done(&rig);
}

int main(void)
{
    test_figures();
    test_missing();
    test_incomplete();
    test_units();
    test_previous();
    test_order();
    return done_testing();
}
