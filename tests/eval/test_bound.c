/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A county may be failed on incomplete data only if nothing that is missing could save it. So
 * random counties lose cells and schools, and whatever they could have held must not give a
 * figure below its proven bound, nor turn a fail.
 */
#include <math.h>
#include <stdlib.h>

#include "eval/random.h"
#include "tap/tap.h"

enum { COUNTIES = 250, COMPLETIONS = 12 };

/* What was seen, over all counties of a shape. */
struct seen {
    int below;         /* a completion with a CV under the bound */
    int saved;         /* … that does not fail where a fail was proven */
    int bounds, fails; /* how often there was one to test */
    double nearest;    /* completion's CV to bound, the least there was */
};

static void compare_figure(const struct figure *f, const struct figure *full,
                           struct seen *seen)
{
    if (isfinite(f->bound) && isfinite(full->cv)) {
        seen->bounds++;
        seen->below += full->cv < f->bound * (1 - 1e-12) - 1e-15;
        if (f->bound > 0)
            seen->nearest = fmin(seen->nearest, full->cv / f->bound);
    }
    if (f->outcome == OUTCOME_FAIL) {
        seen->fails++;
        seen->saved += full->outcome != OUTCOME_FAIL;
    }
}

static void compare(const struct county_result *holes, const struct county_result *full,
                    struct seen *seen)
{
    for (size_t i = 0; i < holes->n_stages; i++) {
        const struct stage_result *s = &holes->stages[i], *t = &full->stages[i];
        for (size_t k = 0; k < holes->standard->n_indicators; k++)
            compare_figure(&s->figures[k], &t->figures[k], seen);
        compare_figure(&s->composite, &t->composite, seen);
        seen->saved += s->outcome == OUTCOME_FAIL && t->outcome != OUTCOME_FAIL;
    }
    seen->saved += holes->outcome == OUTCOME_FAIL && full->outcome != OUTCOME_FAIL;
}

/* Nothing, the level that saves most, anything. */
static double level(int n)
{
    static const double first[] = {0.001, 1, 0.8, 1.25, 30};
    return n < 5 ? first[n] : exp(6 * (random_uniform() - 0.5));
}

static void complete(struct make *m, struct make *full, struct seen *seen)
{
    make_eval(m, STAGE_PRIMARY);
    for (int i = 0; i < COMPLETIONS; i++) {
        random_complete(m, level(i), full);
        full->options.previous = NULL;
        make_eval(full, STAGE_PRIMARY);
        compare(&m->result, &full->result, seen);
    }
}

static struct seen cells(void (*shape)(struct make *m))
{
    struct seen seen = {.nearest = INFINITY};
    for (int round = 0; round < COUNTIES; round++) {
        struct make m, full;
        shape(&m);
        make_init(&full);
        random_schools(&m, (size_t)random_from(4, 25), 0.5 + 2 * random_uniform());
        for (int i = (int)random_from(1, 8); i > 0; i--)
            random_forget(&m);
        complete(&m, &full, &seen);
        make_done(&m);
        make_done(&full);
    }
    return seen;
}

/* The last rows are gone: `now` has only the first of them. */
static void lose_rows(const struct make *then, size_t n, struct make *now)
{
    random_complete(then, 1, now);
    now->data.n = n;
    now->options.previous = &then->data;
}

/* Schools vanish with more than 5 % of the pupils; then they are found, holding anything. */
static struct seen schools(void (*shape)(struct make *m))
{
    struct seen seen = {.nearest = INFINITY};
    for (int round = 0; round < COUNTIES; round++) {
        struct make then, now, found;
        shape(&then);
        make_init(&now);
        make_init(&found);
        size_t n = (size_t)random_from(6, 25);
        random_schools(&then, n, 0.5 + 2 * random_uniform());
        lose_rows(&then, n - (size_t)random_from(1, 2), &now);
        make_eval(&now, STAGE_PRIMARY);
        for (int i = 0; i < COMPLETIONS && !now.result.complete; i++) {
            random_complete(&then, 1, &found);
            for (size_t row = now.data.n; row < n; row++)
                for (enum field f = 0; f < FIELD_COUNT; f++)
                    if (f != FIELD_pupils_primary && f != FIELD_pupils_junior &&
                        f != FIELD_pupils_senior)
                        found.col[f][row] *= level(i);
            for (size_t row = now.data.n; row < n; row++)
                found.col[FIELD_teaching_area][row] +=
                    found.col[FIELD_indoor_sports_area][row];
            make_eval(&found, STAGE_PRIMARY);
            compare(&now.result, &found.result, &seen);
        }
        make_done(&then);
        make_done(&now);
        make_done(&found);
    }
    return seen;
}

static void tell(struct seen seen, const char *what)
{
    is_int(seen.below, 0, what);
    is_int(seen.saved, 0, "… and what is proven to fail fails in every completion");
    ok(seen.bounds > 1000 && seen.fails > 300, "… of which %d bounds and %d fails",
       seen.bounds, seen.fails);
}

/* docs/standards.md section 8: 300, 200, 10 pupils; 1500, 0, missing. */
static void golden(void)
{
    struct make m;
    make_init(&m);
    make_indicator(&m, "books_per_pupil", "books", 1, true);
    make_set(&m, make_school(&m, KIND_PRIMARY, 300, NAN, NAN), FIELD_books, 1500);
    make_set(&m, make_school(&m, KIND_PRIMARY, 200, NAN, NAN), FIELD_books, 0);
    make_missing(&m, make_school(&m, KIND_PRIMARY, 10, NAN, NAN), FIELD_books,
                 MISSING_EMPTY);
    const struct figure *f = make_eval(&m, STAGE_PRIMARY)->figures;
    is_dbl(f->bound, sqrt(20.0 / 31.0), 1e-15, "missing cannot save: sqrt(20/31)");
    is_int(f->outcome, OUTCOME_FAIL, "… which fails");
    m.data.n_missing = 0;
    make_set(&m, 2, FIELD_books, 50); /* T/p = Q/S: 7500/1500 a pupil */
    is_dbl(make_eval(&m, STAGE_PRIMARY)->figures[0].cv, sqrt(20.0 / 31.0), 1e-15,
           "and one completion comes as low as that");
    make_done(&m);
}

int main(void)
{
    srand(20251122);
    golden();
    struct seen basic = cells(random_basic), quality = cells(random_quality);
    tell(basic, "cells missing of the basic shape: no completion is below a bound");
    tell(quality, "cells missing of the quality shape: none is below");
    ok(fmin(basic.nearest, quality.nearest) < 1.0001,
       "the bounds are no lower than need be");
    tell(schools(random_basic), "schools gone, basic shape: none is below");
    tell(schools(random_quality), "schools gone, quality shape: none is below");
    return done_testing();
}
