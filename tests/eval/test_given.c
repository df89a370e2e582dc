/* SPDX-License-Identifier: Apache-2.0 */
/* The official form gives each school's values instead of its amounts: they must come to the
 * same figures, and where both are there and differ, somebody has to be told. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "eval/random.h"
#include "tap/tap.h"

enum { ROUNDS = 200, SCHOOLS = 14 };

/* A county as the form shows it: a row per school and stage, values in columns. */
struct form {
    struct make make;
    struct extra_column extra[STANDARD_INDICATORS_MAX];
    double values[STANDARD_INDICATORS_MAX][MAKE_ROWS];
};

static double printed(double v, int digits)
{
    double power = pow(10, digits);
    return digits < 0 ? v : floor(v * power + 0.5) / power;
}

static void add_rows(struct form *f, const struct stage_result *s, int digits)
{
    for (size_t i = 0; i < s->n_units; i++) {
        bool junior = s->stage == STAGE_JUNIOR;
        double pupils = s->units[i].pupils;
        size_t row = make_school(&f->make, junior ? KIND_JUNIOR : KIND_PRIMARY,
                                 junior ? NAN : pupils, junior ? pupils : NAN, NAN);
        f->make.schools[row].stage = (uint8_t)s->stage;
        for (size_t k = 0; k < f->make.standard.n_indicators; k++)
            f->values[k][row] = printed(s->units[i].value[k], digits);
    }
}

/* What `raw` comes to, filled in with so many digits; -1: all of them. */
static void form_of(struct make *raw, struct form *f, int digits)
{
    f->make.standard = raw->standard;
    for (size_t k = 0; k < raw->standard.n_indicators; k++)
        f->extra[k] = (struct extra_column){.header = raw->standard.indicators[k].id,
                                            .values = f->values[k]};
    f->make.data.extra = f->extra;
    f->make.data.n_extra = raw->standard.n_indicators;
    make_eval(raw, STAGE_PRIMARY);
    for (size_t i = 0; i < raw->result.n_stages; i++)
        add_rows(f, &raw->result.stages[i], digits);
}

/* The largest difference of a CV between the two. NaN when one of them is not known. */
static double apart(const struct make *a, const struct make *b)
{
    double most = 0;
    for (size_t i = 0; i < a->result.n_stages; i++) {
        const struct stage_result *s = &a->result.stages[i], *t = &b->result.stages[i];
        for (size_t k = 0; k < a->standard.n_indicators; k++) {
            double d = fabs(s->figures[k].cv - t->figures[k].cv);
            most = isnan(most) || d <= most ? most : d;
        }
        double d = fabs(s->composite.cv - t->composite.cv);
        most = isnan(most) || d <= most ? most : d;
    }
    return most;
}

static double try_counties(void (*rules)(struct make *), int digits)
{
    double most = 0;
    srand(20250901);
    for (int round = 0; round < ROUNDS; round++) {
        static struct make raw;
        static struct form form;
        rules(&raw);
        make_init(&form.make);
        random_schools(&raw, SCHOOLS, 0.8);
        form_of(&raw, &form, digits);
        make_eval(&form.make, STAGE_PRIMARY);
        double d = apart(&raw, &form.make);
        most = isnan(most) || d <= most ? most : d;
        make_done(&raw);
        make_done(&form.make);
    }
    return most;
}

static void same_figures(void)
{
    is_dbl(try_counties(random_quality, -1), 0, 1e-9,
           "quality: values as they are give the same CVs");
    is_dbl(try_counties(random_basic, -1), 0, 1e-9, "basic: the same");
    is_dbl(try_counties(random_quality, 2), 0, 0.005,
           "quality: values of two decimals give them within 0.005");
}

/* A county of one primary school, with values beside its books. */
static void one_school(struct form *f, double n_books, double value)
{
    make_init(&f->make);
    make_indicator(&f->make, "books_per_pupil", "books", 1, true);
    make_set(&f->make, make_school(&f->make, KIND_PRIMARY, 300, NAN, NAN), FIELD_books,
             n_books);
    f->extra[0] = (struct extra_column){.header = "books_per_pupil",
                                        .values = f->values[0],
                                        .unit = UNIT_NONE,
                                        .factor = 1};
    f->values[0][0] = value;
    f->make.data.extra = f->extra;
    f->make.data.n_extra = 1;
    make_eval(&f->make, STAGE_PRIMARY);
}

static void mismatch(void)
{
    struct form f = {0};
    one_school(&f, 1000, 3.33);
    is_int((long long)f.make.result.n_findings, 0,
           "what the form rounds is no difference");
    make_done(&f.make);
    one_school(&f, 1000, 3.34);
    is_int((long long)f.make.result.n_findings, 1, "a hundredth more is one");
    const struct finding *x = f.make.result.findings;
    is_str(x->code, "value_mismatch", "… by its code");
    is_str(
        x->text,
        "books_per_pupil is given as 3.34, but the raw amounts give 3.333333333, which "
        "is taken",
        "… in words");
    is_int(x->line, 2, "… with its line");
    is_dbl(f.make.result.stages[0].units[0].value[0], 1000.0 / 300, 1e-12, "raw wins");
    make_done(&f.make);
    one_school(&f, NAN, 3.34);
    is_int((long long)f.make.result.n_findings, 0, "nothing to compare with");
    make_done(&f.make);
}

static void many(void)
{
    struct form f = {0};
    make_init(&f.make);
    make_indicator(&f.make, "books_per_pupil", "books", 1, true);
    for (size_t i = 0; i < 25; i++) {
        make_set(&f.make, make_school(&f.make, KIND_PRIMARY, 100, NAN, NAN), FIELD_books,
                 500);
        f.values[0][i] = 6;
    }
    f.extra[0] =
        (struct extra_column){.header = "books_per_pupil", .values = f.values[0]};
    f.make.data.extra = f.extra;
    f.make.data.n_extra = 1;
    make_eval(&f.make, STAGE_PRIMARY);
    is_int((long long)f.make.result.n_findings, 21,
           "twenty are listed, the rest counted");
    is_str(f.make.result.findings[20].text,
           "books_per_pupil: given values and raw amounts differ at 25 schools in all",
           "… in the last");
    make_done(&f.make);
}

static void units(void)
{
    struct form f = {0};
    one_school(&f, NAN, 0.3);
    f.extra[0].factor = 10000;
    f.extra[0].unit = UNIT_COUNT;
    is_dbl(make_eval(&f.make, STAGE_PRIMARY)->units[0].value[0], 3000, 1e-9,
           "a unit in the header counts");
    f.extra[0].unit = UNIT_MONEY;
    ok(isnan(make_eval(&f.make, STAGE_PRIMARY)->units[0].value[0]),
       "another kind's does not");
    is_str(
        f.make.result.findings[0].text,
        "column \"books_per_pupil\" is not read as books_per_pupil: its unit is one of "
        "money, and the indicator's are of count",
        "… and is told");
    make_done(&f.make);
}

int main(void)
{
    same_figures();
    mismatch();
    many();
    units();
    return done_testing();
}
