/* SPDX-License-Identifier: Apache-2.0 */
/* What a standard asks of a county is data that people write: a rule read otherwise than it
 * was meant would pass counties that do not meet it. */
#include "tap/tap.h"

#include <stdlib.h>
#include <string.h>

#include "conf/said.h"
#include "conf/standard.h"

#define HEAD                                                                             \
    "standard: s\nindicators: [{id: x, numerator: books}]\n"                             \
    "cv_rule: {applies_to: each, primary: 0.5}\n"
#define RULE(text) HEAD "items: [{id: A1, inputs: [paid, asked], rule: " text "}]\n"
#define TWO HEAD "items: [{id: A1}, {id: A2}]\n"

static const struct standard *parse(const char *text, struct arena *arena,
                                    const char **ret_said)
{
    struct errs errs;
    errs_init(&errs, 50);
    const struct standard *st = standard_parse("f", text, strlen(text), arena, &errs);
    *ret_said = said(&errs, arena);
    errs_done(&errs);
    return st;
}

static const struct standard *good(const char *text, struct arena *arena)
{
    const char *words;
    const struct standard *st = parse(text, arena, &words);
    is_str(words, "", "read");
    if (!st)
        bail("no standard");
    return st;
}

/* ---- what is read ---------------------------------------------------------------------- */

static void items(struct arena *arena)
{
    const struct standard *st = good(
        HEAD "items:\n"
             "  - {id: A1, title: one, level: school, clause: all, departments: [x, y]}\n"
             "  - {id: V1}\n"
             "  - {id: B2, inputs: [paid, asked], rule: {value: paid * 100 / asked, "
             "at_least: 10.5, digits: 1, unit: '%'}}\n"
             "veto: [V1]\nprecondition: [A1]\nmonitor: [stages, items]\n",
        arena);
    is_int((long long)st->n_items, 3, "three items");
    const struct item *a = &st->items[0], *v = &st->items[1], *b = &st->items[2];
    ok(a->level == ITEM_OF_SCHOOL && v->level == ITEM_OF_COUNTY, "levels");
    is_str(a->departments, "x,y", "departments");
    is_str(v->title, "V1", "the title is the id");
    ok(a->rule->form == RULE_EVIDENCE, "no rule: evidence");
    ok(v->veto && !a->veto && a->precondition && !b->precondition, "roles");
    is_int(st->monitor, MONITOR_STAGES | MONITOR_ITEMS, "what a slip judges");
    ok(b->rule->form == RULE_COMPARE && b->rule->compare == RULE_AT_LEAST, "comparison");
    ok(b->rule->limit.n == 105 && b->rule->limit.scale == 1 && b->rule->digits == 1,
       "an exact limit");
    is_int((long long)b->rule->value.n, 5, "paid 100 * asked /");
    static const enum expr_code CODES[] = {EXPR_INPUT, EXPR_NUMBER, EXPR_MULTIPLY,
                                           EXPR_INPUT, EXPR_DIVIDE};
    for (size_t i = 0; i < 5; i++)
        is_int(b->rule->value.ops[i].code, CODES[i], "in order");
    is_int(b->rule->value.ops[3].input, 1, "the second input");
}

static void schools(struct arena *arena)
{
    const struct standard *st = good(
        RULE("{each: school, none: pass, population: all, all_of: [\n"
             "  {where: {kind: primary}, value: pupils, at_most: 2000},\n"
             "  {stage: junior, value: music_rooms - ceil(classes / 12), at_least: 0},\n"
             "  {n_of: {n: 1, floor: 0.85, of: [{value: books, at_least: 3},\n"
             "    {value: art_room_min_area, at_least: 90}]}}]}"),
        arena);
    const struct item_rule *rule = st->items[0].rule;
    ok(rule->each == EACH_SCHOOL && rule->everybody && rule->none_passes, "whom");
    is_int((long long)rule->n_of, 3, "three of them");
    ok(rule->of[0].where && rule->of[0].where->kinds == 1u << KIND_PRIMARY, "where");
    is_int(rule->of[1].stages, 1 << STAGE_JUNIOR, "stage");
    ok(rule->of[1].value.ops[1].family, "stages are added up");
    is_int(rule->of[1].digits, -1, "unrounded unless said");
    ok(rule->of[2].form == RULE_N_OF && rule->of[2].n == 1 && rule->of[2].has_floor,
       "n of them with a floor");
    st = good(RULE("{where: {setting: urban}, stage: primary, value: sum(books), "
                   "at_least: sum(classes_primary)}"),
              arena);
    rule = st->items[0].rule;
    ok(rule->value.ops[0].code == EXPR_SUM && rule->limit_expr.n == 1, "sums");
    ok(!rule->limit_expr.ops[0].family, "a column of one stage is that");
    rule = good(RULE("{below: 0.15}"), arena)->items[0].rule;
    ok(!rule->value.n && rule->compare == RULE_BELOW, "the item's own number");
}

