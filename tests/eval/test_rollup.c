/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A province is judged by such tables: a county that is left out or counted twice, or whose
 * missing data look like a pass, makes all of it wrong.
 */
#include "eval/rollup.h"

#include <math.h>
#include <stdlib.h>

#include "eval/random.h"
#include "tap/tap.h"

enum { COUNTIES = 5, RUNS = 100 };

/* Primary schools only: CVs 0.1, 0.2 … of 100, 200 … pupils; the limit is 0.35. */
struct nation {
    struct make m[COUNTIES], then[COUNTIES];
    struct rollup_county county[COUNTIES];
    const struct rollup_county *list[COUNTIES];
    struct rollup rollup;
};

static void make_county(struct make *m, int i, double cv)
{
    static const char *const codes[COUNTIES] = {"a", "b", "c", "d", "e"};
    make_init(m);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_limits(m, CV_EACH, "0.35", "0.35");
    m->standard.has_stage[STAGE_JUNIOR] = false;
    m->data.county_code = codes[i];
    double half = 50 * (i + 1);
    make_set(m, make_school(m, KIND_PRIMARY, half, NAN, NAN), FIELD_books,
             half * (1 - cv));
    make_set(m, make_school(m, KIND_PRIMARY, half, NAN, NAN), FIELD_books,
             half * (1 + cv));
}

/* The round before: two over the limit, three within. */
static void nation_init(struct nation *n)
{
    for (int i = 0; i < COUNTIES; i++) {
        make_county(&n->m[i], i, 0.1 * (i + 1));
        make_county(&n->then[i], i, i < 2 ? 0.4 : 0.3);
        n->list[i] = &n->county[i];
    }
}

static void nation_done(struct nation *n)
{
    for (int i = 0; i < COUNTIES; i++) {
        make_done(&n->m[i]);
        make_done(&n->then[i]);
    }
}

static void join(struct nation *n, size_t begin, size_t end, struct rollup *ret)
{
    if (rollup_join(&n->m[0].standard, n->list + begin, end - begin, n->m[0].arena, ret))
        bail("rollup_join failed");
}

/* Evaluates anew. */
static void judge_all(struct nation *n, bool compared)
{
    for (int i = 0; i < COUNTIES; i++) {
        make_eval(&n->m[i], STAGE_PRIMARY);
        make_eval(&n->then[i], STAGE_PRIMARY);
        if (rollup_note(&n->m[i].result, compared ? &n->then[i].result : NULL,
                        n->m[i].arena, &n->county[i]))
            bail("rollup_note failed");
    }
    join(n, 0, COUNTIES, &n->rollup);
}

static const struct rollup_figure *books(const struct rollup *r)
{
    return &r->stages[STAGE_PRIMARY].figures[0];
}

static void is_count(size_t got, size_t want, const char *name)
{
    is_int((long long)got, (long long)want, name);
}

static void spread(void)
{
    struct nation n;
    nation_init(&n);
    judge_all(&n, false);
    const struct rollup_spread *cv = &books(&n.rollup)->cv;
    is_count(n.rollup.verdict.counties, 5, "five counties");
    is_count(n.rollup.verdict.outcomes[OUTCOME_PASS], 3, "three within the limit");
    is_count(n.rollup.verdict.outcomes[OUTCOME_FAIL], 2, "two over it");
    is_count(n.rollup.items.outcomes[OUTCOME_NONE], 5, "a standard without items");
    is_count(n.rollup.stages[STAGE_PRIMARY].schools, 10, "ten schools");
    is_dbl(n.rollup.stages[STAGE_PRIMARY].pupils, 1500, 0, "1500 pupils");
    is_count(cv->counties, 5, "the mean says of how many it is");
    is_dbl(cv->mean, 0.3, 1e-15, "the plain mean of the CVs");
    is_dbl(cv->weighted_mean, 11.0 / 30, 1e-15, "… weighted by pupils");
    is_dbl(cv->min, 0.1, 1e-15, "the least");
    is_dbl(cv->max, 0.5, 1e-15, "the most");
    is_dbl(cv->quartiles[0], 0.2, 1e-15, "a quarter of five counties is two");
    is_dbl(cv->quartiles[1], 0.3, 1e-15, "half is three");
    is_dbl(cv->quartiles[2], 0.4, 1e-15, "three quarters is four");
    is_dbl(cv->weighted_quartiles[0], 0.3, 1e-15, "375 pupils are in the first three");
    is_dbl(cv->weighted_quartiles[1], 0.4, 1e-15, "750 in the first four");
    is_dbl(cv->weighted_quartiles[2], 0.5, 1e-15, "1125 in all five");
    is_str(books(&n.rollup)->worst[0]->code, "e", "the worst first");
    is_str(books(&n.rollup)->worst[1]->code, "d", "then the next");
    is_dbl(books(&n.rollup)->provision.mean, 1, 1e-15, "a book a pupil");
    is_count(n.rollup.verdict.compared, 0, "without a round before nothing is compared");
    ok(isnan(books(&n.rollup)->change.mean), "… and no change is claimed");
    is_count(n.rollup.stages[STAGE_JUNIOR].verdict.counties, 0, "no junior stage");
    nation_done(&n);
}

