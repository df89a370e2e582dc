/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one formula everything rests on: a wrong digit here is a wrong verdict on a county.
 * Published and exact cases, then properties against exact integer arithmetic.
 */
#include "eval/cv.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "eval/split.h"
#include "tap/tap.h"

static const struct {
    const char *name;
    size_t n;
    double pupils[5], x[5], cv, eps;
} CASES[] = {
    {"the published worked example",
     5,
     {45, 37, 89, 76, 55},
     {279, 137, 935, 160, 402},
     0.515256630,
     5e-10},
    {"eq 1:3", 2, {100, 100}, {100, 300}, 0.5, 0},
    {"9/20", 2, {100, 100}, {1100, 2900}, 0.45, 1e-16},
    {"13/20", 2, {100, 100}, {700, 3300}, 0.65, 1.2e-16},
    {"11/20", 2, {100, 100}, {900, 3100}, 0.55, 1.2e-16},
    {"half up, exact", 2, {100, 100}, {699, 3301}, 0.6505, 1.2e-16},
    {"identical", 3, {50, 500, 1500}, {225, 2250, 6750}, 0, 0},
    {"single school", 1, {500}, {2250}, 0, 0},
    {"true zero", 2, {300, 200}, {1500, 0}, 0.816496580927726, 1e-15},
    {"three sizes", 3, {120, 480, 900}, {1080, 2160, 3150}, 0.345190168, 5e-10},
    {"nine-year school, primary", 2, {400, 166}, {2000, 1254.408060}, 0.202435917, 1e-9},
    {"nine-year school, junior", 2, {300, 210}, {2100, 1745.591940}, 0.085655310, 1e-9},
};

static void golden(void)
{
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct cv cv = cv_weighted(CASES[i].x, CASES[i].pupils, CASES[i].n, 1);
        is_dbl(cv.cv, CASES[i].cv, CASES[i].eps, CASES[i].name);
    }
    struct cv cv = cv_weighted(CASES[0].x, CASES[0].pupils, 5, 100);
    is_dbl(cv.mean, 633.4437086, 5e-8, "the mean is total by total, times per");
    is_dbl(cv.sd, 326.3860705, 5e-8, "the deviation too");
    is_dbl(cv.total, 1913, 0, "total");
    is_dbl(cv.pupils, 302, 0, "pupils");
    double share[5], want[5] = {0.002693, 0.848553, 5.127446, 4.501090, 0.173004};
    cv_shares(CASES[0].x, CASES[0].pupils, 5, share);
    for (int i = 0; i < 5; i++)
        is_dbl(share[i] * 10.652787, want[i], 2e-6, "a published term of the variance");
}

static void undefined(void)
{
    double zero[] = {0, 0}, none[] = {NAN, NAN}, minus[] = {-5, 3}, p[] = {10, 20};
    double nobody[] = {0, 0}, x[] = {7, 9}, share[2];
    ok(isnan(cv_weighted(zero, p, 2, 1).cv), "mean 0: no CV, and not 0");
    is_dbl(cv_weighted(zero, p, 2, 1).mean, 0, 0, "… but a mean");
    ok(isnan(cv_weighted(minus, p, 2, 1).cv), "a negative mean: no CV");
    ok(isnan(cv_weighted(none, p, 2, 1).mean), "nothing known: no mean");
    ok(isnan(cv_weighted(x, nobody, 2, 1).cv), "nobody enrolled: no CV");
    ok(isnan(cv_weighted(NULL, NULL, 0, 1).cv), "no school: no CV");
    ok(isnan(cv_lower_bound(zero, p, 2, 10)), "all known are 0: nothing is proven");
    ok(isnan(cv_lower_bound(none, p, 2, 10)), "nothing known: nothing is proven");
    double some[] = {7, NAN, 9}, ps[] = {10, 5, 20};
    is_dbl(cv_weighted(some, ps, 3, 1).cv, cv_weighted(x, p, 2, 1).cv, 0,
           "a missing value is left out, not 0");
    double even[] = {5, 10};
    cv_shares(even, p, 2, share);
    ok(share[0] == 0 && share[1] == 0, "no variance, no shares");
}

static void bounds(void)
{
    double x[] = {1500, 0, NAN}, p[] = {300, 200, 10};
    is_dbl(cv_lower_bound(x, p, 3, 10), sqrt(20.0 / 31.0), 1e-15, "sqrt(20/31)");
    is_dbl(cv_lower_bound(x, p, 2, 0), sqrt(2.0 / 3.0), 1e-15, "nothing missing: the CV");
    x[2] = 10 * 7500.0 / 1500.0; /* T/p = Q/S: the completion that attains it */
    is_dbl(cv_weighted(x, p, 3, 1).cv, sqrt(20.0 / 31.0), 1e-15, "the bound is attained");
}

static const double DIVISORS[] = {1, 2, 5, 12, 30, 63, 105, 240, 504, 1260, 2520, 5040};
enum { LCM = 5040, MOST = 24 };

struct sample {
    size_t n;
    double x[MOST], p[MOST];
};

static double uniform(int below)
{
    return rand() % below;
}

static struct sample random_sample(void)
{
    struct sample s = {.n = 2 + (size_t)uniform(MOST - 2)};
    for (size_t i = 0; i < s.n; i++) {
        s.p[i] = DIVISORS[rand() % 12];
        s.x[i] = 1 + uniform(20000);
    }
    return s;
}