static void points(struct arena *arena)
{
    const struct standard *st = good(
        TWO "score: {items: [A1, A2], points: {A1: 59.5, A2: 40.5}, pass: 85}\n", arena);
    ok(st->score.there && st->score.has_points && st->score.pass.n == 85, "a score");
    ok(st->items[0].scored && st->items[0].points.n == 595, "its points");
    st = good(TWO "score: {items: [A2], pass: 85}\n", arena);
    ok(st->score.there && !st->score.has_points && !st->items[0].scored &&
           st->items[1].scored,
       "points may be missing");
    is_int(st->monitor, MONITOR_STAGES, "monitor is stages by default");
}

/* What is printed reads back as the same. */
static void printed(struct arena *arena)
{
    char *first = NULL, *second = NULL;
    const struct standard *st = good(
        HEAD
        "items:\n"
        "  - {id: A1, inputs: [paid], rule: {all_of: [{value: 'paid / 2', above: 3},\n"
        "      {each: stage, none: pass, where: [{kind: [primary, junior], owner: 7,\n"
        "       setting: rural, pupils_from: 5, pupils_below: 100, boarding: false,\n"
        "       built_until: 2010, largest_class_below: 30, dense_centre: true},\n"
        "       {migrant_share_above: 0.5}],\n"
        "       known_of: [{value: largest_class, at_most: 45},\n"
        "                  {stage: junior, value: classes_46, below: 1}]},\n"
        "      {n_of: {n: 1, floor: 0.9, of: [{value: sum(books), at_least: 1.5,\n"
        "       unit: 册, digits: 2}]}}, {any_of: [{value: paid, at_most: 1}]}]}}\n"
        "  - {id: V, title: 'x: y'}\n  - {id: G}\n"
        "veto: [V]\nprecondition: [A1]\n"
        "score: {items: [G], points: {G: 100}, pass: 85}\nmonitor: [items]\n",
        arena);
    is_int(standard_print(st, &first), 0, "printed");
    is_int(standard_print(good(first, arena), &second), 0, "printed again");
    is_str(second, first, "the same");
    ok(strstr(first, "monitor: [items]") && strstr(first, "migrant_share_above: 0.5"),
       "whole");
    free(first);
    free(second);
}

/* ---- what is refused ------------------------------------------------------------------- */

