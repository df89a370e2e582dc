/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small counties and standards made in memory, for tests of eval/: a struct make owns all of
 * it. Rows keep the order in which they are made, so make them in order of code. Main thread.
 */
#pragma once

#include "eval/eval.h"

enum { MAKE_ROWS = 40, MAKE_CELLS = 200 };

struct make {
    struct dataset data;
    struct standard standard;
    struct eval_options options;
    struct arena *arena;
    struct school schools[MAKE_ROWS];
    char codes[MAKE_ROWS][12];
    double col[FIELD_COUNT][MAKE_ROWS];
    struct missing missing[MAKE_CELLS];
    struct county_result result;
};

/* A yearly round 2025 without rows; a standard of both stages, CV of each <= 0.5 and 0.45. */
void make_init(struct make *m);
void make_done(struct make *m);

/* A row; pupils of the stages, NAN = empty. Returns its index. */
size_t make_school(struct make *m, enum kind kind, double primary, double junior,
                   double senior);
void make_set(struct make *m, size_t row, enum field field, double v);
/* A cell that is there and has no usable value. */
void make_missing(struct make *m, size_t row, enum field field, enum missing_reason why);

/* numerator: one field's id or family. Returns the indicator's index. */
size_t make_indicator(struct make *m, const char *id, const char *numerator, int per,
                      bool split);
/* One more term of it: sign * a field or family. */
void make_term(struct make *m, size_t indicator, const char *field, int sign);
void make_min(struct make *m, size_t indicator, const char *primary, const char *junior);
void make_limits(struct make *m, enum cv_applies applies, const char *primary,
                 const char *junior);
void make_school_rule(struct make *m, int at_least, const char *floor);

/* Evaluates afresh; the stage's result or NULL. */
const struct stage_result *make_eval(struct make *m, enum stage stage);
