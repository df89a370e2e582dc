/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a given amount is best shared out so that the CV of one figure gets as small as it can:
 * like water, to the schools with the lowest level. Where only a share of what a combined
 * school gets comes to the stage, its level counts for less. Arithmetic only: whoever asks
 * checks what comes of it with eval_county(). Pure.
 */
#pragma once

#include <stddef.h>

struct pour_school {
    double x, pupils; /* what it has at the stage, > 0 pupils */
    double
        share; /* of an added unit, what comes to the stage; 0 = nothing can be added */
};

struct pour {
    const struct pour_school *schools;
    size_t n;
    double target; /* the CV to come down to */
};

/*
 * `total` whole units, as they lower the CV most: exactly so when all shares are 1, the result
 * is then the least CV that so many units can give. ret_added has n places. Of equal schools
 * the first is served first.
 */
void pour_units(const struct pour *p, double total, double *ret_added);
/*
 * A total below which no addition, not even of fractions, comes down to the target; 0 when
 * that is not known (shares other than 1).
 */
double pour_least(const struct pour *p);
