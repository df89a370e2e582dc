/* SPDX-License-Identifier: Apache-2.0 */
/* What would be must not leak into what is: the dataset it is made from stays as it was. */
#include "eval/simulate.h"

#include <math.h>

#include "eval/make.h"
#include "tap/tap.h"

int main(void)
{
    struct make m;
    struct dataset ds;
    struct county_result r;
    make_init(&m);
    make_indicator(&m, "books_per_pupil", "books", 1, true);
    m.standard.has_stage[STAGE_JUNIOR] = false;
    make_set(&m, make_school(&m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books, 100);
    make_missing(&m, make_school(&m, KIND_PRIMARY, 100, NAN, NAN), FIELD_books,
                 MISSING_BAD);
    make_missing(&m, 0, FIELD_computers, MISSING_EMPTY);
    const struct simulate_cell cells[] = {{1, FIELD_books, 5},
                                          {1, FIELD_books, 300},
                                          {0, FIELD_pupils_primary, 50},
                                          {1, FIELD_teaching_area, 7}};
    is_int(simulate(&m.data, cells, 4, m.arena, &ds), 0, "simulated");
    is_dbl(dataset_value(&ds, FIELD_books, 1), 300, 0, "the later of two counts");
    is_dbl(dataset_value(&ds, FIELD_books, 0), 100, 0, "the rest of the column stays");
    is_dbl(dataset_value(&ds, FIELD_teaching_area, 1), 7, 0, "an absent column is there");
    ok(isnan(dataset_value(&ds, FIELD_teaching_area, 0)), "… and empty elsewhere");
    ok(!dataset_missing(&ds, 1, FIELD_books), "what is set is not missing");
    ok(dataset_missing(&ds, 0, FIELD_computers) != NULL, "what is not still is");
    ok(isnan(dataset_value(&m.data, FIELD_books, 1)), "the original is as it was");
    is_dbl(dataset_value(&m.data, FIELD_pupils_primary, 0), 100, 0, "… in every column");
    is_int((long long)m.data.n_missing, 2, "… and in what it misses");
    eval_county(&m.standard, &ds, NULL, m.arena, &r);
    is_dbl(r.stages[0].figures[0].mean, 400 / 150.0, 1e-15, "it evaluates as any other");
    is_dbl(r.stages[0].figures[0].cv, sqrt(150 * (200 + 900.0) / 160000 - 1), 1e-15,
           "… with what was set");
    make_done(&m);
    return done_testing();
}