/* CV^2 = (P_N sum(x^2/P) - S^2) / S^2 in integers: every P divides LCM. */
static double exact_cv(const struct sample *s)
{
    __extension__ typedef __int128 wide;
    wide pupils = 0, squares = 0, total = 0;
    for (size_t i = 0; i < s->n; i++) {
        wide x = (wide)s->x[i];
        pupils += (wide)s->p[i];
        squares += x * x * (LCM / (int64_t)s->p[i]);
        total += x;
    }
    wide whole = LCM * total * total;
    return sqrt((double)(pupils * squares - whole) / (double)whole);
}

static void shuffle(struct sample *s)
{
    for (size_t i = s->n; i > 1; i--) {
        size_t k = (size_t)uniform((int)i);
        double x = s->x[i - 1], p = s->p[i - 1];
        s->x[i - 1] = s->x[k];
        s->p[i - 1] = s->p[k];
        s->x[k] = x;
        s->p[k] = p;
    }
}

static void identity_and_order(void)
{
    double worst = 0, order = 0, scale = 0, sum = 0;
    for (int round = 0; round < 2000; round++) {
        struct sample s = random_sample();
        double cv = cv_weighted(s.x, s.p, s.n, 1).cv, want = exact_cv(&s), share[MOST];
        worst = fmax(worst, fabs(cv - want) / fmax(want, 1e-3));
        cv_shares(s.x, s.p, s.n, share);
        double all = -1;
        for (size_t i = 0; i < s.n; i++)
            all += share[i];
        sum = fmax(sum, cv > 0 ? fabs(all) : 0);
        shuffle(&s);
        order = fmax(order, fabs(cv_weighted(s.x, s.p, s.n, 1).cv - cv) / fmax(cv, 1e-3));
        for (size_t i = 0; i < s.n; i++)
            s.x[i] *= 10000; /* CNY 10,000 to CNY */
        scale = fmax(scale, fabs(cv_weighted(s.x, s.p, s.n, 1).cv - cv) / fmax(cv, 1e-3));
    }
    is_dbl(worst, 0, 4e-15, "the exact identity, 2000 counties in integers");
    is_dbl(order, 0, 2e-15, "the order of the schools does not matter");
    is_dbl(scale, 0, 2e-15, "a constant factor does not matter");
    is_dbl(sum, 0, 1e-14, "shares of the variance sum to 1");
}

/* A national file, read from either end: plain sums would differ in the last places. */
static void many(void)
{
    enum { N = 100000 };
    double *x = calloc(4 * N, sizeof *x);
    if (!x)
        bail("no memory");
    double *p = x + N, *back = p + N, *p_back = back + N;
    for (int i = 0; i < N; i++) {
        p[i] = p_back[N - 1 - i] = 10 + i / 7.0;
        x[i] = back[N - 1 - i] = p[i] * (3 + sin(i));
    }
    double forth = cv_weighted(x, p, N, 1).cv;
    is_dbl(cv_weighted(back, p_back, N, 1).cv / forth, 1, 3e-16,
           "100,000 schools backwards");
    free(x);
}

/* Two halves of a school with the same value per pupil are one school. */
static void halves(void)
{
    double worst = 0;
    for (int round = 0; round < 500; round++) {
        struct sample s = random_sample();
        if (s.n == MOST)
            s.n--;
        double cv = cv_weighted(s.x, s.p, s.n, 1).cv;
        s.x[s.n] = s.x[0] /= 2;
        s.p[s.n] = s.p[0] /= 2;
        s.n++;
        worst = fmax(worst, fabs(cv_weighted(s.x, s.p, s.n, 1).cv - cv) / fmax(cv, 1e-3));
    }
    is_dbl(worst, 0, 2e-15, "merging two equal halves changes nothing");
}

static void bound_holds(void)
{
    int above = 0, least = 0;
    for (int round = 0; round < 2000; round++) {
        struct sample s = random_sample(), known = s;
        double missing = 0;
        size_t gone = 1 + (size_t)uniform((int)s.n - 1);
        for (size_t i = s.n - gone; i < s.n; i++) {
            missing += s.p[i];
            known.x[i] = NAN;
            s.x[i] = uniform(4) ? uniform(50000) : 0;
        }
        double bound = cv_lower_bound(known.x, known.p, s.n, missing);
        above += bound > cv_weighted(s.x, s.p, s.n, 1).cv * (1 + 1e-12);
        least += bound > 0;
    }
    is_int(above, 0, "the bound is never above the CV of a completion");
    ok(least > 1000, "and mostly says something");
}

static void splits(void)
{
    double nine[] = {166, 210, 0}, twelve[] = {600, 400, 300}, middle[] = {0, 500, 500};
    double nobody[] = {0, 0, 0};
    is_dbl(23226 * split_weigh(nine, STAGE_PRIMARY), 9711.627, 1e-3, "published split");
    is_dbl(23226 * split_weigh(nine, STAGE_JUNIOR), 23226.0 * 231 / 397, 1e-9, "exactly");
    is_dbl(split_weigh(twelve, STAGE_PRIMARY), 600.0 / 1436, 1e-16,
           "twelve-year, primary");
    is_dbl(split_weigh(twelve, STAGE_JUNIOR), 0.306406685, 5e-10, "twelve-year, junior");
    is_dbl(split_weigh(middle, STAGE_JUNIOR), 0.454545455, 5e-10, "secondary is 1 : 1.2");
    is_dbl(split_weigh(middle, STAGE_PRIMARY), 0, 0, "no pupils, no share");
    is_dbl(split_weigh(nobody, STAGE_PRIMARY), 0, 0, "nobody, nothing");
}

int main(void)
{
    srand(20250901);
    golden();
    undefined();
    bounds();
    identity_and_order();
    many();
    halves();
    bound_holds();
    splits();
    return done_testing();
}
