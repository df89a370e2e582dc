/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/random.h"

#include <math.h>
#include <stdlib.h>

#include "tap/tap.h"

/* The fields that the figures rest on and what a pupil has of them, more or less. */
static const struct {
    enum field field;
    double each;
    bool staged;
} AMOUNTS[] = {
    {FIELD_teaching_area, 6, false},
    {FIELD_indoor_sports_area, 0.8, false},
    {FIELD_sports_ground_area, 9, false},
    {FIELD_equipment_value, 2600, false},
    {FIELD_multimedia_classrooms, 0.028, false},
    {FIELD_computers, 0.15, false},
    {FIELD_books, 25, false},
    {FIELD_teachers_primary, 0.07, true},
    {FIELD_above_qual_teachers_primary, 0.055, true},
    {FIELD_backbone_teachers_primary, 0.013, true},
    {FIELD_pe_arts_teachers_primary, 0.011, true},
    {FIELD_mid_title_teachers_primary, 0.03, true},
};
enum { AMOUNT_COUNT = sizeof AMOUNTS / sizeof *AMOUNTS };

double random_uniform(void)
{
    return rand() / (RAND_MAX + 1.0);
}

double random_below(int n)
{
    return rand() % n;
}

double random_from(int lo, int hi)
{
    return lo + rand() % (hi - lo + 1);
}

static size_t area(struct make *m)
{
    size_t k = make_indicator(m, "teaching_area_per_pupil", "teaching_area", 1, true);
    make_term(m, k, "indoor_sports_area", -1);
    return k;
}

static size_t sports(struct make *m)
{
    size_t k = make_indicator(m, "sports_area_per_pupil", "indoor_sports_area", 1, true);
    make_term(m, k, "sports_ground_area", 1);
    return k;
}

void random_basic(struct make *m)
{
    make_init(m);
    area(m);
    sports(m);
    make_indicator(m, "equipment_value_per_pupil", "equipment_value", 1, true);
    make_indicator(m, "computers_per_100", "computers", 100, true);
    make_indicator(m, "books_per_pupil", "books", 1, true);
    make_indicator(m, "teacher_pupil_ratio", "teachers", 1, false);
    make_indicator(m, "above_qual_teachers_per_pupil", "above_qual_teachers", 1, false);
    make_indicator(m, "mid_title_teachers_per_pupil", "mid_title_teachers", 1, false);
    make_limits(m, CV_COMPOSITE, "0.65", "0.55");
    m->standard.campus_merge = true;
}

void random_quality(struct make *m)
{
    make_init(m);
    make_min(m,
             make_indicator(m, "above_qual_teachers_per_100", "above_qual_teachers", 100,
                            false),
             "4.2", "5.3");
    make_min(
        m,
        make_indicator(m, "backbone_teachers_per_100", "backbone_teachers", 100, false),
        "1", "1");
    make_min(
        m, make_indicator(m, "pe_arts_teachers_per_100", "pe_arts_teachers", 100, false),
        "0.9", "0.9");
    make_min(m, area(m), "4.5", "5.8");
    make_min(m, sports(m), "7.5", "10.2");
    make_min(m,
             make_indicator(m, "equipment_value_per_pupil", "equipment_value", 1, true),
             "2000", "2500");
    make_min(m,
             make_indicator(m, "multimedia_classrooms_per_100", "multimedia_classrooms",
                            100, true),
             "2.3", "2.4");
    make_limits(m, CV_EACH, "0.50", "0.45");
    make_school_rule(m, 6, "0.85");
}

/* Pupils as the shared amounts see them. */
static double weighted(const struct make *m, size_t row)
{
    static const double weight[] = {1, 1.1, 1.32};
    static const enum field part[] = {FIELD_pupils_primary, FIELD_pupils_junior,
                                      FIELD_pupils_senior};
    double all = 0;
    for (int k = 0; k < 3; k++) {
        double pupils = dataset_value(&m->data, part[k], row);
        all += isnan(pupils) ? 0 : weight[k] * pupils;
    }
    return all;
}

/* Whose amount cell it is: 0 where the row has nobody for it. */
static double pupils_of(const struct make *m, size_t row, size_t amount, int stage)
{
    if (!AMOUNTS[amount].staged)
        return weighted(m, row);
    double pupils = m->col[FIELD_pupils_primary + stage][row];
    return isnan(pupils) ? 0 : pupils;
}

