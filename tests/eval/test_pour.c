/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county that is told "37 teachers" must not be able to do it with 36: how units are shared
 * out is compared with every way there is, for counties small enough to try them all.
 */
#include "eval/pour.h"

#include <math.h>
#include <stdlib.h>

#include "eval/cv.h"
#include "eval/random.h"
#include "tap/tap.h"

enum { SCHOOLS = 4, UNITS = 7 };

struct sample {
    struct pour pour;
    struct pour_school schools[SCHOOLS];
};

static void random_sample(struct sample *s, bool shares)
{
    for (int i = 0; i < SCHOOLS; i++)
        s->schools[i] = (struct pour_school){
            .x = random_from(1, 30),
            .pupils = random_from(5, 60),
            .share = shares && random_below(2) < 1 ? 0.2 + 0.6 * random_uniform() : 1};
    s->pour = (struct pour){s->schools, SCHOOLS, 0.1 + 0.3 * random_uniform()};
}

static double cv_of(const struct sample *s, const double *added)
{
    double x[SCHOOLS], pupils[SCHOOLS];
    for (int i = 0; i < SCHOOLS; i++) {
        x[i] = s->schools[i].x + added[i] * s->schools[i].share;
        pupils[i] = s->schools[i].pupils;
    }
    return cv_weighted(x, pupils, SCHOOLS, 1).cv;
}

/* The least CV that `total` units can give, by trying all ways. */
static double best(const struct sample *s, int total)
{
    double least = INFINITY;
    for (int a = 0; a <= total; a++)
        for (int b = 0; a + b <= total; b++)
            for (int c = 0; a + b + c <= total; c++) {
                double added[SCHOOLS] = {a, b, c, total - a - b - c};
                least = fmin(least, cv_of(s, added));
            }
    return least;
}

static void small(void)
{
    int lost = 0;
    double worst = 0;
    for (int round = 0; round < 400; round++) {
        struct sample s;
        random_sample(&s, false);
        for (int total = 0; total <= UNITS; total++) {
            double added[SCHOOLS], sum = 0;
            pour_units(&s.pour, total, added);
            for (int i = 0; i < SCHOOLS; i++)
                sum += added[i];
            lost += sum != total;
            worst = fmax(worst, cv_of(&s, added) - best(&s, total));
        }
    }
    is_int(lost, 0, "all units are given away");
    is_dbl(worst, 0, 1e-12, "no other way of sharing out gives a smaller CV");
}

/* Combined schools: near enough to the best that few counties could do with one unit less. */
static void shared(void)
{
    int missed = 0, reached = 0;
    for (int round = 0; round < 400; round++) {
        struct sample s;
        random_sample(&s, true);
        for (int total = 0; total <= UNITS; total++) {
            double added[SCHOOLS];
            bool can = best(&s, total) <= s.pour.target;
            pour_units(&s.pour, total, added);
            reached += can;
            missed += can && cv_of(&s, added) > s.pour.target;
        }
    }
    ok(missed * 100 <= reached && reached > 200,
       "with shares the target is missed in %d of %d reachable cases", missed, reached);
}

static void least(void)
{
    int wrong = 0, near = 0;
    for (int round = 0; round < 400; round++) {
        struct sample s;
        double added[SCHOOLS];
        random_sample(&s, false);
        double bound = pour_least(&s.pour);
        for (double total = fmax(floor(bound) - 20, 0); total < bound - 1e-6; total++) {
            pour_units(&s.pour, total, added);
            wrong += cv_of(&s, added) <= s.pour.target;
        }
        pour_units(&s.pour, ceil(bound) + SCHOOLS, added);
        near += cv_of(&s, added) <= s.pour.target * 1.05;
    }
    is_int(wrong, 0, "no whole units do below the least total of fractions");
    ok(near > 350, "which is near (%d of 400 counties)", near);
}

static void large(void)
{
    struct sample s = {.pour = {s.schools, SCHOOLS, 0.1}};
    double added[SCHOOLS], sum = 0;
    for (int i = 0; i < SCHOOLS; i++)
        s.schools[i] = (struct pour_school){1e6 * (i + 1), 500, 1};
    pour_units(&s.pour, 6e6, added);
    for (int i = 0; i < SCHOOLS; i++)
        sum += added[i];
    is_dbl(sum, 6e6, 0, "millions of yuan");
    is_dbl(added[0], 3e6, 1, "… fill the lowest");
    is_dbl(added[2], 1e6, 1, "… up to one level");
    s.schools[0].share = 0;
    pour_units(&s.pour, 10, added);
    is_dbl(added[0], 0, 0, "where nothing can be added nothing is");
    is_dbl(added[1], 10, 0, "… the next gets it");
    for (int i = 0; i < SCHOOLS; i++)
        s.schools[i] = (struct pour_school){10, 100, 1};
    pour_units(&s.pour, 2, added);
    ok(added[0] == 1 && added[1] == 1, "of equal schools the first are served first");
}

int main(void)
{
    srand(20251122);
    small();
    shared();
    least();
    large();
    return done_testing();
}
