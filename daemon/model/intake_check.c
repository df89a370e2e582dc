/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: figures that are kept but can hardly be right, by themselves or beside the last
 * round. Whole columns at a time, so a national file costs little. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

enum { LISTED_MAX = 20 }; /* schools named one by one; more are counted */

struct pair {
    enum field part, whole;
};

#define STAGED(part, whole)                                                              \
    {FIELD_##part##_primary, FIELD_##whole##_primary},                                   \
    {                                                                                    \
        FIELD_##part##_junior, FIELD_##whole##_junior                                    \
    }

static const struct pair PAIRS[] = {
    {FIELD_indoor_sports_area, FIELD_teaching_area},
    STAGED(teachers, staff),
    STAGED(certified_teachers, teachers),
    STAGED(teachers_360h, teachers),
    STAGED(above_qual_teachers, teachers),
    STAGED(backbone_teachers, teachers),
    STAGED(pe_arts_teachers, teachers),
    STAGED(mid_title_teachers, teachers),
    STAGED(migrant_pupils, pupils),
    STAGED(catchment_pupils, pupils),
    STAGED(pupils_disabled, pupils),
    STAGED(classes_46, classes),
    STAGED(classes_51, classes),
    STAGED(classes_56, classes),
    STAGED(classes_66, classes),
    STAGED(classes_51, classes_46),
    STAGED(classes_56, classes_51),
    STAGED(classes_66, classes_56),
};

struct check {
    struct intake *in;
    uint32_t county;
    const struct dataset *ds, *before;
};

static struct intake_what at(const struct check *c, size_t i)
{
    const struct school *s = &c->ds->schools[i];
    return (struct intake_what){c->county, s->code, s->campus, s->file, s->line};
}

static void check_pairs(const struct check *c)
{
    for (size_t k = 0; k < sizeof PAIRS / sizeof *PAIRS; k++) {
        const double *part = c->ds->col[PAIRS[k].part],
                     *whole = c->ds->col[PAIRS[k].whole];
        for (size_t i = 0; part && whole && i < c->ds->n; i++) {
            if (!(part[i] > whole[i]))
                continue;
            struct intake_what w = at(c, i);
            intake_find(c->in, &w, "part_over_whole", "warning",
                        "%s %.10g is more than %s %.10g", field_id(PAIRS[k].part),
                        part[i], field_id(PAIRS[k].whole), whole[i]);
        }
    }
}

static void check_pupils(const struct check *c, enum stage stage)
{
    const double *pupils = c->ds->col[FIELD_pupils_primary + stage];
    const double *teachers = c->ds->col[FIELD_teachers_primary + stage];
    for (size_t i = 0; pupils && i < c->ds->n; i++) {
        if (!(pupils[i] > 0))
            continue;
        struct intake_what w = at(c, i);
        enum kind kind = (enum kind)c->ds->schools[i].kind;
        if (teachers && teachers[i] == 0)
            intake_find(c->in, &w, "teachers_zero", "warning",
                        "%.10g %s pupils and not one teacher", pupils[i],
                        stage_id(stage));
        if (!kind_may_have(kind, stage))
            intake_find(c->in, &w, "pupils_of_kind", "warning",
                        "%.10g %s pupils at a school of kind %s", pupils[i],
                        stage_id(stage), kind_id(kind));
    }
}

/* Nobody enrolled, but rooms or books: such a row is in no figure. */
static void check_nobody(const struct check *c)
{
    static const enum field things[] = {
        FIELD_teaching_area,   FIELD_sports_ground_area,
        FIELD_equipment_value, FIELD_computers,
        FIELD_books,           FIELD_multimedia_classrooms};
    static const enum field people[] = {FIELD_pupils_preschool, FIELD_pupils_primary,
                                        FIELD_pupils_junior, FIELD_pupils_senior};
    for (size_t i = 0; i < c->ds->n; i++) {
        enum kind kind = (enum kind)c->ds->schools[i].kind;
        bool pupils =
            !kind_may_have(kind, STAGE_PRIMARY) && !kind_may_have(kind, STAGE_JUNIOR);
        for (size_t k = 0; k < sizeof people / sizeof *people; k++)
            pupils |= dataset_value(c->ds, people[k], i) > 0;
        for (size_t k = 0; !pupils && k < sizeof things / sizeof *things; k++) {
            double v = dataset_value(c->ds, things[k], i);
            if (!(v > 0))
                continue;
            struct intake_what w = at(c, i);
            intake_find(c->in, &w, "no_pupils", "notice",
                        "nobody is enrolled, and %s is %.10g: not in any figure, unless "
                        "it is a campus of a school that is",
                        field_id(things[k]), v);
            break;
        }
    }
}

static void check_preschool(const struct check *c)
{
    const double *pupils = c->ds->col[FIELD_pupils_preschool];
    for (size_t i = 0; pupils && i < c->ds->n; i++) {
        if (!(pupils[i] > 0))
            continue;
        struct intake_what w = at(c, i);
        intake_find(c->in, &w, "preschool_classes", "notice",
                    "%.10g children in preschool classes: no rule says how to divide the "
                    "school's rooms and equipment with them, so they are not divided",
                    pupils[i]);
    }
}

/* ---- against the last round -------------------------------------------------------------- */

/* How a column moved: schools that changed by about 10^4, or by more than tenfold. */
struct moved {
    size_t factor, tenfold, both;
    size_t first_factor, first_tenfold;
    double then_factor, now_factor, then_tenfold, now_tenfold;
};

static bool is_money(enum field f)
{
    return f == FIELD_equipment_value || f == FIELD_public_funds_budget ||
           f == FIELD_training_funds;
}

/* Tenfold of next to nothing is nothing: a school with one computer may well buy twelve. */
static bool tenfold(double then, double now)
{
    double small = fmin(then, now), large = fmax(then, now);
    return small > 0 && large >= 50 && large > 10 * small;
}

static void move_one(struct moved *m, enum field f, size_t i, double then, double now)
{
    double ratio = then > 0 && now > 0 ? fmax(then, now) / fmin(then, now) : 1;
    m->both += then > 0 && now > 0;
    if (is_money(f) && ratio >= 2000 && ratio <= 50000) {
        if (!m->factor++) {
            m->first_factor = i;
            m->then_factor = then;
            m->now_factor = now;
        }
    } else if (tenfold(then, now) && !m->tenfold++) {
        m->first_tenfold = i;
        m->then_tenfold = then;
        m->now_tenfold = now;
    }
}

/* One finding a column, not one a school: a slip of the unit is in all of them. */
static void check_moved(const struct check *c, enum field f, const ptrdiff_t *then)
{
    const double *now = c->ds->col[f], *last = c->before->col[f];
    struct moved m = {0};
    for (size_t i = 0; now && last && i < c->ds->n; i++)
        if (then[i] >= 0)
            move_one(&m, f, i, last[then[i]], now[i]);
    if (m.factor) {
        struct intake_what w = at(c, m.first_factor);
        intake_find(
            c->in, &w, "unit_factor", "warning",
            "%s went from %.10g to %.10g (%zu of %zu schools moved about 10^4): was "
            "the unit taken for another?",
            field_id(f), m.then_factor, m.now_factor, m.factor, m.both);
    }
    if (m.tenfold) {
        struct intake_what w = at(c, m.first_tenfold);
        intake_find(
            c->in, &w, "tenfold", "warning",
            "%s went from %.10g to %.10g (%zu of %zu schools moved more than tenfold)",
            field_id(f), m.then_tenfold, m.now_tenfold, m.tenfold, m.both);
    }
}

/* Schools of `a` that are not in `b`: new, or vanished when a is the last round. */
static void check_absent(const struct check *c, const struct dataset *a,
                         const struct dataset *b, const char *code, const char *words)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct school *s = &a->schools[i];
        if (dataset_find(b, s->code, s->campus, (enum stage)s->stage) >= 0 ||
            n++ >= LISTED_MAX)
            continue;
        struct intake_what w = {c->county, s->code, s->campus, 0, 0};
        if (a == c->ds)
            w = at(c, i);
        intake_find(c->in, &w, code, "notice", "%s", words);
    }
    if (n > LISTED_MAX) {
        struct intake_what w = {.county = c->county};
        intake_find(c->in, &w, code, "warning", "%s: %zu schools in all", words, n);
    }
}

