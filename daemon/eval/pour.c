/* SPDX-License-Identifier: Apache-2.0 */
/*
 * With S = sum x, Q = sum x^2/P and c = sqrt(1 + target^2), the CV is at most the target where
 * c S - sqrt(P_N Q) >= 0, and the left side is concave in what is added. A unit for school i
 * changes it by s_i (c - X_i/R), R = sqrt(Q/P_N): the unit goes where that is most. R follows
 * from what was added, so the two are computed in turn until they agree. With equal shares the
 * order does not depend on R: lowest X first.
 */
#include "eval/pour.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

enum { TURNS = 40, HALVINGS = 200 };

/* ---- whole units -------------------------------------------------------------------------- */

static double root_mean_square(const struct pour *p, const double *added)
{
    double q = 0, pupils = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct pour_school *s = &p->schools[i];
        double x = s->x + added[i] * s->share;
        q += x * x / s->pupils;
        pupils += s->pupils;
    }
    return sqrt(q / pupils);
}

/* How far below the target we are: >= 0 when the CV is at most that. */
static double reserve(const struct pour *p, const double *added)
{
    double sum = 0, pupils = 0;
    for (size_t i = 0; i < p->n; i++) {
        sum += p->schools[i].x + added[i] * p->schools[i].share;
        pupils += p->schools[i].pupils;
    }
    return sqrt(1 + p->target * p->target) * sum - pupils * root_mean_square(p, added);
}

/* What the unit behind the first `have` brings. */
static double gain(const struct pour *p, const struct pour_school *s, double have,
                   double rms)
{
    double c = sqrt(1 + p->target * p->target);
    return s->share * (c - (s->x + s->share * (have + 0.5)) / (s->pupils * rms));
}

/* All units that bring at least `least`; returns how many. */
static double fill(const struct pour *p, double rms, double least, double *added)
{
    double c = sqrt(1 + p->target * p->target), total = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct pour_school *s = &p->schools[i];
        added[i] = 0;
        if (!(s->share > 0))
            continue;
        double level = s->pupils * rms * (c - least / s->share);
        added[i] = fmax(floor((level - s->x) / s->share + 0.5), 0);
        total += added[i];
    }
    return total;
}

static void add_one(const struct pour *p, double rms, double *added)
{
    size_t best = p->n;
    double most = -INFINITY;
    for (size_t i = 0; i < p->n; i++) {
        double g =
            p->schools[i].share > 0 ? gain(p, &p->schools[i], added[i], rms) : -INFINITY;
        if (g > most) {
            most = g;
            best = i;
        }
    }
    if (best < p->n)
        added[best]++;
}

/* The `total` units that bring most at this R. */
static void share_out(const struct pour *p, double total, double rms, double *added)
{
    double none = 2, all = 1; /* gains: fewer bring the first, more the second */
    while (fill(p, rms, none, added) > 0)
        none *= 2;
    while (fill(p, rms, all, added) < total)
        all = all > 0.25 ? all - 0.5 : 2 * all - 1;
    for (int i = 0; i < HALVINGS && none > all; i++) {
        double mid = all + (none - all) / 2;
        if (mid <= all || mid >= none)
            break;
        if (fill(p, rms, mid, added) <= total)
            none = mid;
        else
            all = mid;
    }
    int64_t rest = (int64_t)(total - fill(p, rms, none, added));
    for (; rest > 0; rest--) /* those that bring the same, in order */
        add_one(p, rms, added);
}

static bool same_shares(const struct pour *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->schools[i].share > 0 && p->schools[i].share != 1)
            return false;
    return true;
}

static bool nobody_to_serve(const struct pour *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->schools[i].share > 0)
            return false;
    return true;
}

void pour_units(const struct pour *p, double total, double *ret_added)
{
    for (size_t i = 0; i < p->n; i++)
        ret_added[i] = 0;
    double rms = root_mean_square(p, ret_added), best_rms = rms, best = -INFINITY;
    if (nobody_to_serve(p) || !(rms > 0))
        return;
    int turns = same_shares(p) ? 1 : TURNS;
    for (int turn = 0; turn < turns; turn++) {
        share_out(p, total, rms, ret_added);
        double now = reserve(p, ret_added);
        if (!(now > best)) /* no better: R has settled */
            break;
        best = now;
        best_rms = rms;
        rms = root_mean_square(p, ret_added);
    }
    share_out(p, total, best_rms, ret_added);
}

/* ---- fractions --------------------------------------------------------------------------- */

/* Everybody is raised to `level` a pupil; what that takes, and the CV then. */
static double raise_to(const struct pour *p, double level, double *ret_cv)
{
    double sum = 0, q = 0, pupils = 0, total = 0;
    for (size_t i = 0; i < p->n; i++) {
        const struct pour_school *s = &p->schools[i];
        double x = fmax(s->x, level * s->pupils);
        total += x - s->x;
        sum += x;
        q += x * x / s->pupils;
        pupils += s->pupils;
    }
    *ret_cv = sqrt(fmax(pupils * q / (sum * sum) - 1, 0));
    return total;
}

double pour_least(const struct pour *p)
{
    double low = INFINITY, high = 0, cv;
    for (size_t i = 0; i < p->n; i++) {
        double level = p->schools[i].x / p->schools[i].pupils;
        if (p->schools[i].share != 1)
            return 0;
        low = fmin(low, level);
        high = fmax(high, level);
    }
    for (int i = 0; i < HALVINGS; i++) {
        double mid = low + (high - low) / 2;
        raise_to(p, mid, &cv);
        if (cv > p->target)
            low = mid;
        else
            high = mid;
    }
    return p->n ? raise_to(p, low, &cv) * (1 - 1e-9) : 0;
}
