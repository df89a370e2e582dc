/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/cv.h"

#include <math.h>
#include <stdbool.h>

/*
 * A compensated sum: what each addition loses is kept (Knuth's two-sum, no branches), so the
 * order of schools does not show.
 */
struct sum {
    double value, lost;
};

static inline void sum_add(struct sum *sum, double v)
{
    double next = sum->value + v, added = next - sum->value;
    sum->lost += (sum->value - (next - added)) + (v - added);
    sum->value = next;
}

static inline double sum_total(struct sum sum)
{
    return sum.value + sum.lost;
}

static inline bool known(double x, double pupils)
{
    return pupils > 0 && !isnan(x);
}

/* Two passes: the mean first, then the squares around it, because Q - S^2/P cancels. */
struct moments {
    double total, pupils, mean;
    double squares; /* sum P_i (X_i - mean)^2 */
};

static struct moments moments_of(const double *x, const double *pupils, size_t n)
{
    struct sum total = {0}, p = {0}, squares = {0};
    for (size_t i = 0; i < n; i++) {
        if (known(x[i], pupils[i])) {
            sum_add(&total, x[i]);
            sum_add(&p, pupils[i]);
        }
    }
    struct moments m = {.total = sum_total(total), .pupils = sum_total(p)};
    m.mean = m.pupils > 0 ? m.total / m.pupils : NAN;
    for (size_t i = 0; i < n; i++) {
        if (known(x[i], pupils[i])) {
            double gap = x[i] / pupils[i] - m.mean;
            sum_add(&squares, pupils[i] * gap * gap);
        }
    }
    m.squares = sum_total(squares);
    return m;
}

struct cv cv_weighted(const double *x, const double *pupils, size_t n, double per)
{
    struct moments m = moments_of(x, pupils, n);
    struct cv cv = {m.total, m.pupils, NAN, NAN, NAN};
    if (!(m.pupils > 0))
        return cv;
    double sd = sqrt(m.squares / m.pupils);
    cv.mean = m.mean * per;
    cv.sd = sd * per;
    if (m.mean > 0) /* parts larger than their whole can make it negative: no CV either */
        cv.cv = sd / m.mean;
    return cv;
}

/*
 * With V = sum P (X - mean)^2 of the known: Q = V + S^2/P_K and P_K Q - S^2 = P_K V, which
 * says the same as the formula in the header without its cancellation. The minimum over the
 * missing total T (spread evenly, T/p = Q/S) follows from Cauchy-Schwarz.
 */
double cv_lower_bound(const double *x, const double *pupils, size_t n, double p_missing)
{
    struct moments m = moments_of(x, pupils, n);
    if (!(m.pupils > 0) || !(m.total > 0))
        return NAN;
    double square = m.total * m.total;
    double q = m.squares + square / m.pupils;
    return sqrt(m.pupils * m.squares / (square + p_missing * q));
}

void cv_shares(const double *x, const double *pupils, size_t n, double *share)
{
    struct moments m = moments_of(x, pupils, n);
    for (size_t i = 0; i < n; i++) {
        share[i] = 0;
        if (m.squares > 0 && known(x[i], pupils[i])) {
            double gap = x[i] / pupils[i] - m.mean;
            share[i] = pupils[i] * gap * gap / m.squares;
        }
    }
}
