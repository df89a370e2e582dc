/* SPDX-License-Identifier: Apache-2.0 */
/* Findings: figures that can hardly be right by themselves. Whole columns at a time, so a
 * national file costs little. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/intake_internal.h"

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
    STAGED(dropouts, pupils),
    STAGED(classes_46, classes),
    STAGED(classes_51, classes),
    STAGED(classes_56, classes),
    STAGED(classes_66, classes),
    STAGED(classes_51, classes_46),
    STAGED(classes_56, classes_51),
    STAGED(classes_66, classes_56),
};

static struct intake_doubt doubt_cell(const struct intake_check *c, enum doubt check,
                                      size_t i, enum field f)
{
    return (struct intake_doubt){
        check, i, &c->ds->schools[i], {f, FIELD_NONE}, {dataset_value(c->ds, f, i), NAN}};
}

static struct intake_doubt doubt_two(const struct intake_check *c, enum doubt check,
                                     size_t i, enum field f, enum field other)
{
    struct intake_doubt doubt = doubt_cell(c, check, i, f);
    doubt.cells[1] = other;
    doubt.value[1] = dataset_value(c->ds, other, i);
    return doubt;
}

static void check_pairs(const struct intake_check *c)
{
    for (size_t k = 0; k < sizeof PAIRS / sizeof *PAIRS; k++) {
        const struct pair *p = &PAIRS[k];
        const double *part = c->ds->col[p->part], *whole = c->ds->col[p->whole];
        for (size_t i = 0; part && whole && i < c->ds->n; i++) {
            if (!(part[i] > whole[i]))
                continue;
            struct intake_doubt doubt =
                doubt_two(c, DOUBT_PART_OVER_WHOLE, i, p->part, p->whole);
            intake_doubt(c, &doubt, "%s %.10g is more than %s %.10g", field_id(p->part),
                         part[i], field_id(p->whole), whole[i]);
        }
    }
}

static void check_teachers(const struct intake_check *c, size_t i, enum stage stage)
{
    enum { FEW = 50, MOST_A_TEACHER = 100 };
    enum field f = FIELD_teachers_primary + stage, of = FIELD_pupils_primary + stage;
    double teachers = dataset_value(c->ds, f, i), pupils = dataset_value(c->ds, of, i);
    struct intake_doubt doubt = doubt_two(c, DOUBT_TEACHERS_UNLIKELY, i, f, of);
    if (teachers == 0) {
        doubt.check = DOUBT_TEACHERS_ZERO;
        intake_doubt(c, &doubt, "%.10g %s pupils and not one teacher", pupils,
                     stage_id(stage));
    } else if ((pupils >= FEW && teachers > pupils) ||
               pupils > MOST_A_TEACHER * teachers) {
        intake_doubt(c, &doubt, "%.10g teachers for %.10g %s pupils", teachers, pupils,
                     stage_id(stage));
    }
}

static void check_pupils(const struct intake_check *c, enum stage stage)
{
    const double *pupils = c->ds->col[FIELD_pupils_primary + stage];
    for (size_t i = 0; pupils && i < c->ds->n; i++) {
        if (!(pupils[i] > 0))
            continue;
        enum kind kind = (enum kind)c->ds->schools[i].kind;
        check_teachers(c, i, stage);
        if (kind_may_have(kind, stage))
            continue;
        struct intake_doubt doubt =
            doubt_cell(c, DOUBT_PUPILS_OF_KIND, i, FIELD_pupils_primary + stage);
        intake_doubt(c, &doubt, "%.10g %s pupils at a school of kind %s", pupils[i],
                     stage_id(stage), kind_id(kind));
    }
}

/* ---- classes and rooms --------------------------------------------------------------------- */

static void check_classes(const struct intake_check *c, size_t i, enum stage stage)
{
    enum { MOST_A_CLASS = 120 };
    enum field f = FIELD_classes_primary + stage, of = FIELD_pupils_primary + stage;
    double classes = dataset_value(c->ds, f, i), pupils = dataset_value(c->ds, of, i);
    if (!(pupils > 0) ||
        !(classes == 0 || classes > pupils || pupils > MOST_A_CLASS * classes))
        return;
    struct intake_doubt doubt = doubt_two(c, DOUBT_CLASSES_UNLIKELY, i, f, of);
    intake_doubt(c, &doubt, "%.10g classes for %.10g %s pupils", classes, pupils,
                 stage_id(stage));
}