static void unknown(void)
{
    struct nation n;
    nation_init(&n);
    make_missing(&n.m[0], 0, FIELD_books, MISSING_EMPTY);
    n.m[1].data.n = 0;
    make_school(&n.m[4], KIND_PRIMARY, 1, NAN, NAN);
    make_missing(&n.m[4], 2, FIELD_books, MISSING_EMPTY);
    judge_all(&n, false);
    const struct rollup_figure *f = books(&n.rollup);
    is_count(n.rollup.verdict.outcomes[OUTCOME_UNKNOWN], 2, "missing data are unknown");
    is_count(n.rollup.verdict.counties, 5, "… and counted");
    is_count(n.rollup.with_data, 4, "a county without rows is known as such");
    is_count(f->count.outcomes[OUTCOME_UNKNOWN], 2,
             "they are unknown in the figure, too");
    is_count(f->count.outcomes[OUTCOME_FAIL], 2, "a proven fail without a CV is a fail");
    is_count(f->cv.counties, 2, "a mean is only of those with a CV");
    is_dbl(f->cv.mean, 0.35, 1e-15, "… as it says");
    is_dbl(f->cv.max, 0.4, 1e-15, "… and so is the spread");
    ok(isnan(n.county[4].stages[0].cells[0].cv), "what is proven to be higher has no CV");
    is_str(f->worst[0]->code, "e", "… and yet leads those that are worst");
    n.m[1].options.stages = 1u << STAGE_JUNIOR;
    judge_all(&n, false);
    is_count(n.rollup.stages[STAGE_PRIMARY].verdict.counties, 4,
             "a county that has no such stage does not count for it");
    nation_done(&n);
}

static void compared(void)
{
    struct nation n;
    nation_init(&n);
    make_missing(&n.m[4], 0, FIELD_books, MISSING_EMPTY);
    make_set(&n.m[0], 1, FIELD_books, 60); /* a level other than that of the others */
    judge_all(&n, true);
    const struct rollup_figure *f = books(&n.rollup);
    double first = n.county[0].stages[0].cells[0].cv;
    is_count(f->change.counties, 4, "those with a CV in both rounds");
    is_dbl(f->change.before, 0.35, 1e-15, "before");
    is_dbl(f->change.now, (first + 0.9) / 4, 1e-15, "now");
    is_dbl(f->change.mean, (first - 0.5) / 4, 1e-15, "the mean change");
    is_dbl(f->change.weighted_mean, ((first - 0.4) * 100 - 0.2 * 200 + 0.1 * 400) / 1000,
           1e-15, "… weighted by pupils");
    is_count(f->change.fell, 2, "two fell");
    is_count(f->change.rose, 1, "one rose");
    is_count(f->provision.compared, 4, "levels of as many");
    is_dbl(f->provision.before, 1, 1e-15, "… before");
    is_dbl(f->provision.now, (45 + 60 + 900) / 1000.0, 1e-15, "… and now");
    is_count(n.rollup.verdict.compared, 5, "all have a round before");
    is_count(n.rollup.verdict.to_pass, 2, "two came inside");
    is_count(n.rollup.verdict.to_fail, 1, "one slipped");
    is_count(n.rollup.verdict.to_unknown, 1, "of one it is not known any more");
    is_count(f->count.to_pass, 2, "the same of the figure");
    is_count(f->count.to_unknown, 1, "… which nobody takes for a crossing");
    make_missing(&n.then[2], 0, FIELD_books, MISSING_EMPTY);
    make_missing(&n.then[3], 0, FIELD_books, MISSING_EMPTY);
    judge_all(&n, true);
    is_count(n.rollup.verdict.to_fail, 0, "what was unknown has not crossed over");
    is_count(n.rollup.verdict.to_pass, 2, "… nor come inside");
    n.m[0].data.n = 0;
    judge_all(&n, true);
    is_count(n.rollup.verdict.to_unknown, 2, "a county that vanished is unknown");
    is_count(n.rollup.verdict.to_pass, 1, "… and passes no more");
    nation_done(&n);
}

