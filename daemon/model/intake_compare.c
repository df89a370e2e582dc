/* SPDX-License-Identifier: Apache-2.0 */
/* Findings against the county's last round. Whole columns at a time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

enum { LISTED_MAX = 20 }; /* schools named one by one; more are counted */

/* ---- figures that moved ------------------------------------------------------------------ */

enum move { MOVE_NONE, MOVE_TENFOLD, MOVE_FACTOR };

/* Tenfold of next to nothing is nothing: a school with one computer may well buy twelve. */
static enum move move_of(enum field f, double then, double now)
{
    double small = fmin(then, now), large = fmax(then, now);
    if (!(small > 0))
        return MOVE_NONE;
    if (field_unit(f) == UNIT_MONEY && large >= 2000 * small && large <= 50000 * small)
        return MOVE_FACTOR;
    return large >= 50 && large > 10 * small ? MOVE_TENFOLD : MOVE_NONE;
}

static void doubt_move(const struct intake_check *c, enum field f, size_t i, double then,
                       enum move move)
{
    double now = c->ds->col[f][i];
    struct intake_doubt doubt = {move == MOVE_FACTOR ? DOUBT_UNIT_FACTOR : DOUBT_TENFOLD,
                                 i,
                                 &c->ds->schools[i],
                                 {f, FIELD_NONE},
                                 {then, now}};
    intake_doubt(c, &doubt, "%s went from %.10g to %.10g%s", field_id(f), then, now,
                 move == MOVE_FACTOR ? ": was the unit taken for another?" : "");
}

static void check_moved(const struct intake_check *c, enum field f, const ptrdiff_t *then)
{
    const double *now = c->ds->col[f], *last = c->before->col[f];
    for (size_t i = 0; now && last && i < c->ds->n; i++) {
        enum move move = then[i] < 0 ? MOVE_NONE : move_of(f, last[then[i]], now[i]);
        if (move != MOVE_NONE)
            doubt_move(c, f, i, last[then[i]], move);
    }
}

/* ---- schools that came and went ---------------------------------------------------------- */

/* Schools of `a` that are not in `b`: new, or vanished when a is the last round. */
static void check_absent(const struct intake_check *c, const struct dataset *a,
                         const struct dataset *b, enum doubt check)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct school *s = &a->schools[i];
        if (dataset_find(b, s->code, s->campus, (enum stage)s->stage) >= 0 ||
            (a == c->before && closed_between(c->in->closed, s->code, b->county_code,
                                              a->round, b->round)) ||
            n++ >= LISTED_MAX)
            continue;
        struct intake_doubt doubt = {check,
                                     a == c->ds ? i : INTAKE_NO_ROW,
                                     s,
                                     {FIELD_NONE, FIELD_NONE},
                                     {NAN, NAN}};
        intake_doubt(c, &doubt, "%s", doubt_words(check));
    }
    if (n > LISTED_MAX) {
        struct intake_doubt doubt = {
            check, INTAKE_NO_ROW, NULL, {FIELD_NONE, FIELD_NONE}, {(double)n, NAN}};
        intake_doubt(c, &doubt, "%s: %zu schools in all", doubt_words(check), n);
    }
}

/* ---- the county as a whole --------------------------------------------------------------- */

static void check_shrunk(const struct intake_check *c, const char *what, double then,
                         double now, double few)
{
    if (then < few || now >= 0.8 * then)
        return;
    struct intake_doubt doubt = {
        DOUBT_COUNTY_SHRUNK, INTAKE_NO_ROW, NULL, {FIELD_NONE, FIELD_NONE}, {then, now}};
    intake_doubt(c, &doubt, "%s went from %.10g to %.10g", what, then, now);
}

static double enrolled(const struct dataset *ds, enum stage stage, double *schools)
{
    const double *pupils = ds->col[FIELD_pupils_primary + stage];
    double sum = 0;
    for (size_t i = 0; pupils && i < ds->n; i++) {
        sum += pupils[i] > 0 ? pupils[i] : 0;
        *schools += pupils[i] > 0;
    }
    return sum;
}

static void check_county(const struct intake_check *c)
{
    enum { FEW_SCHOOLS = 5, FEW_PUPILS = 500 };
    double schools_then = 0, schools_now = 0;
    for (enum stage s = 0; s < STAGE_COUNT; s++) {
        char what[32];
        double then = enrolled(c->before, s, &schools_then);
        double now = enrolled(c->ds, s, &schools_now);
        snprintf(what, sizeof what, "%s pupils", stage_id(s));
        check_shrunk(c, what, then, now, FEW_PUPILS);
    }
    check_shrunk(c, "schools by stage", schools_then, schools_now, FEW_SCHOOLS);
}

void intake_compare(const struct intake_check *c)
{
    ptrdiff_t *then = calloc(c->ds->n + 1, sizeof *then);
    if (!then) {
        c->ds->doubts++; /* what was not looked at is not well */
        return;
    }
    for (size_t i = 0; i < c->ds->n; i++) {
        const struct school *s = &c->ds->schools[i];
        then[i] = dataset_find(c->before, s->code, s->campus, (enum stage)s->stage);
    }
    for (int f = 0; f < FIELD_COUNT; f++)
        check_moved(c, (enum field)f, then);
    free(then);
    check_absent(c, c->ds, c->before, DOUBT_SCHOOL_NEW);
    check_absent(c, c->before, c->ds, DOUBT_SCHOOL_VANISHED);
    check_county(c);
}