/* The largest class is in every bin up to its size, and in none above. True: told. */
static bool check_bins(const struct intake_check *c, size_t i, enum stage stage,
                       double largest)
{
    static const struct {
        double size;
        enum field field;
    } BINS[] = {{46, FIELD_classes_46_primary},
                {51, FIELD_classes_51_primary},
                {56, FIELD_classes_56_primary},
                {66, FIELD_classes_66_primary}};
    enum field f = FIELD_largest_class_primary + stage;
    for (size_t k = 0; k < sizeof BINS / sizeof *BINS; k++) {
        enum field bin = BINS[k].field + stage;
        double n = dataset_value(c->ds, bin, i);
        if (!(largest < BINS[k].size && n > 0) && !(largest >= BINS[k].size && n == 0))
            continue;
        struct intake_doubt doubt = doubt_two(c, DOUBT_CLASS_SIZES, i, f, bin);
        intake_doubt(c, &doubt, "%s is %.10g, and %s %.10g", field_id(f), largest,
                     field_id(bin), n);
        return true;
    }
    return false;
}

static void check_largest(const struct intake_check *c, size_t i, enum stage stage)
{
    enum field f = FIELD_largest_class_primary + stage,
               of = FIELD_classes_primary + stage;
    double largest = dataset_value(c->ds, f, i), classes = dataset_value(c->ds, of, i);
    double pupils = dataset_value(c->ds, FIELD_pupils_primary + stage, i);
    if (check_bins(c, i, stage, largest) || !(classes > 0 && pupils > classes * largest))
        return;
    struct intake_doubt doubt = doubt_two(c, DOUBT_CLASS_SIZES, i, f, of);
    intake_doubt(c, &doubt, "%.10g classes of at most %.10g cannot hold %.10g pupils",
                 classes, largest, pupils);
}

static void check_stage_classes(const struct intake_check *c, enum stage stage)
{
    for (size_t i = 0; i < c->ds->n; i++) {
        check_classes(c, i, stage);
        check_largest(c, i, stage);
    }
}

static void check_rooms(const struct intake_check *c, enum field rooms, enum field area)
{
    const double *n = c->ds->col[rooms], *m2 = c->ds->col[area];
    for (size_t i = 0; n && m2 && i < c->ds->n; i++) {
        if (!(n[i] > 0 && m2[i] == 0) && !(n[i] == 0 && m2[i] > 0))
            continue;
        struct intake_doubt doubt = doubt_two(c, DOUBT_ROOM_WITHOUT_AREA, i, rooms, area);
        intake_doubt(c, &doubt, "%s is %.10g, and %s %.10g", field_id(rooms), n[i],
                     field_id(area), m2[i]);
    }
}

/* ---- schools ------------------------------------------------------------------------------- */

/* Nobody enrolled, but rooms or books: such a row is in no figure. */
static void check_nobody(const struct intake_check *c)
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
            struct intake_doubt doubt = doubt_cell(c, DOUBT_NO_PUPILS, i, things[k]);
            intake_doubt(c, &doubt,
                         "nobody is enrolled, and %s is %.10g: not in any figure, unless "
                         "it is a campus of a school that is",
                         field_id(things[k]), v);
            break;
        }
    }
}

static void check_preschool(const struct intake_check *c)
{
    const double *pupils = c->ds->col[FIELD_pupils_preschool];
    for (size_t i = 0; pupils && i < c->ds->n; i++) {
        if (!(pupils[i] > 0))
            continue;
        struct intake_doubt doubt =
            doubt_cell(c, DOUBT_PRESCHOOL_CLASSES, i, FIELD_pupils_preschool);
        intake_doubt(
            c, &doubt,
            "%.10g children in preschool classes: no rule says how to divide the "
            "school's rooms and equipment with them, so they are not divided",
            pupils[i]);
    }
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Money a pupil that is about 10^4 off what is usual in the county. */
static void check_unit(const struct intake_check *c, enum field f)
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
        struct intake_doubt doubt = doubt_cell(c, DOUBT_UNIT_FACTOR, i, f);
        intake_doubt(c, &doubt,
                     "%s comes to %.10g a pupil, where %.10g is usual in the county: was "
                     "the unit taken for another?",
                     field_id(f), each[i], median);
    }
    free(each);
}

int intake_check(struct intake *in, uint32_t county, struct dataset *ds,
                 const struct dataset *before)
{
    const struct intake_check c = {in, county, ds, before};
    in->n_blocks = 0;
    check_pairs(&c);
    for (enum stage s = 0; s < STAGE_COUNT; s++) {
        check_pupils(&c, s);
        check_stage_classes(&c, s);
    }
    check_rooms(&c, FIELD_music_rooms, FIELD_music_room_min_area);
    check_rooms(&c, FIELD_art_rooms, FIELD_art_room_min_area);
    check_nobody(&c);
    check_preschool(&c);
    for (int f = 0; f < FIELD_COUNT; f++)
        if (field_unit((enum field)f) == UNIT_MONEY)
            check_unit(&c, (enum field)f);
    if (before)
        intake_compare(&c);
    return intake_block(&c);
}