static bool same_count(struct rollup_count a, struct rollup_count b,
                       struct rollup_count all)
{
    bool same = a.counties + b.counties == all.counties &&
                a.compared + b.compared == all.compared &&
                a.to_fail + b.to_fail == all.to_fail &&
                a.to_pass + b.to_pass == all.to_pass &&
                a.to_unknown + b.to_unknown == all.to_unknown;
    for (int o = 0; o < ROLLUP_OUTCOMES; o++)
        same = same && a.outcomes[o] + b.outcomes[o] == all.outcomes[o];
    return same;
}

/* Means of parts by their weights; NaN has none. */
static bool same_mean(double a, double wa, double b, double wb, double all)
{
    double sum = (wa > 0 ? a * wa : 0) + (wb > 0 ? b * wb : 0);
    return wa + wb > 0 ? fabs(sum / (wa + wb) - all) < 1e-12 : isnan(all);
}

static bool same_spread(const struct rollup_spread *a, const struct rollup_spread *b,
                        const struct rollup_spread *all)
{
    return a->counties + b->counties == all->counties &&
           same_mean(a->mean, (double)a->counties, b->mean, (double)b->counties,
                     all->mean) &&
           same_mean(a->weighted_mean, a->pupils, b->weighted_mean, b->pupils,
                     all->weighted_mean) &&
           (!all->counties ||
            (fmin(a->min, b->min) == all->min && fmax(a->max, b->max) == all->max));
}

static bool in_order(const struct rollup_spread *s)
{
    const double *q = s->quartiles, *w = s->weighted_quartiles;
    return !s->counties ||
           (s->min <= q[0] && q[0] <= q[1] && q[1] <= q[2] && q[2] <= s->max &&
            s->min <= w[0] && w[0] <= w[1] && w[1] <= w[2] && w[2] <= s->max);
}

static bool equal(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool identical(const struct rollup_figure *a, const struct rollup_figure *b)
{
    bool same = equal(a->cv.mean, b->cv.mean) &&
                equal(a->cv.weighted_mean, b->cv.weighted_mean) &&
                equal(a->change.mean, b->change.mean) &&
                equal(a->change.weighted_mean, b->change.weighted_mean) &&
                equal(a->provision.mean, b->provision.mean) && a->n_worst == b->n_worst;
    for (size_t i = 0; same && i < a->n_worst; i++)
        same = a->worst[i] == b->worst[i];
    return same;
}

static void shuffle(struct nation *n)
{
    for (int i = COUNTIES - 1; i > 0; i--) {
        int k = random_below(i + 1);
        const struct rollup_county *c = n->list[i];
        n->list[i] = n->list[k];
        n->list[k] = c;
    }
}

/* A nation of random data, some missing, some counties without any. */
static void random_nation(struct nation *n)
{
    nation_init(n);
    for (int i = 0; i < COUNTIES; i++) {
        make_set(&n->m[i], 0, FIELD_books, random_from(1, 400));
        if (random_below(4) == 0)
            make_missing(&n->m[i], 0, FIELD_books, MISSING_EMPTY);
        if (random_below(6) == 0)
            make_missing(&n->then[i], 1, FIELD_books, MISSING_EMPTY);
        if (random_below(6) == 0)
            n->m[i].data.n = 0;
    }
    judge_all(n, true);
}

/* However a nation is cut into provinces, they add up to it; whatever the order. */
static void parts(void)
{
    int counts = 0, spreads = 0, changes = 0, orders = 0, ranks = 0;
    for (int run = 0; run < RUNS; run++) {
        struct nation n;
        struct rollup a, b, again;
        random_nation(&n);
        size_t cut = (size_t)random_below(COUNTIES + 1);
        shuffle(&n);
        join(&n, 0, COUNTIES, &again);
        join(&n, 0, cut, &a);
        join(&n, cut, COUNTIES, &b);
        const struct rollup_figure *f = books(&n.rollup), *g = books(&a), *h = books(&b);
        counts += !same_count(a.verdict, b.verdict, n.rollup.verdict) ||
                  !same_count(g->count, h->count, f->count) ||
                  a.with_data + b.with_data != n.rollup.with_data;
        spreads += !same_spread(&g->cv, &h->cv, &f->cv);
        changes += !same_mean(g->change.mean, (double)g->change.counties, h->change.mean,
                              (double)h->change.counties, f->change.mean);
        ranks += !in_order(&f->cv);
        orders += !identical(books(&again), f);
        nation_done(&n);
    }
    is_int(counts, 0, "the counts of two halves are those of the whole");
    is_int(spreads, 0, "… and so are means by their weights, least and most");
    is_int(changes, 0, "… and what changed");
    is_int(ranks, 0, "quartiles are in order");
    is_int(orders, 0, "the order of counties does not matter, to the last bit");
}

int main(void)
{
    srand(20251122);
    spread();
    unknown();
    compared();
    parts();
    return done_testing();
}
