/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What people act on: which schools drive a result and by how much, and which keys an alert
 * is told of. A wrong school here sends money to the wrong place.
 */
#include "eval/explain.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eval/judge.h"
#include "eval/make.h"
#include "tap/tap.h"

/* Three primary schools of 100: books 100, 200, 600; computers 10 each. One junior school. */
static void county(struct make *m)
{
    static const double books[] = {100, 200, 600};
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_indicator(m, "computers_per_100", "computers", 100, true);
    for (size_t i = 0; i < 3; i++) {
        size_t row = make_school(m, KIND_PRIMARY, 100, NAN, NAN);
        make_set(m, row, FIELD_books, books[i]);
        make_set(m, row, FIELD_computers, 10);
    }
    size_t row = make_school(m, KIND_JUNIOR, NAN, 100, NAN);
    make_set(m, row, FIELD_books, 100);
    make_set(m, row, FIELD_computers, 10);
}

static void shares(void)
{
    struct make m;
    struct driver *d;
    size_t n;
    county(&m);
    make_eval(&m, STAGE_PRIMARY);
    is_int(explain_stage(&m.result, 0, 1, 9, m.arena, &d, &n), 0, "explained");
    is_int((long long)n, 3, "all with a share");
    is_int(d[0].unit, 2, "the largest share first");
    is_dbl(d[0].share, 9.0 / 14, 1e-15, "… of the variance");
    is_int(d[1].unit, 0, "then the next");
    is_dbl(d[0].share + d[1].share + d[2].share, 1, 1e-15, "they sum to 1");
    is_dbl(d[1].gap[0], -200, 1e-12, "the gap to the county's mean, in books");
    explain_stage(&m.result, 0, 0, 9, m.arena, &d, &n);
    is_dbl(d[0].share, 4.5 / 14, 1e-15, "over both figures: the mean of the shares");
    explain_stage(&m.result, 0, 1, 1, m.arena, &d, &n);
    is_int((long long)n, 1, "no more than asked for");
    explain_stage(&m.result, 0, 2, 9, m.arena, &d, &n);
    is_int((long long)n, 0, "where there is no variance nobody drives it");
    make_done(&m);
}

static void rule_breakers(void)
{
    struct make m;
    struct driver *d;
    size_t n;
    county(&m);
    make_min(&m, 1, "10", "10");
    make_school_rule(&m, 1, "0.85");
    make_set(&m, 1, FIELD_computers, 8);
    make_eval(&m, STAGE_PRIMARY);
    explain_stage(&m.result, 0, 1, 1, m.arena, &d, &n);
    is_int((long long)n, 2, "a school that breaks the rule comes besides");
    is_int(d[1].unit, 1, "… after the drivers");
    is_int(d[1].missed, 2, "… with what it misses");
    is_dbl(d[1].gap[1], -2, 1e-12, "… and how many computers");
    make_done(&m);
}

static void keys(void)
{
    struct make m;
    struct judgement j;
    county(&m);
    make_limits(&m, CV_BOTH, "0.10", "0.10");
    make_eval(&m, STAGE_PRIMARY);
    is_int(judge(&m.result, m.arena, &j), 0, "judged");
    is_int(j.outcome, OUTCOME_FAIL, "fails");
    is_int((long long)j.n_failing, 2, "in two figures");
    is_str(j.failing[0], "primary/books_per_pupil", "sorted");
    is_str(j.failing[1], "primary/composite", "by their bytes");
    ok(j.complete && !j.only_school_rule, "complete, and not only by the rule");
    is_int(j.round.year, 2025, "of the round");
    make_limits(&m, CV_NONE, "1", "1");
    make_min(&m, 0, "5", "5");
    make_school_rule(&m, 1, "0.85");
    make_eval(&m, STAGE_PRIMARY);
    judge(&m.result, m.arena, &j);
    is_int((long long)j.n_failing, 2, "schools of both stages fail");
    is_str(j.failing[0], "junior/school_rule", "one key a stage");
    is_str(j.failing[1], "primary/school_rule", "however many schools");
    ok(j.only_school_rule, "only the rule");
    make_limits(&m, CV_EACH, "0.10", "0.10");
    make_eval(&m, STAGE_PRIMARY);
    judge(&m.result, m.arena, &j);
    ok(j.n_failing == 3 && !j.only_school_rule, "not only the rule");
    m.data.rows_dropped = 1;
    make_eval(&m, STAGE_PRIMARY);
    judge(&m.result, m.arena, &j);
    ok(!j.complete && j.outcome == OUTCOME_FAIL, "a proven fail of an incomplete round");
    make_done(&m);
}

static void order(void)
{
    struct judgement a = {.round = {2024, 0}, .revision = 9}, b = {.round = {2025, 0}};
    ok(judge_cmp(&a, &b) < 0, "an older round is older whatever its revision");
    b.round = a.round;
    ok(judge_cmp(&a, &b) > 0, "then the revision counts");
    b.revision = 9;
    is_int(judge_cmp(&a, &b), 0, "the same is the same");
}

int main(void)
{
    shares();
    rule_breakers();
    keys();
    order();
    return done_testing();
}
