/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random counties for property tests of eval/: schools of all kinds under a standard of the
 * shape of basic-2012 or quality-2017, every cell there, figures around their limits. Drawn
 * from rand(), so a test that calls srand() first always gets the same. Main thread.
 */
#pragma once

#include "eval/make.h"

double random_uniform(void);        /* [0, 1) */
double random_below(int n);         /* a whole number of [0, n) */
double random_from(int lo, int hi); /* of [lo, hi] */

/* Eight figures, the composite judged; seven, each judged, and the school rule. No rows. */
void random_basic(struct make *m);
void random_quality(struct make *m);

/* n schools; spread 0 gives them all much the same per pupil. */
void random_schools(struct make *m, size_t n, double spread);
/* The same with schools of one stage only, all primary or junior. */
void random_plain_schools(struct make *m, size_t n, double spread);
/* One cell that an indicator needs becomes missing, if it is not yet. */
void random_forget(struct make *m);
/* `full` becomes a copy of m, its missing cells filled: amounts around level times alike. */
void random_complete(const struct make *m, double level, struct make *full);