static void check_before(const struct check *c)
{
    ptrdiff_t *then = calloc(c->ds->n + 1, sizeof *then);
    if (!then)
        return; /* findings are a help, no duty */
    for (size_t i = 0; i < c->ds->n; i++) {
        const struct school *s = &c->ds->schools[i];
        then[i] = dataset_find(c->before, s->code, s->campus, (enum stage)s->stage);
    }
    for (int f = 0; f < FIELD_COUNT; f++)
        check_moved(c, (enum field)f, then);
    free(then);
    check_absent(c, c->ds, c->before, "school_new", "not in the last round");
    check_absent(c, c->before, c->ds, "school_vanished",
                 "in the last round, and not in this");
}

/* ---- within the round -------------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Money a pupil that is about 10^4 off what is usual in the county. */
static void check_unit(const struct check *c, enum field f)
{
    enum { FEW = 5 };
    const struct dataset *ds = c->ds;
    const double *money = ds->col[f];
    double *each = money ? calloc(2 * ds->n + 1, sizeof *each) : NULL,
           *sorted = each + ds->n;
    size_t n = 0;
    if (!each)
        return;
    for (size_t i = 0; i < ds->n; i++) {
        double p = dataset_value(ds, FIELD_pupils_primary, i);
        double j = dataset_value(ds, FIELD_pupils_junior, i);
        each[i] = money[i] / ((isnan(p) ? 0 : p) + (isnan(j) ? 0 : j));
        if (isfinite(each[i]) && each[i] > 0)
            sorted[n++] = each[i];
    }
    qsort(sorted, n, sizeof *sorted, by_value);
    double median = n ? sorted[n / 2] : 0;
    for (size_t i = 0; n >= FEW && i < ds->n; i++) {
        double ratio = fmax(each[i], median) / fmin(each[i], median);
        if (!(each[i] > 0) || !isfinite(each[i]) || ratio < 2000)
            continue;
        struct intake_what w = at(c, i);
        intake_find(
            c->in, &w, "unit_factor", "warning",
            "%s comes to %.10g a pupil, where %.10g is usual in the county: was the "
            "unit taken for another?",
            field_id(f), each[i], median);
    }
    free(each);
}

void intake_check(struct intake *in, uint32_t county, const struct dataset *ds,
                  const struct dataset *before)
{
    struct check c = {in, county, ds, before};
    check_pairs(&c);
    for (int s = 0; s < STAGE_COUNT; s++)
        check_pupils(&c, (enum stage)s);
    check_nobody(&c);
    check_preschool(&c);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (is_money((enum field)f))
            check_unit(&c, (enum field)f);
    if (before)
        check_before(&c);
}
