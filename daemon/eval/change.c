/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/change.h"

#include <math.h>
#include <string.h>

#include <junheng/plugin.h>

#include "eval/cv.h"

/* What has happened already, in a world between the two rounds. */
enum { ENROLMENT = 1, RESOURCE = 2, SCHOOLS = 4, WORLDS = 8 };

/* A school of either round; NULL where it is not. */
struct pair {
    const struct unit *then, *now;
};

struct pairs {
    struct pair *list;
    size_t n;
    double *x, *pupils; /* n each: a world's columns */
};

static int compare(const struct county_result *now, const struct unit *a,
                   const struct county_result *then, const struct unit *b)
{
    const struct school *x = &now->data->schools[a->school],
                        *y = &then->data->schools[b->school];
    int by_code = strcmp(x->code, y->code);
    return by_code || now->standard->campus_merge ? by_code
                                                  : strcmp(x->campus, y->campus);
}

/* Both rounds are ordered by school: one walk finds who stayed, came and went. */
static void match(const struct county_result *now, const struct county_result *then,
                  size_t stage, struct pairs *pairs, struct stage_change *out)
{
    const struct stage_result *s = &now->stages[stage], *t = &then->stages[stage];
    size_t i = 0, j = 0;
    while (i < s->n_units || j < t->n_units) {
        int d = i == s->n_units ? 1 : -1;
        if (i < s->n_units && j < t->n_units)
            d = compare(now, &s->units[i], then, &t->units[j]);
        if (d < 0)
            out->came[out->n_came++] = (uint32_t)i;
        if (d > 0)
            out->went[out->n_went++] = (uint32_t)j;
        pairs->list[pairs->n++] =
            (struct pair){d >= 0 ? &t->units[j] : NULL, d <= 0 ? &s->units[i] : NULL};
        j += d >= 0;
        i += d <= 0;
    }
}

/* The CV of indicator k where only some of the changes have happened. */
static double world(const struct pairs *pairs, size_t k, unsigned happened)
{
    for (size_t i = 0; i < pairs->n; i++) {
        const struct unit *then = pairs->list[i].then, *now = pairs->list[i].now;
        const struct unit *only = happened & SCHOOLS ? now : then;
        const struct unit *p = then && now ? (happened & ENROLMENT ? now : then) : only;
        const struct unit *x = then && now ? (happened & RESOURCE ? now : then) : only;
        pairs->pupils[i] =
            p ? p->pupils : 0; /* 0: is not there, cv_weighted() skips it */
        pairs->x[i] = x ? x->raw[k] : 0;
    }
    return cv_weighted(pairs->x, pairs->pupils, pairs->n, 1).cv;
}

/* The Shapley value of one of three: its step in each of the six orders, averaged. */
static double part(const double v[WORLDS], unsigned one)
{
    unsigned both = (ENROLMENT | RESOURCE | SCHOOLS) & ~one;
    unsigned a = both & -both, b = both & ~a;
    return (v[one] - v[0]) / 3 + (v[one | a] - v[a]) / 6 + (v[one | b] - v[b]) / 6 +
           (v[one | both] - v[both]) / 3;
}

static const struct change NOTHING = {NAN, NAN, NAN, NAN, NAN};

static struct change figure(const struct pairs *pairs, size_t k)
{
    double v[WORLDS];
    for (unsigned happened = 0; happened < WORLDS; happened++) {
        v[happened] = world(pairs, k, happened);
        if (isnan(v[happened]))
            return NOTHING;
    }
    return (struct change){v[0], v[WORLDS - 1], part(v, ENROLMENT), part(v, RESOURCE),
                           part(v, SCHOOLS)};
}

/* The composite is the mean of the figures, and so are its parts. */
static struct change mean(const struct change *figures, size_t n)
{
    struct change sum = n ? (struct change){0} : NOTHING;
    for (size_t k = 0; k < n; k++) {
        sum.before += figures[k].before / (double)n;
        sum.after += figures[k].after / (double)n;
        sum.enrolment += figures[k].enrolment / (double)n;
        sum.resource += figures[k].resource / (double)n;
        sum.schools += figures[k].schools / (double)n;
    }
    return sum;
}

int change_stage(const struct county_result *now, const struct county_result *then,
                 size_t stage, struct arena *arena, struct stage_change *ret)
{
    const struct stage_result *s = &now->stages[stage], *t = &then->stages[stage];
    size_t n = now->standard->n_indicators, most = s->n_units + t->n_units;
    struct stage_change out = {0};
    struct pairs pairs = {.list = arena_array(arena, most, sizeof *pairs.list),
                          .x = arena_array(arena, most, sizeof *pairs.x),
                          .pupils = arena_array(arena, most, sizeof *pairs.pupils)};
    out.figures = arena_array(arena, n, sizeof *out.figures);
    out.came = arena_array(arena, s->n_units, sizeof *out.came);
    out.went = arena_array(arena, t->n_units, sizeof *out.went);
    if (!pairs.list || !pairs.x || !pairs.pupils || !out.figures || !out.came ||
        !out.went)
        return JH_ENOMEM;
    match(now, then, stage, &pairs, &out);
    for (size_t k = 0; k < n; k++) {
        bool known = !isnan(s->figures[k].cv) && !isnan(t->figures[k].cv);
        out.figures[k] = known ? figure(&pairs, k) : NOTHING;
    }
    out.composite = mean(out.figures, n);
    *ret = out;
    return 0;
}