static void furnish(struct make *m, size_t row, double spread)
{
    for (size_t a = 0; a < AMOUNT_COUNT; a++) {
        for (int stage = 0; stage <= AMOUNTS[a].staged; stage++) {
            double factor = exp(spread * 2 * (random_uniform() - 0.5)), pupils;
            pupils = pupils_of(m, row, a, stage);
            if (pupils > 0)
                make_set(m, row, AMOUNTS[a].field + (enum field)stage,
                         ceil(pupils * AMOUNTS[a].each * factor));
        }
    }
    double indoor = m->col[FIELD_indoor_sports_area][row];
    m->col[FIELD_teaching_area][row] = fmax(m->col[FIELD_teaching_area][row], indoor + 1);
}

void random_schools(struct make *m, size_t n, double spread)
{
    static const enum kind kinds[] = {
        KIND_PRIMARY, KIND_PRIMARY,     KIND_JUNIOR,
        KIND_JUNIOR,  KIND_NINE_YEAR,   KIND_COMPLETE_SECONDARY,
        KIND_PRIMARY, KIND_TWELVE_YEAR, KIND_TEACHING_POINT};
    for (size_t i = 0; i < n; i++) {
        enum kind kind = kinds[i < 3 ? i : (size_t)random_below(9)];
        bool primary = kind_needs_pupils(kind, STAGE_PRIMARY);
        bool junior = kind_needs_pupils(kind, STAGE_JUNIOR);
        bool senior = kind == KIND_COMPLETE_SECONDARY || kind == KIND_TWELVE_YEAR;
        size_t row = make_school(m, kind, primary ? random_from(20, 1500) : NAN,
                                 junior ? random_from(20, 900) : NAN,
                                 senior ? random_from(20, 900) : NAN);
        furnish(m, row, spread);
    }
}

void random_plain_schools(struct make *m, size_t n, double spread)
{
    for (size_t i = 0; i < n; i++) {
        bool junior = i == 1 || (i > 2 && random_below(3) < 1);
        double pupils = random_from(20, 1500);
        furnish(m,
                make_school(m, junior ? KIND_JUNIOR : KIND_PRIMARY, junior ? NAN : pupils,
                            junior ? pupils : NAN, NAN),
                spread);
    }
}

void random_forget(struct make *m)
{
    size_t row = (size_t)random_below((int)m->data.n);
    size_t a = (size_t)random_below(AMOUNT_COUNT);
    enum field field = AMOUNTS[a].field + (enum field)(AMOUNTS[a].staged && rand() % 2);
    if (m->data.col[field] && !isnan(m->col[field][row]))
        make_missing(m, row, field, MISSING_EMPTY);
}

static size_t amount_of(enum field field)
{
    for (size_t a = 0; a < AMOUNT_COUNT; a++) {
        if (field == AMOUNTS[a].field ||
            (AMOUNTS[a].staged && field == AMOUNTS[a].field + 1))
            return a;
    }
    bail("a field that no figure needs");
}

/* What a pupil has of the field in the schools that say so, weighted to lower the CV most. */
static double usual(const struct make *m, enum field field)
{
    size_t a = amount_of(field);
    double sum = 0, squares = 0;
    for (size_t row = 0; row < m->data.n; row++) {
        double x = m->col[field][row];
        double pupils = pupils_of(m, row, a, (int)(field - AMOUNTS[a].field));
        if (isnan(x) || !(pupils > 0))
            continue;
        sum += x;
        squares += x * x / pupils;
    }
    return sum > 0 ? squares / sum : AMOUNTS[a].each;
}

void random_complete(const struct make *m, double level, struct make *full)
{
    struct arena *arena = full->arena;
    *full = *m;
    full->arena = arena;
    full->data.schools = full->schools;
    full->data.missing = full->missing;
    full->data.n_missing = 0;
    for (size_t i = 0; i < m->data.n; i++)
        full->schools[i].code = full->codes[i];
    for (enum field f = 0; f < FIELD_COUNT; f++)
        full->data.col[f] = m->data.col[f] ? full->col[f] : NULL;
    for (size_t i = 0; i < m->data.n_missing; i++) {
        size_t row = m->missing[i].school;
        enum field f = m->missing[i].field;
        size_t a = amount_of(f);
        double pupils = pupils_of(m, row, a, (int)(f - AMOUNTS[a].field));
        full->col[f][row] = level * usual(m, f) * fmax(pupils, 1);
    }
    for (size_t row = 0; row < m->data.n;
         row++) { /* a part is no larger than its whole */
        bool given = !isnan(m->col[FIELD_indoor_sports_area][row]);
        double *whole = &full->col[FIELD_teaching_area][row];
        double *part = &full->col[FIELD_indoor_sports_area][row];
        if (*part > *whole)
            *(given ? whole : part) = given ? *part : *whole;
    }
}