static const struct {
    const char *text, *want;
} BAD[] = {
    {HEAD "items: {}\n", "f:4:8: items: expected a list, got a map"},
    {HEAD "items: [{title: x}]\n", "f:4:9: items[0]: \"id\" is missing"},
    {HEAD "items: [{id: A1}, {id: A1}]\n",
     "f:4:24: items[1].id: \"A1\" is there twice: first on line 4"},
    {HEAD "items: [{id: A.1}]\n",
     "f:4:14: items[0].id: expected a letter, then letters, digits and _, at most 32, got "
     "\"A.1\""},
    {HEAD "items: [{id: A1, level: city}]\n",
     "f:4:25: items[0].level: expected county or school, got \"city\""},
    {HEAD "items: [{id: A1, inputs: [sum]}]\n",
     "f:4:27: items[0].inputs[0]: \"sum\" is there twice, or a function"},
    {HEAD "items: [{id: A1, inputs: [x, x]}]\n",
     "f:4:30: items[0].inputs[1]: \"x\" is there twice, or a function"},
    {RULE("guess"),
     "f:4:47: items[0].rule: expected evidence, or a map such as {value: …, at_least: …}, "
     "got \"guess\""},
    {RULE("{value: paid}"),
     "f:4:47: items[0].rule: asks for nothing: needs at_least, at_most, below, above, all_of, "
     "any_of, known_of or n_of"},
    {RULE("{value: paid, at_least: 1, below: 2}"),
     "f:4:81: items[0].rule.below: beside at_least: put both in an all_of"},
    {RULE("{value: payed, at_least: 1}"),
     "f:4:55: items[0].rule.value: unknown name \"payed\" (did you mean \"paid\"?)"},
    {RULE("{value: asked * 100 / nobody, at_least: 1}"),
     "f:4:69: items[0].rule.value: unknown name \"nobody\": neither among the inputs of A1"},
    {RULE("{value: asked - teachers, at_least: 1}"),
     "f:4:63: items[0].rule.value: \"teachers\" is a school's: write sum(teachers), or judge "
     "each: school"},
    {RULE("{each: school, value: teachrs, at_least: 1}"),
     "f:4:69: items[0].rule.value: unknown name \"teachrs\" (did you mean \"teachers\"?)"},
    {RULE("{value: sum(boks), at_least: 1}"),
     "f:4:59: items[0].rule.value: unknown field \"boks\" (did you mean \"books\"?)"},
    {RULE("{value: sum(paid), at_least: 1}"),
     "f:4:59: items[0].rule.value: unknown field \"paid\""},
    {RULE("{each: school, value: sum(books), at_least: 1}"),
     "f:4:73: items[0].rule.value: a sum over schools within the rule of one school"},
    {RULE("{value: floor(paid), at_least: 1}"),
     "f:4:55: items[0].rule.value: unknown function: there are sum and ceil"},
    {RULE("{value: '(paid + asked', at_least: 1}"),
     "f:4:69: items[0].rule.value: expected ) here"},
    {RULE("{value: paid asked, at_least: 1}"),
     "f:4:60: items[0].rule.value: expected + - * or / here"},
    {RULE("{value: 'paid + ', at_least: 1}"),
     "f:4:63: items[0].rule.value: expected a number, a name or ( here"},
    {RULE("{value: 1.2.3, at_least: 1}"),
     "f:4:55: items[0].rule.value: expected a decimal number such as 0.65, got \"1.2.3\""},
    {RULE("{value: paid, at_least: asked, digits: 1}"),
     "f:4:86: items[0].rule.digits: only a number as the limit has the form's digits"},
    {RULE("{value: paid, at_least: 1, digits: 7}"),
     "f:4:82: items[0].rule.digits: expected 0 to 6, got \"7\""},
    {RULE("{each: school, at_least: 1}"), "f:4:47: items[0].rule: \"value\" is missing"},
    {RULE("{each: class, value: books, at_least: 1}"),
     "f:4:54: items[0].rule.each: expected county, school or stage, got \"class\""},
    {RULE("{each: school, all_of: [{each: stage, value: books, at_least: 1}]}"),
     "f:4:78: items[0].rule.all_of[0].each: within the rule of one school"},
    {RULE("{where: {kind: primary}, value: paid, at_least: 1}"),
     "f:4:55: items[0].rule.where: belongs to an `each`, or to a comparison with sum()"},
    {RULE("{all_of: [{none: pass, value: paid, at_least: 1}]}"),
     "f:4:64: items[0].rule.all_of[0].none: belongs to an `each`, or to a comparison with "
     "sum()"},
    {RULE("{stage: senior, value: sum(books), at_least: 1}"),
     "f:4:55: items[0].rule.stage: expected primary or junior, got \"senior\""},
    {RULE("{all_of: []}"),
     "f:4:56: items[0].rule.all_of: expected a list of 1 to 16 rules"},
    {RULE("{all_of: [evidence]}"),
     "f:4:57: items[0].rule.all_of[0]: expected a map such as {value: …, at_least: …}, got "
     "\"evidence\""},
    {RULE("{unit: x, any_of: [{value: paid, at_least: 1}]}"),
     "f:4:54: items[0].rule.unit: belongs to a comparison"},
    {RULE("{n_of: {n: 1, floor: 1.2, of: [{value: paid, at_least: 1}]}}"),
     "f:4:68: items[0].rule.n_of.floor: expected at most 1, got \"1.2\""},
    {RULE("{n_of: {n: 2, of: [{value: paid, at_least: 1}]}}"),
     "f:4:58: items[0].rule.n_of.n: 2 of 1 rules: nobody could pass"},
    {RULE("{n_of: {n: 1, floor: 0.9, of: [{value: paid, at_most: 1}]}}"),
     "f:4:78: items[0].rule.n_of.of[0]: with a floor expected {value, at_least: NUMBER} of at "
     "most 9 decimals together with it"},
    {RULE("{all_of: [{all_of: [{all_of: [{all_of: [{all_of: [{at_least: 1}]}]}]}]}]}"),
     "f:4:97: items[0].rule.all_of[0].all_of[0].all_of[0].all_of[0].all_of[0]: more than 4 "
     "rules deep"},
    {TWO "veto: [A3]\n", "f:5:8: veto[0]: unknown item \"A3\" (did you mean \"A1\"?)"},
    {TWO "veto: [A1, A1]\n", "f:5:12: veto[1]: \"A1\" is there twice"},
    {TWO "precondition: []\n",
     "f:5:15: precondition: expected a list of items, got an empty one"},
    {TWO "veto: [A1]\nscore: {items: [A1], pass: 85}\n",
     "f:6:17: score.items[0]: \"A1\" is a veto already"},
    {TWO "score: {items: [A1, A2], points: {A1: 60, A2: 37}, pass: 85}\n",
     "f:5:34: score.points: they sum to 97, expected 100"},
    {TWO "score: {items: [A1, A2], points: {A1: 100}, pass: 85}\n",
     "f:5:34: score.points: \"A2\" is missing"},
    {TWO "score: {items: [A1], points: {A1: 50, A2: 50}, pass: 85}\n",
     "f:5:39: score.points: \"A2\" is not in score.items"},
    {TWO "score: {items: [A1], pass: 101}\n",
     "f:5:28: score.pass: expected at most 100, got \"101\""},
    {TWO "score: {items: [A1]}\n", "f:5:8: score: \"pass\" is missing"},
    {TWO "monitor: [stages, itemz]\n",
     "f:5:19: monitor: expected stages or items, got \"itemz\" (did you mean \"items\"?)"},
    {TWO "monitor: []\n", "f:5:10: monitor: expected a list of stages and items"},
    {HEAD "monitor: [items]\n", "f:4:11: monitor: items: the standard has none"},
};

static void refused(struct arena *arena)
{
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        const char *words;
        ok(!parse(BAD[i].text, arena, &words), "refused: %zu", i);
        is_str(words, BAD[i].want, arena_fmt(arena, "… told: %zu", i));
    }
}

/* No text of people may crash or hang the reader. */
static void limits(struct arena *arena)
{
    char deep[160], text[1024];
    const char *words;
    size_t n = 0;
    for (; n < 150; n++)
        deep[n] = '(';
    deep[n] = '\0';
    snprintf(text, sizeof text, RULE("{value: '%s', at_least: 1}"), deep);
    parse(text, arena, &words);
    is_str(words, "f:4:72: items[0].rule.value: too many brackets", "brackets");
    snprintf(text, sizeof text, RULE("{value: '%s%s', at_least: 1}"), deep, deep);
    parse(text, arena, &words);
    is_str(words, "f:4:56: items[0].rule.value: longer than 200 bytes", "length");
    for (n = 0; n < 139; n++)
        deep[n] = n % 2 ? '+' : '1';
    deep[n] = '\0';
    snprintf(text, sizeof text, RULE("{value: '%s', at_least: 1}"), deep);
    parse(text, arena, &words);
    is_str(words, "f:4:119: items[0].rule.value: too long", "operations");
}

int main(void)
{
    struct arena *arena = arena_new(64 << 20);
    if (!arena)
        bail("no memory");
    items(arena);
    schools(arena);
    points(arena);
    printed(arena);
    refused(arena);
    limits(arena);
    arena_free(arena);
    return done_testing();
}
